"""Offers, contacts and events of a city as JSON and CSV, and the page that explains them.

No names of people, and nothing that is invented for a demonstration.
"""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.hosts import whole_address
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import Contact, Location, OpeningHours
from contacts.spreadsheet import without_formula
from contacts.topics import Audience, Topic
from events.models import Event
from freshness.public_page import public_page
from offers.models import Offer
from pages.linked_data import moment
from pages.models import Cost, FocusArea, Page
from pages.site import load_site

NOT_EXPORTED = ["body", "short_title", "situation", "digests", "source_digests"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BETWEEN_VALUES = "|"


# --- What there is ---------------------------------------------------------------------------------


@dataclass
class Dataset:
    name: str  # in the address
    title: str
    about: str
    fields: dict  # name: meaning
    items: object  # from a Site and the function that completes an address

    def rows(self, site, absolute):
        """Every item has every field, in the documented order."""
        return [{field: item[field] for field in self.fields} for item in self.items(site, absolute)]


TEXT_FIELDS = {
    "id": _("Kennung, bleibt immer gleich"),
    "url": _("Internet-Adresse der Seite"),
    "language": _("Sprache, in der die Texte wirklich sind (BCP 47)"),
    "title": _("Überschrift"),
    "summary": _("Kurz gesagt, worum es geht"),
}
USABLE_FIELDS = {
    "topics": _("Themen, siehe Schlüssel"),
    "audiences": _("Für wen, siehe Schlüssel"),
    "spoken_languages": _("Sprachen, in denen es das gibt (BCP 47)"),
    "is_online": _("Auch online: true oder false"),
    "cost": _("Kosten, siehe Schlüssel"),
    "cost_amount": _("Betrag in Euro, mit Punkt vor den Cent"),
    "cost_note": _("Hinweis zu den Kosten"),
}
PLACE_FIELDS = {
    "location_name": _("Name des Hauses"),
    "street": _("Straße und Hausnummer"),
    "postcode": _("Postleitzahl, fünf Ziffern"),
    "town": _("Ort"),
    "step_free": _("Ohne Stufen erreichbar: yes, no oder unknown"),
}
PERIOD_FIELDS = {
    "starts_at": _("Beginn, Zeitpunkt nach ISO 8601 mit Zeitzone"),
    "ends_at": _("Ende, Zeitpunkt nach ISO 8601 mit Zeitzone"),
}
UPDATED_FIELD = {"updated_at": _("Seit wann dieser Text öffentlich ist, Zeitpunkt nach ISO 8601")}
OFFER_FIELDS = {
    "for_whom": _("Für wen das ist, als Satz"),
    "pillar": _("Säule der Arbeit, siehe Schlüssel"),
    "access": _("Wer das nutzen kann, siehe Schlüssel"),
    "individual_advice": _("Persönliche Beratung: true oder false"),
    "appointment_needed": _("Nur mit Termin: true oder false, leer ist nicht bekannt"),
    "is_by_phone": _("Auch am Telefon: true oder false"),
    "age_from": _("Alter von, in Jahren"),
    "age_to": _("Alter bis, in Jahren, einschließlich"),
    "lead_time_days": _("So viele Tage vorher muss man anfragen"),
    "steps": _("So geht es: Schritte in ihrer Reihenfolge"),
    "bring": _("Was man mitbringt"),
    "not_here": _("Was es hier nicht gibt, und wer es kann"),
    "leika_key": _("Schlüssel im Leistungskatalog der Verwaltung, 14 Ziffern"),
    "contacts": _("Kennungen der Kontakte"),
    "last_checked": _("Zuletzt geprüft am, Datum nach ISO 8601"),
}
EVENT_FIELDS = {
    "status": _("Stand, siehe Schlüssel"),
    "previous_start": _("Früherer Beginn eines verschobenen Termins"),
    "for_whom": _("Für wen das ist, als Satz"),
    "bring": _("Was man mitbringt"),
    "series": _("Reihe, zu der der Termin gehört"),
    "organiser": _("Wer einlädt; leer: das Zentrum"),
    "online_url": _("Link zum Online-Termin"),
    "registration": _("Anmeldung, siehe Schlüssel"),
    "registration_url": _("Link zur Anmeldung"),
    "registration_until": _("Anmeldung bis, Zeitpunkt nach ISO 8601"),
    "seats": _("Zahl der Plätze"),
    "contacts": _("Kennungen der Kontakte"),
}
CONTACT_FIELDS = {
    "id": _("Kennung, bleibt immer gleich"),
    "url": _("Internet-Adresse der Seite"),
    "language": _("Sprache, in der die Aufgabe wirklich steht (BCP 47)"),
    "function": _("Aufgabe: wofür der Kontakt da ist"),
    "organisation": _("Name der Stelle, wenn sie nicht zum Zentrum gehört"),
    "is_main": _("Hauptkontakt: true oder false"),
    "topics": _("Themen, siehe Schlüssel"),
    "phone": _("Telefon, wie die Stadt es schreibt"),
    "phone_uri": _("Telefon zum Wählen (RFC 3966)"),
    "fax_uri": _("Telefax zum Wählen (RFC 3966)"),
    "email": _("E-Mail"),
    "spoken_languages": _("Sprachen, die man hier spricht (BCP 47)"),
    "appointment_only": _("Nur mit Termin: true oder false"),
    "unit": _("Amt oder Hausnummer im Anschriftenfeld"),
    "room": _("Raum"),
    "access_note": _("Hinweis zum Eingang"),
    "stop": _("Haltestelle"),
    "hours": _("Öffnungszeiten, siehe Schlüssel; Uhrzeiten in Ortszeit"),
    "last_verified": _("Zuletzt geprüft am, Datum nach ISO 8601"),
}


def offers(site, absolute):
    contacts_of = contact_ids(site)
    return [
        text_of(entry, absolute)
        | usable(entry)
        | place_of(entry.detail.location)
        | offer(entry)
        | {"contacts": contacts_of(entry.page)}
        for entry in entries(site, Page.Kind.OFFER, "offer__location")
    ]


def events(site, absolute):
    contacts_of = contact_ids(site)
    found = entries(site, Page.Kind.EVENT, "event__location")
    return [
        text_of(entry, absolute)
        | usable(entry)
        | place_of(entry.detail.location)
        | event(entry)
        | {"contacts": contacts_of(entry.page)}
        for entry in sorted(found, key=lambda entry: (entry.page.starts_at, entry.page.pk))
    ]


def contacts(site, absolute):
    shown = Contact.objects.for_city(site.city).filter(is_example=False).cards()
    return [contact(each, site, absolute) | place_of(each.location) for each in shown]


DATASETS = {
    dataset.name: dataset
    for dataset in [
        Dataset(
            "angebote",
            _("Angebote"),
            _("Was Menschen und Einrichtungen beim Zentrum nutzen können."),
            TEXT_FIELDS | OFFER_FIELDS | USABLE_FIELDS | PLACE_FIELDS | PERIOD_FIELDS | UPDATED_FIELD,
            offers,
        ),
        Dataset(
            "kontakte",
            _("Kontakte"),
            _("Wer wofür da ist: Telefon, Sprachen, Adressen und Öffnungszeiten, ohne Namen von Menschen."),
            CONTACT_FIELDS | PLACE_FIELDS,
            contacts,
        ),
        Dataset(
            "termine",
            _("Termine"),
            _("Was stattfindet. Ein Termin, der vorbei ist, steht nicht mehr darin."),
            TEXT_FIELDS | PERIOD_FIELDS | EVENT_FIELDS | USABLE_FIELDS | PLACE_FIELDS | UPDATED_FIELD,
            events,
        ),
    ]
}

# Words of the data that need words of a language.
KEYS = [
    ("topics", Topic.choices),
    ("audiences", Audience.choices),
    ("cost", Cost.choices),
    ("pillar", FocusArea.Pillar.choices),
    ("access", Offer.Access.choices),
    ("status", Event.Status.choices),
    ("registration", Event.Registration.choices),
    ("hours", OpeningHours.Kind.choices),
]


# --- Items ---------------------------------------------------------------------------------------------


def entries(site, kind, *details):
    """What is public, real and not over, with its texts: one query."""
    details = (f"translation__page__{detail}" for detail in details)
    wanted = site.revisions().filter(site.not_over, translation__page__kind=kind, translation__page__is_example=False)
    return site.entries_of(wanted.select_related("translation__page", *details).defer(*NOT_EXPORTED))


def contact_ids(site):
    """A function from a page to the contacts it shows, its own or the main one, without invented ones: two queries."""
    main = Contact.objects.for_city(site.city).filter(is_main=True, is_example=False)
    ids_of_main = list(main.values_list("pk", flat=True))
    links = Page.contacts.through.objects.filter(contact__city=site.city).order_by("contact_id")
    found = defaultdict(list)
    for page, contact_id, is_example in links.values_list("page_id", "contact_id", "contact__is_example"):
        found[page] += [] if is_example else [contact_id]
    return lambda page: found.get(page.pk, ids_of_main)


def text_of(entry, absolute):
    text, page = entry.revision, entry.page
    return {
        "id": page.pk,
        "url": absolute(entry.url),
        "language": entry.language.tag,
        "title": text.title,
        "summary": text.summary,
        "for_whom": text.for_whom,
        "bring": text.bring_lines,
        "starts_at": moment(page.starts_at),
        "ends_at": moment(page.ends_at),
        "updated_at": moment(text.visible_from),
    }


def usable(entry):
    detail = entry.detail
    return {
        "topics": detail.topics,
        "audiences": detail.audiences,
        "spoken_languages": detail.languages,
        "is_online": detail.is_online,
        "cost": detail.cost,
        "cost_amount": None if detail.cost_amount is None else f"{detail.cost_amount:.2f}",
        "cost_note": entry.revision.cost_note,
    }


def offer(entry):
    detail = entry.detail
    return {
        "pillar": detail.pillar,
        "access": detail.access,
        "individual_advice": detail.individual_advice,
        "appointment_needed": detail.appointment_needed,
        "is_by_phone": detail.is_by_phone,
        "age_from": detail.age_from,
        "age_to": detail.age_to,
        "lead_time_days": detail.lead_time_days,
        "steps": entry.revision.step_lines,
        "not_here": entry.revision.not_here,
        "leika_key": detail.leika_key,
        "last_checked": entry.page.last_verified and entry.page.last_verified.isoformat(),
    }


def event(entry):
    detail = entry.detail
    return {
        "status": detail.status,
        "previous_start": moment(detail.previous_start),
        "series": detail.series,
        "organiser": detail.organiser,
        "online_url": "" if detail.is_cancelled else detail.online_url,
        "registration": detail.registration,
        "registration_url": detail.registration_url,
        "registration_until": moment(detail.registration_until),
        "seats": detail.seats,
    }


def contact(each, site, absolute):
    """The e-mail address of a contact with a name is often made of that name, and stays out with it."""
    function, language = each.function_in(site.language.tag)
    place = each.location or Location()
    return {
        "id": each.pk,
        "url": absolute(reverse("pages:contact", args=[site.language.tag, site.city.slug, each.pk])),
        "language": language.tag,
        "function": function,
        "organisation": each.organisation,
        "is_main": each.is_main,
        "topics": each.topics,
        "phone": each.phone,
        "phone_uri": each.phone_uri and f"tel:{each.phone_uri}",
        "fax_uri": each.fax_uri and f"tel:{each.fax_uri}",
        "email": "" if each.name else each.email,
        "spoken_languages": each.languages,
        "appointment_only": each.appointment_only,
        "unit": place.unit,
        "room": each.room,
        "access_note": place.access_note,
        "stop": place.stop,
        "hours": [
            opening(line) for line in each.known_hours if line.valid_until is None or line.valid_until >= site.today
        ],
        "last_verified": each.last_verified and each.last_verified.isoformat(),
    }


def place_of(location):
    location = location or Location(step_free="")
    return {
        "location_name": location.name,
        "street": location.street,
        "postcode": location.postcode,
        "town": location.town,
        "step_free": location.step_free,
    }


def opening(line):
    """`monday 09:00-16:00 open`, and the first and last day where it has some: `2026-03-01/2026-03-31`, `/…`, `…/`."""
    days = WEEKDAYS[line.weekday] if line.weekday is not None else "daily"
    times = f"{line.opens:%H:%M}-{line.closes:%H:%M}" if line.opens else ""
    has_dates = line.valid_from or line.valid_until
    dates = f"{line.valid_from or ''}/{line.valid_until or ''}" if has_dates else ""
    return " ".join(filter(None, [days, times, line.kind, dates, "exception" if line.is_exception else ""]))


# --- Answers ---------------------------------------------------------------------------------------------


@public_page()
def documentation(request, language, city_slug):
    site = load_site(language, city_slug)
    files = [
        (
            dataset,
            reverse("open_data_json", args=[language, city_slug, dataset.name]),
            reverse("open_data_csv", args=[language, city_slug, dataset.name]),
        )
        for dataset in DATASETS.values()
    ]
    context = {
        "site": site,
        "files": files,
        "keys": KEYS,
        "examples": [whole_address(request, address) for address in files[0][1:]],
        "german": LANGUAGES[SOURCE_LANGUAGE],
    }
    return render(request, "pages/data.html", context)


def load(request, language, city_slug, name):
    if name not in DATASETS:
        raise Http404("no such data")
    site = load_site(language, city_slug)
    return site, DATASETS[name].rows(site, partial(whole_address, request))


@public_page()
def as_json(request, language, city_slug, name):
    site, rows = load(request, language, city_slug, name)
    address = reverse("open_data", args=[language, city_slug])
    content = {
        "licence": site.city.get_open_data_licence_display(),
        "licence_url": site.city.open_data_licence_url,
        "publisher": site.city.authority,
        "city": site.city.name,
        "language": language,
        "generated": moment(site.instant),
        "documentation": whole_address(request, address),
        "items": rows,
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return for_everybody(response, f'inline; filename="{city_slug}-{name}-{language}.json"')


@public_page()
def as_csv(request, language, city_slug, name):
    _site, rows = load(request, language, city_slug, name)
    file = io.StringIO()
    writer = csv.DictWriter(file, DATASETS[name].fields, delimiter=";")
    writer.writeheader()
    writer.writerows({field: cell(field, value) for field, value in row.items()} for row in rows)
    # The mark at the beginning tells Excel that this is UTF-8.
    response = HttpResponse(file.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8; header=present")
    return for_everybody(response, f'attachment; filename="{city_slug}-{name}-{language}.csv"')


def for_everybody(response, disposition):
    """Any website may read the file with its visitors' browsers; there is nothing in it that is somebody's own."""
    response["Content-Disposition"] = disposition
    response["Access-Control-Allow-Origin"] = "*"
    return response


def cell(field, value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        value = BETWEEN_VALUES.join(str(each).replace(BETWEEN_VALUES, "/") for each in value)
    if field == "phone" and value.startswith("+"):
        return f"00{value[1:]}"  # can be dialled just as well
    return without_formula(str(value))
