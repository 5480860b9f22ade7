"""Looking for words, in one city or in all."""

from math import ceil
from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone

from contacts.kept_copies import is_kept_copy
from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES

from ..search.place import Place
from ..search.query import LONGEST_QUERY
from ..search.results import PER_PAGE, search, shown
from ..site import load_site

TEMPLATE = "pages/search.html"
CLOSED = "pages/search_closed.html"


def search_city(request, language, city_slug):
    site = load_site(language, city_slug)
    if is_kept_copy(request):
        return render(request, CLOSED, {"site": site, "contacts": site.contacts()})
    place = Place(site.language, site.instant, site.city, counts_misses=request.method == "GET")
    context = results(request, place) | {"site": site}
    if context["search"].is_empty:
        context["contacts"] = site.contacts()
        site.want_situations()
    return render(request, TEMPLATE, context)


def search_all(request, language):
    if is_kept_copy(request):
        return render(request, CLOSED, {"language": LANGUAGES[language], "languages": INTERFACE_LANGUAGES})
    place = Place(LANGUAGES[language], timezone.now(), counts_misses=request.method == "GET")
    context = results(request, place)
    return render(request, TEMPLATE, context | {"language": LANGUAGES[language], "languages": INTERFACE_LANGUAGES})


def results(request, place):
    found = search(request.GET.get("q", ""), place, exactly="genau" in request.GET)
    last = max(1, ceil(len(found.hits) / PER_PAGE))
    number = min(page_number(request), last)
    return {
        "search": found,
        "results": shown(found, place, number) if found.hits else [],
        "longest_query": LONGEST_QUERY,
        "asked_again": "?" + urlencode({"q": found.asked}) if found.asked else "",
        "exactly": "&genau=1" if "genau" in request.GET else "",
        "number": number,
        "last": last,
        "previous": number - 1,
        "next": number + 1 if number < last else None,
    }


def page_number(request):
    asked = request.GET.get("seite", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
