"""The page of an offer."""

import re
from datetime import date

import pytest
import time_machine
from django.conf import settings

from tests.factories import (
    make_city,
    make_contact,
    make_focus_area,
    make_location,
    make_offer,
    make_page,
    make_translation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar"])


def words(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


def facts(response):
    pairs = re.findall(
        r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", response.text[response.text.index("facts-panel") :], re.DOTALL
    )
    return {words(term): words(value) for term, value in pairs}


def offer(city, **fields):
    with time_machine.travel("2026-01-05T12:00:00+01:00", tick=False):
        return make_offer(city, slug="angebot", **fields)


def test_order_is_what_for_whom_steps_bring_not_here(client, city):
    texts = {"for_whom": "Für Eltern", "steps": "Eins\nZwei", "bring": "Pass", "not_here": "Das kann das Amt."}
    offer(city, translation=texts)
    page = client.get("/de/hier/angebot/").text
    assert re.findall(r"<h2>([^<]+)</h2>", page)[:5] == [
        "Was ist das?",
        "Für wen ist das?",
        "So geht es",
        "Das bringen Sie mit",
        "Das können wir nicht",
    ]
    assert re.findall(r"<li><span>(\w+)</span></li>", page) == ["Eins", "Zwei"]


def test_offer_with_few_words_shows_no_empty_parts(client, city):
    offer(city)
    response = client.get("/de/hier/angebot/")
    assert re.findall(r"<h2>([^<]+)</h2>", response.text)[:2] == ["Was ist das?", "So erreichen Sie uns"]
    assert facts(response) == {
        "Wer kann das nutzen?": "Alle können das nutzen.",
        "Persönliche Beratung": "Nein. Hier gibt es keine persönliche Beratung. Angebote mit Beratung finden",
        "Kosten": "Bitte fragen Sie nach",
    }


def test_everything_known_stands_at_a_glance(client, city):
    offer(
        city,
        translation={"cost_note": "für das Essen"},
        access="institutions",
        audiences=["schools", "daycare"],
        advice_contact=make_contact(city, function="Amt für Beratung", phone="030 23125 055"),
        appointment_needed=True,
        cost="amount",
        cost_amount="12.50",
        languages=["de", "ar"],
        age_from=3,
        age_to=6,
        location=make_location(city, step_free="yes"),
        is_online=True,
        is_by_phone=True,
        lead_time_days=7,
        ends_at="2099-02-01T00:00:00+01:00",
    )
    assert facts(client.get("/de/hier/angebot/")) == {
        "Wer kann das nutzen?": "Nur Einrichtungen können anfragen, zum Beispiel Schulen, Kitas und Ämter.",
        "Für wen?": "Schulen Kitas und Kindertagespflege",
        "Persönliche Beratung": "Nein. Hier gibt es keine persönliche Beratung. Beratung bekommen Sie hier: "
        "Amt für Beratung Telefon 030 23125 055",
        "Termin": "Sie brauchen einen Termin.",
        "Kosten": "12,50 € für das Essen",
        "Sprachen": "العربية Deutsch",
        "Alter": "3 bis 6 Jahre",
        "Wo?": "Rathaus Musterstraße 1 33602 Hier Ohne Stufen erreichbar Am Telefon Im Internet",
        "Wann anfragen?": "Spätestens 7 Tage vorher",
        "Wann gibt es das?": "bis 31. Januar 2099",
    }


@pytest.mark.parametrize(
    ("needed", "said"),
    [(None, None), (False, "Sie brauchen keinen Termin."), (True, "Sie brauchen einen Termin.")],
)
def test_appointment_is_said_only_when_known(client, city, needed, said):
    offer(city, appointment_needed=needed)
    assert facts(client.get("/de/hier/angebot/")).get("Termin") == said


@pytest.mark.parametrize(
    ("ages", "said"), [((18, None), "ab 18 Jahren"), ((None, 3), "bis 3 Jahre"), ((0, 1), "0 bis 1 Jahre")]
)
def test_ages_are_said_in_words(client, city, ages, said):
    offer(city, age_from=ages[0], age_to=ages[1])
    assert facts(client.get("/de/hier/angebot/"))["Alter"] == said


def test_readers_own_language_stands_out(client, city):
    offer(city, languages=["de", "ar", "tr"])
    assert re.findall(r'<li class="own"><span lang="(\w+)"', client.get("/ar/hier/angebot/").text) == ["ar"]


def test_number_to_call_stands_right_below_the_first_words(client, city):
    page = offer(city)
    page.contacts.set([make_contact(city, phone=""), make_contact(city, phone="030 23125 033")])
    text = client.get("/de/hier/angebot/").text
    head = text[text.index("page-head") : text.index('class="offer"')]
    assert re.findall(r'href="(tel:[^"]+)"', head) == ["tel:+493023125033"]


def called(client):
    """The number of the button under the first words."""
    text = client.get("/de/hier/angebot/").text
    return re.findall(r'call-button.*?href="tel:([^"]+)"', text, re.DOTALL)[:1]


def test_nobody_who_is_away_is_called_but_the_deputy(client, city):
    page = offer(city)
    away = {"absent_from": date(2026, 3, 2), "absent_until": date(2026, 3, 3)}
    deputy = make_contact(city, phone="030 23125 002")
    contact = make_contact(city, phone="030 23125 001", **away, deputy=deputy)
    page.contacts.set([contact])
    numbers = []
    for day in ("2026-03-01", "2026-03-02", "2026-03-04"):
        with time_machine.travel(f"{day}T10:00:00+01:00", tick=False):
            numbers.append(called(client))
    assert numbers == [["+493023125001"], ["+493023125002"], ["+493023125001"]]


def test_invented_contact_is_never_called(client, city):
    page = offer(city)
    page.contacts.set([make_contact(city, phone="030 23125 001", is_example=True)])
    assert called(client) == []


def test_invented_place_of_advice_shows_no_number(client, city):
    numbers = []
    for is_example in (False, True):
        contact = make_contact(city, phone="030 23125 003", is_example=is_example)
        make_offer(city, slug=f"angebot-{is_example}".lower(), advice_contact=contact)
        numbers.append("030 23125 003" in client.get(f"/de/hier/angebot-{is_example}/".lower()).text)
    assert numbers == [True, False]


def test_offer_that_is_over_says_so_and_calls_nobody(client, city):
    make_contact(city, is_main=True)
    offer(city, ends_at="2026-03-01T00:00:00+01:00")
    with time_machine.travel("2026-02-28T23:59:59+01:00", tick=False):
        before = client.get("/de/hier/angebot/").text
    with time_machine.travel("2026-03-01T00:00:00+01:00", tick=False):
        after = client.get("/de/hier/angebot/").text
    sentence = "Dieses Angebot gab es bis 28. Februar 2026."
    assert [(sentence in text, "call-button" in text) for text in (before, after)] == [(False, True), (True, False)]


def test_example_without_contacts_shows_no_real_number(client, city):
    make_contact(city, is_main=True, phone="030 23125 099")
    page = offer(city)
    assert "030 23125 099" in client.get("/de/hier/angebot/").text
    page.is_example = True
    page.save()
    text = client.get("/de/hier/angebot/").text
    assert "030 23125 099" not in text
    assert "Das ist ein Beispiel. Deshalb steht hier keine Telefonnummer." in text


def test_example_shows_the_contacts_chosen_for_it(client, city):
    make_contact(city, is_main=True, phone="030 23125 099")
    offer(city, is_example=True).contacts.set([make_contact(city, phone="030 23125 098")])
    text = client.get("/de/hier/angebot/").text
    assert ("030 23125 098" in text, "030 23125 099" in text) == (True, False)


def test_offer_leads_to_all_offers_to_the_page_above_and_to_its_focus_area(client, city):
    area = make_focus_area(city, slug="bildung", translation={"title": "Bildung"})
    offer(city, focus_area=area, parent=make_page(city, slug="eltern", translation={"title": "Eltern"}))
    before = client.get("/de/hier/angebot/").text.partition('class="breadcrumb"')[2].partition("<h1")[0]
    assert re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', before) == [
        ("/de/hier/", "Start"),
        ("/de/hier/angebote/", "Angebote"),
        ("/de/hier/eltern/", "Eltern"),
        ("/de/hier/bildung/", "Bildung"),
    ]


def test_last_check_is_dated(client, city):
    offer(city, last_verified=date(2026, 2, 3))
    assert "Zuletzt geprüft am 3. Februar 2026" in client.get("/de/hier/angebot/").text


def test_words_that_are_still_german_are_marked(client, city):
    offer(city, translation={"steps": "Eins", "for_whom": "Für Eltern", "cost_note": "für Essen"})
    page = client.get("/ar/hier/angebot/").text
    for start in ('<ol class="steps"', '<div class="plain"', "<p"):
        assert f'{start} lang="de" dir="ltr">' in page


def test_words_in_the_readers_language_are_not_marked(client, city):
    page = offer(city, translation={"steps": "Eins"})
    make_translation(page, "ar", steps="واحد")
    text = client.get("/ar/hier/angebot/").text
    assert '<ol class="steps">' in text
    assert "<li><span>واحد</span></li>" in text


@pytest.mark.parametrize("language", ["de", "ar"])
def test_page_takes_six_queries(client, city, django_assert_num_queries, language):
    place = make_location(city)
    contact = make_contact(city, location=place)
    page = offer(city, location=place, advice_contact=contact, focus_area=make_focus_area(city))
    page.contacts.set([contact])
    make_translation(page, "ar")
    with django_assert_num_queries(6):
        assert client.get(f"/{language}/hier/angebot/").status_code == 200


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_page_can_be_read_in_every_language(client, city, language):
    offer(city, languages=["de", "ti"], cost="amount", cost_amount="3", age_from=2, lead_time_days=1)
    assert client.get(f"/{language}/hier/angebot/").status_code == 200
