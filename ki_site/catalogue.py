"""The open data of a city as a catalogue for data portals: DCAT-AP.de 2.0 as JSON-LD, in German."""

from functools import partial

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import override

from contacts.hosts import whole_address
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from freshness.public_page import public_page
from pages.site import load_site

from .open_data import DATASETS, for_everybody

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
EUROPEAN_LISTS = "http://publications.europa.eu/resource/authority"
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv"}

# The names that data portals know the licences by.
LICENCES = {
    City.OpenDataLicence.ZERO: "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
    City.OpenDataLicence.ATTRIBUTION: "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
    City.OpenDataLicence.CC0: "http://dcat-ap.de/def/licenses/cc-zero",
}


@public_page()
def catalogue(request, language, city_slug):
    site = load_site(language, city_slug)
    absolute = partial(whole_address, request)
    with override(SOURCE_LANGUAGE):
        page = absolute(reverse("open_data", args=[SOURCE_LANGUAGE, city_slug]))
        content = {
            "@context": CONTEXT,
            "@id": f"{page}#katalog",
            "@type": "dcat:Catalog",
            "dct:title": german(f"Offene Daten: {site.city.centre_name}"),
            "dct:description": german(f"Angebote, Kontakte und Termine, {site.city.authority}"),
            "dct:publisher": publisher(site.city),
            "foaf:homepage": {"@id": page},
            "dcat:dataset": [entry_of(each, site.city, page, absolute) for each in DATASETS.values()],
        }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False}, content_type="application/ld+json")
    return for_everybody(response, f'inline; filename="{city_slug}-katalog.jsonld"')


def german(text):
    return {"@value": str(text), "@language": SOURCE_LANGUAGE}


def publisher(city):
    return {"@type": "foaf:Organization", "foaf:name": city.authority}


def entry_of(dataset, city, page, absolute):
    return {
        "@id": f"{page}#{dataset.name}",
        "@type": "dcat:Dataset",
        "dct:title": german(f"{dataset.title}, {city.centre_name}"),
        "dct:description": german(dataset.about),
        "dct:publisher": publisher(city),
        "dct:identifier": f"{page}#{dataset.name}",
        "dct:language": {"@id": f"{EUROPEAN_LISTS}/language/DEU"},
        "dct:accrualPeriodicity": {"@id": f"{EUROPEAN_LISTS}/frequency/CONT"},
        "dcat:theme": {"@id": f"{EUROPEAN_LISTS}/data-theme/SOCI"},
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [distribution(dataset, city, extension, page, absolute) for extension in MEDIA_TYPES],
    }


def distribution(dataset, city, extension, page, absolute):
    address = absolute(reverse(f"open_data_{extension}", args=[SOURCE_LANGUAGE, city.slug, dataset.name]))
    attribution = {"dcatde:licenseAttributionByText": german(f"{city.authority}, {city.centre_name}")}
    return {
        "@id": f"{page}#{dataset.name}-{extension}",
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[extension]}"},
        "dct:format": {"@id": f"{EUROPEAN_LISTS}/file-type/{extension.upper()}"},
        "dct:license": {"@id": LICENCES[city.open_data_licence]},
    } | (attribution if city.open_data_licence == City.OpenDataLicence.ATTRIBUTION else {})
