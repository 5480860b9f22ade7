"""What is wrong with a text before it becomes public.

A rule is a function that takes a `Reading` and yields findings. Rules that stop publishing need no contacts; hints
never stop anything.
"""

from . import complete, contacts, headings, kinds, letters, links, pictures, script, sentences, times
from .findings import Finding, Level, limited
from .reading import Reading

__all__ = ["Finding", "Level", "Reading", "errors", "findings"]

STOPPING = (
    complete.missing,
    complete.too_long,
    pictures.without_alternative,
    pictures.without_consent,
    headings.empty,
    headings.jumping,
    links.leading_nowhere,
    links.without_words,
)
HINTING = (
    pictures.without_translated_alternative,
    headings.without_text,
    kinds.guide_without_phases,
    kinds.guide_without_steps,
    kinds.glossary_without_words,
    kinds.word_twice,
    kinds.word_without_german,
    links.saying_nothing,
    links.with_address_as_words,
    links.typed,
    letters.capitals,
    letters.bold_paragraphs,
    letters.abbreviations,
    contacts.numbers_and_addresses,
    contacts.names,
    times.over,
    times.opening_hours,
    sentences.too_long,
    sentences.long_words,
    sentences.several_in_a_line,
    sentences.hard_grammar,
    script.foreign,
)


def errors(reading):
    """What stops a text from becoming public."""
    return apply(STOPPING, reading)


def findings(reading):
    """Everything there is to say about a text, errors first."""
    stopping = apply(STOPPING, reading)
    # Of a text that is far too long nobody reads hints.
    return stopping if any(complete.too_long(reading)) else stopping + apply(HINTING, reading)


def apply(rules, reading):
    return [finding for rule in rules for finding in limited(rule(reading))]
