"""One sheet of paper in two languages: German for the counter, the reader's own beside it."""

from io import BytesIO

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contacts.hosts import whole_address
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import Contact
from freshness.public_page import public_page

from ..short_addresses import is_for_everybody, readable, short_path
from ..site import load_site
from .pages import moved_or_gone

LONGEST_PATH = 300  # characters; a code can hold no more than some thousands


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


def qr_code(request, path):
    """The address of a page of this site as a picture. Its content is its address, so it can be kept for ever."""
    path = f"/{path}"
    if len(path) > LONGEST_PATH or not is_for_everybody(path):
        raise Http404
    drawn = BytesIO()
    code = segno.make_qr(whole_address(request, path), error="m")
    code.save(drawn, kind="svg", light="#FFFFFF", xmldecl=False)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=headers)
