"""Files as people and attackers send them."""

import io
import struct
import zlib

from django.core.files.base import ContentFile
from PIL import Image as PillowImage

GPS = 0x8825
ORIENTATION = 0x0112
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
)


def encoded(kind="PNG", size=(320, 180), color="red", mode="RGB", **options):
    data = io.BytesIO()
    PillowImage.new(mode, size, color).save(data, kind, **options)
    return data.getvalue()


def animated(kind):
    frames = [PillowImage.new("RGB", (320, 180), color) for color in ("red", "blue")]
    data = io.BytesIO()
    frames[0].save(data, kind, save_all=True, append_images=frames[1:])
    return data.getvalue()


def photo_with_place():
    """As a telephone takes it: lying on its side, with the place where it was taken."""
    exif = PillowImage.Exif()
    exif[ORIENTATION] = 6
    exif[0x010E] = "Beispielstrasse 1"
    exif.get_ifd(GPS)[1] = "N"
    return encoded("JPEG", exif=exif.tobytes(), comment=b"Beispielstrasse 1")


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width=60_000, height=60_000):
    """Says that it has so many pixels, in a few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def upload(content, name="bild.png"):
    return ContentFile(content, name=name)
