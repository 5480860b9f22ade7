"""A number for each request, by which what somebody saw is found in the log."""

import re
from contextvars import ContextVar
from uuid import uuid4

from django.conf import settings

from freshness.public_page import is_for_others_too

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
# Enough to find a request of one day, and few enough to say them on the telephone.
SPOKEN = 8

current_id = ContextVar("id of the request that is being answered", default="")


def error_number():
    """The beginning of the id, as people read it to somebody."""
    return current_id.get()[:SPOKEN]


def id_of(request):
    """Our own proxy may have given it one already; what visitors say themselves is not believed."""
    given = request.headers.get(HEADER, "") if settings.PROXY_COUNT else ""
    return given if WELL_FORMED.fullmatch(given) else uuid4().hex


def number_requests(get_response):
    def middleware(request):
        token = current_id.set(id_of(request))
        try:
            response = get_response(request)
            if not is_for_others_too(request, response):
                response[HEADER] = current_id.get()
            return response
        finally:
            current_id.reset(token)

    return middleware
