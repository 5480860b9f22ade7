"""Web nodes as they run for real, and nginx in front of them."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

from tests.failures.patience import wait_until

ROOT = Path(__file__).resolve().parents[2]
HOST = "ki.example.org"
PASSWORD = secrets.token_urlsafe(18)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path, method="GET", body=None, headers=None, source="127.0.0.1", timeout=20, host=HOST):
    """(status, headers, text). From another address of this machine, if one is given."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=timeout, source_address=(source, 0))) as connection:
        connection.request(method, path, body, {"Host": host} | (headers or {}))
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode(errors="replace")


class Node:
    """gunicorn with its own local folder. Everything else comes from the environment, as in real use."""

    def __init__(self, name, folder, database_url, secret_key, **environment):
        self.name, self.folder, self.port = name, Path(folder), free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log"
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "ki_site.settings",
            "DEBUG": "0",
            "HTTPS": "1",
            # Passwords are enough here: what is tried is not the sign-in.
            "SECOND_FACTOR_FOR_OPERATORS": "0",
            "SECRET_KEY": secret_key,
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": database_url,
            "WEB_CONCURRENCY": "2",
            "EMAIL_URL": "",
            **environment,
        }
        self.process = None

    def manage(self, *arguments, check=True, **environment):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0 or not check, done.stdout[-3000:]
        return done

    def shell(self, code, **environment):
        return self.manage("shell", "--no-imports", "-v", "0", "-c", code, **environment).stdout

    def start(self, application="ki_site.wsgi", **environment):
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*gunicorn, "--bind", f"127.0.0.1:{self.port}", application],
                cwd=ROOT,
                env=self.environment | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait()

    def wait(self):
        def answers():
            assert self.process.poll() is None, self.last_words()
            with suppress(OSError):
                return self.get("/health/live", timeout=2)

        wait_until(answers, 60, self.last_words)

    def last_words(self):
        return self.log.read_text(errors="replace")[-3000:]

    def get(self, path, **options):
        """As nginx would ask."""
        return self.ask(path, **options)

    def ask(self, path, visitor="198.51.100.7", headers=None, **options):
        forwarded = {"X-Forwarded-For": visitor, "X-Forwarded-Proto": "https"}
        return ask(self.port, path, headers=forwarded | (headers or {}), **options)

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None


NGINX = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    upstream site {{
        {servers}
    }}
    proxy_connect_timeout 1s;
    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto https;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://site; proxy_next_upstream error timeout; }}
        # What the public forms send is stored once, however often it is sent: it may be tried on the other node.
        location ~ ^/[a-z-]+/([a-z0-9-]+/)?(anfrage|hilfe|sprachmittlung-anfragen|barriere-melden)/$ {{
            proxy_pass http://site;
            proxy_next_upstream error timeout non_idempotent;
        }}
    }}
}}
"""


class Front:
    """nginx, without a cache: what is shown is what the nodes can do."""

    def __init__(self, folder, nodes):
        self.folder, self.port = Path(folder), free_port()
        self.folder.mkdir(parents=True)
        servers = "\n".join(f"server 127.0.0.1:{node.port} max_fails=1 fail_timeout=2s;" for node in nodes)
        configuration = NGINX.format(folder=self.folder, servers=servers, port=self.port)
        (self.folder / "nginx.conf").write_text(configuration)
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"])

        def listens():
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True

        wait_until(listens, 10, lambda: "nginx does not start")

    def ask(self, path, **options):
        return ask(self.port, path, **options)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
