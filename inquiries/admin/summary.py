"""What an inquiry is about, short enough for a line of the inbox."""

from django.utils import translation
from django.utils.html import format_html

from contacts.languages import SOURCE_LANGUAGE

from ..questions import option_label

LONGEST = 60  # letters


def summary(inquiry):
    """The first that was given of subject, topics, institution with its day, and message."""
    if inquiry.subject:
        return in_own_words(inquiry, inquiry.subject)
    if topics := inquiry.answers.get("topics"):
        with translation.override(SOURCE_LANGUAGE):
            return ", ".join(option_label("topics", code) for code in topics)
    if institution := inquiry.answers.get("institution"):
        day = inquiry.answers.get("date")
        return format_html("{}{}", in_own_words(inquiry, institution), f", {day}" if day else "")
    return in_own_words(inquiry, inquiry.message) if inquiry.message.strip() else "ohne Nachricht"


def in_own_words(inquiry, words):
    return format_html('<span lang="{}" dir="auto">{}</span>', inquiry.language_info.tag, shortened(words))


def shortened(words):
    """In one line, cut between two words if there are any."""
    line = " ".join(words.split())
    if len(line) <= LONGEST:
        return line
    begin, space, _cut_word = line[: LONGEST + 1].rpartition(" ")
    return f"{begin if space else line[:LONGEST]} …"
