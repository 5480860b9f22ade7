"""What takes place and what is new: lists for readers, files for their calendars."""

from functools import partial
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from contacts.hosts import whole_address
from freshness.public_page import public_page
from pages.models import Page, PageAlias
from pages.site import load_site

from .calendars import calendar_of
from .listing import current_news, event_at, upcoming_events


@public_page("reihe")
def event_list(request, language, city_slug):
    site = load_site(language, city_slug)
    # PostgreSQL refuses this character in any text.
    series = request.GET.get("reihe", "").replace("\0", "")
    listing = upcoming_events(site, series)
    context = {
        "site": site,
        "series": series,
        "months": by_month(listing.entries, site.today),
        "is_cut": listing.is_cut,
        "feed_url": whole_address(request, reverse("events:event_feed", args=[language, city_slug])),
    }
    return render(request, "events/event_list.html", context | around(site))


def by_month(entries, today):
    """(first day known of the month, events). What runs already stands in this month."""

    def month(entry):
        begins = max(timezone.localdate(entry.page.starts_at), today)
        return begins.replace(day=1)

    return [(first_day, list(events)) for first_day, events in groupby(entries, month)]


@public_page()
def news_list(request, language, city_slug):
    site = load_site(language, city_slug)
    listing = current_news(site)
    context = {"site": site, "news": listing.entries, "is_cut": listing.is_cut}
    return render(request, "events/news_list.html", context | around(site))


def around(site):
    return {"contacts": site.contacts(), "funders": site.funders()}


@public_page()
def event_feed(request, language, city_slug):
    site = load_site(language, city_slug)
    return calendar_response(request, site, upcoming_events(site).entries, "termine")


@public_page()
def event_ics(request, language, city_slug, slug):
    site = load_site(language, city_slug)
    if entry := event_at(site, slug):
        return calendar_response(request, site, [entry], slug)
    former = get_object_or_404(PageAlias, city=site.city, slug=slug, page__kind=Page.Kind.EVENT)
    return redirect("events:event_ics", language, city_slug, former.page.slug)


def calendar_response(request, site, entries, name):
    calendar = calendar_of(site, entries, partial(whole_address, request))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response
