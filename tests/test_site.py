"""The public site as a whole: what visitors read, what it costs, what it never does."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from contacts.models import City, Contact, Funder, OpeningHours
from pages.models import Page, PageTranslation
from tests.factories import make_city, make_contact, make_focus_area, make_location, make_page, make_translation

LANGUAGES = [tag for tag, _name in settings.LANGUAGES]

DEMO = Path(settings.BASE_DIR) / "demo"
LISTS = ["angebote/", "foerderung/", "termine/", "aktuelles/", "kontakt/", "suche/", "suche/?q=schule", "daten/"]
LEGAL = ["impressum/", "datenschutz/", "barrierefreiheit/", "leichte-sprache/", "gebaerdensprache/"]
FORMS = ["anfrage/", "hilfe/", "barriere-melden/"]


def demo_pages(city):
    """Every address of a demo city below its own: its pages and its lists."""
    pages = tomllib.loads((DEMO / city / "city.toml").read_text(encoding="utf-8"))["pages"]
    return ["", *(f"{page['slug']}/" for page in pages if page.get("kind") != "home"), *LISTS, *LEGAL, *FORMS]


DEMO_PATHS = [
    "",
    "suche/?q=schule",
    *(f"{city}/{page}" for city in ("bielefeld", "bochum") for page in demo_pages(city)),
]
DEMO_PATHS += ["?ort=33602", "bielefeld/schulberatung/blatt/", "bielefeld/sprachmittlung-anfragen/"]


def words(response):
    """The text of a page as it is read: without tags, white space folded."""
    html = re.sub(r'<a class="word"[^>]*>(.*?)</a>', r"\1", response.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" .", ".").replace("&amp;", "&")


# --- Facts ------------------------------------------------------------------------------------------------


FACTS = {
    "bielefeld/wer-wir-sind/": [
        "Was wir wollen und wer wir sind",
        "Teilhabe- und Integrationsgesetz",
        "Nordrhein-Westfalen",
        "Die Kommunalen Integrationszentren",
        "Wir informieren, unterstützen, begleiten und vernetzen",
        "„Diversität, Partizipation und Integration“",
        "Diversität, Mehrsprachigkeit und interkulturelle Kompetenz",
        "Förderung der Integration, Teilhabe und des Zusammenlebens in Vielfalt",
        "freie",
        "Migrantenorganisationen",
        "Diskriminierung",
        "Erhöhung der Bildungschancen von Kindern und Jugendlichen mit Zuwanderungsgeschichte",
        "Bildungseinrichtungen",
        "interkulturellen Öffnung",
        "(Neu)Zuwander*innen",
        "Eltern",
        "Sprachkompetenz",
        "Schwerpunktziele in den Bereichen Bildung und Integration als Querschnittsaufgabe",
        "Demokratie",
        "rassismussensibel",
        "wertschätzend",
        "Kooperationspartner*innen",
        "Ausgrenzung und Rassismus",
        "weitere zwei Jahre",
        "Förderung der Kommunalen Integrationszentren",
        "Ministerium für Schule und Bildung",
        "(MSB)",
        "Ministerium für Kinder, Jugend, Familie, Gleichstellung, Flucht und Integration",
        "(MKJFGFI)",
        "(05 21) 51-37 89",
    ],
    "bielefeld/kontakt/": [
        "Stadt Bielefeld",
        "Kommunales Integrationszentrum",
        "– 170 –",
        "Neues Rathaus",
        "Niederwall 23",
        "33602 Bielefeld",
        "(05 21) 51-37 89",
        "(05 21) 51-61 83",
    ],
    "bochum/kommunales-integrationszentrum/": [
        "Kommunales Integrationszentrum",
        "Chancengleichheit",
        "„Integration durch Bildung“",
        "„Integration als kommunale Querschnittsaufgabe“",
        "Transparenz",
        "Unsere Aufgaben im Detail",
        "Koordination",
        "Vernetzung",
        "Bildungschancen",
        "Schul- und Bildungssystem",
        "Bochumer Stadtverwaltung",
        "Schule ohne Rassismus – Schule mit Courage",
        "„Farbe bekennen“",
        "„Demokratie leben!“",
        "Rechtsextremismus, Gewalt und Menschenfeindlichkeit",
        "KOMM AN",
        "Geschäftsführung des Integrationsrates",
        "Wir stellen uns vor",
        "Bildung, Kultur und Sport",
        "Vielfalt in Bochum",
        "Integration durch Bildung",
        "Integration als Querschnittsaufgabe",
        "Bochumer Bildungslandschaft",
        "politisch",
        "interkulturelle",
    ],
}


@pytest.mark.parametrize("path", FACTS)
def test_page_has_every_fact(client, demo, path):
    text = words(client.get(f"/de/{path}"))
    assert [fact for fact in FACTS[path] if fact not in text] == []


def test_numbers_and_mail_can_be_used_at_once(client, demo):
    page = client.get("/de/bielefeld/kontakt/").text
    assert 'href="tel:+49521513789"' in page
    assert 'href="mailto:komm.integrationszentrum@bielefeld.de"' in page


def test_mission_page_numbers_the_focus_areas_and_their_points(client, demo):
    page = client.get("/de/bielefeld/wer-wir-sind/").text
    areas = re.split(r"<h3", page)[1:3]
    assert [len(re.findall(r"<li>", area.split("</ul>")[0])) for area in areas] == [3, 5]
    assert (
        page.index("Unser Auftrag") < page.index("Unsere Arbeitsschwerpunkte") < page.index("Schwerpunktziele in den")
    )


@pytest.mark.django_db
def test_name_of_the_integration_committee_is_changed_in_one_place(client):
    city = make_city("hier", integration_committee="Integrationsrat")
    make_page(city, kind=Page.Kind.MISSION, slug="ueber-uns")
    assert "Integrationsrat" in words(client.get("/ar/hier/ueber-uns/"))
    City.objects.filter(pk=city.pk).update(integration_committee="")
    assert "Politisches Gremium" not in words(client.get("/de/hier/ueber-uns/"))


# --- Addresses --------------------------------------------------------------------------------------------


@pytest.mark.either_database
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_demo_answers_in_every_language(client, demo, language):
    answers = {path: client.get(f"/{language}/{path}").status_code for path in DEMO_PATHS}
    assert answers == dict.fromkeys(DEMO_PATHS, 200)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ar,en;q=0.5", "ar"),
        ("tr-TR,tr;q=0.9", "tr"),
        ("fi", "de"),
        ("", "de"),
        ("*", "de"),
        ("uk;q=0.8,ru;q=0.9", "ru"),
        ("fi,mk;q=0.9,so;q=0.8", "so"),
        # What browsers call Dari, both Kurdish languages and Serbian.
        ("fa-AF", "prs"),
        ("ku-TR", "kmr"),
        ("ku-Arab-IQ", "ckb"),
        ("sr-Cyrl-RS", "sr-Latn"),
        ("sr-Latn-BA", "sr-Latn"),
    ],
)
def test_bare_address_chooses_the_readers_language(client, header, language):
    response = client.get("/", headers={"Accept-Language": header})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert response["Vary"] == "Accept-Language"


@pytest.mark.django_db
def test_portal_names_all_54_centres_and_links_those_with_a_site(client):
    call_command("load_centres", verbosity=0)
    City.objects.filter(slug="bielefeld").update(is_public=True)
    page = client.get("/de/").text
    assert [name for name in City.objects.values_list("name", flat=True) if name not in page] == []
    # Besides them, the search over all sites.
    assert set(re.findall(r'href="/de/([a-z-]+)/"', page)) == {"bielefeld", "suche"}
    assert [region for region in City.GovernmentRegion.labels if f"Regierungsbezirk {region}" not in page] == []


@pytest.mark.django_db
def test_pages_of_no_city_link_the_legal_pages_of_who_runs_the_installation(client, settings):
    def links():
        footer = client.get("/tr/").text.partition("<footer")[2]
        return [address for address in re.findall(r'href="([^"]+)"', footer) if address != "/tr/"]

    assert links() == []
    pages = {kind: f"https://www.example.org/{kind}" for kind in ("imprint", "privacy", "accessibility")}
    settings.OPERATOR_PAGES = pages
    assert links() == list(pages.values())


@pytest.mark.django_db
def test_city_that_is_not_public_is_not_found(client):
    city = make_city(is_public=False)
    make_page(city, slug="start", kind=Page.Kind.HOME)
    assert client.get(f"/de/{city.slug}/").status_code == 404
    assert client.get(f"/de/{city.slug}/start/").status_code == 404


@pytest.mark.django_db
def test_start_page_has_one_address(client):
    city = make_city()
    make_page(city, slug="start", kind=Page.Kind.HOME)
    response = client.get(f"/ar/{city.slug}/start/")
    assert (response.status_code, response["Location"]) == (301, f"/ar/{city.slug}/")


@pytest.mark.django_db
def test_renamed_page_redirects_for_ever_and_in_every_language(client):
    page = make_page(make_city("hier"), slug="alt")
    for slug in ("mitte", "neu"):
        page.slug = slug
        page.save()
    for old in ("alt", "mitte"):
        response = client.get(f"/ar/hier/{old}/")
        assert (response.status_code, response["Location"]) == (301, "/ar/hier/neu/")
    assert client.get("/de/hier/neu/").status_code == 200


@pytest.mark.django_db
def test_page_renamed_back_has_its_first_address_again(client):
    page = make_page(make_city("hier"), slug="alt")
    for slug in ("neu", "alt"):
        page.slug = slug
        page.save()
    assert client.get("/de/hier/alt/").status_code == 200
    assert client.get("/de/hier/neu/")["Location"] == "/de/hier/alt/"


@pytest.mark.django_db
def test_withdrawn_page_is_gone_and_names_its_successor(client):
    city = make_city("hier")
    successor = make_page(city, slug="neu", translation={"title": "Die neue Seite"})
    page = make_page(city, slug="alt", successor=successor)
    assert client.get("/de/hier/alt/").status_code == 200
    page.unpublish(None)
    response = client.get("/de/hier/alt/")
    assert response.status_code == 410
    assert '<a href="/de/hier/neu/"' in response.text
    assert "Die neue Seite" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["entwurf/", "gibt-es-nicht/", "gibt-es-nicht/auch-nicht/"])
def test_unknown_page_helps_with_the_citys_menu_and_phone(client, path):
    city = make_city("hier")
    make_page(city, slug="entwurf", published=False)
    make_page(city, slug="beratung", translation={"title": "Beratung hier"})
    make_contact(city, is_main=True, phone="030 23125 001")
    response = client.get(f"/de/hier/{path}")
    assert response.status_code == 404
    for help_ in ("Diese Seite gibt es nicht", "Beratung hier", 'href="tel:+493023125001"', 'href="/de/hier/kontakt/"'):
        assert help_ in response.text


@pytest.mark.django_db
def test_unknown_page_speaks_the_readers_language(client):
    page = client.get("/ar/nirgendwo/").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "Diese Seite gibt es nicht" not in page


@pytest.mark.django_db
def test_redirects_of_renamed_pages_are_asked_again_each_time(client):
    page = make_page(make_city("hier"), slug="alt")
    page.slug = "neu"
    page.save()
    assert client.get("/de/hier/alt/")["Cache-Control"] == "no-cache"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/mk/hier/", "/gsg/hier/seite/", "/sr/"])
def test_languages_without_an_interface_are_not_found(client, path):
    make_page(make_city("hier"), slug="seite")
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_page_without_public_german_text_is_in_no_language(client):
    page = make_page(make_city("hier"), slug="seite", published=False)
    make_translation(page, "ar")
    assert client.get("/ar/hier/seite/").status_code == 404
    source = page.translations.get(language="de")
    source.publish(by=None)
    assert client.get("/ar/hier/seite/").status_code == 200
    source.unpublish(None)
    assert [client.get(f"/{language}/hier/seite/").status_code for language in ("de", "ar", "tr")] == [410] * 3


@pytest.mark.django_db
def test_language_that_the_city_switched_off_shows_german(client):
    city = make_city("hier", languages=["de", "ar"])
    make_translation(make_page(city, slug="seite", translation={"title": "Deutsch"}), "ar", title="Arabischer Titel")
    assert "Arabischer Titel" in client.get("/ar/hier/seite/").text
    city.languages.filter(language="ar").delete()
    page = client.get("/ar/hier/seite/").text
    assert ("Arabischer Titel" in page, "Deutsch" in page) == (False, True)


@pytest.mark.django_db
def test_focus_area_leaves_overviews_when_its_time_is_over(client):
    city = make_city("hier")
    mission = make_page(city, kind=Page.Kind.MISSION, slug="ueber-uns")
    yesterday = timezone.localdate() - timedelta(days=1)
    over = {"title": "Vorbei", "situation": "Anliegen vorbei"}
    make_focus_area(city, parent=mission, slug="vorbei", valid_until=yesterday, translation=over)
    make_focus_area(city, parent=mission, slug="jetzt", number=0, translation={"title": "Jetzt"})
    for path in ("", "ueber-uns/"):
        page = client.get(f"/de/hier/{path}").text
        assert ("Vorbei" in page, "vorbei" in page, "Jetzt" in page) == (False, False, True)
    assert client.get("/de/hier/vorbei/").status_code == 200


# --- Languages --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_missing_translation_shows_german_marked_as_german_under_a_notice(client):
    make_page(
        make_city("hier"), slug="nur-deutsch", translation={"title": "Nur Deutsch", "body": "<p>Deutscher Text.</p>"}
    )
    page = client.get("/ar/hier/nur-deutsch/").text
    assert '<html lang="ar" dir="rtl">' in page
    assert re.search(r'<h1 lang="de" dir="ltr">\s*Nur Deutsch', page)
    assert re.search(r'<div class="rich-text" lang="de" dir="ltr">\s*<p>Deutscher Text.</p>', page)
    notice = page[page.index('class="notice') : page.index('class="rich-text"')]
    assert "هذه الصفحة غير متوفرة بهذه اللغة حتى الآن" in notice
    assert "Diese Seite" not in notice


@pytest.mark.django_db
def test_outdated_translation_says_so_and_shows_the_newer_german_blocks(client):
    page = make_page(make_city("hier"), slug="seite", translation={"body": "<p>Eins.</p><p>Zwei.</p>"})
    source = page.translations.get()
    digests = source.revisions.get().digests
    make_translation(page, "ar", title="عنوان", body="<p>واحد</p>", source_digests=digests)
    assert "Drei." not in client.get("/ar/hier/seite/").text

    source.refresh_from_db()
    source.body = "<p>Eins.</p><p>Drei.</p><p>Zwei.</p>"
    source.save()
    source.publish(by=None)
    text = client.get("/ar/hier/seite/").text
    assert "<p>واحد</p>" in text
    assert re.search(r'<div class="rich-text" lang="de" dir="ltr">\s*<p>Drei.</p>', text)
    assert "<p>Eins.</p>" not in text


@pytest.mark.django_db
def test_outdated_translation_shows_the_newer_german_steps(client):
    page = make_page(make_city("hier"), slug="seite", translation={"steps": "Anrufen.", "bring": "Pass"})
    source = page.translations.get()
    make_translation(page, "ar", source_digests=source.revisions.get().digests, steps="اتصلوا.")
    source.steps = "Anrufen.\nKommen."
    source.save()
    source.publish(by=None)
    newer = client.get("/ar/hier/seite/").text.partition('class="newer"')[2].partition("</section>")[0]
    assert re.findall(r'<p lang="de" dir="ltr">(.*?)</p>', newer) == ["Anrufen.<br>Kommen."]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("de-simple", "ltr"), ("ar", "rtl"), ("uk", "ltr")])
def test_page_says_its_language_and_direction(client, language, direction):
    make_city("hier")
    assert f'<html lang="{language}" dir="{direction}">' in client.get(f"/{language}/hier/").text


@pytest.mark.django_db
def test_planned_text_appears_at_its_instant_without_a_job(client):
    page = make_page(make_city("hier"), slug="seite", translation={"title": "Alt"})
    text = page.translations.get()
    instant = timezone.now() + timedelta(days=1)
    PageTranslation.objects.filter(pk=text.pk).update(title="Neu")
    text.publish(by=None, at=instant)
    for moment, title in [(instant - timedelta(seconds=1), "Alt"), (instant, "Neu")]:
        with time_machine.travel(moment, tick=False):
            assert re.search(r"<h1[^>]*>\s*(\w+)", client.get("/de/hier/seite/").text)[1] == title


# --- Contacts ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-03-03T10:00:00+01:00", "Jetzt geöffnet bis 16:00 Uhr"),
        ("2026-03-03T08:59:59+01:00", "Öffnet heute um 09:00 Uhr"),
        ("2026-03-02T20:00:00+01:00", "Öffnet morgen um 09:00 Uhr"),
        ("2026-03-04T10:00:00+01:00", "Öffnet am Dienstag um 09:00 Uhr"),
    ],
)
def test_contact_says_whether_it_is_open_now(client, moment, sentence):
    city = make_city("hier")
    contact = make_contact(city, is_main=True, location=make_location(city))
    OpeningHours.objects.create(contact=contact, weekday=1, opens="09:00", closes="16:00")
    with time_machine.travel(moment, tick=False):
        assert sentence in words(client.get("/de/hier/"))


@pytest.mark.django_db
def test_name_of_a_person_is_shown_only_where_wanted(client):
    city = make_city("hier")
    make_contact(city, name="Person Eins", show_name=True)
    make_contact(city, name="Person Zwei")
    page = client.get("/de/hier/kontakt/").text
    assert ("Person Eins" in page, "Person Zwei" in page) == (True, False)


@pytest.mark.django_db
def test_city_without_contact_and_pages_has_a_kind_start_page(client):
    make_city("hier")
    response = client.get("/de/hier/")
    assert response.status_code == 200
    assert "Kommunales Integrationszentrum Hier" in response.text
    assert "Das Zentrum trägt hier bald seine Telefonnummer und seine Adresse ein." in response.text


# --- What it costs ----------------------------------------------------------------------------------------


def fill_city(city, number):
    for kind in (Page.Kind.HOME, Page.Kind.MISSION):
        make_page(city, kind=kind, slug=kind.value, translation={"situation": "Anliegen"})
    for index in range(number):
        make_contact(city, is_main=index == 0, location=make_location(city))
        Funder.objects.create(city=city, name="Land")
        page = make_page(city, translation={"situation": "Anliegen"})
        make_translation(page, "ar")
        page.contacts.set(Contact.objects.for_city(city))
        page.funders.set(Funder.objects.for_city(city))
        make_focus_area(city, parent=page)
    return page


@pytest.mark.django_db
@pytest.mark.parametrize("cities", [1, 54])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_public_pages_take_a_small_constant_number_of_queries(
    client, django_assert_num_queries, cities, number, language
):
    if cities == 54:
        call_command("load_centres", verbosity=0)
    page = fill_city(make_city("hier"), number)
    for queries, path in [
        (6, "hier/"),
        (6, "hier/mission/"),
        (5, f"hier/{page.slug}/"),
        (6, f"hier/{page.children.last().slug}/"),
        (6, "hier/kontakt/"),
        (1, ""),
    ]:
        with django_assert_num_queries(queries, info=path):
            assert client.get(f"/{language}/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["", "bielefeld/", "bielefeld/kontakt/", "bielefeld/angebote/", "bielefeld/foerderung/", "bielefeld/termine/"],
)
def test_search_engines_are_told_what_a_page_is_about(client, demo, path):
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', client.get(f"/de/{path}").text)
    assert len(description) > 30


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "?ort=33602",
        "bielefeld/",
        "bielefeld/wer-wir-sind/",
        "bielefeld/erste-schritte/",
        "bielefeld/woerterbuch/",
        "bielefeld/schulberatung/",
        "bielefeld/kontakt/",
        "bielefeld/angebote/",
        "bielefeld/foerderung/",
        "bielefeld/termine/",
        "bielefeld/suche/?q=schule",
        "bielefeld/impressum/",
        "bielefeld/barrierefreiheit/",
        "bielefeld/leichte-sprache/",
        "bielefeld/hilfe/",
    ],
)
def test_first_view_arrives_in_one_round_trip(client, demo, hashed_static, language, path):
    """HTML and the style sheets of the screen, compressed as the server does: 14,600 bytes at most.

    No browser waits for the sheet of the printer before it shows the page.
    """
    page = client.get(f"/{language}/{path}", headers={"Accept-Encoding": "br"})
    assert page["Content-Encoding"] == "br"
    html = brotli.decompress(page.content).decode()
    total = len(page.content)
    for sheet in re.findall(r'<link rel="stylesheet" href="([^"]+)">', html):
        response = client.get(sheet, headers={"Accept-Encoding": "br"})
        total += len(b"".join(response) if response.streaming else response.content)
    # Data for search engines, which no browser runs.
    assert set(re.findall(r"<script[^>]*>", html)) <= {'<script type="application/ld+json">'}
    assert total <= 14_600


# --- What it never does -----------------------------------------------------------------------------------


def test_no_public_page_sets_a_cookie_or_reads_one(demo):
    for path in ["/", "/akzent/2044aa.css", "/de/bielefeld/gibt-es-nicht/", *(f"/ar/{path}" for path in DEMO_PATHS)]:
        response = Client().get(path)
        assert not response.cookies, path
        assert "Cookie" not in response.get("Vary", ""), path


def test_every_page_is_guarded_by_headers(client, demo):
    for path in ["/de/bielefeld/", "/de/bielefeld/gibt-es-nicht/", "/admin/login/"]:
        headers = client.get(path).headers
        assert sorted(headers["Content-Security-Policy"].split("; ")) == [
            "base-uri 'none'",
            "connect-src 'self'",
            "default-src 'none'",
            "font-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "img-src 'self'",
            "media-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
        ]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Permissions-Policy"].startswith("camera=(), geolocation=()")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br", "br"), ("gzip, br", "br"), ("gzip, br;q=0", "gzip"), ("gzip;q=0", None), ("", None), ("BR;q=0.5", "br")],
)
def test_pages_are_compressed_as_the_browser_wants(client, demo, accepted, encoding):
    response = client.get("/de/", headers={"Accept-Encoding": accepted})
    assert response.get("Content-Encoding") == encoding
    assert response["Vary"] == "Accept-Encoding"


def test_https_is_demanded_in_real_use(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60
    assert client.get("/de/")["Location"] == "https://testserver/de/"


def test_unknown_host_gets_a_plain_answer(client):
    response = client.get("/de/", headers={"Host": "evil.example.org"})
    assert response.status_code == 400
    assert "evil" not in response.text


def test_forged_form_gets_a_plain_answer():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "Das ist hier nicht erlaubt" in response.text


@pytest.mark.parametrize("path", ["/de/", "/ar/bielefeld/", "/tr/bielefeld/kontakt/"])
def test_without_database_there_is_a_page_that_says_so(path, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    client = Client(raise_request_exception=False)
    response = client.get(path)
    assert response.status_code == 500
    assert f'<html lang="{path.split("/")[1]}"' in response.text
    assert "gone" not in response.text
