"""The public pages in a real browser: accessible, without sideways scrolling, JavaScript or complaints."""

import pytest
from playwright.sync_api import expect

from contacts.models import Contact
from pages.models import Page
from tests.test_site import DEMO_PATHS

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


def check(page, axe, address):
    page.goto(address)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


# tests/every_page/ looks at every page in every language on the narrowest screen.
@pytest.mark.either_database
@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_page_is_accessible_and_fits_on_a_wide_screen_in_the_dark(live_site, new_context, axe, language):
    page = new_context(viewport=WIDE, color_scheme="dark", reduced_motion="reduce").new_page()
    gone = Page.objects.get(city__slug="bielefeld", slug="vereine")
    for path in [*DEMO_PATHS, "bielefeld/gibt-es-nicht/", "nirgendwo/"]:
        check(page, axe, f"{live_site.url}/{language}/{path}")
    gone.unpublish(None)
    check(page, axe, f"{live_site.url}/{language}/bielefeld/vereine/")


# One page of every kind.
KINDS = ["", "bielefeld/", "bielefeld/wer-wir-sind/", "bielefeld/schulberatung/", "bielefeld/kontakt/"]
KINDS += [f"bielefeld/{path}" for path in ("angebote/", "termine/", "foerderung/", "suche/?q=schule", "vereine/")]


@pytest.mark.either_database
@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "dark"), (WIDE, "light")], ids=["320-dark", "1280-light"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_kind_of_page_is_accessible_in_the_other_colours(live_site, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    for path in KINDS:
        check(page, axe, f"{live_site.url}/{language}/{path}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_menus_are_accessible_on_a_phone(live_site, new_context, axe, scheme):
    page = new_context(viewport=NARROW, color_scheme=scheme).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/")
    for name in ("Menü", "Sprache wählen"):
        page.locator("summary", has_text=name).click()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_phone_reader_finds_the_number_without_javascript_in_arabic(live_site, new_context):
    page = new_context(viewport=NARROW, java_script_enabled=False, locale="ar").new_page()
    page.goto(f"{live_site.url}/")
    assert page.url == f"{live_site.url}/ar/"
    page.locator('main a[href="/ar/bielefeld/"]').first.click()
    page.locator('main a[href="/ar/bielefeld/schulberatung/"]').click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    number = page.locator('a[href="tel:+49521513789"]').first
    expect(number).to_contain_text("(05 21) 51-37 89")


def test_language_switch_stays_on_the_page(live_site, new_context):
    page = new_context(viewport=NARROW, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/bildungschancen/")
    page.locator(".language-switch summary").click()
    page.locator(".language-switch a", has_text="English").click()
    assert page.url == f"{live_site.url}/en/bielefeld/bildungschancen/"
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_menu_works_on_a_phone_and_is_open_on_a_desk(live_site, new_context):
    phone = new_context(viewport=NARROW, java_script_enabled=False).new_page()
    desk = new_context(viewport=WIDE, java_script_enabled=False).new_page()
    for page in (phone, desk):
        page.goto(f"{live_site.url}/de/bochum/")
    contact = "nav.menu a[href='/de/bochum/kontakt/']"
    expect(desk.locator(contact)).to_be_visible()
    expect(phone.locator(contact)).not_to_be_visible()
    phone.locator("nav.menu summary").click()
    expect(phone.locator(contact)).to_be_visible()


@pytest.mark.parametrize(
    ("size", "menu"), [(NARROW, ".menu"), (NARROW, ".language-switch"), (WIDE, ".language-switch")]
)
def test_open_menu_never_hides_what_has_the_focus(live_site, new_context, size, menu):
    page = new_context(viewport=size, reduced_motion="reduce").new_page()
    page.goto(f"{live_site.url}/de/bielefeld/")
    page.locator(f"{menu} summary").click()
    expect(page.locator(f"{menu} .panel")).to_be_visible()
    hidden = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden.add(
            page.evaluate(
                """() => {
                    const focused = document.activeElement, {left, top, width, height} = focused.getBoundingClientRect()
                    const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]]
                    const seen = points.some(([x, y]) => {
                        const there = document.elementFromPoint(left + x * width, top + y * height)
                        return there && (focused.contains(there) || there.contains(focused))
                    })
                    return seen ? null : focused.outerHTML
                }"""
            )
        )
    assert hidden == {None}


def test_keyboard_reaches_everything_and_shows_where_it_is(live_site, new_context):
    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/")
    links = page.locator("a:visible, summary:visible").count()
    seen = set()
    for _ in range(links):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.outerHTML"))
        # A card shows the focus of its link around the whole card.
        outlines = page.evaluate(
            """[null, '::after'].map(part => getComputedStyle(document.activeElement, part))
            .filter(style => style.outlineStyle !== 'none').map(style => style.outlineWidth)"""
        )
        assert "4px" in outlines, page.evaluate("document.activeElement.outerHTML")
    assert len(seen) == links


def test_print_leaves_out_what_paper_cannot_use(live_site, new_context):
    page = new_context(viewport=WIDE, color_scheme="dark").new_page()
    page.goto(f"{live_site.url}/de/bielefeld/kontakt/")
    page.emulate_media(media="print")
    expect(page.locator("nav.menu")).not_to_be_visible()
    expect(page.locator(".language-switch")).not_to_be_visible()
    expect(page.locator(".search-link")).not_to_be_visible()
    expect(page.get_by_text("(05 21) 51-37 89")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )


A4 = {"width": 703, "height": 1032}  # pixels of a sheet of A4 within margins of 12 mm


@pytest.mark.parametrize(
    "path",
    [
        "ar/bielefeld/schulberatung/blatt/",
        "uk/bielefeld/kontakt/{contact}/blatt/",
        "uk/bielefeld/beispiel-sprachmittlung/blatt/",
        "ar/bielefeld/infoabend-schulen/blatt/",
        "uk/bielefeld/eltern-cafe/blatt/",
    ],
)
def test_sheet_in_two_languages_is_one_sheet_of_paper(live_site, new_context, path):
    page = new_context(viewport=A4).new_page()
    page.emulate_media(media="print")
    contact = Contact.objects.get(city__slug="bielefeld", function="Beratung für Eltern zur Schule")
    page.goto(f"{live_site.url}/{path.format(contact=contact.pk)}")
    german, other = (page.locator(".sheet-column").nth(number).bounding_box() for number in (0, 1))
    assert german["x"] + german["width"] <= other["x"]
    assert page.evaluate("document.documentElement.scrollHeight") <= A4["height"]
