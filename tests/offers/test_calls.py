"""Calls: open, opens, closed is decided when the page is read, to the second."""

import re

import pytest
import time_machine
from django.conf import settings

from tests.factories import make_call, make_city, make_contact, make_translation

pytestmark = pytest.mark.django_db

OPENS, CLOSES = "2026-03-01T09:00:00+01:00", "2026-03-31T23:59:00+02:00"


@pytest.fixture
def city():
    return make_city("hier")


def call(city, title, **fields):
    with time_machine.travel("2025-01-05T12:00:00+01:00", tick=False):
        return make_call(city, slug=title.lower(), translation={"title": title}, **fields)


def at(moment):
    return time_machine.travel(moment, tick=False)


def words(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


def state(response):
    return words(re.search(r'<p class="call-state.*?</p>', response.text, re.DOTALL)[0])


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-03-01T08:59:59+01:00", "Öffnet bald öffnet am 1. März 2026, 09:00 Uhr"),
        ("2026-03-01T09:00:00+01:00", "Offen noch bis 31. März 2026, 23:59 Uhr"),
        ("2026-03-31T23:58:59+02:00", "Offen noch bis 31. März 2026, 23:59 Uhr"),
        ("2026-03-31T23:59:00+02:00", "Geschlossen war offen bis 31. März 2026, 23:59 Uhr"),
    ],
)
def test_state_is_decided_to_the_second(client, city, moment, sentence):
    call(city, "Aufruf", starts_at=OPENS, ends_at=CLOSES)
    with at(moment):
        assert [state(client.get(f"/de/hier/{path}/")) for path in ("aufruf", "foerderung")] == [sentence] * 2


def test_call_without_dates_is_open(client, city):
    call(city, "Aufruf")
    assert state(client.get("/de/hier/aufruf/")) == "Offen ohne Frist"


def listed(client):
    found = client.get("/de/hier/foerderung/").context["groups"]
    return [(phase.value, [each.revision.title for each in calls]) for phase, calls in found]


def test_open_calls_stand_first_with_the_next_deadline_in_front(client, city):
    for title, opens, closes in [
        ("Vorbei", "2026-01-01", "2026-02-01"),
        ("Eben vorbei", "2026-01-01", "2026-03-01"),
        ("Offen ohne Frist", None, None),
        ("Offen lange", "2026-02-01", "2026-06-01"),
        ("Offen kurz", "2026-02-01", "2026-04-01"),
        ("Später", "2026-09-01", "2026-10-01"),
        ("Bald", "2026-05-01", None),
    ]:
        call(
            city,
            title.replace(" ", "-").replace("ä", "ae"),
            starts_at=opens and f"{opens}T12:00:00Z",
            ends_at=closes and f"{closes}T12:00:00Z",
        )
    with at("2026-03-15T12:00:00Z"):
        assert listed(client) == [
            ("now", ["Offen-kurz", "Offen-lange", "Offen-ohne-Frist"]),
            ("ahead", ["Bald", "Spaeter"]),
            ("over", ["Eben-vorbei", "Vorbei"]),
        ]


@pytest.mark.parametrize(
    ("moment", "found"), [("2027-03-31T21:58:59Z", [("over", ["Aufruf"])]), ("2027-03-31T21:59:00Z", [])]
)
def test_closed_call_leaves_the_list_after_a_year(client, city, moment, found):
    call(city, "Aufruf", ends_at=CLOSES)
    with at(moment):
        assert listed(client) == found


def test_city_without_calls_says_whom_to_ask(client, city):
    make_contact(city, is_main=True, phone="030 23125 077")
    page = client.get("/de/hier/foerderung/").text
    assert "Im Moment gibt es keinen Förderaufruf." in page
    assert 'href="tel:+493023125077"' in page


def facts(response):
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", response.text, re.DOTALL)
    return {words(term): words(value) for term, value in pairs}


@pytest.mark.parametrize(
    ("is_fixed", "amount", "written"),
    [(False, "1500", "höchstens 1.500 €"), (True, "1500", "1.500 €"), (True, "99.50", "99,50 €")],
)
def test_page_says_how_much(client, city, is_fixed, amount, written):
    call(city, "Aufruf", amount_max=amount, amount_is_fixed=is_fixed, own_share=20, proof_until="2027-02-28")
    said = facts(client.get("/de/hier/aufruf/"))
    assert (said["Wie viel Geld?"], said["Das zahlen Sie selbst"]) == (written, "20 Prozent der Kosten")
    assert (
        said["Danach zeigen Sie, wofür Sie das Geld ausgegeben haben"] == "bis 28. Februar 2027 (Verwendungsnachweis)"
    )


def test_page_says_nothing_of_what_is_not_known(client, city):
    call(city, "Aufruf")
    page = client.get("/de/hier/aufruf/").text
    assert ("Wie viel Geld?" in page, "Das zahlen Sie selbst" in page, "Verwendungsnachweis" in page) == (False,) * 3


def test_steps_are_a_numbered_list(client, city):
    with at("2026-01-05T12:00:00Z"):
        make_call(city, slug="aufruf", translation={"steps": "Erstens\n\nZweitens", "bring": "Satzung"})
    page = client.get("/de/hier/aufruf/").text
    assert re.findall(r"<li><span>(\w+)</span></li>", page[page.index('<ol class="steps"') :]) == [
        "Erstens",
        "Zweitens",
    ]
    assert "<li>Satzung</li>" in page


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_six_queries(client, city, django_assert_num_queries, language, number):
    make_contact(city, is_main=True)
    for index in range(number):
        make_translation(call(city, f"Aufruf-{index}"), "ar")
    with django_assert_num_queries(6):
        assert client.get(f"/{language}/hier/foerderung/").status_code == 200


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_list_and_page_can_be_read_in_every_language(client, city, language):
    call(city, "Aufruf", starts_at=OPENS, ends_at=CLOSES, amount_max="10.50", own_share=0)
    for path in ("foerderung", "aufruf"):
        assert client.get(f"/{language}/hier/{path}/").status_code == 200
