"""The environment of the tests, and the fixtures that need a browser, a server or the demo content."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The settings read the environment when they are loaded, and a developer's .env only where it says nothing.
# pytest-django would load them before this file if pyproject.toml named them.
scratch = tempfile.TemporaryDirectory(prefix="ki-tests-")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "ki_site.settings",
    "SECRET_KEY": "only-for-the-tests",
    "DEBUG": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "DATA_DIR": scratch.name,
    "EMAIL_URL": "",
    "METRICS_TOKEN": "only-for-the-tests",
    # Playwright's event loop runs in the thread of the test, where Django would refuse to reach the database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{scratch.name}/ki-site.sqlite3")

from django.apps import apps  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import override_settings  # noqa: E402

from contacts import hosts  # noqa: E402

STORAGES_OF_PRODUCTION = django_settings.STORAGES
# Hashed names need collected files; a test that wants them asks for hashed_static or a live server.
django_settings.STORAGES = STORAGES_OF_PRODUCTION | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# The real one is slow on purpose.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# --- Shared between two runs -----------------------------------------------------------------------


def pytest_addoption(parser):
    parser.addoption(
        "--half",
        choices=("first", "second"),
        help="of the tests that are marked with either_database every second one only: bin/test has two runs",
    )


def pytest_collection_modifyitems(config, items):
    half = config.getoption("half")
    if half is None:
        return
    shared = [item for item in items if item.get_closest_marker("either_database")]
    left_to_the_other = set(shared[1::2] if half == "first" else shared[::2])
    config.hook.pytest_deselected(items=left_to_the_other)
    items[:] = [item for item in items if item not in left_to_the_other]


# --- Database ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix):
    """SQLite as in production: a file, so that every thread of the live server has a connection of its own."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


OWN_APPS = {
    "contacts",
    "pages",
    "offers",
    "events",
    "inquiries",
    "legal",
    "invitations",
    "reviews",
    "links",
    "adoption",
}


@pytest.fixture(scope="session")
def demo_rows(django_db_setup, django_db_blocker):
    """The demo content as bare rows: load_demo takes a second, entering these takes milliseconds."""
    every = apps.get_models(include_auto_created=True)
    models = [model for model in every if model._meta.app_label in OWN_APPS and not model._meta.proxy]
    rows = {}
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        call_command("load_centres", stdout=io.StringIO())
        call_command("load_demo", stdout=io.StringIO())
        for model in models:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            rows[model] = [column[0] for column in cursor.description], cursor.fetchall()
        transaction.set_rollback(True)
    return rows


def enter(rows_of_models):
    with transaction.atomic(), connection.cursor() as cursor:
        # What emptying the tables after another test has left.
        cursor.execute("DELETE FROM history_formerrow")
        for model, (columns, rows) in rows_of_models.items():
            names = ", ".join(f'"{column}"' for column in columns)
            places = ", ".join(["%s"] * len(columns))
            # SQLite gives times of day, but takes only their words.
            rows = [[value.isoformat() if isinstance(value, time) else value for value in row] for row in rows]
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), rows_of_models):
            cursor.execute(statement)


@pytest.fixture
def demo(db, demo_rows):
    """All 54 centres, and the complete sites of Bielefeld and Bochum."""
    enter(demo_rows)


@pytest.fixture(autouse=True)
def forgotten_domains():
    """None of the test before, and none asked for while a test counts queries."""
    hosts.domains.use([])


# --- Static files and server -----------------------------------------------------------------------


@pytest.fixture(scope="session")
def collected_static():
    """The static files as bin/serve collects them; nothing to do when none of them changed."""
    subprocess.run([sys.executable, ROOT / "bin" / "_static.py"], check=True)


@pytest.fixture
def hashed_static(collected_static):
    """Addresses of static files as in production."""
    with override_settings(STORAGES=STORAGES_OF_PRODUCTION):
        yield


@pytest.fixture(scope="session")
def live_server(collected_static):
    """A server in a thread. WhiteNoise hands out the static files: the handler of Django's tests knows no hashes."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1", start=False)
    server.thread.static_handler = lambda application: application
    with override_settings(STORAGES=STORAGES_OF_PRODUCTION):
        server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def hashed_static_for_live_server(request):
    if "live_server" in request.fixturenames:
        request.getfixturevalue("hashed_static")


@pytest.fixture
def live_site(transactional_db, demo_rows, live_server):
    """The live server with the demo content. Tests may change it: every test gets it anew."""
    enter(demo_rows)
    return live_server


# --- Browser ---------------------------------------------------------------------------------------


def find_chromium():
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    executable = find_chromium()
    if executable is None:
        pytest.fail("Chromium fehlt. Debian: apt-get install chromium. Sonst: CHROMIUM=/pfad/zu/chromium setzen.")
    # The sandbox does not work for root, and the only pages opened are our own.
    return browser_type_launch_args | {"executable_path": executable, "args": ["--no-sandbox"]}


def is_this_machine(host):
    """Browsers look up no name below localhost."""
    return host in ("127.0.0.1", "localhost") or host.endswith(".localhost")


class Watch:
    """Writes down what a page must never do: complain in the console, break the security policy, ask another server."""

    def __init__(self):
        self.complaints = []
        self.navigations = set()

    def follow(self, context):
        context.on("console", self.console)
        context.on("weberror", lambda error: self.complaints.append(f"JavaScript: {error.error}"))
        context.on("request", self.request)
        context.on("response", self.response)
        context.add_init_script("""
            addEventListener("securitypolicyviolation", event => console.error(
                `CSP: ${event.violatedDirective}, ${event.blockedURI}, ${event.sourceFile}:${event.lineNumber}`
            ))
        """)

    def console(self, message):
        url = message.location["url"]
        # A page that is meant to answer 404 makes the console complain, and so does Chromium's own wish for a favicon.
        expected = message.text.startswith("Failed to load resource") and (
            url in self.navigations or url.endswith("/favicon.ico")
        )
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"Konsole: {message.text} ({url})")

    def request(self, request):
        address = urlsplit(request.url)
        if request.is_navigation_request():
            self.navigations.add(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and not is_this_machine(address.hostname):
            self.complaints.append(f"Fremder Server: {request.url}")

    def response(self, response):
        own = response.request.is_navigation_request() or response.url.endswith("/favicon.ico")
        if response.status >= 400 and not own:
            self.complaints.append(f"{response.status}: {response.url}")


@pytest.fixture
def watch():
    """The complaints so far. A test that provokes one on purpose ends with watch.complaints.clear()."""
    watch = Watch()
    yield watch
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def new_context(watch, new_context):
    """Every browser context of a test is watched."""

    def new_watched_context(**options):
        context = new_context(**options)
        watch.follow(context)
        return context

    return new_watched_context


@pytest.fixture(scope="session")
def axe():
    """axe(page) asserts that the page breaks no accessibility rule that a program can check."""
    from axe_playwright_python.base import AXE_SCRIPT, AxeResults

    # Axe.run() would bring along whatever is right on the page, which takes as long as a part of the rules.
    only_faults = "options => axe.run(options).then(({violations}) => ({violations}))"

    def check(page, **options):
        page.evaluate(AXE_SCRIPT)
        results = AxeResults(page.evaluate(only_faults, {"resultTypes": ["violations"]} | options))
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check
