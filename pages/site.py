"""What every page of a city shows around its text: languages, menu, titles, contacts, funders."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE, Language
from contacts.models import City, CityLanguage, Contact, Funder
from freshness.public_page import ends, reads

from .glossary import Glossary
from .guides import linked_contacts
from .internal_links import as_read, referenced_pages, rewrite
from .models import Page, PageRevision, PageTranslation
from .models.link import find_targets

# Lists of every city, in the order of the menu, and what each is a list of.
LISTS = {
    Page.Kind.OFFER: ("offers:offer_list", _("Angebote")),
    Page.Kind.CALL: ("offers:call_list", _("Geld für Projekte")),
    Page.Kind.EVENT: ("events:event_list", _("Termine")),
    Page.Kind.NEWS: ("events:news_list", _("Aktuelles")),
}

# What no list, menu or card shows.
NOT_FOR_LISTS = [
    "body",
    "for_whom",
    "steps",
    "bring",
    "not_here",
    "cost_note",
    "digests",
    "source_digests",
    "equal_digests",
]

# The kinds' own tables, with what their pages show of other tables.
DETAILS = {
    Page.Kind.FOCUS_AREA: ["focusarea"],
    Page.Kind.OFFER: ["offer__location", "offer__advice_contact"],
    Page.Kind.CALL: ["call"],
    Page.Kind.EVENT: ["event__location"],
    Page.Kind.NEWS: ["news"],
}

# Of the draft behind a text visitors see nothing but its language and its page.
OF_DRAFT = [
    f"translation__{field.name}"
    for field in PageTranslation._meta.concrete_fields
    if field.name not in ("id", "page", "language")
]

# Conditions for pages.
NEVER_IN_MENU = (Page.Kind.HOME, *Page.LISTED)
IN_MENU = Q(parent=None, in_navigation=True) & ~Q(kind__in=NEVER_IN_MENU)
FOCUS_AREAS = Q(kind=Page.Kind.FOCUS_AREA)
GLOSSARY = Q(kind=Page.Kind.GLOSSARY)
ANY = Q()


@dataclass
class Entry:
    """A public page as it appears in menus, cards and at its own address, in the language there is."""

    page: Page
    revision: PageRevision  # in the reader's language, or the German one
    source: PageRevision | None  # the German one; None only in the preview of a page that is not public
    reader_language: Language
    instant: datetime  # when the page is read
    german_draft: PageTranslation | None = None  # in the preview of a translation before the German text is public
    focus_areas: list["Entry"] = field(default_factory=list)  # those that stand in the text of the mission page

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
    def newer_source_head(self):
        return self.source.head_unknown_to(self.revision)

    @property
    def newer_source_texts(self):
        return self.source.texts_unknown_to(self.revision)

    @property
    def language(self):
        return self.revision.language

    @property
    def german(self):
        """The text whose picture is shown: in a preview of the German one what is previewed."""
        return self.revision if self.language.tag == SOURCE_LANGUAGE else self.source or self.german_draft

    @cached_property
    def picture(self):
        """The file of the picture at the instant in which the page is read, or None."""
        return self.german.picture.file_at(self.instant) if self.german and self.german.picture_id else None

    @property
    def picture_words(self):
        """What the picture shows, and in which language that is said; no words where it only decorates."""
        if self.german.picture_is_decorative:
            return "", self.language
        is_about_this = not self.source or self.source.picture_words_are_known_to(self.revision)
        if self.revision.picture_alternative and is_about_this:
            return self.revision.picture_alternative, self.language
        return self.german.picture_alternative, LANGUAGES[SOURCE_LANGUAGE]

    @property
    def bodies(self):
        """All HTML that the page of the entry shows, of an entry loaded with its texts."""
        texts = [self.revision, self.source, *(area.revision for area in self.focus_areas)]
        return [text.body for text in texts if text]

    @property
    def detail(self):
        """The row of the kind's own table: an offer, an event."""
        return self.page.detail

    @property
    def phase(self):
        return self.page.phase(self.instant)

    @property
    def url(self):
        return self.page.get_absolute_url(self.reader_language.tag)

    @property
    def has_sheet(self):
        """Whether there is a sheet to print: of what people take along to somebody."""
        return self.page.kind != Page.Kind.HOME

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
    # Which pages the view needs beside its own, for menus, cards and links. To be said before they are looked at.
    wanted: Q = IN_MENU
    glossary: Glossary | None = None  # known to pages with a text

    def want_situations(self):
        """For the start page, and for those who found nothing."""
        with_situation = self.revisions().exclude(situation="").values("translation__page")
        self.wanted |= Q(pk__in=with_situation)

    @property
    def text_languages(self):
        """German stands in where a translation is missing, and for languages the city has not switched on."""
        return {self.language.tag, SOURCE_LANGUAGE} & {
            SOURCE_LANGUAGE,
            *(each.language for each in self.city_languages),
        }

    @cached_property
    def entries(self):
        """The wanted pages that are public but those that come and go, in menu order, with the words of menus.

        One query. Of a page, `page_at` brings them along.
        """
        lasting = ~Q(kind__in=Page.LISTED)
        not_over = Q(ends_at=None) | Q(ends_at__gt=self.instant)
        pages = self.pages(self.wanted & (lasting | Q(kind=Page.Kind.OFFER) & not_over))
        return self.load(Q(translation__page__in=pages), "focusarea")

    def pages(self, condition):
        """Rather than of their texts: the database begins with the few pages of the city then."""
        return Page.objects.for_city(self.city).filter(condition).order_by().values("pk")

    def stands_in_menus(self, entry):
        """The same of an entry that was loaded for another reason."""
        ends_at = entry.page.ends_at
        is_over = ends_at is not None and ends_at <= self.instant
        return entry.page.kind not in Page.LISTED or (entry.page.kind == Page.Kind.OFFER and not is_over)

    @property
    def not_over(self):
        """What the page is about has no end, or one that is still to come."""
        return Q(translation__page__ends_at=None) | Q(translation__page__ends_at__gt=self.instant)

    def load(self, condition, *details):
        """Entries of the pages whose revisions fulfil a Q, without their texts, with the named tables: one query."""
        details = (f"translation__page__{detail}" for detail in details)
        revisions = self.revisions().filter(condition).select_related("translation__page", *details)
        return self.entries_of(revisions.defer(*NOT_FOR_LISTS, *OF_DRAFT))

    def revisions(self):
        """What can be read now in this city, in the reader's language and in German, in no order."""
        revisions = PageRevision.objects.visible_at(self.instant).in_languages(self.text_languages)
        return revisions.for_city(self.city).order_by()

    def entries_of(self, revisions):
        """One entry for each page that is public in German; without its German text a page is not public at all."""
        by_page = {}
        for revision in revisions:
            revision.page.city = self.city
            ends(revision.visible_until)
            by_page.setdefault(revision.page.pk, {})[revision.language.tag] = revision
        entries = [
            Entry(
                page=texts[SOURCE_LANGUAGE].page,
                revision=texts.get(self.language.tag, texts[SOURCE_LANGUAGE]),
                source=texts[SOURCE_LANGUAGE],
                reader_language=self.language,
                instant=self.instant,
            )
            for texts in by_page.values()
            if SOURCE_LANGUAGE in texts
        ]
        return sorted(entries, key=lambda entry: (entry.page.position, entry.page.pk))

    @cached_property
    def link_targets(self):
        """Pages by the number by which texts refer to them; None where there is nothing to read."""
        return {entry.page.pk: entry.page for entry in self.entries}

    def find_link_targets(self, *texts):
        """Looks once for all pages to which texts link and the menu does not know. Asks only if there are any."""
        if missing := referenced_pages(*texts) - self.link_targets.keys():
            self.link_targets.update(find_targets(missing, self.instant, self.city))

    def with_addresses(self, html, language_tag):
        """A text as visitors read it: its references are addresses in a language, or only words."""
        self.find_link_targets(html)
        return rewrite(html, lambda address: as_read(address, language_tag, self.link_targets.get))

    @cached_property
    def current_entries(self):
        """What overviews show: all but focus areas before and after their time."""
        return [entry for entry in self.entries if self.is_current(entry)]

    def is_current(self, entry):
        """Of an entry loaded with its focus area."""
        return entry.page.kind != Page.Kind.FOCUS_AREA or entry.page.focusarea.is_valid_on(self.today)

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
    def lists(self):
        """(address, name) of what stands in the menu besides pages."""
        return [self.list_of(kind) for kind in LISTS]

    def list_of(self, kind):
        name, label = LISTS[kind]
        return reverse(name, args=[self.language.tag, self.city.slug]), label

    def trail(self, entry, ancestors):
        """(name, address, language of the name) of what an entry stands below: its list, or the pages above it."""
        if entry.page.kind in LISTS:
            address, label = self.list_of(entry.page.kind)
            return [(label, address, self.language)]
        return [(above.revision.menu_title, above.url, above.language) for above in ancestors]

    @property
    def navigation(self):
        return [
            entry
            for entry in self.current_entries
            if entry.page.in_navigation and entry.page.parent_id is None and entry.page.kind not in NEVER_IN_MENU
        ]

    @property
    def situations(self):
        return [entry for entry in self.current_entries if entry.revision.situation]

    @property
    def focus_areas(self):
        return self.in_order([entry for entry in self.current_entries if entry.page.kind == Page.Kind.FOCUS_AREA])

    @staticmethod
    def in_order(focus_areas):
        """Numbered ones first, in the order of their numbers."""
        return sorted(
            focus_areas,
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
        """From the top of the tree down to the page above this one. A query for each step that is not loaded yet."""
        trail, number = [], entry.page.parent_id
        while number and (above := self.find(pk=number) or self.load_above(number)) and above not in trail:
            trail.insert(0, above)
            number = above.page.parent_id
        return trail

    def load_above(self, number):
        found = self.load(Q(translation__page=number), "focusarea")
        return next(filter(self.stands_in_menus, found), None)

    def page_at(self, slug):
        """The public page at an address with all it shows of itself, or None.

        One query, with what stands around the page: the menu, the pages above and below it, the glossary. Another one
        where its kind has data of its own.
        """
        above = self.pages(Q(children__slug=slug))
        pages = self.pages(IN_MENU | GLOSSARY | Q(slug=slug) | Q(parent__slug=slug) | Q(pk__in=above))
        revisions = with_relations(self.revisions().filter(translation__page__in=pages)).defer(*OF_DRAFT)
        found = self.entries_of(revisions.select_related("picture", "translation__page__focusarea"))
        self.entries = list(filter(self.stands_in_menus, found))
        entry = next((entry for entry in found if entry.page.slug == slug), None)
        if entry is None:
            return None
        glossaries = (Glossary(each) for each in found if each.page.kind == Page.Kind.GLOSSARY)
        self.glossary = next((glossary for glossary in glossaries if glossary.terms), None)
        if entry.page.kind in DETAILS:
            self.load_details(entry)
        if entry.page.kind == Page.Kind.MISSION:
            entry.focus_areas = self.focus_areas_with_bodies()
        return entry

    def load_details(self, entry):
        """One query."""
        pages = Page.objects.select_related(*DETAILS[entry.page.kind])
        if entry.page.kind == Page.Kind.NEWS:
            of_source = PageRevision.objects.filter(translation=entry.source.translation_id).order_by("visible_from")
            pages = pages.annotate(first_visible_from=Subquery(of_source.values("visible_from")[:1]))
        page = pages.get(pk=entry.page.pk)
        page.city = self.city
        entry.page = page
        for text in (entry.revision, entry.source):
            text.translation.page = page
        if entry.page.kind == Page.Kind.NEWS:
            entry.source.first_visible_from = page.first_visible_from

    def focus_areas_with_bodies(self):
        areas = self.revisions().filter(translation__page__kind=Page.Kind.FOCUS_AREA).defer(*OF_DRAFT)
        return self.in_text(self.entries_of(areas.select_related("translation__page__focusarea")))

    def in_text(self, entries):
        """Those of the entries that the text of the mission page shows."""
        areas = [entry for entry in entries if entry.page.kind == Page.Kind.FOCUS_AREA]
        return self.in_order([area for area in areas if area.page.focusarea.is_valid_on(self.today)])

    @property
    def today(self):
        return timezone.localdate(self.instant)

    def documents(self, entry):
        """What the page offers to download; one query, and none where there is nothing."""
        return list(entry.page.documents.all()) if entry.revision.has_documents else []

    def funders(self, entry=None):
        """Who funds the centre, and the page if one is given."""
        funders = Funder.objects.for_city(self.city).valid_on(self.today)
        if entry is None or not getattr(entry.revision, "has_funders", True):
            return list(funders.filter(funds_centre=True))
        return list(funders.filter(Q(funds_centre=True) | Q(pages=entry.page)).distinct())

    def contacts_in_steps(self, entry):
        """Primary keys of those whom the steps of a guide name."""
        is_guide = entry.page.kind == Page.Kind.GUIDE and not entry.page.is_example
        return linked_contacts(self.city, *entry.bodies) if is_guide else set()

    def contacts(self, entry=None):
        """Contacts of the page if it has some, else the main contact."""
        contacts = Contact.objects.for_city(self.city)
        if entry and (linked := self.contacts_in_steps(entry)):
            of_page = Contact.objects.filter(pages=entry.page).values("pk")
            return contacts.filter(Q(pk__in=linked) | Q(pk__in=of_page)).cards()
        if entry and (entry.page.is_example or getattr(entry.revision, "has_contacts", False)):
            # Nobody shall call a real office because of something invented.
            return contacts.filter(pages=entry.page).cards()
        if entry and not hasattr(entry.revision, "has_contacts"):
            return contacts.of_page_or_main(entry.page).cards()
        return contacts.filter(is_main=True).cards()


def with_relations(revisions):
    """Each with whether its page has something of its own to load; what a preview shows does not know."""
    return revisions.annotate(
        **{
            f"has_{name}": Exists(getattr(Page, name).through.objects.filter(page=OuterRef("translation__page_id")))
            for name in ("contacts", "funders", "documents")
        }
    )


def load_site(language_tag, city_slug, *records):
    """The public site of a city, with the named rows of which each city has one. Http404 if the city is not public."""
    with_records = ("city", *(f"city__{record}" for record in records))
    city_languages = list(CityLanguage.objects.of_public_city(city_slug).select_related(*with_records))
    if not city_languages:
        raise Http404("no such city")
    reads(city_languages[0].city_id)
    return build_site(city_languages, language_tag)


def build_site(city_languages, language_tag):
    return Site(city_languages[0].city, LANGUAGES[language_tag], city_languages, timezone.now())
