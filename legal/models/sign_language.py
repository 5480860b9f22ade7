from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.images import PictureField, PictureValidator
from contacts.models import City, CityScopedQuerySet
from contacts.uploads import NeutralName, OwnsFiles

LARGEST_VIDEO = 200 * 1024 * 1024  # bytes

neutral_name = NeutralName("videos")
validate_poster = PictureValidator(kilobytes=500, megapixels=4)


def validate_video(file):
    """Looks at the first bytes: an MP4 names its type at the fourth, a WebM begins with the mark of Matroska."""
    if getattr(file, "_committed", False):
        return
    file.seek(0)
    head = file.read(12)
    file.seek(0)
    if head[4:8] != b"ftyp" and head[:4] != b"\x1aE\xdf\xa3":
        raise ValidationError(
            "Diese Datei ist kein Video im Format MP4 oder WebM. Bitte speichern Sie es in einem dieser Formate."
        )
    if file.size > LARGEST_VIDEO:
        raise ValidationError("Das Video ist zu groß: höchstens 200 MB.")


class SignLanguageVideo(OwnsFiles):
    """A film in German Sign Language (gsg), with its words as text."""

    class Subject(models.TextChoices):
        CONTENT = "content", _("Das finden Sie auf dieser Website")
        NAVIGATION = "navigation", _("So benutzen Sie diese Website")
        STATEMENT = "statement", _("Erklärung zur Barrierefreiheit")
        FURTHER = "further", _("Mehr in Gebärdensprache")

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="sign_language_videos", verbose_name="Stadt")
    subject = models.CharField("Worum geht es?", max_length=12, choices=Subject)
    file = models.FileField(
        "Video",
        upload_to=neutral_name,
        validators=[FileExtensionValidator(["mp4", "webm"]), validate_video],
        help_text="MP4 oder WebM, höchstens 200 MB.",
    )
    poster = PictureField(
        "Standbild",
        upload_to=neutral_name,
        width_field="poster_width",
        height_field="poster_height",
        validators=[validate_poster],
        help_text="Ist zu sehen, bevor das Video läuft. PNG, WebP oder JPEG, höchstens 500 KB.",
    )
    poster_width = models.PositiveIntegerField(null=True, editable=False)
    poster_height = models.PositiveIntegerField(null=True, editable=False)
    transcript = models.TextField(
        "Text zum Video", max_length=8000, help_text="Alles, was die Person im Video gebärdet, auf Deutsch."
    )
    recorded_on = models.DateField("Aufgenommen am", null=True, blank=True)

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Video in Gebärdensprache"
        verbose_name_plural = "Videos in Gebärdensprache"
        ordering = ["subject", "pk"]

    def __str__(self):
        return str(self.get_subject_display())
