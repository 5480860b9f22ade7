"""Events and news in a real browser: accessible, within the screen, without JavaScript."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from contacts.models import City, Role
from events.models import Event, News
from pages.models import Page
from tests.factories import make_user

NARROW, PHONE, WIDE = ({"width": width, "height": 800} for width in (320, 360, 1280))

# Planned, moved, cancelled, over, online, running; a list of them; news and one of them.
PATHS = [
    "termine/",
    "termine/?reihe=Woche+der+Vielfalt",
    "eltern-cafe/",
    "infoabend-schulen/",
    "sprachtreff/",
    "fest-der-nachbarschaft/",
    "werkstatt-vielfalt/",
    "ausstellung-viele-wege/",
    "aktuelles/",
    "elterncafe-geht-weiter/",
]


@pytest.fixture
def expired_news(live_site):
    return Page.objects.filter(slug="ehrenamtliche-gesucht").update(ends_at=timezone.now())


@pytest.mark.either_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["360", "1280"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_events_and_news_are_accessible_and_fit(live_site, expired_news, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    for path in [*PATHS, "ehrenamtliche-gesucht/"]:
        page.goto(f"{live_site.url}/{language}/bielefeld/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.either_database
@pytest.mark.parametrize("language", ["de-simple", "en", "tr", "uk", "ru"])
def test_other_languages_are_accessible_on_the_smallest_phone(live_site, new_context, axe, language):
    page = new_context(viewport=NARROW).new_page()
    for path in ("bielefeld/termine/", "bielefeld/infoabend-schulen/", "bochum/termine/", "bochum/aktuelles/"):
        page.goto(f"{live_site.url}/{language}/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_empty_lists_are_accessible(live_site, new_context, axe):
    Page.objects.filter(kind__in=[Page.Kind.EVENT, Page.Kind.NEWS]).update(starts_at=None, ends_at=timezone.now())
    page = new_context(viewport=PHONE).new_page()
    for path in ("termine/", "aktuelles/"):
        page.goto(f"{live_site.url}/de/bielefeld/{path}")
        axe(page)


def test_reader_takes_an_event_along_without_javascript(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/termine/")
    page.locator('a[href="/ar/bielefeld/eltern-cafe/"]').click()
    address = page.locator('a[href$=".ics"]').get_attribute("href")
    (event,) = Calendar.from_ical(page.request.get(live_site.url + address).body()).walk("VEVENT")
    stored = Event.objects.get(slug="eltern-cafe")
    assert (str(event["SUMMARY"]), event["DTSTART"].dt) == ("مثال: مقهى الأهل", stored.starts_at)


def test_touch_targets_are_large_enough(live_site, new_context):
    page = new_context(viewport=PHONE).new_page()
    for path in ("termine/", "infoabend-schulen/", "aktuelles/"):
        page.goto(f"{live_site.url}/de/bielefeld/{path}")
        # Official words stand in the middle of sentences.
        low = page.evaluate("""
            [...document.querySelectorAll('main a:not(.card a, .contacts a, .breadcrumb a, .page-date a, .word)')]
            .filter(link => link.getBoundingClientRect().height < 47.5).map(link => link.outerHTML)
        """)
        assert low == [], page.url


@pytest.mark.either_database
@pytest.mark.parametrize("width", [320, 1280])
def test_screens_for_staff_are_accessible_and_fit(live_site, new_context, axe, width):
    client = Client()
    client.force_login(make_user(City.objects.get(slug="bielefeld"), Role.EDITOR))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = new_context(viewport={"width": width, "height": 900}, locale="de-DE")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
    page = context.new_page()
    event, news = Event.objects.get(slug="infoabend-schulen"), News.objects.get(slug="elterncafe-geht-weiter")
    for address in ("event/", "event/add/", f"event/{event.pk}/change/", "news/", f"news/{news.pk}/change/"):
        page.goto(f"{live_site.url}/admin/events/{address}")
        axe(page, preload=False)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
