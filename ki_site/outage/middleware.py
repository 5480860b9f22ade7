"""Lets requests pass as long as the database is there."""

from django.urls import Resolver404, resolve

from .answers import WITHOUT_DATABASE, answer
from .breaker import breaker
from .room import room

# Seconds that a page waits for one answer of PostgreSQL. Commands wait as long as it takes.
PATIENCE = 8


def answer_without_database(get_response):
    make_connections_impatient()

    def middleware(request):
        match = match_of(request)
        if match and match.view_name in WITHOUT_DATABASE:
            return get_response(request)
        if breaker.is_away():
            return answer(request, match)
        if request.method in ("GET", "HEAD"):
            return get_response(request)
        with room.place() as has_place:
            return get_response(request) if has_place else answer(request, match)

    return middleware


def match_of(request):
    """The view of an address, or None where there is none."""
    try:
        return resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None


def make_connections_impatient():
    from django.db import connection

    if connection.vendor == "postgresql":
        from .connection import ImpatientConnection

        ImpatientConnection.patience = PATIENCE
