"""What a page says, once more for machines: schema.org as JSON-LD, made of what the page shows and of nothing else."""

import json
from dataclasses import dataclass
from datetime import time

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import OpeningHours

from .models import Cost, Page, Phase
from .site import Entry, Site

VOCABULARY = "https://schema.org"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PAGE_TYPES = {Page.Kind.MISSION: "AboutPage", Page.Kind.NEWS: "NewsArticle", Page.Kind.HOME: "WebSite"}

# Nothing in a text can end the script element or begin another; the two last end a line in old JavaScript.
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}

# By appointment only is not "open": schema.org has no word for it.
DOOR = (OpeningHours.Kind.OPEN,)
PHONE = (OpeningHours.Kind.PHONE,)
DOOR_OR_PHONE = (*DOOR, *PHONE)


def as_json(nodes):
    """The nodes as text that may stand inside a script element."""
    graph = {"@context": VOCABULARY, "@graph": nodes}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def node(kind, **fields):
    """A thing with the fields that say something; `id` becomes `@id`."""
    head = {"@type": kind} | ({"@id": fields.pop("id")} if "id" in fields else {})
    return head | {name: value for name, value in fields.items() if value not in (None, "", []) and not is_bare(value)}


def is_bare(value):
    """A thing of which nothing but its type is known."""
    return isinstance(value, dict) and value.keys() == {"@type"}


def moment(instant):
    return timezone.localtime(instant).isoformat(timespec="seconds") if instant else None


# --- Opening hours -------------------------------------------------------------------------------


def hours_of(lines, kinds):
    """Specifications of lines of the wanted kinds; lines of the same times and dates are one with several weekdays."""
    days = {}
    for line in lines:
        times = (line.opens, line.closes) if line.kind in kinds else (time(0), time(0))  # the sign for closed
        days.setdefault((*times, line.valid_from, line.valid_until), []).append(line.weekday)
    return [
        node(
            "OpeningHoursSpecification",
            dayOfWeek=[f"{VOCABULARY}/{WEEKDAYS[day]}" for day in dict.fromkeys(weekdays) if day is not None],
            opens=f"{opens:%H:%M}",
            closes=f"{closes:%H:%M}",
            validFrom=valid_from and valid_from.isoformat(),
            validThrough=valid_until and valid_until.isoformat(),
        )
        for (opens, closes, valid_from, valid_until), weekdays in days.items()
    ]


def regular_hours(lines, kinds):
    return hours_of([line for line in lines if not line.is_exception and line.kind in kinds], kinds)


def exceptional_hours(lines, kinds):
    """Days with an exception of other kinds only are closed days."""
    exceptions = [line for line in lines if line.is_exception]

    def days(line):
        return line.weekday, line.valid_from, line.valid_until

    reachable = {days(line) for line in exceptions if line.kind in kinds}
    return hours_of([line for line in exceptions if line.kind in kinds or days(line) not in reachable], kinds)


# --- Places and people -----------------------------------------------------------------------------


def place(location):
    address = node(
        "PostalAddress",
        streetAddress=location.street,
        postalCode=location.postcode,
        addressLocality=location.town,
        addressCountry="DE",
    )
    return node("Place", name=location.name, address=address)


def audience(detail):
    return [node("Audience", audienceType=str(label)) for label in detail.get_audiences_display()]


def price(usable):
    """An offer in the sense of schema.org; None where people have to ask."""
    if usable.cost == Cost.ASK:
        return None
    return node("Offer", price=f"{usable.cost_amount or 0:.2f}", priceCurrency="EUR")


# --- A page -----------------------------------------------------------------------------------------


@dataclass
class Facts:
    """Of one page. Lists and contacts have no entry but a heading; `above` are names and addresses, from the top."""

    site: Site
    entry: Entry | None
    heading: str
    path: str
    contacts: list
    above: list
    absolute: object  # completes an address

    @property
    def url(self):
        return self.absolute(self.path)

    @property
    def office_ref(self):
        return {"@id": self.absolute(self.site.url) + "#ki"}

    @property
    def thing_ref(self):
        return {"@id": f"{self.url}#{self.entry.page.kind}"}

    @property
    def shown_contacts(self):
        return [contact for contact in self.contacts if not contact.is_example]

    def nodes(self):
        is_home = self.entry and self.entry.page.kind == Page.Kind.HOME
        nodes = [self.page(), self.office(), *self.others()]
        if not is_home:
            nodes.insert(1, self.breadcrumb())
        if self.entry and (describe := DESCRIPTIONS.get(self.entry.page.kind)):
            nodes.append(describe(self))
        return nodes

    def page(self):
        if self.entry is None:
            return node("WebPage", id=self.url, name=self.heading, inLanguage=self.site.language.tag)
        kind, text = self.entry.page.kind, self.entry.revision
        is_site, is_news = kind == Page.Kind.HOME, kind == Page.Kind.NEWS
        return node(
            PAGE_TYPES.get(kind, "WebPage"),
            id=self.url,
            url=self.url,
            name=self.site.centre_name[0] if is_site else text.title,
            headline=text.title if is_site or is_news else None,
            description=text.summary,
            inLanguage=self.entry.language.tag,
            image=self.image() if is_news else None,
            datePublished=moment(self.entry.source.first_visible_from) if is_news else None,
            dateModified=timezone.localdate(text.visible_from).isoformat(),
            lastReviewed=self.last_reviewed(kind),
            publisher=self.office_ref,
            mainEntity=self.thing_ref if kind in DESCRIPTIONS else None,
        )

    def image(self):
        file = self.entry.picture
        return file and node(
            "ImageObject",
            url=self.absolute(file.file.url),
            width=file.width,
            height=file.height,
            caption=self.entry.picture_words[0],
            creditText=self.entry.german.picture.credit,
        )

    def last_reviewed(self, kind):
        """schema.org knows it of a WebPage and what is one; neither a whole site nor an article is."""
        day = self.entry.page.last_verified
        return day.isoformat() if day and kind not in (Page.Kind.HOME, Page.Kind.NEWS) else None

    def breadcrumb(self):
        """As the visible one: the start page, the pages above, this page."""
        here = self.entry.revision.menu_title if self.entry else self.heading
        trail = [(_("Start"), self.site.url), *self.above, (here, self.path)]
        items = [
            node("ListItem", position=position, name=str(name), item=self.absolute(path))
            for position, (name, path) in enumerate(trail, start=1)
        ]
        return node("BreadcrumbList", itemListElement=items)

    def office(self):
        """The centre. Its address, number and hours stand here where its main contact stands on the page."""
        main = next((contact for contact in self.shown_contacts if contact.is_main), None)
        return node(
            "GovernmentOffice",
            id=self.office_ref["@id"],
            name=self.site.centre_name[0],
            url=self.absolute(self.site.url),
            parentOrganization=node("GovernmentOrganization", name=self.site.city.authority),
            **(self.ways_to(main) if main else {}),
            contactPoint=[self.contact_point(contact) for contact in self.shown_contacts if not contact.organisation],
        )

    def others(self):
        """Contacts that are not the centre's own."""
        return [
            node("Organization", name=contact.organisation, contactPoint=self.contact_point(contact))
            for contact in self.shown_contacts
            if contact.organisation
        ]

    def ways_to(self, main):
        lines = [] if main.appointment_only else self.current(main.known_hours)
        return {
            "address": place(main.location)["address"] if main.location else None,
            "telephone": main.phone_uri or main.mobile_uri,
            "faxNumber": main.fax_uri,
            "email": main.email,
            "openingHoursSpecification": regular_hours(lines, DOOR),
            "specialOpeningHoursSpecification": exceptional_hours(lines, DOOR),
        }

    def contact_point(self, contact):
        lines, kinds = self.current(contact.known_hours), PHONE if contact.appointment_only else DOOR_OR_PHONE
        return node(
            "ContactPoint",
            id=self.contact_id(contact),
            contactType=contact.function_in(self.site.language.tag)[0],
            name=contact.name if contact.show_name else None,
            telephone=[number for number in (contact.phone_uri, contact.mobile_uri) if number],
            faxNumber=contact.fax_uri,
            email=contact.email,
            availableLanguage=[spoken.tag for spoken in contact.spoken_languages],
            hoursAvailable=regular_hours(lines, kinds) + exceptional_hours(lines, kinds),
        )

    def contact_id(self, contact):
        return f"{self.absolute(self.site.contact_url)}{contact.pk}/#kontakt"

    def current(self, lines):
        """The lines of opening hours that the page shows: those that count today or later."""
        return [line for line in lines if line.valid_until is None or line.valid_until >= self.site.today]

    # --- What a page may be about ------------------------------------------------------------------

    def service(self, **fields):
        return node(
            "GovernmentService",
            id=self.thing_ref["@id"],
            name=self.entry.revision.title,
            description=self.entry.revision.summary,
            serviceOperator=self.office_ref,
            areaServed=node("AdministrativeArea", name=self.site.city.name),
            audience=audience(self.entry.detail),
            **fields,
        )

    def offer(self):
        offer = self.entry.detail
        channel = node(
            "ServiceChannel",
            availableLanguage=[spoken.tag for spoken in offer.spoken_languages],
            serviceLocation=place(offer.location) if offer.location else None,
            servicePhone=[{"@id": self.contact_id(contact)} for contact in self.shown_contacts]
            if offer.is_by_phone
            else None,
            serviceUrl=self.url if offer.is_online else None,
        )
        return self.service(availableChannel=channel, offers=price(offer))

    def call(self):
        call, page = self.entry.detail, self.entry.page
        opens = node("Offer", availabilityStarts=moment(page.starts_at), availabilityEnds=moment(page.ends_at))
        limit = "value" if call.amount_is_fixed else "maxValue"
        amount = call.amount_max and node("MonetaryAmount", currency="EUR", **{limit: f"{call.amount_max:.2f}"})
        grant = node("MonetaryGrant", name=call.programme, amount=amount)
        return self.service(serviceOutput=grant, offers=opens)

    def event(self):
        event, page, text = self.entry.detail, self.entry.page, self.entry.revision
        return node(
            "Event",
            id=self.thing_ref["@id"],
            name=text.title,
            description=text.summary,
            image=self.image(),
            startDate=moment(page.starts_at),
            endDate=moment(page.ends_at),
            previousStartDate=moment(event.previous_start) if event.is_moved else None,
            eventStatus=f"{VOCABULARY}/{self.event_status(event)}",
            eventAttendanceMode=f"{VOCABULARY}/{self.attendance(event)}EventAttendanceMode",
            location=self.event_locations(event),
            inLanguage=[spoken.tag for spoken in event.spoken_languages],
            organizer=node("Organization", name=event.organiser) if event.organiser else self.office_ref,
            audience=audience(event),
            isAccessibleForFree=True if event.cost == Cost.FREE else None,
            offers=price(event),
        )

    @staticmethod
    def event_status(event):
        words = {event.Status.MOVED: "EventRescheduled", event.Status.CANCELLED: "EventCancelled"}
        return words.get(event.status, "EventScheduled")

    @staticmethod
    def attendance(event):
        if not event.is_online:
            return "Offline"
        return "Mixed" if event.location else "Online"

    def event_locations(self, event):
        places = [place(event.location)] if event.location else []
        if event.is_online:
            # The page does not lead to a meeting that does not take place.
            takes_place = not event.is_cancelled and self.entry.phase != Phase.OVER
            places.append(node("VirtualLocation", url=(takes_place and event.online_url) or self.url))
        return places


DESCRIPTIONS = {Page.Kind.OFFER: Facts.offer, Page.Kind.CALL: Facts.call, Page.Kind.EVENT: Facts.event}
