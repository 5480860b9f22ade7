"""The desk of a city at which one kind of inquiry is handed in."""

import re
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from contacts.hosts import on_main_host
from contacts.inquiry_kinds import InquiryKind
from contacts.languages import LANGUAGES
from contacts.models import Contact

from .forms import FORMS, LONGEST_ADDRESS
from .models import FormSettings, InterpretingRules
from .models.inquiry import BARRIER_ANSWER, BARRIER_LATEST

# Those that are about something: a page or somebody to be reached.
KINDS_ABOUT_SOMETHING = (InquiryKind.CONTACT, InquiryKind.HELP)

# Longer numbers are no keys of rows, and databases choke on them.
MOST_DIGITS = 9

ADDRESS_OF_RECEIPT = re.compile("/beleg/.*")


def is_offered(city, kind):
    return kind == InquiryKind.BARRIER or kind in city.forms


class Desk:
    """One form of a city as somebody opened it. `?seite=` and `?kontakt=` say what it is about."""

    def __init__(self, site, kind, query):
        self.site = site
        self.kind = InquiryKind(kind)
        self.query = query

    @cached_property
    def settings(self):
        return FormSettings.of(self.site.city, self.kind)

    @cached_property
    def entry(self):
        """The public page that the form is about, or None."""
        slug = self.query.get("seite", "")
        if self.kind not in KINDS_ABOUT_SOMETHING or not slug or "\0" in slug:
            return None
        return next(iter(self.site.load(Q(translation__page__slug=slug))), None)

    @property
    def wanted_contact(self):
        """The key of the contact that the address names, or None."""
        key = self.query.get("kontakt", "")
        is_key = key.isdecimal() and len(key) <= MOST_DIGITS
        return int(key) if is_key and self.kind in KINDS_ABOUT_SOMETHING else None

    @cached_property
    def cards(self):
        """The main contact and the one that the form is about, if there is one: two queries."""
        wanted = Q(is_main=True) | Q(pk=self.wanted_contact)
        return Contact.objects.for_city(self.site.city).filter(wanted).cards()

    @property
    def main_contacts(self):
        return [contact for contact in self.cards if contact.is_main]

    @property
    def contact(self):
        """Whom the form is about, or None."""
        return next((contact for contact in self.cards if contact.pk == self.wanted_contact), None)

    @property
    def reported_path(self):
        """The address of the page with the barrier, if it is one of this site."""
        # Every footer leads here, also that of a receipt: its address is the key to it.
        path = ADDRESS_OF_RECEIPT.sub("/beleg/", self.query.get("seite", ""))
        is_own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
        # Staff open it on the main host.
        return on_main_host(path) if is_own and path.isprintable() and len(path) <= LONGEST_ADDRESS else ""

    @property
    def kept_query(self):
        """What of the address has a meaning, for the same form in another language."""
        kept = {}
        if self.kind == InquiryKind.BARRIER and self.reported_path:
            kept["seite"] = self.reported_path
        if self.entry:
            kept["seite"] = self.entry.page.slug
        if self.contact:
            kept["kontakt"] = self.contact.pk
        return urlencode(kept)

    @property
    def heading(self):
        return str(self.kind.label)

    @property
    def url_name(self):
        return f"inquiries:{self.kind.value}"

    @property
    def url(self):
        return reverse(self.url_name, args=[self.site.language.tag, self.site.city.slug])

    @cached_property
    def rules(self):
        return InterpretingRules.of(self.site.city) if self.kind == InquiryKind.INTERPRETER else None

    @property
    def pool_languages(self):
        return [LANGUAGES[tag] for tag in self.rules.languages if tag in LANGUAGES]

    @property
    def due_on(self):
        return self.site.today + timedelta(days=self.settings.answer_days)

    @property
    def legal_due_on(self):
        return self.site.today + BARRIER_ANSWER

    @property
    def latest_on(self):
        return self.site.today + BARRIER_LATEST

    def form(self, data=None, typed=None):
        """The form: fresh, with what was sent, or fresh with what was typed."""
        initial = {"page_address": self.reported_path} if typed is None else typed
        form_class = FORMS[self.kind]
        if self.rules:
            return form_class(data, site=self.site, initial=initial, rules=self.rules)
        return form_class(data, site=self.site, initial=initial)

    def inquiry(self, form):
        """What the valid form holds, with what the form was opened from and what the city promises; not saved yet."""
        inquiry = form.inquiry()
        inquiry.page = self.entry.page if self.entry else None
        inquiry.contact = self.contact
        inquiry.due_on = self.due_on
        return inquiry
