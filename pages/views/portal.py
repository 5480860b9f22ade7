"""The pages above all cities: which language, which centre."""

from itertools import groupby
from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from contacts import places
from contacts.hosts import called_as, city_here, seen_from_here
from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES, SOURCE_LANGUAGE, Language
from contacts.models import City
from freshness.public_page import public_page

# With more sites than these, the form and the list of all centres lead to a site faster than cards.
MOST_CARDS = 8


class Centre(NamedTuple):
    """A centre in the answer to „Wo wohnen Sie?“."""

    city: City
    places: list[str]
    languages: list[Language]  # those of its website, none where it is not public
    name: str
    name_language: Language


def in_readers_language(request, name, *args):
    """A redirect from an address without language to the one the browser asks for."""
    with called_as(None):
        path = reverse(name, args=[request.LANGUAGE_CODE, *args])
    response = redirect(seen_from_here(path))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def choose_language(request):
    """A bare host: of all cities, or of one."""
    city = city_here()
    return in_readers_language(request, "pages:home", city) if city else to_portal(request)


def to_portal(request):
    return in_readers_language(request, "pages:portal")


@public_page("ort")
def portal(request, language):
    cities = list(City.objects.centres().order_by("government_region", "name"))
    regions = [
        (City.GovernmentRegion(region).label, list(members))
        for region, members in groupby(cities, key=lambda city: city.government_region)
    ]
    context = {
        "language": LANGUAGES[language],
        "languages": INTERFACE_LANGUAGES,
        "public_cities": sorted((city for city in cities if city.is_public), key=lambda city: city.name),
        "most_cards": MOST_CARDS,
        "regions": regions,
        "longest": places.LONGEST,
    }
    return render(request, "pages/portal.html", context | answer_to(request.GET.get("ort", ""), cities, language))


def answer_to(typed, cities, language):
    """What the page shows above everything else once somebody has asked for a place."""
    typed = " ".join(typed.split())[: places.LONGEST]
    if not typed:
        return {}
    answer = places.find(typed)
    centres = centres_of(answer, cities, language) if answer.kind == places.Kind.FOUND else []
    if answer.kind == places.Kind.FOUND and not centres:  # somebody changed the key of the centre by hand
        answer = places.Answer(places.Kind.UNKNOWN)
    return {"typed": typed, "answer": answer, "centres": centres}


def centres_of(answer, cities, language):
    """The centres of the places found, in their order; one query for the languages of those that are public."""
    by_key = {city.ags: city for city in cities}
    found = dict.fromkeys(by_key[place.centre] for place in answer.places if place.centre in by_key)
    prefetch_related_objects([city for city in found if city.is_public], "languages")
    return [centre_in(city, answer, language) for city in found]


def centre_in(city, answer, language):
    city_languages = city.languages.all() if city.is_public else []
    own_name = next((line.centre_name for line in city_languages if line.language == language), "")
    return Centre(
        city,
        [place.name for place in answer.places if place.centre == city.ags],
        [line.info for line in city_languages],
        own_name or city.centre_name,
        LANGUAGES[language if own_name else SOURCE_LANGUAGE],
    )
