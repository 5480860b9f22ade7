"""Open now, open next: decided from the lines of opening hours when a page is read."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from .models import OpeningHours

REACHABLE = (OpeningHours.Kind.OPEN, OpeningHours.Kind.PHONE)
DAYS_TO_LOOK_AHEAD = 14


class Status(NamedTuple):
    """`closes` when open now, else `opens` if it opens within two weeks; both local, aware datetimes."""

    closes: datetime | None
    opens: datetime | None

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
    """(opens, closes) of a date, sorted; lines that touch or overlap are one span."""
    zone = timezone.get_current_timezone()
    spans = []
    for opens, closes in sorted((line.opens, line.closes) for line in lines_on(hours, date) if line.kind in REACHABLE):
        start, end = (datetime.combine(date, time, tzinfo=zone) for time in (opens, closes))
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def status(hours):
    """Status now, or None where no hours are known at all."""
    if not hours:
        return None
    now = timezone.localtime()
    for day in range(DAYS_TO_LOOK_AHEAD):
        for start, end in reachable_spans(hours, now.date() + timedelta(days=day)):
            if start <= now < end:
                return Status(closes=end, opens=None)
            if now < start:
                return Status(closes=None, opens=start)
    return Status(closes=None, opens=None)
