"""What an uploaded picture must be, and the copy of it that is kept: pixels, and nothing else of the file."""

import io
from contextlib import contextmanager

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.deconstruct import deconstructible
from PIL import Image, ImageCms, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
ACCEPTED = "image/jpeg,image/png,image/webp"  # with this list iPhones send a JPEG instead of their own format
APPLE_FORMATS = (b"heic", b"heix", b"heim", b"heis", b"mif1")

NO_PICTURE = "Diese Datei ist kein PNG-, WebP- oder JPEG-Bild, oder sie ist beschädigt. Bitte wählen Sie eine andere."
NO_SVG = "SVG-Dateien gehen hier nicht: In ihnen kann ein Programm stecken. Bitte speichern Sie das Bild als PNG."
NO_GIF = "GIF-Dateien gehen hier nicht. Bitte speichern Sie das Bild als PNG oder JPEG."
NO_HEIC = "Fotos im Format HEIC gehen hier nicht. Bitte speichern Sie das Foto als JPEG."
NO_ANIMATION = "Das Bild bewegt sich. Das lenkt vom Lesen ab. Bitte nehmen Sie ein Bild, das still steht."


# --- What is refused ---------------------------------------------------------------------------------


@contextmanager
def opened(file):
    """The picture in an upload, its pixels not decoded yet. ValidationError for what is none or breaks on the way."""
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            yield picture
    except ValidationError:
        raise
    except Exception:
        raise ValidationError(reason_of_refusal(head)) from None
    finally:
        file.seek(0)


def reason_of_refusal(head):
    if b"<svg" in head.lower():
        return NO_SVG
    if head.startswith(b"GIF8"):
        return NO_GIF
    return NO_HEIC if head[4:8] == b"ftyp" and head[8:12] in APPLE_FORMATS else NO_PICTURE


@deconstructible
class PictureValidator:
    """Looks at the content, whatever the name says: bytes and pixels are counted before anything is decoded."""

    def __init__(self, kilobytes, megapixels, shortest_side=1):
        self.kilobytes, self.megapixels, self.shortest_side = kilobytes, megapixels, shortest_side

    def __eq__(self, other):
        return isinstance(other, PictureValidator) and vars(self) == vars(other)

    def __call__(self, file):
        if getattr(file, "_committed", False):
            return  # it was checked when it came, and may be missing by now
        if file.size > self.kilobytes * 1024:
            allowed = f"{self.kilobytes // 1024} MB" if self.kilobytes >= 1024 else f"{self.kilobytes} KB"
            raise ValidationError(f"Die Datei ist zu groß. Bitte verkleinern Sie das Bild auf höchstens {allowed}.")
        with opened(file) as picture:
            self._check_pixels(*picture.size)
            # Photos of telephones may hold a second, smaller one; only what moves is refused.
            if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
                raise ValidationError(NO_ANIMATION)
            picture.load()

    def _check_pixels(self, width, height):
        if width * height > self.megapixels * 1_000_000:
            raise ValidationError(
                f"Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es auf höchstens {self.megapixels} Millionen."
            )
        if min(width, height) < self.shortest_side:
            raise ValidationError(
                "Das Bild ist zu klein. "
                f"Bitte nehmen Sie eines mit mindestens {self.shortest_side} Bildpunkten in Breite und Höhe."
            )


# --- What is kept ------------------------------------------------------------------------------------


def as_shown(picture, longest_side):
    """The pixels as people see them: upright, in sRGB, RGB or RGBA, not larger than needed."""
    picture.draft(None, (longest_side, longest_side))  # a JPEG is decoded smaller at once
    picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode not in ("RGB", "CMYK"):
        picture = picture.convert("RGB")
    picture.thumbnail((longest_side, longest_side))
    picture = in_srgb(picture)
    picture.info = {}  # place, camera, preview, comments
    return picture


def in_srgb(picture):
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        profile = io.BytesIO(picture.info["icc_profile"])
        return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (KeyError, OSError, ValueError, ImageCms.PyCMSError):  # none, or nonsense
        return picture.convert(mode)


def on_white(picture):
    """Without transparency: what is drawn in black is seen on a dark page, too."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def encode(picture, extension, **options):
    data = io.BytesIO()
    picture.save(data, {"jpg": "JPEG"}.get(extension, extension.upper()), **options)
    return ContentFile(data.getvalue(), name=f"bild.{extension}")


class PictureField(models.FileField):
    """Keeps a copy that is made anew from the pixels, so that nothing hides in it.

    Stands before the fields it fills with the width and the height of the copy.
    """

    longest_side = 1200

    def __init__(self, *args, width_field, height_field, **kwargs):
        self.width_field, self.height_field = width_field, height_field
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"width_field": self.width_field, "height_field": self.height_field}

    def formfield(self, **kwargs):
        field = super().formfield(**{"form_class": forms.FileField} | kwargs)
        field.widget.attrs["accept"] = ACCEPTED
        return field

    def pre_save(self, instance, add):
        file = getattr(instance, self.attname)
        if not file:
            self._set_size(instance, None, None)
        elif not file._committed:
            with opened(file) as picture:
                kind, shown = picture.format, as_shown(picture, self.longest_side)
            file.file = self.copy(shown, kind)
            file.name = file.file.name
            self._set_size(instance, *shown.size)
        return super().pre_save(instance, add)

    def _set_size(self, instance, width, height):
        setattr(instance, self.width_field, width)
        setattr(instance, self.height_field, height)

    def copy(self, picture, kind):
        """Logos stay sharp and may be transparent."""
        if kind == "PNG" or picture.mode == "RGBA":
            return encode(picture, "png", optimize=True)
        return encode(picture, "webp" if kind == "WEBP" else "jpg", quality=90)


class PhotoField(PictureField):
    """A picture for pages: a JPEG on white, from which all sizes are made."""

    longest_side = 1600

    def copy(self, picture, kind):
        return encode(on_white(picture), "jpg", quality=90, optimize=True, progressive=True)


validate_logo = PictureValidator(kilobytes=300, megapixels=4)
