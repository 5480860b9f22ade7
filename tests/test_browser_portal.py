"""The page above all cities in a real browser: every answer accessible, the map to be clicked, no complaints."""

import pytest
from playwright.sync_api import expect

from contacts.models import City

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}

# Found, on a border, not public, several names, one suggestion, not in NRW, unknown, no postcode.
QUESTIONS = ["33602", "40472", "Lemgo", "bad", "Bilefeld", "10115", "33501", "3360", "x" * 80]


@pytest.mark.either_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["320", "1280"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_answer_is_accessible_and_fits(live_site, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme).new_page()
    for question in QUESTIONS:
        page.goto(f"{live_site.url}/{language}/?ort={question}#answer")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_with_all_sites_public_is_accessible_and_fits(live_site, new_context, axe, scheme):
    City.objects.update(is_public=True)
    page = new_context(viewport=NARROW, color_scheme=scheme).new_page()
    page.goto(f"{live_site.url}/de/")
    expect(page.locator(".nrw-map svg a")).to_have_count(54)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_newcomer_finds_the_centre_on_a_phone_without_javascript(live_site, new_context):
    page = new_context(viewport=NARROW, java_script_enabled=False, locale="ar").new_page()
    page.goto(f"{live_site.url}/ar/")
    page.locator("#ort").fill("٣٣٦٠٢")
    page.locator("#ort").press("Enter")
    expect(page.locator("#ort")).to_have_value("٣٣٦٠٢")
    site = page.locator(".place-answer .button")
    expect(site).to_be_in_viewport()
    site.click()
    assert page.url == f"{live_site.url}/ar/bielefeld/"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_map_shows_public_centres_and_can_be_clicked(live_site, new_context, language):
    page = new_context(viewport=NARROW, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/{language}/")
    bielefeld = page.get_by_role("link", name="Bielefeld", exact=True).and_(page.locator(".nrw-map a"))
    # Without the shapes from the file there would be nothing to click.
    assert bielefeld.bounding_box()["width"] > 10
    bielefeld.click()
    assert page.url == f"{live_site.url}/{language}/bielefeld/"


def test_map_link_shows_its_focus(live_site, new_context):
    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/de/")
    link = page.locator(".nrw-map svg a").first
    before = link.evaluate("element => getComputedStyle(element.querySelector('use')).fill")
    page.locator(".portal-columns section a").last.focus()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert link.evaluate("element => getComputedStyle(element).outlineWidth") == "4px"
    assert link.evaluate("element => getComputedStyle(element.querySelector('use')).fill") != before


def test_controls_are_large_enough_for_a_thumb(live_site, new_context):
    page = new_context(viewport=NARROW).new_page()
    for question in ("33602", "Lemgo", "bad", "10115"):
        page.goto(f"{live_site.url}/de/?ort={question}")
        controls = page.locator(".place-form :is(input, button), .place-answer a").all()
        assert [control.text_content() for control in controls if control.bounding_box()["height"] < 48] == []
