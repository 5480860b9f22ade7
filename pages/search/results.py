"""A search from what was typed to what is shown."""

import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import override

from contacts.topics import Topic

from ..models import SearchMiss
from ..site import Entry
from .excerpt import excerpt, marked
from .place import MOST_CANDIDATES
from .query import LONGEST_QUERY, Query, Reader
from .ranking import rank
from .spelling import proposals
from .synonyms import everyday_vocabulary
from .words import fold, index_text, written_words

JOINERS = "\u200c\u200d"  # Persian words need them
PER_PAGE = 20
SHORTEST_WORD = 3  # letters; shorter ones are neither corrected nor counted
MOST_CONTACTS = 3


@dataclass
class Result:
    """A page as the list shows it."""

    place: int  # in the whole list, from 1
    entry: Entry
    title: list  # pieces: (text, is it a word of the query)
    excerpt: list


@dataclass
class Search:
    """What is shown to somebody who searched."""

    asked: str
    query: Query
    hits: list
    contacts: list
    corrected: list = field(default_factory=list)  # (word as typed, word searched instead)
    found_exactly: bool = False  # whether there is something for the words as they were typed, too
    has_more: bool = False  # than are counted

    @property
    def count(self):
        return len(self.hits) + len(self.contacts)

    @property
    def is_empty(self):
        return self.count == 0

    @property
    def shown_query(self):
        """What was searched in the end."""
        words = dict(self.corrected)
        return " ".join(words.get(word, word) for word in self.asked.split())


def clean(asked):
    """What goes back into the field: one line, without signs that no keyboard has."""
    return " ".join("".join(map(typed, asked[: 2 * LONGEST_QUERY])).split())[:LONGEST_QUERY].strip()


def typed(sign):
    """The sign if it can be seen or joins letters, nothing for marks of direction and the like, else a space."""
    if sign.isprintable() or sign in JOINERS:
        return sign
    return "" if unicodedata.category(sign) == "Cf" else " "


def search(asked, place, exactly=False):
    asked = clean(asked)
    if not asked:
        return Search("", Query([]), [], [])
    reader = Reader(place.language.tag, place.synonyms(), place.own_words)
    query = reader.read(asked)
    found = Search(asked, query, [], contacts_of(query, place))
    find(found, place.candidates(query), place)
    if not exactly and not found.contacts:
        correct(found, reader, place)
    return found


def find(found, rows, place):
    found.hits = hits_of(found.query, rows, place)
    # Where the last candidate answers as much as the first, those left out would have, too.
    answers_all = len(found.hits) == len({row["translation__page"] for row in rows[:MOST_CANDIDATES]})
    found.has_more = len(rows) > MOST_CANDIDATES and answers_all


def hits_of(query, rows, place):
    return rank(rows[:MOST_CANDIDATES], query, place.language.tag)


def correct(found, reader, place):
    """Looks for similar words in place of those that no text has, and counts a word for which there is none."""
    answered = frozenset().union(*(hit.answered for hit in found.hits))
    unknown = {
        number: fold(term.written)
        for number, term in enumerate(found.query.terms)
        if number not in answered and fold(term.written).isalpha() and len(fold(term.written)) >= SHORTEST_WORD
    }
    if not unknown:
        return
    known = everyday_vocabulary() | place.vocabulary(found.query.languages())
    similar = {number: words for number, word in unknown.items() if (words := proposals(word, known))}
    if similar:
        search_instead(found, similar, reader, place)
    if found.is_empty:
        note_miss(found, place)


def search_instead(found, similar, reader, place):
    """Searches for the first of the similar words of each place that some text has."""
    rows = place.candidates(found.query.with_terms({number: reader.any_of(words) for number, words in similar.items()}))
    chosen = {}
    for number, words in similar.items():
        for term in map(reader.any_of, ([word] for word in words)):
            hits = hits_of(found.query.with_terms(chosen | {number: term}), rows, place)
            if any(number in hit.answered for hit in hits):
                chosen[number] = term
                break
    if chosen:
        found.found_exactly = bool(found.hits)
        found.corrected = [(found.query.terms[number].written, term.written) for number, term in chosen.items()]
        found.query = found.query.with_terms(chosen)
        find(found, rows, place)


def note_miss(found, place):
    """Counts a search for one word of letters. Several words may be a name and tell who asks."""
    word = found.asked.lower()
    word = word if word.isalpha() else fold(word)  # Arabic with its marks
    is_one_word = len(written_words(found.asked)) == 1 and len(found.asked.split()) == 1
    if is_one_word and word.isalpha() and len(word) <= SearchMiss.LONGEST:
        place.note_miss(word)


def contacts_of(query, place):
    """Contacts whose function or topics have every word of the query, in any language."""
    return [contact for contact in place.contacts() if query.terms and answers(contact, query)][:MOST_CONTACTS]


def answers(contact, query):
    functions = {"de": contact.function} | contact.function_translations
    with override("de"):
        topics = [str(label) for topic, label in Topic.choices if topic in contact.topics]
    named = [*functions.items(), *(("de", topic) for topic in topics)]
    text = " ".join(index_text(words, language) for language, words in named)
    return all(term.score([(1, f" {text} ")]) for term in query.terms)


def shown(found, place, number):
    """The results of one page of the list."""
    before = (number - 1) * PER_PAGE
    entries = place.entries([hit.page_id for hit in found.hits[before : before + PER_PAGE]])
    return [
        Result(
            position,
            entry,
            marked(entry.revision.title, found.query, entry.language.tag),
            excerpt(entry.revision, found.query),
        )
        for position, entry in enumerate(entries, before + 1)
    ]
