from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City, CityScopedQuerySet, Contact, Funder, Reviewed

from .document import Document

# Addresses below a city that belong to views, not to pages.
RESERVED_SLUGS = (
    "kontakt",
    "angebote",
    "foerderung",
    "termine",
    "aktuelles",
    "suche",
    "daten",
    "anfrage",
    "hilfe",
    "sprachmittlung-anfragen",
    "barriere-melden",
    "beleg",
    "impressum",
    "datenschutz",
    "barrierefreiheit",
    "leichte-sprache",
    "gebaerdensprache",
)


class Phase(models.TextChoices):
    """Where an instant lies to the time a page is about."""

    AHEAD = "ahead", _("kommt noch")
    NOW = "now", _("läuft")
    OVER = "over", _("vorbei")


class Page(Reviewed):
    """A node without words: where a page stands and what belongs to it, the same in every language."""

    class Kind(models.TextChoices):
        STANDARD = "standard", "Seite"
        HOME = "home", "Startseite"
        MISSION = "mission", "Über uns (mit Arbeitsschwerpunkten)"
        FOCUS_AREA = "focus_area", "Arbeitsschwerpunkt"
        OFFER = "offer", "Angebot"
        CALL = "call", "Förderaufruf"
        EVENT = "event", "Veranstaltung"
        NEWS = "news", "Nachricht"
        GUIDE = "guide", "Erste Schritte"
        GLOSSARY = "glossary", "Wörterbuch"

    class Icon(models.TextChoices):
        """Symbols of static/img/icons.svg."""

        SCHOOL = "school", "Schule"
        CHILD = "child", "Kind und Kita"
        ARRIVING = "arriving", "Neu hier"
        SPEECH = "speech", "Sprache und Gespräch"
        HOUSE = "house", "Wohnen, Haus"
        PEOPLE = "people", "Menschen, Verein"
        WORK = "work", "Arbeit"
        MONEY = "money", "Geld"
        HEALTH = "health", "Gesundheit"
        SHIELD = "shield", "Schutz und Rechte"
        BOOK = "book", "Lernen, Lesen"

    ONCE_PER_CITY = (Kind.HOME, Kind.MISSION, Kind.GLOSSARY)
    # Kinds with a table of their own; its rows hang on the page under the kind's name without underscore.
    DETAILED = (Kind.FOCUS_AREA, Kind.OFFER, Kind.CALL, Kind.EVENT, Kind.NEWS)
    # Kinds that come and go: they stand in lists of their own and never in menus.
    LISTED = (Kind.OFFER, Kind.CALL, Kind.EVENT, Kind.NEWS)

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="pages", verbose_name="Stadt")
    kind = models.CharField(
        "Art der Seite",
        max_length=16,
        choices=Kind.choices,
        default=Kind.STANDARD,
        help_text="„Erste Schritte“: Jeder Zwischentitel ist eine Zeit („In den ersten Tagen“). Darunter steht eine "
        "Liste mit Zahlen, ein Schritt in jedem Punkt. „Wörterbuch“: Jeder Zwischentitel ist ein Wort, darunter steht "
        "die Erklärung. Die Website erklärt diese Wörter dann auf allen Seiten.",
    )
    slug = models.SlugField(
        "Adresse der Seite",
        max_length=80,
        help_text="Kurz, klein, ohne Umlaute: „beratung“. Sie gilt in allen Sprachen und kann auf Faltblättern stehen.",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="Übergeordnete Seite",
    )
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    in_navigation = models.BooleanField("Im Menü zeigen", default=True)
    icon = models.CharField(
        "Zeichen",
        max_length=16,
        choices=Icon,
        blank=True,
        help_text="Steht auf der Startseite neben dem Anliegen. Ohne Anliegen ist es nicht zu sehen.",
    )
    contacts = models.ManyToManyField(
        Contact,
        blank=True,
        related_name="pages",
        verbose_name="Kontakte",
        help_text="Stehen unter dem Text. Ohne Auswahl steht dort der Hauptkontakt.",
    )
    funders = models.ManyToManyField(
        Funder, blank=True, related_name="pages", verbose_name="Weitere Fördergeber dieser Seite"
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="Nachfolgeseite",
        help_text="Wird die Seite zurückgezogen, führt ein Hinweis dorthin.",
    )

    documents = models.ManyToManyField(
        Document,
        blank=True,
        related_name="pages",
        verbose_name="Dokumente zum Herunterladen",
    )
    # What the page is about begins and ends: an event, a deadline. Read as [starts_at, ends_at); no job acts on it.
    starts_at = models.DateTimeField("Beginn", null=True, blank=True)
    ends_at = models.DateTimeField("Ende", null=True, blank=True)
    is_example = models.BooleanField(
        "Beispiel",
        default=False,
        help_text="Mit diesem Haken steht über der Seite, dass ihr Inhalt erfunden ist. Suchmaschinen übergehen sie.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Seite"
        verbose_name_plural = "Seiten"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="page_slug_once_per_city",
                fields=["city", "slug"],
                violation_error_message="Diese Adresse hat schon eine andere Seite. Bitte wählen Sie eine andere.",
            ),
            models.UniqueConstraint(
                name="page_kind_once_per_city",
                fields=["city", "kind"],
                condition=Q(kind__in=["home", "mission", "glossary"]),
                violation_error_message="Diese Art von Seite gibt es nur einmal, und Ihre Stadt hat sie schon.",
            ),
            models.CheckConstraint(
                name="page_slug_is_ascii",
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
                violation_error_message="Bitte nur kleine Buchstaben ohne Umlaute, Ziffern und einzelne Bindestriche.",
            ),
            models.CheckConstraint(
                name="page_slug_is_free",
                condition=~Q(slug__in=RESERVED_SLUGS),
                violation_error_message="Diese Adresse braucht die Website selbst. Bitte wählen Sie eine andere.",
            ),
            models.CheckConstraint(
                name="page_starts_before_it_ends",
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                violation_error_message="Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Angaben.",
            ),
            models.CheckConstraint(
                name="page_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                violation_error_message="Eine Seite kann nicht unter sich selbst stehen.",
            ),
        ]

    def __str__(self):
        return self.slug

    def german_title(self):
        """Title of the German draft; ask for many pages only with `translations` prefetched."""
        drafts = [text.title for text in self.translations.all() if text.language == SOURCE_LANGUAGE]
        return drafts[0] if drafts and drafts[0] else self.slug

    @classmethod
    def from_db(cls, db, field_names, values):
        page = super().from_db(db, field_names, values)
        page._stored_slug = page.__dict__.get("slug")
        return page

    def clean(self):
        super().clean()
        if not self.city_id:
            return
        for field in ("parent", "successor"):
            related = getattr(self, field)
            if related and related.city_id != self.city_id:
                raise ValidationError({field: "Diese Seite gehört zu einer anderen Stadt."})
        if self.pk and self.pk in self._ancestor_ids():
            raise ValidationError(
                {
                    "parent": "Die Seite kann nicht unter sich selbst stehen. "
                    "Bitte wählen Sie eine andere übergeordnete Seite."
                }
            )
        if PageAlias.objects.filter(city=self.city_id, slug=self.slug).exclude(page=self.pk).exists():
            raise ValidationError(
                {"slug": "Unter dieser Adresse war früher eine andere Seite. Bitte wählen Sie eine andere Adresse."}
            )

    def _ancestor_ids(self):
        seen, page = set(), self.parent
        while page and page.pk not in seen:
            seen.add(page.pk)
            page = page.parent
        return seen

    # What a subclass is; plain pages choose.
    KIND = None

    def save(self, **kwargs):
        """A new slug leaves the old one behind as an address that redirects for ever."""
        self.kind = self.KIND or self.kind
        renamed_from = getattr(self, "_stored_slug", None)
        with transaction.atomic():
            super().save(**kwargs)
            if renamed_from and renamed_from != self.slug:
                PageAlias.objects.filter(city=self.city_id, slug=self.slug).delete()
                PageAlias.objects.update_or_create(
                    city_id=self.city_id, slug=renamed_from, defaults={"page_id": self.pk}
                )
        self._stored_slug = self.slug

    def get_absolute_url(self, language=SOURCE_LANGUAGE):
        if self.kind == self.Kind.HOME:
            return self.city.get_absolute_url(language)
        return reverse("pages:page", args=[language, self.city.slug, self.slug])

    @property
    def detail(self):
        """The row of the kind's own table; loaded with the page only where a query says so."""
        return getattr(self, self.kind.replace("_", ""))

    def phase(self, instant):
        if self.starts_at and instant < self.starts_at:
            return Phase.AHEAD
        return Phase.OVER if self.ends_at and self.ends_at <= instant else Phase.NOW

    def unpublish(self, by):
        """Takes the page off the site in every language. Returns the languages that were public or planned."""
        with transaction.atomic():
            return [translation.language for translation in self.translations.all() if translation.unpublish(by)]


class FocusArea(Page):
    """An Arbeitsschwerpunkt. Its measures are the lists in its text."""

    KIND = Page.Kind.FOCUS_AREA

    class Pillar(models.TextChoices):
        EDUCATION = "education", _("Integration durch Bildung")
        CROSS_CUTTING = "cross_cutting", _("Integration als Querschnittsaufgabe")
        INTEGRATION_MANAGEMENT = "integration_management", _("Kommunales Integrationsmanagement")

    pillar = models.CharField("Säule", max_length=24, choices=Pillar.choices)
    number = models.PositiveSmallIntegerField("Nummer", null=True, blank=True)
    valid_from = models.DateField("gilt ab", null=True, blank=True)
    valid_until = models.DateField(
        "gilt bis",
        null=True,
        blank=True,
        help_text="Dieser Tag gehört noch dazu. Danach fehlt der Schwerpunkt in Übersichten.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Arbeitsschwerpunkt"
        verbose_name_plural = "Arbeitsschwerpunkte"
        constraints = [
            models.CheckConstraint(
                name="focus_area_valid_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                violation_error_message="„Gilt bis“ liegt vor „gilt ab“. Bitte prüfen Sie beide Tage.",
            ),
            models.CheckConstraint(
                name="focus_area_pillar_is_known",
                condition=Q(pillar__in=["education", "cross_cutting", "integration_management"]),
            ),
        ]

    def is_valid_on(self, date):
        return (self.valid_from is None or self.valid_from <= date) and (
            self.valid_until is None or date <= self.valid_until
        )


class PageAlias(models.Model):
    """A slug that a page once had."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="page_aliases")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="aliases")
    slug = models.SlugField(max_length=80)

    class Meta:
        verbose_name = "frühere Adresse"
        verbose_name_plural = "frühere Adressen"
        constraints = [models.UniqueConstraint(name="page_alias_once_per_city", fields=["city", "slug"])]

    def __str__(self):
        return self.slug
