from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from contacts.languages import LANGUAGES
from contacts.models import Contact, OpeningHours
from contacts.opening import Status, is_public_holiday, is_reachable, lines_on, status
from contacts.templatetags.local_words import opening_status

BERLIN = ZoneInfo("Europe/Berlin")


def line(weekday=0, opens=9, closes=16, **fields):
    return OpeningHours(weekday=weekday, opens=time(opens), closes=time(closes), **fields)


def closed(first, last):
    return OpeningHours(kind="closed", is_exception=True, valid_from=first, valid_until=last)


def berlin(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=BERLIN)


def status_at(moment, *lines):
    return status(list(lines), berlin(moment))


def sentence_at(moment, *lines, **fields):
    contact = Contact(**fields)
    contact.hours = list(lines)
    return opening_status(contact, LANGUAGES["de"], berlin(moment)).replace("\N{NO-BREAK SPACE}", " ")


def opens(moment):
    return Status(closes=None, opens=berlin(moment))


def closes(moment):
    return Status(closes=berlin(moment), opens=None)


# 2 March 2026 is a Monday.


def test_status_is_unknown_without_hours():
    assert status_at("2026-03-02 10:00") is None


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02 08:59:59", opens("2026-03-02 09:00")),
        ("2026-03-02 09:00:00", closes("2026-03-02 16:00")),
        ("2026-03-02 15:59:59", closes("2026-03-02 16:00")),
        ("2026-03-02 16:00:00", opens("2026-03-09 09:00")),
        ("2026-03-05 12:00:00", opens("2026-03-09 09:00")),
    ],
)
def test_status_turns_at_the_second(moment, expected):
    assert status_at(moment, line()) == expected


def test_lines_that_touch_are_one_span():
    assert status_at("2026-03-02 10:00", line(opens=9, closes=12), line(opens=12, closes=17)) == closes(
        "2026-03-02 17:00"
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02 07:00", opens("2026-03-02 08:00")._replace(by_phone=True)),
        ("2026-03-02 08:30", closes("2026-03-02 17:00")._replace(by_phone=True)),
        ("2026-03-02 10:00", closes("2026-03-02 12:00")),
        ("2026-03-02 12:00", closes("2026-03-02 17:00")._replace(by_phone=True)),
    ],
)
def test_hours_by_phone_are_told_apart_from_an_open_door(moment, expected):
    assert status_at(moment, line(opens=8, closes=17, kind="phone"), line(opens=9, closes=12)) == expected


def test_hours_by_appointment_are_not_open():
    assert status_at("2026-03-02 10:00", line(kind="appointment")) == Status(None, None)


def test_exception_takes_the_place_of_regular_hours():
    regular = [line(weekday=day) for day in range(5)]
    holiday = closed(date(2026, 3, 2), date(2026, 3, 3))
    assert status_at("2026-03-02 10:00", *regular, holiday) == opens("2026-03-04 09:00")


def test_exception_may_open_on_a_day_that_is_closed_otherwise():
    open_day = OpeningHours(
        opens=time(10), closes=time(14), is_exception=True, valid_from=date(2026, 3, 7), valid_until=date(2026, 3, 7)
    )
    assert status_at("2026-03-07 11:00", line(), open_day) == closes("2026-03-07 14:00")


def test_hours_count_only_while_they_are_valid():
    winter = line(valid_until=date(2026, 3, 1))
    assert status_at("2026-03-02 10:00", winter) == Status(None, None)


@pytest.mark.parametrize("sunday", ["2026-03-29", "2026-10-25"])
def test_wall_clock_counts_across_the_change_to_and_from_summer_time(sunday):
    assert status_at(f"{sunday} 08:30", line(weekday=6)) == opens(f"{sunday} 09:00")
    assert status_at(f"{sunday} 09:00", line(weekday=6)) == closes(f"{sunday} 16:00")


def test_opens_in_days_counts_dates():
    assert status_at("2026-03-01 23:30", line()).opens_in_days(berlin("2026-03-01 23:30")) == 1


# --- The change to and from summer time: 29 March and 25 October 2026, both Sundays ---------------------


@pytest.mark.parametrize(
    ("before", "after", "closes_in_utc"),
    [
        # 01:59:59 is followed by 03:00:00
        ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z"),
        # 02:59:59 is followed by 02:00:00
        ("2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "2026-10-25T05:00:00Z"),
    ],
)
def test_span_across_the_change_has_no_gap_and_ends_by_the_wall_clock(before, after, closes_in_utc):
    found = [status([line(weekday=6, opens=0, closes=6)], datetime.fromisoformat(each)) for each in (before, after)]
    assert [each.closes for each in found] == [datetime.fromisoformat(closes_in_utc)] * 2


@pytest.mark.parametrize("saturday", ["2026-03-28", "2026-10-24"])
def test_sentence_on_the_evening_before_the_change_says_tomorrow(saturday):
    assert sentence_at(f"{saturday} 23:30", line(weekday=6)) == "Öffnet morgen um 09:00 Uhr"


# --- Public holidays -------------------------------------------------------------------------------------


def test_public_holidays_are_those_of_north_rhine_westphalia():
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    assert [f"{each:%d.%m.}" for each in year if is_public_holiday(each)] == (
        ["01.01.", "03.04.", "06.04.", "01.05.", "14.05.", "25.05.", "04.06.", "03.10.", "01.11.", "25.12.", "26.12."]
    )


# 1 May 2029 is a Tuesday.
TUESDAY, WEDNESDAY = line(weekday=1), line(weekday=2)


def test_holiday_closes_regular_hours():
    assert status_at("2029-04-24 10:00", TUESDAY) == closes("2029-04-24 16:00")
    assert status_at("2029-05-01 10:00", TUESDAY) == opens("2029-05-08 09:00")


FEAST = line(weekday=None, is_exception=True, valid_from=date(2029, 5, 1), valid_until=date(2029, 5, 1))


def test_exception_counts_on_a_holiday():
    assert lines_on([TUESDAY, FEAST], date(2029, 5, 1)) == [FEAST]
    assert status_at("2029-05-01 10:00", TUESDAY, FEAST) == closes("2029-05-01 16:00")


@pytest.mark.parametrize(
    ("moment", "lines", "sentence"),
    [
        ("2029-04-30 20:00", [TUESDAY, WEDNESDAY], "Öffnet am Mittwoch um 09:00 Uhr"),
        ("2029-05-01 08:00", [TUESDAY, WEDNESDAY], "Heute ist Feiertag. Öffnet morgen um 09:00 Uhr"),
        ("2029-05-01 23:59", [TUESDAY, WEDNESDAY], "Heute ist Feiertag. Öffnet morgen um 09:00 Uhr"),
        ("2029-05-01 10:00", [TUESDAY], "Heute ist Feiertag. Öffnet am 8. Mai 2029 um 09:00 Uhr"),
        ("2029-05-01 10:00", [line(weekday=1, valid_until=date(2029, 5, 2))], "Heute ist Feiertag."),
        # Open on the holiday itself, and closed again: the holiday is not why.
        ("2029-05-01 17:00", [WEDNESDAY, FEAST], "Öffnet morgen um 09:00 Uhr"),
        ("2029-05-02 10:00", [TUESDAY, WEDNESDAY], "Jetzt geöffnet bis 16:00 Uhr"),
        ("2029-05-01 10:00", [], ""),
    ],
)
def test_sentence_says_that_a_holiday_is_the_reason(moment, lines, sentence):
    assert sentence_at(moment, *lines) == sentence


def test_exception_later_on_a_holiday_is_announced_without_the_reason():
    feast = line(opens=14, weekday=None, is_exception=True, valid_from=date(2029, 5, 1), valid_until=date(2029, 5, 1))
    assert sentence_at("2029-05-01 10:00", TUESDAY, feast) == "Öffnet heute um 14:00 Uhr"


# --- A contact -------------------------------------------------------------------------------------------


def test_contact_with_appointments_only_is_reachable_by_phone_but_has_no_open_door():
    door, phone = line(opens=9, closes=12), line(opens=13, closes=16, kind="phone")
    assert sentence_at("2026-03-02 10:00", door, phone) == "Jetzt geöffnet bis 12:00 Uhr"
    by_appointment = sentence_at("2026-03-02 10:00", door, phone, appointment_only=True)
    assert by_appointment == "Telefonisch erreichbar heute ab 13:00 Uhr"


@pytest.mark.parametrize(
    ("moment", "reachable"),
    [
        ("2026-03-02 10:00", True),
        ("2026-03-09 10:00", False),
        ("2026-03-16 10:00", False),
        ("2026-03-23 10:00", True),
    ],
)
def test_absent_contact_is_not_reachable_on_the_first_and_the_last_day(moment, reachable):
    contact = Contact(absent_from=date(2026, 3, 9), absent_until=date(2026, 3, 16))
    contact.hours = [line()]
    assert is_reachable(contact, berlin(moment)) is reachable
    assert bool(opening_status(contact, LANGUAGES["de"], berlin(moment))) is reachable


@pytest.mark.parametrize(("invented", "sentence"), [(False, "Jetzt geöffnet bis 16:00 Uhr"), (True, "")])
def test_invented_hours_say_nothing_about_now(invented, sentence):
    assert sentence_at("2026-03-02 10:00", line(), has_example_hours=invented) == sentence
