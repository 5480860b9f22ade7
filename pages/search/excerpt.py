"""The place of a text where the words of a query stand, as plain text in pieces: nothing of it is HTML."""

import re
from html import unescape

from .words import written_words

LENGTH = 220  # characters
BEFORE = 60  # of them in front of the first word that was found

INLINE_TAG = re.compile(r"</?(a|strong|b|em|i)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")


def plain(html):
    """The words of sanitised HTML. Tags of blocks part words: <p>one</p><p>two</p>."""
    return " ".join(unescape(TAG.sub(" ", INLINE_TAG.sub("", html))).split())


def found_in(text, query, language):
    """(start, end) of each word of a text that the query finds, one after the other."""
    known = {}
    for start, end, word in written_words(text):
        if word not in known:
            known[word] = any(term.marks(word, language) for term in query.terms)
        if known[word]:
            yield start, end


def pieces(text, places):
    """[(text, is it a word of the query)] without empty ones."""
    found, position = [], 0
    for start, end in places:
        found += [(text[position:start], False), (text[start:end], True)]
        position = end
    return [piece for piece in [*found, (text[position:], False)] if piece[0]]


def around(text, place):
    """The part of a long text around a place, from word to word, with dots where something is left out."""
    start = max(0, place - BEFORE)
    if start:
        start = text.find(" ", start, place) + 1 or start
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", place, end), place + 1)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def marked(text, query, language):
    return pieces(text, found_in(text, query, language))


def excerpt(revision, query):
    """Pieces of the summary if a word of the query stands there, else of the first text that has one."""
    language = revision.language.tag
    for text in (revision.summary, *further_texts(revision)):
        if first := next(found_in(text, query, language), None):
            return marked(around(text, first[0]), query, language)
    return pieces(revision.summary, [])


def further_texts(revision):
    further = (getattr(revision, field) for field in revision.TEXT_FIELDS if field not in ("title", "summary", "body"))
    return [plain(revision.body), *(" ".join(text.split()) for text in further)]
