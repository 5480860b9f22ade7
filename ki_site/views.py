"""Pages for what went wrong, in the look and the language of the site."""

import errno
import sys

from django.conf import settings
from django.db import DatabaseError, Error
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language

from contacts.hosts import city_here
from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES
from pages.site import load_site

from .outage.answers import answer
from .outage.breaker import breaker
from .outage.middleware import match_of
from .request_id import error_number

# A disk that is full, or was made read-only because it is broken.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def error_page(request, status, **context):
    context |= {
        "language": LANGUAGES.get(get_language()) or LANGUAGES[settings.LANGUAGE_CODE],
        "languages": INTERFACE_LANGUAGES,
    }
    return render(request, f"{status}.html", context, status=status)


def bad_request(request, exception):
    return error_page(request, 400)


def permission_denied(request, exception):
    return error_page(request, 403)


def csrf_failure(request, reason=""):
    return error_page(request, 403)


def page_not_found(request, exception):
    """Inside a city the page shows that city's menu and phone number."""
    language, _slash, rest = request.path_info.lstrip("/").partition("/")
    city_slug = city_here() or rest.partition("/")[0]
    if city_slug and language in {interface_language.tag for interface_language in INTERFACE_LANGUAGES}:
        try:
            site = load_site(language, city_slug)
            return render(request, "404.html", {"site": site, "contacts": site.contacts()}, status=404)
        except (Http404, DatabaseError):
            pass  # no such city, or no database: the plain page below needs neither
    return error_page(request, 404)


def server_error(request):
    """A database that is away is answered for by the snapshot. What else went wrong is not hidden."""
    error = sys.exc_info()[1]
    if isinstance(error, Error) and breaker.is_outage(error):
        return answer(request, match_of(request))
    # Only staff store files.
    status = 507 if isinstance(error, OSError) and error.errno in NO_ROOM else 500
    return error_page(request, status, error_number=error_number())
