"""What the search reads, and what it learns from those who search."""

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import Count, F, Q

from contacts.languages import LANGUAGES, interface_language_choices
from contacts.models import City, CityScopedQuerySet

from ..search import index
from ..search.words import words


class SearchTextQuerySet(CityScopedQuerySet):
    city_path = "revision__translation__page__city"

    def write(self, revision, now):
        """Makes the row of a new revision. What was public before it and is over will never be found again."""
        over = self.filter(revision__translation=revision.translation_id, revision__visible_until__lte=now)
        over.delete()
        self.write_all([revision])

    def write_all(self, revisions):
        self.bulk_create([SearchText(revision=revision, **index.row_of(revision)) for revision in revisions])


class SearchText(models.Model):
    """The normalised words of a revision.

    Triggers keep what the database itself searches: a column `vector` on PostgreSQL, the table
    pages_searchindex on SQLite. A migration that makes SQLite remake this table has to make them anew.
    """

    revision = models.OneToOneField("pages.PageRevision", on_delete=models.CASCADE, related_name="search_text")
    scope = models.CharField(max_length=60)
    title = models.TextField()
    summary = models.TextField()
    rest = models.TextField()
    # For misspellings; it is with the text and not in a list of its own so that it comes and goes with the text.
    vocabulary = models.TextField()

    objects = SearchTextQuerySet.as_manager()

    class Meta:
        verbose_name = "Suchtext"
        verbose_name_plural = "Suchtexte"

    def __str__(self):
        return self.title


class SearchSynonym(models.Model):
    """A word people type, and the words that the city's pages use for it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="search_synonyms", verbose_name="Stadt")
    word = models.CharField(
        "Menschen suchen", max_length=60, help_text="Ein Wort oder ein kurzer Ausdruck: „Übersetzer“."
    )
    meaning = models.CharField(
        "Gemeint ist",
        max_length=160,
        help_text="Wie heißt es auf Ihren Seiten? Trennen Sie mehrere Wörter mit Komma: „Sprachmittlung, dolmetschen“.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Synonym der Suche"
        verbose_name_plural = "Synonyme der Suche"
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(
                name="search_synonym_once_per_city",
                fields=["city", "word"],
                violation_error_message="Für dieses Wort gibt es schon ein Synonym. Bitte ergänzen Sie es dort.",
            ),
        ]

    def __str__(self):
        return f"{self.word} → {self.meaning}"

    def clean(self):
        errors = {field: "Hier fehlt ein Wort." for field in ("word", "meaning") if not words(getattr(self, field))}
        if errors:
            raise ValidationError(errors)


class SearchMissQuerySet(CityScopedQuerySet):
    KEPT = timedelta(days=90)
    MOST_PER_CITY = 300
    MOST_NEW_PER_DAY = 50  # so that no program can fill the list at once

    def old(self, day):
        """What nobody searched for so long that it has to go."""
        return self.filter(last_day__lt=day - self.KEPT)

    def note(self, city, language, word, day):
        """Counts a word that found nothing. A search never fails because of it."""
        with suppress(DatabaseError), transaction.atomic():
            of_city = self.filter(city=city)
            of_city.old(day).delete()
            if of_city.filter(language=language, word=word).update(count=F("count") + 1, last_day=day):
                return
            new = Count("pk", filter=Q(first_day=day))
            number = of_city.aggregate(of_all=Count("pk"), of_today=new)
            if number["of_all"] < self.MOST_PER_CITY and number["of_today"] < self.MOST_NEW_PER_DAY:
                self.create(city=city, language=language, word=word, first_day=day, last_day=day)


class SearchMiss(models.Model):
    """A word that found nothing, and how often. Nothing is kept about who typed it."""

    LONGEST = 30  # letters

    city = models.ForeignKey(
        City, on_delete=models.CASCADE, null=True, related_name="search_misses", verbose_name="Stadt"
    )
    language = models.CharField("Sprache der Seite", max_length=12, choices=interface_language_choices)
    word = models.CharField("Wort", max_length=LONGEST)
    count = models.PositiveIntegerField("So oft gesucht", default=1)
    first_day = models.DateField("Zuerst am")
    last_day = models.DateField("Zuletzt am")

    objects = SearchMissQuerySet.as_manager()

    class Meta:
        verbose_name = "Suche ohne Treffer"
        verbose_name_plural = "Suchen ohne Treffer"
        ordering = ["-count", "-last_day", "word"]
        constraints = [
            models.UniqueConstraint(name="search_miss_once_per_city", fields=["city", "language", "word"]),
            models.UniqueConstraint(
                name="search_miss_once_for_all", fields=["language", "word"], condition=Q(city__isnull=True)
            ),
        ]

    def __str__(self):
        return self.word

    @property
    def info(self):
        return LANGUAGES[self.language]
