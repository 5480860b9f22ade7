"""Whatever is edited and however time passes: readers get what Django would answer at that instant."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import City, CityLanguage, Contact, OpeningHours
from pages.models import Page, PageRevision
from tests.factories import make_call, make_city, make_contact, make_event, make_news, make_page
from tests.page_cache.conftest import call
from tests.page_cache.test_poisoning import without_moment

BERLIN = ZoneInfo("Europe/Berlin")
# The night in which the clocks are put forward, an ordinary afternoon, the end of a year.
BEGINNINGS = [
    datetime(2026, 3, 28, 22, 30, tzinfo=BERLIN),
    datetime(2026, 5, 5, 15, 0, tzinfo=BERLIN),
    datetime(2026, 12, 31, 20, 0, tzinfo=BERLIN),
]
PATHS = [
    "",
    "termine/",
    "aktuelles/",
    "foerderung/",
    "kontakt/",
    "kontakt/?jetzt=1",
    "termine.ics",
    "seite/",
    "angebote/",
]

minutes = st.integers(-90, 600).map(lambda number: timedelta(minutes=number))
hours = st.integers(0, 23)
steps = st.one_of(
    st.tuples(st.just("read"), st.sampled_from(PATHS)),
    st.tuples(st.just("read"), st.sampled_from(PATHS)),
    st.tuples(st.just("wait"), st.integers(1, 400).map(lambda number: timedelta(minutes=number))),
    st.tuples(st.just("plan"), minutes, st.integers(1, 300).map(lambda number: timedelta(minutes=number))),
    st.tuples(st.just("happen"), minutes, st.integers(1, 300).map(lambda number: timedelta(minutes=number))),
    st.tuples(st.just("open"), hours, st.integers(1, 8)),
    st.tuples(st.just("rename"), st.integers(0, 99)),
    st.tuples(st.just("withdraw")),
    st.tuples(st.just("hide"), st.booleans()),
    st.tuples(st.just("languages")),
)


class Centre:
    """One city, edited with statements that no `save()` hears of."""

    def __init__(self, clock, start):
        self.clock, self.now = clock, start
        self.city = make_city("hier", languages=("de",))
        self.contact = make_contact(self.city, is_main=True)
        self.page = make_page(self.city, slug="seite")
        self.listed = [
            make_event(self.city, start + timedelta(hours=1), slug="termin"),
            make_news(self.city, slug="nachricht", ends_at=start + timedelta(hours=3)),
            make_call(self.city, slug="aufruf", ends_at=start + timedelta(hours=5)),
        ]

    def wait(self, how_long):
        self.now += how_long
        self.clock.move_to(self.now)

    def plan(self, delay, duration):
        PageRevision.objects.filter(translation__page=self.page).update(
            visible_from=self.now + delay, visible_until=self.now + delay + duration
        )

    def happen(self, delay, duration):
        Page.objects.filter(pk__in=[page.pk for page in self.listed]).update(
            starts_at=self.now + delay, ends_at=self.now + delay + duration
        )

    def open(self, opens, length):
        OpeningHours.objects.all().delete()
        day = self.now.astimezone(BERLIN).weekday()
        closes = time(min(opens + length, 23), 30)
        OpeningHours.objects.create(contact=self.contact, kind="open", weekday=day, opens=time(opens), closes=closes)

    def rename(self, number):
        City.objects.update(centre_name=f"Zentrum {number}")
        Contact.objects.update(room=str(number))

    def withdraw(self):
        PageRevision.objects.filter(visible_from__lt=self.now).update(visible_until=self.now)

    def hide(self, is_public):
        City.objects.update(is_public=is_public)

    def languages(self):
        CityLanguage.objects.get_or_create(city=self.city, language="ar", defaults={"position": 1})


@pytest.fixture
def empty(border):
    """As often as hypothesis wants to begin anew."""

    def begin(clock, start):
        City.objects.all().delete()
        border.cache.start_anew()
        centre = Centre(clock, start)
        border.learn()
        return centre

    return begin


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(BEGINNINGS), st.lists(steps, min_size=4, max_size=14))
def test_copy_is_what_django_answers_at_that_instant(border, empty, start, what_happens):
    with time_machine.travel(start, tick=False) as clock:
        centre = empty(clock, start)
        for name, *arguments in what_happens:
            if name == "read":
                path = f"/de/hier/{arguments[0]}"
                copy, fresh = border.get(path), call(border.django, path)
                assert (copy.status, without_moment(copy.body)) == (fresh.status, without_moment(fresh.body)), path
            else:
                getattr(centre, name)(*arguments)
                border.learn()
