"""What paper shows of public pages, and that it costs readers on the screen nothing."""

import pytest
from django.urls import reverse

PAGES = ("/de/bielefeld/", "/ar/bielefeld/", "/de/bielefeld/schule-und-eltern/", "/de/bielefeld/kontakt/")


@pytest.fixture
def open_page(live_site, new_context):
    context = new_context(base_url=live_site.url, color_scheme="dark", viewport={"width": 700, "height": 900})
    return context.new_page()


def colors(page, selector):
    """Of what can be seen."""
    return page.eval_on_selector_all(
        selector,
        """all => [...new Set(
            all.filter(each => each.checkVisibility()).map(each => getComputedStyle(each).color)
        )]""",
    )


def words_after(page, selector):
    return page.eval_on_selector(selector, "each => getComputedStyle(each, '::after').content")


def test_code_is_fetched_for_paper_only(open_page):
    fetched = []
    open_page.on("request", lambda request: fetched.append(request.url) if "/qr/" in request.url else None)
    open_page.goto("/de/bielefeld/schule-und-eltern/")
    open_page.mouse.wheel(0, 20_000)
    open_page.wait_for_timeout(300)
    assert fetched == []

    open_page.pdf()

    assert [url.partition("/qr/")[2] for url in fetched] == ["bielefeld/schule-und-eltern/.svg"]


@pytest.mark.parametrize("path", PAGES)
def test_paper_is_black_on_white_without_navigation(path, open_page):
    open_page.goto(path)
    assert open_page.locator(".on-paper").is_hidden()

    open_page.emulate_media(media="print", color_scheme="dark")

    assert colors(open_page, "main p, main a, main li") == ["rgb(0, 0, 0)"]
    assert open_page.locator("nav:visible, .buttons:visible, .site-footer ul:visible").count() == 0
    open_page.locator(".on-paper img").scroll_into_view_if_needed()
    assert open_page.locator(".on-paper img").evaluate("image => image.decode().then(() => image.naturalWidth > 20)")
    assert open_page.evaluate("document.documentElement.scrollWidth") == 700


def test_links_say_where_they_lead_unless_their_words_do(open_page):
    open_page.goto("/de/bielefeld/schule-und-eltern/")
    open_page.emulate_media(media="print")

    assert words_after(open_page, '.rich-text a[href^="/"]') == '"(/de/bielefeld/neu-in-bielefeld/)"'
    assert words_after(open_page, 'main a[href^="tel:"]') == "none"
    assert words_after(open_page, 'main a[href^="mailto:"]') == "none"


def test_what_is_folded_on_the_screen_is_read_on_paper(open_page):
    open_page.goto(reverse("open_data", args=["de", "bielefeld"]))
    first = open_page.locator("main details:not([open]) > :not(summary)").first
    assert not first.is_visible()

    open_page.emulate_media(media="print")

    assert first.is_visible()
