"""What stands in a page for machines is what its reader sees, and nothing more."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.languages import LANGUAGES
from contacts.models import Contact, OpeningHours
from events.models import Event, News
from offers.models import Call, Offer
from pages.linked_data import Facts
from pages.models import FocusArea, Page
from tests.factories import make_city, make_contact, make_location, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(autouse=True)
def frozen_time():
    with time_machine.travel(NOW, tick=False):
        yield


def graph(client, path):
    """The things of a page by their types."""
    found = SCRIPT.findall(client.get(path).text)
    content = json.loads(found[0])
    assert (len(found), content["@context"]) == (1, "https://schema.org")
    return {node["@type"]: node for node in content["@graph"]}


def seen(html):
    """The words of a piece of HTML as they are read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", SCRIPT.sub("", html)))).strip()


def part(html, element, css_class):
    return re.search(rf'<{element} class="{css_class}"[^>]*>(.*?)</{element}>', html, re.DOTALL)[1]


def heading(client, path):
    return seen(re.search(r"<h1[^>]*>(.*?)</h1>", client.get(path).text, re.DOTALL)[1])


def make_offer(city, **fields):
    defaults = {"pillar": FocusArea.Pillar.EDUCATION, "slug": "angebot"}
    return make_page(city, model=Offer, **defaults | fields)


def make_event(city, **fields):
    defaults = {
        "slug": "termin",
        "starts_at": datetime(2026, 3, 28, 17, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 29, 17, 0, tzinfo=UTC),
    }
    return make_page(city, model=Event, **defaults | fields)


# --- The centre and its contacts -----------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "name"), [("de", "Kommunales Integrationszentrum Hier"), ("ar", "مركز الاندماج")])
def test_office_has_the_name_that_the_reader_sees(client, language, name):
    city = make_city("hier")
    city.languages.filter(language="ar").update(centre_name="مركز الاندماج")
    make_page(city, kind=Page.Kind.HOME, slug="start")
    office = graph(client, f"/{language}/hier/")["GovernmentOffice"]
    assert office["name"] == name == seen(part(client.get(f"/{language}/hier/").text, "a", "brand"))
    assert office["parentOrganization"]["name"] == "Stadt Hier"
    assert office["url"] == f"http://testserver/{language}/hier/"


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("path", ["", "kontakt/", "seite/"])
def test_numbers_and_address_are_those_of_the_page(client, language, path):
    city = make_city("hier")
    make_page(city, kind=Page.Kind.HOME, slug="start")
    make_page(city, slug="seite")
    contact = {"phone": "030 23125 001", "email": "ki@example.org", "fax": "030 23125 009"}
    make_contact(city, is_main=True, location=make_location(city, street="Ring 5"), **contact)
    office = graph(client, f"/{language}/hier/{path}")["GovernmentOffice"]
    html = client.get(f"/{language}/hier/{path}").text
    assert {office["telephone"]} == set(re.findall(r'href="tel:([^"]+)"', part(html, "div", "contact-ways")))
    assert {office["email"]} == set(re.findall(r'href="mailto:([^"]+)"', html))
    address = office["address"]
    assert f"{address['streetAddress']} {address['postalCode']} {address['addressLocality']}" in seen(html)
    assert office["faxNumber"] == "+493023125009"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_contact_points_are_the_cards_of_the_contact_list(client, language):
    city = make_city("hier")
    arabic = {"function_translations": {"ar": "المشورة"}, "languages": ["ar", "gsg", "tr"]}
    make_contact(city, is_main=True, function="Zentrale", phone="115")
    make_contact(city, function="Beratung", phone="030 23125 002", mobile="0150 1234567", **arabic)
    office = graph(client, f"/{language}/hier/kontakt/")["GovernmentOffice"]
    html = client.get(f"/{language}/hier/kontakt/").text
    cards = html.split('<div class="contact">')[1:]
    assert [point["contactType"] for point in office["contactPoint"]] == [
        seen(re.search(r"<h3[^>]*>(.*?)</h3>", card, re.DOTALL)[1]) for card in cards
    ]
    assert [point["telephone"] for point in office["contactPoint"]] == [
        re.findall(r'href="tel:([^"]+)"', card) for card in cards
    ]
    spoken = [LANGUAGES[tag].endonym for tag in office["contactPoint"][1]["availableLanguage"]]
    assert sorted(spoken) == sorted(re.findall(r'<li[^>]*><span lang="[^"]+" dir="[^"]+">([^<]+)<', cards[1]))
    assert "availableLanguage" not in office["contactPoint"][0]


@pytest.mark.parametrize("language", ["de", "ar"])
def test_hours_are_the_visible_ones_with_their_dates(client, language):
    city = make_city("hier")
    contact = make_contact(city, is_main=True)
    lines = [
        {"weekday": 0, "opens": "09:00", "closes": "16:00"},
        {"weekday": 1, "opens": "09:00", "closes": "16:00"},
        {"weekday": 2, "opens": "08:00", "closes": "12:00", "kind": "phone"},
        {"weekday": 3, "opens": "10:00", "closes": "11:00", "kind": "appointment"},
        {"weekday": 4, "opens": "09:30", "closes": "12:30", "valid_from": date(2026, 4, 1)},
        {"weekday": 4, "opens": "07:00", "closes": "07:30", "valid_until": date(2026, 3, 2)},
        {"is_exception": True, "kind": "closed", "valid_from": date(2026, 7, 20), "valid_until": date(2026, 7, 31)},
    ]
    for line in lines:
        OpeningHours.objects.create(contact=contact, **line)
    office = graph(client, f"/{language}/hier/kontakt/")["GovernmentOffice"]
    day = "https://schema.org/{}day".format
    kind = {"@type": "OpeningHoursSpecification"}
    assert office["openingHoursSpecification"] == [
        kind | {"dayOfWeek": [day("Mon"), day("Tues")], "opens": "09:00", "closes": "16:00"},
        kind | {"dayOfWeek": [day("Fri")], "opens": "09:30", "closes": "12:30", "validFrom": "2026-04-01"},
    ]
    closed = kind | {"opens": "00:00", "closes": "00:00", "validFrom": "2026-07-20", "validThrough": "2026-07-31"}
    assert office["specialOpeningHoursSpecification"] == [closed]
    available = office["contactPoint"][0]["hoursAvailable"]
    by_phone = kind | {"dayOfWeek": [day("Wednes")], "opens": "08:00", "closes": "12:00"}
    assert by_phone in available
    visible = set(re.findall(r"<bdi>(\d\d:\d\d)–(\d\d:\d\d)</bdi>", client.get(f"/{language}/hier/kontakt/").text))
    assert {(line["opens"], line["closes"]) for line in available} - {("00:00", "00:00")} == visible - {
        ("10:00", "11:00")  # only by appointment: for that schema.org has no word
    }


def test_exception_with_hours_does_not_close_the_same_days(client):
    contact = make_contact(make_city("hier"), is_main=True)
    days = {"is_exception": True, "valid_from": date(2026, 7, 20), "valid_until": date(2026, 7, 31)}
    for kind, opens in (("open", "10:00"), ("phone", "08:00")):
        OpeningHours.objects.create(contact=contact, kind=kind, opens=opens, closes="12:00", **days)
    office = graph(client, "/de/hier/kontakt/")["GovernmentOffice"]
    assert [line["opens"] for line in office["specialOpeningHoursSpecification"]] == ["10:00"]
    assert [line["opens"] for line in office["contactPoint"][0]["hoursAvailable"]] == ["08:00", "10:00"]


def test_hours_by_appointment_only_are_no_open_door(client):
    contact = make_contact(make_city("hier"), is_main=True)
    OpeningHours.objects.create(contact=contact, weekday=0, opens="09:00", closes="16:00")
    assert "openingHoursSpecification" in graph(client, "/de/hier/kontakt/")["GovernmentOffice"]
    Contact.objects.update(appointment_only=True)
    office = graph(client, "/de/hier/kontakt/")["GovernmentOffice"]
    assert ("openingHoursSpecification" in office, "hoursAvailable" in office["contactPoint"][0]) == (False, False)
    OpeningHours.objects.create(contact=contact, weekday=0, opens="08:00", closes="09:00", kind="phone")
    (point,) = graph(client, "/de/hier/kontakt/")["GovernmentOffice"]["contactPoint"]
    assert [line["opens"] for line in point["hoursAvailable"]] == ["08:00"]


def test_page_with_a_contact_of_its_own_says_nothing_of_the_main_contact(client):
    city = make_city("hier")
    make_contact(city, is_main=True, phone="030 23125 001", email="haupt@example.org")
    page = make_page(city, slug="seite")
    assert "telephone" in graph(client, "/de/hier/seite/")["GovernmentOffice"]
    page.contacts.add(make_contact(city, phone="030 23125 002"))
    office = graph(client, "/de/hier/seite/")["GovernmentOffice"]
    assert ("telephone" in office, office["contactPoint"][0]["telephone"]) == (False, ["+493023125002"])


def test_names_of_people_are_there_only_where_they_are_shown(client):
    city = make_city("hier")
    make_contact(city, name="Person Eins", show_name=True)
    make_contact(city, name="Person Zwei")
    points = graph(client, "/de/hier/kontakt/")["GovernmentOffice"]["contactPoint"]
    assert [point.get("name") for point in points] == ["Person Eins", None]
    assert "Person Zwei" not in json.dumps(points)


def test_contact_of_another_organisation_is_not_the_centres(client):
    city = make_city("hier")
    make_contact(city, function="Zentrale", is_main=True)
    make_contact(city, function="Verein", organisation="Verein Beispiel")
    things = graph(client, "/de/hier/kontakt/")
    assert [point["contactType"] for point in things["GovernmentOffice"]["contactPoint"]] == ["Zentrale"]
    other = things["Organization"]
    assert (other["name"], other["contactPoint"]["contactType"]) == ("Verein Beispiel", "Verein")


def test_invented_contact_is_left_out(client):
    city = make_city("hier")
    make_contact(city, function="Echt")
    make_contact(city, function="Erfunden", is_example=True)
    html = client.get("/de/hier/kontakt/").text
    assert "Erfunden" in seen(html)
    assert [
        point["contactType"] for point in graph(client, "/de/hier/kontakt/")["GovernmentOffice"]["contactPoint"]
    ] == ["Echt"]


def test_page_of_a_contact_stands_below_the_list(client):
    contact = make_contact(make_city("hier"), function="Beratung")
    items = graph(client, f"/de/hier/kontakt/{contact.pk}/")["BreadcrumbList"]["itemListElement"]
    assert [item["name"] for item in items] == ["Start", "Kontakt", "Beratung"]
    assert items[1]["item"] == "http://testserver/de/hier/kontakt/"


# --- Pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "ar"])
def test_breadcrumb_is_the_visible_one(client, language):
    city = make_city("hier")
    top = make_page(city, slug="oben", translation={"short_title": "Oben & vorn"})
    make_translation(top, "ar", title="فوق")
    make_page(city, slug="unten", parent=top, translation={"title": "Unten"})
    path = f"/{language}/hier/unten/"
    visible = re.findall(r"<li>(.*?)</li>", part(client.get(path).text, "nav", "breadcrumb"), re.DOTALL)
    links = [re.search(r'href="([^"]+)"', item) for item in visible]
    items = graph(client, path)["BreadcrumbList"]["itemListElement"]
    assert [(item["position"], item["name"]) for item in items] == list(enumerate(map(seen, visible), start=1))
    assert [item["item"] for item in items] == [f"http://testserver{link[1] if link else path}" for link in links]


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("path", ["angebote/", "foerderung/", "termine/", "aktuelles/", "kontakt/", "daten/"])
def test_list_has_its_visible_heading_and_breadcrumb(client, language, path):
    make_city("hier")
    path = f"/{language}/hier/{path}"
    visible = re.findall(r"<li>(.*?)</li>", part(client.get(path).text, "nav", "breadcrumb"), re.DOTALL)
    things = graph(client, path)
    names = [item["name"] for item in things["BreadcrumbList"]["itemListElement"]]
    assert (names, things["WebPage"]["name"]) == (list(map(seen, visible)), heading(client, path))


@pytest.mark.parametrize(
    ("language", "slug", "shown"), [("de", "beides", "de"), ("ar", "beides", "ar"), ("ar", "deutsch", "de")]
)
def test_page_has_the_title_and_the_language_of_the_shown_text(client, language, slug, shown):
    city = make_city("hier")
    make_translation(make_page(city, slug="beides"), "ar", title="عنوان")
    make_page(city, slug="deutsch")
    path = f"/{language}/hier/{slug}/"
    page = graph(client, path)["WebPage"]
    assert (page["name"], page["inLanguage"]) == (heading(client, path), shown)
    assert page["dateModified"] == "2026-03-03"


def test_start_page_is_a_website_without_breadcrumb(client):
    make_page(make_city("hier"), kind=Page.Kind.HOME, slug="start", translation={"title": "Willkommen"})
    things = graph(client, "/de/hier/")
    assert list(things) == ["WebSite", "GovernmentOffice"]
    assert things["WebSite"]["headline"] == heading(client, "/de/hier/")


def test_no_text_can_leave_the_script(client):
    evil = "</script><script>alert(1)</script>&<!--\u2028\u2029"
    make_page(make_city("hier"), slug="seite", translation={"title": evil, "summary": evil})
    html = client.get("/de/hier/seite/").text
    assert html.count("<script") == 1
    assert set(SCRIPT.search(html)[1]) & set("<>&\u2028\u2029") == set()
    assert graph(client, "/de/hier/seite/")["WebPage"]["name"] == evil


def test_example_page_says_nothing_to_machines_and_asks_not_to_be_indexed(client):
    page = make_page(make_city("hier"), slug="seite")
    noindex = '<meta name="robots" content="noindex">'
    html = client.get("/de/hier/seite/").text
    assert (len(SCRIPT.findall(html)), noindex in html) == (1, False)
    Page.objects.filter(pk=page.pk).update(is_example=True)
    html = client.get("/de/hier/seite/").text
    assert (len(SCRIPT.findall(html)), noindex in html) == (0, True)


@pytest.mark.parametrize("path", ["gibt-es-nicht/", "weg/"])
def test_missing_page_says_nothing_to_machines(client, path):
    city = make_city("hier")
    make_contact(city, is_main=True)
    make_page(city, slug="weg").unpublish(None)
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        html = client.get(f"/de/hier/{path}").text
    assert "030 23125 001" in html
    assert ("application/ld+json" in html, 'rel="canonical"' in html) == (False, False)


def test_preview_says_nothing_to_machines(client):
    page = make_page(make_city("hier"), slug="seite")
    client.force_login(make_user(is_superuser=True))
    text = page.translations.get()
    response = client.get(f"/admin/pages/pagetranslation/{text.pk}/draft/")
    assert (response.status_code, "ld+json" in response.text) == (200, False)


def test_linked_data_asks_the_database_nothing(client, monkeypatch):
    city = make_city("hier")
    contact = make_contact(city, is_main=True, location=make_location(city))
    OpeningHours.objects.create(contact=contact, weekday=0, opens="09:00", closes="16:00")
    make_offer(city, location=make_location(city), languages=["ar"], audiences=["parents"])
    with CaptureQueriesContext(connection) as with_data:
        assert "GovernmentService" in client.get("/ar/hier/angebot/").text
    monkeypatch.setattr(Facts, "nodes", lambda facts: [])
    with CaptureQueriesContext(connection) as without_data:
        assert "GovernmentService" not in client.get("/ar/hier/angebot/").text
    assert len(with_data) == len(without_data)


# --- What pages are about ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "ar"])
def test_offer_is_a_service_as_it_is_shown(client, language):
    city = make_city("hier")
    make_contact(city, is_main=True, phone="030 23125 001")
    fields = {"languages": ["ar", "uk"], "audiences": ["parents"], "is_by_phone": True, "is_online": True}
    offer = make_offer(city, location=make_location(city), translation={"title": "Elterncafé"}, **fields)
    make_translation(offer, "ar", title="مقهى الأهالي")
    path = f"/{language}/hier/angebot/"
    things, text = graph(client, path), seen(client.get(path).text)
    service, office = things["GovernmentService"], things["GovernmentOffice"]
    channel = service["availableChannel"]
    assert (service["name"], things["WebPage"]["inLanguage"]) == (heading(client, path), language)
    assert service["description"] in text
    assert service["serviceOperator"] == {"@id": office["@id"]}
    assert service["areaServed"]["name"] == "Hier"
    assert [each["audienceType"] in text for each in service["audience"]] == [True]
    assert [LANGUAGES[tag].endonym in text for tag in channel["availableLanguage"]] == [True, True]
    assert channel["serviceLocation"]["address"]["streetAddress"] in text
    assert channel["servicePhone"] == [{"@id": office["contactPoint"][0]["@id"]}]
    assert channel["serviceUrl"] == f"http://testserver{path}"
    assert service["offers"] == {"@type": "Offer", "price": "0.00", "priceCurrency": "EUR"}


def test_offer_of_which_little_is_known_has_no_empty_things(client):
    make_offer(make_city("hier"), cost="ask")
    service = graph(client, "/de/hier/angebot/")["GovernmentService"]
    assert list(service) == ["@type", "@id", "name", "description", "serviceOperator", "areaServed"]


@pytest.mark.parametrize(("cost", "amount", "price"), [("amount", "12.50", "12.50"), ("ask", None, None)])
def test_price_of_an_offer_is_known_or_missing(client, cost, amount, price):
    make_offer(make_city("hier"), cost=cost, cost_amount=amount)
    service = graph(client, "/de/hier/angebot/")["GovernmentService"]
    assert service.get("offers", {}).get("price") == price


@pytest.mark.parametrize("language", ["de", "ar"])
def test_event_has_its_times_with_their_offset(client, language):
    """The clocks change in the night between."""
    city = make_city("hier")
    event = make_event(city, location=make_location(city), languages=["uk"], organiser="Verein Beispiel")
    make_translation(event, "ar", title="حفلة")
    path = f"/{language}/hier/termin/"
    thing, text = graph(client, path)["Event"], seen(client.get(path).text)
    assert (thing["startDate"], thing["endDate"]) == ("2026-03-28T18:00:00+01:00", "2026-03-29T19:00:00+02:00")
    assert (thing["name"], thing["inLanguage"]) == (heading(client, path), ["uk"])
    assert thing["location"][0]["name"] in text
    assert thing["organizer"]["name"] in text
    assert thing["isAccessibleForFree"] is True


@pytest.mark.parametrize(
    ("fields", "status", "before"),
    [
        ({}, "EventScheduled", None),
        ({"status": "cancelled"}, "EventCancelled", None),
        (
            {"status": "moved", "previous_start": datetime(2026, 3, 20, 17, 0, tzinfo=UTC)},
            "EventRescheduled",
            "2026-03-20T18:00:00+01:00",
        ),
    ],
)
def test_event_says_whether_it_takes_place(client, fields, status, before):
    make_event(make_city("hier"), **fields)
    event = graph(client, "/de/hier/termin/")["Event"]
    assert (event["eventStatus"], event.get("previousStartDate")) == (f"https://schema.org/{status}", before)


@pytest.mark.parametrize(
    ("has_place", "is_online", "mode", "kinds"),
    [
        (True, False, "Offline", ["Place"]),
        (False, True, "Online", ["VirtualLocation"]),
        (True, True, "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_event_says_how_to_take_part(client, has_place, is_online, mode, kinds):
    city = make_city("hier")
    make_event(city, location=make_location(city) if has_place else None, is_online=is_online)
    event = graph(client, "/de/hier/termin/")["Event"]
    assert event["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert [place["@type"] for place in event["location"]] == kinds


def test_cancelled_event_leads_to_no_meeting(client):
    event = make_event(make_city("hier"), online_url="https://meet.example.org/x")
    assert graph(client, "/de/hier/termin/")["Event"]["location"][0]["url"] == "https://meet.example.org/x"
    event.status = Event.Status.CANCELLED
    event.save()
    assert graph(client, "/de/hier/termin/")["Event"]["location"][0]["url"] == "http://testserver/de/hier/termin/"


def test_call_has_its_deadline_and_its_amount(client):
    times = {"starts_at": datetime(2026, 3, 1, 8, tzinfo=UTC), "ends_at": datetime(2026, 5, 31, 22, tzinfo=UTC)}
    make_page(make_city("hier"), model=Call, slug="aufruf", programme="KOMM-AN NRW", amount_max=5000, **times)
    service = graph(client, "/de/hier/aufruf/")["GovernmentService"]
    assert (service["offers"]["availabilityStarts"], service["offers"]["availabilityEnds"]) == (
        "2026-03-01T09:00:00+01:00",
        "2026-06-01T00:00:00+02:00",
    )
    assert service["serviceOutput"]["name"] == "KOMM-AN NRW"
    assert service["serviceOutput"]["amount"]["maxValue"] == "5000.00"


def test_news_says_when_it_was_first_public(client):
    page = make_page(make_city("hier"), model=News, slug="neu", responsible="Stadt Hier", translation={"title": "Eins"})
    with time_machine.travel(datetime(2026, 3, 9, 9, tzinfo=UTC), tick=False):
        text = page.translations.get()
        text.title = "Zwei"
        text.save()
        text.publish(by=None)
        article = graph(client, "/de/hier/neu/")["NewsArticle"]
    assert (article["headline"], article["datePublished"]) == ("Zwei", "2026-03-03T10:00:00+01:00")
    assert article["dateModified"] == "2026-03-09"


# --- Open Graph and the one address ------------------------------------------------------------------------------


def meta(html, name):
    return re.search(rf'<meta property="{name}" content="([^"]*)">', html)[1]


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/de/hier/beides/", "/de/hier/beides/"),
        ("/ar/hier/beides/", "/ar/hier/beides/"),
        ("/ar/hier/deutsch/", "/de/hier/deutsch/"),
        ("/tr/hier/beides/", "/de/hier/beides/"),
        ("/ar/hier/kontakt/?thema=schule", "/ar/hier/kontakt/"),
        ("/tr/hier/kontakt/", "/de/hier/kontakt/"),
    ],
)
def test_canonical_address_is_that_of_the_shown_text(client, path, canonical):
    city = make_city("hier", languages=["de", "ar"])
    make_translation(make_page(city, slug="beides"), "ar")
    make_page(city, slug="deutsch")
    html = client.get(path).text
    assert re.findall(r'<link rel="canonical" href="([^"]+)">', html) == [f"http://testserver{canonical}"]
    assert meta(html, "og:url") == f"http://testserver{canonical}"


@pytest.mark.parametrize(
    ("language", "locale"), [("de", "de_DE"), ("ar", "ar_AR"), ("de-simple", "de_DE"), ("tr", "de_DE")]
)
def test_messengers_get_a_title_a_picture_and_a_language(client, language, locale):
    page = make_page(make_city("hier", languages=["de", "ar", "de-simple", "tr"]), slug="seite")
    for tag in ("ar", "de-simple"):
        make_translation(page, tag)
    html = client.get(f"/{language}/hier/seite/").text
    assert meta(html, "og:locale") == locale
    assert meta(html, "og:title") == heading(client, f"/{language}/hier/seite/")
    assert meta(html, "og:image") == "http://testserver/static/img/share.png"
    assert meta(html, "og:type") == "website"


def test_news_is_an_article_for_messengers(client):
    make_page(make_city("hier"), model=News, slug="neu", responsible="Stadt Hier")
    assert meta(client.get("/de/hier/neu/").text, "og:type") == "article"
