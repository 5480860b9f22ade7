"""The real gunicorn under load, as systemd starts it: with a socket that is already there."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from .conftest import DEPLOY, ROOT, wait_for

UNIT = (DEPLOY / "systemd" / "ki-web.service").read_text()
# What systemd does: LISTEN_PID is that of the program itself.
HAND_OVER = "import os, sys; os.environ['LISTEN_PID'] = str(os.getpid()); os.execv(sys.argv[1], sys.argv[1:])"
APPLICATION = """
import http.cookies  # gunicorn has a folder http, too
import time
time.sleep({boot})
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    time.sleep(0.02)
    start_response("200 OK", [("Content-Length", str(len(body) + 2))])
    return [b"{version}" + body]
"""


class Server:
    def __init__(self, folder):
        self.folder, self.main, self.notes = folder, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.listener.getsockname()[1]
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(str(folder / "notify"))
        self.notified.settimeout(0.05)

    def release(self, version, boot=0.5, code=APPLICATION):
        release = self.folder / version
        (release / "ki_site").mkdir(parents=True)
        (release / "ki_site" / "wsgi.py").write_text(code.format(version=version, boot=boot))
        (release / "deploy").symlink_to(DEPLOY)
        (release / ".venv").symlink_to(sys.prefix)
        (self.folder / "new").symlink_to(release)
        (self.folder / "new").rename(self.folder / "current")

    def start(self):
        command = re.search(r"^ExecStart=(.*)$", UNIT, re.MULTILINE)[1]
        command = command.replace("/opt/ki-site", str(self.folder)).split()
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {"LISTEN_FDS": "1", "NOTIFY_SOCKET": str(self.folder / "notify"), "WEB_CONCURRENCY": "2"}
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", HAND_OVER, *command],
                env=environment,
                cwd=self.folder / "current",
                preexec_fn=lambda: os.dup2(self.listener.fileno(), 3),
                pass_fds=[3],
                stdout=log,
                stderr=log,
            )
        self.main = self.process.pid

    def reload(self):
        assert "ExecReload=/bin/kill -USR2 $MAINPID" in UNIT
        os.kill(self.main, signal.SIGUSR2)

    def listen_to_notes(self):
        """MAINPID as systemd would take it."""
        try:
            while True:
                self.notes.append(self.notified.recv(4096).decode())
                if match := re.search(r"MAINPID=(\d+)", self.notes[-1]):
                    self.main = int(match[1])
        except TimeoutError:
            return self.notes

    def ask(self, body=b""):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/", body=body)
            return connection.getresponse().read()
        finally:
            connection.close()

    def stop(self):
        self.listen_to_notes()
        for pid in {self.main, self.process.pid}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        self.process.wait(timeout=20)
        self.listener.close()
        self.notified.close()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.release("v1")
    server.start()
    wait_for(lambda: server.ask() == b"v1", seconds=30)
    yield server
    server.stop()


class Load:
    """Forms, sent one after the other by four people."""

    def __init__(self, server):
        self.server, self.answers, self.over = server, [], threading.Event()
        self.threads = [threading.Thread(target=self.send) for _ in range(4)]

    def send(self):
        while not self.over.is_set():
            started = time.monotonic()
            try:
                answer = self.server.ask(b"name=x")
            except OSError as error:
                answer = repr(error)
            self.answers.append((answer, time.monotonic() - started))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        for thread in self.threads:
            thread.join()
        self.counted = Counter(answer for answer, _seconds in self.answers)
        self.longest = max(seconds for _answer, seconds in self.answers)


def switch(server, version, **options):
    """Asks again, as deploy/upgrade does: while one before the old server still finishes, gunicorn takes none."""
    server.release(version, **options)
    for _attempt in range(4):
        server.reload()
        with suppress(pytest.fail.Exception):
            return wait_for(lambda: server.ask() == version.encode(), seconds=20)
    return pytest.fail(f"{version} never answered")


def test_new_server_comes_from_the_new_release(server):
    """With its packages: the program is started by the name that now leads there."""
    server.release("v2")
    server.reload()
    wait_for(lambda: server.ask() == b"v2", seconds=30)
    wait_for(lambda: server.listen_to_notes() and server.main != server.process.pid)
    started = (Path("/proc") / str(server.main) / "cmdline").read_text().split("\0")
    current = server.folder / "current"
    assert started[:2] == [f"{current}/.venv/bin/python", f"{current}/.venv/bin/gunicorn"]
    assert (Path("/proc") / str(server.main) / "cwd").readlink() == server.folder / "v2"


def test_systemd_is_told_that_it_runs(server):
    assert any("READY=1" in note for note in server.listen_to_notes())


def test_reload_under_load_loses_nothing_and_waits_for_nothing(server):
    with Load(server) as load:
        for version in ("v2", "v3"):
            switch(server, version, boot=6)
            server.listen_to_notes()
            time.sleep(1)
    print(f"\n{sum(load.counted.values())} forms during two reloads, the longest took {load.longest:.2f} s")
    assert set(load.counted) <= {b"v1name=x", b"v2name=x", b"v3name=x"}
    # The new program takes six seconds to start; nobody waits for that.
    assert load.longest < 6


def test_systemd_learns_the_new_process(server):
    old = server.main
    server.release("v2")
    server.reload()
    wait_for(lambda: server.listen_to_notes() and server.main != old, seconds=30)
    assert server.process.wait(timeout=20) == 0
    assert server.ask() == b"v2"


def test_release_that_does_not_start_changes_nothing(server):
    old = server.main
    server.release("broken", code="raise ImportError")
    server.reload()
    wait_for(lambda: "ImportError" in (server.folder / "log").read_text(), seconds=30)
    time.sleep(1)
    server.listen_to_notes()
    assert server.main == old
    assert [server.ask() for _ in range(4)] == [b"v1"] * 4
    switch(server, "v2")


def test_restart_lets_requests_wait(server):
    """For changed settings: the socket stays, whoever comes meanwhile is answered by the new process."""
    with Load(server) as load:
        server.process.terminate()
        server.process.wait(timeout=20)
        server.release("v2", boot=0)
        server.start()
        wait_for(lambda: server.ask() == b"v2", seconds=30)
    assert set(load.counted) <= {b"v1name=x", b"v2name=x"}


def test_unit_starts_what_the_repository_has():
    assert (ROOT / "ki_site" / "wsgi.py").is_file()
    assert "deploy/gunicorn.conf.py ki_site.wsgi" in UNIT
