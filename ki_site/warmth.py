"""What the first visitor would have to wait for, loaded when the program starts; nothing of it asks the database.

Workers that are forked afterwards share the memory that it takes.
"""

from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import timezone, translation

from contacts.languages import INTERFACE_LANGUAGES
from contacts.opening import public_holidays
from contacts.templatetags.local_words import day_and_time, weekday_name
from pages.views.pages import TEMPLATES


def warm():
    now = timezone.now()
    get_resolver().url_patterns  # noqa: B018 - asking for them reads every file of addresses
    public_holidays(now.year)
    for name in TEMPLATES.values():
        get_template(name)
    for language in INTERFACE_LANGUAGES:
        with translation.override(language.tag):
            day_and_time(now, language)
            weekday_name(0, language)
