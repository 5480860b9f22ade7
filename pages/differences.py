"""What is different between two texts: their blocks aligned by content, and the words inside changed blocks marked.

`lxml.html.diff` was tried: it writes untranslated words ("Link: …") into the text, does not see words that became bold
and loses a list that became a paragraph. The sequences are compared by `rapidfuzz`, which the search needs anyway.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from html import escape

from django.db import models
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from .marked_words import DELETED, INSERTED, both, end_of, opcodes, parsed, plain, said, tag_of, written
from .richtext import VOID_TAGS, blocks

# Blocks that share at least this much of their text (0 to 100) are the same block, changed.
SIMILAR = 55
# Beyond, time would grow with the square of the text: then blocks are new or removed, and none is similar.
MOST_PAIRS = 100_000
LONGEST_SAMPLE = 2000  # characters that are compared to find out whether two blocks are similar


class Kind(models.TextChoices):
    SAME = "same", _("gleich")
    CHANGED = "changed", _("geändert")
    ADDED = "added", _("neu")
    REMOVED = "removed", _("entfernt")
    MOVED = "moved", _("steht an anderer Stelle")


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
            return _("steht an anderer Stelle und ist geändert")
        if self.kind == Kind.CHANGED and plain(self.former) == plain(self.present):
            return _("gleiche Wörter, aber Link oder Gestaltung geändert")
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
        for block in opcodes(former, present)
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
            if (score and tag_of(other) == tag_of(block)) or (score == 100 and words[block]):
                candidates.append((-score, pairs.get(now - 1) != then - 1, abs(now - then), now, then))
    chosen, taken = {}, set()
    for *_rank, now, then in sorted(candidates):
        if now not in chosen and then not in taken:
            chosen[now] = then
            taken.add(then)
    return chosen


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


# --- Inside a block ------------------------------------------------------------------------------------------------


def marked(former, present):
    """HTML of a block that shows what it was and what it is; of one that only was or only is, all is marked."""
    if former == present:
        return parsed(present).html()
    if not former or not present:
        return _all(parsed(former or present), INSERTED if present else DELETED, is_said=False)
    return _difference(parsed(former), parsed(present))


def _difference(former, present):
    if former.tag != present.tag or bool(former.blocks) != bool(present.blocks):
        return _all(former, DELETED) + _all(present, INSERTED)
    if present.blocks:
        return present.around(_difference_of_blocks(former.blocks, present.blocks))
    return present.around(written(both(former.tokens, present.tokens)))


def _difference_of_blocks(former, present):
    """Inside a list nothing is "moved": an item in another place was taken out here and put in there."""
    changes = compare([block.html() for block in former], [block.html() for block in present], with_moves=False)
    parts = []
    for change in changes:
        if change.former and change.present:
            parts.append(change.html)
        else:
            parts.append(_all(parsed(change.former or change.present), DELETED if change.former else INSERTED))
    return "".join(parts)


def _all(element, mark, is_said=True):
    if element.blocks:
        return element.around("".join(_all(block, mark, is_said) for block in element.blocks))
    if element.tag in VOID_TAGS:
        return f"{mark}{element.start}{end_of(mark)}"
    words = [(token, mark) for token in element.tokens]
    return element.around(written(said(words, mark) if is_said else words))
