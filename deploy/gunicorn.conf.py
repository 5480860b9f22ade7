"""gunicorn, for bin/serve and for real use. See https://docs.gunicorn.org/en/stable/settings.html"""

import logging
import os

# Rendering a page is work for the processor, so processes count: with two cores, 3 processes of 2 threads gave
# 139 requests a second, 2 of 4 gave 116. The second thread is for the moments in which the first waits for PostgreSQL.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(os.cpu_count() or 1, 8) + 1)
threads = 2
os.environ["WEB_THREADS"] = str(threads)  # the site leaves one of them to readers

timeout = 30  # seconds after which a worker that hangs is replaced
graceful_timeout = 10  # seconds a worker may finish its requests in when the server stops

# The heartbeat file must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

# Addresses of visitors are personal data; the web server in front decides what is logged.
accesslog = None

# A second way to steer the server, for a tool that nobody here uses.
control_socket_disable = True

# Django answers HEAD like GET and leaves it to the server to drop the body; gunicorn would warn each time.
logging.getLogger("gunicorn.http.wsgi").setLevel(logging.ERROR)
