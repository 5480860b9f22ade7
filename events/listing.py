"""Which events, news and calls are shown at an instant; lists, calendars and feeds ask here. One query each."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Subquery

from contacts.languages import SOURCE_LANGUAGE
from pages.models import Page, PageRevision
from pages.site import NOT_FOR_LISTS, Entry

MOST = 100
FARTHEST = timedelta(days=366)


class Listing(NamedTuple):
    entries: list[Entry]
    is_cut: bool  # there are more than are shown


def upcoming_events(site, series=""):
    """What runs or is still to come, cancelled events too, the next one first."""
    wanted = {"translation__page__event__series": series} if series else {}
    found = load(site, Page.Kind.EVENT, F("translation__page__starts_at").asc(), "event__location", **wanted)
    found.sort(key=lambda entry: (entry.page.starts_at, entry.page.pk))
    near = [entry for entry in found if entry.page.starts_at < site.instant + FARTHEST][:MOST]
    return Listing(near, len(found) > len(near))


def current_news(site):
    """The newest first; what has expired is left out."""
    found = load(site, Page.Kind.NEWS, F("first_visible_from").desc(), "news")
    found.sort(key=lambda entry: (entry.source.first_visible_from, entry.page.pk), reverse=True)
    return Listing(found[:MOST], len(found) > MOST)


def open_calls(site):
    """Calls that are open or announced, the one that closes first in front."""
    found = load(site, Page.Kind.CALL, F("translation__page__ends_at").asc(nulls_last=True), "call")
    found.sort(key=lambda entry: (entry.page.ends_at is None, entry.page.ends_at, entry.page.pk))
    return Listing(found[:MOST], len(found) > MOST)


def load(site, kind, order, *details, **wanted):
    """Entries of a kind: the first by an order of their German revisions, at most one more than are shown."""
    revisions = with_german_texts(site).filter(site.not_over, translation__page__kind=kind, **wanted)
    revisions = revisions.with_first_instant()
    german = revisions.filter(translation__language=SOURCE_LANGUAGE).order_by(order, "translation__page")
    details = (f"translation__page__{detail}" for detail in details)
    shown = revisions.filter(translation__page__in=german.values("translation__page")[: MOST + 1])
    return site.entries_of(shown.select_related("translation__page", *details).defer(*NOT_FOR_LISTS))


def event_at(site, slug):
    """The public event at an address, whenever it takes place, or None."""
    found = with_german_texts(site).filter(translation__page__kind=Page.Kind.EVENT, translation__page__slug=slug)
    shown = found.select_related("translation__page__event__location").defer(*NOT_FOR_LISTS)
    return next(iter(site.entries_of(shown)), None)


def with_german_texts(site):
    """What can be read now, each with `german_texts`: how many its page has had in public so far."""
    german = PageRevision.objects.filter(
        translation__page=OuterRef("translation__page"),
        translation__language=SOURCE_LANGUAGE,
        visible_from__lte=site.instant,
    )
    number = german.order_by().values("translation__page").annotate(number=Count("pk")).values("number")
    return site.revisions().annotate(german_texts=Subquery(number))
