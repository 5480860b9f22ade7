"""Dates, times, weekdays and the language of words, as the reader of a page needs them (CLDR by Babel)."""

from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_day_names
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..opening import status

register = template.Library()

# CLDR knows these under another name, or not at all. Most who read Arabic here know the Syrian names of the months.
CLDR_NAMES = {"de-simple": "de", "gsg": "de", "rom": "de", "en": "en_GB", "prs": "fa_AF", "kmr": "ku", "ar": "ar_SY"}


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
def weekday_name(weekday, language):
    """0 is Monday. In the form for running text: Babel mixes up languages in its stand-alone names."""
    return get_day_names("wide", "format", locale_of(language))[weekday]


@register.filter
def opening_status(hours, language):
    """One sentence, or nothing where no hours are known or none come soon."""
    now = status(hours)
    if now is None or not (now.is_open or now.opens):
        return ""
    moment = now.closes or now.opens
    words = {"time": f"{moment:%H:%M}"}  # as it stands on the door, in every language
    if now.is_open:
        sentence = (
            _("Jetzt telefonisch erreichbar bis %(time)s Uhr") if now.by_phone else _("Jetzt geöffnet bis %(time)s Uhr")
        )
    elif now.opens_in_days == 0:
        sentence = (
            _("Telefonisch erreichbar heute ab %(time)s Uhr") if now.by_phone else _("Öffnet heute um %(time)s Uhr")
        )
    elif now.opens_in_days == 1:
        sentence = (
            _("Telefonisch erreichbar morgen ab %(time)s Uhr") if now.by_phone else _("Öffnet morgen um %(time)s Uhr")
        )
    else:
        this_week = now.opens_in_days < 7
        words["day"] = weekday_name(moment.weekday(), language) if this_week else long_date(moment, language)
        by_phone = _("Telefonisch erreichbar am %(day)s ab %(time)s Uhr")
        sentence = by_phone if now.by_phone else _("Öffnet am %(day)s um %(time)s Uhr")
    return sentence % words


@register.filter
def not_over(hours):
    """The lines of opening hours that count today or later."""
    today = timezone.localdate()
    return [line for line in hours if line.valid_until is None or line.valid_until >= today]


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
