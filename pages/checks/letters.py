"""Letters that make reading hard: words in capitals, whole paragraphs in bold, abbreviations."""

import re
import tomllib
from itertools import groupby
from pathlib import Path

from .findings import hint, quoted
from .reading import HEADINGS

WORDS = tomllib.loads((Path(__file__).parent / "abbreviations.toml").read_text(encoding="utf-8"))
KNOWN = set(WORDS["known"])
NAMES = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in WORDS["names"]))
# „z. B.“ is often written without its space.
NOT_EASY = re.compile(
    "|".join(r"(?<!\w)" + re.escape(short).replace(r"\ ", " ?") for short in WORDS["not_easy"]), re.IGNORECASE
)

WORD = re.compile(r"\w+(?:-\w+)*")
ROMAN_NUMBER = re.compile(r"[IVX]+")
SHORT = 4  # letters; what is longer and can be spoken is a word
VOWELS = set("AEIOUYÄÖÜÀÂÁÃÉÈÊËÍÌÎÏÓÒÔÚÙÛĂĄĘİАЕЄИІЇОУЮЯЁЭЫЪΑΕΗΙΟΥΩ")
WITHOUT_CAPITALS = ("ar", "ckb", "fa", "prs", "ps", "ti", "ur")
WITH_KNOWN_SHORT_FORMS = ("de", "de-simple", "en")
LONG_IN_BOLD = 100  # characters


def is_capital(word):
    return len(word) > 1 and word.isupper() and word.replace("-", "").isalpha()


def is_short_form(word):
    return all(
        len(part) <= SHORT or sum(letter in VOWELS for letter in part) * 4 < len(part) for part in word.split("-")
    )


def single_words(line):
    """„AO-SF“ is one short form, „NRW-Programm“ is made of two words."""
    for word in WORD.findall(NAMES.sub("", line)):
        yield from [word] if word.isupper() else word.split("-")


def runs_of_capitals(line):
    """What stands next to each other in capitals: single words and whole sentences."""
    return [list(run) for capital, run in groupby(single_words(line), key=is_capital) if capital]


def is_shouting(run):
    return any(not is_short_form(word) and word not in KNOWN for word in run)


def capitals(text):
    if text.language in WITHOUT_CAPITALS:
        return
    for passage in text.passages:
        for line in passage.lines:
            for run in filter(is_shouting, runs_of_capitals(line)):
                yield hint(
                    f"{quoted(' '.join(run))} steht in Großbuchstaben. Das ist schwer zu lesen. "
                    "Schreiben Sie groß und klein; Wichtiges können Sie fett machen.",
                    passage,
                )


def bold_paragraphs(text):
    for passage in text.body:
        if passage.is_bold and passage.tag not in HEADINGS and len(passage.words) >= LONG_IN_BOLD:
            yield hint(
                "Hier ist alles fett. Fett wirkt nur bei wenigen Wörtern: Machen Sie nur das Wichtigste fett. "
                f"{quoted(passage.words)}",
                passage,
            )


def abbreviations(text):
    if text.language not in WITH_KNOWN_SHORT_FORMS:
        return
    said = set()
    for passage in text.passages:
        for short in [*unknown_short_forms(passage), *(NOT_EASY.findall(passage.words) if text.is_easy else [])]:
            if short in said or short in text.explained:
                continue
            said.add(short)
            yield hint(explanation_wanted(short), passage)


def unknown_short_forms(passage):
    runs = [run for line in passage.lines for run in runs_of_capitals(line) if not is_shouting(run)]
    return [word for run in runs for word in run if word not in KNOWN and not ROMAN_NUMBER.fullmatch(word)]


def explanation_wanted(short):
    if "." in short:
        return f"Die Abkürzung {quoted(short)} verstehen nicht alle. Schreiben Sie die Wörter aus."
    return (
        f"Die Abkürzung {quoted(short)} ist nicht erklärt. Schreiben Sie beim ersten Mal die Wörter aus "
        f"und dahinter „({short})“."
    )
