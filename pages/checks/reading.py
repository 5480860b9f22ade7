"""A text as the rules read it: plain words, by field and by block of the body."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from django.utils import timezone

from contacts.models import Contact

GERMAN = ("de", "de-simple")
EASY_GERMAN = "de-simple"
HEADINGS = ("h2", "h3")
NAMES = {"h2": "Zwischentitel", "h3": "Zwischentitel", "ul": "Liste", "ol": "Liste", "blockquote": "Zitat"}
BOLD = ("strong", "b")
STARTS_A_LINE = ("p", "li", "br", "hr", "ul", "ol", "blockquote")
# „Integrationsmanagement (KIM)“, „kurz KIM“, „KIM (Integrationsmanagement)“, „KIM heißt …“
EXPLAINED = re.compile(
    r"\(([\w-]{2,60})\)|\bkurz:? ([\w-]{2,60})"
    r"|(?<![\w-])([\w-]{2,60})(?=\s(?:\(|=|heißt\b|bedeutet\b|steht für\b|ist die Abkürzung\b|means\b|stands for\b))"
)


@dataclass
class Link:
    href: str
    words: str = ""


@dataclass
class Passage:
    """A field, or a top-level block of the body."""

    field: str
    place: str = ""
    tag: str = ""
    pieces: list = field(default_factory=list)
    typed_pieces: list = field(default_factory=list)  # all that is in no link
    links: list = field(default_factory=list)
    is_bold: bool = True  # until a letter says otherwise

    @cached_property
    def lines(self):
        lines = (" ".join(line.split()) for line in "".join(self.pieces).split("\n"))
        return [line for line in lines if line]

    @cached_property
    def words(self):
        return "\n".join(self.lines)

    @cached_property
    def typed(self):
        return "".join(self.typed_pieces)


class BodyParser(HTMLParser):
    """Of HTML that the sanitiser has passed: what is opened is closed."""

    def __init__(self):
        super().__init__()
        self.passages = []
        self.counts = Counter()
        self.depth = self.bold = 0
        self.link = None

    def open_passage(self, tag):
        name = NAMES.get(tag, "Absatz")
        self.counts[name] += tag != "hr"
        self.passages.append(Passage("body", f"{self.counts[name]}. {name}", tag))

    def handle_starttag(self, tag, attrs):
        if self.depth == 0:
            self.open_passage(tag)
        if tag in STARTS_A_LINE:
            self.write("\n")
        if tag in ("br", "hr"):
            return
        self.depth += 1
        self.bold += tag in BOLD
        if tag == "a":
            self.link = Link(dict(attrs).get("href") or "")
            self.passages[-1].links.append(self.link)

    def handle_endtag(self, tag):
        self.depth = max(self.depth - 1, 0)
        self.bold -= tag in BOLD
        if tag == "a":
            self.link = None

    def handle_data(self, words):
        if self.depth == 0:
            if not words.strip():
                return
            self.open_passage("p")
        if words.strip() and not self.bold:
            self.passages[-1].is_bold = False
        self.write(words)

    def write(self, words):
        passage = self.passages[-1]
        passage.pieces.append(words)
        if self.link:
            self.link.words += words
        else:
            passage.typed_pieces.append(words)


def passages_of_body(html):
    parser = BodyParser()
    parser.feed(html)
    parser.close()
    return parser.passages


class Reading:
    def __init__(self, translation):
        self.translation = translation
        self.language = translation.language
        self.today = timezone.localdate()

    @property
    def page(self):
        return self.translation.page

    @property
    def is_german(self):
        return self.language in GERMAN

    @property
    def is_easy(self):
        return self.language == EASY_GERMAN

    @cached_property
    def body(self):
        return passages_of_body(self.translation.body)

    @cached_property
    def passages(self):
        """All that is written, field by field."""
        texts = self.translation.texts().items()
        return [
            passage
            for name, text in texts
            for passage in (self.body if name == "body" else [Passage(name, pieces=[text], typed_pieces=[text])])
            if passage.words
        ]

    @cached_property
    def whole(self):
        return "\n".join(passage.words for passage in self.passages)

    @cached_property
    def explained(self):
        """Words and short forms whose meaning the text tells."""
        return {word for found in EXPLAINED.findall(self.whole) for word in found if word}

    @cached_property
    def contacts(self):
        """Of the page's own city only."""
        return list(Contact.objects.for_city(self.page.city_id))

    @cached_property
    def audiences(self):
        """Whom the page is for, where its kind says so."""
        row = self.page
        if row.kind in row.DETAILED and not hasattr(row, "audiences"):
            row = row.detail
        return getattr(row, "audiences", [])
