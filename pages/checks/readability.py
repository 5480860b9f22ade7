"""How hard a text is to read, by published formulas.

German: first Wiener Sachtextformel (Bamberger and Vanecek, 1984), about the school year from which on a text is
understood. English: Flesch Reading Ease (1948). Other languages have no formula as well proven.
The library textstat would count the syllables of English with a corpus it downloads; pyphen brings its patterns along.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

import pyphen

from .sentences import sentences

ENOUGH = 40  # words; less says nothing
LONGEST_WORD = 60  # letters; what is longer is no word
WORD = re.compile(r"[^\W\d_]+(?:[-*:’'][^\W\d_]+)*")
DICTIONARIES = {"de": "de_DE", "de-simple": "de_DE", "en": "en_GB"}


class Readability(NamedTuple):
    word: str
    value: str
    meaning: str


@cache
def hyphenation(dictionary):
    return pyphen.Pyphen(lang=dictionary, left=1, right=1)


@lru_cache(maxsize=20_000)
def syllables(word, dictionary):
    return len(hyphenation(dictionary).positions(word)) + 1


def readability(text):
    """None where there is no formula for the language, or too little text."""
    dictionary = DICTIONARIES.get(text.language)
    if dictionary is None:
        return None
    all_sentences = [
        words
        for passage in text.passages
        for line in passage.lines
        for sentence in sentences(line)
        if (words := [word[:LONGEST_WORD] for word in WORD.findall(" ".join(sentence))])
    ]
    lengths = [(len(word), syllables(word.lower(), dictionary)) for words in all_sentences for word in words]
    if len(lengths) < ENOUGH:
        return None
    formula = flesch if text.language == "en" else wiener_sachtextformel
    return formula(lengths, len(lengths) / len(all_sentences))


def wiener_sachtextformel(lengths, words_in_a_sentence):
    def percentage(condition):
        return 100 * sum(condition(letters, parts) for letters, parts in lengths) / len(lengths)

    grade = (
        0.1935 * percentage(lambda letters, parts: parts >= 3)
        + 0.1672 * words_in_a_sentence
        + 0.1297 * percentage(lambda letters, parts: letters > 6)
        - 0.0327 * percentage(lambda letters, parts: parts == 1)
        - 0.875
    )
    word = "leicht" if grade < 6.5 else "mittel" if grade < 10 else "schwer"
    grade = max(grade, 1)
    meaning = f"Wiener Sachtextformel: ungefähr ab der {grade:.0f}. Klasse zu verstehen"
    return Readability(word, f"{grade:.1f}".replace(".", ","), meaning)


def flesch(lengths, words_in_a_sentence):
    ease = 206.835 - 1.015 * words_in_a_sentence - 84.6 * sum(parts for _letters, parts in lengths) / len(lengths)
    ease = min(max(ease, 0), 100)
    word = "leicht" if ease >= 65 else "mittel" if ease >= 45 else "schwer"
    return Readability(word, f"{ease:.0f}", "Flesch-Wert von 0 (sehr schwer) bis 100 (sehr leicht)")
