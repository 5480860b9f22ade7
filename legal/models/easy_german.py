from django.db import models
from django.db.models import Q

from contacts.models import City, CityScopedQuerySet

from .example import WithExamples


class EasyGermanPage(WithExamples):
    """The page in Leichte Sprache of § 3 (2) BITVNRW. What is the same for every centre comes from the template."""

    NEEDED = ("what_we_do", "whom_we_help")
    PAST = ("checked_on",)

    city = models.OneToOneField(City, on_delete=models.CASCADE, related_name="easy_german_page", verbose_name="Stadt")
    what_we_do = models.TextField(
        "Das macht unser Zentrum",
        max_length=2000,
        blank=True,
        help_text="In Leichter Sprache. Ein kurzer Satz in jeder Zeile.",
    )
    whom_we_help = models.TextField(
        "Diesen Menschen helfen wir",
        max_length=1000,
        blank=True,
        help_text="In Leichter Sprache. Eine Gruppe in jeder Zeile.",
    )
    checked_by = models.CharField(
        "Geprüft von",
        max_length=160,
        blank=True,
        help_text="Welche Prüfgruppe hat den Text gelesen? Leer: Auf der Seite steht „nicht geprüft“.",
    )
    checked_on = models.DateField("Geprüft am", null=True, blank=True)

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Seite in Leichter Sprache"
        verbose_name_plural = "Seite in Leichter Sprache"
        ordering = ["city"]
        constraints = [
            models.CheckConstraint(
                name="easy_german_checked_by_and_on",
                condition=Q(checked_by="", checked_on__isnull=True) | (~Q(checked_by="") & Q(checked_on__isnull=False)),
                violation_error_message="Zur Prüfung gehören beide Angaben: von wem und wann.",
            ),
        ]

    def __str__(self):
        return f"Leichte Sprache {self.city}"
