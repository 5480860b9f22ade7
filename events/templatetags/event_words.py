"""When something takes place, in the reader's language and in the time that clocks show here."""

from babel.dates import get_day_names
from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.templatetags.local_words import closing_clock, full_date, last_day, locale_of, unbroken
from pages.models import Page

register = template.Library()


def clock(moment):
    return f"{timezone.localtime(moment):%H:%M}"


@register.filter
def period(page, language):
    """„Mittwoch, 2. Dezember 2026, 16:00 bis 18:00 Uhr“, or with two dates."""
    words = {
        "day": full_date(page.starts_at, language),
        "start": clock(page.starts_at),
        "last_day": full_date(last_day(page.ends_at), language),
        "end": closing_clock(page.ends_at),
    }
    if words["day"] == words["last_day"]:
        return unbroken(_("%(day)s, %(start)s bis %(end)s Uhr") % words)
    return unbroken(_("%(day)s, %(start)s Uhr bis %(last_day)s, %(end)s Uhr") % words)


@register.filter
def day_number(moment):
    return timezone.localdate(moment).day


@register.filter
def short_weekday(moment, language):
    # In the form for running text, as in `weekday_name`.
    return get_day_names("abbreviated", "format", locale_of(language))[timezone.localdate(moment).weekday()]


@register.filter
def registration_is_open(event, instant):
    return event.registration_is_open(instant)


def titled(entry):
    """The title, with the word that matters most in front: calendars and readers of feeds may show nothing else."""
    title = entry.revision.title
    with override(entry.language.tag):
        if entry.page.kind == Page.Kind.EVENT and entry.detail.is_cancelled:
            title = _("Abgesagt: %(title)s") % {"title": title}
        elif entry.page.kind == Page.Kind.EVENT and entry.detail.is_moved:
            title = _("Verschoben: %(title)s") % {"title": title}
        # Outside an f-string, where the collector of strings would pass it over.
        example = _("Beispiel")
    return f"{example}: {title}" if entry.page.is_example else title
