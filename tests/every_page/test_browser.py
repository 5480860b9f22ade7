"""Every public page in every language on the narrowest screen: axe finds nothing, nothing scrolls sideways.

320 pixels are also what a reader sees who enlarges a page of 1280 pixels to 400 %.
"""

import pytest
from django.conf import settings

from .crawl import pages_in

TAGS = [tag for tag, _name in settings.LANGUAGES]
# Colours do not depend on the language, and to measure them takes as long as all other rules together.
WITH_COLOURS = ("de", "ar")


@pytest.mark.either_database
@pytest.mark.parametrize("language", TAGS)
def test_every_page_is_accessible_and_fits(live_site, new_context, axe, language):
    paths = sorted(pages_in(language))
    assert len(paths) > 120
    # Light for one language, dark for the next; tests/test_browser_public.py shows every kind of page in both.
    scheme = ("light", "dark")[TAGS.index(language) // 2 % 2]
    options = {} if language in WITH_COLOURS else {"rules": {"color-contrast": {"enabled": False}}}
    page = new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, reduced_motion="reduce").new_page()
    too_wide = []
    for path in paths:
        page.goto(f"{live_site.url}{path}")
        axe(page, **options)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)
    assert too_wide == []
