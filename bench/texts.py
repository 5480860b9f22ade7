"""Invented texts in every language: words of syllables, few of them frequent and most of them rare, as in a language.

What is costly to make of a text, its fingerprints and its words for the search, is made once and used in every city.
"""

import json
import random
from types import SimpleNamespace

from pages.models import Page, PageTranslation
from pages.search.index import row_of

LATIN = ["be", "ra", "tung", "schu", "le", "ver", "ein", "spra", "che", "kin", "der", "hil", "fe", "an", "ge", "bot"]
ARABIC = ["با", "را", "تو", "شو", "لي", "فر", "عي", "سب", "خه", "كن", "در", "هل", "ام", "كت", "جم"]
CYRILLIC = ["бе", "ра", "тун", "шу", "ли", "вер", "ей", "спра", "че", "кин", "дер", "хил", "фе", "ан", "ге"]
SYLLABLES = {"ar": ARABIC, "fa": ARABIC, "uk": CYRILLIC, "ru": CYRILLIC, "bg": CYRILLIC}

DIFFERENT_WORDS = 3000
PLAIN_TEXTS, OFFER_TEXTS, SITUATIONS = 200, 60, 8
# `situation` stands on the start page; only the first plain texts have one.
OFFER_FIELDS = ("for_whom", "steps", "bring", "not_here")


class Words:
    """The same words in every run. Every language has its own."""

    def __init__(self, language):
        self.chance = random.Random(language)  # noqa: S311
        syllables = SYLLABLES.get(language, LATIN)
        known = {
            "".join(self.chance.choices(syllables, k=self.chance.randint(2, 4))) for _number in range(DIFFERENT_WORDS)
        }
        self.words = sorted(known)
        self.chance.shuffle(self.words)
        self.frequencies = [1 / (rank + 8) for rank in range(len(self.words))]

    def sentence(self, length):
        return " ".join(self.chance.choices(self.words, self.frequencies, k=length)).capitalize() + "."

    def body(self):
        paragraphs = [f"<p>{self.sentence(35)}</p>" for _number in range(3)]
        items = "".join(f"<li><p>{self.sentence(8)}</p></li>" for _number in range(4))
        return f"{paragraphs[0]}<h2>{self.sentence(3)}</h2>{paragraphs[1]}<ul>{items}</ul>{paragraphs[2]}"

    def text(self, kind, number):
        text = {"title": self.sentence(4), "summary": self.sentence(14), "body": self.body()}
        if kind == Page.Kind.OFFER:
            text |= {field: "\n".join(self.sentence(8) for _line in range(3)) for field in OFFER_FIELDS}
        elif number < SITUATIONS:
            text["situation"] = self.sentence(6)
        return text


def prepared(words, language, kind, number):
    """A text with its fingerprints, and with its row of the search but for the city."""
    texts = words.text(kind, number)
    translation = PageTranslation(language=language, **texts)
    page = SimpleNamespace(kind=kind, city_id="{}")
    revision = SimpleNamespace(**translation.texts(), translation=SimpleNamespace(page=page, language=language))
    return SimpleNamespace(texts=texts, digests=json.dumps(translation.compute_digests()), found_by=row_of(revision))


def prepare(language):
    """{kind: texts} of a language."""
    words = Words(language)
    return {
        kind: [prepared(words, language, kind, number) for number in range(count)]
        for kind, count in ((Page.Kind.STANDARD, PLAIN_TEXTS), (Page.Kind.OFFER, OFFER_TEXTS))
    }
