"""vCard 4.0: what telephones read, and nothing that was not meant to be in it."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject

from contacts.languages import LANGUAGES
from contacts.models import Contact
from contacts.vcard import vcard
from tests.factories import make_city, make_contact, make_location

pytestmark = pytest.mark.django_db

INSTANT = datetime(2026, 3, 3, 10, tzinfo=ZoneInfo("Europe/Berlin"))
CENTRE = "Kommunales Integrationszentrum Hier"


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar"])


def file_of(contact, language="de", centre_name=CENTRE):
    url = f"https://ki.example.org/{language}/hier/kontakt/{contact.pk}/"
    return vcard(contact, LANGUAGES[language], centre_name, url, INSTANT)


def lines_of(content):
    return re.sub("\r\n ", "", content.decode()).split("\r\n")


def test_card_says_all_that_a_telephone_wants_to_know(city):
    contact = make_contact(
        city,
        function="Beratung",
        phone="(05 21) 51-0",
        mobile="030 23125 002",
        fax="030 23125 003",
        email="beratung@example.org",
        languages=["ar", "de"],
        location=make_location(city, name="Rathaus", street="Am Markt 1", town="Hier"),
        room="12",
        appointment_only=True,
    )
    *lines, uid, rev, end, empty = lines_of(file_of(contact))
    assert lines == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"FN:Beratung\\, {CENTRE}",
        f"ORG:Stadt Hier;{CENTRE}",
        "TITLE;LANGUAGE=de:Beratung",
        "TEL;PREF=1;TYPE=voice;VALUE=uri:tel:+49521510",
        "TEL;TYPE=cell;VALUE=uri:tel:+493023125002",
        "TEL;TYPE=fax;VALUE=uri:tel:+493023125003",
        "EMAIL:beratung@example.org",
        "ADR:;;Am Markt 1;Hier;;33602;Deutschland",
        "LANG;PREF=1:ar",
        "LANG;PREF=2:de",
        f"URL:https://ki.example.org/de/hier/kontakt/{contact.pk}/",
        "NOTE:Nur mit Termin\\, Rathaus\\, Raum 12",
    ]
    assert re.fullmatch(r"UID:urn:uuid:[0-9a-f-]{36}", uid)
    assert [rev, end, empty] == ["REV:20260303T090000Z", "END:VCARD", ""]


def test_card_can_be_read_back(city):
    contact = make_contact(
        city, name="Beispiel, Person; Eins", show_name=True, location=make_location(city), languages=["ar"]
    )
    card = vobject.readOne(file_of(contact).decode())
    assert (card.version.value, card.kind.value, card.fn.value) == ("4.0", "individual", "Beispiel, Person; Eins")
    assert (card.n.value.family, card.n.value.given) == ("Eins", "Beispiel, Person;")
    assert (card.org.value, card.tel.value, card.lang.value) == (["Stadt Hier", CENTRE], "tel:+493023125001", "ar")
    assert (card.adr.value.street, card.adr.value.code) == ("Musterstraße 1", "33602")


def test_card_without_anything_else_still_has_what_the_format_demands(city):
    names = [re.match("[A-Z]+", each)[0] for each in lines_of(file_of(make_contact(city, phone="")))[:-1]]
    assert names == ["BEGIN", "VERSION", "KIND", "FN", "ORG", "TITLE", "URL", "UID", "REV", "END"]


def test_arabic_words_are_folded_between_characters(city):
    function = "استشارة للأهل حول المدرسة والروضة وتعلم اللغة الألمانية في المدينة"
    contact = make_contact(city, function_translations={"ar": function})
    content = file_of(contact, "ar", centre_name="مركز الاندماج البلدي في بيليفيلد")
    assert content.count(b"\r\n ") >= 2
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    for line in content.split(b"\r\n"):
        line.decode()
    card = vobject.readOne(content.decode())
    assert card.fn.value == f"{function}, مركز الاندماج البلدي في بيليفيلد"
    assert (card.title.value, card.title.params["LANGUAGE"]) == (function, ["ar"])


def test_function_without_translation_says_that_it_is_german(city):
    assert "TITLE;LANGUAGE=de:Beratung" in lines_of(file_of(make_contact(city), "ar"))


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\u2029", "\x00"])
def test_line_breaks_cannot_add_lines(city, line_break):
    plain = lines_of(file_of(make_contact(city, name="Eins", show_name=True, location=make_location(city), room="1")))
    bad = f"Eins{line_break}NOTE:fremd"
    contact = make_contact(city, name="Eins", show_name=True, location=make_location(city), room="1")
    contact.function = contact.name = contact.room = contact.organisation = bad
    contact.location.street = contact.location.town = contact.location.name = bad
    lines = file_of(contact).decode().replace("\r\n ", "").splitlines()
    assert [each.partition(":")[0] for each in lines] == [each.partition(":")[0] for each in plain if each]
    assert [each for each in lines if each.startswith("NOTE:fremd")] == []


def test_name_stands_in_the_card_only_where_it_is_shown(city):
    for show_name in (True, False):
        content = file_of(make_contact(city, name="Person Eins", show_name=show_name)).decode()
        assert ("Person Eins" in content, "KIND:individual" in content) == (show_name, show_name)


def test_other_body_stands_in_place_of_the_centre(city):
    lines = lines_of(file_of(make_contact(city, organisation="Beispielverein e. V.")))
    assert lines[3:5] == ["FN:Beratung\\, Beispielverein e. V.", "ORG:Beispielverein e. V."]


def test_function_that_is_the_centres_name_is_not_said_twice(city):
    assert lines_of(file_of(make_contact(city, function="Kommunales Integrationszentrum")))[3] == f"FN:{CENTRE}"


def test_example_says_so(city):
    assert "NOTE:Beispiel" in lines_of(file_of(make_contact(city, is_example=True)))


def test_file_is_handed_out_with_the_address_of_the_page_and_the_same_uid_in_every_language(client, city):
    contact = make_contact(city, function="Schöne Beratung", function_translations={"ar": "استشارة"})
    cards = []
    for language in ("de", "ar"):
        with time_machine.travel(INSTANT, tick=False):
            response = client.get(f"/{language}/hier/kontakt/{contact.pk}.vcf")
        assert response["Content-Type"] == "text/vcard; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="kontakt-hier-{contact.pk}.vcf"'
        cards.append(vobject.readOne(response.content.decode()))
    assert [card.url.value for card in cards] == [
        f"http://testserver/{language}/hier/kontakt/{contact.pk}/" for language in ("de", "ar")
    ]
    assert cards[0].uid.value == cards[1].uid.value
    assert [card.title.value for card in cards] == ["Schöne Beratung", "استشارة"]


def test_card_of_another_citys_contact_is_not_found(client, city):
    stranger = make_contact(make_city("dort"))
    assert client.get(f"/de/dort/kontakt/{stranger.pk}.vcf").status_code == 200
    assert client.get(f"/de/hier/kontakt/{stranger.pk}.vcf").status_code == 404
    assert Contact.objects.count() == 1


def test_no_character_of_a_name_breaks_the_file(city):
    contact = make_contact(city, function="Beratung", organisation="Verein\ufffe  e.\u2028V.\x0bEins")
    assert lines_of(file_of(contact))[4] == "ORG:Verein e. V. Eins"
