"""A file goes to the agency and comes back, in a browser."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from contacts.models import City, Role
from pages.models import Page
from tests.exchange.agency import translated, translated_throughout
from tests.factories import make_user


@pytest.fixture
def city(live_site):
    return City.objects.get(slug="bielefeld")


@pytest.fixture
def editors_page(live_site, city, new_context):
    def editors_page(width, theme):
        context = new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, base_url=live_site.url, locale="de-DE"
        )
        client = Client()
        client.force_login(make_user(city, Role.EDITOR))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        return context.new_page()

    return editors_page


def upload(page, data):
    page.get_by_label("Datei vom Übersetzungsbüro").set_input_files(
        {"name": "zurück.xlf", "mimeType": "application/x-xliff+xml", "buffer": data}
    )
    page.get_by_role("button", name="Datei prüfen").click()


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (1280, "dark")])
def test_file_goes_out_and_comes_back_as_draft(city, editors_page, axe, width, theme):
    def check():
        axe(page, preload=False, rules={"target-size": {"enabled": True}})
        assert page.evaluate("document.documentElement.scrollWidth") == width

    advice = Page.objects.get(city=city, slug="schulberatung")
    page = editors_page(width, theme)
    page.goto(f"/admin/exchange/agencypage/?language=ar&page={advice.pk}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Datei für Arabisch herunterladen").click()
    data = download.value.path().read_bytes()

    page.goto("/admin/exchange/agencypage/einlesen/?language=ar")
    upload(page, b"<!DOCTYPE a><a/>")
    expect(page.get_by_text("Die Datei enthält einen DOCTYPE.")).to_be_visible()
    check()
    upload(page, translated(translated_throughout(data, "جديد"), title="&lt;b&gt;"))
    expect(page.get_by_text("Noch ist nichts gespeichert.")).to_be_visible()
    expect(page.get_by_text("Im Text stehen HTML-Befehle.")).to_be_visible()
    check()
    page.get_by_role("button", name="Als Entwurf speichern").click()
    expect(page.get_by_text("Ein Text ist als Entwurf gespeichert.")).to_be_visible()
    check()
    draft = advice.translations.get(language="ar")
    assert draft.summary.startswith("جديد ")
    assert not draft.revisions.live().get().summary.startswith("جديد ")
