"""The sitemap: an index, a part for the pages above all cities and one for each public city.

A text stands in it under its own language only: a page that shows German in Turkish is no Turkish page. Each address
names its translations and itself, so that every one of them names the same set.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse

from contacts.hosts import city_here, own_domain_of, whole_address
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from freshness.public_page import public_page
from pages.models import PageRevision
from pages.site import load_site
from pages.views.pages import moved

# Search engines know neither Easy German nor sign language as a language of a page.
NOT_FOR_SEARCH_ENGINES = {"de-simple", "gsg"}
# Addresses of every city whose words are those of the interface.
VIEWS = (
    "offers:offer_list",
    "offers:call_list",
    "events:event_list",
    "events:news_list",
    "pages:contact_list",
    "open_data",
    "legal:imprint",
    "legal:privacy",
    "legal:statement",
    "legal:sign_language",
    "inquiries:barrier",
)
LANGUAGES = [tag for tag, _name in settings.LANGUAGES if tag not in NOT_FOR_SEARCH_ENGINES]


@dataclass
class Address:
    path: str
    language: str
    changed: datetime | None = None
    alternates: list = field(default_factory=list)  # (language, path), this one included


def with_alternates(addresses):
    """The addresses of one page, each with all of them; whoever reads another language is sent to the German one."""
    alternates = [(address.language, address.path) for address in addresses]
    german = [("x-default", path) for language, path in alternates if language == SOURCE_LANGUAGE]
    for address in addresses:
        address.alternates = alternates + german
    return addresses


def addresses_of_view(name, languages, *args):
    return with_alternates([Address(reverse(name, args=[language, *args]), language) for language in languages])


def addresses_of_pages(site, languages):
    """Of every page that is public in German, real and not over: one query."""
    revisions = (
        PageRevision.objects.visible_at(site.instant)
        .in_languages(languages)
        .for_city(site.city)
        .filter(site.not_over & Q(translation__page__is_example=False))
        .select_related("translation__page")
        .only("visible_from", "translation__language", "translation__page__kind", "translation__page__slug")
        .order_by("translation__page__position", "translation__page", "translation__language")
    )
    addresses = []
    for page, texts in groupby(revisions, key=lambda revision: revision.page):
        page.city = site.city
        found = {text.language.tag: text.visible_from for text in texts}
        if SOURCE_LANGUAGE in found:
            shown = [Address(page.get_absolute_url(tag), tag, found[tag]) for tag in languages if tag in found]
            addresses += with_alternates(shown)
    return addresses


@public_page()
def sitemap_index(request):
    """On the domain of a city its own part is all there is, and stands in the index of no other host."""
    if city := city_here():
        return part_of_city(request, city)
    slugs = City.objects.public().values_list("slug", flat=True)
    parts = [reverse("sitemap_of_city", args=[slug]) for slug in slugs if not own_domain_of(slug)]
    return xml(request, "sitemap_index.xml", parts=[reverse("sitemap_of_portal"), *parts])


@public_page()
def sitemap_of_portal(request):
    return xml(request, "sitemap.xml", addresses=addresses_of_view("pages:portal", LANGUAGES))


@public_page()
def sitemap_of_city(request, slug):
    own_domain = own_domain_of(slug)
    return moved(own_domain.origin + reverse("sitemap_index")) if own_domain else part_of_city(request, slug)


def part_of_city(request, slug):
    site = load_site(SOURCE_LANGUAGE, slug)
    switched_on = {SOURCE_LANGUAGE, *(language.tag for language in site.languages)}
    languages = [tag for tag in LANGUAGES if tag in switched_on]
    addresses = addresses_of_pages(site, languages)
    for name in [*VIEWS, *(f"inquiries:{form}" for form in site.city.forms)]:
        addresses += addresses_of_view(name, languages, slug)
    # The same words in every language.
    addresses += addresses_of_view("legal:easy_german", [SOURCE_LANGUAGE], slug)
    return xml(request, "sitemap.xml", addresses=addresses)


def xml(request, template, **context):
    context["origin"] = whole_address(request, "/").rstrip("/")
    return render(request, template, context, content_type="application/xml; charset=utf-8")
