"""Easy German and sign language in a real browser, and the ways to them on every kind of page."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from contacts.models import City
from tests.factories import make_video
from tests.legal.test_sign_language import film

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
PATHS = ["bielefeld/leichte-sprache/", "bochum/leichte-sprache/", "bielefeld/gebaerdensprache/"]


@pytest.fixture
def video(live_site, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    # Else Django's live server hands out uploads by itself, and knows no parts.
    monkeypatch.setattr("django.test.testcases._MediaFilesHandler._should_handle", lambda handler, path: False)
    return make_video(City.objects.get(slug="bielefeld"), file=film())


@pytest.mark.either_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["320", "1280"])
@pytest.mark.parametrize("language", ["de", "ar", "de-simple"])
def test_both_pages_are_accessible_and_fit(live_site, video, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    for path in [*PATHS, "bochum/gebaerdensprache/"]:
        page.goto(f"{live_site.url}/{language}/{path}")
        for transcript in page.locator(".transcript summary").all():
            transcript.click()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.either_database
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_bar_of_the_header_is_one_line_that_fingers_can_hit(live_site, new_context, width, language):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    for path in ("", "wer-wir-sind/", "schulberatung/", "kontakt/", "angebote/", "suche/", "daten/", "impressum/"):
        page.goto(f"{live_site.url}/{language}/bielefeld/{path}")
        easy, sign = (link.bounding_box() for link in page.locator(".easy-ways a").all())
        assert easy["y"] == sign["y"]
        assert min(easy["height"], sign["height"]) >= 44
        assert min(easy["x"], sign["x"]) >= 16


def test_bar_is_not_printed(live_site, new_context):
    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/")
    expect(page.locator(".easy-ways")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".easy-ways")).not_to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_video_is_played_by_keyboard_in_parts(live_site, video, new_context, scheme):
    page = new_context(viewport=WIDE, color_scheme=scheme).new_page()
    answers = []
    page.on("response", lambda response: answers.append((response.url, response.status)))
    page.goto(f"{live_site.url}/de/bielefeld/gebaerdensprache/")
    assert [url for url, _status in answers if url.endswith(".webm")] == []  # nothing is loaded unasked
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "VIDEO":
            break
    expect(page.locator("video")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("video")).not_to_have_js_property("currentTime", 0)
    assert {status for url, status in answers if url.endswith(".webm")} == {206}


def test_words_of_the_video_are_opened_by_keyboard(live_site, video, new_context):
    page = new_context(viewport=NARROW, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/gebaerdensprache/")
    expect(page.get_by_text("Erste Zeile.")).not_to_be_visible()
    page.locator(".transcript summary").press("Enter")
    expect(page.get_by_text("Erste Zeile.")).to_be_visible()


def test_easy_german_is_not_hyphenated_or_justified(live_site, new_context):
    page = new_context(viewport=NARROW).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/leichte-sprache/")
    styles = page.evaluate(
        """[...document.querySelectorAll('.easy :is(h2, h3, p, li)')].map(element => {
            const style = getComputedStyle(element)
            return `${style.hyphens} ${style.textAlign}`
        })"""
    )
    assert set(styles) == {"manual start"}


def test_reader_finds_easy_german_from_any_language(live_site, new_context):
    page = new_context(viewport=NARROW, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/{settings.LANGUAGE_CODE}/bielefeld/kontakt/")
    page.get_by_role("link", name="Leichte Sprache").first.click()
    assert page.url == f"{live_site.url}/de-simple/bielefeld/leichte-sprache/"
    expect(page.locator(".easy-ways [aria-current]")).to_have_text("Leichte Sprache")
