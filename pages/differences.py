"""What is different between two texts: their blocks aligned by content, and the words inside changed blocks marked.

`lxml.html.diff` was tried: it writes untranslated words ("Link: …") into the text, does not see words that became bold
and loses a list that became a paragraph. The sequences are compared by `rapidfuzz`, which the search needs anyway.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import takewhile

from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from .richtext import VOID_TAGS, blocks

# Blocks that share at least this much of their text (0 to 100) are the same block, changed.
SIMILAR = 55
# Beyond these, time and memory would grow with the square of the text: then what differs is shown less finely.
MOST_ITEMS = 3000  # words of one block, or blocks of one text
MOST_PAIRS = 100_000
LONGEST_SAMPLE = 2000  # characters that are compared to find out whether two blocks are similar

PUNCTUATION = r".,;:!?()\[\]{}\"'„“”‚‘’«»‹›…–—/،؛؟።፣"
# A word with what belongs into it (030-23125, Leser*innen, a@example.org), or one mark.
TOKEN = re.compile(rf"\s+|[{PUNCTUATION}]|(?:[^\s{PUNCTUATION}]\S*)?[^\s{PUNCTUATION}]")
BLOCK_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre", "div"),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "figure", "figcaption"),
}


class Kind(models.TextChoices):
    SAME = "same", _("gleich")
    CHANGED = "changed", _("geändert")
    ADDED = "added", _("neu")
    REMOVED = "removed", _("entfernt")
    MOVED = "moved", _("verschoben")


@dataclass(frozen=True)
class Change:
    """What became of one block. What was removed stands where it stood, what was moved stands where it is now."""

    kind: Kind
    former: str = ""  # HTML as it was; empty if it was added
    present: str = ""  # HTML as it is; empty if it was removed
    former_position: int | None = None

    @property
    def html(self):
        """The block with its words marked by <ins> and <del>: as safe as the two blocks it was made of."""
        return marked(self.former, self.present)

    @property
    def label(self):
        if self.kind == Kind.MOVED and self.former != self.present:
            return _("verschoben und geändert")
        return self.kind.label


@dataclass(frozen=True)
class FieldDifference:
    label: str
    field: str
    changes: list[Change]


# --- Blocks --------------------------------------------------------------------------------------------------------


def compare(former, present, with_moves=True):
    """Changes that lead from one list of blocks to another, in the order of reading.

    Without moves a block in another place was removed there and added here.
    """
    pairs = _pairs(former, present)
    in_order = _longest_rise([pairs[position] for position in sorted(pairs)])
    if not with_moves:
        pairs = {now: then for now, then in pairs.items() if then in in_order}
    changes = [
        _change(former[pairs[position]], block, pairs[position], pairs[position] in in_order)
        if position in pairs
        else Change(Kind.ADDED, present=block)
        for position, block in enumerate(present)
    ]
    taken = set(pairs.values())
    removed = {position: block for position, block in enumerate(former) if position not in taken}
    return _with_removed(changes, removed)


def compare_bodies(former, present):
    return compare(blocks(former), blocks(present))


def compare_texts(former, present, fields):
    """What differs between two texts, drafts or revisions: one FieldDifference for each field that does."""
    differences = []
    for field in fields:
        was, now = getattr(former, field), getattr(present, field)
        if was != now:
            changes = compare_bodies(was, now) if field == "body" else compare_plain(was, now)
            differences.append(FieldDifference(present._meta.get_field(field).verbose_name, field, changes))
    return differences


def compare_plain(former, present):
    """Changes of a field without markup, line by line; their `html` is escaped."""
    former, present = ([escape(line, quote=False) for line in text.splitlines()] for text in (former, present))
    if len(former) == len(present) == 1 and former != present:
        return [Change(Kind.CHANGED, former[0], present[0], 0)]
    return compare(former, present)


def _change(former, present, former_position, is_in_order):
    if not is_in_order:
        return Change(Kind.MOVED, former, present, former_position)
    return Change(Kind.SAME if former == present else Kind.CHANGED, former, present, former_position)


def _with_removed(changes, removed):
    """Each removed block after the one that it followed, or in front."""
    fixed = sorted(change.former_position for change in changes if change.kind in (Kind.SAME, Kind.CHANGED))
    after = defaultdict(list)
    for position, block in removed.items():
        before = bisect_left(fixed, position) - 1
        after[fixed[before] if before >= 0 else None].append(Change(Kind.REMOVED, block, former_position=position))
    result = after.pop(None, [])
    for change in changes:
        result.append(change)
        if change.kind != Kind.MOVED:
            result += after.pop(change.former_position, []) if change.former_position is not None else []
    return result


def _pairs(former, present):
    """Which former block each present one was, by position: equal ones first, in order; then the most similar."""
    pairs = {
        now: then
        for block in _opcodes(former, present)
        if block.tag == "equal"
        for then, now in zip(
            range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True
        )
    }
    left = defaultdict(list)
    for then in sorted(set(range(len(former))) - set(pairs.values()), reverse=True):
        left[former[then]].append(then)
    for now, block in enumerate(present):
        if now not in pairs and left.get(block):
            pairs[now] = left[block].pop()
    return pairs | _similar_pairs(
        {then: former[then] for then in set(range(len(former))) - set(pairs.values())},
        {now: present[now] for now in set(range(len(present))) - set(pairs)},
        pairs,
    )


def _similar_pairs(former, present, pairs):
    """Pairs among what is left, the most similar first; of equals the one whose neighbour above is paired too."""
    if len(former) * len(present) > MOST_PAIRS:
        return {}
    words = {block: plain(block)[:LONGEST_SAMPLE] for block in (*former.values(), *present.values())}
    candidates = []
    for now, block in sorted(present.items()):
        for then, other in sorted(former.items()):
            score = fuzz.ratio(words[other], words[block], score_cutoff=SIMILAR)
            if (score and _tag(other) == _tag(block)) or (score == 100 and words[block]):
                candidates.append((-score, pairs.get(now - 1) != then - 1, abs(now - then), now, then))
    chosen, taken = {}, set()
    for *_rank, now, then in sorted(candidates):
        if now not in chosen and then not in taken:
            chosen[now] = then
            taken.add(then)
    return chosen


def _opcodes(former, present):
    return LCSseq.opcodes(former, present) if max(len(former), len(present)) <= MOST_ITEMS else []


def _longest_rise(positions):
    """The longest selection of numbers that rises: what kept its order. Everything else was moved."""
    ends, before = [], {}  # ends[i] is the smallest number with which a rise of i + 1 numbers ends
    for number in positions:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    rise, number = set(), ends[-1] if ends else None
    while number is not None:
        rise.add(number)
        number = before[number]
    return rise


# --- Words ---------------------------------------------------------------------------------------------------------

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
        return self.around(_written([(token, "") for token in self.tokens]))


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
        elif tag in BLOCK_TAGS:
            self.spaced = False
            self.open[-1].add_block(Element(self.get_starttag_text(), tag))
            if tag not in VOID_TAGS:
                self.open.append(self.open[-1].blocks[-1])
        elif tag not in VOID_TAGS:
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


def _parsed(html):
    parser = _Parser()
    parser.feed(html)
    parser.close()
    root = parser.open[0]
    return root.blocks[0] if len(root.blocks) == 1 else root


def plain(html):
    """The words of a block, with single spaces."""
    element = _parsed(html)
    texts, waiting = [], [element]
    while waiting:
        element = waiting.pop()
        waiting += reversed(element.blocks)
        texts.append("".join(" " * token.spaced + token.word for token in element.tokens))
    return " ".join(" ".join(texts).split())


def marked(former, present):
    """HTML of a block that shows what it was and what it is; of one that only was or only is, all is marked."""
    if former == present:
        return _parsed(present).html()
    if not former or not present:
        return _all(_parsed(former or present), INSERTED if present else DELETED, is_said=False)
    return _difference(_parsed(former), _parsed(present))


def _difference(former, present):
    if former.tag != present.tag or bool(former.blocks) != bool(present.blocks):
        return _all(former, DELETED) + _all(present, INSERTED)
    if present.blocks:
        return present.around(_difference_of_blocks(former.blocks, present.blocks))
    return present.around(_written(_words(former.tokens, present.tokens)))


def _difference_of_blocks(former, present):
    """Inside a list nothing is "moved": an item in another place was taken out here and put in there."""
    changes = compare([block.html() for block in former], [block.html() for block in present], with_moves=False)
    parts = []
    for change in changes:
        if change.former and change.present:
            parts.append(change.html)
        else:
            parts.append(_all(_parsed(change.former or change.present), DELETED if change.former else INSERTED))
    return "".join(parts)


def _all(element, mark, is_said=True):
    if element.blocks:
        return element.around("".join(_all(block, mark, is_said) for block in element.blocks))
    if element.tag in VOID_TAGS:
        return f"{mark}{element.start}{_end(mark)}"
    words = [(token, mark) for token in element.tokens]
    return element.around(_written(_said(words, mark) if is_said else words))


def _words(former, present):
    """The words of two texts as one, each with its mark."""
    result, deleted, inserted = [], [], []

    def close_change():
        if deleted and inserted and deleted[0].spaced and inserted[0].spaced:
            result.append((Token("", _common(deleted[0].tags, inserted[0].tags), True), ""))
            deleted[0], inserted[0] = _unspaced(deleted[0]), _unspaced(inserted[0])
        result.extend(_said([(token, DELETED) for token in deleted], DELETED))
        result.extend(_said([(token, INSERTED) for token in inserted], INSERTED))
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
    opcodes = _opcodes([token.key for token in former], [token.key for token in present])
    if not opcodes:
        return [(False, former, present)]
    runs = [
        (code.tag == "equal", former[code.src_start : code.src_end], present[code.dest_start : code.dest_end])
        for code in opcodes
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


def _said(words, mark):
    """Said aloud where a change begins and ends: people who do not see it hear it."""
    if not any(token.word.strip() for token, _mark in words):
        return words
    begin = gettext("eingefügt:") if mark == INSERTED else gettext("gestrichen:")
    first = Token(f"{begin} ", words[0][0].tags, is_spoken=True)
    last = Token(f" ({gettext('Ende der Änderung')}) ", words[-1][0].tags, is_spoken=True)
    return [(first, mark), *words, (last, mark)]


def _written(words):
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
            parts += [_end(start) for start in reversed(open_tags[kept:])]
            parts += [*(tags + marks)[kept:], html]
            open_tags = tags + marks
    return "".join([*parts, *(_end(start) for start in reversed(open_tags))])


def _end(start):
    return f"</{_tag(start)}>"


def _tag(html):
    """The name of the tag that HTML begins with; empty if it begins with words."""
    found = re.match(r"<([a-zA-Z][a-zA-Z0-9]*)", html)
    return found[1].lower() if found else ""
