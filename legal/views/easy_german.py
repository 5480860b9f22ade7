from dataclasses import replace

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from freshness.public_page import public_page
from pages.site import ANY, load_site

from ..declaration import declaration_of

EASY_GERMAN = LANGUAGES["de-simple"]


@public_page()
def easy_german(request, language, city_slug):
    """In Easy German whatever the language of the address, which is that of menus and contacts."""
    site = load_site(language, city_slug, "easy_german_page")
    site.wanted = ANY
    context = {
        "site": site,
        "easy": EASY_GERMAN,
        "text": getattr(site.city, "easy_german_page", None),
        "pages": pages_in_easy_german(site),
        "declaration": declaration_of(site.city, site.instant),
        "contacts": site.contacts(),
        "ombuds_office_url": settings.OMBUDS_OFFICE_URL,
        # Search engines know no Easy German.
        "canonical_path": reverse("legal:easy_german", args=[SOURCE_LANGUAGE, city_slug]),
    }
    return render(request, "legal/easy_german.html", context)


def pages_in_easy_german(site):
    """Entries of what lasts; no query of its own where the site is read in Easy German."""
    easy_site = site if site.language == EASY_GERMAN else replace(site, language=EASY_GERMAN)
    return [entry for entry in easy_site.current_entries if entry.language == EASY_GERMAN]
