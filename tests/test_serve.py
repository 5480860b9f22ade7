"""bin/serve, really run: from another folder, with the packages that the tests run with."""

import importlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, nullcontext
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError, connections

from .conftest import ROOT

SETTINGS = ("DEBUG", "HTTPS", "DEMO", "SECRET_KEY", "ALLOWED_HOSTS", "DATA_DIR", "DATABASE_URL", "HOST", "PORT")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def database_url(tmp_path):
    """On PostgreSQL an empty database; nothing on SQLite, whose file lies in DATA_DIR."""
    server = os.environ["DATABASE_URL"]
    if not server.startswith("postgresql:"):
        yield None
        return
    folder = os.path.dirname(urlsplit(server).path.removeprefix("/"))
    with psycopg.connect(host=folder, user="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE serve")
        yield server.removesuffix("postgres") + "serve"
        connection.execute("DROP DATABASE serve WITH (FORCE)")


@pytest.fixture
def environment(tmp_path, database_url):
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS and "DJANGO" not in name}
    ours = {"VENV": sys.prefix, "DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port())}
    return kept | ours | ({"DATABASE_URL": database_url} if database_url else {})


class Site:
    """bin/serve while it runs."""

    def __init__(self, folder, environment):
        self.environment = environment
        self.output = folder / "output"
        self.started = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                ["bash", ROOT / "bin" / "serve"], cwd=folder, env=environment, stdout=output, stderr=output
            )

    def get(self, path):
        with closing(HTTPConnection("127.0.0.1", int(self.environment["PORT"]), timeout=10)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def wait(self, seconds):
        """Returns how long the start took."""
        while time.monotonic() < self.started + seconds:
            assert self.process.poll() is None, self.output.read_text()
            try:
                self.get("/")
                return time.monotonic() - self.started
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"Nobody answers after {seconds} seconds:\n{self.output.read_text()}")

    def stop(self, with_signal):
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=15)


@pytest.fixture
def serve(tmp_path, environment):
    sites = []

    def start(**variables):
        sites.append(Site(tmp_path, environment | variables))
        return sites[-1]

    yield start
    for site in sites:
        if site.process.poll() is None:
            site.process.kill()
            site.process.wait()


def run(environment, **variables):
    return subprocess.run(
        ["bash", ROOT / "bin" / "serve"], env=environment | variables, capture_output=True, text=True, timeout=60
    )


def test_serve_starts_ends_and_starts_again(serve, tmp_path):
    first = serve()
    first.wait(seconds=90)
    assert first.get("/de/bielefeld/")[0] == 200
    assert first.get("/de/bochum/")[0] == 200
    status, page = first.get("/de/bielefeld/no-such-page/")
    assert status == 404
    assert "DEBUG" not in page
    key = tmp_path / "data" / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert first.stop(signal.SIGINT) == 0
    output = first.output.read_text()
    assert re.search(r"Name: +admin\n +Passwort: \S{16}\n", output)
    assert "Traceback" not in output

    key_before = key.read_text()
    second = serve()
    seconds = second.wait(seconds=30)
    assert second.get("/de/bielefeld/")[0] == 200
    assert second.stop(signal.SIGTERM) == 0
    output = second.output.read_text()
    assert "Passwort" not in output
    assert "Traceback" not in output
    assert key.read_text() == key_before
    assert seconds < 15  # 1.5 on an idle machine


@pytest.mark.parametrize(
    ("https", "demo", "expected"),
    [(False, None, True), (True, None, False), (True, "", False), (True, "0", False), (True, "1", True)],
)
def test_site_for_real_gets_the_demo_only_when_asked(monkeypatch, settings, https, demo, expected):
    monkeypatch.syspath_prepend(ROOT / "bin")
    monkeypatch.delenv("DEMO", raising=False)
    settings.HTTPS = https
    if demo is not None:
        monkeypatch.setenv("DEMO", demo)
    assert importlib.import_module("_start").wants_demo() is expected


def test_serve_takes_the_password_from_the_environment(serve):
    site = serve(DJANGO_SUPERUSER_USERNAME="chefin", DJANGO_SUPERUSER_PASSWORD="quiet-secret")
    site.wait(seconds=90)
    site.stop(signal.SIGTERM)
    assert "Name:     chefin" in site.output.read_text()
    assert "quiet-secret" not in site.output.read_text()


def test_serve_says_that_the_port_is_taken(environment):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run(environment, PORT=str(port))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"Port {port} auf 127.0.0.1 ist schon belegt.")


def test_serve_says_that_the_database_does_not_answer(environment):
    ended = run(environment, DATABASE_URL=f"postgresql://ki:secret@127.0.0.1:{free_port()}/ki")
    assert ended.returncode == 1
    assert ended.stderr.startswith("Die Datenbank ist nicht erreichbar.")
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr


@pytest.mark.parametrize(("has_snapshot", "goes_on"), [(True, True), (False, False)])
def test_serve_starts_without_a_database_where_there_is_a_snapshot(monkeypatch, settings, has_snapshot, goes_on):
    def fail():
        raise OperationalError("connection refused")

    monkeypatch.syspath_prepend(ROOT / "bin")
    start = importlib.import_module("_start")
    database = settings.DATABASES["default"]
    monkeypatch.setitem(database, "OPTIONS", dict(database["OPTIONS"]))
    monkeypatch.setattr(start, "has_snapshot", lambda: has_snapshot)
    monkeypatch.setattr(start, "check_file", lambda _connection: None)
    monkeypatch.setattr(connections["default"], "ensure_connection", fail)

    with nullcontext() if goes_on else pytest.raises(SystemExit, match="Die Datenbank ist nicht erreichbar"):
        start.prepare_database()


@pytest.fixture
def python_that_fails(tmp_path, environment):
    """A PATH whose only Python fails whatever is asked with the given word in it."""

    def make(word):
        folder = tmp_path / "path"
        folder.mkdir()
        for command in ("bash", "dirname", "cat"):
            (folder / command).symlink_to(shutil.which(command))
        python = folder / "python3"
        real = shlex.quote(sys.executable)
        python.write_text(f'#!/bin/sh\ncase "$*" in *{word}*) exit 1 ;; esac\nexec {real} "$@"\n')
        python.chmod(0o755)
        return environment | {"PATH": str(folder), "VENV": str(tmp_path / "venv")}

    return make


def test_serve_says_that_python_is_too_old(python_that_fails):
    ended = run(python_that_fails("version_info"))
    assert ended.returncode == 1
    assert ended.stderr.startswith("Python 3.11 oder neuer fehlt")


def test_serve_says_how_to_get_the_missing_venv(python_that_fails):
    ended = run(python_that_fails("ensurepip"))
    assert ended.returncode == 1
    assert "sudo apt-get install python3-venv" in ended.stderr
