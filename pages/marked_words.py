"""The words of blocks with the tags around them, and one sequence of them that shows what was and what is."""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import takewhile

from django.utils.translation import get_language, gettext
from rapidfuzz.distance import LCSseq

from .richtext import VOID_TAGS

# Words of one block, or blocks of one text. Beyond, time and memory would grow with the square of the text.
MOST_ITEMS = 3000
# Blocks inside blocks. What lies deeper loses its tags, so that nobody can nest a text until Python gives up.
DEEPEST = 40

PUNCTUATION = r".,;:!?()\[\]{}\"'„“”‚‘’«»‹›…–—/،؛؟።፣"
# A word with what belongs into it (030-23125, Leser*innen, a@example.org), or one mark.
TOKEN = re.compile(rf"\s+|[{PUNCTUATION}]|(?:[^\s{PUNCTUATION}]\S*)?[^\s{PUNCTUATION}]")
BLOCK_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre", "div"),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "figure", "figcaption"),
}

INSERTED, DELETED = "<ins>", "<del>"
BREAK = "\n"  # the word of a <br>


@dataclass(frozen=True)
class Token:
    """A word with the inline tags that it stands in; `spaced` if white space stands before it."""

    word: str
    tags: tuple[str, ...] = ()
    spaced: bool = False
    is_spoken: bool = False  # words in the language of the interface, for screen readers only

    @property
    def key(self):
        return self.word, self.tags

    def html(self):
        if self.is_spoken:
            return f'<span class="visually-hidden" lang="{get_language()}">{escape(self.word)}</span>'
        return "<br>" if self.word == BREAK else escape(self.word, quote=False)


class Element:
    """A block with other blocks or words in it. Words beside blocks stand in a block without a tag."""

    def __init__(self, start="", tag=""):
        self.start, self.tag = start, tag
        self.blocks, self.tokens = [], []

    def add(self, token):
        if not self.blocks:
            self.tokens.append(token)
        elif self.blocks[-1].tag:
            self.blocks.append(Element())
            self.blocks[-1].add(token)
        else:
            self.blocks[-1].add(token)

    def add_block(self, block):
        if self.tokens:
            words = Element()
            words.tokens, self.tokens = self.tokens, []
            self.blocks.append(words)
        self.blocks.append(block)

    def around(self, inside):
        end = f"</{self.tag}>" if self.tag and self.tag not in VOID_TAGS else ""
        return self.start + inside + end

    def html(self):
        if self.blocks:
            return self.around("".join(block.html() for block in self.blocks))
        return self.around(written([(token, "") for token in self.tokens]))


class _Parser(HTMLParser):
    """Comments and what else sanitised HTML does not contain are left out."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element()]
        self.inline = []
        self.spaced = False

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self._add(BREAK)
        elif tag in BLOCK_TAGS and len(self.open) < DEEPEST:
            self.spaced = False
            self.open[-1].add_block(Element(self.get_starttag_text(), tag))
            if tag not in VOID_TAGS:
                self.open.append(self.open[-1].blocks[-1])
        elif tag not in VOID_TAGS | BLOCK_TAGS:
            self.inline.append((tag, self.get_starttag_text()))

    def handle_endtag(self, tag):
        if tag in BLOCK_TAGS and tag in [element.tag for element in self.open]:
            self.spaced = False
            while self.open.pop().tag != tag:
                pass
        else:
            names = [name for name, _start in self.inline]
            if tag in names:
                del self.inline[len(names) - 1 - names[::-1].index(tag)]

    def handle_data(self, data):
        for word in TOKEN.findall(data):
            if word.isspace():
                self.spaced = True
            else:
                self._add(word)

    def _add(self, word):
        element = self.open[-1]
        is_first = not element.tokens and not (element.blocks and element.blocks[-1].tokens)
        element.add(Token(word, tuple(start for _tag, start in self.inline), self.spaced and not is_first))
        self.spaced = False


def parsed(html):
    parser = _Parser()
    parser.feed(html)
    parser.close()
    root = parser.open[0]
    return root.blocks[0] if len(root.blocks) == 1 else root


def plain(html):
    """The words of a block, with single spaces."""
    element = parsed(html)
    texts, waiting = [], [element]
    while waiting:
        element = waiting.pop()
        waiting += reversed(element.blocks)
        texts.append("".join(" " * token.spaced + token.word for token in element.tokens))
    return " ".join(" ".join(texts).split())


def opcodes(former, present):
    return LCSseq.opcodes(former, present) if max(len(former), len(present)) <= MOST_ITEMS else []


def both(former, present):
    """The words of two texts as one, each with its mark."""
    result, deleted, inserted = [], [], []

    def close_change():
        if deleted and inserted and deleted[0].spaced and inserted[0].spaced:
            result.append((Token("", _common(deleted[0].tags, inserted[0].tags), True), ""))
            deleted[0], inserted[0] = _unspaced(deleted[0]), _unspaced(inserted[0])
        result.extend(said([(token, DELETED) for token in deleted], DELETED))
        result.extend(said([(token, INSERTED) for token in inserted], INSERTED))
        deleted.clear()
        inserted.clear()

    for is_equal, then, now in _runs(former, present):
        if not is_equal:
            deleted += then
            inserted += now
            continue
        for was, token in zip(then, now, strict=True):
            if was.spaced != token.spaced:
                (deleted if was.spaced else inserted).append(Token("", spaced=True))
                token = _unspaced(token)
            if deleted or inserted:
                close_change()
            result.append((token, ""))
    close_change()
    return result


def _runs(former, present):
    """(whether equal, former tokens, present tokens), in order. A word alone between longer changes is part of them."""
    codes = opcodes([token.key for token in former], [token.key for token in present])
    if not codes:
        return [(False, former, present)]
    runs = [
        (code.tag == "equal", former[code.src_start : code.src_end], present[code.dest_start : code.dest_end])
        for code in codes
    ]
    return [
        (is_equal and not _is_lost_between(runs[max(index - 1, 0) : index + 2], then), then, now)
        for index, (is_equal, then, now) in enumerate(runs)
    ]


def _is_lost_between(neighbours, words):
    if len(neighbours) < 3 or len(words) > 2:
        return False
    sizes = [max(len(then), len(now)) for _is_equal, then, now in (neighbours[0], neighbours[2])]
    return min(sizes) >= 2 * len(words) + 1


def _unspaced(token):
    return Token(token.word, token.tags)


def _common(first, second):
    return tuple(one for one, _other in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def said(words, mark):
    """Said aloud where a change begins and ends: people who do not see it hear it."""
    if not any(token.word.strip() for token, _mark in words):
        return words
    begin = gettext("eingefügt:") if mark == INSERTED else gettext("gestrichen:")
    first = Token(f"{begin} ", words[0][0].tags, is_spoken=True)
    last = Token(f" ({gettext('Ende der Änderung')}) ", words[-1][0].tags, is_spoken=True)
    return [(first, mark), *words, (last, mark)]


def written(words):
    """HTML of tokens with marks. A mark is the innermost tag: a link stays one link when a word in it changes."""
    parts, open_tags, tags_before = [], (), ()
    for token, mark in words:
        marks = (mark,) if mark else ()
        wanted = [(_common(tags_before, token.tags), " ")] if token.spaced else []
        if token.word:
            wanted.append((token.tags, token.html()))
            tags_before = token.tags
        for tags, html in wanted:
            kept = len(_common(open_tags, tags + marks))
            parts += [end_of(start) for start in reversed(open_tags[kept:])]
            parts += [*(tags + marks)[kept:], html]
            open_tags = tags + marks
    return "".join([*parts, *(end_of(start) for start in reversed(open_tags))])


def end_of(start):
    return f"</{tag_of(start)}>"


def tag_of(html):
    """The name of the tag that HTML begins with; empty if it begins with words."""
    found = re.match(r"<([a-zA-Z][a-zA-Z0-9]*)", html)
    return found[1].lower() if found else ""
