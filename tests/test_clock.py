"""A frozen clock passes an end: page, list, feed and search change at that second, and nobody has to do anything."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from offers.models import Call
from tests.factories import make_city, make_event, make_page
from tests.test_site import words

pytestmark = pytest.mark.django_db

END = datetime(2026, 3, 3, 18, 0, tzinfo=ZoneInfo("Europe/Berlin"))
A_SECOND_BEFORE = END - timedelta(seconds=1)


@pytest.fixture
def city():
    with time_machine.travel(END - timedelta(days=7), tick=False):
        yield make_city("hier")


def make_at(city, make, **fields):
    with time_machine.travel(END - timedelta(days=7), tick=False):
        return make(city, translation={"title": "Elterncafé"}, slug="elterncafe", **fields)


def seen(client, path):
    """What a reader finds a second before the end, and at the end."""
    answers = []
    for instant in (A_SECOND_BEFORE, END):
        with time_machine.travel(instant, tick=False):
            answers.append(client.get(path))
    return answers


@pytest.fixture
def event(city):
    return make_at(city, make_event, starts_at=END - timedelta(hours=2), ends_at=END)


@pytest.fixture
def call(city):
    return make_at(city, make_page, model=Call, programme="Programm", ends_at=END)


@pytest.mark.parametrize(
    "path", ["", "termine/", "termine.ics", "termine.atom", "suche/?q=elterncafe", "daten/termine.json"]
)
def test_event_leaves_every_list_at_the_second_of_its_end(client, event, path):
    assert ["Elterncafé" in answer.text for answer in seen(client, f"/de/hier/{path}")] == [True, False]


def test_page_of_an_event_says_from_that_second_that_it_is_over(client, event):
    over = ["vorbei" in words(answer) for answer in seen(client, "/de/hier/elterncafe/")]
    assert over == [False, True]


@pytest.mark.parametrize("path", ["", "foerderung.atom"])
def test_call_leaves_start_page_and_feed_at_the_second_of_its_end(client, call, path):
    assert ["Elterncafé" in answer.text for answer in seen(client, f"/de/hier/{path}")] == [True, False]


@pytest.mark.parametrize("path", ["foerderung/", "elterncafe/", "suche/?q=elterncafe"])
def test_call_is_closed_in_list_page_and_search_from_that_second(client, call, path):
    answers = [words(answer) for answer in seen(client, f"/de/hier/{path}")]
    assert ["Elterncafé" in answer for answer in answers] == [True, True]
    assert ["eschlossen" in answer for answer in answers] == [False, True]
