"""The start page: whom to call, what people come with, which languages there are; and the ways through lists."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.models import OpeningHours
from tests.factories import make_call, make_city, make_contact, make_event, make_news, make_offer, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar"])


def read(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def hero(client):
    return client.get("/de/hier/").text.partition('class="hero"')[2].partition("<form")[0]


@pytest.mark.parametrize(("icon", "symbols"), [("school", ["school"]), ("", [])])
def test_situation_stands_with_the_icon_that_was_chosen(client, city, icon, symbols):
    make_page(city, icon=icon, translation={"situation": "Mein Kind soll in die Schule"})
    cards = client.get("/de/hier/").text.partition('class="cards situations"')[2].partition("</ul>")[0]
    assert re.findall(r"icons\.svg#(\w+)", cards) == symbols


def test_number_and_hours_stand_at_the_top(client, city):
    contact = make_contact(city, is_main=True, phone="030 23125 077")
    OpeningHours.objects.create(contact=contact, weekday=1, opens="09:00", closes="16:00")
    with time_machine.travel("2026-03-03T10:00:00+01:00", tick=False):
        assert read(hero(client)).endswith("Anrufen: 030 23125 077 Jetzt geöffnet bis 16:00 Uhr")


def test_invented_number_is_not_to_be_called(client, city):
    make_contact(city, is_main=True, phone="030 23125 077", is_example=True)
    assert "030 23125 077" not in hero(client)


def test_start_page_leads_to_itself_in_every_language(client, city):
    languages = client.get("/de/hier/").text.partition('class="languages-list"')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]+)".*?>(.*?)</a>', languages) == [("/de/hier/", "Deutsch"), ("/ar/hier/", "العربية")]


def test_one_language_is_no_choice(client):
    make_city("hier", languages=["de"])
    assert "languages-list" not in client.get("/de/hier/").text


@pytest.mark.parametrize(
    ("make", "address", "name"),
    [
        (make_offer, "angebote", "Angebote"),
        (make_call, "foerderung", "Geld für Projekte"),
        (lambda city, **fields: make_event(city, timezone.now() + timedelta(days=1), **fields), "termine", "Termine"),
        (make_news, "aktuelles", "Aktuelles"),
    ],
)
def test_what_comes_and_goes_leads_to_its_list(client, city, make, address, name):
    make(city, slug="seite", translation={"title": "Titel"})
    breadcrumb = client.get("/de/hier/seite/").text.partition('class="breadcrumb"')[2].partition("</nav>")[0]
    assert read(f"<nav{breadcrumb}") == f"Start {name} Titel"
    assert f'href="/de/hier/{address}/"' in breadcrumb


def test_every_list_stands_in_the_menu(client, city):
    menu = client.get("/de/hier/").text.partition('class="menu"')[2].partition("</nav>")[0]
    assert re.findall(r'href="/de/hier/([^"]+)"', menu) == [
        "angebote/",
        "foerderung/",
        "termine/",
        "aktuelles/",
        "kontakt/",
    ]


@pytest.mark.parametrize(("contacts", "opened"), [(1, [" open"]), (3, ["", "", ""])])
def test_of_many_contacts_hours_and_addresses_are_folded(client, city, contacts, opened):
    for number in range(contacts):
        make_contact(city, is_main=number == 0, room=str(number))
    page = client.get("/de/hier/kontakt/").text
    assert re.findall(r'<details class="contact-place"( open)?>', page) == opened


@pytest.mark.parametrize("path", ["angebote", "foerderung", "termine", "aktuelles"])
def test_empty_list_says_so_and_leads_to_people(client, city, path):
    empty = client.get(f"/de/hier/{path}/").text.partition('class="empty"')[2].partition("</main>")[0]
    assert 'href="/de/hier/kontakt/"' in empty
