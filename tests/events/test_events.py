"""What visitors read of events and news, and when it leaves the lists."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.languages import LANGUAGES
from events.models import Event
from events.templatetags.event_words import period
from pages.models import Page
from tests.factories import make_city, make_contact, make_event, make_location, make_news, make_page, make_translation

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 20, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def berlin(day, clock="16:00", month=10, year=2026):
    return timezone.make_aware(datetime.fromisoformat(f"{year}-{month:02}-{day:02}T{clock}"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city():
    return make_city("musterstadt", languages=["de", "ar", "en"])


def words(response):
    """The text of a page as it is read: without tags, white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def titles(response, level=3):
    return re.findall(rf"<h{level}[^>]*><a[^>]*>(.*?)</a></h{level}>", response.text)


def months(response):
    return re.findall(r"<h2>(\w+ \d{4})</h2>", response.text)


# --- The list --------------------------------------------------------------------------------------


def test_list_stands_by_month_with_the_next_first(client, city):
    make_event(city, berlin(3, month=12), translation={"title": "Drittens"})
    make_event(city, berlin(28), translation={"title": "Zweitens"})
    make_event(city, berlin(21), translation={"title": "Erstens"})
    page = client.get("/de/musterstadt/termine/")
    assert titles(page) == ["Erstens", "Zweitens", "Drittens"]
    assert months(page) == ["Oktober 2026", "Dezember 2026"]


def test_running_event_stands_in_this_month_wherever_it_began(client, city):
    make_event(city, berlin(1, month=8), berlin(30), translation={"title": "Ausstellung"})
    page = client.get("/de/musterstadt/termine/")
    assert (titles(page), months(page)) == (["Ausstellung"], ["Oktober 2026"])
    assert "Läuft gerade" in words(page)


def test_months_have_their_names_in_the_readers_language(client, city):
    make_event(city, berlin(28))
    assert "<h2>تشرين الأول 2026</h2>" in client.get("/ar/musterstadt/termine/").text


def test_event_leaves_list_calendar_and_feed_at_the_instant_of_its_end(client, city, clock):
    event = make_event(city, berlin(21), slug="treffen", translation={"title": "Nachbarn"})
    addresses = ["termine/", "termine.ics", "termine.atom"]
    for instant, shown in [(event.ends_at - SECOND, True), (event.ends_at, False)]:
        clock.move_to(instant)
        answers = [client.get(f"/de/musterstadt/{address}") for address in addresses]
        assert [(each.status_code, "Nachbarn" in each.text) for each in answers] == [(200, shown)] * 3
        page = client.get("/de/musterstadt/treffen/")
        assert (page.status_code, "Diese Veranstaltung ist vorbei." in page.text) == (200, not shown)


def test_cancelled_event_stays_in_the_list_until_its_end(client, city, clock):
    event = make_event(city, berlin(21), status=Event.Status.CANCELLED, translation={"title": "Treffen"})
    page = client.get("/de/musterstadt/termine/")
    assert (titles(page), "Abgesagt" in words(page)) == (["Treffen"], True)
    clock.move_to(event.ends_at)
    assert titles(client.get("/de/musterstadt/termine/")) == []


def test_list_shows_what_is_public_in_this_city_only(client, city):
    make_event(city, berlin(21), translation={"title": "Hier"})
    make_event(city, berlin(21), published=False, translation={"title": "Entwurf"})
    make_event(make_city(), berlin(21), translation={"title": "Anderswo"})
    make_page(city, translation={"title": "Seite"})
    assert titles(client.get("/de/musterstadt/termine/")) == ["Hier"]


def test_list_marks_german_titles_in_another_language(client, city):
    event = make_event(city, berlin(21), translation={"title": "Treffen"})
    make_translation(event, "en", title="Meeting")
    assert '<h3 lang="de" dir="ltr">' in client.get("/ar/musterstadt/termine/").text
    assert titles(client.get("/en/musterstadt/termine/")) == ["Meeting"]


def test_empty_list_says_what_to_do(client, city):
    page = client.get("/de/musterstadt/termine/")
    assert "Im Moment stehen hier keine Termine." in words(page)
    assert '<a class="button" href="/de/musterstadt/aktuelles/">' in page.text


def test_list_can_be_narrowed_to_a_series(client, city):
    make_event(city, berlin(21), series="Woche der Vielfalt", translation={"title": "Aus der Reihe"})
    make_event(city, berlin(22), translation={"title": "Anderes"})
    assert titles(client.get("/de/musterstadt/termine/?reihe=Woche+der+Vielfalt")) == ["Aus der Reihe"]
    assert client.get("/de/musterstadt/termine/?reihe=%00").status_code == 200


def test_list_ends_after_a_year_and_says_so(client, city):
    make_event(city, berlin(21), translation={"title": "Bald"})
    more = "Es gibt noch mehr Termine."
    assert more not in client.get("/de/musterstadt/termine/").text
    make_event(city, berlin(21, month=12, year=2027), translation={"title": "Fern"})
    page = client.get("/de/musterstadt/termine/")
    assert (titles(page), more in page.text) == (["Bald"], True)


def test_list_shows_at_most_its_number_in_every_language(client, city, monkeypatch):
    monkeypatch.setattr("events.listing.MOST", 2)
    for day in (21, 22, 23):
        make_translation(make_event(city, berlin(day), translation={"title": str(day)}), "en", title=f"Day {day}")
    assert titles(client.get("/en/musterstadt/termine/")) == ["Day 21", "Day 22"]


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_however_long_they_are(client, city, number, django_assert_num_queries):
    place = make_location(city)
    make_contact(city, is_main=True, location=place)
    for day in range(number):
        make_translation(make_event(city, berlin(21 + day), location=place), "ar")
        make_translation(make_news(city), "ar")
    for address, queries in [
        ("termine/", 6),
        ("aktuelles/", 6),
        ("termine.ics", 2),
        ("termine.atom", 2),
        ("aktuelles.atom", 2),
        ("foerderung.atom", 2),
    ]:
        with django_assert_num_queries(queries):
            assert client.get(f"/ar/musterstadt/{address}").status_code == 200


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_every_address_answers_in_every_language(client, city, language):
    make_event(city, berlin(21), slug="treffen", series="Reihe", topics=["schule"], audiences=["parents"])
    make_news(city, slug="neues")
    for address in (
        "termine/",
        "termine.ics",
        "termine/treffen.ics",
        "termine.atom",
        "treffen/",
        "aktuelles/",
        "neues/",
    ):
        assert client.get(f"/{language}/musterstadt/{address}").status_code == 200


@pytest.mark.parametrize("address", ["termine/", "termine.ics", "termine.atom", "aktuelles/", "aktuelles.atom"])
def test_city_that_is_not_public_has_no_lists(client, city, address):
    assert client.get(f"/de/musterstadt/{address}").status_code == 200
    city.is_public = False
    city.save()
    assert client.get(f"/de/musterstadt/{address}").status_code == 404


# --- The page of an event ----------------------------------------------------------------------------


def event_page(client, city, language="de", **fields):
    make_event(city, fields.pop("starts_at", berlin(21)), slug="treffen", **fields)
    return client.get(f"/{language}/musterstadt/treffen/")


def test_page_says_when_in_the_time_of_the_place(client, city):
    assert "Mittwoch, 21. Oktober 2026, 16:00 bis 18:00 Uhr" in words(event_page(client, city))


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "said"),
    [
        (berlin(24, "16:00"), berlin(24, "18:00"), "Samstag, 24. Oktober 2026, 16:00 bis 18:00\xa0Uhr"),
        # The night in which clocks go back: five hours by the clock, six by the sun.
        (
            berlin(24, "22:00"),
            berlin(25, "03:00"),
            "Samstag, 24. Oktober 2026, 22:00\xa0Uhr bis Sonntag, 25. Oktober 2026, 03:00\xa0Uhr",
        ),
        (berlin(26, "16:00"), berlin(26, "18:00"), "Montag, 26. Oktober 2026, 16:00 bis 18:00\xa0Uhr"),
        (berlin(26, "18:00"), berlin(27, "00:00"), "Montag, 26. Oktober 2026, 18:00 bis 24:00\xa0Uhr"),
        (
            berlin(26, "18:00"),
            berlin(28, "00:00"),
            "Montag, 26. Oktober 2026, 18:00\xa0Uhr bis Dienstag, 27. Oktober 2026, 24:00\xa0Uhr",
        ),
    ],
)
def test_period_is_read_from_the_clock_on_both_sides_of_the_change(starts_at, ends_at, said):
    assert period(Page(starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC)), LANGUAGES["de"]) == said


@pytest.mark.parametrize("tag", LANGUAGES)
def test_period_can_be_said_in_every_language(tag):
    assert "16:00" in period(Page(starts_at=berlin(24), ends_at=berlin(24, "18:00")), LANGUAGES[tag])


def test_moved_event_shows_the_earlier_time_struck_through(client, city):
    page = event_page(client, city, status=Event.Status.MOVED, previous_start=berlin(20, "17:30"))
    assert "Diese Veranstaltung ist verschoben." in words(page)
    assert "Zuerst geplant: <s>20. Oktober 2026, 17:30\xa0Uhr</s>" in page.text


def test_cancelled_event_says_so_and_offers_neither_calendar_nor_registration(client, city):
    page = event_page(client, city, status=Event.Status.CANCELLED)
    said = words(page)
    assert "Diese Veranstaltung ist abgesagt. Sie findet nicht statt." in said
    assert ("In den Kalender" in said, "Anmeldung" in said) == (False, False)


def test_page_names_place_and_way_in(client, city):
    place = make_location(city, name="Haus am Markt", step_free="yes")
    said = words(event_page(client, city, location=place))
    assert "Haus am Markt Musterstraße 1 33602 Musterstadt Ohne Stufen erreichbar" in said


def test_event_without_place_says_so(client, city):
    assert "Der Ort steht noch nicht fest." in words(event_page(client, city))


def test_link_to_the_online_event_is_there_until_the_end(client, city, clock):
    link = 'href="https://example.org/raum"'
    assert link in event_page(client, city, online_url="https://example.org/raum").text
    clock.move_to(berlin(21, "18:00"))
    assert link not in client.get("/de/musterstadt/treffen/").text


def test_registration_closes_at_its_instant(client, city, clock):
    deadline = berlin(20, "12:30")
    page = event_page(
        client,
        city,
        registration=Event.Registration.MAIL,
        registration_email="anmeldung@example.org",
        registration_until=deadline,
        translation={"title": "Fest & Essen"},
    )
    assert 'href="mailto:anmeldung@example.org?subject=Fest%20%26%20Essen"' in page.text
    assert "Anmeldung bis 20. Oktober 2026, 12:30 Uhr" in words(page)
    for instant, closed in [(deadline - SECOND, False), (deadline, True)]:
        clock.move_to(instant)
        assert ("Die Anmeldung ist geschlossen." in client.get("/de/musterstadt/treffen/").text) is closed


def test_registration_without_deadline_closes_when_the_event_begins(city):
    event = make_event(city, berlin(21), registration=Event.Registration.NONE)
    assert [event.registration_is_open(event.starts_at + each) for each in (-SECOND, 0 * SECOND)] == [True, False]


def test_languages_stand_in_their_own_names_with_the_readers_marked(client, city):
    page = event_page(client, city, language="ar", languages=["de", "ar"])
    assert '<li class="own"><span lang="ar" dir="rtl">العربية</span></li>' in page.text
    assert '<li><span lang="de" dir="ltr">Deutsch</span></li>' in page.text


def test_page_names_costs_seats_series_and_who_invites(client, city):
    page = event_page(
        client, city, cost="amount", cost_amount="7.50", seats=12, series="Woche der Vielfalt", organiser="Verein"
    )
    said = words(page).replace("\xa0", " ")
    assert "Kosten 7,50 €" in said
    assert "Plätze 12" in said
    assert "Wer lädt ein? Verein" in said
    assert 'href="/de/musterstadt/termine/?reihe=Woche%20der%20Vielfalt"' in page.text


def test_page_of_an_event_costs_six_queries_at_most(client, city, django_assert_max_num_queries):
    place = make_location(city)
    make_contact(city, is_main=True, location=place)
    make_event(city, berlin(21), slug="treffen", location=place)
    with django_assert_max_num_queries(6):
        client.get("/de/musterstadt/treffen/")


def test_sheet_to_print_says_when_and_where_in_both_languages(client, city):
    place = make_location(city, name="Haus am Markt")
    make_event(city, berlin(21), slug="treffen", location=place)
    said = words(client.get("/ar/musterstadt/treffen/blatt/"))
    assert "Mittwoch, 21. Oktober 2026, 16:00 bis 18:00 Uhr" in said
    assert "الأربعاء، 21 تشرين الأول 2026" in said
    assert said.count("Haus am Markt, Musterstraße 1") == 2


# --- What an event must have -------------------------------------------------------------------------


def test_event_tells_everything_that_is_missing_at_once(city):
    event = Event(city=city, slug="treffen", status="moved", registration="mail")
    with pytest.raises(ValidationError) as raised:
        event.full_clean()
    assert raised.value.message_dict == {
        "starts_at": ["Wann beginnt die Veranstaltung?"],
        "ends_at": ["Wann endet die Veranstaltung?"],
        "previous_start": ["Wann sollte die Veranstaltung zuerst sein?"],
        "registration_email": ["An welche E-Mail-Adresse meldet man sich an?"],
    }


def test_registration_does_not_end_after_the_event(city):
    event = Event(
        city=city, slug="treffen", starts_at=berlin(21), ends_at=berlin(22), registration_until=berlin(22, "16:01")
    )
    with pytest.raises(ValidationError) as raised:
        event.full_clean()
    assert raised.value.message_dict == {
        "registration_until": ["Dann ist die Veranstaltung schon vorbei. Bitte wählen Sie einen früheren Tag."]
    }


def test_event_with_online_link_is_online(city):
    assert make_event(city, berlin(21), online_url="https://example.org/raum").is_online is True


def test_change_number_rises_with_changes_only(city, clock):
    event = make_event(city, berlin(21), languages=["de"])
    assert (event.change_number, event.changed_at) == (0, None)
    stored = Event.objects.get(pk=event.pk)
    stored.save()
    assert (stored.change_number, stored.changed_at) == (0, None)
    clock.shift(60)
    stored.ends_at += timedelta(hours=1)
    stored.save()
    stored.refresh_from_db()
    assert (stored.change_number, stored.changed_at) == (1, NOW + timedelta(seconds=60))


def test_two_who_save_at_once_are_both_counted(city):
    event = make_event(city, berlin(21))
    one, other = (Event.objects.get(pk=event.pk) for _ in range(2))
    one.seats, other.seats = 7, 8
    one.save()
    other.save()
    assert Event.objects.get(pk=event.pk).change_number == 2


def test_counting_waits_for_who_saves_at_the_same_time(city):
    event = make_event(city, berlin(21))
    with CaptureQueriesContext(connection) as queries:
        event.save()
    locks = [query["sql"] for query in queries if query["sql"].endswith("FOR UPDATE")]
    assert len(locks) == (1 if connection.features.has_select_for_update else 0)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "copied_end"),
    [
        # Forth over the night in which 2:00 is 3:00: as many hours.
        ("2026-03-21T22:00+01:00", "2026-03-22T05:00+01:00", "2026-03-29T06:00+02:00"),
        ("2026-03-22T01:30+01:00", "2026-03-22T02:30+01:00", "2026-03-29T03:30+02:00"),
        # Back from the night in which 3:00 is 2:00 again: on the clock this event ends before it begins.
        ("2026-10-25T02:45+02:00", "2026-10-25T02:15+01:00", "2026-11-01T03:15+01:00"),
    ],
)
def test_copy_is_as_long_whatever_the_clocks_do(city, starts_at, ends_at, copied_end):
    event = make_event(city, *map(datetime.fromisoformat, (starts_at, ends_at)))
    copy = Event.objects.get(pk=event.pk).copy_a_week_later("kopie", None)
    assert copy.ends_at == datetime.fromisoformat(copied_end)


def test_copy_for_the_next_week_keeps_the_time_on_the_clock(city):
    event = make_event(
        city,
        berlin(21, "16:00"),
        berlin(21, "18:00"),
        slug="treffen",
        series="Reihe",
        status="cancelled",
        registration_until=berlin(20),
        translation={"title": "Treffen"},
    )
    copy = event.copy_a_week_later("treffen-2", None)
    assert (copy.starts_at, copy.ends_at, copy.registration_until) == (berlin(28), berlin(28, "18:00"), berlin(27))
    assert (copy.series, copy.status, copy.slug, copy.city) == ("Reihe", "planned", "treffen-2", city)
    german = copy.translations.get()
    assert (german.title, german.revisions.exists()) == ("Treffen", False)


# --- News ---------------------------------------------------------------------------------------------


def test_news_stand_newest_first(client, city, clock):
    for title in ("Alt", "Neu"):
        make_news(city, translation={"title": title})
        clock.shift(3600)
    assert titles(client.get("/de/musterstadt/aktuelles/"), level=2) == ["Neu", "Alt"]


def test_corrected_news_keep_their_date_and_place(client, city, clock):
    old = make_news(city, slug="alt", translation={"title": "Alt"})
    clock.shift(24 * 3600)
    make_news(city, translation={"title": "Neu"})
    clock.shift(24 * 3600)
    text = old.translations.get()
    text.title = "Alt, verbessert"
    text.save()
    text.publish(by=None)
    page = client.get("/de/musterstadt/aktuelles/")
    assert titles(page, level=2) == ["Neu", "Alt, verbessert"]
    assert re.findall(r'<p class="news-date"><span>(.*?)</span>', page.text) == ["21. Oktober 2026", "20. Oktober 2026"]
    assert "<span>20. Oktober 2026</span>" in client.get("/de/musterstadt/alt/").text


def test_news_leave_list_and_feed_at_their_instant_and_the_page_says_so(client, city, clock):
    ends_at = berlin(22, "00:00")
    make_news(city, slug="neues", ends_at=ends_at, translation={"title": "Frisch"})
    for instant, shown in [(ends_at - SECOND, True), (ends_at, False)]:
        clock.move_to(instant)
        lists = [client.get(f"/de/musterstadt/{address}") for address in ("aktuelles/", "aktuelles.atom")]
        assert [("Frisch" in each.text) for each in lists] == [shown, shown]
        page = client.get("/de/musterstadt/neues/")
        assert (page.status_code, "Diese Nachricht ist älter." in page.text) == (200, not shown)


def test_news_name_who_is_responsible(client, city):
    make_news(city, slug="neues", responsible="Leitung des Zentrums")
    assert "Verantwortlich: Leitung des Zentrums" in words(client.get("/de/musterstadt/neues/"))


def test_empty_news_say_where_else_to_look(client, city):
    page = client.get("/de/musterstadt/aktuelles/")
    assert "Im Moment gibt es hier keine Nachrichten." in words(page)
