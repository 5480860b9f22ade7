"""A draft may have gaps, a public page may not."""

from .findings import error
from .reading import Passage

NEEDED = {"title": "die Überschrift", "summary": "„Kurz gesagt“", "body": "der Text"}
LONGEST_BODY = 200_000  # characters


def missing(text):
    written = {passage.field for passage in text.passages}
    for field, label in NEEDED.items():
        if field not in written:
            yield error(f"Zum Veröffentlichen fehlt noch {label}.", Passage(field))


def too_long(text):
    if len(text.translation.body) > LONGEST_BODY:
        yield error("Der Text ist zu lang. Bitte verteilen Sie ihn auf mehrere Seiten.", Passage("body"))
