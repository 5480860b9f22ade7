"""Days that are over, and opening hours, typed as text: nobody remembers to change them."""

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names

from .findings import hint, quoted

IN_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
SCHOOL_YEAR = re.compile(r"(?<![\d/])(20\d\d)\s?/\s?((?:20)?\d\d)(?![\d/])")
# What has begun in the past may be told: „seit dem 1. Januar 2022“.
STILL_TRUE_AFTER = re.compile(r"\b(?:seit|vom|since|of)(?: dem| the)?\s$", re.IGNORECASE)
LONGEST_LEAD_IN = 12  # characters

CLOCK = r"\d{1,2}(?:[.:]\d\d)?\s?(?:Uhr\s?)?(?:–|-|bis)\s?\d{1,2}(?:[.:]\d\d)?"
DAY = r"(?:Mo|Di|Mi|Do|Fr|Sa|So)"
LONG_DAY = r"(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)s?"
HOURS = re.compile(rf"\b(?:{DAY}\.?(?:\W{{1,3}}{DAY}\b\.?)?|{LONG_DAY}\b[^.!?\d\n]{{0,40}})[\s:,]{{0,3}}{CLOCK}", re.I)


@cache
def in_words(language):
    """„31. Dezember 2024“ in the words of a language, the month in any of its forms."""
    tag = language.split("-")[0]
    months = {}
    for context in ("format", "stand-alone"):
        months |= {name.casefold(): number for number, name in get_month_names("wide", context, tag).items()}
    names = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    return months, re.compile(rf"(?<!\d)(\d{{1,2}})\.?\s(?:de\s)?({names})\s(\d{{4}})(?!\d)", re.IGNORECASE)


def dates(words, language):
    """(match, last day that is meant) of each date with a year."""
    for match in IN_NUMBERS.finditer(words):
        yield match, day_or_none(*match.groups())
    months, pattern = in_words(language)
    for match in pattern.finditer(words):
        day, month, year = match.groups()
        yield match, day_or_none(day, months[month.casefold()], year)
    for match in SCHOOL_YEAR.finditer(words):
        first, last = match.groups()
        if int(last) % 100 == (int(first) + 1) % 100:
            yield match, date(int(first) + 1, 7, 31)


def day_or_none(day, month, year):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def over(text):
    """News tell what was; everywhere else a day that is over is mostly a forgotten one."""
    if text.page.kind == text.page.Kind.NEWS:
        return
    for passage in text.passages:
        words = passage.words
        for match, day in dates(words, text.language):
            lead_in = words[max(0, match.start() - LONGEST_LEAD_IN) : match.start()]
            if day and day < text.today and not STILL_TRUE_AFTER.search(lead_in):
                yield hint(
                    f"{quoted(match[0])} ist vorbei. Stimmt der Satz noch? Ändern Sie ihn, oder löschen Sie ihn.",
                    passage,
                )


def opening_hours(text):
    if not text.is_german:
        return
    for passage in text.passages:
        for match in HOURS.finditer(passage.words):
            yield hint(
                f"{quoted(match[0])}: Diese Zeit steht nur im Text. Öffnungszeiten gehören zum Kontakt, "
                "die Zeit einer Veranstaltung oben in ihr Formular. Dann stimmen sie in allen Sprachen.",
                passage,
            )
