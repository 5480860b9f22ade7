"""Sentences and words that are too long for the people a page is for."""

import re
from typing import NamedTuple

from contacts.topics import Audience

from .findings import hint, quoted
from .reading import EASY_GERMAN, HEADINGS, Passage

ENDS = ("!", "?", "…", "؟", "۔")
AFTER_THE_END = "\"'“”’»«›‹)]"
# A dot behind these does not end the sentence; nor behind single letters and the numbers of days.
SHORT_FORMS = {
    "bzw",
    "ca",
    "etc",
    "evtl",
    "ggf",
    "inkl",
    "nr",
    "prof",
    "dr",
    "st",
    "str",
    "tel",
    "usw",
    "vgl",
    "mr",
    "ms",
}
PROFESSIONALS = {Audience.SCHOOLS, Audience.DAYCARE, Audience.ADMINISTRATION, Audience.POLITICS, Audience.PRESS}


class Limits(NamedTuple):
    sentence: int  # words
    word: int | None  # letters between two joints; None: not looked at


# Easy German as its rules are commonly read: short sentences, one statement each, compounds with a joint.
EASY = Limits(12, 14)
GERMAN = Limits(20, 24)
FOR_PROFESSIONALS = Limits(28, 30)
# Their words are built in other ways; what is one word in Turkish is a sentence in English.
FURTHER_LANGUAGES = Limits(25, None)

# Between two joints: hyphens, middle dots, the star of „Partner*innen“.
WORD = re.compile(r"[^\W\d_]+")
BECOME = r"\b(?:wird|werden|wurde|wurden)\b"
PASSIVE = re.compile(
    # „Ihnen wird gern geholfen“, „dass niemand benachteiligt wird“
    rf"{BECOME}[^.!?,\n]{{0,60}}? \w{{0,12}}ge\w{{2,12}}(?:t|en)(?=[.!?,\s]|$)"
    rf"|\b(?:\w{{0,12}}ge|be|ent|er|ver|zer)\w{{2,12}}(?:t|en) {BECOME}"
)
GENITIVE = re.compile(r"\b[Dd]es [A-ZÄÖÜ]\w{1,40}s\b")


def limits(text):
    if text.language == EASY_GERMAN:
        return EASY
    if not text.is_german:
        return FURTHER_LANGUAGES
    is_for_professionals = text.audiences and set(text.audiences) <= PROFESSIONALS
    return FOR_PROFESSIONALS if is_for_professionals else GERMAN


def ends_a_sentence(token):
    bare = token.rstrip(AFTER_THE_END)
    if not bare.endswith("."):
        return bare.endswith(ENDS)
    word = bare[:-1].rpartition("(")[2]
    return len(word) > 1 and word.lower() not in SHORT_FORMS and not (word.isdecimal() and len(word) < 3)


def sentences(line):
    """Each as a list of its words."""
    words = []
    for token in line.split():
        words.append(token)
        if ends_a_sentence(token):
            yield words
            words = []
    if words:
        yield words


def count_words(sentence):
    return sum(any(letter.isalnum() for letter in token) for token in sentence)


def too_long(text):
    longest = limits(text).sentence
    for passage in text.passages:
        for line in passage.lines:
            for sentence in sentences(line):
                if (words := count_words(sentence)) > longest:
                    yield hint(
                        f"Ein Satz hat {words} Wörter. Machen Sie zwei Sätze daraus; gut sind höchstens {longest}. "
                        f"{quoted(' '.join(sentence))}",
                        passage,
                    )


def long_words(text):
    longest = limits(text).word
    if longest is None:
        return
    said = set()
    for passage in text.passages:
        for word in WORD.findall(passage.words):
            if len(word) > longest and word not in said and word not in text.explained:
                said.add(word)
                yield hint(long_word(word, text.is_easy), passage)


def long_word(word, is_easy):
    joint = "oder trennen Sie es mit einem Bindestrich" if is_easy else "zum Beispiel mit „von“ oder „für“"
    way = "Nehmen Sie ein kürzeres Wort," if is_easy else "Sagen Sie es mit mehreren kurzen Wörtern,"
    return f"{quoted(word)} ist ein langes Wort ({len(word)} Buchstaben). {way} {joint}."


def several_in_a_line(text):
    """One finding for the whole text: where it is so, it is mostly so everywhere."""
    if not text.is_easy:
        return
    crowded = [
        (passage, line)
        for passage in text.body
        if passage.tag not in HEADINGS
        for line in passage.lines
        if len(list(sentences(line))) > 1
    ]
    for passage, line in crowded[:1]:
        count = "In einer Zeile stehen" if len(crowded) == 1 else f"In {len(crowded)} Zeilen stehen"
        yield hint(
            f"{count} mehrere Sätze. In Leichter Sprache beginnt jeder Satz in einer neuen Zeile "
            f"(Umschalt- und Eingabetaste). Die erste Stelle: {quoted(line)}",
            Passage("body", passage.place),
        )


def hard_grammar(text):
    if not text.is_easy:
        return
    for passage in text.passages:
        for match in PASSIVE.finditer(passage.words):
            yield hint(
                f"{quoted(match[0])}: Sagen Sie, wer etwas tut. „Wir helfen“ statt „Ihnen wird geholfen“.", passage
            )
        for match in GENITIVE.finditer(passage.words):
            yield hint(f"{quoted(match[0])} ist ein Genitiv. Leichter ist „von dem“ oder „vom“.", passage)
