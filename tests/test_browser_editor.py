"""An editor's day in a real browser: sign in, change, look, publish, plan; and the wall to the other city."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Role
from pages.models import FocusArea, Page
from tests.factories import make_user


@pytest.fixture
def sign_in(live_site, page):
    """Signs in through the form as somebody new with a role in a city."""

    def sign_in(city_slug, role, **fields):
        make_user(City.objects.get(slug=city_slug), role, username="person", password="sehr-geheimes-wort", **fields)
        page.goto(f"{live_site.url}/admin/")
        page.get_by_label("Benutzername").fill("person")
        page.get_by_label("Passwort").fill("sehr-geheimes-wort")
        page.get_by_role("button", name="Anmelden", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Übersicht")

    return sign_in


def write(page, text):
    """Puts a paragraph at the end of the rich text."""
    editor = page.locator(".tiptap.ProseMirror")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type(text)


def test_editor_changes_previews_and_publishes_a_focus_area(live_site, page, new_context, sign_in):
    sign_in("bielefeld", Role.EDITOR)
    visitor = new_context(java_script_enabled=False).new_page()
    public_address = f"{live_site.url}/de/bielefeld/bildungschancen/"

    page.get_by_role("link", name="Arbeitsschwerpunkte", exact=True).click()
    page.get_by_role("link", name=re.compile("Erhöhung der Bildungschancen")).click()
    write(page, "Neu: Wir beraten auch am Samstag.")

    page.get_by_role("button", name="Vorschau").click()
    expect(page.get_by_text("So wird die Seite aussehen.")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Wir beraten auch am Samstag.")).to_be_visible()
    visitor.goto(public_address)
    expect(visitor.get_by_text("Wir beraten auch am Samstag.")).to_have_count(0)

    page.get_by_role("link", name="Zurück zum Bearbeiten").click()
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    visitor.goto(public_address)
    expect(visitor.get_by_text("Wir beraten auch am Samstag.")).to_be_visible()


def test_planned_change_appears_at_its_instant_without_any_job(live_site, page, client, sign_in):
    sign_in("bielefeld", Role.EDITOR)
    area = FocusArea.objects.get(city__slug="bielefeld", slug="bildungschancen")
    page.goto(f"{live_site.url}/admin/pages/focusarea/{area.pk}/change/")
    page.get_by_label("Überschrift").fill("Bildung ab Montag")
    instant = (timezone.localtime() + timedelta(days=2)).replace(second=0, microsecond=0)
    page.get_by_label("Veröffentlichen am").fill(instant.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("von selbst öffentlich.").first).to_be_visible()

    for moment, title in [
        (instant - timedelta(seconds=1), "Erhöhung der Bildungschancen"),
        (instant, "Bildung ab Montag"),
    ]:
        with time_machine.travel(moment, tick=False):
            response = client.get("/de/bielefeld/bildungschancen/")
        assert re.search(r"<h1[^>]*>\s*(.*?)\s*(von Kindern.*)?</h1>", response.text)[1] == title


def test_editor_cannot_reach_the_other_city(live_site, page, sign_in, watch):
    sign_in("bielefeld", Role.EDITOR)
    stranger = Page.objects.get(city__slug="bochum", slug="start")
    page.goto(f"{live_site.url}/admin/pages/page/")
    expect(page.get_by_text("Bochum")).to_have_count(0)
    page.goto(f"{live_site.url}/admin/pages/page/{stranger.pk}/change/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Übersicht")
    answer = page.goto(f"{live_site.url}/admin/pages/page/{stranger.pk}/unpublish/")
    assert answer.status == 404


def test_new_page_is_made_from_nothing_but_words(live_site, page, new_context, sign_in):
    sign_in("bochum", Role.EDITOR)
    page.goto(f"{live_site.url}/admin/pages/page/add/")
    page.get_by_label("Überschrift").fill("Öffentliches Frühstück")
    page.get_by_label("Kurz gesagt").fill("Wir frühstücken zusammen.")
    write(page, "Kommen Sie vorbei.")
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    visitor = new_context().new_page()
    visitor.goto(f"{live_site.url}/ar/bochum/oeffentliches-fruehstueck/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Öffentliches Frühstück")


def test_translator_writes_arabic_beside_german(live_site, page, sign_in):
    sign_in("bielefeld", Role.TRANSLATOR, languages=["ar"])
    node = Page.objects.get(city__slug="bielefeld", slug="vereine")
    page.goto(f"{live_site.url}/admin/pages/pagetranslation/add/?page={node.pk}&language=ar")
    expect(page.locator(".translation-source").first).to_contain_text("Migrantenorganisationen")
    page.get_by_label("Überschrift").fill("للجمعيات")
    first = page.get_by_label("2. Absatz")
    first.fill("نص عربي")
    expect(first).to_have_css("direction", "rtl")
    expect(page.get_by_role("button", name="Veröffentlichen", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.get_by_text("Der Entwurf ist gespeichert.")).to_be_visible()
    text = node.translations.get(language="ar")
    assert (text.title, "نص عربي" in text.body, text.revisions.exists()) == ("للجمعيات", True, False)


def test_second_editor_in_the_browser_keeps_the_own_words(live_site, page, sign_in):
    sign_in("bielefeld", Role.EDITOR, first_name="Kim", last_name="Muster")
    node = Page.objects.get(city__slug="bielefeld", slug="vereine")
    address = f"{live_site.url}/admin/pages/page/{node.pk}/change/"
    page.goto(address)
    other_window = page.context.new_page()
    other_window.goto(address)
    other_window.get_by_label("Überschrift").fill("Vom ersten Fenster")
    other_window.get_by_role("button", name="Entwurf speichern").click()

    page.get_by_label("Überschrift").fill("Vom zweiten Fenster")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.get_by_text("Kim Muster hat diesen Text um")).to_be_visible()
    expect(page.get_by_role("region", name="Der andere Text (schon gespeichert)")).to_contain_text("Vom ersten Fenster")
    expect(page.get_by_label("Überschrift")).to_have_value("Vom zweiten Fenster")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.get_by_text("Der Entwurf ist gespeichert.")).to_be_visible()
    assert node.translations.get(language="de").title == "Vom zweiten Fenster"
