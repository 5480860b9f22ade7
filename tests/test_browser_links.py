"""Links in texts, from the editor's dialog to the reader's click."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from contacts.models import City, Role
from links.models import ExternalLink
from pages.models import Page
from tests.factories import make_page, make_user


@pytest.fixture
def editor(live_site, new_context):
    """A browser in which an editor of Bielefeld is signed in."""
    client = Client()
    client.force_login(make_user(City.objects.get(slug="bielefeld"), Role.EDITOR))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = new_context(viewport={"width": 1280, "height": 900}, base_url=live_site.url, locale="de-DE")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
    return context.new_page()


def test_link_in_an_arabic_text_leads_to_the_arabic_address_of_a_renamed_page(live_site, new_context):
    target = Page.objects.get(city__slug="bielefeld", slug="schule-und-eltern")
    target.slug = "schule-neu"
    target.save()
    reader = new_context(viewport={"width": 360, "height": 700}, java_script_enabled=False).new_page()
    reader.goto(f"{live_site.url}/ar/bielefeld/neu-in-bielefeld/")
    with reader.expect_response(lambda response: response.request.is_navigation_request()) as answer:
        reader.locator(".rich-text a").first.click()
    assert (answer.value.status, reader.url) == (200, f"{live_site.url}/ar/bielefeld/schule-neu/")
    expect(reader.locator("html")).to_have_attribute("dir", "rtl")


def test_editor_pastes_an_address_and_readers_get_the_page(live_site, editor, new_context):
    page = Page.objects.get(city__slug="bielefeld", slug="vereine")
    target = Page.objects.get(city__slug="bielefeld", slug="neu-in-bielefeld")
    editor.goto(f"/admin/pages/page/{page.pk}/change/")
    editor.get_by_role("textbox", name="Text", exact=True).press("Control+a")
    editor.get_by_role("button", name="Link einfügen").click()
    address = editor.get_by_role("dialog", name="Link").get_by_label("Adresse aus dem Browser")
    expect(address).to_have_attribute("list", "link-targets")
    choices = editor.locator("#link-targets option").evaluate_all("options => options.map(option => option.value)")
    assert {"/de/bielefeld/neu-in-bielefeld/", "/de/bielefeld/kontakt/"} <= set(choices)
    address.fill(f"{live_site.url}/tr/bielefeld/neu-in-bielefeld/")
    editor.get_by_role("button", name="Übernehmen").click()
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(editor.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    assert f'href="/seite/{target.pk}/"' in page.translations.get(language="de").body
    link = editor.get_by_role("textbox", name="Text", exact=True).locator("a").first
    expect(link).to_have_attribute("href", "/de/bielefeld/neu-in-bielefeld/")
    reader = new_context(java_script_enabled=False).new_page()
    reader.goto(f"{live_site.url}/de/bielefeld/vereine/")
    expect(reader.locator(".rich-text a").first).to_have_attribute("href", "/de/bielefeld/neu-in-bielefeld/")


def test_editor_replaces_a_link_that_moved(live_site, editor):
    city = City.objects.get(slug="bielefeld")
    page = make_page(
        city, translation={"title": "Seite mit Link", "body": '<p><a href="https://alt.example/">hier</a></p>'}
    )
    ExternalLink.objects.create(
        city=city,
        url="https://alt.example/",
        answer="moved",
        detail="200",
        moved_to="https://neu.example/",
        failures=3,
        checked_on="2026-11-30",
        failing_since="2026-11-27",
    )
    editor.goto("/admin/links/externallink/")
    editor.get_by_role("button", name=re.compile("In den Entwürfen ersetzen")).click()
    expect(
        editor.get_by_text("Bitte veröffentlichen Sie noch diese Texte: „Seite mit Link“ (Deutsch).")
    ).to_be_visible()
    assert 'href="https://neu.example/"' in page.translations.get().body
