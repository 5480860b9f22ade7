"""What every page of a city shows around its text: languages, menu, titles, contacts, funders."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE, Language
from contacts.models import City, CityLanguage, Contact, Funder

from .models import Page, PageRevision


@dataclass
class Entry:
    """A public page as it appears in menus, cards and at its own address, in the language there is."""

    page: Page
    revision: PageRevision  # in the reader's language, or the German one
    source: PageRevision | None  # the German one
    reader_language: Language

    @property
    def is_fallback(self):
        return self.language != self.reader_language

    @property
    def is_outdated(self):
        return bool(self.source) and self.revision.is_outdated_against(self.source)

    @property
    def newer_source_blocks(self):
        return self.source.blocks_unknown_to(self.revision)

    @property
    def language(self):
        return self.revision.language

    @property
    def url(self):
        return self.page.get_absolute_url(self.reader_language.tag)

    @property
    def source_url(self):
        return self.page.get_absolute_url(SOURCE_LANGUAGE)


@dataclass
class Site:
    """One city in one language."""

    city: City
    language: Language
    city_languages: list[CityLanguage]
    entries: list[Entry]  # every public page, in menu order, without bodies
    instant: datetime  # when the page is read; all queries of one page use the same one

    @cached_property
    def centre_name(self):
        """The centre's name and the language it is really in."""
        for city_language in self.city_languages:
            if city_language.language == self.language.tag and city_language.centre_name:
                return city_language.centre_name, self.language
        return self.city.centre_name, LANGUAGES[SOURCE_LANGUAGE]

    @property
    def languages(self):
        return [city_language.info for city_language in self.city_languages]

    @property
    def url(self):
        return self.city.get_absolute_url(self.language.tag)

    @property
    def contact_url(self):
        return reverse("pages:contact_list", args=[self.language.tag, self.city.slug])

    @property
    def navigation(self):
        return [
            entry
            for entry in self.entries
            if entry.page.in_navigation
            and entry.page.parent_id is None
            and entry.page.kind not in (Page.Kind.HOME, *Page.LEGAL)
        ]

    @property
    def legal_pages(self):
        return [entry for entry in self.entries if entry.page.kind in Page.LEGAL]

    @property
    def situations(self):
        return [entry for entry in self.entries if entry.revision.situation]

    @property
    def focus_areas(self):
        today = timezone.localdate(self.instant)
        areas = [
            entry
            for entry in self.entries
            if entry.page.kind == Page.Kind.FOCUS_AREA and entry.page.focusarea.is_valid_on(today)
        ]
        return sorted(areas, key=lambda entry: (entry.page.focusarea.number or 99, entry.page.position))

    def find(self, **attributes):
        """The first entry whose page has these attributes, or None."""
        for entry in self.entries:
            if all(getattr(entry.page, name) == value for name, value in attributes.items()):
                return entry
        return None

    def children(self, entry):
        return [child for child in self.entries if child.page.parent_id == entry.page.pk]

    def ancestors(self, entry):
        """From the top of the tree down to the page above this one."""
        trail, above = [], self.find(pk=entry.page.parent_id)
        while above and above not in trail:
            trail.insert(0, above)
            above = self.find(pk=above.page.parent_id)
        return trail

    def with_bodies(self, entries):
        """The same entries, in the same order, with their texts: one query for all of them."""
        revisions = (
            PageRevision.objects.visible_at(self.instant)
            .in_language(self.language.tag)
            .filter(translation__page__in=[entry.page.pk for entry in entries])
        )
        texts = _entries(revisions.select_related("translation__page__focusarea"), self.city, self.language)
        by_page = {entry.page.pk: entry for entry in texts}
        return [by_page[entry.page.pk] for entry in entries]

    def funders(self, entry=None):
        """Who funds the centre, and the page if one is given."""
        wanted = Q(funds_centre=True) if entry is None else Q(funds_centre=True) | Q(pages=entry.page)
        return list(
            Funder.objects.for_city(self.city).valid_on(timezone.localdate(self.instant)).filter(wanted).distinct()
        )

    def contacts(self, entry=None):
        """Contacts of the page if it has some, else the main contact."""
        contacts = Contact.objects.for_city(self.city)
        if entry is None:
            return contacts.filter(is_main=True).cards()
        return contacts.of_page_or_main(entry.page).cards()


def load_site(language_tag, city_slug):
    """The public site of a city: two queries, however many cities there are. Http404 if the city is not public."""
    city_languages = list(CityLanguage.objects.of_public_city(city_slug))
    if not city_languages:
        raise Http404("no such city")
    return build_site(city_languages, language_tag)


def build_site(city_languages, language_tag):
    city = city_languages[0].city
    language = LANGUAGES[language_tag]
    instant = timezone.now()
    revisions = (
        PageRevision.objects.visible_at(instant)
        .in_language(language_tag)
        .for_city(city)
        .select_related("translation__page__focusarea")
        .defer("body")
    )
    return Site(city, language, city_languages, _entries(revisions, city, language), instant)


def _entries(revisions, city, reader_language):
    by_page = {}
    for revision in revisions:
        revision.page.city = city
        by_page.setdefault(revision.page.pk, {})[revision.language.tag] = revision
    entries = [
        Entry(
            page=next(iter(texts.values())).page,
            revision=texts.get(reader_language.tag) or texts[SOURCE_LANGUAGE],
            source=texts.get(SOURCE_LANGUAGE),
            reader_language=reader_language,
        )
        for texts in by_page.values()
    ]
    return sorted(entries, key=lambda entry: (entry.page.position, entry.page.pk))
