"""How a view says that its page is the same for everybody, and which parameters of the address count."""

from contextvars import ContextVar
from functools import wraps
from urllib.parse import urlencode

from django.http import QueryDict

# Stands for the list of all cities: what pages depend on that belong to none. See tables.py.
ALL_CITIES = 0
LONGEST_QUERY = 300  # characters

# Where the page cache finds what the view said, in the environment of WSGI.
VISIT = "ki_site.visit"

_visit = ContextVar("visit", default=None)


class Visit:
    """One request of which the answer may be kept for others: what is known about it after it was answered."""

    def __init__(self):
        self.is_public = False
        self.parameters = ()
        self.query = ""  # those of the parameters that count, always written in the same way
        self.cities = set()
        self.ends_at = None  # from when on nobody may be shown a copy any more, however the database is
        self.count = None  # called with Accept-Language for every reader who gets a kept copy

    def __enter__(self):
        self._token = _visit.set(self)
        return self

    def __exit__(self, *_exception):
        _visit.reset(self._token)


def is_for_others_too(request, response):
    """What the page cache keeps: it compresses it by itself, and it is no answer to one request."""
    visit = request.META.get(VISIT)
    return bool(visit) and visit.is_public and response.status_code == 200


def reads(city_id):
    """Whoever shows something of a city says so: when it changes, kept copies of the page are no longer right."""
    if visit := _visit.get():
        visit.cities.add(city_id)


def ends(instant):
    """A text on the page is public until then; None: for as long as nobody takes it back."""
    visit = _visit.get()
    if visit and instant and (visit.ends_at is None or instant < visit.ends_at):
        visit.ends_at = instant


def for_each_reader(request, count):
    """`count` is called with Accept-Language whenever somebody gets a kept copy of this page. It must be fast."""
    if visit := request.META.get(VISIT):
        visit.count = count


def canonical(parameters, query):
    """The parameters that count, each once and in the order in which the view names them; empty ones say nothing."""
    return urlencode([(name, query[name]) for name in parameters if query.get(name)])


def public_page(*parameters):
    """The page is the same for everybody who asks for this address, whatever else the request says.

    Parameters that are not named here never reach the view: nothing of them can stand in a copy that others get.
    """

    def decorate(view):
        @wraps(view)
        def public_view(request, *args, **kwargs):
            visit = request.META.get(VISIT)
            query = canonical(parameters, request.GET)
            request.GET = QueryDict(query)
            request.META["QUERY_STRING"] = query
            if visit is None:
                response = view(request, *args, **kwargs)
                response.headers.setdefault("Cache-Control", "private, no-cache")
                return response
            visit.is_public, visit.parameters, visit.query = True, parameters, query
            return view(request, *args, **kwargs)

        public_view.public_parameters = parameters
        return public_view

    return decorate
