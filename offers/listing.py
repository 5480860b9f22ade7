"""The offers of a city as they are found and listed: each with whom to ask."""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.finder import (
    Finder,
    audience_facet,
    language_facet,
    open_now_switch,
    step_free_switch,
    topic_facet,
)
from contacts.languages import LANGUAGES
from contacts.models import Contact, Location
from contacts.opening import is_reachable
from pages.models import Page
from pages.site import Entry

from .models import Offer


@dataclass
class ListedOffer:
    entry: Entry
    contacts: list[Contact]

    @property
    def offer(self):
        return self.entry.detail

    @property
    def languages(self):
        """What is known: the offer's own languages, else those of the people to ask."""
        return self.offer.languages or sorted({tag for contact in self.contacts for tag in contact.languages})

    @property
    def spoken_languages(self):
        return [LANGUAGES[tag] for tag in self.languages]

    @property
    def speaks_readers_language(self):
        language = self.entry.reader_language
        return language.tag in self.languages and not language.tag.startswith("de")

    @property
    def is_step_free(self):
        """The offer's own place says it, else those of the people to ask."""
        places = [self.offer.location] if self.offer.location else [contact.location for contact in self.contacts]
        return any(place and place.step_free == Location.StepFree.YES for place in places)

    @property
    def is_reachable_now(self):
        return any(is_reachable(contact, self.entry.instant) for contact in self.contacts)


def contacts_by_page(site):
    """The contacts chosen for each page, by its id; under None the main contact."""
    contacts = Contact.objects.for_city(site.city).annotate(page_id=F("pages")).cards()
    found = {None: [contact for contact in contacts if contact.is_main][:1]}
    for contact in contacts:
        if contact.page_id:
            found.setdefault(contact.page_id, []).append(contact)
    return found


def listed_offers(site, contacts):
    """Every offer that is not over. For an example without contacts there is nobody to ask."""
    entries = site.load(Q(translation__page__kind=Page.Kind.OFFER) & site.not_over, "offer__location")
    return [
        ListedOffer(entry, contacts.get(entry.page.pk) or ([] if entry.page.is_example else contacts[None]))
        for entry in entries
    ]


def offer_finder(offers, query):
    facets = [
        topic_facet(lambda listed: listed.offer.topics),
        audience_facet(lambda listed: listed.offer.audiences),
        language_facet(lambda listed: listed.languages),
    ]
    switches = [
        open_now_switch(lambda listed: listed.is_reachable_now),
        step_free_switch(lambda listed: listed.is_step_free),
    ]
    return Finder(offers, facets, switches, query)


def of_unknown_language(offers, finder):
    """Where a language is asked for: offers that name none, but fit all else. Nobody shall miss them for that."""
    asked = next(facet for facet in finder.facets if facet.parameter == "sprache")
    return [listed for listed in offers if asked.chosen and not listed.languages and finder.fits(listed, but=asked)]


def grouped(offers):
    """(anchor, heading, offers): what people can come to with a question stands first, what institutions book last."""
    anybody = (Offer.Access.EVERYBODY, Offer.Access.REFERRED)
    advice = [listed for listed in offers if listed.offer.individual_advice]
    others = [listed for listed in offers if not listed.offer.individual_advice]
    groups = [
        ("beratung", _("Hier beraten wir Sie persönlich"), advice),
        ("fuer-alle", _("Zum Mitmachen und Informieren"), [each for each in others if each.offer.access in anybody]),
        (
            "fuer-einrichtungen",
            _("Für Schulen, Vereine und Ämter"),
            [each for each in others if each.offer.access not in anybody],
        ),
    ]
    return [group for group in groups if group[2]]
