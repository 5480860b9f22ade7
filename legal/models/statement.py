from calendar import monthrange
from datetime import MAXYEAR, date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import City, CityScopedQuerySet, Contact

from .example import WithExamples
from .known_barriers import known_barriers, with_facts

# § 4 BITVNRW asks for a review every year; staff are warned a month before.
REVIEW_MONTHS = 12
WARNING_MONTHS = 11


def months_later(day, months):
    """The same day of the month, or its last where it has fewer days."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    _first_weekday, last_day = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, last_day))


class AccessibilityStatement(WithExamples):
    """The declaration of § 10b BGG NRW, with what (EU) 2018/1523 asks for. Its barriers are rows of their own."""

    class Status(models.TextChoices):
        FULL = "full", _("vollständig vereinbar")
        PARTIAL = "partial", _("teilweise vereinbar")
        NONE = "none", _("nicht vereinbar")

    class Method(models.TextChoices):
        SELF = "self", _("Selbstbewertung")
        THIRD_PARTY = "third_party", _("Bewertung durch Dritte")

    NEEDED = ("prepared_on", "reviewed_on", "responsible")
    PAST = ("evaluated_on", "prepared_on", "reviewed_on", "site_published_on", "monitoring_notified_on")

    city = models.OneToOneField(
        City, on_delete=models.CASCADE, related_name="accessibility_statement", verbose_name="Stadt"
    )
    status = models.CharField(
        "Ergebnis",
        max_length=8,
        choices=Status,
        default=Status.PARTIAL,
        help_text="„Vollständig vereinbar“ geht nur, wenn ein Mensch die Website geprüft hat und nichts offen ist.",
    )
    standard = models.CharField("Norm", max_length=80, default="EN 301 549 V3.2.1")
    method = models.CharField("Wie wurde geprüft?", max_length=12, choices=Method, default=Method.SELF)
    evaluator = models.CharField(
        "Wer hat geprüft?", max_length=160, blank=True, help_text="Person, Team oder Prüfstelle."
    )
    evaluated_on = models.DateField(
        "Geprüft am", null=True, blank=True, help_text="Leer: Noch kein Mensch hat die Website geprüft."
    )
    report_url = models.URLField("Prüfbericht", blank=True)
    prepared_on = models.DateField("Erklärung erstellt am", null=True, blank=True)
    reviewed_on = models.DateField(
        "Erklärung zuletzt überprüft am", null=True, blank=True, help_text="Mindestens einmal im Jahr."
    )
    site_published_on = models.DateField("Website online seit", null=True, blank=True)
    responsible = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Zuständig für Meldungen",
        help_text="Wer beantwortet, was Menschen über Barrieren melden?",
    )
    monitoring_notified_on = models.DateField(
        "Überwachungsstelle informiert am",
        null=True,
        blank=True,
        help_text="Sie müssen die Erklärung der Überwachungsstelle NRW melden.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Erklärung zur Barrierefreiheit"
        verbose_name_plural = "Erklärung zur Barrierefreiheit"
        ordering = ["city"]
        constraints = [
            models.CheckConstraint(
                name="statement_full_only_when_evaluated",
                condition=~Q(status="full") | (Q(evaluated_on__isnull=False) & ~Q(evaluator="")),
                violation_error_message="„Vollständig vereinbar“ braucht eine Prüfung: wer geprüft hat und wann.",
            ),
            models.CheckConstraint(
                name="statement_reviewed_after_prepared",
                condition=Q(reviewed_on__isnull=True)
                | Q(prepared_on__isnull=True)
                | Q(reviewed_on__gte=models.F("prepared_on")),
                violation_error_message="Sie können die Erklärung nicht überprüfen, bevor es sie gibt. "
                "Bitte prüfen Sie beide Tage.",
            ),
        ]

    def __str__(self):
        return f"Barrierefreiheit {self.city}"

    def clean(self):
        super().clean()
        if self.responsible and self.responsible.city_id != self.city_id:
            raise ValidationError({"responsible": "Dieser Kontakt gehört zu einer anderen Stadt."})
        if self.status == self.Status.FULL and (known := self.known_barriers()):
            words = " ".join(str(barrier.what) for barrier in known)
            raise ValidationError({"status": f"„Vollständig vereinbar“ geht noch nicht: {words}"})

    def known_barriers(self):
        """Asked of the database now; a page reads them with everything else, see declaration.py."""
        city = with_facts(City.objects.filter(pk=self.city_id), timezone.now()).first()
        return known_barriers(city) if city else []

    def is_evaluated_on(self, day):
        """Whether a human being has looked by then; tests by programs are no evaluation."""
        return bool(self.evaluator and self.evaluated_on and self.evaluated_on <= day)

    @property
    def review_due_on(self):
        return months_later(self.reviewed_on, REVIEW_MONTHS) if self.reviewed_on else None

    def needs_review_on(self, day):
        return self.reviewed_on is None or day >= months_later(self.reviewed_on, WARNING_MONTHS)


class Barrier(models.Model):
    """Something that not everybody can use, in one of the three groups of the law."""

    class Group(models.TextChoices):
        NOT_CONFORMING = "not_conforming", _("Nicht mit den Regeln vereinbar")
        BURDEN = "burden", _("Zu großer Aufwand (unverhältnismäßige Belastung)")
        OUT_OF_SCOPE = "out_of_scope", _("Nicht vom Gesetz erfasst")

    # With these nothing is "without exception" as the law asks of full conformity.
    EXCEPTIONS = (Group.NOT_CONFORMING, Group.BURDEN)

    # As those that the database tells of have it: see known_barriers.py.
    is_known = False
    is_certain = True

    statement = models.ForeignKey(AccessibilityStatement, on_delete=models.CASCADE, related_name="barriers")
    group = models.CharField("Gruppe", max_length=16, choices=Group, default=Group.NOT_CONFORMING)
    what = models.CharField("Was ist nicht barrierefrei?", max_length=300)
    reason = models.CharField("Warum?", max_length=300)
    alternative = models.CharField(
        "Anderer Weg", max_length=300, help_text="Wie kommen Menschen trotzdem an den Inhalt?"
    )
    criterion = models.CharField(
        "Regel", max_length=12, blank=True, help_text="Nummer in den WCAG, wenn bekannt, zum Beispiel 1.2.2."
    )
    solved_by = models.DateField("Behoben bis", null=True, blank=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Barriere"
        verbose_name_plural = "Barrieren"
        ordering = ["position", "pk"]

    def __str__(self):
        return self.what
