"""The words of a link say where it leads, also to those who hear only the links of a page."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from .findings import error, hint, quoted

# A link made of one of these words is allowed by law where its sentence says more (WCAG 2.4.4), so it is a hint.
SAYING_NOTHING = tomllib.loads((Path(__file__).parent / "links.toml").read_text(encoding="utf-8"))
SAYING_NOTHING["de-simple"] = SAYING_NOTHING["de"]

AROUND_WORDS = " \t\n.,:;!?…>»›→←<«‹-–()[]"
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+", re.IGNORECASE)
DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,4}(?:de|com|org|net|eu|nrw|info|koeln|ruhr)(?:/\S*)?", re.IGNORECASE)
LONGEST_WORD = 300  # what is longer is no address that somebody typed


def all_links(text):
    return [(passage, link) for passage in text.passages for link in passage.links]


def leads_somewhere(href):
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return "." in parts.netloc or parts.netloc.startswith("localhost")
    if parts.scheme in ("mailto", "tel"):
        return bool(parts.path)
    return bool(parts.path or parts.query)


def leading_nowhere(text):
    for passage, link in all_links(text):
        if link.words.strip() and not leads_somewhere(link.href):
            yield error(
                f"Der Link {quoted(link.words)} führt nirgendwohin. Tragen Sie die Adresse ein, "
                "oder entfernen Sie den Link.",
                passage,
            )


def without_words(text):
    for passage in text.body:
        for link in passage.links:
            if not link.words.strip():
                yield error(
                    "Ein Link hat keine Wörter: Niemand sieht ihn, ein Vorleseprogramm liest seine Adresse vor. "
                    f"Löschen Sie ihn, oder schreiben Sie hinein, wohin er führt ({quoted(link.href)}).",
                    passage,
                )


def saying_nothing(text):
    empty_words = SAYING_NOTHING.get(text.language, ())
    for passage, link in all_links(text):
        if link.words.strip(AROUND_WORDS).casefold() in empty_words:
            yield hint(
                f"Der Link {quoted(link.words)} sagt nicht, wohin er führt. "
                "Verlinken Sie die Wörter, die das Ziel nennen, zum Beispiel „Anmeldung zum Sprachkurs“.",
                passage,
            )


def is_address(words):
    return len(words) <= LONGEST_WORD and bool(ADDRESS.fullmatch(words) or DOMAIN.fullmatch(words))


def with_address_as_words(text):
    for passage, link in all_links(text):
        words = link.words.strip()
        if is_address(words):
            yield hint(
                f"Der Link zeigt eine Internet-Adresse: {quoted(words)}. "
                "Schreiben Sie in Worten, was man dort findet, und verlinken Sie diese Wörter.",
                passage,
            )
        elif words.lower().startswith(("mailto:", "tel:")) or (link.href.startswith("tel:") and is_hard_to_read(words)):
            yield hint(
                f"Der Link {quoted(words)} ist schwer zu lesen. Schreiben Sie die Nummer in Gruppen "
                "wie „0521 51-0“ und die E-Mail-Adresse ohne „mailto:“.",
                passage,
            )


def is_hard_to_read(words):
    """A long number in one piece."""
    return words.removeprefix("+").isdecimal() and len(words) > 8


def typed(text):
    for passage in text.passages:
        for word in passage.typed.split():
            address = word.strip(".,:;!?()[]„“\"'")
            if is_address(address):
                yield hint(
                    f"Die Internet-Adresse {quoted(address)} steht als Text da. Schreiben Sie in Worten, "
                    "was man dort findet, und machen Sie daraus einen Link.",
                    passage,
                )
