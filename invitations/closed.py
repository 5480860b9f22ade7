"""The page at a link that opens nothing, or nothing any more."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES
from contacts.models import CityLanguage
from pages.site import Site


def centre_of(city):
    """The site of a city in the reader's language, whether or not it is public yet."""
    city_languages = list(CityLanguage.objects.for_city(city).select_related("city"))
    return Site(city, LANGUAGES[get_language()], city_languages, timezone.now())


def frame_of(city):
    """What the pages behind a link show around their content: the way to the public site only if there is one."""
    centre = centre_of(city)
    return {
        "centre": centre,
        "site": centre if city.is_public else None,
        "language": centre.language,
        "languages": INTERFACE_LANGUAGES,
    }


def closed_page(request, invitation):
    """Says who can help only to those who hold a link that once was one of ours."""
    context = {"language": LANGUAGES[get_language()], "languages": INTERFACE_LANGUAGES}
    if invitation:
        context |= frame_of(invitation.city)
        context["contacts"] = context["centre"].contacts()
    return render(request, "invitations/closed.html", context | {"invitation": invitation}, status=404)


def refused_page(request):
    """What another website made the browser send."""
    context = {"language": LANGUAGES[get_language()], "languages": INTERFACE_LANGUAGES}
    return render(request, "403.html", context, status=403)
