"""Whom people can call, write to and visit."""

from operator import attrgetter
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render

from contacts.finder import Finder, language_facet, open_now_switch, step_free_switch, topic_facet
from contacts.hosts import whole_address
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import Contact
from contacts.opening import is_reachable
from contacts.templatetags.local_words import speaks
from contacts.vcard import vcard
from freshness.public_page import public_page

from ..models import Page
from ..site import load_site

# How many pages the card of a contact names in the list; its own page names all.
PAGES_ON_CARD = 5

# What nobody in particular is responsible for.
NOBODYS = (Page.Kind.HOME, Page.Kind.NEWS)


@public_page("thema", "sprache", "jetzt", "barrierefrei")
def contact_list(request, language, city_slug):
    site = load_site(language, city_slug)
    contacts = Contact.objects.for_city(site.city).cards()
    add_pages(site, contacts)
    finder = find_contacts(contacts, site.instant, request.GET)
    context = {
        "site": site,
        "finder": finder,
        "is_worth_asking": len(contacts) > 1,
        "own_language_count": sum(speaks(contact, site.language) for contact in contacts) if not finder.chosen else 0,
        "contacts": finder.found,
        "main_contacts": [contact for contact in contacts if contact.is_main],
        "query": urlencode(finder.parameters),
        "funders": site.funders(),
    }
    return render(request, "pages/contact_list.html", context)


def find_contacts(contacts, instant, query):
    return Finder(
        contacts,
        [topic_facet(attrgetter("topics")), language_facet(attrgetter("languages"))],
        [
            open_now_switch(lambda contact: is_reachable(contact, instant)),
            step_free_switch(attrgetter("is_step_free")),
        ],
        query,
    )


def add_pages(site, contacts):
    """Sets `responsible_for`, the first entries whose pages name the contact: one query."""
    links = Page.contacts.through.objects.filter(contact__city=site.city)
    named = set(links.values_list("contact_id", "page_id"))
    entries = [entry for entry in site.current_entries if entry.page.kind not in NOBODYS]
    for contact in contacts:
        of_contact = [entry for entry in entries if (contact.pk, entry.page.pk) in named]
        contact.responsible_for = of_contact[:PAGES_ON_CARD]


@public_page()
def contact(request, language, city_slug, pk):
    site = load_site(language, city_slug)
    cards = Contact.objects.for_city(site.city).filter(pk=pk).cards()
    if not cards:
        return render(request, "404.html", {"site": site, "contacts": site.contacts()}, status=404)
    return render(request, "pages/contact_detail.html", contact_context(site, cards[0]))


def contact_context(site, contact):
    """What the public page of one of cards() shows."""
    entries = site.load(Q(translation__page__contacts=contact.pk) & site.not_over, "focusarea")
    return {
        "site": site,
        "contact": contact,
        "heading": (contact.organisation, LANGUAGES[SOURCE_LANGUAGE]) if contact.organisation else site.centre_name,
        "items": [entry for entry in entries if entry.page.kind not in NOBODYS and site.is_current(entry)],
        "funders": site.funders(),
    }


@public_page()
def contact_vcard(request, language, city_slug, pk):
    site = load_site(language, city_slug)
    cards = Contact.objects.for_city(site.city).filter(pk=pk).cards()
    if not cards:
        raise Http404
    cards[0].city = site.city
    url = whole_address(request, cards[0].get_absolute_url(language))
    content = vcard(cards[0], site.language, site.centre_name[0], url, site.instant)
    file_name = f"kontakt-{city_slug}-{pk}.vcf"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(content, content_type="text/vcard; charset=utf-8", headers=headers)
