"""What is written for machines, in a browser: it breaks no policy, and people can read the page that explains it."""

import json

import pytest

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@pytest.mark.either_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["320", "1280"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_page_about_the_data_is_accessible_and_fits(live_site, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/daten/")
    axe(page)
    for summary in page.locator("main summary").all():
        summary.click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["", "kontakt/", "wer-wir-sind/"])
def test_linked_data_stands_under_the_strict_policy(live_site, new_context, path):
    """The console is watched: a refused script would be a complaint."""
    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/{path}")
    content = json.loads(page.locator('script[type="application/ld+json"]').text_content())
    [office] = [node for node in content["@graph"] if node["@type"] == "GovernmentOffice"]
    assert office["name"] == page.locator(".brand span").first.text_content()
