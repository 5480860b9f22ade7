"""The first steps of people who arrive: large headings are times, items of numbered lists are steps.

A step that links to a contact says whom to ask: the telephone number comes along, always the current one.
"""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import format_html

from .internal_links import HREF, LINK, PREFIX
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


def contact_reference(city):
    return re.compile(rf"{PREFIX}{re.escape(city.slug)}/kontakt/(?P<pk>[0-9]{{1,18}})/(?:[?#].*)?", re.DOTALL)


def contact_of(link, reference):
    """The primary key of the contact to which a link leads, or None."""
    href = HREF.search(link["attributes"])
    found = href and reference.fullmatch(unescape(href[0]).strip())
    return int(found["pk"]) if found else None


def linked_contacts(city, *texts):
    """Primary keys of the contacts of a city to which stored texts link."""
    reference = contact_reference(city)
    found = (contact_of(link, reference) for html in texts for link in LINK.finditer(html))
    return {pk for pk in found if pk}


def with_phones(html, city, contacts, date):
    """A stored text in which each link to one of the contacts is followed by the number to call on that date."""
    reference, by_pk = contact_reference(city), {contact.pk: contact for contact in contacts}

    def with_phone(link):
        contact = by_pk.get(contact_of(link, reference))
        return link[0] + phone_of(contact.deputy_on(date) or contact) if contact else link[0]

    return LINK.sub(with_phone, html)


def phone_of(contact):
    if not contact.phone:
        return ""
    if contact.is_example:  # nobody shall call a number that was invented
        return format_html(' <bdi class="step-phone">{}</bdi>', contact.phone)
    return format_html(' <a class="step-phone" href="tel:{}"><bdi>{}</bdi></a>', contact.phone_uri, contact.phone)
