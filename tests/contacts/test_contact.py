import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from contacts.images import NO_GIF, NO_PICTURE, NO_SVG, validate_logo
from contacts.models import Contact, Funder, OpeningHours
from contacts.models.contact import phone_uri
from tests.factories import make_city, make_contact, make_location, make_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("(05 21) 51-37 89", "+49521513789"),
        ("(05 21) 51- 61 83", "+49521516183"),
        ("030 23125 001", "+493023125001"),
        ("+49 30 23125-001", "+493023125001"),
        ("0049 30 23125001", "+493023125001"),
        ("115", "115"),
    ],
)
def test_phone_is_shown_as_written_and_dialled_as_e164(written, dialled):
    contact = make_contact(make_city(), phone=written)
    assert (contact.phone, contact.phone_uri) == (written, dialled)


@pytest.mark.parametrize("written", ["keine Nummer", "12", "0521 123456789012345678"])
def test_phone_refuses_what_cannot_be_dialled(written):
    with pytest.raises(ValidationError):
        phone_uri(written)


def test_database_refuses_a_number_that_is_shown_but_cannot_be_dialled():
    contact = make_contact(make_city())
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(phone_uri="")


def test_city_has_one_main_contact():
    city = make_city()
    make_contact(city, is_main=True)
    with pytest.raises(ValidationError) as error:
        make_contact(city, is_main=True)
    assert error.value.messages == [
        "Diese Stadt hat schon einen Hauptkontakt. Nehmen Sie dort zuerst den Haken heraus."
    ]


def test_contact_refuses_another_citys_location():
    with pytest.raises(ValidationError) as error:
        make_contact(make_city(), location=make_location(make_city()))
    assert list(error.value.message_dict) == ["location"]


def test_contact_refuses_an_unknown_language():
    with pytest.raises(ValidationError) as error:
        make_contact(make_city(), languages=["de", "klingon"])
    assert error.value.message_dict == {"languages": ["Unbekannt: klingon"]}


def test_function_in_says_which_language_it_is_written_in():
    contact = make_contact(make_city(), function="Beratung", function_translations={"ar": "استشارة"})
    assert [(text, language.tag) for text, language in map(contact.function_in, ["ar", "tr"])] == [
        ("استشارة", "ar"),
        ("Beratung", "de"),
    ]


def test_page_without_contact_shows_the_main_one():
    city = make_city()
    main, special = make_contact(city, is_main=True), make_contact(city, function="Schule")
    page, other = make_page(city), make_page(city)
    page.contacts.add(special)
    assert Contact.objects.for_city(city).of_page_or_main(page).cards() == [special]
    assert Contact.objects.for_city(city).of_page_or_main(other).cards() == [main]


@pytest.mark.parametrize("number", [1, 3])
def test_cards_take_two_queries(django_assert_num_queries, number):
    city = make_city()
    for _ in range(number):
        contact = make_contact(city, location=make_location(city))
        OpeningHours.objects.create(contact=contact, weekday=0, opens="09:00", closes="12:00")
    with django_assert_num_queries(2):
        cards = Contact.objects.for_city(city).cards()
        assert [(len(card.hours), card.location.name) for card in cards] == [(1, "Rathaus")] * number


def test_contact_without_hours_has_those_of_its_location():
    city = make_city()
    location = make_location(city)
    of_location = OpeningHours.objects.create(location=location, weekday=0, opens="08:00", closes="16:00")
    plain, own = make_contact(city, location=location), make_contact(city, location=location)
    of_contact = OpeningHours.objects.create(contact=own, weekday=1, opens="09:00", closes="12:00")
    assert [card.hours for card in Contact.objects.for_city(city).cards()] == [[of_location], [of_contact]]
    assert plain.pk < own.pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "12:00", "closes": "09:00"},
        {"opens": "09:00"},
        {"kind": "closed", "opens": "09:00", "closes": "12:00"},
        {"opens": "09:00", "closes": "12:00", "weekday": None},
        {"opens": "09:00", "closes": "12:00", "is_exception": True},
        {"opens": "09:00", "closes": "12:00", "valid_from": "2026-02-01", "valid_until": "2026-01-01"},
        {"opens": "09:00", "closes": "12:00", "contact": None},
    ],
)
def test_database_refuses_opening_hours_that_make_no_sense(wrong):
    contact = make_contact(make_city())
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(**{"contact": contact, "weekday": 0} | wrong)


def test_funder_is_named_while_it_is_valid():
    city = make_city()
    old = Funder.objects.create(city=city, name="MKFFI", valid_until="2022-06-28")
    new = Funder.objects.create(city=city, name="MKJFGFI", valid_from="2022-06-29")
    named = Funder.objects.for_city(city)
    assert (list(named.valid_on("2022-06-28")), list(named.valid_on("2022-06-29"))) == ([old], [new])


def picture(kind="PNG", size=(40, 20)):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, kind)
    return file.getvalue()


def test_logo_may_be_a_small_picture():
    validate_logo(SimpleUploadedFile("logo.png", picture()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            NO_SVG,
        ),
        (picture("GIF"), NO_GIF),
        (picture()[:60], NO_PICTURE),
        (
            picture(size=(4000, 1001)),
            "Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es auf höchstens 4 Millionen.",
        ),
        (b"x" * 400_000, "Die Datei ist zu groß. Bitte verkleinern Sie das Bild auf höchstens 300 KB."),
    ],
)
def test_logo_is_judged_by_its_content(content, message):
    with pytest.raises(ValidationError) as error:
        validate_logo(SimpleUploadedFile("logo.png", content))
    assert error.value.messages == [message]
