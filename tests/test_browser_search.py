"""The search in a browser: no rule of accessibility broken, nothing wider than a narrow phone."""

import pytest

WIDER_THAN_SCREEN = "document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["de/bielefeld/suche/?q=Schule", "ar/bielefeld/suche/?q=Schule", "ar/bielefeld/suche/?q=Quark", "tr/suche/?q=okul"],
)
def test_search_breaks_no_rule_of_accessibility(new_context, live_site, axe, path, scheme):
    page = new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme).new_page()
    page.goto(f"{live_site.url}/{path}")
    assert not page.evaluate(WIDER_THAN_SCREEN)
    axe(page)


def test_a_word_is_searched_with_the_keyboard_alone(new_context, live_site):
    page = new_context(viewport={"width": 360, "height": 700}).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/suche/")
    page.get_by_role("searchbox", name="Was suchen Sie?").fill("Schule")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Treffer für „Schule“").wait_for()
    assert page.get_by_role("searchbox").input_value() == "Schule"
