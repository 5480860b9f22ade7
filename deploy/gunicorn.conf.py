"""gunicorn, for bin/serve and for real use. See https://docs.gunicorn.org/en/stable/settings.html"""

import gc
import logging
import os
import signal

from gunicorn.systemd import sd_notify

# Rendering a page is work for the processor, so processes count; more threads are for the moments in which the others
# wait for PostgreSQL or for a visitor with a bad connection. Measured: docs/geschwindigkeit.md.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(os.cpu_count() or 1, 8) + 1)
threads = 4
os.environ["WEB_THREADS"] = str(threads)  # the site leaves one of them to readers

# Workers are forked from one process that has loaded the site, and share its memory. A new release needs a new such
# process, as after USR2 (see below): after HUP the old one goes on.
preload_app = True


def when_ready(server):
    """What is loaded stays where it is: the collector would write into it, and each worker got a copy of its own."""
    gc.collect()
    gc.freeze()


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


# --- systemctl reload ki-web (USR2): a new server starts beside the old one ---------------------------------------


def pre_exec(server):
    """The socket that systemd gave lies at another number by now; so it is handed on as one of gunicorn's own."""
    server.systemd = False


def post_worker_init(worker):
    """The old server goes when the last new worker can answer. If none can, the new one ends and nothing changes."""
    old_server = os.environ.get("GUNICORN_PID")
    if old_server and worker.age == worker.cfg.workers:
        sd_notify(f"MAINPID={worker.ppid}", worker.log)
        os.kill(int(old_server), signal.SIGTERM)
