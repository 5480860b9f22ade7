"""The order of what was found, the same whichever database found it."""

from collections import defaultdict
from dataclasses import dataclass

from .query import REST, SUMMARY, TITLE
from .words import words

WEIGHTS = {"title": TITLE, "summary": SUMMARY, "rest": REST}
# Each as a share of what the words of the query score.
IN_READERS_LANGUAGE, IN_GERMAN, IN_OTHER_LANGUAGE = 1.1, 1.0, 0.9
WHOLE_TITLE = 60
PHRASE_IN = (40, 12, 6)  # title, summary, rest
SHARE_OF_TITLE = 10
ONE_MORE_TIME, MOST_TIMES = 0.4, 8  # a page about something names it more than once

# So few pages that answer every word leave room for those that answer some.
FEW = 5


@dataclass
class Hit:
    """A page with the row of the index that answers the query best."""

    page_id: int
    answered: frozenset  # places of the terms that were found
    score: float

    @property
    def order(self):
        return -len(self.answered), -round(self.score, 6), self.page_id


def columns_of(row):
    return [(weight, f" {row[f'search_text__{column}']} ") for column, weight in WEIGHTS.items()]


def hit(row, query, language):
    columns = columns_of(row)
    scores = [term.score(columns) for term in query.terms]
    score = sum(scores) / len(scores) + extra(row, columns, query)
    tag = row["translation__language"]
    score *= IN_READERS_LANGUAGE if tag == language else IN_GERMAN if tag == "de" else IN_OTHER_LANGUAGE
    answered = frozenset(place for place, score in enumerate(scores) if score)
    return Hit(row["translation__page"], answered, score)


def extra(row, columns, query):
    """What the words count for together, and how much of the text they are."""
    title = words(row["title"])
    bonus = WHOLE_TITLE if " ".join(title) == query.phrase else 0
    if len(query.terms) > 1:
        has_phrase = (f" {query.phrase} " in column for _weight, column in columns)
        bonus += max(bonus * found for bonus, found in zip(PHRASE_IN, has_phrase, strict=True))
    forms = {form for term in query.terms for form in term.word.all}
    bonus += SHARE_OF_TITLE * sum(word in forms for word in title) / max(len(title), 1)
    times = sum(columns[-1][1].count(f" {form} ") for form in forms)
    return bonus + ONE_MORE_TIME * min(times, MOST_TIMES)


def rank(rows, query, language):
    """The hits in their order, one for each page."""
    by_page = defaultdict(list)
    for row in rows:
        found = hit(row, query, language)
        if found.answered:
            by_page[found.page_id].append(found)
    hits = sorted((min(found, key=lambda each: each.order) for found in by_page.values()), key=lambda each: each.order)
    most = len(hits[0].answered) if hits else 0
    best = [each for each in hits if len(each.answered) == most]
    return best if len(best) >= FEW else hits
