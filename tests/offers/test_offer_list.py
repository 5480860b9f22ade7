"""The list of offers and the choices above it."""

import re

import pytest
import time_machine
from django.conf import settings
from django.utils.text import slugify

from contacts.models import OpeningHours
from tests.factories import make_city, make_contact, make_location, make_offer, make_translation

pytestmark = pytest.mark.django_db

TUESDAY_NOON = "2026-03-03T12:00:00+01:00"


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar", "tr"])


def offer(city, title, **fields):
    """Public since long before the moments of these tests."""
    with time_machine.travel("2026-01-05T12:00:00+01:00", tick=False):
        return make_offer(city, slug=slugify(title), translation={"title": title}, **fields)


@pytest.fixture
def offers(city):
    """Three offers that differ in everything one can choose by."""
    step_free = make_location(city, step_free="yes")
    with_steps = make_location(city, name="Altbau", step_free="no")
    arabic = make_contact(city, function="Beratung", languages=["de", "ar"], location=step_free)
    OpeningHours.objects.create(contact=arabic, weekday=1, opens="09:00", closes="16:00")
    school = offer(
        city, "Schule", topics=["schule", "ankommen"], audiences=["parents", "newcomers"], individual_advice=True
    )
    school.contacts.set([arabic])
    offer(city, "Gruppe", topics=["kita"], audiences=["parents"], languages=["tr"], location=with_steps)
    offer(city, "Buchung", topics=["dolmetschen"], audiences=["schools"], access="institutions", location=step_free)


UNKNOWN_LANGUAGE = "Sprache nicht angegeben: Fragen Sie uns"


def titles(html):
    return re.findall(r'<h3[^>]*><a href="/\w+/hier/[\w-]+/">([^<]+)</a>', html)


def shown(response):
    """What was found; what might fit if its language were known stands after it."""
    return titles(response.text.partition(UNKNOWN_LANGUAGE)[0])


def listed(client, query="", language="de"):
    return shown(client.get(f"/{language}/hier/angebote/{query}"))


def counts(response):
    finder = response.context["finder"]
    return {facet.parameter: {choice.value: choice.count for choice in facet.choices} for facet in finder.facets} | {
        switch.parameter: switch.count for switch in finder.switches
    }


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("", []),
        ("?sprache=ar", ["Buchung"]),
        ("?sprache=tr&thema=dolmetschen", ["Buchung"]),
        ("?sprache=ar&thema=kita", []),
    ],
)
def test_offer_that_names_no_language_is_kept_apart_and_not_lost(client, offers, query, unknown):
    text = client.get(f"/de/hier/angebote/{query}").text
    assert titles(text.partition(UNKNOWN_LANGUAGE)[2]) == unknown


@time_machine.travel(TUESDAY_NOON, tick=False)
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Schule", "Gruppe", "Buchung"]),
        ("?thema=schule", ["Schule"]),
        ("?thema=ankommen", ["Schule"]),
        ("?zielgruppe=parents", ["Schule", "Gruppe"]),
        ("?zielgruppe=parents&thema=kita", ["Gruppe"]),
        ("?zielgruppe=schools&thema=kita", []),
        ("?sprache=ar", ["Schule"]),
        ("?sprache=tr", ["Gruppe"]),
        ("?barrierefrei=1", ["Schule", "Buchung"]),
        ("?jetzt=1", ["Schule"]),
        ("?jetzt=1&sprache=tr", []),
        ("?thema=gibt-es-nicht&jetzt=0&unbekannt=x", ["Schule", "Gruppe", "Buchung"]),
    ],
)
def test_choices_in_the_address_find_exactly(client, offers, query, found):
    assert listed(client, query) == found


@time_machine.travel(TUESDAY_NOON, tick=False)
def test_every_choice_says_how_many_it_would_leave(client, offers):
    assert counts(client.get("/de/hier/angebote/")) == {
        "thema": {"ankommen": 1, "kita": 1, "schule": 1, "dolmetschen": 1},
        "zielgruppe": {"newcomers": 1, "parents": 2, "schools": 1},
        "sprache": {"de": 1, "tr": 1, "ar": 1},
        "jetzt": 1,
        "barrierefrei": 2,
    }


@time_machine.travel(TUESDAY_NOON, tick=False)
def test_counts_keep_the_other_choices(client, offers):
    assert counts(client.get("/de/hier/angebote/?zielgruppe=parents")) == {
        "thema": {"ankommen": 1, "kita": 1, "schule": 1},
        "zielgruppe": {"newcomers": 1, "parents": 2, "schools": 1},
        "sprache": {"de": 1, "tr": 1, "ar": 1},
        "jetzt": 1,
        "barrierefrei": 1,
    }


def test_choices_work_by_links_and_a_form_without_javascript(client, offers):
    page = client.get("/de/hier/angebote/?zielgruppe=parents&thema=kita").text
    assert re.search(r'<form class="finder" method="get" action="/de/hier/angebote/#gefunden">', page)
    assert 'id="gefunden"' in page
    assert 'href="/de/hier/angebote/?thema=kita#gefunden"' in page  # takes the other choice back


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-03T08:59:59+01:00", []),
        ("2026-03-03T09:00:00+01:00", ["Schule"]),
        ("2026-03-03T15:59:59+01:00", ["Schule"]),
        ("2026-03-03T16:00:00+01:00", []),
        ("2026-03-04T12:00:00+01:00", []),
    ],
)
def test_reachable_now_is_decided_to_the_second(client, offers, moment, found):
    with time_machine.travel(moment, tick=False):
        assert listed(client, "?jetzt=1") == found


@pytest.mark.parametrize(("moment", "found"), [("2026-12-18", ["Angebot"]), ("2026-12-25", [])])
def test_nobody_is_reachable_on_a_holiday(client, city, moment, found):
    contact = make_contact(city, is_main=True)
    OpeningHours.objects.create(contact=contact, weekday=4, opens="09:00", closes="16:00")
    offer(city, "Angebot")
    with time_machine.travel(f"{moment}T12:00:00+01:00", tick=False):
        assert listed(client, "?jetzt=1") == found


@time_machine.travel(TUESDAY_NOON, tick=False)
def test_main_contact_counts_for_offers_without_their_own_but_not_for_examples(client, city):
    main = make_contact(city, is_main=True, languages=["ar"])
    make_contact(city, function="Nirgends gewählt", languages=["tr"])
    OpeningHours.objects.create(contact=main, weekday=1, opens="09:00", closes="16:00")
    offer(city, "Echt")
    assert (listed(client, "?jetzt=1"), listed(client, "?sprache=ar")) == (["Echt"], ["Echt"])
    offer(city, "Erfunden", is_example=True)
    assert listed(client) == ["Echt", "Erfunden"]
    assert (listed(client, "?jetzt=1"), listed(client, "?sprache=ar")) == (["Echt"], ["Echt"])
    assert listed(client, "?sprache=tr") == []


def test_own_place_counts_before_that_of_the_contacts(client, city):
    contact = make_contact(city, is_main=True, location=make_location(city, step_free="yes"))
    offer(city, "Beim Kontakt")
    offer(city, "Woanders", location=make_location(city, name="Altbau", step_free="no"))
    offer(city, "Unbekannt", location=make_location(city, name="Neubau"))
    assert contact.location.step_free == "yes"
    assert listed(client, "?barrierefrei=1") == ["Beim Kontakt"]


def test_advice_stands_first_and_what_institutions_book_last(client, offers):
    page = client.get("/de/hier/angebote/")
    assert [(anchor, [each.entry.revision.title for each in found]) for anchor, _, found in page.context["groups"]] == [
        ("beratung", ["Schule"]),
        ("fuer-alle", ["Gruppe"]),
        ("fuer-einrichtungen", ["Buchung"]),
    ]


def badges(response):
    return re.findall(r'<li class="badge[\w ]*">([^<]+)</li>', response.text)


def test_cards_say_what_decides(client, city):
    offer(city, "Angebot", cost="free", appointment_needed=True, languages=["ar"], is_example=True)
    assert badges(client.get("/de/hier/angebote/")) == ["Beispiel", "kostenlos", "Termin nötig"]
    assert len(badges(client.get("/ar/hier/angebote/"))) == 4  # and that it speaks the reader's language


def test_what_is_not_known_is_not_claimed(client, city):
    offer(city, "Angebot", cost="ask")
    assert badges(client.get("/de/hier/angebote/")) == []


@pytest.mark.parametrize(("moment", "found"), [("2026-03-03T11:59:59", ["Kurs"]), ("2026-03-03T12:00:00", [])])
def test_offer_leaves_the_list_when_it_ends(client, city, moment, found):
    offer(city, "Kurs", ends_at="2026-03-03T12:00:00+01:00")
    with time_machine.travel(f"{moment}+01:00", tick=False):
        assert listed(client) == found


def test_empty_result_leads_to_the_phone_of_the_centre(client, offers, city):
    make_contact(city, is_main=True, phone="030 23125 077")
    page = client.get("/de/hier/angebote/?thema=schule&zielgruppe=schools").text
    assert shown(client.get("/de/hier/angebote/?thema=schule&zielgruppe=schools")) == []
    assert "Dazu haben wir nichts gefunden." in page
    assert 'href="tel:+493023125077"' in page
    assert '<a class="button" href="/de/hier/angebote/">Alle Angebote zeigen</a>' in page


def test_city_without_offers_has_a_kind_list(client, city):
    assert "Das Zentrum trägt hier bald seine Angebote ein." in client.get("/de/hier/angebote/").text


def test_drafts_and_other_cities_are_not_listed(client, city):
    offer(city, "Eigen")
    make_offer(city, slug="entwurf", translation={"title": "Entwurf"}, published=False)
    elsewhere = make_city("anderswo")
    make_offer(elsewhere, slug="fremd", translation={"title": "Fremd"})
    assert listed(client) == ["Eigen"]
    assert "Fremd" in client.get("/de/anderswo/angebote/").text


def test_missing_translation_is_german_and_marked(client, city):
    translated = offer(city, "Eins")
    make_translation(translated, "ar", title="واحد")
    offer(city, "Zwei")
    page = client.get("/ar/hier/angebote/").text
    assert re.findall(r"<h3([^>]*)><a href=[^>]+>(\w+)</a>", page) == [("", "واحد"), (' lang="de" dir="ltr"', "Zwei")]


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("query", ["", "?jetzt=1&barrierefrei=1&sprache=ar&thema=schule"])
def test_list_takes_six_queries(client, city, django_assert_num_queries, language, number, query):
    make_contact(city, is_main=True)
    for index in range(number):
        place = make_location(city, name=f"Haus {index}")
        contact = make_contact(city, location=place)
        OpeningHours.objects.create(contact=contact, weekday=1, opens="09:00", closes="16:00")
        each = make_offer(city, location=place, topics=["schule"], languages=["ar"])
        each.contacts.set([contact])
        make_translation(each, "ar")
    with django_assert_num_queries(6):
        assert client.get(f"/{language}/hier/angebote/{query}").status_code == 200


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_list_can_be_read_in_every_language(client, offers, language):
    response = client.get(f"/{language}/hier/angebote/")
    assert (response.status_code, f'<html lang="{language}"' in response.text) == (200, True)
