"""The pages of a city."""

from django.db.models import Case, F, Q, When, Window
from django.db.models.functions import RowNumber
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from contacts.hosts import called_as, seen_from_here
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City, CityLanguage
from freshness.public_page import public_page

from ..glossary import Glossary
from ..guides import phases, with_phones
from ..internal_links import view_at
from ..language_wishes import wishes
from ..models import Page, PageAlias, PageRevision
from ..richtext import split_at_rule
from ..site import FOCUS_AREAS, Entry, build_site, load_site, with_relations
from .portal import in_readers_language

# How many of each the start page shows.
HIGHLIGHTS = 3

TEMPLATES = {
    Page.Kind.HOME: "pages/home.html",
    Page.Kind.MISSION: "pages/mission.html",
    Page.Kind.FOCUS_AREA: "pages/focus_area.html",
    Page.Kind.OFFER: "offers/offer_detail.html",
    Page.Kind.CALL: "offers/call_detail.html",
    Page.Kind.EVENT: "events/event_detail.html",
    Page.Kind.NEWS: "events/news_detail.html",
    Page.Kind.GUIDE: "pages/guide.html",
    Page.Kind.GLOSSARY: "pages/glossary.html",
}


@public_page()
def home(request, language, city_slug):
    site = load_site(language, city_slug)
    wishes.note(request, site)
    want_start(site)
    entries = home_entries(site)
    entry = next((entry for entry in entries if entry.page.kind == Page.Kind.HOME), None)
    return render(request, TEMPLATES[Page.Kind.HOME], page_context(site, entry) | highlights(entries))


def want_start(site):
    """What the start page leads to."""
    site.want_situations()
    site.wanted |= FOCUS_AREAS


def highlights(entries):
    """What is going on, for the start page: what comes first in front."""
    by_kind = {
        kind: [entry for entry in entries if entry.page.kind == kind]
        for kind in (Page.Kind.EVENT, Page.Kind.CALL, Page.Kind.NEWS)
    }
    return {
        "events": sorted(by_kind[Page.Kind.EVENT], key=lambda entry: entry.page.starts_at),
        "calls": sorted(by_kind[Page.Kind.CALL], key=lambda entry: (entry.page.ends_at is None, entry.page.ends_at)),
        "news": sorted(by_kind[Page.Kind.NEWS], key=lambda entry: entry.source.first_visible_from, reverse=True),
    }


def home_entries(site):
    """The start page with its text, and the next events, the open calls and the newest news: one query."""
    newest_first = Case(When(translation__page__kind=Page.Kind.NEWS, then=F("first_visible_from")))
    rank = Window(
        RowNumber(),
        partition_by=F("translation__page__kind"),
        order_by=[newest_first.desc(), F("translation__page__ends_at").asc(nulls_last=True), F("translation__page")],
    )
    shown = (Page.Kind.HOME, Page.Kind.EVENT, Page.Kind.CALL, Page.Kind.NEWS)
    revisions = site.revisions().filter(site.not_over, translation__page__kind__in=shown).with_first_instant()
    german = revisions.filter(translation__language=SOURCE_LANGUAGE).annotate(rank=rank).filter(rank__lte=HIGHLIGHTS)
    chosen = with_relations(revisions.filter(translation__page__in=german.values("translation__page")))
    return site.entries_of(chosen.select_related("picture", "translation__page__event"))


@public_page()
def page(request, language, city_slug, slug):
    site = load_site(language, city_slug)
    entry = site.page_at(slug)
    if entry is None:
        return moved_or_gone(request, site, slug)
    if entry.page.kind == Page.Kind.HOME:
        return moved(site.url)
    return render(request, template_for(entry.page), public_context(site, entry))


def public_context(site, entry):
    """What the public page of an entry shows."""
    context = page_context(site, entry) | {"documents": site.documents(entry)}
    return context | (highlights(home_entries(site)) if entry.page.kind == Page.Kind.HOME else {})


def template_for(page):
    return TEMPLATES.get(page.kind, "pages/page.html")


def page_context(site, entry):
    """What the template of an entry shows; `entry` is None on the start page of a city that has no text for it."""
    context = {"site": site, "entry": entry, "contacts": site.contacts(entry), "funders": site.funders(entry)}
    if entry is None:
        return context
    if entry.page.kind == Page.Kind.GLOSSARY:
        context["glossary"] = Glossary(entry)
    words, body = official_words(site, entry)
    site.find_link_targets(*entry.bodies, *(term.html for term in words))
    context |= {"words": words, "body": body} | body_in_parts(site, context, body)
    in_text = {area.page.pk for area in entry.focus_areas}
    ancestors = site.ancestors(entry)
    return context | {
        "children": [child for child in site.children(entry) if child.page.pk not in in_text],
        "ancestors": ancestors,
        "trail": site.trail(entry, ancestors),
    }


def official_words(site, entry):
    """(words that the page explains, its body in which they lead there)."""
    body = entry.revision.body
    if site.glossary is None or entry.page.kind in (Page.Kind.HOME, Page.Kind.GLOSSARY):
        return [], body
    return site.glossary.terms_of(entry.revision), site.glossary.mark(body, entry.language)


def body_in_parts(site, context, body):
    """A body as the template of its kind of page shows it: around the focus areas, or by phases."""
    if context["entry"].page.kind != Page.Kind.GUIDE:
        return dict(zip(("body_above", "body_below"), split_at_rule(body), strict=True))
    above, found = phases(with_phones(body, site.city, context["contacts"], site.today))
    return {"body_above": above, "phases": found}


def preview_response(request, translation, text, **context):
    """The page as it would look with the words of `text`, a draft or a revision, whether or not its city is public."""
    page, tag = translation.page, translation.language
    with override(tag):
        site = build_site(list(CityLanguage.objects.for_city(page.city).select_related("city")), tag)
        public = site.page_at(page.slug)
        revision = PageRevision(
            translation=translation,
            visible_from=timezone.now(),
            digests=text.digests,
            source_digests=text.source_digests,
            **text.texts(),
            **text.pictures(),
        )
        entry = Entry(page, revision, public.source if public else None, site.language, site.instant)
        if public is None and not translation.is_source:
            entry.german_draft = page.translations.select_related("picture").get(language=SOURCE_LANGUAGE)
        if page.kind == Page.Kind.MISSION:
            entry.focus_areas = site.focus_areas_with_bodies()
        context |= page_context(site, entry) | {"documents": list(page.documents.all())}
        if page.kind == Page.Kind.HOME:
            context |= highlights(home_entries(site))
        return render(request, template_for(page), context)


def short_address(request, city_slug, slug=""):
    """An address without language, as it stands on paper."""
    get_object_or_404(City.objects.public(), slug=city_slug)
    if slug:
        return in_readers_language(request, "pages:page", city_slug, slug)
    return in_readers_language(request, "pages:home", city_slug)


def reference(request, pk, name="pages:page"):
    """Where the link to a page in a text leads whoever meets it as it is stored."""
    was_public = Page.objects.filter(
        city__is_public=True,
        translations__language=SOURCE_LANGUAGE,
        translations__revisions__visible_from__lte=timezone.now(),
    )
    page = get_object_or_404(was_public.select_related("city").distinct(), pk=pk)
    return in_readers_language(request, name, page.city.slug, page.slug)


def reference_to_list(request, path):
    """The same for what is no page: a list, a form, a contact, a start page."""
    address = f"/{request.LANGUAGE_CODE}/{path}"
    with called_as(None):
        if view_at(address)[0] is None:
            raise Http404
    response = redirect(seen_from_here(address))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def short_contact(request, city_slug, pk):
    get_object_or_404(City.objects.public(), slug=city_slug)
    return in_readers_language(request, "pages:contact", city_slug, pk)


def moved(address):
    """For ever, but asked again each time: a browser that kept it would run in circles once a page is renamed back."""
    response = redirect(address, permanent=True)
    response["Cache-Control"] = "no-cache"
    return response


def moved_or_gone(request, site, slug):
    alias = PageAlias.objects.filter(city=site.city, slug=slug).select_related("page__city").first()
    if alias:
        return moved(alias.page.get_absolute_url(site.language.tag))
    withdrawn = Page.objects.for_city(site.city).filter(
        slug=slug, translations__language=SOURCE_LANGUAGE, translations__revisions__visible_from__lte=timezone.now()
    )
    if page := withdrawn.first():
        context = {"site": site, "contacts": site.contacts(), "successor": public_successor(site, page)}
        return render(request, "410.html", context, status=410)
    return render(request, "404.html", {"site": site, "contacts": site.contacts()}, status=404)


def public_successor(site, page):
    """The entry that follows a withdrawn page; where that one is withdrawn too, the one after it."""
    seen = set()
    while page and page.successor_id and page.successor_id not in seen:
        seen.add(page.successor_id)
        if entries := site.load(Q(translation__page=page.successor_id)):
            return entries[0]
        page = page.successor
    return None
