"""A contact as a vCard 4.0 (RFC 6350), for the address book of a telephone."""

from datetime import UTC
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _
from icalendar import Parameters, vText, vUri
from icalendar.parser import Contentline, Contentlines
from icalendar.prop import vAdr, vN, vOrg

from .content_lines import one_line
from .hosts import on_main_host


def line(name, value, **parameters):
    return Contentline.from_parts(name, Parameters(parameters), value)


def text_line(name, text, **parameters):
    return line(name, vText(one_line(text)), **parameters)


def vcard(contact, language, centre_name, url, instant):
    """The bytes of the file. `url` is the address of the contact's page in the reader's language."""
    lines = [
        text_line("BEGIN", "VCARD"),
        text_line("VERSION", "4.0"),
        *head(contact, language, centre_name),
        *ways(contact),
        *(line("LANG", vText(tag), PREF=str(place)) for place, tag in enumerate(contact.languages, start=1)),
        line("URL", vUri(url)),
        *notes(contact),
        line("UID", vUri(uuid5(NAMESPACE_URL, on_main_host(contact.get_absolute_url())).urn)),
        text_line("REV", f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
        text_line("END", "VCARD"),
    ]
    return Contentlines(lines).to_ical()


def head(contact, language, centre_name):
    """Who it is. The name of a person only where the centre shows it."""
    function, function_language = contact.function_in(language.tag)
    yield text_line("KIND", "individual" if contact.show_name else "org")
    yield text_line("FN", contact.name if contact.show_name else full_function(function, contact, centre_name))
    if contact.show_name:
        given, _space, family = one_line(contact.name).rpartition(" ")
        yield line("N", vN((family, given, "", "", "")))
    units = [contact.organisation] if contact.organisation else [contact.city.authority, centre_name]
    yield line("ORG", vOrg(tuple(map(one_line, units))))
    yield text_line("TITLE", function, LANGUAGE=function_language.tag)


def full_function(function, contact, centre_name):
    body = contact.organisation or centre_name
    return body if body.startswith(function) else f"{function}, {body}"


def ways(contact):
    for field, kind in (("phone", "voice"), ("mobile", "cell"), ("fax", "fax")):
        if number := getattr(contact, f"{field}_uri"):
            preferred = {"PREF": "1"} if field == "phone" else {}
            yield line("TEL", vUri(f"tel:{number}"), VALUE="uri", TYPE=kind, **preferred)
    if contact.email:
        yield text_line("EMAIL", contact.email)
    if place := contact.location:
        yield line("ADR", vAdr(("", "", *map(one_line, (place.street, place.town)), "", place.postcode, "Deutschland")))


def notes(contact):
    place = contact.location
    said = [
        _("Beispiel") if contact.is_example else "",
        _("Nur mit Termin") if contact.appointment_only else "",
        place.name if place else "",
        _("Raum") + f" {contact.room}" if contact.room else "",
    ]
    if any(said):
        yield text_line("NOTE", ", ".join(filter(None, said)))
