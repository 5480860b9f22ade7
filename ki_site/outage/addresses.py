"""Which addresses have a copy in the snapshot; tests/snapshot/test_addresses.py asks for every view of the site."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from contacts.hosts import city_here
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import Contact
from pages.models import Page, PageAlias, PageRevision
from pages.site import load_site

from ..open_data import DATASETS
from ..page_cache.instants import next_midnight, stored_instants

LANGUAGES = [tag for tag, _name in settings.LANGUAGES]

# One address in each language of each city.
OF_CITY = (
    "pages:home",  # first: the others are compressed with it
    "events:call_atom",
    "events:event_atom",
    "events:event_feed",
    "events:event_list",
    "events:news_atom",
    "events:news_list",
    "inquiries:barrier",
    "legal:easy_german",
    "legal:imprint",
    "legal:privacy",
    "legal:sign_language",
    "legal:statement",
    "legal:statement_earl",
    "offers:call_list",
    "offers:offer_list",
    "open_data",
    "open_data_catalogue",
    "pages:contact_list",
    "pages:search",
)
OF_DATA = ("open_data_csv", "open_data_json")
OF_CONTACT = ("pages:contact", "pages:contact_vcard")
OF_FORMS = ("inquiries:contact", "inquiries:help", "inquiries:interpreter")  # where the city offers them
OF_PORTAL = ("pages:portal", "pages:search_all")
WITHOUT_LANGUAGE = ("sitemap_index", "sitemap_of_portal")


@dataclass
class Address:
    path: str
    language: str
    ends_at: datetime | None = None  # when its publication ends, if that is known
    moved_to: str = ""


def addresses_of_portal():
    """Those of no city."""
    addresses = [Address(reverse(name, args=[tag]), tag) for tag in LANGUAGES for name in OF_PORTAL]
    return addresses + [Address(reverse(name), SOURCE_LANGUAGE) for name in WITHOUT_LANGUAGE]


def addresses_of(slug):
    """Every address of a public city that shows something public: five queries. Http404 if the city is not public."""
    site = load_site(SOURCE_LANGUAGE, slug)
    languages = list(dict.fromkeys([SOURCE_LANGUAGE, *(language.tag for language in site.languages)]))
    contacts = list(Contact.objects.for_city(site.city).values_list("pk", flat=True))
    pages, ends = public_pages(site)
    aliases = list(PageAlias.objects.filter(city=site.city, page__in=pages).select_related("page"))
    sitemap = reverse("sitemap_index") if city_here() else reverse("sitemap_of_city", args=[slug])
    addresses = [Address(sitemap, SOURCE_LANGUAGE)]
    for tag in languages:
        names = [*OF_CITY, *(name for name in OF_FORMS if name.partition(":")[2] in site.city.forms)]
        addresses += [Address(reverse(name, args=[tag, slug]), tag) for name in names]
        addresses += [Address(reverse(name, args=[tag, slug, data]), tag) for name in OF_DATA for data in DATASETS]
        addresses += [Address(reverse(name, args=[tag, slug, pk]), tag) for name in OF_CONTACT for pk in contacts]
        for page in pages:
            addresses += addresses_of_page(page, tag, end_of(page, tag, ends))
        addresses += [moved(alias.slug, page_of(alias, site), tag) for alias in aliases]
    return addresses, [(page.pk, f"{slug}/{page.slug}/") for page in pages]


def public_pages(site):
    """What can be read in German, and when a text ends: {(page, language): instant}."""
    texts = PageRevision.objects.visible_at(site.instant).for_city(site.city)
    texts = texts.values_list("translation__page", "translation__language", "visible_until")
    ends = {(page, language): until for page, language, until in texts}
    pages = Page.objects.filter(pk__in={page for page, language in ends if language == SOURCE_LANGUAGE})
    pages = list(pages.order_by("position", "pk"))
    for page in pages:
        page.city = site.city
    return pages, ends


def end_of(page, tag, ends):
    """When the words that are shown in a language are not public any more: the page's own or the German ones."""
    return min(filter(None, (ends.get((page.pk, SOURCE_LANGUAGE)), ends.get((page.pk, tag)))), default=None)


def addresses_of_page(page, tag, ends_at):
    if page.kind == Page.Kind.HOME:
        return [moved(page.slug, page, tag)]
    addresses = [Address(page.get_absolute_url(tag), tag, ends_at)]
    if page.kind == Page.Kind.EVENT:
        addresses.append(Address(reverse("events:event_ics", args=[tag, page.city.slug, page.slug]), tag, ends_at))
    return addresses


def moved(slug, page, tag):
    address = reverse("pages:page", args=[tag, page.city.slug, slug])
    return Address(address, tag, moved_to=page.get_absolute_url(tag))


def page_of(alias, site):
    alias.page.city = site.city
    return alias.page


def next_change(city, instant):
    """When pages of the city become others by themselves. Copies do not say who is open at the moment."""
    return min([next_midnight(instant), *stored_instants(city, instant)])
