"""When a page will be another one although nobody changes anything: something appears, expires, opens or closes."""

from datetime import UTC, datetime, time, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from contacts.models import City, OpeningHours
from events.listing import FARTHEST
from events.models import Event
from freshness.public_page import ALL_CITIES
from offers.views import CLOSED_CALLS_SHOWN
from pages.models import ImageFile, Page, PageRevision

ONE_DAY, ONE_HOUR = timedelta(days=1), timedelta(hours=1)

# (rows, path to the city, field, how long after what the field says something changes)
SOURCES = (
    (PageRevision, "translation__page__city", "visible_from", timedelta()),
    (PageRevision, "translation__page__city", "visible_until", timedelta()),
    (Page, "city", "starts_at", timedelta()),
    (Page, "city", "starts_at", -FARTHEST),
    (Page, "city", "ends_at", timedelta()),
    (Page, "city", "ends_at", CLOSED_CALLS_SHOWN),
    (Event, "city", "registration_until", timedelta()),
    (ImageFile, "image__city", "valid_until", timedelta()),
)


def next_instant(city, since):
    """The first instant after `since` at which something of the city becomes different: two queries at most."""
    if city == ALL_CITIES:
        return next_midnight(since)
    return min([next_midnight(since), *stored_instants(city, since), *next_hours(city, since)])


def stored_instants(city, since):
    columns = [Subquery(first_after(source, since)) for source in SOURCES]
    for row in City.objects.filter(pk=city).values_list(*columns):
        for (*_source, delay), instant in zip(SOURCES, row, strict=True):
            if instant is not None:
                yield instant + delay


def first_after(source, since):
    model, path, field, delay = source
    later = model.objects.filter(**{path: OuterRef("pk"), f"{field}__gt": since - delay})
    return later.order_by(field).values(field)[:1]


def next_midnight(since):
    """Where it is local; all dates of pages are read on that day."""
    return at(timezone.localdate(since) + ONE_DAY, time())[0]


def next_hours(city, since):
    """Instants of today at which somebody may begin or cease to be reachable: whether today counts is decided on pages.

    On the days on which the clocks change every hour is such an instant.
    """
    today = timezone.localdate(since)
    times = set(opening_times(city))
    if at(today + ONE_DAY, time())[0] - at(today, time())[0] != ONE_DAY:
        times |= {time(hour) for hour in range(24)}
    return [instant for each in times for instant in at(today, each) if instant > since]


def opening_times(city):
    of_city = OpeningHours.objects.filter(Q(contact__city=city) | Q(location__city=city)).exclude(opens=None)
    for opens, closes in of_city.order_by().values_list("opens", "closes").distinct():
        yield from (opens, closes)


def at(date, time_of_day):
    """The instants at which a clock on the wall shows this; two where it is turned back over it."""
    zone = timezone.get_default_timezone()
    return [datetime.combine(date, time_of_day.replace(fold=fold), tzinfo=zone).astimezone(UTC) for fold in (0, 1)]
