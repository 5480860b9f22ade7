"""Translations in a real browser: readers see honest pages, translators work row by row, on a phone and by keyboard."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from contacts.models import City, Role
from pages.models import Page
from tests.factories import make_translation, make_user

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
each_look = pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")]
)


@pytest.fixture
def advice(live_site):
    return Page.objects.get(city__slug="bielefeld", slug="neu-in-bielefeld")


@pytest.fixture
def reader(live_site, new_context):
    context = new_context(viewport=PHONE, base_url=live_site.url, java_script_enabled=False)
    return context.new_page()


def publish_german(page, small_correction=False, **fields):
    text = page.translations.get(language="de")
    for name, change in fields.items():
        setattr(text, name, change(getattr(text, name)))
    text.save()
    text.publish(by=None, small_correction=small_correction)


# --- Readers -------------------------------------------------------------------------------------------


def test_arabic_reader_of_a_current_translation_sees_no_notice(reader, advice):
    reader.goto("/ar/bielefeld/neu-in-bielefeld/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("القادمون الجدد إلى بيليفيلد")
    expect(reader.get_by_role("note")).to_have_count(0)


def test_arabic_reader_of_a_missing_translation_is_told_and_reads_german_marked_as_german(reader, advice, axe):
    advice.translations.get(language="ar").unpublish(None)
    answer = reader.goto("/ar/bielefeld/neu-in-bielefeld/")
    assert answer.status == 200
    expect(reader.get_by_role("note")).to_contain_text("هذه الصفحة غير متوفرة بهذه اللغة حتى الآن")
    heading = reader.get_by_role("heading", level=1)
    assert [heading.get_attribute(name) for name in ("lang", "dir")] == ["de", "ltr"]
    body = reader.locator("main .rich-text").first
    assert [body.get_attribute(name) for name in ("lang", "dir")] == ["de", "ltr"]
    assert reader.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]


def test_arabic_reader_of_an_outdated_translation_is_told_and_sees_what_is_new_in_german(reader, advice):
    publish_german(
        advice,
        title=lambda title: "Neu hier",
        summary=lambda summary: "Jetzt auch am Samstag.",
        body=lambda body: body + "<p>Wir beraten auch am Samstag.</p>",
    )
    reader.goto("/ar/bielefeld/neu-in-bielefeld/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("القادمون الجدد إلى بيليفيلد")
    expect(reader.get_by_role("note")).to_contain_text("النص الألماني أحدث من هذه الترجمة")
    newer = reader.locator("section.newer")
    for words in ("Neu hier", "Jetzt auch am Samstag.", "Wir beraten auch am Samstag."):
        piece = newer.locator('[lang="de"][dir="ltr"]').filter(has_text=words)
        expect(piece).to_have_count(1)
    assert newer.locator('[lang="de"]').count() == 3


def test_arabic_reader_sees_no_notice_after_a_small_correction(reader, advice):
    publish_german(advice, small_correction=True, body=lambda body: body + "<p>Tippfehler</p>")
    reader.goto("/ar/bielefeld/neu-in-bielefeld/")
    expect(reader.get_by_role("note")).to_have_count(0)
    expect(reader.locator("section.newer")).to_have_count(0)


@pytest.mark.either_database
@each_look
def test_pages_with_newer_german_text_are_accessible(live_site, new_context, axe, advice, viewport, scheme):
    publish_german(advice, title=lambda title: "Neu hier", body=lambda body: body + "<h2>Neu</h2><p>Mehr.</p>")
    page = new_context(viewport=viewport, color_scheme=scheme, base_url=live_site.url).new_page()
    page.goto("/ar/bielefeld/neu-in-bielefeld/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- Staff ----------------------------------------------------------------------------------------------


@pytest.fixture
def staff(live_site, new_context):
    """staff(role, viewport) is a page of a browser of somebody with that role in Bielefeld."""

    def staff(role, viewport=PHONE, scheme="light", **fields):
        client = Client()
        client.force_login(make_user(City.objects.get(slug="bielefeld"), role, **fields))
        context = new_context(viewport=viewport, color_scheme=scheme, base_url=live_site.url, locale="de-DE")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        return context.new_page()

    return staff


def check(page, axe):
    axe(page, preload=False, rules={"target-size": {"enabled": True}})
    assert (page.url, page.evaluate("document.documentElement.scrollWidth")) == (
        page.url,
        page.viewport_size["width"],
    )


def change_much(page):
    publish_german(
        page,
        title=lambda title: "Neu in unserer Stadt",
        body=lambda body: "<p>Ganz neuer Anfang.</p>" + body.replace("Herzlich willkommen", "Guten Tag"),
    )


@pytest.mark.either_database
@each_look
def test_translators_form_is_accessible_and_fits(staff, advice, axe, viewport, scheme):
    change_much(advice)
    text = advice.translations.get(language="ar")
    page = staff(Role.TRANSLATOR, viewport, scheme, languages=["ar"])
    page.goto(f"/admin/pages/pagetranslation/{text.pk}/change/")
    expect(page.locator(".translation-row-added")).to_have_count(1)
    page.get_by_text("So schreiben Sie fett, Listen und Links").click()
    check(page, axe)
    page.get_by_role("link", name="Lieber den ganzen Text auf einmal bearbeiten").click()
    expect(page.get_by_role("toolbar", name="Text gestalten")).to_be_visible()
    check(page, axe)


@pytest.mark.either_database
@each_look
def test_matrix_is_accessible_and_fits(staff, advice, axe, viewport, scheme):
    change_much(advice)
    page = staff(Role.TRANSLATOR, viewport, scheme, languages=["ar"])
    for query in ("", "?state=outdated&language=ar", "?q=nichts"):
        page.goto(f"/admin/pages/page/uebersetzungen/{query}")
        check(page, axe)


def test_translator_goes_from_the_matrix_to_the_row_and_saves_by_keyboard_on_a_phone(staff, advice, live_site):
    change_much(advice)
    page = staff(Role.TRANSLATOR, languages=["ar"])
    page.goto("/admin/pages/page/uebersetzungen/")
    page.get_by_label("Stand").select_option("veraltet")
    page.get_by_role("button", name="Zeigen").press("Enter")
    page.get_by_role("link", name="Arabisch: veraltet").press("Enter")
    expect(page.get_by_label("Überschrift")).to_be_visible()
    expect(page.locator(".translation-row-changed").first.locator("ins").first).to_be_visible()
    field = page.locator(".translation-row-added textarea")
    expect(field).to_have_css("direction", "rtl")
    field.focus()
    page.keyboard.type("بداية **جديدة**")
    page.get_by_label("Diese Übersetzung gibt den deutschen Text vollständig wieder").press("Space")
    page.get_by_role("button", name="Entwurf speichern").press("Enter")
    expect(page.get_by_text("Der Entwurf ist gespeichert.")).to_be_visible()
    text = advice.translations.get(language="ar")
    assert text.body.startswith("<p>بداية <strong>جديدة</strong></p>")
    assert text.source_digests == advice.translations.get(language="de").digests
    expect(page.locator(".translation-row-added, .translation-row-changed")).to_have_count(0)


def test_editor_publishes_the_translation_alone(staff, advice, reader):
    change_much(advice)
    text = advice.translations.get(language="ar")
    page = staff(Role.EDITOR)
    page.goto(f"/admin/pages/pagetranslation/{text.pk}/change/")
    page.get_by_label("Überschrift").fill("عنوان جديد")
    page.get_by_label("Diese Übersetzung gibt den deutschen Text vollständig wieder").check()
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Arabisch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    reader.goto("/ar/bielefeld/neu-in-bielefeld/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("عنوان جديد")
    expect(reader.get_by_role("note")).to_have_count(0)


def test_two_translators_collide_and_nothing_is_lost(staff, advice):
    text = advice.translations.get(language="ar")
    first, second = staff(Role.TRANSLATOR, languages=["ar"], first_name="Kim"), staff(Role.EDITOR)
    for page in (first, second):
        page.goto(f"/admin/pages/pagetranslation/{text.pk}/change/")
    first.get_by_label("Überschrift").fill("الأول")
    first.get_by_role("button", name="Entwurf speichern").click()
    second.locator("[name=block-1]").fill("الثاني")
    second.get_by_role("button", name="Entwurf speichern").click()
    expect(second.get_by_text("Kim hat diesen Text um")).to_be_visible()
    expect(second.get_by_role("region", name="Der andere Text (schon gespeichert)")).to_contain_text("الأول")
    expect(second.locator("[name=block-1]")).to_have_value("الثاني")


def test_editor_makes_a_small_correction(staff, advice, reader):
    page = staff(Role.EDITOR, DESKTOP)
    page.goto(f"/admin/pages/page/{advice.pk}/change/")
    page.get_by_label("Überschrift").fill("Neu in Bielefeld!")
    page.get_by_label("Nur eine kleine Korrektur: Übersetzungen bleiben gültig").check()
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    reader.goto("/ar/bielefeld/neu-in-bielefeld/")
    expect(reader.get_by_role("note")).to_have_count(0)


def test_easy_german_is_written_in_one_piece(staff, advice):
    text = advice.translations.filter(language="de-simple").first() or make_translation(advice, "de-simple")
    text.source_digests = {}
    text.save()
    page = staff(Role.EDITOR, DESKTOP)
    page.goto(f"/admin/pages/pagetranslation/{text.pk}/change/")
    expect(page.get_by_role("toolbar", name="Text gestalten")).to_be_visible()
