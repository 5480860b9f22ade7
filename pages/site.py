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
    source: PageRevision | None  # the German one; None only in the preview of a page that is not public
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
    instant: datetime  # when the page is read; all queries of one page use the same one

    @property
    def text_languages(self):
        """German stands in where a translation is missing, and for languages the city has not switched on."""
        return {self.language.tag, SOURCE_LANGUAGE} & {
            SOURCE_LANGUAGE,
            *(each.language for each in self.city_languages),
        }

    @cached_property
    def entries(self):
        """Every public page, in menu order, without bodies: one query."""
        return self._entries(self._revisions().for_city(self.city).defer("body"))

    def _revisions(self):
        return (
            PageRevision.objects.visible_at(self.instant)
            .in_languages(self.text_languages)
            .select_related("translation__page__focusarea")
        )

    def _entries(self, revisions):
        """One entry for each page that is public in German; without its German text a page is not public at all."""
        by_page = {}
        for revision in revisions:
            revision.page.city = self.city
            by_page.setdefault(revision.page.pk, {})[revision.language.tag] = revision
        entries = [
            Entry(
                page=texts[SOURCE_LANGUAGE].page,
                revision=texts.get(self.language.tag, texts[SOURCE_LANGUAGE]),
                source=texts[SOURCE_LANGUAGE],
                reader_language=self.language,
            )
            for texts in by_page.values()
            if SOURCE_LANGUAGE in texts
        ]
        return sorted(entries, key=lambda entry: (entry.page.position, entry.page.pk))

    @cached_property
    def current_entries(self):
        """What overviews show: all but focus areas before and after their time."""
        today = timezone.localdate(self.instant)
        return [
            entry
            for entry in self.entries
            if entry.page.kind != Page.Kind.FOCUS_AREA or entry.page.focusarea.is_valid_on(today)
        ]

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
            for entry in self.current_entries
            if entry.page.in_navigation
            and entry.page.parent_id is None
            and entry.page.kind not in (Page.Kind.HOME, *Page.LEGAL)
        ]

    @property
    def legal_pages(self):
        return [entry for entry in self.entries if entry.page.kind in Page.LEGAL]

    @property
    def situations(self):
        return [entry for entry in self.current_entries if entry.revision.situation]

    @property
    def focus_areas(self):
        """Numbered ones first, in the order of their numbers."""
        areas = [entry for entry in self.current_entries if entry.page.kind == Page.Kind.FOCUS_AREA]
        return sorted(
            areas,
            key=lambda entry: (
                entry.page.focusarea.number is None,
                entry.page.focusarea.number or 0,
                entry.page.position,
            ),
        )

    def find(self, **attributes):
        """The first entry whose page has these attributes, or None."""
        for entry in self.entries:
            if all(getattr(entry.page, name) == value for name, value in attributes.items()):
                return entry
        return None

    def children(self, entry):
        return [child for child in self.current_entries if child.page.parent_id == entry.page.pk]

    def ancestors(self, entry):
        """From the top of the tree down to the page above this one."""
        trail, above = [], self.find(pk=entry.page.parent_id)
        while above and above not in trail:
            trail.insert(0, above)
            above = self.find(pk=above.page.parent_id)
        return trail

    def with_bodies(self, entries):
        """The same entries, in the same order, with their texts: one query for all of them."""
        texts = self._entries(self._revisions().filter(translation__page__in=[entry.page.pk for entry in entries]))
        by_page = {entry.page.pk: entry for entry in texts}
        # One that was withdrawn a moment ago is shown once more.
        return [by_page.get(entry.page.pk, entry) for entry in entries]

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
    """The public site of a city. Http404 if the city is not public."""
    city_languages = list(CityLanguage.objects.of_public_city(city_slug))
    if not city_languages:
        raise Http404("no such city")
    return build_site(city_languages, language_tag)


def build_site(city_languages, language_tag):
    return Site(city_languages[0].city, LANGUAGES[language_tag], city_languages, timezone.now())
