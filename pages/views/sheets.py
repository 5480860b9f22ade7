"""One sheet of paper in two languages: German for the counter, the reader's own beside it."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from contacts.domains import as_people_write_it
from contacts.hosts import whole_address
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import Contact
from freshness.public_page import public_page

from ..internal_links import view_at
from ..site import load_site
from .pages import moved_or_gone


@public_page()
def page_sheet(request, language, city_slug, slug):
    site = load_site(language, city_slug)
    entry = site.page_at(slug)
    if entry is None:
        return moved_or_gone(request, site, slug)
    if not entry.has_sheet:
        raise Http404
    short_url = whole_address(request, short_path(entry))
    context = {"entry": entry, "contacts": site.contacts(entry), "back_url": entry.url}
    return sheet(request, site, "pages/page_sheet.html", short_url, context)


def short_path(entry):
    """On its own domain a city has no shorter address for a page called like a language or like a part of the site."""
    path = reverse("pages:short_page", args=[entry.page.city.slug, entry.page.slug])
    match, _path = view_at(path)
    return path if match.url_name == "short_page" else entry.url


@public_page()
def contact_sheet(request, language, city_slug, pk):
    site = load_site(language, city_slug)
    contacts = Contact.objects.for_city(site.city).filter(pk=pk).cards()
    if not contacts:
        raise Http404
    short_url = whole_address(request, reverse("pages:short_contact", args=[city_slug, pk]))
    back_url = reverse("pages:contact", args=[language, city_slug, pk])
    return sheet(request, site, "pages/contact_sheet.html", short_url, {"contacts": contacts, "back_url": back_url})


def sheet(request, site, template, short_url, context):
    context |= {
        "site": site,
        "german": LANGUAGES[SOURCE_LANGUAGE],
        "short_url": short_url,
        "short_text": readable(short_url),
    }
    return render(request, template, context)


def readable(address):
    host, _slash, path = address.partition("://")[2].rstrip("/").partition("/")
    return f"{as_people_write_it(host)}/{path}"
