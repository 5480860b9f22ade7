"""What can be seen of a PDF without opening it: no program that draws it ever runs here."""

import re
import zlib
from itertools import islice

from django.core.exceptions import ValidationError

LARGEST_DOCUMENT = 10 * 1024 * 1024  # bytes
# Names of a PDF may stand in compressed parts; so much of them is looked at, however well they are packed.
MOST_PARTS = 1000
LARGEST_PART = 1024 * 1024  # bytes, packed as well as unpacked
MOST_OF_ALL_PARTS = 20 * 1024 * 1024  # bytes

PACKED_PART = re.compile(rb"/ObjStm\b.{0,400}?\bstream\r?\n", re.DOTALL)
WRITTEN_AS_NUMBER = re.compile(rb"#([0-9A-Fa-f]{2})")
PROGRAM = re.compile(rb"/(?:JavaScript|Launch)\b")
LOCKED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
STRUCTURE = re.compile(rb"/StructTreeRoot\b")


def validate_pdf(file):
    if getattr(file, "_committed", False):
        return  # it was checked when it came, and may be missing by now
    if file.size > LARGEST_DOCUMENT:
        raise ValidationError("Die Datei ist zu groß: höchstens 10 MB.")
    file.seek(0)
    content = file.read()
    file.seek(0)
    if not content.startswith(b"%PDF-"):
        raise ValidationError("Diese Datei ist kein PDF. Bitte wählen Sie eine PDF-Datei.")
    if b"%%EOF" not in content[-2048:]:
        raise ValidationError("Dieses PDF ist nicht vollständig. Bitte speichern Sie es noch einmal.")
    if LOCKED.search(content):
        raise ValidationError(
            "Dieses PDF ist geschützt. Vorleseprogramme können es dann oft nicht lesen. "
            "Bitte speichern Sie es ohne Passwort und ohne Einschränkungen."
        )
    if PROGRAM.search(readable(content)):
        raise ValidationError(
            "In diesem PDF steckt ein Programm. Das kann gefährlich sein. "
            "Bitte speichern Sie es als einfaches PDF, zum Beispiel über „Drucken“."
        )


def has_structure(file):
    return bool(STRUCTURE.search(readable(file.read())))


def readable(content):
    """The bytes with those of the packed parts, and every name as it is meant."""
    parts, left = [content], MOST_OF_ALL_PARTS
    for match in islice(PACKED_PART.finditer(content), MOST_PARTS):
        part = unpacked(content[match.end() : match.end() + LARGEST_PART], min(LARGEST_PART, left))
        parts.append(part)
        left -= len(part)
        if left <= 0:
            break
    return WRITTEN_AS_NUMBER.sub(lambda match: bytes([int(match[1], 16)]), b"\n".join(parts))


def unpacked(packed, most):
    try:
        return zlib.decompressobj().decompress(packed.partition(b"endstream")[0], most)
    except zlib.error:
        return b""
