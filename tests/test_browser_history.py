"""Looking back and comparing in a real browser."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Contact, Role
from history.models import FormerRow
from pages.models import Page, PageRevision, PageTranslation
from tests.factories import make_translation, make_user

FORMER, PRESENT = "030 23125 071", "030 23125 072"


@pytest.fixture
def bielefeld(live_site):
    return City.objects.get(slug="bielefeld")


@pytest.fixture
def open_admin(live_site, bielefeld, new_context):
    def open_admin(width=1280, theme="light"):
        client = Client()
        client.force_login(make_user(bielefeld, Role.EDITOR, first_name="Kim", last_name="Muster"))
        context = new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, base_url=live_site.url, locale="de-DE"
        )
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        return context.new_page()

    return open_admin


@pytest.fixture
def associations(bielefeld):
    """A page with a contact whose number changed three days ago; everything else is a week old."""
    node = Page.objects.get(city=bielefeld, slug="vereine")
    contact = Contact.objects.for_city(bielefeld).filter(pages=node).first()
    contact = contact or Contact.objects.for_city(bielefeld).get(is_main=True)
    number(contact, FORMER)
    make_translation(node, "ar", title="للجمعيات", summary="باختصار.", body="<p>نص عربي.</p>")
    week = timezone.now() - timedelta(days=7)
    FormerRow.objects.update(until=week)
    PageRevision.objects.filter(visible_until=None).update(visible_from=week)
    number(contact, PRESENT)
    changed = FormerRow.objects.filter(table_name="contacts_contact", row_id=contact.pk, until__gt=week)
    changed.update(until=timezone.now() - timedelta(days=3))
    return node


def number(contact, phone):
    contact.phone = phone
    contact.full_clean()
    contact.save()


def look_back(page, text, instant):
    page.goto(f"/admin/pages/pagetranslation/{text.pk}/history/")
    page.get_by_label("Tag und Uhrzeit").fill(f"{timezone.localtime(instant):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Seite ansehen").press("Enter")


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("width", [360, 1280])
def test_page_as_it_was_shows_the_former_number(live_site, open_admin, associations, axe, language, width):
    text = PageTranslation.objects.get(page=associations, language=language)
    page = open_admin(width)
    look_back(page, text, timezone.now() - timedelta(days=4))
    expect(page.get_by_role("complementary", name="Ansicht von früher")).to_contain_text("So war die Seite am ")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_text(FORMER)).to_be_visible()
    expect(page.get_by_text(PRESENT)).to_have_count(0)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width

    look_back(page, text, timezone.now() - timedelta(days=1))
    expect(page.get_by_text(PRESENT)).to_be_visible()
    expect(page.get_by_text(FORMER)).to_have_count(0)
    page.goto(associations.get_absolute_url(language))
    expect(page.get_by_text(PRESENT)).to_be_visible()


def test_revisions_are_compared_with_the_keyboard_alone(open_admin, associations):
    text = associations.translations.get(language="de")
    text.title = "Ganz neue Überschrift"
    text.save()
    page = open_admin(360)
    page.goto(f"/admin/pages/pagetranslation/{text.pk}/history/")
    page.get_by_role("radio", name="Fassung vom").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ausgewählte vergleichen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was hat sich geändert?")
    expect(page.get_by_role("insertion").filter(has_text="Ganz neue Überschrift")).to_be_visible()
    page.get_by_role("button", name="Alten Text in den Entwurf holen").press("Enter")
    page.get_by_role("link", name="Ansehen, was im Entwurf jetzt anders ist, oder rückgängig machen").press("Enter")
    page.get_by_role("button", name="Alten Text in den Entwurf holen").press("Enter")
    expect(page.get_by_label("Überschrift")).to_have_value("Ganz neue Überschrift")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_collision_shows_both_texts_and_both_keep_their_data(open_admin, associations, axe, width, theme):
    address = f"/admin/pages/page/{associations.pk}/change/"
    first = open_admin(width, theme)
    first.goto(address)
    second = first.context.new_page()
    second.goto(address)
    second.get_by_label("Kurz gesagt").fill("Der andere hat das hier geschrieben.")
    second.get_by_label("Reihenfolge").fill("7")
    second.get_by_role("button", name="Entwurf speichern").click()

    first.get_by_label("Überschrift").fill("Meine Überschrift")
    first.get_by_label("Kurz gesagt").fill("Ich habe das hier geschrieben.")
    first.get_by_role("button", name="Entwurf speichern").click()
    conflict = first.get_by_role("region", name="Der andere Text (schon gespeichert)")
    expect(conflict.get_by_role("deletion").filter(has_text="Der andere hat")).to_be_visible()
    expect(first.get_by_label("Kurz gesagt")).to_have_value("Ich habe das hier geschrieben.")
    expect(first.get_by_label("Reihenfolge")).to_have_value("7")
    axe(first, preload=False, rules={"target-size": {"enabled": True}})
    assert first.evaluate("document.documentElement.scrollWidth") == width
    first.get_by_role("button", name="Entwurf speichern").click()
    expect(first.get_by_text("Gespeichert")).to_be_visible()
    associations.refresh_from_db()
    assert (associations.position, associations.translations.get(language="de").title) == (7, "Meine Überschrift")
