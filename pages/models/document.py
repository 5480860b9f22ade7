from functools import partial
from pathlib import Path
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models, transaction
from django.db.models import Q

from contacts.languages import LANGUAGES, SPOKEN_LANGUAGE_CHOICES
from contacts.models import City, CityScopedQuerySet

LARGEST_DOCUMENT = 10 * 1024 * 1024  # bytes


def validate_pdf(file):
    if getattr(file, "_committed", False):
        return  # it was checked when it came, and may be missing by now
    file.seek(0)
    starts_like_pdf = file.read(5) == b"%PDF-"
    file.seek(0)
    if not starts_like_pdf:
        raise ValidationError("Diese Datei ist kein PDF.")
    if file.size > LARGEST_DOCUMENT:
        raise ValidationError("Die Datei ist zu groß: höchstens 10 MB.")


def neutral_name(document, name):
    """Nothing of the name somebody gave the file on their machine: it may hold a person's name."""
    return f"documents/{uuid4().hex}{Path(name).suffix.lower()}"


class Document(models.Model):
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
                violation_error_message="Ohne barrierefreies PDF braucht es „Das Wichtigste daraus“ als Text.",
            ),
        ]

    def __str__(self):
        return self.title

    @transaction.atomic
    def save(self, **kwargs):
        """What was replaced cannot be downloaded any more."""
        former = Document.objects.filter(pk=self.pk).values_list("file", flat=True).first()
        if self.file.name != former:
            self.size = self.file.size
        super().save(**kwargs)
        if former and self.file.name != former:
            self._remove_after_commit(former)

    @transaction.atomic
    def delete(self, **kwargs):
        self._remove_after_commit(self.file.name)
        return super().delete(**kwargs)

    def _remove_after_commit(self, name):
        """Not before: if the transaction fails, the row still needs its file."""
        transaction.on_commit(partial(self.file.storage.delete, name), robust=True)

    @property
    def info(self):
        return LANGUAGES[self.language]
