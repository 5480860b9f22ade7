"""Events for people's calendars: iCalendar (RFC 5545)."""

from datetime import timedelta

from django.utils import timezone
from icalendar import Calendar, Timezone
from icalendar import Event as CalendarEvent

from contacts.content_lines import one_line

from .templatetags.event_words import titled

PRODID = "-//KI-Site//Kommunale Integrationszentren NRW//DE"
ASK_AGAIN_AFTER = timedelta(hours=6)

# The rule of the European Union, with which a calendar can reckon any year: the library would list each single change.
BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
"""


def calendar_of(site, entries, absolute):
    """A calendar of these events; `absolute` makes an address complete."""
    name, language = site.centre_name
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("name", one_line(name), parameters={"LANGUAGE": language.tag})
    calendar.add("x-wr-timezone", timezone.get_default_timezone_name())
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", ASK_AGAIN_AFTER)
    calendar.add_component(Timezone.from_ical(BERLIN))
    for entry in entries:
        calendar.add_component(calendar_event(site, entry, absolute))
    return calendar


def calendar_event(site, entry, absolute):
    component = CalendarEvent()
    add_facts(component, site, entry)
    add_words(component, entry, absolute(entry.url))
    return component


def add_facts(component, site, entry):
    """Under an identifier that stays the same in every language, at every time and after renaming."""
    event, published_at = entry.detail, entry.revision.visible_from
    here = timezone.get_default_timezone()
    component.add("uid", f"{entry.page.pk}@{site.city.slug}.ki-nrw")
    component.add("dtstamp", published_at)
    component.add("last-modified", max(filter(None, (published_at, event.changed_at))))
    component.add("sequence", event.change_number + entry.source.german_texts - 1)
    component.add("dtstart", entry.page.starts_at.astimezone(here))
    component.add("dtend", entry.page.ends_at.astimezone(here))
    component.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")


def add_words(component, entry, address):
    event, language = entry.detail, {"LANGUAGE": entry.language.tag}
    component.add("summary", one_line(titled(entry)), parameters=language)
    component.add("description", f"{one_line(entry.revision.summary)}\n\n{address}", parameters=language)
    component.add("url", address)
    if place := place_of(event):
        component.add("location", one_line(place))
    if categories := [one_line(label) for label in (*event.get_topics_display(), event.series) if label]:
        component.add("categories", categories)


def place_of(event):
    if place := event.location:
        return f"{place.name}, {place.street}, {place.postcode} {place.town}"
    return event.online_url
