"""People without an account take part: on a phone, in Arabic, without JavaScript, by keyboard."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Role
from inquiries.models import OutgoingMail
from pages.models import Page
from tests.factories import make_invitation, make_suggestion, make_translation, make_user

PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}

each_theme = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture
def bielefeld(live_site):
    return City.objects.get(slug="bielefeld")


@pytest.fixture
def node(bielefeld):
    """German is public, nobody has begun the Arabic text."""
    return Page.objects.get(city=bielefeld, slug="vereine")


@pytest.fixture
def editor(live_site, bielefeld, new_context):
    """A browser in which an editor of Bielefeld is signed in."""
    context = new_context(viewport=WIDE, base_url=live_site.url, locale="de-DE")
    client = Client()
    client.force_login(make_user(bielefeld, Role.EDITOR, first_name="Erika", last_name="Beispiel"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
    return context.new_page()


@pytest.fixture
def visitor(live_site, new_context):
    """visitor(size, theme) is a browser without account, cookie and JavaScript."""

    def visitor(size=PHONE, theme="light", java_script=False):
        return new_context(
            viewport=size, color_scheme=theme, base_url=live_site.url, java_script_enabled=java_script
        ).new_page()

    return visitor


def fits(page):
    return page.locator("html").evaluate("element => element.scrollWidth") <= page.viewport_size["width"]


def test_page_is_translated_by_link_on_a_phone_and_the_history_names_who_did_it(live_site, editor, visitor, node):
    editor.goto(f"/admin/pages/pagetranslation/add/?page={node.pk}&language=ar")
    editor.get_by_role("link", name="Per Link übersetzen lassen", exact=True).click()
    editor.get_by_label("Für wen").fill("Mona Muster")
    editor.get_by_role("button", name="Link erstellen").click()
    link = editor.get_by_label("Link", exact=True).input_value()

    phone = visitor()
    phone.goto(link)
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    phone.locator("[name=title]").fill("الجمعيات")
    phone.locator("[name=summary]").fill("ماذا نقدم للجمعيات.")
    for field in phone.locator("[name^=block-]").all():
        field.fill("نص عربي.")
    phone.locator("main form button").click()
    expect(phone.locator(".notice[role=status]")).to_be_visible()
    assert phone.context.cookies() == []
    phone.locator("[name=title]").fill("الجمعيات والمبادرات")
    phone.locator("main form button").click()

    editor.goto("/admin/")
    editor.get_by_role("link", name="Ein Vorschlag für eine Übersetzung").click()
    editor.get_by_role("link", name=re.compile("Verein")).first.click()
    expect(editor.get_by_text("الجمعيات والمبادرات")).to_be_visible()
    editor.get_by_role("button", name="In den Entwurf übernehmen").click()
    expect(editor.get_by_text("Der Vorschlag steht jetzt im Entwurf.")).to_be_visible()
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(editor.get_by_text("Arabisch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    editor.get_by_role("link", name="Frühere Fassungen").first.click()
    expect(editor.get_by_text("Mitgeschrieben von Mona Muster")).to_be_visible()

    phone.goto("/ar/bielefeld/vereine/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("الجمعيات والمبادرات")


def test_head_approves_by_link_what_the_editor_may_not_publish_alone(live_site, editor, visitor, bielefeld, node):
    bielefeld.four_eyes = True
    bielefeld.save()
    editor.goto(f"/admin/pages/page/{node.pk}/change/")
    editor.get_by_label("Überschrift").fill("Vereine und Initiativen")
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(editor.get_by_text("Hier gilt das Vier-Augen-Prinzip")).to_be_visible()
    editor.get_by_role("link", name="Freigabe erbitten").click()
    editor.get_by_label("Für wen").fill("Lea Leitung")
    editor.get_by_label("E-Mail").fill("leitung@example.org")
    editor.get_by_role("button", name="Link erstellen").click()
    expect(editor.get_by_text("Deshalb geht dieser Link nur per E-Mail an Lea Leitung.")).to_be_visible()
    link = OutgoingMail.objects.get(recipient="leitung@example.org").secret_link

    head = visitor()
    head.goto(link)
    expect(head.frame_locator("iframe").get_by_role("heading", level=1)).to_have_text("Vereine und Initiativen")
    head.get_by_role("button", name="Freigeben").click()
    expect(head.get_by_text("Diese Fassung ist freigegeben.")).to_be_visible()

    editor.goto(f"/admin/pages/page/{node.pk}/change/")
    expect(editor.get_by_text("Freigegeben von Lea Leitung (per Link, erbeten von Erika Beispiel)")).to_be_visible()
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(editor.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    head.goto("/de/bielefeld/vereine/")
    expect(head.get_by_role("heading", level=1)).to_have_text("Vereine und Initiativen")


def test_remark_is_written_and_approval_given_by_keyboard_only(live_site, visitor, node, editor):
    text = node.translations.get(language="de")
    link = f"/de/mitmachen/{make_invitation(node, 'approve').token}/"
    head = visitor(WIDE)
    head.goto(link)
    head.get_by_label("Ihre Anmerkung").focus()
    head.keyboard.type("Bitte das Wort Verein erklären.")
    head.keyboard.press("Tab")
    head.keyboard.press("Enter")
    expect(head.get_by_text("Bitte das Wort Verein erklären.").last).to_be_visible()
    for _ in range(200):
        head.keyboard.press("Tab")
        if head.locator(":focus").count() and head.locator(":focus").first.inner_text() == "Freigeben":
            break
    head.keyboard.press("Enter")
    expect(head.get_by_text("Diese Fassung ist freigegeben.")).to_be_visible()
    text.refresh_from_db()
    assert text.is_approved
    editor.goto(f"/admin/pages/page/{node.pk}/change/")
    expect(editor.get_by_text("Bitte das Wort Verein erklären.")).to_be_visible()


@pytest.mark.parametrize(("choice", "width"), [("Handy", 360), ("Computer", 1280)])
def test_preview_is_as_wide_as_a_phone_or_a_computer(live_site, editor, node, choice, width):
    text = node.translations.get(language="de")
    editor.goto(f"/admin/pages/pagetranslation/{text.pk}/preview/")
    editor.get_by_role("link", name=choice).click()
    expect(editor.get_by_role("link", name=choice)).to_have_attribute("aria-current", "true")
    heading = editor.frame_locator("iframe").get_by_role("heading", level=1)
    assert heading.evaluate("() => innerWidth") == width


def test_links_of_a_preview_lead_to_the_public_site(live_site, visitor, node):
    page = visitor(WIDE)
    page.goto(f"/de/mitmachen/{make_invitation(node).token}/")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Impressum").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{live_site.url}/de/bielefeld/impressum/"


@pytest.mark.either_database
@each_theme
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["360", "1280"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_pages_behind_links_are_accessible_and_fit(live_site, visitor, axe, node, size, theme, language):
    make_translation(node, "ar", published=False)
    translate = make_invitation(node, "translate", "ar")
    make_suggestion(translate, state="declined", remark="Bitte einfacher.")
    approval = make_invitation(node, "approve")
    approval.say(1, "Bitte kürzer")
    links = [
        translate,
        make_invitation(node),
        approval,
        make_invitation(node, expires_at=timezone.now() - timedelta(days=1)),
    ]
    page = visitor(size, theme, java_script=True)
    for link in links:
        page.goto(f"/{language}/mitmachen/{link.token}/")
        axe(page)
        assert (page.url, fits(page)) == (page.url, True)
    page.goto(f"/{language}/mitmachen/{translate.token}/")
    page.locator("[name=title]").fill("")
    page.locator("main form button").click()
    expect(page.locator(".notice[role=alert]")).to_be_visible()
    axe(page)


def test_link_is_copied_with_one_click(live_site, editor, node):
    link = make_invitation(node)
    editor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor.goto(f"/admin/invitations/invitation/{link.pk}/change/")
    editor.get_by_role("button", name="Link kopieren").click()
    expect(editor.get_by_role("status")).to_have_text("Kopiert. Jetzt können Sie es einfügen.")
    assert editor.evaluate("navigator.clipboard.readText()") == f"{live_site.url}/de/mitmachen/{link.token}/"


def test_link_is_revoked_from_the_list_with_one_click(live_site, editor, node):
    make_invitation(node, name="Mona Muster")
    editor.goto("/admin/invitations/invitation/")
    editor.get_by_role("button", name=re.compile("Widerrufen")).click()
    expect(editor.get_by_text("Der Link für Mona Muster geht nicht mehr.")).to_be_visible()
