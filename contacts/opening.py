"""Open now, open next: decided from the lines of opening hours at the instant at which a page is read."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays
from django.utils import timezone

from .models import OpeningHours

REACHABLE = (OpeningHours.Kind.OPEN, OpeningHours.Kind.PHONE)
DAYS_TO_LOOK_AHEAD = 14


class Status(NamedTuple):
    """`closes` when reachable now, else `opens` if so within two weeks; both local, aware datetimes.

    `by_phone` says that people can call but not come.
    """

    closes: datetime | None
    opens: datetime | None
    by_phone: bool = False

    @property
    def is_open(self):
        return self.closes is not None

    def opens_in_days(self, instant):
        return (self.opens.date() - timezone.localdate(instant)).days if self.opens else None


@lru_cache(maxsize=16)
def public_holidays(year):
    """Dates of a year; all of North Rhine-Westphalia has the same."""
    return frozenset(holidays.country_holidays("DE", subdiv="NW", years=year, expand=False))


def is_public_holiday(date):
    return date in public_holidays(date.year)


def lines_on(hours, date):
    """The lines that count on a date: exceptions take the place of everything regular, as do public holidays."""
    valid = [
        line
        for line in hours
        if (line.weekday is None or line.weekday == date.weekday())
        and (line.valid_from is None or line.valid_from <= date)
        and (line.valid_until is None or date <= line.valid_until)
    ]
    exceptions = [line for line in valid if line.is_exception]
    return exceptions if exceptions or is_public_holiday(date) else valid


def reachable_spans(hours, date, kinds=REACHABLE):
    """(opens, closes, by phone only) of a date in order; lines of one kind that touch or overlap are one span."""
    zone = timezone.get_current_timezone()
    spans = []
    for kind in kinds:
        times = sorted((line.opens, line.closes) for line in lines_on(hours, date) if line.kind == kind)
        for opens, closes in times:
            start, end = (datetime.combine(date, time, tzinfo=zone) for time in (opens, closes))
            by_phone = kind == OpeningHours.Kind.PHONE
            if spans and spans[-1][2] == by_phone and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]), by_phone)
            else:
                spans.append((start, end, by_phone))
    # Where people can come and call at once, an open door comes first.
    return sorted(spans, key=lambda span: (span[2], span[0]))


def status(hours, instant, kinds=REACHABLE):
    """Status at an instant, or None where no hours are known at all."""
    if not hours:
        return None
    now = timezone.localtime(instant)
    for day in range(DAYS_TO_LOOK_AHEAD):
        spans = reachable_spans(hours, now.date() + timedelta(days=day), kinds)
        for start, end, by_phone in spans:
            if start <= now < end:
                return Status(closes=end, opens=None, by_phone=by_phone)
        if ahead := [(start, by_phone) for start, _end, by_phone in spans if now < start]:
            start, by_phone = min(ahead)
            return Status(closes=None, opens=start, by_phone=by_phone)
    return Status(closes=None, opens=None)


def status_of(contact, instant):
    """Status of a contact from `cards()`; None also while it is absent. With appointments only, its door is closed."""
    if contact.is_absent_on(timezone.localdate(instant)):
        return None
    return status(contact.known_hours, instant, (OpeningHours.Kind.PHONE,) if contact.appointment_only else REACHABLE)


def is_reachable(contact, instant):
    now = status_of(contact, instant)
    return now is not None and now.is_open


def is_closed_for_holiday(hours, now, instant):
    """Whether a public holiday is the reason that nobody can be reached for the rest of the day."""
    today = timezone.localdate(instant)
    nobody_came = not now.is_open and now.opens_in_days(instant) != 0 and not lines_on(hours, today)
    return nobody_came and is_public_holiday(today)
