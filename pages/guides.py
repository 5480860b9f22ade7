"""The first steps of people who arrive: large headings are times, items of numbered lists are steps.

A step that links to a contact says whom to ask: the telephone number comes along, always the current one.
"""

from dataclasses import dataclass
from html import unescape

from django.utils.html import format_html

from .internal_links import HREF, LINK, contact_reference
from .richtext import sections


@dataclass
class Phase:
    number: int
    title: str
    html: str


def phases(html):
    """(what stands above, phases) of the body of a guide."""
    (_none, above), *rest = sections(html)
    return "\n".join(above), [
        Phase(number, title, "\n".join(blocks)) for number, (title, blocks) in enumerate(rest, start=1)
    ]


def contact_of(city, link):
    """The primary key of the contact of a city to which a link leads, or None."""
    href = HREF.search(link["attributes"])
    found = href and contact_reference(unescape(href[0]).strip())
    return int(found["pk"]) if found and found["city"] == city.slug else None


def linked_contacts(city, *texts):
    """Primary keys of the contacts of a city to which stored texts link."""
    return {contact_of(city, link) for html in texts for link in LINK.finditer(html)} - {None}


def with_phones(html, city, contacts, date):
    """A stored text in which each link to one of the contacts is followed by the number to call on that date."""
    by_pk = {contact.pk: contact for contact in contacts}

    def with_phone(link):
        contact = by_pk.get(contact_of(city, link))
        return link[0] + phone_of(contact.deputy_on(date) or contact) if contact else link[0]

    return LINK.sub(with_phone, html)


def phone_of(contact):
    if not contact.phone:
        return ""
    if contact.is_example:  # nobody shall call a number that was invented
        return format_html(' <bdi class="step-phone">{}</bdi>', contact.phone)
    return format_html(' <a class="step-phone" href="tel:{}"><bdi>{}</bdi></a>', contact.phone_uri, contact.phone)
