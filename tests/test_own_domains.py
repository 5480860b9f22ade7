"""A city under a name of its own: the same pages, shorter addresses, and nothing of any other city."""

import re
from datetime import timedelta
from unittest.mock import Mock
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from contacts import hosts
from contacts.converters import CityConverter
from contacts.hosts import called_as, domains, own_domain_of
from contacts.models import City
from contacts.models.city import Role
from inquiries.guard import fresh_key
from inquiries.models import Inquiry
from legal.models import AccessibilityStatement
from pages.models import Page
from tests.factories import (
    make_city,
    make_contact,
    make_event,
    make_inquiry,
    make_page,
    make_user,
)
from tests.forms import form_data

pytestmark = pytest.mark.django_db

MAIN = "http://testserver"
HERE, THERE = "http://hier.example", "http://ki-dort.example"
SECRET = "GEHEIM"


@pytest.fixture
def city(db, settings):
    settings.SITE_URL = MAIN
    return make_city(
        "hier", domain="hier.example", languages=["de", "ar", "de-simple"], forms=["contact", "help", "interpreter"]
    )


def get(client, address, **headers):
    """What stands at a whole address."""
    host, path = re.fullmatch(r"https?://([^/]+)(.*)", address).groups()
    return client.get(path, headers={"host": host} | headers)


def post(client, address, data):
    host, path = re.fullmatch(r"https?://([^/]+)(.*)", address).groups()
    return client.post(path, data, headers={"host": host, "origin": f"http://{host}"})


def way(client, address, longest=5):
    """Every status and address on the way from here on; a circle never ends."""
    steps = []
    while len(steps) < longest:
        response = get(client, address)
        steps.append((response.status_code, address))
        if response.status_code not in (301, 302):
            return steps
        address = response.wsgi_request.build_absolute_uri(response["Location"])
    pytest.fail(f"It goes on and on: {steps}")


# --- Every view ------------------------------------------------------------------------------------


def views_of_a_city(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from views_of_a_city(pattern.url_patterns, f"{pattern.app_name}:" if pattern.app_name else "")
        elif any(isinstance(each, CityConverter) for each in pattern.pattern.converters.values()):
            yield namespace + pattern.name


def arguments(city):
    """What stands behind language and city in the address of every view of a city."""
    page, contact = make_page(city, slug="seite-eins"), make_contact(city, is_main=True)
    event = make_event(city, timezone.now() + timedelta(days=3), slug="treffen")
    inquiry = make_inquiry(city, receipt_token="beleg1")
    make_page(city, slug="start", kind=Page.Kind.HOME)
    AccessibilityStatement.objects.create(city=city, prepared_on=timezone.localdate())
    special = {
        "events:event_ics": [event.slug],
        "inquiries:receipt": [inquiry.receipt_token],
        "open_data_csv": ["angebote"],
        "open_data_json": ["angebote"],
        "pages:contact": [contact.pk],
        "pages:contact_sheet": [contact.pk],
        "pages:contact_vcard": [contact.pk],
        "pages:page": [page.slug],
        "pages:page_sheet": [page.slug],
        "pages:short_contact": [contact.pk],
        "pages:short_page": [page.slug],
    }
    return {name: special.get(name, []) for name in views_of_a_city(get_resolver().url_patterns)}


def addresses(city):
    """(name of the view, path on the main host, path on the own domain)."""
    for name, rest in arguments(city).items():
        args = [city.slug, *rest] if "short_" in name else ["de", city.slug, *rest]
        path = reverse(name, args=args)
        with called_as(own_domain_of(city.slug)):
            own_path = reverse(name, args=args)
        yield name, path, own_path


def test_every_view_of_a_city_is_on_its_own_domain(client, city):
    answered = {name: get(client, HERE + own).status_code for name, _main, own in addresses(city)}

    # On the domain of a city its short address is the bare host.
    short = {name: 302 for name in answered if "short_" in name}
    assert answered == dict.fromkeys(answered, 200) | short


def test_no_page_on_an_own_domain_names_the_city_in_an_address(client, city):
    found = {
        name: re.findall(rb"[\"'/](?:de|ar|de-simple)/hier/|testserver/hier", get(client, HERE + own).content)
        for name, _main, own in addresses(city)
    }

    assert {name for name, addresses in found.items() if addresses} == set()


def test_the_main_host_leads_every_address_to_the_own_domain(client, city):
    led = {}
    for name, main, own in addresses(city):
        response = get(client, f"{MAIN}{main}?q=%C3%BC&x=1")
        led[name] = (response.status_code, response.get("Location"), response.get("Cache-Control")) == (
            301,
            f"{HERE}{own}?q=%C3%BC&x=1",
            "no-cache",
        )

    # A receipt can be read where the form was sent: see own_domains.STAYS.
    assert {name for name, is_led in led.items() if not is_led} == {"inquiries:receipt"}


def test_a_city_without_a_domain_stays_on_the_main_host(client, city):
    make_city("drueben")

    assert way(client, f"{MAIN}/de/drueben/") == [(200, f"{MAIN}/de/drueben/")]


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("/admin/", "/admin/"),
        ("/admin/login/?next=/admin/", "/admin/login/?next=/admin/"),
        ("/sitemap-portal.xml", "/sitemap-portal.xml"),
        ("/de/mitmachen/ABC/", "/de/mitmachen/ABC/"),
        ("/de/pruefen/ABC/", "/de/pruefen/ABC/"),
    ],
)
def test_what_is_no_city_is_on_the_main_host_only(client, city, path, home):
    response = get(client, HERE + path)

    assert (response.status_code, response["Location"]) == (302, MAIN + home)


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", f"/akzent/{'00538a'}.css", "/health/live"])
def test_what_every_host_has_is_on_the_own_domain_too(client, city, path):
    assert get(client, HERE + path).status_code == 200


def test_the_bare_domain_leads_to_the_start_page_in_the_readers_language(client, city):
    response = get(client, f"{HERE}/", **{"accept-language": "ar"})

    assert (response.status_code, response["Location"], response["Vary"]) == (302, "/ar/", "Accept-Language")


def test_the_portal_is_linked_on_the_main_host(client, city):
    page = get(client, f"{HERE}/de/").content.decode()

    assert f'<a href="{MAIN}/de/">Alle Zentren in NRW</a>' in page


def test_the_portal_links_to_the_own_domain(client, city):
    page = get(client, f"{MAIN}/de/").content.decode()

    assert re.findall(r'<a href="([^"]*hier[^"]*)"', page) == [f"{HERE}/de/"] * page.count("hier.example")


def test_the_search_in_all_cities_leads_to_the_own_domain(client, city):
    make_page(city, slug="kindergarten", translation={"title": "Kindergarten"})
    page = get(client, f"{MAIN}/de/suche/?q=Kindergarten").content.decode()

    assert f'<a href="{HERE}/de/kindergarten/">' in page


def test_a_page_may_be_called_like_a_view_of_the_portal(client, city):
    """`/de/suche/` is the city's own search, and `/de/hier/` its page of that name."""
    make_page(city, slug="hier", translation={"title": "Wo ist hier?"})

    assert "Wo ist hier?" in get(client, f"{HERE}/de/hier/").content.decode()


# --- One address for everything -----------------------------------------------------------------------


def links_of(response, pattern):
    return re.findall(pattern, response.content.decode())


def test_canonical_names_the_own_domain(client, city):
    make_page(city, slug="seite-eins")
    make_page(city, slug="start", kind=Page.Kind.HOME)
    pages = [get(client, f"{HERE}{path}") for path in ("/de/", "/de/seite-eins/", "/de/kontakt/")]

    assert [links_of(page, r'<link rel="canonical" href="([^"]+)"') for page in pages] == [
        [f"{HERE}/de/"],
        [f"{HERE}/de/seite-eins/"],
        [f"{HERE}/de/kontakt/"],
    ]


def test_canonical_is_the_same_under_every_name_of_the_main_host(client, city):
    make_page(make_city("drueben"), slug="seite-eins")
    pages = [get(client, f"http://{host}/de/drueben/seite-eins/") for host in ("testserver", "localhost")]

    assert [links_of(page, r'<link rel="canonical" href="([^"]+)"') for page in pages] == [
        [f"{MAIN}/de/drueben/seite-eins/"],
        [f"{MAIN}/de/drueben/seite-eins/"],
    ]


def test_canonical_is_the_same_under_every_port_and_spelling(client, city):
    pages = [
        get(client, f"http://{host}/de/kontakt/") for host in ("HIER.example", "hier.example:8080", "hier.example.")
    ]

    assert [links_of(page, r'<link rel="canonical" href="([^"]+)"') for page in pages] == [[f"{HERE}/de/kontakt/"]] * 3


def test_machines_read_addresses_of_the_own_domain_only(client, city):
    found = {}
    for name, _main, own in addresses(city):
        if "short_" not in name:
            content = get(client, HERE + own).content.decode().replace("\r\n ", "")
            found[name] = set(re.findall(r"https?://(testserver[^\s\"'<)]*)", content))

    # Only the footer leads to the portal, and the search to that of all cities.
    portal = {"testserver/de/", "testserver/de/suche/"}
    assert {name: rest for name, addresses in found.items() if (rest := addresses - portal)} == {}


def locations(response):
    return [node.text for node in ElementTree.fromstring(response.content).iter() if node.tag.endswith("}loc")]


def test_the_sitemap_of_an_own_domain_lists_its_own_addresses_only(client, city):
    make_page(city, slug="seite-eins")
    make_page(make_city("dort", domain="ki-dort.example"), slug="seite-zwei")
    found = locations(get(client, f"{HERE}/sitemap.xml"))

    assert (
        f"{HERE}/de/seite-eins/" in found,
        {address.partition("/de/")[0] for address in found if "/de/" in address},
    ) == (
        True,
        {HERE},
    )


def test_every_address_in_the_sitemap_of_an_own_domain_answers(client, city):
    make_page(city, slug="seite-eins")
    found = locations(get(client, f"{HERE}/sitemap.xml"))

    assert {address: get(client, address).status_code for address in found} == dict.fromkeys(found, 200)


def test_the_sitemap_of_the_main_host_leaves_own_domains_out(client, city):
    make_city("drueben")

    assert locations(get(client, f"{MAIN}/sitemap.xml")) == [
        f"{MAIN}/sitemap-portal.xml",
        f"{MAIN}/sitemap-drueben.xml",
    ]


def test_the_former_sitemap_leads_to_that_of_the_own_domain(client, city):
    assert way(client, f"{MAIN}/sitemap-hier.xml") == [(301, f"{MAIN}/sitemap-hier.xml"), (200, f"{HERE}/sitemap.xml")]


def test_robots_txt_names_the_sitemap_of_the_host(client, city):
    assert f"Sitemap: {HERE}/sitemap.xml" in get(client, f"{HERE}/robots.txt").content.decode()


def test_a_sheet_of_paper_shows_the_short_address_as_people_write_it(client, city):
    city.domain = "ki-köln.example"
    city.full_clean()
    city.save()
    make_page(city, slug="seite-eins")
    sheet = get(client, "http://xn--ki-kln-zxa.example/de/seite-eins/blatt/")

    assert links_of(sheet, r"<bdi>(ki[^<]*)</bdi>") == ["ki-köln.example/seite-eins"]


@pytest.mark.parametrize("slug", ["en", "admin", "seite"])
def test_a_page_called_like_a_part_of_the_site_has_no_short_address(client, city, slug):
    make_page(city, slug=slug)

    assert links_of(get(client, f"{HERE}/de/{slug}/blatt/"), r"<bdi>(hier[^<]*)</bdi>") == [f"hier.example/de/{slug}"]


def test_uploads_at_another_server_keep_their_address(city):
    request = RequestFactory().get("/")
    addresses = ["https://bucket.example/a.webp", "//bucket.example/a.webp", "/media/a.webp"]

    assert [hosts.whole_address(request, address) for address in addresses] == [
        "https://bucket.example/a.webp",
        "http://bucket.example/a.webp",
        f"{MAIN}/media/a.webp",
    ]


def test_a_contact_in_an_address_book_stays_the_same_under_an_own_domain(client, settings):
    settings.SITE_URL = MAIN
    city = make_city("hier")
    contact = make_contact(city)

    def uid(address):
        return re.findall(rb"UID:.*", get(client, address).content)

    before = uid(f"{MAIN}/de/hier/kontakt/{contact.pk}.vcf")
    City.objects.filter(pk=city.pk).update(domain="hier.example")
    domains.forget()

    assert uid(f"{HERE}/de/kontakt/{contact.pk}.vcf") == before


def test_pages_of_a_city_take_no_query_more_on_its_own_domain(client, city, django_assert_num_queries):
    contact = make_contact(city, is_main=True)
    make_page(city, slug="seite-eins")
    get(client, f"{HERE}/de/")

    with django_assert_num_queries(5):
        assert contact.phone in get(client, f"{HERE}/de/seite-eins/").content.decode()


def test_being_led_to_an_own_domain_takes_no_query(client, city, django_assert_num_queries):
    get(client, f"{HERE}/de/")

    with django_assert_num_queries(0):
        get(client, f"{MAIN}/de/hier/")


# --- Links in texts -------------------------------------------------------------------------------------


def test_what_an_editor_pastes_from_an_own_domain_is_a_reference(client, city):
    target = make_page(city, slug="ziel")
    page = make_page(
        city,
        slug="quelle",
        translation={
            "body": f'<p><a href="{HERE}/de/ziel/">1</a> <a href="hier.example/ziel/">2</a> '
            f'<a href="{HERE}/de/kontakt/">3</a> <a href="{HERE}/">4</a></p>'
        },
    )

    assert re.findall(r'href="([^"]+)"', page.translations.get().body) == [
        f"/seite/{target.pk}/",
        f"/seite/{target.pk}/",
        "/seite/hier/kontakt/",
        "/seite/hier/",
    ]


def test_links_in_texts_lead_to_where_the_other_city_is_at_home(client, city):
    dort, drueben = make_city("dort", domain="ki-dort.example"), make_city("drueben")
    pages = [make_page(each, slug=f"ziel-{each.slug}") for each in (city, dort, drueben)]
    links = "".join(f'<a href="/seite/{page.pk}/">x</a>' for page in pages)
    more = '<a href="/seite/hier/kontakt/">x</a><a href="/seite/dort/kontakt/">x</a><a href="/seite/drueben/">x</a>'
    make_page(city, slug="quelle", translation={"body": f"<p>{links}{more}</p>"})
    page = get(client, f"{HERE}/de/quelle/")

    assert links_of(page, r'<a href="([^"]+)">x</a>') == [
        "/de/ziel-hier/",
        f"{THERE}/de/ziel-dort/",
        f"{MAIN}/de/drueben/ziel-drueben/",
        "/de/kontakt/",
        f"{THERE}/de/kontakt/",
        f"{MAIN}/de/drueben/",
    ]


@pytest.mark.parametrize("path", ["", "kontakt/", "hier/kontakt/", "dort/"])
def test_stored_references_lead_on_from_an_own_domain(client, city, path):
    make_city("dort", domain="ki-dort.example")
    homes = {"": f"{MAIN}/de/", "hier/kontakt/": f"{HERE}/de/kontakt/", "dort/": f"{THERE}/de/"}
    status, address = way(client, f"{HERE}/seite/{path}")[-1]

    # „kontakt“ is no city.
    assert (status, address) == ((200, homes[path]) if path in homes else (404, address))


# --- The wall -------------------------------------------------------------------------------------------


@pytest.fixture
def other(city):
    """Another city, with pages and people of which not a word may stand on the domain of the first."""
    other = make_city("dort", domain="ki-dort.example", centre_name=f"{SECRET} Zentrum")
    make_page(other, slug="ihre-seite", translation={"title": f"{SECRET} Titel"})
    other.test_contact = make_contact(other, function=f"{SECRET} Beratung", is_main=True)
    return other


@pytest.mark.parametrize("path", ["/de/", "/de/ihre-seite/", "/de/kontakt/", "/de/suche/?q=Titel", "/de/angebote/"])
def test_nothing_of_another_city_is_on_an_own_domain(client, city, other, path):
    assert (
        SECRET in get(client, THERE + path).content.decode(),
        SECRET in get(client, HERE + path).content.decode(),
    ) == (
        True,
        False,
    )


def test_a_contact_of_another_city_is_not_on_an_own_domain(client, city, other):
    path = f"/de/kontakt/{other.test_contact.pk}/"

    assert [get(client, host + path).status_code for host in (THERE, HERE)] == [200, 404]


def test_a_receipt_of_another_city_is_not_on_an_own_domain(client, city, other):
    make_inquiry(other, receipt_token="beleg2")

    assert [get(client, f"{host}/de/beleg/beleg2/").status_code for host in (THERE, HERE)] == [200, 404]


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("/de/dort/", [f"{HERE}/de/dort/", f"{THERE}/de/"]),
        ("/de/dort/ihre-seite/", [f"{HERE}/de/dort/ihre-seite/", f"{THERE}/de/ihre-seite/"]),
        ("/dort/", [f"{HERE}/dort/", f"{HERE}/de/dort/", f"{THERE}/de/"]),
        ("/de/drueben/kontakt/", [f"{HERE}/de/drueben/kontakt/", f"{MAIN}/de/drueben/kontakt/"]),
        ("/de/hier/kontakt/", [f"{HERE}/de/hier/kontakt/", f"{HERE}/de/kontakt/"]),
        ("/de/hier/", [f"{HERE}/de/hier/", f"{HERE}/de/"]),
    ],
)
def test_addresses_of_other_cities_lead_to_where_they_are_at_home(client, city, other, path, steps):
    make_city("drueben")

    assert [address for _status, address in way(client, HERE + path)] == steps


def test_no_address_leads_in_a_circle(client, city, other):
    """Two cities with a domain each, in every mixture of their names and every host."""
    make_city("drueben")
    words = ["hier", "dort", "drueben", "niemand"]
    paths = [f"/de/{first}/{second}/{third}/" for first in words for second in words for third in ("hier", "x")]
    short = [f"/{first}/{second}/" for first in words for second in words]
    ends = [way(client, host + path)[-1][0] for host in (MAIN, HERE, THERE) for path in (*paths, *short)]

    assert set(ends) <= {200, 404}


def test_what_is_sent_to_nowhere_leads_to_no_other_city(client, city, other):
    assert post(client, f"{HERE}/de/dort/", {}).status_code == 404


@pytest.mark.parametrize("path", ["/hier//evil.example/", "/de/hier//evil.example/", "//evil.example/hier/"])
def test_no_address_leads_away_from_the_known_hosts(client, city, path):
    locations = [get(client, host + path).get("Location", "") for host in (MAIN, HERE)]

    assert [location for location in locations if location and not location.startswith((HERE, MAIN, "/de/"))] == []


# --- Which names are known --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "hier.example.evil.example",
        "evil-hier.example",
        "hier.example@evil.example",
        "hier.example:80@evil.example",
        "hier.example/evil",
        "www.hier.example",
        "hier",
        "",
    ],
)
def test_other_names_are_refused(client, city, host):
    assert client.get("/de/", headers={"host": host}).status_code == 400


def test_a_domain_is_known_as_soon_as_it_is_saved(client, settings):
    settings.SITE_URL = MAIN
    city = make_city("hier")
    before = get(client, f"{HERE}/de/").status_code
    city.domain = "hier.example"
    city.save()

    assert (before, get(client, f"{HERE}/de/").status_code) == (400, 200)


def test_a_domain_is_known_by_its_name_without_a_database(client, city, monkeypatch):
    """As after a restart: the process knows nothing, and only the disk can be read."""
    get(client, f"{HERE}/de/")
    hosts.domains.known = {}
    domains.forget()
    monkeypatch.setattr(City.objects.__class__, "exclude", Mock(side_effect=OperationalError))

    assert hosts.own_domain_called("hier.example") == ("hier", "hier.example")


def test_another_domain_takes_the_place_of_the_former(client, city):
    city.domain = "neu.example"
    city.save()

    assert (get(client, f"{HERE}/de/").status_code, get(client, f"{MAIN}/de/hier/")["Location"]) == (
        400,
        "http://neu.example/de/",
    )


def test_without_its_domain_a_city_is_on_the_main_host_again(client, city):
    city.domain = None
    city.save()

    assert (get(client, f"{HERE}/de/").status_code, way(client, f"{MAIN}/de/hier/")) == (
        400,
        [(200, f"{MAIN}/de/hier/")],
    )


def test_without_the_address_of_the_main_host_there_are_no_own_domains(client, city, settings):
    settings.SITE_URL = ""

    assert (get(client, f"{HERE}/de/").status_code, get(client, f"{MAIN}/de/hier/").status_code) == (400, 200)


def test_an_own_domain_has_the_scheme_and_port_of_the_main_host(client, city, settings):
    settings.SITE_URL = "https://ki.example:8443"

    assert get(client, f"{MAIN}/de/hier/")["Location"] == "https://hier.example:8443/de/"


# --- Forms -------------------------------------------------------------------------------------------------


def message():
    key = fresh_key(timezone.now() - timedelta(minutes=1))
    return {"form_key": key, "website": "", "subject": "Frage", "message": "Wann?", "phone": "0521 1234567"}


def test_a_form_sent_on_an_own_domain_leads_to_its_receipt_there(client, city):
    make_contact(city, is_main=True)
    response = post(client, f"{HERE}/de/anfrage/", message())
    receipt = get(client, HERE + response["Location"])

    assert (response["Location"], receipt.status_code) == (f"/de/beleg/{Inquiry.objects.get().receipt_token}/", 200)


def test_a_form_opened_before_the_city_had_a_domain_is_taken_on_the_main_host(client, city):
    """Otherwise all that was typed would be lost. `form-action` would let no browser follow to another host."""
    response = post(client, f"{MAIN}/de/hier/anfrage/", message())

    assert way(client, MAIN + response["Location"])[0][0] == 200


def test_a_form_from_another_domain_of_the_site_is_refused(client, city):
    response = client.post(
        "/de/anfrage/", message(), headers={"host": "hier.example", "origin": "http://ki-dort.example"}
    )

    assert (response.status_code, Inquiry.objects.count()) == (403, 0)


def test_staff_can_open_the_page_with_a_barrier_on_the_main_host(client, city):
    form = get(client, f"{HERE}/de/barriere-melden/?seite=/de/kontakt/")

    assert 'value="/de/hier/kontakt/"' in form.content.decode()


# --- Entering it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ki-hier.example", "ki-hier.example"),
        (" KI-Hier.Example. ", "ki-hier.example"),
        ("ki-köln.example", "xn--ki-kln-zxa.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("", None),
    ],
)
def test_a_domain_is_stored_as_browsers_send_it(settings, typed, stored):
    settings.SITE_URL = MAIN

    assert make_city(domain=typed).domain == stored


@pytest.mark.parametrize(
    "typed",
    [
        "https://ki-hier.example",
        "ki-hier.example/",
        "ki-hier.example:80",
        "hier",
        "192.0.2.1",
        "a..example",
        "-a.example",
        "*.example",
        "ki hier.example",
        f"{'a' * 64}.example",
        "testserver",
        "ki.example",
    ],
)
def test_what_is_no_domain_for_a_city_is_refused(settings, typed):
    settings.SITE_URL = "https://ki.example"
    with pytest.raises(ValidationError) as refused:
        make_city(domain=typed)

    assert set(refused.value.message_dict) == {"domain"}


def test_no_two_cities_have_the_same_domain(city):
    with pytest.raises(ValidationError) as refused:
        make_city(domain="Hier.example")

    assert refused.value.message_dict == {"domain": ["Diese Domain hat schon eine andere Stadt."]}


def test_a_domain_needs_the_address_of_the_main_host(settings):
    settings.SITE_URL = ""
    with pytest.raises(ValidationError) as refused:
        make_city(domain="hier.example")

    assert refused.value.message_dict == {
        "domain": ["Dafür muss auf dem Server erst die gemeinsame Adresse eingestellt sein (SITE_URL)."]
    }


def save_with_domain(client, user, city, domain):
    client.force_login(user)
    address = reverse("admin:contacts_city_change", args=[city.pk])
    return client.post(address, form_data(client.get(address)) | {"domain": domain})


def test_the_operator_enters_a_domain(client, city):
    save_with_domain(client, User.objects.create_superuser("betrieb"), city, "neu.example")

    assert City.objects.get().domain == "neu.example"


def test_who_leads_a_city_sees_its_domain_and_cannot_change_it(client, city):
    save_with_domain(client, make_user(city, Role.MANAGER), city, "neu.example")

    assert City.objects.get().domain == "hier.example"


def test_who_leads_another_city_does_not_even_see_the_domain(client, city):
    client.force_login(make_user(make_city("dort"), Role.MANAGER))
    response = client.get(reverse("admin:contacts_city_change", args=[city.pk]), follow=True)

    assert "hier.example" not in response.content.decode()
