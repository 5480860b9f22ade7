"""The pages above all cities: which language, which centre."""

from itertools import groupby

from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES
from contacts.models import City


def in_readers_language(request, name, *args):
    """A redirect from an address without language to the one the browser asks for."""
    response = redirect(name, request.LANGUAGE_CODE, *args)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def choose_language(request):
    return in_readers_language(request, "pages:portal")


def portal(request, language):
    cities = list(City.objects.order_by("government_region", "name"))
    regions = [
        (City.GovernmentRegion(region).label, list(members))
        for region, members in groupby(cities, key=lambda city: city.government_region)
    ]
    context = {
        "language": LANGUAGES[language],
        "languages": INTERFACE_LANGUAGES,
        "public_cities": sorted((city for city in cities if city.is_public), key=lambda city: city.name),
        "regions": regions,
    }
    return render(request, "pages/portal.html", context)
