"""One installation for all tests of this folder, and the figures that are shown at the end."""

import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.failures.load import Load
from tests.failures.nodes import PASSWORD, ROOT, Front, Node, free_port
from tests.failures.postgresql import Server, binaries

# Ended from outside, the servers still have to be stopped.
signal.signal(signal.SIGTERM, signal.default_int_handler)

FIGURES = []
STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:5.0f} s] {text}", flush=True)


@pytest.fixture
def figure():
    def note(name, value, unit="", goal=None):
        FIGURES.append((name, value, unit, goal))
        say(f"  {name}: {shown(value)} {unit}".rstrip())

    return note


def shown(value):
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def pytest_collection_modifyitems(items):
    """What matters most comes first, should the time be over before the end."""
    items.sort(key=lambda item: item.path.name not in ("test_failover.py", "test_two_nodes.py"))


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("Gemessen")
        for name, value, unit, goal in FIGURES:
            wanted = "" if goal is None else f"   (Ziel: {goal})"
            terminalreporter.write_line(f"{shown(value) + ' ' + unit:>18}  {name}{wanted}")


@pytest.fixture(scope="session")
def scratch():
    """Not below the folders of pytest: PostgreSQL runs as another user, who has to get there."""
    with tempfile.TemporaryDirectory(prefix="ki-failures-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def cluster(scratch):
    """Two servers: the second follows the first, which acknowledges nothing that the second does not have."""
    say("PostgreSQL: Haupt-Server und mitlaufender Server werden gestartet.")
    programs = binaries(scratch)
    first = Server("db1", scratch / "db1", free_port(), programs)
    second = Server("db2", scratch / "db2", free_port(), programs)
    try:
        first.make()
        first.start()
        second.make_from(first)
        second.start()
        first.wait_for_standby("db2")
        url = f"postgresql://postgres@127.0.0.1:{first.port},127.0.0.1:{second.port}/postgres"
        yield SimpleNamespace(first=first, second=second, url=url, primary=first, standby=second)
    finally:
        for server in (second, first):
            server.stop()


CONTENT = """
import os
from datetime import timedelta
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import F
from pages.models import PageRevision
for command in ("migrate", "load_centres", "load_demo", "build_search_index"):
    call_command(command, verbosity=0)
User.objects.create_superuser("probe", "probe@example.org", os.environ["PASSWORD"])
# Long public, so that a clock may be wrong by hours.
PageRevision.objects.update(visible_from=F("visible_from") - timedelta(days=30))
"""


@pytest.fixture(scope="session")
def site(scratch, cluster):
    """Two nodes with folders of their own, a shared one for uploads, and nginx before them."""
    key = secrets.token_urlsafe(64)
    shared = scratch / "uploads"
    shared.mkdir()
    options = {"MEDIA_STORAGE_URL": shared.as_uri()}
    nodes = [Node(f"node{number}", scratch / f"node{number}", cluster.url, key, **options) for number in (1, 2)]
    say("Tabellen und Inhalte werden angelegt.")
    subprocess.run([sys.executable, ROOT / "bin" / "_static.py"], check=True, env=nodes[0].environment)
    nodes[0].shell(CONTENT, PASSWORD=PASSWORD)
    cluster.primary.wait_with_commits_for(cluster.standby.name)
    # In real use a timer of each node does it every minute; here the second one copies, to save time.
    nodes[0].manage("write_snapshot")
    shutil.copytree(nodes[0].folder / "snapshot", nodes[1].folder / "snapshot")
    front = Front(scratch / "nginx", nodes)
    try:
        for node in nodes:
            node.start()
        front.start()
        say("Zwei Knoten und nginx laufen.")
        yield SimpleNamespace(nodes=nodes, front=front, uploads=shared, cluster=cluster, paths=public_paths(nodes[0]))
    finally:
        front.stop()
        for node in nodes:
            node.stop()


def public_paths(node):
    """Every page of Bielefeld and Bochum in every language, as search engines are told."""
    paths = []
    for city in ("bielefeld", "bochum"):
        status, _headers, text = node.get(f"/sitemap-{city}.xml")
        assert status == 200
        paths += re.findall(r"<loc>https?://[^/<]+(/[^<]*)</loc>", text)
    assert len(paths) > 50
    return paths


FORMS = [
    "/de/bielefeld/anfrage/",
    "/ar/bielefeld/hilfe/",
    "/uk/bielefeld/hilfe/",
    "/de/bochum/anfrage/",
    "/ar/bochum/hilfe/",
]


@pytest.fixture
def load(site):
    return Load(site.front, site.paths, FORMS)
