from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.fields import ChoiceListField
from contacts.inquiry_kinds import InquiryKind
from contacts.languages import SPOKEN_LANGUAGE_CHOICES
from contacts.models import City, CityScopedQuerySet

# Days after an inquiry is settled. A report of a barrier is kept longer: the ombuds procedure may ask for it.
KEEP_DAYS = dict.fromkeys(InquiryKind, 90) | {InquiryKind.BARRIER: 365}
BARRIER_KEEP_DAYS_AT_LEAST = 90
# Days in which an answer is promised.
ANSWER_DAYS = {
    InquiryKind.CONTACT: 7,
    InquiryKind.HELP: 3,
    InquiryKind.INTERPRETER: 3,
    InquiryKind.BARRIER: 14,
}


class FormSettings(models.Model):
    """How a city handles what comes in by one of its forms. Without a row the defaults above hold."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="form_settings", verbose_name="Stadt")
    kind = models.CharField("Formular", max_length=12, choices=InquiryKind)
    notify = models.EmailField(
        "Hinweis an",
        blank=True,
        help_text="An diese Adresse geht ein kurzer Hinweis, wenn etwas eingeht. Darin steht nichts Persönliches.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "Antwort in Tagen",
        validators=[MinValueValidator(1), MaxValueValidator(42)],
        help_text="Das versprechen Sie den Menschen. Bei „Barriere melden“ höchstens 14.",
    )
    keep_days = models.PositiveSmallIntegerField(
        "Löschen nach Tagen",
        validators=[MinValueValidator(1), MaxValueValidator(1095)],
        help_text="So viele Tage nach dem Abschluss löscht die Website die Anfrage. "
        "Bei „Barriere melden“ mindestens 90. Die Zahl steht auch auf der Seite „Datenschutz“.",
    )
    recipients = models.CharField(
        "Wer liest mit?",
        max_length=240,
        blank=True,
        help_text="Nur wenn noch jemand außer Ihrem Team die Angaben bekommt. Steht auch auf der Seite „Datenschutz“.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Formular"
        verbose_name_plural = "Formulare"
        ordering = ["city", "kind"]
        constraints = [
            models.UniqueConstraint(
                name="form_settings_once_per_city",
                fields=["city", "kind"],
                violation_error_message="Dieses Formular ist schon eingestellt.",
            ),
            models.CheckConstraint(
                name="form_settings_barrier_answered_in_time",
                condition=~models.Q(kind="barrier") | models.Q(answer_days__lte=14),
                violation_error_message="Bei „Barriere melden“ gehen höchstens 14 Tage.",
            ),
        ]

    def __str__(self):
        return str(self.get_kind_display())

    def clean(self):
        is_short = self.keep_days is not None and self.keep_days < BARRIER_KEEP_DAYS_AT_LEAST
        if self.kind == InquiryKind.BARRIER and is_short:
            words = "Bei „Barriere melden“ müssen es mindestens 90 Tage sein: Die Ombudsstelle kann danach fragen."
            raise ValidationError({"keep_days": words})

    @classmethod
    def of(cls, city, kind):
        """What is set for the form, or the defaults: one query."""
        return cls.objects.for_city(city).filter(kind=kind).first() or cls.default(city, kind)

    @classmethod
    def default(cls, city, kind):
        return cls(city=city, kind=kind, answer_days=ANSWER_DAYS[kind], keep_days=KEEP_DAYS[kind])

    @classmethod
    def all_of(cls, city):
        """One for each form that the city offers, set or default, in the order of the kinds: one query."""
        stored = {row.kind: row for row in cls.objects.for_city(city)}
        offered = [*city.forms, InquiryKind.BARRIER]
        return [stored.get(kind) or cls.default(city, kind) for kind in InquiryKind if kind in offered]


class Institution(models.TextChoices):
    """Who may ask for an interpreter."""

    SCHOOL = "school", _("Schule")
    DAYCARE = "daycare", _("Kita oder Kindertagespflege")
    AUTHORITY = "authority", _("Amt oder Behörde")
    ADVICE = "advice", _("Beratungsstelle")
    HEALTH = "health", _("Gesundheitseinrichtung")
    ASSOCIATION = "association", _("Verein oder freier Träger")


class ExcludedTopic(models.TextChoices):
    """What volunteer interpreters do not do; a city says which of it holds."""

    LEGAL = "legal", _("Gespräche mit rechtlichen Folgen, zum Beispiel vor Gericht")
    MEDICAL = "medical", _("medizinische Behandlung")
    SPECIAL_NEEDS = "special_needs", _("Verfahren zum sonderpädagogischen Förderbedarf (AOSF)")
    WRITTEN = "written", _("schriftliche Übersetzungen")
    PRIVATE = "private", _("private Gespräche")


class InterpretingRules(models.Model):
    """The rules of a city's pool of volunteer interpreters, built into the form that asks for one."""

    city = models.OneToOneField(City, on_delete=models.CASCADE, related_name="interpreting_rules", verbose_name="Stadt")
    institutions = ChoiceListField("Wer darf anfragen?", options=Institution.choices, blank=False)
    excluded_topics = ChoiceListField("Wofür gibt es keine Sprachmittlung?", options=ExcludedTopic.choices)
    languages = ChoiceListField(
        "Sprachen im Pool",
        options=SPOKEN_LANGUAGE_CHOICES,
        help_text="Ohne Auswahl können Einrichtungen jede Sprache anfragen.",
    )
    lead_days = models.PositiveSmallIntegerField(
        "Vorlauf in Tagen",
        default=7,
        validators=[MaxValueValidator(90)],
        help_text="So viele Tage vor dem Gespräch muss die Anfrage da sein.",
    )
    lead_in_working_days = models.BooleanField(
        "Nur Arbeitstage zählen", default=False, help_text="Ohne Wochenenden, Feiertage, Heiligabend und Silvester."
    )
    is_free = models.BooleanField("Kostenlos", default=True)
    cost_note = models.CharField("Hinweis zu den Kosten", max_length=160, blank=True)
    is_example = models.BooleanField(
        "Beispiel", default=False, help_text="Mit diesem Haken steht über dem Formular, dass die Regeln erfunden sind."
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Regeln der Sprachmittlung"
        verbose_name_plural = "Regeln der Sprachmittlung"
        ordering = ["city"]

    def __str__(self):
        return f"Sprachmittlung {self.city}"

    @classmethod
    def of(cls, city):
        """What is set, or every kind of institution with a week's notice: one query."""
        default = cls(city=city, institutions=list(Institution.values))
        return cls.objects.for_city(city).first() or default
