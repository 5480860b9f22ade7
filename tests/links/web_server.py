"""A website that answers by script, in a thread."""

import socket
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        script = self.server.script.get(self.path.partition("?")[0], 404)
        if callable(script):
            script(self)
            return
        status, headers = script if isinstance(script, tuple) else (script, {})
        if isinstance(status, dict):
            status = status[self.command]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    do_HEAD = do_GET = answer

    def log_message(self, *arguments):
        """Nothing on the console of the tests."""


class Website(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.asked = {}, []

    def handle_error(self, *arguments):
        """Clients that hang up are part of the script."""

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def paths(self, method=None):
        return [path for command, path, _headers in self.asked if method in (None, command)]


@contextmanager
def website():
    server = Website()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def slow(handler):
    time.sleep(4)


def in_drops(handler):
    """Headers that never end, each drop soon enough to keep a client waiting."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        handler.wfile.write(b"X-A: b\r\n")
        handler.wfile.flush()
        time.sleep(0.1)


def huge(handler):
    handler.send_response(200)
    handler.end_headers()
    if handler.command == "GET":
        for _ in range(10_000):
            handler.wfile.write(b"x" * 100_000)
