"""The sheet in two languages, its QR code, and the short addresses that stand on it."""

import re
from datetime import timedelta
from io import BytesIO
from itertools import chain
from urllib.parse import quote

import pytest
import segno
from django.utils import timezone

from contacts.models import Contact
from invitations.links import path_of
from pages.models import Page
from pages.templatetags.qr import qr_code
from tests.factories import (
    make_city,
    make_contact,
    make_event,
    make_invitation,
    make_location,
    make_offer,
    make_page,
    make_translation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier")


@pytest.fixture
def school(city):
    page = make_page(city, slug="schule", translation={"title": "Schule", "steps": "Anrufen.\nKommen."})
    make_translation(page, "ar", title="المدرسة", steps="اتصلوا.\nتعالوا.")
    make_contact(city, is_main=True, location=make_location(city))
    return page


def columns(response):
    return re.findall(
        r'<section class="sheet-column" lang="([^"]+)" dir="([^"]+)"[^>]*>(.*?)</section>', response.text, re.DOTALL
    )


def test_sheet_stands_in_german_and_in_the_readers_language(client, school):
    german, arabic = columns(client.get("/ar/hier/schule/blatt/"))
    assert (german[:2], arabic[:2]) == (("de", "ltr"), ("ar", "rtl"))
    assert ["Schule" in german[2], "So geht es" in german[2], "<li>Anrufen.</li><li>Kommen.</li>" in german[2]] == [
        True
    ] * 3
    assert ["المدرسة" in arabic[2], "So geht es" in arabic[2], "<li>اتصلوا.</li><li>تعالوا.</li>" in arabic[2]] == [
        True,
        False,
        True,
    ]


def test_both_columns_give_the_phone_and_the_german_address(client, school):
    for _language, _direction, column in columns(client.get("/ar/hier/schule/blatt/")):
        assert 'href="tel:+493023125001"' in column
        assert re.search(r'<address lang="de" dir="ltr">Rathaus<br>Musterstraße 1<br>33602', column)


def test_both_columns_have_the_same_number_of_rows(client, school):
    german, arabic = columns(client.get("/ar/hier/schule/blatt/"))
    assert german[2].count('class="sheet-row') == arabic[2].count('class="sheet-row') == 8


def test_sheet_in_german_has_one_column_and_offers_a_second_language(client, school):
    response = client.get("/de/hier/schule/blatt/")
    assert [column[0] for column in columns(response)] == ["de"]
    assert '<a href="/ar/hier/schule/blatt/" hreflang="ar">' in response.text


def test_sheet_of_a_page_without_translation_says_so(client, city):
    make_page(city, slug="seite", translation={"title": "Nur Deutsch"})
    german, arabic = columns(client.get("/ar/hier/seite/blatt/"))
    assert ("Nur Deutsch" in german[2], "Nur Deutsch" in arabic[2]) == (True, False)


def test_start_page_has_no_sheet(client, city):
    make_page(city, slug="seite", kind=Page.Kind.HOME)
    assert client.get("/de/hier/seite/blatt/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_sheet_takes_few_queries(client, city, django_assert_num_queries, number):
    page = make_page(city, slug="seite")
    page.contacts.set([make_contact(city, location=make_location(city)) for _ in range(number)])
    with django_assert_num_queries(4):
        client.get("/ar/hier/seite/blatt/")


def test_code_leads_to_the_short_address(client, school):
    page = client.get("/ar/hier/schule/blatt/").text
    drawn = qr_code("http://testserver/hier/schule/", "")["path"]
    assert f'<path d="{drawn}"' in page
    assert "<bdi>testserver/hier/schule</bdi>" in page


def test_path_draws_every_dark_module_of_the_code():
    rows = segno.make_qr("http://testserver/hier/schule/", error="m").matrix
    dark = {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", qr_code("http://testserver/hier/schule/", "")["path"])
    drawn = [[(x, int(y)) for x in range(int(start), int(start) + int(length))] for start, y, length in runs]
    assert set(chain(*drawn)) == dark
    assert len(list(chain(*drawn))) == len(dark)


@pytest.mark.parametrize(
    ("path", "address"),
    [("/hier/", "/ar/hier/"), ("/hier/schule/", "/ar/hier/schule/"), ("/hier/kontakt/", "/ar/hier/kontakt/")],
)
def test_short_address_leads_to_the_readers_language(client, school, path, address):
    response = client.get(path, headers={"Accept-Language": "ar"})
    assert (response.status_code, response["Location"], response["Vary"]) == (302, address, "Accept-Language")


def test_short_address_of_a_city_that_is_not_public_is_not_found(client):
    make_city("dort", is_public=False)
    assert client.get("/dort/").status_code == 404
    assert client.get("/dort/seite/").status_code == 404


def test_sheet_of_an_invented_page_says_so_in_both_languages(client, city):
    make_translation(make_page(city, slug="seite", is_example=True), "ar", title="عنوان")
    notices = [column[2].count("Das ist ein Beispiel.") for column in columns(client.get("/ar/hier/seite/blatt/"))]
    assert (notices, client.get("/ar/hier/seite/blatt/").text.count("هذا مثال")) == ([1, 0], 1)


def test_sheet_of_an_outdated_translation_says_so(client, school):
    source = school.translations.get(language="de")
    arabic = school.translations.get(language="ar")
    arabic.source_digests = source.digests
    arabic.save()
    arabic.publish(by=None)
    sentence = "النص الألماني أحدث من هذه الترجمة"
    assert sentence not in client.get("/ar/hier/schule/blatt/").text
    source.steps = "Nicht anrufen."
    source.save()
    source.publish(by=None)
    german, own = columns(client.get("/ar/hier/schule/blatt/"))
    assert (sentence in german[2], sentence in own[2]) == (False, True)


def test_sheet_says_who_helps_while_somebody_is_away(client, city, school):
    main = Contact.objects.get()
    deputy = make_contact(city, function="Vertretung", phone="030 23125 002")
    today = timezone.localdate()
    Contact.objects.filter(pk=main.pk).update(absent_from=today, absent_until=today, deputy=deputy)
    for _language, _direction, column in columns(client.get("/ar/hier/schule/blatt/")):
        assert "Vertretung" in column
        assert "030 23125 002" in column


def test_sheet_of_a_renamed_page_leads_to_the_page(client, school):
    school.slug = "neu"
    school.save()
    assert client.get("/ar/hier/schule/blatt/")["Location"] == "/ar/hier/neu/"


def test_sheet_of_an_event_that_is_over_says_so(client, city):
    make_event(city, timezone.now() - timedelta(days=2), slug="fest")
    assert "Diese Veranstaltung ist vorbei." in client.get("/de/hier/fest/blatt/").text


# --- The address of any page on paper ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/ar/koeln/beratung/", "/qr/koeln/beratung/.svg", "testserver/koeln/beratung"),
        ("/ar/koeln/kontakt/", "/qr/ar/koeln/kontakt/.svg", "testserver/ar/koeln/kontakt"),
    ],
)
def test_printed_page_carries_its_short_address(client, path, code, words):
    make_page(make_city("koeln"), slug="beratung")

    html = client.get(path).content.decode()

    assert re.findall(r'on-paper" hidden><img src="(.*?)".*<bdi>(.*?)</bdi>', html) == [(code, words)]


def test_sheet_and_secret_pages_carry_no_second_code(client):
    page = make_page(make_city("koeln"), slug="beratung")
    invitation = make_invitation(page, "preview")
    paths = ["/de/koeln/beratung/blatt/", path_of(invitation)]

    responses = [client.get(path, follow=True) for path in paths]

    assert [(each.status_code, b"on-paper" in each.content) for each in responses] == [(200, False)] * 2


def test_code_leads_to_this_site_only(client, settings):
    settings.SITE_URL = "https://ki.example.org"

    code, same = client.get("/qr/koeln/beratung/.svg"), client.get("/qr//evil.example.org/.svg")

    assert (code.status_code, code["Content-Type"]) == (200, "image/svg+xml")
    assert code.content == drawn("https://ki.example.org/koeln/beratung/")
    assert same.status_code == 404


def drawn(address):
    out = BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", light="#FFFFFF", xmldecl=False)
    return out.getvalue()


@pytest.mark.parametrize(("length", "status"), [(300, 200), (301, 404)])
def test_code_holds_only_so_much(client, length, status):
    slug = "a" * (length - len("/koeln//"))
    assert client.get(f"/qr/koeln/{slug}/.svg").status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("de/", 200),
        ("de/koeln/", 200),
        ("koeln/", 200),
        ("koeln/beratung/", 200),
        ("koeln/kontakt/7/", 200),
        ("de/koeln/beratung/", 200),
        ("gewinn/auf/example.org", 404),
        ("admin/", 404),
        ("de/koeln/beratung/?q=1", 404),
        ("漢" * 200, 404),
    ],
)
def test_code_leads_to_what_may_be_printed(client, path, status):
    assert client.get(f"/qr/{quote(path)}.svg").status_code == status


def lines(response):
    """The German column as it is read."""
    text = re.sub(r"<[^>]+>", "\n", columns(response)[0][2])
    return [line for line in (re.sub(r"\s+", " ", line).strip() for line in text.splitlines()) if line]


def test_sheet_of_an_offer_says_its_costs_and_whether_to_make_an_appointment(client, city):
    make_offer(city, slug="kurs", cost="amount", cost_amount=15, appointment_needed=True)
    assert {"15 €", "Sie brauchen einen Termin."} <= set(lines(client.get("/de/hier/kurs/blatt/")))


@pytest.mark.parametrize(
    ("registration", "said"),
    [
        ({}, ["Sie brauchen keine Anmeldung. Kommen Sie einfach."]),
        ({"registration": "mail", "registration_email": "fest@example.org"}, ["Anmeldung:", "fest", "@example.org"]),
    ],
)
def test_sheet_of_an_event_says_its_costs_and_how_to_register(client, city, registration, said):
    make_event(city, timezone.now() + timedelta(days=3), slug="fest", cost="free", **registration)
    read = lines(client.get("/de/hier/fest/blatt/"))
    assert [line for line in ["Kosten: kostenlos", *said] if line not in read] == []
