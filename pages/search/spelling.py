"""What somebody may have meant who typed a word that no text has."""

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .words import spellings

SHORTEST_WORD = 4  # letters; shorter words resemble too many others
MOST_PROPOSALS = 3


def most_slips(word):
    return 1 if len(word) < 6 else 2 if len(word) < 9 else 3


def proposals(word, vocabulary):
    """The most similar words of a vocabulary {folded: as written}, the best first, as they are written."""
    found = {}
    for spelling in spellings(word):
        if len(spelling) >= SHORTEST_WORD:
            near = process.extract(
                spelling, vocabulary.keys(), scorer=OSA.distance, score_cutoff=most_slips(spelling), limit=20
            )
            for known, slips, _place in near:
                order = (slips, known[:1] != spelling[:1], abs(len(known) - len(spelling)), known)
                found[known] = min(found.get(known, order), order)
    best = sorted(found, key=found.get)[:MOST_PROPOSALS]
    return [vocabulary[known] for known in best]
