"""What the forms ask besides words of one's own: coded, so that staff read German what was chosen in Arabic."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts.inquiry_kinds import InquiryKind
from contacts.languages import LANGUAGES, SPOKEN_LANGUAGE_CHOICES, Language
from contacts.topics import Topic

from .models.settings import Institution

# Whoever reads German reads the German names of languages.
GERMAN = ("de", "de-simple")


class Reachable(models.TextChoices):
    MORNING = "morning", _("vormittags")
    MIDDAY = "midday", _("mittags")
    AFTERNOON = "afternoon", _("nachmittags")
    EVENING = "evening", _("am frühen Abend")


class ChildAge(models.TextChoices):
    UNDER_3 = "0-2", _("unter 3 Jahre")
    FROM_3 = "3-5", _("3 bis 5 Jahre")
    FROM_6 = "6-9", _("6 bis 9 Jahre")
    FROM_10 = "10-15", _("10 bis 15 Jahre")
    FROM_16 = "16-17", _("16 oder 17 Jahre")
    ADULT = "18", _("18 Jahre oder älter")


class Duration(models.TextChoices):
    MINUTES_30 = "30", _("30 Minuten")
    MINUTES_60 = "60", _("1 Stunde")
    MINUTES_90 = "90", _("90 Minuten")
    MINUTES_120 = "120", _("2 Stunden")


class Manner(models.TextChoices):
    ON_SITE = "on_site", _("vor Ort")
    BY_PHONE = "by_phone", _("am Telefon")
    BY_VIDEO = "by_video", _("per Video")


class TalkTopic(models.TextChoices):
    PARENTS = "parents", _("Elterngespräch")
    ENROLMENT = "enrolment", _("Anmeldung in Kita oder Schule")
    ADVICE = "advice", _("Beratung")
    AUTHORITY = "authority", _("Termin in einem Amt")
    EVENT = "event", _("Veranstaltung")
    OTHER = "other", _("etwas anderes")


class Question(NamedTuple):
    label: str
    options: list | None = None  # (code, label) pairs; None: an answer in words
    many: bool = False


# Languages are shown to visitors by their own names and to staff in German.
QUESTIONS = {
    "topics": Question(_("Worum geht es?"), Topic.choices, many=True),
    "languages": Question(_("In welchen Sprachen können wir mit Ihnen sprechen?"), SPOKEN_LANGUAGE_CHOICES, many=True),
    "reachable": Question(_("Wann können wir Sie erreichen?"), Reachable.choices, many=True),
    "child_age": Question(_("Wie alt ist das Kind?"), ChildAge.choices, many=True),
    "page_address": Question(_("Auf welcher Seite ist die Barriere?")),
    "institution_kind": Question(_("Was für eine Einrichtung sind Sie?"), Institution.choices),
    "institution": Question(_("Name der Einrichtung")),
    "language": Question(_("Welche Sprache brauchen Sie?"), SPOKEN_LANGUAGE_CHOICES),
    "wish": Question(_("Dialekt oder anderer Wunsch")),
    "date": Question(_("Tag")),
    "time": Question(_("Uhrzeit")),
    "duration": Question(_("Wie lange?"), Duration.choices),
    "manner": Question(_("Wo und wie?"), Manner.choices),
    "place": Question(_("Ort des Gesprächs")),
    "talk_topic": Question(_("Was für ein Gespräch ist es?"), TalkTopic.choices),
}

QUESTIONS_OF_KIND = {
    InquiryKind.CONTACT: (),
    InquiryKind.HELP: ("topics", "languages", "child_age", "reachable"),
    InquiryKind.INTERPRETER: (
        "institution_kind",
        "institution",
        "language",
        "wish",
        "date",
        "time",
        "duration",
        "manner",
        "place",
        "talk_topic",
    ),
    InquiryKind.BARRIER: ("page_address",),
}


class Answer(NamedTuple):
    """One line of what was sent, in the active language."""

    label: str
    lines: list[str]
    written_in: Language | None  # of words the sender wrote; None for choices, which are in the active language


def option_label(name, code):
    if name in ("languages", "language"):
        return LANGUAGES[code].german_name if get_language() in GERMAN else LANGUAGES[code].endonym
    return str(dict(QUESTIONS[name].options).get(code, code))


def answers_of(inquiry):
    """The answers that were given, as `Answer`s in the order of the form."""
    found = []
    for name in QUESTIONS_OF_KIND[inquiry.kind]:
        given = inquiry.answers.get(name)
        if not given:
            continue
        question = QUESTIONS[name]
        if question.options is None:
            found.append(Answer(question.label, [given], inquiry.language_info))
        else:
            codes = given if question.many else [given]
            found.append(Answer(question.label, [option_label(name, code) for code in codes], None))
    return found
