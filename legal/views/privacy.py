"""The privacy page: what the site really does, read from its settings and forms, and what only the city knows."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from contacts.inquiry_kinds import InquiryKind
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from freshness.public_page import public_page
from inquiries.forms import FORMS
from inquiries.models import FormSettings
from inquiries.questions import QUESTIONS
from inquiries.receipts import READABLE
from pages.models.search import SearchMissQuerySet
from pages.site import load_site

from ..models import PrivacyInformation

# By the ids of the sections, in their order.
HEADINGS = {
    "verantwortlich": _("Wer ist verantwortlich?"),
    "cookies": _("Cookies"),
    "anbieter": _("Andere Anbieter"),
    "protokoll": _("Protokoll des Servers"),
    "formulare": _("Formulare"),
    "missbrauch": _("Schutz vor Missbrauch"),
    "antworten": _("Unsere Antworten"),
    "suche": _("Suche"),
    "sprachen": _("Gewünschte Sprachen"),
    "betrieb": _("Wer betreibt den Server?"),
    "rechte": _("Ihre Rechte"),
    "beschwerde": _("Beschwerde"),
}

PURPOSES = {
    InquiryKind.CONTACT: _("Sie stellen uns eine Frage. Wir lesen Ihre Frage und antworten Ihnen."),
    InquiryKind.HELP: _("Sie bitten um Hilfe in Ihrer Sprache. Wir suchen eine Person, die Ihnen helfen kann."),
    InquiryKind.INTERPRETER: _("Eine Einrichtung fragt nach Sprachmittlung. Wir suchen eine Person, die dolmetscht."),
    InquiryKind.BARRIER: _("Sie melden eine Barriere. Wir prüfen, wie wir sie beseitigen, und antworten Ihnen."),
}

# What forms ask besides QUESTIONS.
LABELS = {name: question.label for name, question in QUESTIONS.items()} | {
    "subject": _("Betreff"),
    "message": _("Ihre Nachricht"),
    "phone": _("Telefon"),
    "email": _("E-Mail"),
    "name": _("Name"),
}


class Cookie(NamedTuple):
    """One that only staff need."""

    name: str
    purpose: str
    moment: str  # when it is set
    seconds: int | None  # None: until the browser is closed

    @property
    def hours(self):
        return self.seconds and self.seconds // (60 * 60)

    @property
    def days(self):
        return self.hours and self.hours // 24


def staff_cookies():
    after_signing_in = _("Kommt erst nach dem Anmelden.")
    return [
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("Damit bleibt die Person angemeldet."),
            after_signing_in,
            None if settings.SESSION_EXPIRE_AT_BROWSER_CLOSE else settings.SESSION_COOKIE_AGE,
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Damit kann keine fremde Website im Namen der Person etwas ändern."),
            _("Kommt schon, wenn jemand die Seite zum Anmelden öffnet."),
            settings.CSRF_COOKIE_AGE,
        ),
        Cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME,
            _("Damit erkennt die Anmeldung den Browser wieder und warnt die Person vor fremden Anmeldungen."),
            after_signing_in,
            settings.KNOWN_BROWSER_COOKIE_AGE,
        ),
        Cookie(
            CookieStorage.cookie_name,
            _("Damit sieht die Person einmal, ob das Speichern geklappt hat."),
            after_signing_in,
            None,
        ),
    ]


class FormInUse(NamedTuple):
    """What happens to what people enter in a form."""

    settings: FormSettings
    purpose: str
    data: list[str]

    @property
    def is_barrier_report(self):
        return self.settings.kind == InquiryKind.BARRIER


def data_of(kind):
    """What is stored of the form; boxes that only confirm something are not."""
    return [label for name, label in LABELS.items() if name in FORMS[kind].base_fields]


def forms_of(city):
    return [FormInUse(row, PURPOSES[row.kind], data_of(row.kind)) for row in FormSettings.all_of(city)]


@public_page()
def privacy(request, language, city_slug):
    site = load_site(language, city_slug)
    record = PrivacyInformation.objects.for_city(site.city).first()
    context = {
        "site": site,
        "record": record,
        "german": LANGUAGES[SOURCE_LANGUAGE],
        "headings": HEADINGS | ({"hinweise": _("Weitere Hinweise")} if record and record.further else {}),
        "cookies": staff_cookies(),
        "forms": forms_of(site.city),
        "receipt_hours": READABLE // timedelta(hours=1),
        "search_miss_days": SearchMissQuerySet.KEPT.days,
        "authority_url": settings.DATA_PROTECTION_AUTHORITY_URL,
        "contacts": site.contacts(),
    }
    return render(request, "legal/privacy.html", context)
