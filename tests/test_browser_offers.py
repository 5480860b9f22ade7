"""Offers and calls in a real browser: the way of a newcomer to the phone, and the choices without JavaScript."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from contacts.models import City, Role
from tests.factories import make_user

PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
PATHS = [
    "angebote/",
    "angebote/?thema=schule&zielgruppe=parents",
    "angebote/?thema=dolmetschen&zielgruppe=press",
    "schulberatung/",
    "beispiel-sprachmittlung/",
    "beispiel-deutsch-in-den-ferien/",
    "foerderung/",
    "beispiel-projektgeld/",
    "beispiel-aktionswoche/",
]


@pytest.mark.either_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["360", "1280"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_offers_and_calls_are_accessible_and_fit(live_site, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    for path in PATHS:
        page.goto(f"{live_site.url}/{language}/bielefeld/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_newcomer_finds_the_number_to_call_in_arabic_on_a_phone(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False, locale="ar").new_page()
    page.goto(f"{live_site.url}/ar/")
    page.locator("input[name=ort]").fill("33602")
    page.locator(".place-form button").click()
    page.locator('main a[href="/ar/bielefeld/"]').first.click()
    page.get_by_role("link", name="أريد أن يذهب طفلي إلى المدرسة").click()
    assert page.url == f"{live_site.url}/ar/bielefeld/schulberatung/"
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    call = page.locator(".call-button .phone")
    expect(call).to_be_in_viewport()
    expect(call).to_have_attribute("href", "tel:+49521513789")
    expect(page.locator("ol.steps li")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_choices_narrow_the_list_without_javascript(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/angebote/")
    page.get_by_label("Worum geht es?").select_option("kita")
    page.get_by_role("button", name="Zeigen").click()
    expect(page.locator(".offer-card")).to_have_count(1)
    assert re.search(r"[?&]thema=kita\b", page.url)
    page.get_by_role("link", name="Alles zeigen").click()
    expect(page.locator(".offer-card")).to_have_count(11)


def test_empty_result_leads_to_the_phone(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/angebote/?thema=arbeit&zielgruppe=press")
    expect(page.get_by_text("Dazu haben wir nichts gefunden.")).to_be_visible()
    expect(page.locator('main a[href="tel:+49521513789"]').first).to_be_visible()


def test_editor_adopts_a_standard_offer_and_publishes_it(live_site, new_context):
    client = Client()
    client.force_login(make_user(City.objects.get(slug="bielefeld"), Role.EDITOR))
    context = new_context(viewport=WIDE, base_url=live_site.url, locale="de-DE")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
    page, visitor = context.new_page(), new_context(java_script_enabled=False).new_page()
    public_address = f"{live_site.url}/de/bielefeld/griffbereit/"

    page.goto("/admin/offers/offer/")
    page.get_by_role("link", name="Aus dem Katalog").click()
    page.get_by_role("button", name=re.compile("Übernehmen.*Griffbereit: Eltern")).click()
    expect(page.get_by_text("Prüfen Sie, bevor Sie veröffentlichen")).to_be_visible()
    assert visitor.goto(public_address).status == 404

    page.get_by_label("Überschrift").fill("Griffbereit in Bielefeld")
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    visitor.goto(public_address)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Griffbereit in Bielefeld")
    expect(visitor.locator("ol.steps li")).to_have_count(3)
