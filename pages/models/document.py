from django.core.validators import FileExtensionValidator
from django.db import models, transaction
from django.db.models import Q

from contacts.languages import LANGUAGES, SPOKEN_LANGUAGE_CHOICES
from contacts.models import City, CityScopedQuerySet
from contacts.uploads import NeutralName, OwnsFiles

from ..pdf import has_structure, validate_pdf

neutral_name = NeutralName("documents")


class Document(OwnsFiles):
    """A PDF to download. One that is not accessible comes with a summary that is."""

    class Accessible(models.TextChoices):
        YES = "yes", "ja"
        NO = "no", "nein"
        UNKNOWN = "unknown", "nicht geprüft"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="documents", verbose_name="Stadt")
    title = models.CharField("Titel", max_length=160)
    language = models.CharField("Sprache", max_length=12, choices=SPOKEN_LANGUAGE_CHOICES, default="de")
    file = models.FileField(
        "Datei",
        upload_to=neutral_name,
        validators=[FileExtensionValidator(["pdf"]), validate_pdf],
        help_text="PDF, höchstens 10 MB.",
    )
    size = models.PositiveIntegerField(editable=False)
    accessible = models.CharField(
        "Barrierefrei",
        max_length=8,
        choices=Accessible.choices,
        default=Accessible.UNKNOWN,
        help_text="Können blinde Menschen das PDF mit einem Vorleseprogramm lesen? Im Zweifel: „nicht geprüft“.",
    )
    summary = models.TextField(
        "Das Wichtigste daraus",
        max_length=1200,
        blank=True,
        help_text="Pflicht, wenn bei „Barrierefrei“ nicht „ja“ steht. Schreiben Sie in der Sprache des Dokuments. "
        "Der Text steht auf der Seite unter dem Dokument.",
    )
    dated = models.DateField(
        "Stand des Dokuments", null=True, blank=True, help_text="Von welchem Tag ist das Dokument?"
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Dokument"
        verbose_name_plural = "Dokumente"
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                name="document_accessible_or_summarised",
                condition=Q(accessible="yes") | ~Q(summary=""),
                violation_error_message="Bitte schreiben Sie „Das Wichtigste daraus“ auf, "
                "oder wählen Sie bei „Barrierefrei“ „ja“.",
            ),
        ]

    def __str__(self):
        return self.title

    @transaction.atomic
    def save(self, **kwargs):
        if not self.file._committed:
            self.size = self.file.size
        super().save(**kwargs)

    @property
    def info(self):
        return LANGUAGES[self.language]

    def seems_accessible(self):
        """Whether the file has the marks without which a reading program finds no headings and no order."""
        with self.file.open() as file:
            return has_structure(file)
