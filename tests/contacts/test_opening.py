from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from contacts.models import OpeningHours
from contacts.opening import Status, status

BERLIN = ZoneInfo("Europe/Berlin")


def line(weekday=0, opens=9, closes=16, **fields):
    return OpeningHours(weekday=weekday, opens=time(opens), closes=time(closes), **fields)


def closed(first, last):
    return OpeningHours(kind="closed", is_exception=True, valid_from=first, valid_until=last)


def berlin(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=BERLIN)


def status_at(moment, *lines):
    with time_machine.travel(berlin(moment), tick=False):
        return status(list(lines))


def opens(moment):
    return Status(closes=None, opens=berlin(moment))


def closes(moment):
    return Status(closes=berlin(moment), opens=None)


# 2 March 2026 is a Monday.


def test_status_is_unknown_without_hours():
    assert status([]) is None


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
    with time_machine.travel(berlin("2026-03-01 23:30"), tick=False):
        assert status([line()]).opens_in_days == 1
