"""What a rule has to say."""

from dataclasses import dataclass, replace
from enum import StrEnum
from unicodedata import bidirectional

# So many of one kind are shown; the rest is only counted.
MOST = 5

# Around words written from the right, so that they do not turn the German sentence around them.
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


class Level(StrEnum):
    ERROR = "error"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    level: Level
    message: str
    field: str
    place: str = ""  # where in the field: „3. Absatz“


def error(message, passage):
    return Finding(Level.ERROR, message, passage.field, passage.place)


def hint(message, passage):
    return Finding(Level.HINT, message, passage.field, passage.place)


def limited(found):
    """The first of a rule's findings, each once, and one that counts the rest."""
    found = list(dict.fromkeys(found))
    rest = found[MOST:]
    if len(rest) < 2:
        return found
    return [*found[:MOST], replace(rest[0], message=f"Das gilt für noch {len(rest)} Stellen.", place="")]


def quoted(words, longest=60):
    words = " ".join(words.split())
    if len(words) > longest:
        words = f"{words[:longest].rstrip()} …"
    if any(bidirectional(letter) in ("R", "AL") for letter in words):
        words = f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}"
    return f"„{words}“"
