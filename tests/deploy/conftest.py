"""Real programs in front of a small application that does what a test tells it."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ..conftest import ROOT

DEPLOY = ROOT / "deploy"
PACKAGES = {
    "nginx": "nginx-light libnginx-mod-http-brotli-static",
    "varnishd": "varnish",
    "systemd-analyze": "systemd",
    "openssl": "openssl",
}


def program(name):
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin")
    if found is None:
        pytest.fail(f"{name} fehlt. Debian: sudo apt-get install {PACKAGES[name]}")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    pytest.fail(f"not within {seconds} seconds")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def header(self, name):
        """All of them: a header that comes twice is a fault."""
        return self.headers.get_all(name, [])


def ask(connection, method, path, headers, body=None):
    try:
        connection.request(method, path, body=body, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


# --- The application behind ------------------------------------------------------------------------

# As ki_site/page_cache says it, but for a minute instead of a second.
PUBLIC = "public, max-age=60, s-maxage=60, stale-while-revalidate=30, stale-if-error=86400"
FOR_A_SECOND = PUBLIC.replace("=60", "=1")
PAGE = {"Cache-Control": PUBLIC, "Vary": "Accept-Encoding", "ETag": '"one"', "Cache-Tag": "bielefeld"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        application = self.server.application
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers["Host"] != "varnish":
            application.requests.append((self.command, self.path, self.headers, body))
        if application.hangs_up:
            self.close_connection = True
            return
        if self.headers["Host"] == "varnish":
            self.send(200, {"Content-Type": "text/plain"}, b"ok")
            return
        time.sleep(application.seconds)
        headers = application.headers.get(self.path, application.default_headers)
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"] and application.status == 200:
            self.send(304, headers, b"")
        else:
            self.send(application.status, headers, application.body)

    def send(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_BAN = do_PURGE = answer

    def log_message(self, *arguments):
        pass


class Application:
    """Counts what reaches it."""

    def __init__(self):
        self.port = 0
        self.forget()
        self.start()

    def forget(self):
        self.headers, self.default_headers = {}, {"Content-Type": "text/html; charset=utf-8"} | PAGE
        self.requests, self.status, self.body, self.seconds, self.hangs_up = [], 200, b"first", 0, False

    def start(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.application = self
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def pages_live(self, cache_control):
        self.default_headers = self.default_headers | {"Cache-Control": cache_control}

    def paths(self):
        return [path for _method, path, _headers, _body in self.requests]

    def last_headers(self):
        return self.requests[-1][2]


@pytest.fixture(scope="session")
def running_application():
    application = Application()
    yield application
    application.stop()


@pytest.fixture
def application(running_application):
    running_application.forget()
    return running_application


@pytest.fixture
def second_application():
    application = Application()
    yield application
    application.stop()


# --- nginx -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", "/CN=ki.example.org", "-addext", "subjectAltName=DNS:ki.example.org"]
    subprocess.run(
        [
            *(
                program("openssl"),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-days", "2", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem", *names),
        ],
        check=True,
        capture_output=True,
    )
    return folder


class Nginx:
    """The files of deploy/nginx, with other ports and folders: everything else is as it is shipped."""

    def __init__(self, folder, certificate, nodes):
        self.folder, self.https, self.http = folder, free_port(), free_port()
        self.certificate, self.process = certificate, None
        for name in ("cache", "log", "snippets", "opt", "data", "body", "proxy"):
            (folder / name).mkdir()
        shutil.copy(DEPLOY / "nginx" / "ki-static.conf", folder / "snippets")
        (folder / "opt" / "current").mkdir()
        (folder / "opt" / "current" / "deploy").symlink_to(DEPLOY)
        servers = "\n".join(f"server 127.0.0.1:{node} max_fails=2 fail_timeout=5s;" for node in nodes)
        changes = {
            "    server 127.0.0.1:8000 max_fails=2 fail_timeout=5s;": servers,
            "/var/cache/nginx-ki": f"{folder}/cache",
            "/var/log/nginx": f"{folder}/log",
            "/etc/letsencrypt/live/ki.example.org": str(certificate),
            "/opt/ki-site": f"{folder}/opt",
            "/var/lib/ki-site": f"{folder}/data",
            "buffer=32k flush=5s": "",
            "listen 443 ": f"listen 127.0.0.1:{self.https} ",
            "listen 80": f"listen 127.0.0.1:{self.http}",
        }
        site = (DEPLOY / "nginx" / "ki-site.conf").read_text()
        site = "\n".join(line for line in site.splitlines() if "listen [::]" not in line)
        for old, new in changes.items():
            assert old in site
            site = site.replace(old, new)
        (folder / "nginx.conf").write_text(self.frame() + site + "}\n")

    def frame(self):
        """What Debian's nginx.conf says around a site; gzip for all pages included."""
        return f"""
            load_module /usr/lib/nginx/modules/ngx_http_brotli_static_module.so;
            user root;
            worker_processes 2;
            daemon off;
            pid {self.folder}/pid;
            error_log {self.folder}/log/start.log alert;
            events {{ worker_connections 768; }}
            http {{
                sendfile on;
                tcp_nopush on;
                include /etc/nginx/mime.types;
                default_type application/octet-stream;
                access_log {self.folder}/log/debian.log;
                gzip on;
                ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
                client_body_temp_path {self.folder}/body;
                proxy_temp_path {self.folder}/proxy;
        """

    def check(self):
        return subprocess.run(
            [program("nginx"), "-t", "-p", self.folder, "-c", self.folder / "nginx.conf"],
            capture_output=True,
            text=True,
        )

    def start(self):
        checked = self.check()
        assert checked.returncode == 0, checked.stderr
        self.process = subprocess.Popen([program("nginx"), "-p", self.folder, "-c", self.folder / "nginx.conf"])
        wait_for(lambda: listens(self.https))

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=10)

    def connect(self, *protocols):
        context = ssl.create_default_context(cafile=self.certificate / "fullchain.pem")
        context.set_alpn_protocols([*protocols, "http/1.1"])
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=20)
        return context.wrap_socket(plain, server_hostname="ki.example.org")

    def get(self, path, method="GET", body=None, host="ki.example.org", **headers):
        connection = HTTPSConnection("127.0.0.1", self.https, timeout=20)
        connection.sock = self.connect()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(connection, method, path, {"Host": host} | headers, body)

    def get_plain(self, path, host="ki.example.org"):
        return ask(HTTPConnection("127.0.0.1", self.http, timeout=20), "GET", path, {"Host": host})

    def access_log(self):
        return (self.folder / "log" / "ki-access.log").read_text()

    def logs(self):
        return "".join(path.read_text() for path in (self.folder / "log").iterdir())


@pytest.fixture
def nginx_of(tmp_path, certificate):
    """nginx_of(port, ...) starts nginx in front of these nodes."""
    started = []

    def start(*nodes):
        folder = tmp_path / f"nginx{len(started)}"
        folder.mkdir()
        started.append(Nginx(folder, certificate, nodes))
        started[-1].start()
        return started[-1]

    yield start
    for nginx in started:
        nginx.stop()


@pytest.fixture
def nginx(nginx_of, application):
    return nginx_of(application.port)


# --- Varnish ---------------------------------------------------------------------------------------


class Varnish:
    """deploy/varnish.vcl in front of one node, with the parameters of deploy/systemd/varnish.service.d."""

    def __init__(self, folder, node):
        self.folder, self.port, self.host = folder, free_port(), ""
        vcl = (DEPLOY / "varnish.vcl").read_text()
        assert vcl.count('.port = "8000";') == 1
        (folder / "site.vcl").write_text(vcl.replace('.port = "8000";', f'.port = "{node}";'))

    @contextmanager
    def running(self):
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(
                [
                    *(program("varnishd"), "-F", "-n", self.folder / "work", "-a", f"127.0.0.1:{self.port}"),
                    *("-f", self.folder / "site.vcl", "-s", "malloc,16m", "-p", "http_gzip_support=off"),
                    *("-j", "none", "-T", "none"),
                ],
                stdout=log,
                stderr=log,
            )
            try:
                # It has its file compiled by a C compiler first.
                wait_for(lambda: listens(self.port) or process.poll() is not None, seconds=60)
                assert process.poll() is None, (self.folder / "log").read_text()
                yield self
            finally:
                process.terminate()
                process.wait(timeout=10)

    def get(self, path, method="GET", body=None, host=None, **headers):
        headers = {"X-Forwarded-Proto": "https"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, path, {"Host": host or self.host} | headers, body)

    def ban(self, cities, path="/", **headers):
        return self.send("BAN", path, {"Host": "varnish", "X-Cities": cities} | headers)

    def send(self, method, path, headers, body=None, sender="127.0.0.1"):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(sender, 0))
        return ask(connection, method, path, headers, body)


@pytest.fixture(scope="session")
def running_varnish(tmp_path_factory, running_application):
    with Varnish(tmp_path_factory.mktemp("varnish"), running_application.port).running() as varnish:
        yield varnish


@pytest.fixture
def varnish(running_varnish, request):
    """Every test has a name of the site, and so copies, of its own."""
    running_varnish.host = f"{abs(hash(request.node.name))}.example"
    return running_varnish
