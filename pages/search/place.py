"""Where somebody searches: in one city, or in all. Everything that a search asks the database for."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.languages import SOURCE_LANGUAGE, Language
from contacts.models import City, CityLanguage, Contact

from ..models import Page, PageRevision, SearchMiss, SearchSynonym
from ..site import Entry
from .database import matching
from .synonyms import Synonyms, meaning_of
from .words import words

# So many revisions are ranked; nobody reads further.
MOST_CANDIDATES = 100
# So many texts of all cities together are read for the words that may have been meant.
MOST_READ = 500

FOR_RANKING = (
    "title",
    "translation__page",
    "translation__page__kind",
    "translation__language",
    "search_text__title",
    "search_text__summary",
    "search_text__rest",
)
SHOWN = ("translation__page__city", "translation__page__event")
TAG = "translation__language"


@dataclass
class Place:
    language: Language  # the reader's
    instant: datetime  # when the page is read
    city: City | None = None  # all public ones if none is given
    counts_misses: bool = False

    def candidates(self, query):
        """Rows for ranking of the texts that have some word of the query, and one more if there are more.

        Two queries, or three.
        """
        if not query.terms:
            return []
        languages = {self.language.tag, SOURCE_LANGUAGE, *query.languages()}
        revisions, city_id = self.found_revisions(languages), self.city and self.city.pk
        return matching(revisions, FOR_RANKING, query, languages, city_id, MOST_CANDIDATES + 1)

    def entries(self, page_ids):
        """The pages in the given order, with their texts: one query."""
        by_page = {}
        revisions = self.public_revisions({self.language.tag, SOURCE_LANGUAGE}).filter(translation__page__in=page_ids)
        for revision in revisions.with_first_instant().select_related(*SHOWN):
            by_page.setdefault(revision.page.pk, {})[revision.language.tag] = revision
        return [self.entry(by_page[page_id]) for page_id in page_ids if page_id in by_page]

    def entry(self, texts):
        source = texts[SOURCE_LANGUAGE]
        return Entry(source.page, texts.get(self.language.tag, source), source, self.language, self.instant)

    def public_revisions(self, languages):
        """What can be read now in German, and in those of the languages that the city has switched on."""
        switched_on = CityLanguage.objects.filter(city=OuterRef("translation__page__city"), language=OuterRef(TAG))
        revisions = PageRevision.objects.visible_at(self.instant).in_languages(languages)
        revisions = revisions.filter(Q(**{TAG: SOURCE_LANGUAGE}) | Exists(switched_on))
        return revisions.for_city(self.city) if self.city else revisions.filter(translation__page__city__is_public=True)

    def found_revisions(self, languages):
        """Those of them that a search may find: of pages that are public in German and about something not over."""
        public = PageRevision.objects.visible_at(self.instant).in_languages([SOURCE_LANGUAGE])
        page, focus_area = "translation__page__", "translation__page__focusarea__"
        today = timezone.localdate(self.instant)
        return self.public_revisions(languages).filter(
            Exists(public.filter(translation__page=OuterRef("translation__page"))),
            # A call that is over is found and says so.
            Q(**{f"{page}kind": Page.Kind.CALL})
            | Q(**{f"{page}ends_at": None})
            | Q(**{f"{page}ends_at__gt": self.instant}),
            Q(**{f"{focus_area}valid_from": None}) | Q(**{f"{focus_area}valid_from__lte": today}),
            Q(**{f"{focus_area}valid_until": None}) | Q(**{f"{focus_area}valid_until__gte": today}),
        )

    def synonyms(self):
        """Those that the city's editors keep."""
        if self.city is None:
            return []
        stored = SearchSynonym.objects.for_city(self.city)
        return [Synonyms((synonym.word, None, meaning_of(synonym.meaning)) for synonym in stored)]

    @property
    def own_words(self):
        return frozenset(words(self.city.name)) if self.city else frozenset()

    def vocabulary(self, languages):
        """{folded: as mostly written} of the words of what a search may find, in all cities of a part: one query."""
        texts = self.found_revisions({self.language.tag, SOURCE_LANGUAGE, *languages}).order_by()
        texts = texts if self.city else texts[:MOST_READ]
        pairs = Counter()
        for vocabulary in texts.values_list("search_text__vocabulary", flat=True):
            pairs.update((vocabulary or "").split(" "))
        in_order = sorted(pairs, key=lambda pair: (pairs[pair], pair))
        return dict(pair.split("=") for pair in in_order if pair)

    def contacts(self):
        return list(Contact.objects.for_city(self.city)) if self.city else []

    def note_miss(self, word):
        if self.counts_misses:
            SearchMiss.objects.note(self.city, self.language.tag, word, timezone.localdate(self.instant))
