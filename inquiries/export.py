"""The inbox of a city as a table for a spreadsheet, in German."""

import csv
import io

from django.utils import timezone, translation

from contacts.languages import SOURCE_LANGUAGE
from contacts.spreadsheet import without_formulas

from .deletion import Terms
from .questions import QUESTIONS, QUESTIONS_OF_KIND, answers_of

HEADINGS = [
    "Nummer",
    "Formular",
    "Stand",
    "Eingang",
    "Antwort bis",
    "Erledigt am",
    "Wird gelöscht am",
    "Zuständig",
    "Sprache",
    "Name",
    "Telefon",
    "E-Mail",
    "Betreff",
    "Nachricht",
]
NOTE = "Interne Notiz"


def as_csv(inquiries):
    """Needs inquiries with `responsible` and with_unsent_replies.

    The answers stand in columns of their own, those of chosen forms only.
    """
    with translation.override(SOURCE_LANGUAGE):
        terms = Terms()
        questions = asked(inquiries)
        file = io.StringIO()
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerow([*HEADINGS, *questions, NOTE])
        for inquiry in inquiries:
            cells = [*about(inquiry, terms), *answers(inquiry, questions), inquiry.note]
            writer.writerow([without_formulas(cell) for cell in cells])
    # The mark at the beginning tells Excel that this is UTF-8.
    return file.getvalue().encode("utf-8-sig")


def asked(inquiries):
    """The questions of the forms by which the inquiries came, each once."""
    kinds = {inquiry.kind for inquiry in inquiries}
    names = [name for kind, names in QUESTIONS_OF_KIND.items() if kind in kinds for name in names]
    return list(dict.fromkeys(str(QUESTIONS[name].label) for name in names))


def about(inquiry, terms):
    return [
        inquiry.number,
        str(inquiry.get_kind_display()),
        inquiry.get_state_display(),
        moment(inquiry.received_at),
        day(inquiry.due_on),
        moment(inquiry.settled_at) if inquiry.settled_at else "",
        moment(terms.ending(inquiry, timezone.now())[0]) if inquiry.settled_at else "",
        person(inquiry.responsible),
        inquiry.language_info.german_name,
        inquiry.name,
        # Can be dialled just as well, and is no formula.
        f"00{inquiry.phone[1:]}" if inquiry.phone.startswith("+") else inquiry.phone,
        inquiry.email,
        inquiry.subject,
        inquiry.message,
    ]


def answers(inquiry, questions):
    given = {str(answer.label): ", ".join(map(str, answer.lines)) for answer in answers_of(inquiry)}
    return [given.get(question, "") for question in questions]


def person(user):
    return (user.get_full_name() or user.get_username()) if user else ""


def day(date):
    return f"{date:%d.%m.%Y}"


def moment(instant):
    return f"{timezone.localtime(instant):%d.%m.%Y %H:%M}"
