"""What a page looks like: every component on the page of the style, the sprite of icons, a calm first second."""

import re

import pytest
from django.conf import settings as django_settings

from contacts.models import City
from contacts.models.city import FACES
from ki_site.style_page import THEMES
from pages.models import Page

STATIC = django_settings.BASE_DIR / "static"

# Adds up what moved without anybody's doing since the page was opened.
SHIFTS = """() => new Promise(resolve => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
        .observe({type: "layout-shift", buffered: true})
    setTimeout(() => resolve(sum), 300)
})"""
DRAWN = "uses => uses.filter(use => use.checkVisibility()).every(use => use.getBBox().width > 0)"


@pytest.fixture
def style_page(settings):
    settings.STYLE_PAGE = True


def test_style_page_is_not_there_in_production(client, db):
    assert client.get("/stil/").status_code == 404


@pytest.mark.parametrize("city", THEMES, ids=str)
def test_style_page_wears_each_theme(client, db, style_page, city):
    page = client.get(f"/stil/?stadt={city.slug}").text
    assert re.findall("<h1>(.*?)</h1>", page) == [city.centre_name]
    assert f"/akzent/{city.accent_color[1:]}.css" in page


def test_style_page_asks_the_database_for_nothing(client, db, style_page, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/stil/")


def test_style_page_shows_every_symbol_and_every_pattern(client, db, style_page):
    page = client.get("/stil/").text
    symbols = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    assert symbols == set(re.findall(r"icons\.svg#([\w-]+)", page))
    assert {f"face-{number}" for number in range(1, FACES + 1)} == set(re.findall(r"face-\d+", page))


@pytest.mark.either_database
@pytest.mark.parametrize("city", [city.slug for city in THEMES])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_breaks_no_rule(live_site, new_context, axe, style_page, city, scheme, width):
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    page.goto(f"{live_site.url}/stil/?stadt={city}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    axe(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_panel_of_many_languages_stays_on_the_screen(live_site, new_context, axe, style_page, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{live_site.url}/stil/")
    page.locator(".language-switch summary").click()
    boxes = [link.bounding_box() for link in page.locator(".language-switch .panel a").all()]
    assert len(boxes) == 25
    assert [box for box in boxes if box["x"] < 0 or box["x"] + box["width"] > width or box["height"] < 48] == []
    axe(page)


# --- Icons ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["de/", "ar/bielefeld/", "de/bielefeld/kontakt/", "de-simple/bielefeld/leichte-sprache/"]
)
def test_every_icon_is_drawn(live_site, new_context, path):
    page = new_context().new_page()
    page.goto(f"{live_site.url}/{path}")
    page.wait_for_load_state("networkidle")
    assert page.eval_on_selector_all(".icon use", DRAWN)


def test_every_icon_of_a_template_is_in_the_sprite():
    symbols = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    templates = "".join(path.read_text() for path in (django_settings.BASE_DIR / "templates").rglob("*.html"))
    assert set(re.findall(r"{{ icons }}#([\w-]+)", templates)) - symbols == set()


def test_every_icon_to_choose_is_in_the_sprite():
    symbols = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    assert set(Page.Icon.values) - symbols == set()


# --- Faces ----------------------------------------------------------------------------------------


def test_face_of_a_city_never_changes():
    assert [City(slug=slug).face for slug in ("bielefeld", "bochum", "hamm")] == [5, 6, 1]


def test_every_face_is_drawn_in_a_few_hundred_bytes():
    files = sorted(STATIC.glob("img/face-*.svg"))
    assert [path.name for path in files] == [f"face-{number}.svg" for number in range(1, FACES + 1)]
    assert max(path.stat().st_size for path in files) < 400


# --- What people ask of their screen --------------------------------------------------------------


@pytest.mark.parametrize("path", ["de/", "ar/bielefeld/", "de/bielefeld/schulberatung/", "uk/bielefeld/termine/"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_jumps_while_a_page_loads(live_site, new_context, path, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{live_site.url}/{path}")
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize("language", ["de", "ar", "uk"])
def test_header_leaves_room_for_the_page_at_400_percent(live_site, new_context, language):
    page = new_context(viewport={"width": 320, "height": 256}).new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/schulberatung/")
    assert page.locator("main").bounding_box()["y"] < 128
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("language", ["de", "ar", "uk", "ru", "tr", "de-simple"])
def test_buttons_of_the_header_stand_in_one_row_on_a_phone(live_site, new_context, language):
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/")
    buttons = page.locator(".search-link, .site-header-row summary").all()
    assert len({round(button.bounding_box()["y"]) for button in buttons}) == 1


def test_forced_colors_mark_only_the_page_that_is_open_in_the_menu(live_site, new_context):
    page = new_context(forced_colors="active", color_scheme="dark").new_page()
    page.goto(f"{live_site.url}/de/bielefeld/kontakt/")
    is_seen = "link => getComputedStyle(link).borderBlockEndColor != getComputedStyle(document.body).backgroundColor"
    lines = page.eval_on_selector_all(".menu .panel a", f"links => links.filter({is_seen}).map(link => link.text)")
    assert lines == ["Kontakt"]


def test_patterns_leave_where_colors_are_forced(live_site, new_context, style_page):
    page = new_context(forced_colors="active").new_page()
    page.goto(f"{live_site.url}/stil/")
    signs = {sign.is_visible() for sign in page.locator(".sign:empty").all()}
    assert (signs, page.locator(".sign .icon").first.is_visible()) == ({False}, True)


def test_card_in_german_says_so_before_it_is_opened(live_site, new_context):
    page = new_context().new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/angebote/")
    marks = page.eval_on_selector_all(
        ".card h3", "titles => titles.map(title => [title.lang, getComputedStyle(title, '::after').content].join())"
    )
    assert set(marks) == {",none", 'de,"Deutsch"'}
