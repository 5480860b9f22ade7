from datetime import UTC, date, datetime

import pytest

from contacts.languages import LANGUAGES
from contacts.templatetags.local_words import lang_unless, long_date, weekday_name


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("de", "7. Dezember 2026"),
        ("de-simple", "7. Dezember 2026"),
        ("en", "7 December 2026"),
        ("tr", "7 Aralık 2026"),
        ("ar", "7 كانون الأول 2026"),
        ("uk", "7 грудня 2026 р."),
        ("ru", "7 декабря 2026 г."),
    ],
)
def test_long_date_is_written_as_readers_know_it(tag, words):
    assert long_date(date(2026, 12, 7), LANGUAGES[tag]).replace("\u202f", " ") == words


def test_long_date_of_a_moment_is_the_date_it_has_here():
    assert long_date(datetime(2026, 12, 6, 23, 30, tzinfo=UTC), LANGUAGES["de"]) == "7. Dezember 2026"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_dates_and_weekdays(tag):
    assert "2026" in long_date(date(2026, 12, 7), LANGUAGES[tag]).translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    assert len({weekday_name(day, LANGUAGES[tag]) for day in range(7)}) == 7


def test_words_are_marked_only_where_their_language_differs():
    german, arabic = LANGUAGES["de"], LANGUAGES["ar"]
    assert lang_unless(german, german) == ""
    assert lang_unless(german, arabic) == ' lang="de" dir="ltr"'
    assert lang_unless(arabic, german) == ' lang="ar" dir="rtl"'
