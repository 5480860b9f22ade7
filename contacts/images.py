"""What an uploaded picture must be before it is kept."""

from django.core.exceptions import ValidationError
from PIL import Image, UnidentifiedImageError

MAXIMUM_BYTES = 300 * 1024
MAXIMUM_PIXELS = 4_000_000
FORMATS = ("PNG", "JPEG", "WEBP")


def validate_logo(file):
    """Refuses what is not really a picture, whatever its name says, and what would weigh on old phones."""
    if file.size > MAXIMUM_BYTES:
        raise ValidationError("Die Datei ist zu groß. Erlaubt sind 300 KB.")
    try:
        file.seek(0)
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAXIMUM_PIXELS:
                raise ValidationError("Das Bild hat zu viele Bildpunkte. Erlaubt sind 4 Millionen.")
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError("Diese Datei ist kein PNG-, WebP- oder JPEG-Bild.") from None
    finally:
        file.seek(0)
