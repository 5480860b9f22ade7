from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from contacts.images import PhotoField, PictureValidator
from contacts.models import City, CityScopedQuerySet
from contacts.uploads import NeutralName, OwnsFiles
from history.models import FormerRow

from .. import pictures

neutral_name = NeutralName("images")
validate_photo = PictureValidator(kilobytes=20 * 1024, megapixels=50, shortest_side=100)


class PictureFile(OwnsFiles):
    """The file of a picture with the sizes that lie beside it."""

    file = PhotoField(
        "Bild",
        upload_to=neutral_name,
        width_field="width",
        height_field="height",
        validators=[validate_photo],
        help_text="JPEG, PNG oder WebP, höchstens 20 MB. "
        "Die Website löscht aus dem Foto, wo und womit es gemacht wurde.",
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)

    class Meta:
        abstract = True

    def file_names(self):
        return pictures.names(self.file.name, self.width) if self.file else set()

    @property
    def is_tall(self):
        return self.height > self.width

    @property
    def avif_sizes(self):
        return pictures.srcset(self.file.name, self.width, "avif")

    @property
    def webp_sizes(self):
        return pictures.srcset(self.file.name, self.width, "webp")

    @property
    def small_avif_url(self):
        return self._small_url("avif")

    @property
    def small_webp_url(self):
        return self._small_url("webp")

    def _small_url(self, extension):
        width = min(self.width, pictures.WIDTHS[0])
        return default_storage.url(pictures.size_name(self.file.name, width, extension))

    @property
    def fallback_url(self):
        return default_storage.url(pictures.fallback_name(self.file.name, self.width))


class Image(PictureFile):
    """A picture of a city, kept once and shown at any number of places; each place has its own alternative text."""

    class FocalPoint(models.TextChoices):
        """What stays in sight where the picture is cut."""

        TOP_LEFT = "top-left", "oben links"
        TOP = "top", "oben"
        TOP_RIGHT = "top-right", "oben rechts"
        LEFT = "left", "links"
        CENTER = "center", "in der Mitte"
        RIGHT = "right", "rechts"
        BOTTOM_LEFT = "bottom-left", "unten links"
        BOTTOM = "bottom", "unten"
        BOTTOM_RIGHT = "bottom-right", "unten rechts"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="images", verbose_name="Stadt")
    title = models.CharField(
        "Bezeichnung", max_length=120, help_text="Damit Sie das Bild wiederfinden. Besucher*innen sehen sie nicht."
    )
    # Since when `file` is the file of this picture; what it was before stands in `former_files`.
    file_since = models.DateTimeField(default=timezone.now, editable=False)
    credit = models.CharField(
        "Bildnachweis",
        max_length=160,
        help_text="Steht unter dem Bild. Wer hat es gemacht? Zum Beispiel „Foto: Stadt Bielefeld“.",
    )
    focal_point = models.CharField(
        "Was ist wichtig?",
        max_length=12,
        choices=FocalPoint,
        default=FocalPoint.CENTER,
        help_text="Wird das Bild beschnitten, bleibt diese Stelle zu sehen.",
    )
    shows_people = models.BooleanField(
        "Auf dem Bild sind Menschen zu erkennen",
        default=False,
        help_text="Dann darf das Bild erst auf eine Seite, wenn ihre Einwilligung vorliegt.",
    )
    has_consent = models.BooleanField(
        "Die Einwilligung liegt vor",
        default=False,
        help_text="Alle haben schriftlich zugestimmt, dass das Bild auf der Website steht. Bei Kindern: die Eltern.",
    )
    consent_note = models.CharField(
        "Wo liegt die Einwilligung?",
        max_length=160,
        blank=True,
        help_text="Zum Beispiel das Aktenzeichen. Bitte keine Namen.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Bild"
        verbose_name_plural = "Bilder"
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title

    @property
    def may_be_shown(self):
        return self.has_consent or not self.shows_people

    @transaction.atomic
    def save(self, **kwargs):
        is_new = bool(self.file) and not self.file._committed
        if is_new:
            self.file_since = timezone.now()
        super().save(**kwargs)
        if is_new:
            pictures.write_sizes(self.file.name)

    def let_go_of(self, former):
        """It stays for the page as it was."""
        ImageFile.objects.create(
            image=self,
            file=former.file.name,
            width=former.width,
            height=former.height,
            valid_from=former.file_since,
            valid_until=max(self.file_since, former.file_since + timedelta(microseconds=1)),
        )

    def file_at(self, instant):
        """What showed at an instant: this picture or a former file of it, None if that is not kept.

        Both have file, width, height, avif_sizes, webp_sizes and fallback_url.
        """
        if instant >= self.file_since:
            return self
        return self.former_files.filter(valid_from__lte=instant, valid_until__gt=instant).first()

    @transaction.atomic
    def forget_former_files(self):
        """Somebody in them does not want to be seen any more. Pages as they were do without."""
        for former in self.former_files.all():
            former.delete()
        FormerRow.objects.of(self).delete()

    @transaction.atomic
    def delete(self, **kwargs):
        """RestrictedError while a draft or a public page needs it; pages as they were show that it is gone."""
        self.pagerevision_set.filter(visible_until__lte=timezone.now()).update(picture=None)
        return super().delete(**kwargs)

    def remove_files(self, except_for=frozenset()):
        super().remove_files(except_for)
        for former in self.former_files.all():
            former.remove_files()


class ImageFileQuerySet(CityScopedQuerySet):
    city_path = "image__city"


class ImageFile(PictureFile):
    """A file that a picture had until another took its place."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="former_files")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    objects = ImageFileQuerySet.as_manager()

    class Meta:
        verbose_name = "frühere Datei"
        verbose_name_plural = "frühere Dateien"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(name="image_file_valid_in_order", condition=Q(valid_from__lt=F("valid_until")))
        ]

    def __str__(self):
        return f"{self.image} bis {self.valid_until:%d.%m.%Y}"
