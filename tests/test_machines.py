"""What programs read: sitemap, robots.txt, security.txt and open data, read back as programs read them."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from PIL import Image

from contacts.models import City, OpeningHours
from events.models import Event, News
from ki_site.open_data import DATASETS, without_formula
from offers.models import Call, Offer
from pages.models import FocusArea, Page
from tests.factories import make_city, make_contact, make_location, make_page, make_translation

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=7), NOW - timedelta(days=7)
XML = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "html": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def frozen_time(request):
    """The demo is about the days after it was loaded, everything else about March 2026."""
    if "demo" in request.fixturenames:
        yield
        return
    with time_machine.travel(NOW, tick=False):
        yield


def make_offer(city, **fields):
    return make_page(city, model=Offer, **{"pillar": FocusArea.Pillar.EDUCATION} | fields)


def make_event(city, **fields):
    times = {"starts_at": LATER, "ends_at": LATER + timedelta(hours=2)}
    return make_page(city, model=Event, **times | fields)


# --- Sitemap -----------------------------------------------------------------------------------------------------


def parts(client):
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    return [urlsplit(place.text).path for place in root.findall("map:sitemap/map:loc", XML)]


def sitemap(client, path):
    """{address: {language: address}} of a part."""
    root = ElementTree.fromstring(client.get(path).content)
    return {
        url.find("map:loc", XML).text: {
            link.get("hreflang"): link.get("href") for link in url.findall("html:link", XML)
        }
        for url in root.findall("map:url", XML)
    }


def paths(client, city="hier"):
    return [urlsplit(address).path for address in sitemap(client, f"/sitemap-{city}.xml")]


def test_every_address_of_the_demos_sitemap_answers_and_names_the_others(client, demo):
    addresses = {}
    for part in parts(client):
        addresses |= sitemap(client, part)
    assert len(addresses) > 60
    for address, alternates in addresses.items():
        language = urlsplit(address).path.split("/")[1]
        assert alternates[language] == address
        assert alternates["x-default"] == alternates["de"]
        assert [addresses[other] for other in alternates.values()] == [alternates] * len(alternates)
    wrong = {path: status for path in addresses if (status := client.get(urlsplit(path).path).status_code) != 200}
    assert wrong == {}


def test_sitemap_of_the_demo_has_no_easy_german_and_its_pages_are_their_own_canonical(client, demo):
    assert client.get("/de-simple/bielefeld/wer-wir-sind/").status_code == 200
    addresses = sitemap(client, "/sitemap-bielefeld.xml")
    assert [path for path in addresses if "/de-simple/" in path or "/gsg/" in path] == []
    for address in addresses:
        assert f'<link rel="canonical" href="{address}">' in client.get(urlsplit(address).path).text, address


@pytest.mark.django_db
def test_index_names_the_portal_and_the_public_cities(client):
    make_city("hier")
    make_city("geheim", is_public=False)
    assert parts(client) == ["/sitemap-portal.xml", "/sitemap-hier.xml"]
    assert client.get("/sitemap-geheim.xml").status_code == 404


@pytest.mark.django_db
def test_page_stands_in_the_sitemap_in_the_languages_of_its_texts(client):
    city = make_city("hier", languages=["de", "ar", "tr", "de-simple"])
    page = make_page(city, slug="seite")
    for language in ("ar", "de-simple", "en"):  # English is not switched on
        make_translation(page, language)
    make_translation(page, "tr", published=False)
    alternates = sitemap(client, "/sitemap-hier.xml")["http://testserver/de/hier/seite/"]
    assert alternates == {
        "de": "http://testserver/de/hier/seite/",
        "ar": "http://testserver/ar/hier/seite/",
        "x-default": "http://testserver/de/hier/seite/",
    }
    assert [path for path in paths(client) if "seite" in path] == ["/de/hier/seite/", "/ar/hier/seite/"]


@pytest.mark.django_db
def test_sitemap_has_the_lists_in_the_languages_of_the_city(client):
    make_city("hier", languages=["de", "ar", "de-simple"])
    lists = ("angebote", "foerderung", "termine", "aktuelles", "kontakt", "daten")
    lists += ("impressum", "datenschutz", "barrierefreiheit", "gebaerdensprache", "barriere-melden")
    assert paths(client) == [
        *(f"/{language}/hier/{name}/" for name in lists for language in ("de", "ar")),
        "/de/hier/leichte-sprache/",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("forms", [[], ["help"], ["contact", "interpreter"]])
def test_sitemap_has_the_forms_that_the_city_offers(client, forms):
    make_city("hier", forms=forms)
    addresses = {"contact": "anfrage", "help": "hilfe", "interpreter": "sprachmittlung-anfragen"}
    found = [path for path in paths(client) if path.split("/")[3] in addresses.values()]
    assert found == [f"/{language}/hier/{addresses[form]}/" for form in forms for language in ("de", "ar")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Page, {}),
        (Offer, {"pillar": "education"}),
        (Event, {"starts_at": EARLIER - timedelta(hours=1)}),
        (News, {"responsible": "Stadt"}),
        (Call, {"programme": "Programm"}),
    ],
)
def test_what_is_over_or_invented_or_withdrawn_leaves_the_sitemap(client, model, fields):
    page = make_page(make_city("hier"), model=model, slug="seite", ends_at=LATER, **fields)
    pages = Page.objects.filter(pk=page.pk)
    assert "/de/hier/seite/" in paths(client)
    pages.update(ends_at=EARLIER)
    assert "/de/hier/seite/" not in paths(client)
    pages.update(ends_at=LATER, is_example=True)
    assert "/de/hier/seite/" not in paths(client)
    pages.update(is_example=False)
    assert "/de/hier/seite/" in paths(client)
    page.unpublish(None)
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        assert "/de/hier/seite/" not in paths(client)


@pytest.mark.django_db
def test_page_without_public_german_text_is_not_in_the_sitemap(client):
    page = make_page(make_city("hier"), slug="seite")
    make_translation(page, "ar")
    assert "/ar/hier/seite/" in paths(client)
    page.translations.get(language="de").unpublish(None)
    with time_machine.travel(LATER, tick=False):
        assert [path for path in paths(client) if "seite" in path] == []


@pytest.mark.django_db
def test_sitemap_says_since_when_each_text_is_public(client):
    page = make_page(make_city("hier"), slug="seite")
    with time_machine.travel(LATER, tick=False):
        make_translation(page, "ar")
        root = ElementTree.fromstring(client.get("/sitemap-hier.xml").content)
    changed = {url.find("map:loc", XML).text: url.findtext("map:lastmod", None, XML) for url in root}
    assert changed["http://testserver/de/hier/seite/"] == "2026-03-03T10:00:00+01:00"
    assert changed["http://testserver/ar/hier/seite/"] == "2026-03-10T10:00:00+01:00"
    assert changed["http://testserver/de/hier/kontakt/"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_sitemap_takes_the_same_queries_for_every_size(client, django_assert_num_queries, number):
    for city in (make_city("hier"), *(make_city() for _ in range(number))):
        for _page in range(number):
            make_translation(make_page(city), "ar")
            make_offer(city)
    with django_assert_num_queries(1):
        assert len(parts(client)) == number + 2
    with django_assert_num_queries(2):
        assert len(paths(client)) == number * 3 + 23
    with django_assert_num_queries(0):
        client.get("/sitemap-portal.xml")


@pytest.mark.django_db
def test_index_takes_one_query_for_all_centres(client, django_assert_num_queries):
    call_command("load_centres", verbosity=0)
    City.objects.update(is_public=True)
    with django_assert_num_queries(1):
        assert len(parts(client)) == 55


# --- Other files -----------------------------------------------------------------------------------------------------


def test_robots_are_led_to_the_sitemap_and_away_from_the_admin(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /*/*/suche/",
        "Disallow: /*/suche/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


@pytest.mark.django_db
def test_security_txt_says_whom_to_write_to(client, settings):
    settings.SECURITY_CONTACTS = ["security@example.org", "https://example.org/?a=1&b=2"]
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/?a=1&b=2",
        "Expires: 2026-08-30T00:00:00Z",
        "Preferred-Languages: de, en",
        "Canonical: http://testserver/.well-known/security.txt",
    ]


@pytest.mark.django_db
def test_security_txt_is_missing_where_nobody_is_named(client, settings):
    settings.SECURITY_CONTACTS = []
    assert client.get("/.well-known/security.txt").status_code == 404


def test_icon_is_found_where_browsers_look_for_it(client):
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/icon.svg")


def test_picture_for_messengers_has_the_size_that_pages_say(settings):
    path = settings.BASE_DIR / "static/img/share.png"
    with Image.open(path) as picture:
        assert (picture.size, path.stat().st_size < 60_000) == ((1200, 630), True)


# --- Open data -----------------------------------------------------------------------------------------------------

NAMES = list(DATASETS)


def read_json(client, name, city="hier", language="de"):
    return json.loads(client.get(f"/{language}/{city}/daten/{name}.json").content)


def read_csv(client, name, city="hier", language="de"):
    content = client.get(f"/{language}/{city}/daten/{name}.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def full_city(slug="hier"):
    """One item in every file."""
    city = make_city(slug)
    contact = make_contact(city, function="Beratung", is_main=True, location=make_location(city))
    for make, title in ((make_offer, "Angebot"), (make_event, "Termin")):
        page = make(city, location=make_location(city), translation={"title": f"{title} {slug}"})
        page.contacts.add(contact)
    return city


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_json_and_csv_say_the_same_and_have_the_documented_fields(client, name):
    full_city()
    [item], [row] = read_json(client, name)["items"], read_csv(client, name)
    assert list(item) == list(row) == list(DATASETS[name].fields)
    for field, value in item.items():
        as_text = "|".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        assert row[field] == (as_text.lower() if isinstance(value, bool) else as_text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("licence", "url"),
    [
        ("dl-de-zero", "https://www.govdata.de/dl-de/zero-2-0"),
        ("dl-de-by", "https://www.govdata.de/dl-de/by-2-0"),
        ("cc0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ],
)
def test_data_say_licence_city_and_moment(client, licence, url):
    city = make_city("hier", open_data_licence=licence)
    data = read_json(client, "angebote")
    assert data == {
        "licence": city.get_open_data_licence_display(),
        "licence_url": url,
        "publisher": "Stadt Hier",
        "city": "Hier",
        "language": "de",
        "generated": "2026-03-03T10:00:00+01:00",
        "documentation": "http://testserver/de/hier/daten/",
        "items": [],
    }
    page = client.get("/de/hier/daten/").text
    assert f'href="{url}"' in page
    assert ("Stadt Hier, Kommunales Integrationszentrum Hier" in page) is (licence == "dl-de-by")


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_data_can_be_read_by_everybody_without_a_cookie(client, name):
    make_city("hier")
    expected = {
        "json": ("application/json", "inline"),
        "csv": ("text/csv; charset=utf-8; header=present", "attachment"),
    }
    for extension, (content_type, disposition) in expected.items():
        response = Client().get(f"/ar/hier/daten/{name}.{extension}")
        assert (response.status_code, response["Content-Type"]) == (200, content_type)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Content-Disposition"] == f'{disposition}; filename="hier-{name}-ar.{extension}"'
        assert (dict(response.cookies), "Cookie" in response.get("Vary", "")) == ({}, False)


@pytest.mark.django_db
def test_unknown_data_and_hidden_cities_are_not_found(client):
    make_city("hier")
    make_city("geheim", is_public=False)
    asked = ["hier/daten/namen.json", "hier/daten/angebote.xml", "geheim/daten/", "geheim/daten/angebote.json"]
    assert [client.get(f"/de/{path}").status_code for path in asked] == [404] * 4


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_data_of_one_city_hold_nothing_of_another(client, name):
    full_city("hier")
    full_city("dort")
    [item] = read_json(client, name, "hier")["items"]
    [other] = read_json(client, name, "dort")["items"]
    assert item["id"] != other["id"]
    assert "dort" not in json.dumps(item)


@pytest.mark.django_db
def test_texts_are_in_the_language_of_the_address_or_say_that_they_are_german(client):
    city = make_city("hier")
    make_translation(make_offer(city, position=1, translation={"title": "Deutsch"}), "ar", title="عنوان")
    make_offer(city, position=2, translation={"title": "Nur Deutsch"})
    make_contact(city, function="Beratung", function_translations={"ar": "المشورة"})
    for read in (read_json, read_csv):
        items = read(client, "angebote", language="ar")
        items = items["items"] if isinstance(items, dict) else items
        assert [(item["title"], item["language"]) for item in items] == [("عنوان", "ar"), ("Nur Deutsch", "de")]
    [contact] = read_json(client, "kontakte", language="ar")["items"]
    assert (contact["function"], contact["language"]) == ("المشورة", "ar")
    assert contact["url"].startswith("http://testserver/ar/hier/kontakt/")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "make"), [("angebote", make_offer), ("termine", make_event)])
def test_data_leave_out_what_is_over_invented_or_a_draft(client, name, make):
    city = make_city("hier")
    page = make(city, translation={"title": "Etwas"})
    make(city, published=False)
    pages = Page.objects.filter(pk=page.pk)
    assert [item["title"] for item in read_json(client, name)["items"]] == ["Etwas"]
    pages.update(is_example=True)
    assert read_json(client, name)["items"] == []
    pages.update(is_example=False, starts_at=EARLIER - timedelta(days=1), ends_at=EARLIER)
    assert read_json(client, name)["items"] == []


@pytest.mark.django_db
def test_contacts_are_functions_and_never_people(client):
    city = make_city("hier")
    make_contact(city, function="Zentrale", email="ki@example.org", is_main=True)
    person = {"name": "Erika Beispiel", "email": "erika.beispiel@example.org", "mobile": "0150 1234567"}
    make_contact(city, function="Schule", show_name=True, position=1, **person)
    make_contact(city, function="Vereine", position=2, **person)
    make_contact(city, function="Erfunden", position=3, is_example=True)
    assert "Erika Beispiel" in client.get("/de/hier/kontakt/").text
    items = read_json(client, "kontakte")["items"]
    assert [(item["function"], item["email"]) for item in items] == [
        ("Zentrale", "ki@example.org"),
        ("Schule", ""),
        ("Vereine", ""),
    ]
    for extension in ("json", "csv"):
        text = client.get(f"/de/hier/daten/kontakte.{extension}").text.lower()
        assert [word for word in ("erika", "beispiel", "1234567") if word in text] == []


@pytest.mark.django_db
def test_invented_contact_is_not_named_by_an_offer_either(client):
    city = make_city("hier")
    real, invented = make_contact(city), make_contact(city, is_example=True)
    make_offer(city).contacts.set([real, invented])
    [offer] = read_json(client, "angebote")["items"]
    assert offer["contacts"] == [real.pk]


@pytest.mark.django_db
def test_offer_names_its_contacts_or_the_main_one_and_nobody_in_place_of_an_invented_one(client):
    city = make_city("hier")
    main, own, invented = (make_contact(city, **fields) for fields in ({"is_main": True}, {}, {"is_example": True}))
    for position, chosen in enumerate([[], [own], [invented]]):
        make_offer(city, position=position).contacts.set(chosen)
    assert [item["contacts"] for item in read_json(client, "angebote")["items"]] == [[main.pk], [own.pk], []]


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["+49 30 23125 001", "030 23125 001"])
def test_phone_numbers_survive_a_spreadsheet(client, written):
    make_contact(make_city("hier"), phone=written)
    [row] = read_csv(client, "kontakte")
    assert row["phone"] == written.replace("+49", "0049")
    assert row["phone_uri"] == "tel:+493023125001"


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "  =", "＝"])
def test_no_cell_is_a_formula(client, start):
    title = f"{start}HYPERLINK(1)"
    make_offer(make_city("hier"), translation={"title": title, "steps": f"{title}\nZwei|Drei"})
    [row], [item] = read_csv(client, "angebote"), read_json(client, "angebote")["items"]
    assert (item["title"], row["title"]) == (title, f"'{title}")
    assert row["steps"].startswith("'" if start.strip() else "HYPERLINK")
    assert row["steps"].split("|")[1:] == ["Zwei/Drei"]


def test_ordinary_words_stay_as_they_are():
    assert [without_formula(text) for text in ("Deutsch = Chance", "", "tel:+49")] == [
        "Deutsch = Chance",
        "",
        "tel:+49",
    ]


@pytest.mark.django_db
def test_hours_are_one_line_each(client):
    contact = make_contact(make_city("hier"))
    for line in [
        {"weekday": 0, "opens": "09:00", "closes": "16:00"},
        {"weekday": 1, "opens": "08:00", "closes": "12:00", "kind": "phone", "valid_from": date(2026, 4, 1)},
        {"weekday": 2, "opens": "08:00", "closes": "12:00", "valid_until": date(2026, 3, 2)},
        {"is_exception": True, "kind": "closed", "valid_from": date(2026, 7, 20), "valid_until": date(2026, 7, 31)},
    ]:
        OpeningHours.objects.create(contact=contact, **line)
    [item] = read_json(client, "kontakte")["items"]
    assert item["hours"] == [
        "monday 09:00-16:00 open",
        "tuesday 08:00-12:00 phone 2026-04-01/",
        "daily closed 2026-07-20/2026-07-31 exception",
    ]


@pytest.mark.django_db
def test_cancelled_event_is_in_the_data_without_the_link_to_its_meeting(client):
    event = make_event(make_city("hier"), online_url="https://meet.example.org/x")
    [item] = read_json(client, "termine")["items"]
    assert (item["status"], item["online_url"]) == ("planned", "https://meet.example.org/x")
    event.status = Event.Status.CANCELLED
    event.save()
    [item] = read_json(client, "termine")["items"]
    assert (item["status"], item["online_url"]) == ("cancelled", "")


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("angebote", 4), ("kontakte", 3), ("termine", 4)])
def test_data_take_the_same_queries_for_every_size(client, django_assert_num_queries, name, queries, number):
    city = make_city("hier")
    for _item in range(number):
        contact = make_contact(city, location=make_location(city))
        for make in (make_offer, make_event):
            make(city, location=make_location(city)).contacts.add(contact)
    with django_assert_num_queries(queries):
        assert len(read_json(client, name, language="ar")["items"]) == number
    with django_assert_num_queries(queries):
        assert len(read_csv(client, name, language="ar")) == number


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "ar"])
def test_data_page_explains_every_field_and_leads_to_every_file(client, language):
    make_city("hier")
    page = client.get(f"/{language}/hier/daten/").text
    for name, dataset in DATASETS.items():
        for extension in ("json", "csv"):
            path = f"/{language}/hier/daten/{name}.{extension}"
            assert f'href="{path}"' in page
            assert client.get(path).status_code == 200
        assert [field for field in dataset.fields if f">{field}</code>" not in page] == []
    assert f"curl http://testserver/{language}/hier/daten/angebote.json" in page


@pytest.mark.django_db
def test_every_page_of_a_city_leads_to_its_data(client):
    make_page(make_city("hier"), slug="seite")
    assert 'href="/de/hier/daten/"' in client.get("/de/hier/seite/").text


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize(
    ("licence", "uri"),
    [
        ("dl-de-zero", "http://dcat-ap.de/def/licenses/dl-zero-de/2.0"),
        ("dl-de-by", "http://dcat-ap.de/def/licenses/dl-by-de/2.0"),
        ("cc0", "http://dcat-ap.de/def/licenses/cc-zero"),
    ],
)
def test_catalogue_leads_data_portals_to_every_file(client, language, licence, uri):
    make_city("hier", open_data_licence=licence)
    response = client.get(f"/{language}/hier/daten/katalog.jsonld")
    assert response["Content-Type"] == "application/ld+json"
    content = json.loads(response.content)
    files = [file for dataset in content["dcat:dataset"] for file in dataset["dcat:distribution"]]
    addresses = [file["dcat:downloadURL"]["@id"] for file in files]
    assert addresses == [
        f"http://testserver/de/hier/daten/{name}.{extension}" for name in NAMES for extension in ("json", "csv")
    ]
    assert [client.get(urlsplit(address).path).status_code for address in addresses] == [200] * 6
    assert {file["dct:license"]["@id"] for file in files} == {uri}
    assert {"dcatde:licenseAttributionByText" in file for file in files} == {licence == "dl-de-by"}
    assert content["dcat:dataset"][0]["dct:title"]["@value"] == "Angebote, Kommunales Integrationszentrum Hier"
