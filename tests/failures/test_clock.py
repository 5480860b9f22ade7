"""The clock of a node jumps, forward and back; the other node and the database have the right time."""

import re
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.failures.conftest import say
from tests.failures.load import FORM, TIME_TO_FILL_IN
from tests.failures.nodes import Node
from tests.failures.patience import wait_until
from tests.failures.visitor import Visitor

HOUR = 3600
FORM_ADDRESS = "/de/bielefeld/anfrage/"
PLANNED = """
from datetime import timedelta
from django.utils import timezone
from pages.models import PageTranslation
text = PageTranslation.objects.get(page__city__slug="bielefeld", page__slug="schulberatung", language="de")
text.title = "Erst in einer Stunde"
text.version += 1
text.save()
text.publish(by=None, at=timezone.now() + timedelta(hours=1))
print(text.page.get_absolute_url("de"))
"""
FORGET_PLAN = """
from django.utils import timezone
from pages.models import PageTranslation
text = PageTranslation.objects.get(page__city__slug="bielefeld", page__slug="schulberatung", language="de")
text.title = "Schulberatung"
text.version += 1
text.save()
text.publish(by=None)
"""


class Clock:
    """Of one node: what it shows is the right time and so many seconds."""

    def __init__(self, folder):
        self.file = Path(folder) / "clock"
        self.jump(0)

    def jump(self, seconds):
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.file)
        time.sleep(1.5)  # until every process has looked, and its page cache has noticed


@pytest.fixture(scope="module")
def wrong(site, scratch):
    """A third node with a clock of its own."""
    other = site.nodes[0]
    node = Node("node3", scratch / "node3", site.cluster.url, other.environment["SECRET_KEY"])
    node.environment["MEDIA_STORAGE_URL"] = other.environment["MEDIA_STORAGE_URL"]
    clock = Clock(node.folder)
    node.start("tests.failures.wrong_clock", CLOCK_FILE=str(clock.file))
    node.clock = clock
    yield node
    node.stop()


@pytest.fixture(autouse=True)
def right_again(wrong):
    yield
    wrong.clock.jump(0)


def open_form(node, visitor):
    text = node.ask(FORM_ADDRESS, visitor=visitor)[2]
    return re.search(r'name="form_key" value="([^"]+)"', text)[1]


def send(node, visitor, key):
    body = urlencode({"form_key": key, "message": f"Uhr {visitor}", "email": "probe@example.org"})
    return node.ask(FORM_ADDRESS, visitor=visitor, method="POST", body=body, headers=FORM)


@pytest.mark.parametrize(
    ("jump", "status"), [(2 * HOUR, 303), (-2 * HOUR, 422), (48 * HOUR, 422)], ids=["vor", "zurück", "zwei Tage vor"]
)
def test_form_that_lay_open_while_the_clock_jumped_is_sent_at_the_second_press_at_the_latest(wrong, jump, status):
    visitor = f"192.0.2.{abs(jump) // HOUR + (jump < 0)}"
    key = open_form(wrong, visitor)
    time.sleep(TIME_TO_FILL_IN)
    wrong.clock.jump(jump)
    answered, _headers, text = send(wrong, visitor, key)
    assert answered == status
    if status == 422:
        assert f"Uhr {visitor}" in text
        key = re.search(r'name="form_key" value="([^"]+)"', text)[1]
        assert send(wrong, visitor, key)[0] == 303


def test_sign_in_outlives_a_jump_of_hours_and_ends_after_a_working_day(site, wrong):
    staff = Visitor()
    staff.sign_in(wrong)
    kept = dict(staff.cookies)
    for jump, is_known in [(2 * HOUR, True), (-2 * HOUR, True), (11 * HOUR, False), (0, True)]:
        staff.cookies = dict(kept)
        wrong.clock.jump(jump)
        assert (jump, staff.is_signed_in(wrong)) == (jump, is_known)
    staff.cookies = dict(kept)
    assert staff.is_signed_in(site.nodes[0])


def test_what_is_planned_shows_by_the_clock_of_the_node_and_never_longer_than_it_is_wrong(site, wrong, figure):
    address = site.nodes[0].shell(PLANNED).split()[-1]
    title = "Erst in einer Stunde"
    try:
        wait_until(lambda: wrong.ask(address)[0] == 200, 5, wrong.last_words)
        assert title not in wrong.ask(address)[2]
        say("Die Uhr eines Knotens springt zwei Stunden vor und wieder zurück.")
        wrong.clock.jump(2 * HOUR)
        assert title in wrong.ask(address)[2]
        assert title not in site.nodes[0].ask(address)[2]
        for _read in range(6):
            wrong.ask(address)
        wrong.clock.jump(0)
        shown = sum(title in wrong.ask(address)[2] for _read in range(12))
        figure("Uhr wieder richtig: zu früh gezeigte Seiten von 12", shown, goal=0)
        assert shown == 0
    finally:
        site.nodes[0].shell(FORGET_PLAN)


def test_edits_are_seen_while_the_clock_is_wrong(site, wrong):
    address = "/de/bielefeld/schulberatung/"
    for jump, words in [(3 * HOUR, "Erste Fassung"), (-3 * HOUR, "Zweite Fassung")]:
        wrong.clock.jump(jump)
        for _read in range(4):
            wrong.ask(address)
        site.nodes[0].shell(FORGET_PLAN.replace('"Schulberatung"', repr(words)))
        if jump < 0:
            # Published in what this node takes for the future: it shows the version before, not nothing.
            assert wrong.ask(address)[0] == 200
        else:
            wait_until(lambda words=words: words in wrong.ask(address)[2], 3, wrong.last_words)
    wrong.clock.jump(0)
    wait_until(lambda: "Zweite Fassung" in wrong.ask(address)[2], 3, wrong.last_words)
    site.nodes[0].shell(FORGET_PLAN)
