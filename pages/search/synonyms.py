"""Words that stand for other words: everyday ones in every language for all cities, and those that editors keep."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from .words import fold, spellings, stems, words, written_words

EVERYDAY_WORDS = Path(__file__).with_name("everyday_words.toml")

# A word can be typed in any of these without a sign of which; the script tells the rest.
LATIN = ("de", "en", "tr")
ARABIC = ("ar", "fa")
CYRILLIC = ("uk", "ru")


def languages_of_script(word):
    letter = fold(word)[:1]
    if "\u0600" <= letter <= "\u06ff":
        return ARABIC
    return CYRILLIC if "\u0400" <= letter <= "\u04ff" else LATIN


class Word(NamedTuple):
    """A word to look for: as it may be written, and its ground forms."""

    spellings: frozenset
    stems: frozenset

    @classmethod
    def of(cls, written, languages):
        ground_forms = frozenset().union(*(stems(written, language) for language in languages))
        return cls(spellings(written), ground_forms - spellings(written))

    @property
    def all(self):
        return self.spellings | self.stems


def meaning_of(text):
    """What a meaning says to look for: all words of each of its parts between commas."""
    parts = ([Word.of(word, ["de"]) for _start, _end, word in written_words(part)] for part in text.split(","))
    return [tuple(part) for part in parts if part]


class Synonyms:
    """From words and phrases, known by any form of theirs, to what else to look for."""

    def __init__(self, pairs=()):
        self.phrases = {}
        for phrase, language, meaning in pairs:
            self.add(phrase, language, meaning)

    def add(self, phrase, language, meaning):
        languages = [language] if language else languages_of_script(phrase)
        forms = [Word.of(word, languages).all for _start, _end, word in written_words(phrase)]
        for form in forms[0] if forms else ():
            self.phrases.setdefault(form, []).append((forms, meaning))

    def meanings(self, forms):
        """(how many words, what to look for) of every known phrase that begins the given list of forms."""
        for form in forms[0]:
            for phrase, meaning in self.phrases.get(form, ()):
                if len(phrase) <= len(forms) and all(a & b for a, b in zip(phrase, forms, strict=False)):
                    yield len(phrase), meaning


@lru_cache(maxsize=1)
def everyday_words():
    return tomllib.loads(EVERYDAY_WORDS.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def everyday_synonyms():
    known = Synonyms()
    for concept in everyday_words()["concepts"]:
        meaning = meaning_of(", ".join(concept["find"]))
        for word in concept["find"]:
            known.add(word, "de", meaning)
        for language, phrases in concept.items():
            for phrase in phrases if language != "find" else ():
                known.add(phrase, language, meaning)
    return known


@lru_cache(maxsize=1)
def everyday_vocabulary():
    """{folded: as written} of the single words."""
    phrases = (phrase for concept in everyday_words()["concepts"] for phrases in concept.values() for phrase in phrases)
    return {fold(phrase): phrase for phrase in phrases if " " not in phrase}


@lru_cache(maxsize=30)
def filler_words(language):
    """Those of the reader's language and of the languages that people mix with it; in others they may mean much."""
    lines = everyday_words()["filler"]
    tags = {*LATIN, *CYRILLIC, "ar", language} & lines.keys()
    return frozenset().union(*(words(lines[tag]) for tag in tags))


@lru_cache(maxsize=1)
def compound_ends():
    return tuple(sorted(set(words(everyday_words()["compounds"]["ends"]))))
