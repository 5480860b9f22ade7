from pathlib import Path
from uuid import uuid4

from django.core.validators import FileExtensionValidator, MaxValueValidator
from django.db import models

from contacts.models import City, CityScopedQuerySet


def neutral_name(image, name):
    """Nothing of the name somebody gave the file on their machine: it may hold a person's name."""
    return f"images/{uuid4().hex}{Path(name).suffix.lower()}"


class Image(models.Model):
    """A picture of a city, kept once and shown at any number of places; each place has its own alternative text."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="images", verbose_name="Stadt")
    title = models.CharField(
        "Bezeichnung", max_length=120, help_text="Damit Sie das Bild wiederfinden. Besucher*innen sehen sie nicht."
    )
    file = models.ImageField(
        "Bild",
        upload_to=neutral_name,
        width_field="width",
        height_field="height",
        validators=[FileExtensionValidator(["png", "webp", "jpg", "jpeg"])],
    )
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    credit = models.CharField(
        "Bildnachweis", max_length=160, help_text="Wer hat das Bild gemacht? „Foto: Stadt Bielefeld“"
    )
    # In percent from the left and from the top: what stays in sight when the picture is cut.
    focal_x = models.PositiveSmallIntegerField("Bildmitte waagrecht", default=50, validators=[MaxValueValidator(100)])
    focal_y = models.PositiveSmallIntegerField("Bildmitte senkrecht", default=50, validators=[MaxValueValidator(100)])

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Bild"
        verbose_name_plural = "Bilder"
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title
