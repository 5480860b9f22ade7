"""Overviews of what people can use, and of the money they can apply for."""

from datetime import timedelta

from django.db.models import Q
from django.shortcuts import render

from freshness.public_page import public_page
from pages.models import Page, Phase
from pages.site import load_site

from .listing import contacts_by_page, grouped, listed_offers, of_unknown_language, offer_finder

# So long a call that has closed is still listed.
CLOSED_CALLS_SHOWN = timedelta(days=365)


@public_page("thema", "zielgruppe", "sprache", "jetzt", "barrierefrei")
def offer_list(request, language, city_slug):
    site = load_site(language, city_slug)
    contacts = contacts_by_page(site)
    offers = listed_offers(site, contacts)
    finder = offer_finder(offers, request.GET)
    context = {
        "site": site,
        "finder": finder,
        "groups": grouped(finder.found),
        "of_unknown_language": of_unknown_language(offers, finder),
        "contacts": contacts[None],
        "funders": site.funders(),
    }
    return render(request, "offers/offer_list.html", context)


@public_page()
def call_list(request, language, city_slug):
    site = load_site(language, city_slug)
    not_long_over = Q(translation__page__ends_at=None) | Q(
        translation__page__ends_at__gt=site.instant - CLOSED_CALLS_SHOWN
    )
    calls = site.load(Q(translation__page__kind=Page.Kind.CALL) & not_long_over, "call")
    context = {
        "site": site,
        "groups": calls_by_phase(calls),
        "contacts": site.contacts(),
        "funders": site.funders(),
    }
    return render(request, "offers/call_list.html", context)


def calls_by_phase(calls):
    """Open ones, the next deadline first; then those that open; then those that have closed."""
    by_phase = {phase: [call for call in calls if call.phase == phase] for phase in Phase}
    by_phase[Phase.NOW].sort(key=lambda call: (call.page.ends_at is None, call.page.ends_at or call.instant))
    by_phase[Phase.AHEAD].sort(key=lambda call: call.page.starts_at)
    by_phase[Phase.OVER].sort(key=lambda call: call.page.ends_at, reverse=True)
    return [(phase, by_phase[phase]) for phase in (Phase.NOW, Phase.AHEAD, Phase.OVER) if by_phase[phase]]
