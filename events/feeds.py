"""What is new, what takes place and what can be applied for, for readers of feeds: Atom (RFC 4287)."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.content_lines import one_line
from contacts.hosts import whole_address
from contacts.templatetags.local_words import day_and_time, until_day_and_time
from freshness.public_page import public_page
from pages.models import Phase
from pages.site import load_site

from .listing import current_news, open_calls, upcoming_events
from .templatetags.event_words import period, titled


class Feed(Atom1Feed):
    """Atom whose entries name their language."""

    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=self.feed["instant"])


@public_page()
def event_atom(request, language, city_slug):
    site = load_site(language, city_slug)
    feed = feed_of(request, site, _("Termine"), "events:event_list")
    for entry in upcoming_events(site).entries:
        with override(entry.language.tag):
            words = f"{period(entry.page, entry.language)} – {entry.revision.summary}"
        add(request, feed, site, entry, words, entry.detail.changed_at)
    return response_of(feed)


@public_page()
def news_atom(request, language, city_slug):
    site = load_site(language, city_slug)
    feed = feed_of(request, site, _("Aktuelles"), "events:news_list")
    for entry in current_news(site).entries:
        add(request, feed, site, entry, entry.revision.summary)
    return response_of(feed)


@public_page()
def call_atom(request, language, city_slug):
    site = load_site(language, city_slug)
    feed = feed_of(request, site, _("Geld für Projekte"), "offers:call_list")
    for entry in open_calls(site).entries:
        words = f"{entry.detail.programme} – {dates_of_call(entry)} {entry.revision.summary}"
        add(request, feed, site, entry, words)
    return response_of(feed)


def dates_of_call(entry):
    """In the language of the entry's words."""
    page, language = entry.page, entry.language
    with override(language.tag):
        opens = day_and_time(page.starts_at, language) if page.starts_at else ""
        closes = until_day_and_time(page.ends_at, language) if page.ends_at else ""
        if entry.phase == Phase.AHEAD and closes:
            return _("Anträge vom %(start)s bis zum %(end)s.") % {"start": opens, "end": closes}
        if entry.phase == Phase.AHEAD:
            return _("Anträge ab %(start)s.") % {"start": opens}
        return _("Anträge bis %(end)s.") % {"end": closes} if closes else ""


def feed_of(request, site, title, list_name):
    """An empty feed. Its address is its name, its author the centre."""
    list_url = reverse(list_name, args=[site.language.tag, site.city.slug])
    name, _language = site.centre_name
    return Feed(
        title=one_line(f"{title} – {name}"),
        link=whole_address(request, list_url),
        description=None,
        language=site.language.tag,
        author_name=one_line(name),
        feed_url=whole_address(request, request.path),
        feed_guid=tag_uri(site, request.path.rpartition("/")[2].removesuffix(".atom")),
        instant=site.instant,
    )


def add(request, feed, site, entry, words, changed_at=None):
    feed.add_item(
        title=one_line(titled(entry)),
        link=whole_address(request, entry.url),
        description=escape(one_line(words)),  # Django announces summaries as HTML
        pubdate=entry.revision.first_visible_from,
        updateddate=max(filter(None, (entry.revision.visible_from, changed_at))),
        unique_id=tag_uri(site, entry.page.pk),
        language=entry.language.tag,
    )


def tag_uri(site, name):
    """The same after renaming, moving and under another host (RFC 4151)."""
    return f"tag:{site.city.slug}.ki-nrw,2026:{site.language.tag}/{name}"


def response_of(feed):
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
