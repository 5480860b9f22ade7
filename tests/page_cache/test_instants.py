"""A copy ends when something on its page begins, ends, opens or closes: at that second, by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from contacts.models import OpeningHours
from ki_site.page_cache.instants import next_instant
from offers.models import Call
from pages.models import PageRevision
from tests.factories import make_city, make_contact, make_event, make_news, make_page, make_translation
from tests.page_cache.conftest import call

BERLIN = ZoneInfo("Europe/Berlin")
END = datetime(2026, 3, 3, 18, 0, tzinfo=BERLIN)
A_WEEK_BEFORE, A_SECOND_BEFORE = END - timedelta(days=7), END - timedelta(seconds=1)


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.fixture
def city(border):
    with time_machine.travel(A_WEEK_BEFORE, tick=False):
        yield make_city("hier")


def make_at_beginning(city, make, **fields):
    with time_machine.travel(A_WEEK_BEFORE, tick=False):
        return make(city, translation={"title": "Elterncafé"}, slug="elterncafe", **fields)


def seen(border, path):
    """What readers get a second before the end and at the end; the first one's copy is there for the second."""
    answers = []
    with time_machine.travel(A_SECOND_BEFORE, tick=False) as clock:
        border.learn()
        border.get(path)
        for instant in (A_SECOND_BEFORE, END):
            clock.move_to(instant)
            answers.append(border.get(path))
            assert answers[-1].body == call(border.django, path).body
    return answers


# --- The cases of tests/test_clock.py, through the cache ---------------------------------------------------


@pytest.fixture
def event(city):
    return make_at_beginning(city, make_event, starts_at=END - timedelta(hours=2), ends_at=END)


@pytest.fixture
def call_for_projects(city):
    return make_at_beginning(city, make_page, model=Call, programme="Programm", ends_at=END)


@pytest.mark.parametrize("path", ["", "termine/", "termine.ics", "termine.atom", "daten/termine.json"])
def test_event_leaves_every_list_at_the_second_of_its_end(border, event, path):
    assert ["Elterncafé" in answer.text for answer in seen(border, f"/de/hier/{path}")] == [True, False]


def test_page_of_an_event_says_from_that_second_that_it_is_over(border, event):
    assert ["vorbei" in answer.text for answer in seen(border, "/de/hier/elterncafe/")] == [False, True]


@pytest.mark.parametrize("path", ["", "foerderung.atom"])
def test_call_leaves_start_page_and_feed_at_the_second_of_its_end(border, call_for_projects, path):
    assert ["Elterncafé" in answer.text for answer in seen(border, f"/de/hier/{path}")] == [True, False]


@pytest.mark.parametrize("path", ["foerderung/", "elterncafe/"])
def test_call_is_closed_in_list_and_page_from_that_second(border, call_for_projects, path):
    assert ["eschlossen" in answer.text for answer in seen(border, f"/de/hier/{path}")] == [False, True]


# --- What else has its time ----------------------------------------------------------------------------------


def test_text_that_was_planned_appears_at_its_second(border, city):
    make_at_beginning(city, make_page)
    PageRevision.objects.update(visible_from=END)
    first, second = seen(border, "/de/hier/")
    assert ["Elterncafé" in answer.text for answer in (first, second)] == [False, True]


def test_text_that_expires_is_gone_at_its_second(border, city):
    make_at_beginning(city, make_page)
    PageRevision.objects.update(visible_until=END)
    assert [answer.status for answer in seen(border, "/de/hier/elterncafe/")] == [200, 410]


def test_translation_expires_and_german_stands_in(border, city):
    page = make_at_beginning(city, make_page)
    make_translation(page, "ar", title="مقهى الوالدين")
    PageRevision.objects.filter(translation__language="ar").update(visible_from=A_WEEK_BEFORE, visible_until=END)
    assert ["مقهى الوالدين" in answer.text for answer in seen(border, "/ar/hier/elterncafe/")] == [True, False]


def test_office_closes_at_its_second(border, city):
    contact = make_contact(city, is_main=True)
    OpeningHours.objects.create(contact=contact, kind="open", weekday=1, opens="09:00", closes="18:00")
    first, second = seen(border, "/de/hier/kontakt/?jetzt=1")
    assert first.body != second.body


def test_registration_closes_at_its_second(border, city):
    make_at_beginning(
        city,
        make_event,
        starts_at=END + timedelta(days=3),
        registration="mail",
        registration_email="a@example.org",
        registration_until=END,
    )
    first, second = seen(border, "/de/hier/elterncafe/")
    assert first.body != second.body


# --- The instants themselves -----------------------------------------------------------------------------------


@pytest.fixture
def here(db):
    with time_machine.travel(A_WEEK_BEFORE, tick=False):
        return make_city("hier")


def after(city, text):
    return next_instant(city.pk, berlin(text)).astimezone(BERLIN)


def test_day_ends_at_midnight_where_the_centre_is(here):
    assert after(here, "2026-03-03T12:00") == berlin("2026-03-04T00:00")
    assert after(here, "2026-03-04T00:00") == berlin("2026-03-05T00:00")


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-03-29", "2026-03-29T03:00:00+02:00"), ("2026-10-25", "2026-10-25T02:00:00+02:00")],
)
def test_every_hour_counts_on_days_on_which_clocks_change(here, day, expected):
    since = datetime.fromisoformat(f"{day}T01:30").replace(tzinfo=BERLIN)
    assert next_instant(here.pk, since) == datetime.fromisoformat(expected)


def test_hour_that_comes_twice_is_an_instant_each_time(here):
    first, second = (datetime(2026, 10, 25, hour, 0, tzinfo=UTC) for hour in (0, 1))
    assert [next_instant(here.pk, each - timedelta(minutes=1)) for each in (first, second)] == [first, second]


def test_opening_hours_of_contacts_and_places_count(here):
    contact = make_contact(here)
    OpeningHours.objects.create(contact=contact, kind="open", weekday=1, opens="09:00", closes="12:30")
    assert after(here, "2026-03-03T08:00") == berlin("2026-03-03T09:00")
    assert after(here, "2026-03-03T09:00") == berlin("2026-03-03T12:30")
    assert after(here, "2026-03-03T12:30") == berlin("2026-03-04T00:00")


def test_call_that_closed_a_year_ago_leaves_its_list(here):
    make_page(here, model=Call, programme="Programm", ends_at=berlin("2026-03-03T18:00"))
    assert after(here, "2027-03-03T12:00") == berlin("2027-03-03T18:00")


def test_event_farther_than_a_year_comes_into_reach(here):
    make_event(here, starts_at=berlin("2027-03-04T18:00"))
    assert after(here, "2026-03-03T12:00") == berlin("2026-03-03T18:00")


def test_other_city_has_its_own_instants(here):
    with time_machine.travel(A_WEEK_BEFORE, tick=False):
        make_news(make_city("dort"), ends_at=END)
    assert after(here, "2026-03-03T12:00") == berlin("2026-03-04T00:00")


def test_instants_take_two_queries(here, django_assert_num_queries):
    with django_assert_num_queries(2):
        next_instant(here.pk, A_SECOND_BEFORE)
