"""The disk is full, or can only be read."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.failures.conftest import CONTENT, FORMS, say
from tests.failures.load import FORM, Load
from tests.failures.nodes import PASSWORD, Node
from tests.failures.patience import wait_until
from tests.failures.test_killed import IMAGES
from tests.failures.visitor import Visitor, upload


@pytest.fixture
def small_disk(scratch):
    """A disk of 60 MB. Needs root."""
    folder = Path(tempfile.mkdtemp(dir=scratch, prefix="disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m,mode=755", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def log(scratch):
    """Elsewhere: a disk on which something is being written cannot be made read-only."""
    return scratch / "disk.log"


@pytest.fixture(scope="module")
def filled_database(scratch):
    file = scratch / "sqlite" / "ki.sqlite3"
    Node("sqlite", file.parent, f"sqlite:///{file}", "k" * 60).shell(CONTENT, PASSWORD=PASSWORD)
    return file


@contextmanager
def full(folder):
    fill = folder / "fill"
    try:
        with fill.open("wb") as file, suppress(OSError):
            while True:
                os.write(file.fileno(), b"x" * 4096)
        yield
    finally:
        fill.unlink()


@contextmanager
def read_only(folder):
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)


BROKEN = {"voll": full, "schreibgeschützt": read_only}


@pytest.mark.parametrize("state", BROKEN)
def test_uploads_are_refused_in_words_and_everything_else_goes_on(site, small_disk, log, figure, state):
    """The disk of a web node: uploads, copies of pages. The database lies elsewhere."""
    other = site.nodes[0]
    node = Node("small", small_disk / "data", site.cluster.url, other.environment["SECRET_KEY"])
    node.log = log
    node.start()
    staff = Visitor()
    staff.sign_in(node)
    rows = site.cluster.primary.execute(IMAGES)
    try:
        with BROKEN[state](small_disk):
            say(f"Die Platte eines Knotens ist {state}.")
            address, body, headers = upload(staff, node, "Kein Platz")
            status, _headers, text = staff.ask(node, address, method="POST", body=body, headers=headers)
            assert (status, "Es wurde nichts gespeichert" in text) == (507, True), text[:500]
            load = Load(Direct(node), site.paths[::7], FORMS, reads_per_second=10, writers=2)
            with load.running():
                wait(load, 3)
        figure(f"Platte {state}: misslungene Seiten von {len(load.reads)}", len(load.failed_reads()), goal=0)
        assert load.failed_reads() == []
        assert site.cluster.primary.execute(IMAGES) == rows
        status, _headers, text = staff.ask(node, address, method="POST", body=body, headers=headers)
        assert status == 302, text[:500]
    finally:
        node.stop()


def wait(load, receipts):
    wait_until(lambda: len(load.acknowledged) >= receipts, 40, lambda: f"no receipts: {load.refused[:3]}")


class Direct:
    """No nginx in front."""

    def __init__(self, node):
        self.node = node

    def ask(self, path, source, headers=None, **options):
        return self.node.ask(path, visitor=source, headers=headers, **options)


@pytest.mark.parametrize("state", BROKEN)
def test_sqlite_on_a_broken_disk_still_shows_pages_and_says_that_forms_are_closed(
    site, small_disk, filled_database, log, figure, state
):
    """A small installation with everything on one disk. A disk becomes read-only when the machine starts anew."""
    node = Node("sqlite", small_disk / "data", f"sqlite:///{small_disk}/data/ki.sqlite3", "k" * 60)
    node.log = log
    shutil.copy(filled_database, node.folder / "ki.sqlite3")
    # The same content, and the same copies.
    shutil.copytree(site.nodes[0].folder / "snapshot", node.folder / "snapshot")
    node.start()
    paths = site.paths[::9]
    assert {node.ask(path)[0] for path in paths} == {200}
    node.stop()
    try:
        with BROKEN[state](small_disk):
            say(f"Alles auf einer Platte, und sie ist {state}.")
            node.start()
            failed = [path for path in paths if node.ask(path)[0] != 200]
            sent = node.ask(FORMS[0], method="POST", body="message=Bitte+melden", headers=FORM, visitor="192.0.2.77")
            node.stop()
        figure(f"SQLite, Platte {state}: misslungene Seiten von {len(paths)}", len(failed), goal=0)
        assert failed == []
        assert (sent[0], "Bitte melden" in sent[2]) in ((422, True), (503, True)), sent[0]
    finally:
        node.stop()
