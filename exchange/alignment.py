"""Which block of a translation renders which German block."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from pages.richtext import blocks

from .codes import tokens_of_block


@dataclass(frozen=True)
class Match:
    """The place of the block that renders a German one, and whether it renders it as it is now."""

    at: int | None = None
    certain: bool = False


def opcodes(before, after):
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def kept(before, after):
    """Where what was at a place is now; what has changed or is gone is missing."""
    places = {}
    for action, start, end, new_start, _new_end in opcodes(before, after):
        if action == "equal":
            places |= {place: place - start + new_start for place in range(start, end)}
    return places


def align(source, translation):
    """One Match for each German block, by the fingerprints of the blocks that the translation renders.

    Without them, blocks are paired one by one where both texts are built alike, and not at all elsewhere.
    """
    wanted = source.digests.get("body", [])
    rendered = translation.source_digests.get("body", [])
    existing = blocks(translation.body)
    if len(rendered) == len(existing):
        return _by_digests(rendered, wanted)
    german = blocks(source.body)
    alike = [tokens_of_block(block)[0] for block in german] == [tokens_of_block(block)[0] for block in existing]
    if translation.source_digests and alike:
        return [Match(place) for place in range(len(german))]
    return [Match() for _block in german]


def _by_digests(rendered, wanted):
    matches = {}
    for action, start, end, new_start, new_end in opcodes(rendered, wanted):
        if action in ("equal", "replace"):
            pairs = zip(range(start, end), range(new_start, new_end), strict=False)
            matches |= {place: Match(at, action == "equal") for at, place in pairs}
    for place, fingerprint in enumerate(wanted):
        if fingerprint in rendered and not matches.get(place, Match()).certain:
            matches |= _moved(rendered.index(fingerprint), place, matches)
    return [matches.get(place, Match()) for place in range(len(wanted))]


def _moved(at, place, matches):
    """A block that stands elsewhere now takes its translation along, unless that is taken."""
    return {} if Match(at, True) in matches.values() else _without(at, matches) | {place: Match(at, True)}


def _without(at, matches):
    return {place: Match() for place, match in matches.items() if match.at == at}
