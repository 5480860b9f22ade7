"""Official words: explained once in the glossary of a city, marked wherever its pages use them.

The glossary is a page. Each large heading is a word, what follows is its explanation. In German other forms of the
word stand in brackets: „Antrag (Anträge)“. In translations the German word stays, and the reader's own word follows
in brackets: „Antrag (application)“.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE, Language

from .richtext import TAG, sections

HEADING = re.compile(r"(?P<word>[^(]*[^(\s])\s*(?:\((?P<further>.*)\))?", re.DOTALL)
NOT_IN_ADDRESSES = re.compile(r"[^a-z0-9]+")
TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
PIECE = re.compile(r"(?P<tag></?(?P<name>\w+)[^>]*>)|[^<]+")
# Nothing is marked in these: a link in a link is none, and headings are what people skim.
UNMARKED = ("a", "h2", "h3")
GERMAN = (SOURCE_LANGUAGE, "de-simple")
# As German words end in a sentence: des Antrags, die Behörden, der interkulturellen Öffnung.
ENDING = "(?:e?[snrm]|e)?"
SPACE = r"(?:\s|&nbsp;)+"
# More are explained, but not looked for in other pages: what an editor pastes must not slow down a city.
MOST_FORMS = 2000
# What a page of the kind of an offer says beside its body.
PLAIN_FIELDS = ("title", "summary", "for_whom", "steps", "bring", "not_here", "cost_note")


def anchor_of(word):
    """The same for „Ausländerbehörde“ and „Ausländer-Behörde“."""
    return NOT_IN_ADDRESSES.sub("", word.casefold().translate(TRANSLITERATION))


def pattern_of(form):
    """What finds a form in the HTML of a sentence. Several words may begin small: „interkulturelle Öffnung“."""
    words = escape(form, quote=False).split()
    if len(words) == 1:
        return re.escape(words[0]) + ENDING
    return SPACE.join(f"(?:{either_case(word[0])}){re.escape(word[1:])}{ENDING}" for word in words)


def either_case(letter):
    return "|".join(map(re.escape, (letter.lower(), letter.upper())))


def beginning(form):
    """Of whatever is found for a form, in small letters."""
    return escape(form, quote=False).split()[0].casefold()


@lru_cache(maxsize=256)  # some for each city: compiling takes longer than searching
def pattern_of_all(forms):
    """What finds any of the forms, the first that fits, but no name of a character as in „&amp;“.

    It has no groups: with a group for each form every one of them would be tried at every letter.
    """
    return re.compile(rf"(?<![\w&-])(?:{'|'.join(map(pattern_of, forms))})(?![\w-])")


@dataclass
class Entered:
    """One word as it stands in the text of the glossary in one language."""

    word: str
    further: str
    blocks: list[str]
    language: Language

    @property
    def forms(self):
        """How the word is written in texts."""
        others = self.further.split(",") if self.language.tag in GERMAN else []
        return [self.word, *(other.strip() for other in others if anchor_of(other))]


def entered(body, language):
    """Words of a glossary's text by their anchors. What cannot be addressed is no word."""
    found = {}
    for heading, blocks in sections(body)[1:]:
        parts = HEADING.fullmatch(heading)
        if parts and (anchor := anchor_of(parts["word"])):
            found.setdefault(anchor, Entered(parts["word"], parts["further"] or "", blocks, language))
    return found


@dataclass
class Term:
    """A word as a reader sees it explained."""

    anchor: str
    heading: Entered  # in the reader's language where there is one
    explanation: Entered  # in German where the translation is missing or older
    forms: list[str] = field(default_factory=list)

    @property
    def word_language(self):
        """The word itself stays German in every language."""
        return self.heading.language if self.heading.language.tag in GERMAN else LANGUAGES[SOURCE_LANGUAGE]

    @property
    def html(self):
        return "\n".join(self.explanation.blocks)


class Glossary:
    """The glossary of a city, given as an `Entry` with its texts."""

    def __init__(self, entry):
        self.entry = entry

    @cached_property
    def terms(self):
        """In the order of the alphabet."""
        revision, source = self.entry.revision, self.entry.german
        german = entered(source.body, LANGUAGES[SOURCE_LANGUAGE]) if source else {}
        own = {} if self.entry.is_fallback else entered(revision.body, revision.language)
        newer = set(source.blocks_unknown_to(revision)) if self.entry.is_outdated else set()
        anchors = sorted(german.keys() | own.keys())
        return [self.term(anchor, german.get(anchor), own.get(anchor), newer) for anchor in anchors]

    def term(self, anchor, german, own, newer):
        is_known = own and own.blocks and not (german and newer.intersection(german.blocks))
        forms = [form for each in (german, own) if each for form in each.forms]
        return Term(anchor, own or german, own if is_known else german or own, list(dict.fromkeys(forms)))

    @cached_property
    def intro(self):
        """What stands above the words."""
        return "\n".join(sections(self.entry.revision.body)[0][1])

    @cached_property
    def letters(self):
        """(letter, first term) for each with which a word begins."""
        first = {}
        for term in self.terms:
            first.setdefault(term.anchor[0].upper(), term)
        return first.items()

    @cached_property
    def forms(self):
        """(form, term), the longest first: „Kita-Navigator“ is not „Kita“."""
        found = [(form, term) for term in self.terms for form in term.forms][:MOST_FORMS]
        return sorted(found, key=lambda each: len(each[0]), reverse=True)

    @cached_property
    def pattern(self):
        return pattern_of_all(tuple(form for form, _term in self.forms))

    def term_of(self, found):
        """The one that what the pattern found is a form of."""
        small = found.casefold()
        like = ((form, term) for form, term in self.forms if small.startswith(beginning(form)))
        return next(term for form, term in like if re.fullmatch(pattern_of(form), found))

    def found_in(self, html):
        return map(self.term_of, set(self.pattern.findall(html)))

    def mark(self, html, language):
        """Sanitised HTML of a text in that language, in which the first of each word leads to its explanation."""
        marked, inside = set(), []
        spoken = "" if language.tag in GERMAN else f' lang="{SOURCE_LANGUAGE}"'

        def link(match):
            term = self.term_of(match[0])
            if term.anchor in marked:
                return match[0]
            marked.add(term.anchor)
            return f'<a class="word" id="stelle-{term.anchor}" href="#wort-{term.anchor}"{spoken}>{match[0]}</a>'

        def piece(found):
            if not found["tag"]:
                return found[0] if inside else self.pattern.sub(link, found[0])
            if found["name"] in UNMARKED and found["tag"].startswith("</"):
                inside.pop()
            elif found["name"] in UNMARKED:
                inside.append(found["name"])
            return found[0]

        return PIECE.sub(piece, html)

    def terms_of(self, revision):
        """Those that a text uses, each once, in the order of the alphabet."""
        plain = [escape(getattr(revision, name), quote=False) for name in PLAIN_FIELDS]
        used = {term.anchor for html in (*plain, TAG.sub(" ", revision.body)) for term in self.found_in(html)}
        return [term for term in self.terms if term.anchor in used]
