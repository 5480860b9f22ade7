"""By which names the site is called: one for all cities, and the own domain of a city that has one.

https://ki.example/de/bielefeld/kontakt/ is https://ki-bielefeld.example/de/kontakt/: a domain of its own says already
which city is meant. Views and `reverse` know nothing of it, only CityConverter does, by `city_here`.
"""

import json
import logging
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import Error, OperationalError, transaction
from django.http.request import split_domain_port
from django.urls import reverse

LANGUAGE_TAGS = {tag for tag, _name in settings.LANGUAGES}

# Seconds until a database that did not answer is asked again.
AGAIN_AFTER = 5

logger = logging.getLogger(__name__)


class OwnDomain(NamedTuple):
    slug: str
    domain: str

    @property
    def origin(self):
        """With the scheme and the port of the main host."""
        main = urlsplit(settings.SITE_URL)
        return f"{main.scheme}://{self.domain}:{main.port}" if main.port else f"{main.scheme}://{self.domain}"


_here = ContextVar("own domain that was called", default=None)
# None on the main host, and where nobody called.
own_domain_here = _here.get


def city_here():
    """The slug of the city whose own domain was called, or None."""
    here = own_domain_here()
    return here and here.slug


@contextmanager
def called_as(own_domain):
    """Addresses are understood and written as on the own domain of a city; None: as on the main host."""
    token = _here.set(own_domain)
    try:
        yield
    finally:
        _here.reset(token)


# --- Which domains there are -----------------------------------------------------------------------


class Domains:
    """The own domains of all cities, remembered in the process; the watcher of the page cache has them loaded again.

    They are kept on the disk, too: without a database a city is still known by its name.
    """

    # Where it is known already, nobody has to wait for an answer that does not come: ki_site sets it.
    database_is_away = staticmethod(lambda: False)

    def __init__(self):
        self.known = {}
        self.due = 0.0  # when to ask again, on the monotonic clock
        self.are_news = False

    def current(self):
        """Without SITE_URL nobody could be sent back to the main host, so there are none."""
        if not settings.SITE_URL:
            return {}
        if monotonic() >= self.due:
            self.load()
        return self.known

    def load(self):
        """One query. While the database is away what was known last counts."""
        # Before asking, so that a change that comes meanwhile is not missed.
        self.due = inf
        try:
            if self.database_is_away():
                raise OperationalError
            cities = apps.get_model("contacts", "City").objects.exclude(domain=None).order_by("pk")
            pairs = [[city.slug, city.domain] for city in cities.only("slug", "domain")]
        except Error:
            self.due = monotonic() + AGAIN_AFTER
            self.known = self.known or by_name(stored())
            return
        if by_name(pairs) != self.known:
            self.known, self.are_news = by_name(pairs), True
        if pairs != stored():
            store(pairs)

    def use(self, pairs):
        """From now on these pairs of a slug and a domain count, without asking the database."""
        self.known, self.due = by_name(pairs), inf

    def forget(self):
        self.due = 0.0

    def changed(self):
        """Somebody enters a domain or takes it away: this process knows at once, even before all of it is written."""
        self.forget()
        transaction.on_commit(self.forget)


def by_name(pairs):
    """Both by the slug of the city and by the domain; no slug has a dot in it."""
    return {name: own for own in map(OwnDomain._make, pairs) for name in own}


def stored():
    try:
        return json.loads(file_of_domains().read_text())
    except (OSError, ValueError):
        return []


def store(pairs):
    file, new = file_of_domains(), None
    try:
        with NamedTemporaryFile("w", dir=file.parent, prefix=file.name, delete=False) as new:
            json.dump(pairs, new)
        Path(new.name).replace(file)
    except OSError:  # the disk is full or cannot be written: no reason not to answer
        if new:
            Path(new.name).unlink(missing_ok=True)
        logger.warning("The own domains of the cities cannot be kept in %s.", file)


def file_of_domains():
    return settings.DATA_DIR / "domains.json"


domains = Domains()


def own_domain_called(host):
    """The own domain that a Host header names, or None."""
    domain, _port = split_domain_port(host)
    return domains.current().get(domain) if "." in domain else None


def own_domain_of(city_slug):
    return domains.current().get(city_slug)


# --- Addresses ---------------------------------------------------------------------------------------


def parts(path):
    """(before, slug, behind) of a path of the main host, at the place where it names a city if it does."""
    segments = path.split("/")
    place = 2 if segments[1] in LANGUAGE_TAGS else 1
    return segments[:place], "".join(segments[place : place + 1]), segments[place + 1 :]


def at_home(path):
    """A path made for the host that was called: whole if it is at home on the domain of a city, else as it is."""
    if city_here():
        return path
    before, slug, behind = parts(path)
    own = own_domain_of(slug) if behind else None
    return own.origin + "/".join(before + behind) if own else path


def whole_address(request, path):
    """The one address under which everybody shall find what stands at a path made for the host that was called."""
    if not path.startswith("/") or path.startswith("//"):  # uploads may lie at another server
        return request.build_absolute_uri(path)
    if here := own_domain_here():
        return here.origin + path
    address = at_home(path)
    if address == path:
        return settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)
    return address


def whole_address_of(main_path):
    """The same of a path of the main host, whatever was called. Only where there are own domains."""
    with called_as(None):
        address = at_home(main_path)
    return settings.SITE_URL + address if address == main_path else address


def seen_from_here(main_path):
    """A path of the main host as it has to be written on the host that was called."""
    if here := own_domain_here():
        address = whole_address_of(main_path)
        return address.removeprefix(here.origin) if address.startswith(f"{here.origin}/") else address
    return at_home(main_path)


def on_main_host(path):
    """A path made for the host that was called as the main host writes it."""
    before, slug, behind = parts(path)
    here = city_here()
    return path if here in (None, slug) else "/".join([*before, here, slug, *behind])


def portal_address(name, *args):
    """Of a view above all cities, which is only on the main host."""
    with called_as(None):
        path = reverse(name, args=args)
    return settings.SITE_URL + path if city_here() else path
