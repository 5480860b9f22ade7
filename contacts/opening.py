"""Open now, open next: decided from the lines of opening hours when a page is read."""

from datetime import datetime, timedelta
from typing import NamedTuple

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

    @property
    def opens_in_days(self):
        return (self.opens.date() - timezone.localdate()).days if self.opens else None


def lines_on(hours, date):
    """The lines that count on a date: exceptions take the place of everything regular."""
    valid = [
        line
        for line in hours
        if (line.weekday is None or line.weekday == date.weekday())
        and (line.valid_from is None or line.valid_from <= date)
        and (line.valid_until is None or date <= line.valid_until)
    ]
    return [line for line in valid if line.is_exception] or valid


def reachable_spans(hours, date):
    """(opens, closes, by phone only) of a date in order; lines of one kind that touch or overlap are one span."""
    zone = timezone.get_current_timezone()
    spans = []
    for kind in REACHABLE:
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


def status(hours):
    """Status now, or None where no hours are known at all."""
    if not hours:
        return None
    now = timezone.localtime()
    for day in range(DAYS_TO_LOOK_AHEAD):
        spans = reachable_spans(hours, now.date() + timedelta(days=day))
        for start, end, by_phone in spans:
            if start <= now < end:
                return Status(closes=end, opens=None, by_phone=by_phone)
        if ahead := [(start, by_phone) for start, _end, by_phone in spans if now < start]:
            start, by_phone = min(ahead)
            return Status(closes=None, opens=start, by_phone=by_phone)
    return Status(closes=None, opens=None)
