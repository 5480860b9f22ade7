"""The pages of an outage in a browser: on a small phone and on a desk, light and dark, in both directions."""

import pytest

SCREENS = [(320, "light"), (1280, "dark")]
PAGES = ["/de/bochum/", "/ar/bochum/", "/tr/bochum/kontakt/", "/ar/bochum/anfrage/", "/de/bochum/suche/", "/admin/"]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_pages_of_an_outage_are_for_everybody(without_database, new_context, axe, width, scheme):
    context = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for address in PAGES:
        page.goto(f"http://127.0.0.1:{without_database.port}{address}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width, address


def test_what_was_typed_stands_in_fields(without_database, new_context, axe):
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"http://127.0.0.1:{without_database.port}/ar/bochum/anfrage/")
    page.evaluate("""() => {
        const form = document.createElement("form")
        form.method = "post"
        form.innerHTML = '<textarea name="message">مرحبا</textarea><input name="phone" value="030 23125 000">'
        document.body.append(form)
        form.submit()
    }""")
    page.wait_for_selector("#typed")

    assert page.locator("textarea[name=message]").input_value() == "مرحبا"
    assert page.locator("input[name=phone]").input_value() == "030 23125 000"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    axe(page)
