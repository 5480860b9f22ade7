"""What calendars and readers of feeds get, read back with the libraries they would use."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import feedparser
import pytest
import time_machine
import vobject
from django.utils import timezone
from icalendar import Calendar

from events.models import Event
from offers.models import Call
from tests.factories import make_city, make_event, make_location, make_news, make_page, make_translation

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 20, 10, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(day, clock="16:00", month=10):
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}").replace(tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city():
    return make_city("musterstadt", languages=["de", "ar", "en"])


def calendar(client, address="de/musterstadt/termine.ics"):
    response = client.get(f"/{address}")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def only_event(client, address="de/musterstadt/termine.ics"):
    (event,) = calendar(client, address).walk("VEVENT")
    return event


def feed(client, address):
    response = client.get(f"/{address}")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(response.content)
    assert (read.bozo, read.version) == (False, "atom10")
    return read


# --- iCalendar ---------------------------------------------------------------------------------------


def test_event_can_be_read_back_with_all_it_says(client, city):
    place = make_location(city, name="Haus am Markt")
    event = make_event(
        city,
        berlin(21),
        slug="treffen",
        location=place,
        topics=["schule"],
        series="Reihe",
        translation={"title": "Treffen; Fest, Tanz", "summary": "Kommen Sie."},
    )
    found = only_event(client)
    assert {name: str(found[name]) for name in ("UID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS")} == {
        "UID": f"{event.pk}@musterstadt.ki-nrw",
        "SUMMARY": "Treffen; Fest, Tanz",
        "DESCRIPTION": "Kommen Sie.\n\nhttp://testserver/de/musterstadt/treffen/",
        "LOCATION": "Haus am Markt, Musterstraße 1, 33602 Musterstadt",
        "URL": "http://testserver/de/musterstadt/treffen/",
        "STATUS": "CONFIRMED",
    }
    assert (found["SEQUENCE"], found["DTSTAMP"].dt, found["LAST-MODIFIED"].dt) == (0, NOW, NOW)
    assert [str(each) for each in found["CATEGORIES"].cats] == ["Schule", "Reihe"]


def test_calendar_says_whose_it_is_and_when_to_ask_again(client, city):
    found = calendar(client)
    assert (found["VERSION"], found["METHOD"]) == ("2.0", "PUBLISH")
    assert str(found["X-WR-CALNAME"]) == "Kommunales Integrationszentrum Musterstadt"
    assert found["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert found["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"


@pytest.mark.parametrize(
    ("day", "month", "offset"), [(24, 10, 2), (25, 10, 1), (26, 10, 1), (15, 12, 1), (28, 3, 1), (29, 3, 2)]
)
def test_times_are_right_on_both_sides_of_the_change_of_clocks(client, city, clock, day, month, offset):
    clock.move_to(datetime(2026, month, 1, tzinfo=UTC))
    starts_at = berlin(day, "09:30", month)
    make_event(city, starts_at.astimezone(UTC), slug="treffen")
    found = only_event(client)
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert found["DTSTART"].dt.replace(tzinfo=None) == datetime(2026, month, day, 9, 30)  # noqa: DTZ001
    # By the zone that the file itself describes, not by one that the reader happens to know.
    (zone,) = calendar(client).walk("VTIMEZONE")
    described = zone.to_tz(lookup_tzid=False)
    assert datetime(2026, month, day, 9, 30, tzinfo=described).utcoffset() == timedelta(hours=offset)


def test_another_library_reads_the_same_instants(client, city):
    make_event(city, berlin(24, "22:00"), berlin(25, "03:00"))
    (event,) = vobject.readOne(client.get("/de/musterstadt/termine.ics").text).vevent_list
    assert event.dtend.value - event.dtstart.value == timedelta(hours=5)  # by the clock
    assert event.dtend.value.astimezone(UTC) - event.dtstart.value.astimezone(UTC) == timedelta(hours=6)


def test_lines_end_as_the_format_wants_and_are_short(client, city):
    make_event(city, berlin(21), translation={"title": "Ä" * 150})
    content = client.get("/de/musterstadt/termine.ics").content
    lines = content.split(b"\r\n")
    assert (b"\n" in content.replace(b"\r\n", b""), lines[0], lines[-1]) == (False, b"BEGIN:VCALENDAR", b"")
    assert max(map(len, lines)) <= 75


def test_a_text_cannot_write_lines_of_its_own(client, city):
    trap = "Treffen\r\nATTENDEE:mailto:x@example.org\nEND:VEVENT\rX:1\x0bY\u2028Z"
    make_event(city, berlin(21), translation={"title": trap, "summary": trap})
    found = only_event(client)
    assert str(found["SUMMARY"]) == "Treffen ATTENDEE:mailto:x@example.org END:VEVENT X:1 Y Z"
    assert "ATTENDEE" not in found


def test_identifier_stays_when_language_address_time_and_status_change(client, city):
    event = make_event(city, berlin(21), slug="treffen", languages=["de"])
    make_translation(event, "en", title="Meeting")
    before = only_event(client)
    event = Event.objects.get(pk=event.pk)
    event.slug, event.status, event.previous_start = "fest", Event.Status.MOVED, event.starts_at
    event.starts_at, event.ends_at = berlin(27), berlin(27, "18:00")
    event.full_clean()
    event.save()
    after = only_event(client, "en/musterstadt/termine.ics")
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt == berlin(27)


def test_cancelled_event_is_cancelled_in_calendars_until_its_end(client, city, clock):
    event = make_event(city, berlin(21), status=Event.Status.CANCELLED, translation={"title": "Treffen"})
    assert (only_event(client)["STATUS"], str(only_event(client)["SUMMARY"])) == ("CANCELLED", "Abgesagt: Treffen")
    clock.move_to(event.ends_at)
    assert calendar(client).walk("VEVENT") == []


def test_texts_say_their_language(client, city):
    event = make_event(city, berlin(21), translation={"title": "Treffen"})
    german = only_event(client, "en/musterstadt/termine.ics")["SUMMARY"]
    make_translation(event, "en", title="Meeting")
    english = only_event(client, "en/musterstadt/termine.ics")["SUMMARY"]
    assert [(str(each), each.params["LANGUAGE"]) for each in (german, english)] == [
        ("Treffen", "de"),
        ("Meeting", "en"),
    ]


def test_calendar_holds_what_is_public_in_this_city_only(client, city):
    make_event(city, berlin(21), translation={"title": "Hier"})
    make_event(city, berlin(21), published=False, translation={"title": "Entwurf"})
    make_event(make_city(), berlin(21), translation={"title": "Anderswo"})
    assert str(only_event(client)["SUMMARY"]) == "Hier"


def test_one_event_has_a_file_of_its_own(client, city):
    make_event(city, berlin(21), slug="treffen", translation={"title": "Treffen"})
    make_event(city, berlin(22), slug="fest")
    address = "/de/musterstadt/termine/treffen.ics"
    assert str(only_event(client, address[1:])["SUMMARY"]) == "Treffen"
    assert client.get(address)["Content-Disposition"] == 'inline; filename="treffen.ics"'


def test_file_of_a_renamed_event_is_found_under_its_old_address(client, city):
    event = Event.objects.get(pk=make_event(city, berlin(21), slug="treffen").pk)
    event.slug = "fest"
    event.save()
    response = client.get("/de/musterstadt/termine/treffen.ics")
    assert (response.status_code, response["Location"]) == (302, "/de/musterstadt/termine/fest.ics")


def test_pages_that_are_no_public_events_have_no_file(client, city):
    make_page(city, slug="seite")
    make_event(city, berlin(21), slug="entwurf", published=False)
    make_event(make_city("anderswo"), berlin(21), slug="fremd")
    for slug in ("seite", "entwurf", "fremd", "nichts"):
        assert client.get(f"/de/musterstadt/termine/{slug}.ics").status_code == 404
    assert client.get("/de/anderswo/termine/fremd.ics").status_code == 200


# --- Atom --------------------------------------------------------------------------------------------


def test_feed_of_events_can_be_read_back(client, city):
    event = make_event(
        city, berlin(21), slug="treffen", translation={"title": "Treffen", "summary": "Für <alle> & mehr."}
    )
    read = feed(client, "de/musterstadt/termine.atom")
    (entry,) = read.entries
    assert (read.feed.title, read.feed.language) == ("Termine – Kommunales Integrationszentrum Musterstadt", "de")
    assert read.feed.author == "Kommunales Integrationszentrum Musterstadt"
    assert {link.rel: link.href for link in read.feed.links} == {
        "self": "http://testserver/de/musterstadt/termine.atom",
        "alternate": "http://testserver/de/musterstadt/termine/",
    }
    assert (entry.title, entry.link) == ("Treffen", "http://testserver/de/musterstadt/treffen/")
    assert entry.id == f"tag:musterstadt.ki-nrw,2026:de/{event.pk}"
    assert entry.summary == "Mittwoch, 21. Oktober 2026, 16:00 bis 18:00 Uhr – Für &lt;alle&gt; &amp; mehr."
    assert (entry.published, entry.updated) == (NOW.isoformat(), NOW.isoformat())


def test_entry_is_updated_when_its_event_is_moved(client, city, clock):
    event = Event.objects.get(pk=make_event(city, berlin(21)).pk)
    clock.shift(3600)
    event.starts_at -= timedelta(hours=1)
    event.save()
    read = feed(client, "de/musterstadt/termine.atom")
    later = (NOW + timedelta(hours=1)).isoformat()
    assert (read.entries[0].published, read.entries[0].updated, read.feed.updated) == (NOW.isoformat(), later, later)


def test_entries_say_their_language(client, city):
    make_translation(make_news(city, slug="eins"), "en", title="News")
    make_news(city, slug="zwei", translation={"title": "Nachricht"})
    read = feed(client, "en/musterstadt/aktuelles.atom")
    said = {entry.title: entry.title_detail.language for entry in read.entries}
    assert (read.feed.language, said) == ("en", {"News": "en", "Nachricht": "de"})


def test_control_characters_do_not_break_a_feed(client, city):
    make_news(city, translation={"title": "Vorher\x0bNachher", "summary": "Ein\x0cZwei"})
    (entry,) = feed(client, "de/musterstadt/aktuelles.atom").entries
    assert (entry.title, entry.summary) == ("Vorher Nachher", "Ein Zwei")


def make_call(city, **fields):
    return make_page(city, model=Call, programme="KOMM-AN NRW", **fields)


def test_call_leaves_its_feed_at_the_instant_it_closes(client, city, clock):
    deadline = berlin(21, "12:00")
    make_call(city, slug="aufruf", ends_at=deadline, translation={"title": "Geld", "summary": "Für Vereine."})
    (entry,) = feed(client, "de/musterstadt/foerderung.atom").entries
    assert entry.summary == "KOMM-AN NRW – Anträge bis 21. Oktober 2026, 12:00 Uhr. Für Vereine."
    clock.move_to(deadline - timedelta(seconds=1))
    assert len(feed(client, "de/musterstadt/foerderung.atom").entries) == 1
    clock.move_to(deadline)
    assert feed(client, "de/musterstadt/foerderung.atom").entries == []


def test_announced_call_says_from_when_to_when(client, city):
    make_call(city, starts_at=berlin(22, "08:00"), ends_at=berlin(30, "12:00"))
    (entry,) = feed(client, "de/musterstadt/foerderung.atom").entries
    assert "Anträge vom 22. Oktober 2026, 08:00 Uhr bis zum 30. Oktober 2026, 12:00 Uhr." in entry.summary


def test_calls_stand_in_the_order_in_which_they_close(client, city):
    for title, ends_at in [("Ohne Ende", None), ("Später", berlin(30)), ("Bald", berlin(22))]:
        make_call(city, ends_at=ends_at, translation={"title": title})
    read = feed(client, "de/musterstadt/foerderung.atom")
    assert [entry.title for entry in read.entries] == ["Bald", "Später", "Ohne Ende"]


@pytest.mark.parametrize("name", ["termine", "aktuelles", "foerderung"])
def test_feeds_hold_what_is_public_in_this_city_only(client, city, name):
    make = {
        "termine": lambda city, **fields: make_event(city, berlin(21), **fields),
        "aktuelles": make_news,
        "foerderung": make_call,
    }[name]
    make(city, translation={"title": "Hier"})
    make(city, published=False, translation={"title": "Entwurf"})
    make(make_city(), translation={"title": "Anderswo"})
    assert [entry.title for entry in feed(client, f"de/musterstadt/{name}.atom").entries] == ["Hier"]


@pytest.mark.parametrize("name", ["termine", "aktuelles"])
def test_list_announces_its_feed(client, city, name):
    page = client.get(f"/de/musterstadt/{name}/").text
    title = {"termine": "Termine", "aktuelles": "Aktuelles"}[name]
    link = f'<link rel="alternate" type="application/atom+xml" title="{title}" href="/de/musterstadt/{name}.atom">'
    assert page.count(link) == 1


def test_empty_feed_is_a_feed(client, city):
    assert feed(client, "de/musterstadt/termine.atom").feed.updated == timezone.now().isoformat()


# --- What is invented, what changes, what ends at midnight ----------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("de", "Beispiel"), ("en", "Example")])
def test_calendar_says_what_is_invented(client, city, language, word):
    event = make_event(city, berlin(21), is_example=True, status="cancelled", translation={"title": "Treffen"})
    make_translation(event, "en", title="Treffen")
    said = str(only_event(client, f"{language}/musterstadt/termine.ics")["SUMMARY"])
    assert said == {"de": "Beispiel: Abgesagt: Treffen", "en": "Example: Cancelled: Treffen"}[language]


@pytest.mark.parametrize("name", ["termine", "aktuelles", "foerderung"])
def test_feed_says_what_is_invented(client, city, name):
    make = {"termine": lambda city, **fields: make_event(city, berlin(21), **fields), "aktuelles": make_news}
    make.get(name, make_call)(city, is_example=True, translation={"title": "Etwas"})
    (entry,) = feed(client, f"de/musterstadt/{name}.atom").entries
    assert entry.title == "Beispiel: Etwas"


@pytest.mark.parametrize("address", ["de/musterstadt/termine.ics", "en/musterstadt/termine/treffen.ics"])
def test_sequence_rises_with_the_words_when_they_become_public(client, city, clock, address):
    text = make_event(city, berlin(21), slug="treffen").translations.get()
    text.title = "Neu"
    text.save()
    text.publish(by=None, at=NOW + timedelta(hours=1))
    seen = []
    for _hour in range(2):
        found = only_event(client, address)
        seen.append((found["SEQUENCE"], found["DTSTAMP"].dt, found["LAST-MODIFIED"].dt))
        clock.shift(3600)
    later = NOW + timedelta(hours=1)
    assert seen == [(0, NOW, NOW), (1, later, later)]


@pytest.mark.parametrize("number", [1, 3])
def test_calendar_costs_the_same_however_long_it_is(client, city, django_assert_num_queries, number):
    for _event in range(number):
        make_event(city, berlin(21))
    with django_assert_num_queries(2):
        client.get("/de/musterstadt/termine.ics")


def test_call_until_midnight_says_the_day_that_ends(client, city):
    make_call(city, slug="aufruf", ends_at=berlin(31, "00:00"), translation={"summary": "Für Vereine."})
    (entry,) = feed(client, "de/musterstadt/foerderung.atom").entries
    assert entry.summary == "KOMM-AN NRW – Anträge bis 30. Oktober 2026, 24:00 Uhr. Für Vereine."
    assert client.get("/de/musterstadt/aufruf/").text.count("30. Oktober 2026, 24:00\N{NO-BREAK SPACE}Uhr") == 2
