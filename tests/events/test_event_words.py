from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from contacts.languages import LANGUAGES
from contacts.templatetags.local_words import day_and_time, euros, full_date, month_and_year

# Half past midnight here, still the day before in Greenwich.
MOMENT = datetime(2026, 12, 6, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("de", "Montag, 7. Dezember 2026"),
        ("en", "Monday, 7 December 2026"),
        ("tr", "7 Aralık 2026 Pazartesi"),
        ("ar", "الاثنين، 7 كانون الأول 2026"),
        ("uk", "Понеділок, 7 грудня 2026 р."),
        ("ru", "Понедельник, 7 декабря 2026 г."),
    ],
)
def test_full_date_begins_a_line_and_is_the_date_it_is_here(tag, words):
    assert full_date(MOMENT, LANGUAGES[tag]).replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("tag", "words"), [("de", "Dezember 2026"), ("uk", "Грудень 2026 р."), ("ru", "Декабрь 2026 г.")]
)
def test_month_stands_as_a_heading(tag, words):
    assert month_and_year(date(2026, 12, 1), LANGUAGES[tag]).replace("\u202f", " ") == words


def test_day_and_time_are_those_on_the_clocks_here():
    with override("de"):
        assert day_and_time(MOMENT, LANGUAGES["de"]) == "7. Dezember 2026, 00:30\N{NO-BREAK SPACE}Uhr"


@pytest.mark.parametrize(
    ("amount", "tag", "words"),
    [("10.00", "de", "10 €"), ("7.50", "de", "7,50 €"), ("7.50", "en", "€7.50"), ("1200", "de", "1.200 €")],
)
def test_money_has_cents_only_where_there_are_some(amount, tag, words):
    assert euros(Decimal(amount), LANGUAGES[tag]).replace("\xa0", " ") == words
