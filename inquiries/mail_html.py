"""How a mail looks: made from its words, which are the mail. Nothing is fetched, and no colour of text is set,
so that mail programs are free to show it dark."""

import re

from django.template.loader import render_to_string

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE

# The words of one language end at a line of dashes.
BETWEEN_PARTS = re.compile(r"\n\s*-{3,}\s*\n")
BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
# Only what says so is a link: no name that somebody sent becomes one because it has a dot.
ADDRESS = re.compile(r"(https?://[^\s<>\"„“”]*[^\s<>\"„“”.,;:!?)\]])")


def html_of(mail, subject, body):
    context = {
        "subject": subject,
        "city": mail.city,
        "language": LANGUAGES[languages_of(mail)[0]],
        "parts": parts_of(body, languages_of(mail)),
    }
    return render_to_string("inquiries/mail/mail.html", context)


def languages_of(mail):
    return mail.languages or [SOURCE_LANGUAGE]


def parts_of(body, languages):
    """Pairs of language and paragraphs. What stands before the parts whose language is known was written by staff."""
    parts = BETWEEN_PARTS.split(body.strip())
    unknown = [SOURCE_LANGUAGE] * (len(parts) - len(languages))
    return [
        (LANGUAGES[language], [pieces_of(paragraph) for paragraph in BETWEEN_PARAGRAPHS.split(part.strip())])
        for language, part in zip([*unknown, *languages], parts, strict=False)
    ]


def pieces_of(paragraph):
    """Every second piece is an address."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(ADDRESS.split(paragraph)) if piece]
