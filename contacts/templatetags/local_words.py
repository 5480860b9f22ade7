"""Dates, times, weekdays and the language of words, as the reader of a page needs them (CLDR by Babel)."""

from datetime import datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_day_names
from babel.numbers import format_currency
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..languages import SOURCE_LANGUAGE
from ..opening import is_closed_for_holiday, status_of

register = template.Library()

# CLDR knows these under another name, or not at all. Most who read Arabic here know the Syrian names of the months.
CLDR_NAMES = {"de-simple": "de", "gsg": "de", "rom": "de", "en": "en_GB", "prs": "fa_AF", "kmr": "ku", "ar": "ar_SY"}
# CLDR knows the words, but not the order of a date with its day of the week.
WITHOUT_FULL_DATES = {"ckb"}


def locale_of(language):
    try:
        return Locale.parse(CLDR_NAMES.get(language.tag, language.tag).replace("-", "_"))
    except UnknownLocaleError:
        return Locale("de")


@register.filter
def long_date(date, language):
    """Of a date, or of a moment as the date it has here."""
    if isinstance(date, datetime):
        date = timezone.localdate(date)
    return format_date(date, "long", locale_of(language))


@register.filter
def full_date(moment, language):
    """With the day of the week, as it stands at the beginning of a line. Of a date or a moment."""
    date = timezone.localdate(moment) if isinstance(moment, datetime) else moment
    if language.tag in WITHOUT_FULL_DATES:
        return f"{weekday_name(date.weekday(), language)}، {long_date(date, language)}"
    return beginning_of_line(format_date(date, "full", locale_of(language)))


@register.filter
def day_and_time(moment, language):
    time = timezone.localtime(moment)
    return unbroken(_("%(date)s, %(time)s Uhr") % {"date": long_date(time, language), "time": f"{time:%H:%M}"})


@register.filter
def euros(amount, language):
    """Cents only where there are some."""
    pattern = "#,##0 ¤" if amount == int(amount) else None
    return format_currency(amount, "EUR", pattern, locale_of(language), currency_digits=not pattern)


@register.filter
def last_day(end):
    """The last date of a time that ends just before an instant."""
    return timezone.localdate(end - timedelta(microseconds=1))


def closing_clock(end):
    """Midnight belongs to the day that ends, as on every poster."""
    return f"{timezone.localtime(end):%H:%M}" if last_day(end) == timezone.localdate(end) else "24:00"


@register.filter
def until_day_and_time(end, language):
    """Like `day_and_time`, of an instant at which something ends."""
    return unbroken(
        _("%(date)s, %(time)s Uhr") % {"date": long_date(last_day(end), language), "time": closing_clock(end)}
    )


def unbroken(words):
    """No line begins with „Uhr“."""
    return words.replace(" Uhr", "\N{NO-BREAK SPACE}Uhr")


@register.filter
def month_and_year(date, language):
    return beginning_of_line(format_skeleton("yMMMM", date, locale=locale_of(language)))


def beginning_of_line(words):
    """Russian and Ukrainian write months and days small, but not at the beginning."""
    return words[:1].upper() + words[1:]


@register.filter
def weekday_name(weekday, language):
    """0 is Monday. In the form for running text: Babel mixes up languages in its stand-alone names."""
    return get_day_names("wide", "format", locale_of(language))[weekday]


@register.simple_tag
def opening_status(contact, language, instant):
    """A sentence or two, or nothing where no hours are known, none come soon or nobody is there."""
    now = status_of(contact, instant)
    if now is None:
        return ""
    sentence = open_or_opening(now, language, instant)
    if not is_closed_for_holiday(contact.known_hours, now, instant):
        return sentence
    # Outside an f-string, where the collector of strings would pass it over.
    holiday = _("Heute ist Feiertag.")
    return f"{holiday} {sentence}".strip()


def open_or_opening(now, language, instant):
    if not (now.is_open or now.opens):
        return ""
    moment, days = now.closes or now.opens, now.opens_in_days(instant)
    words = {"time": f"{moment:%H:%M}"}  # as it stands on the door, in every language
    if now.is_open:
        sentence = (
            _("Jetzt telefonisch erreichbar bis %(time)s Uhr") if now.by_phone else _("Jetzt geöffnet bis %(time)s Uhr")
        )
    elif days == 0:
        sentence = (
            _("Telefonisch erreichbar heute ab %(time)s Uhr") if now.by_phone else _("Öffnet heute um %(time)s Uhr")
        )
    elif days == 1:
        sentence = (
            _("Telefonisch erreichbar morgen ab %(time)s Uhr") if now.by_phone else _("Öffnet morgen um %(time)s Uhr")
        )
    else:
        words["day"] = weekday_name(moment.weekday(), language) if days < 7 else long_date(moment, language)
        by_phone = _("Telefonisch erreichbar am %(day)s ab %(time)s Uhr")
        sentence = by_phone if now.by_phone else _("Öffnet am %(day)s um %(time)s Uhr")
    return unbroken(sentence % words)


@register.filter
def not_over(hours, date):
    """The lines of opening hours that count on a date or later."""
    return [line for line in hours if line.valid_until is None or line.valid_until >= date]


@register.filter
def is_absent_on(contact, date):
    return contact.is_absent_on(date)


@register.filter
def deputy_on(contact, date):
    return contact.deputy_on(date)


@register.filter
def first_to_call(contacts, date):
    """Whom to call on a date: the first who is there and real, or the deputy of somebody who is not there."""
    there = (contact.deputy_on(date) or (None if contact.is_absent_on(date) else contact) for contact in contacts)
    return next((contact for contact in there if contact and contact.phone and not contact.is_example), None)


@register.filter
def speaks(contact, language):
    """Whether to say that the contact speaks the reader's language. That it speaks German is a matter of course."""
    return language.tag != SOURCE_LANGUAGE and language.tag in contact.languages


@register.filter
def own_first(languages, language):
    """Spoken languages, the reader's in front."""
    return sorted(languages, key=lambda spoken: spoken != language)


@register.filter
def function_in(contact, language):
    return contact.function_in(language.tag)


@register.filter
def breakable_email(address):
    """May go on in the next line before its @: a narrow phone cannot show a long one in one line."""
    name, at, host = address.rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, host)


@register.filter
def lang_unless(language, surrounding):
    """The attributes `lang` and `dir` of an element, if its words are not in the language around it."""
    if language == surrounding:
        return ""
    return format_html(' lang="{}" dir="{}"', language.tag, language.dir)


@register.simple_tag(takes_context=True)
def readers_languages(context):
    """`language` and `languages`: those of the city, or the context's own where a page belongs to no city."""
    return context.get("site") or {"language": context["language"], "languages": context["languages"]}
