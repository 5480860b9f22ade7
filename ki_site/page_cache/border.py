"""The page cache at the border of WSGI: a page that was read before is answered before Django hears of it."""

import os
import re
from datetime import UTC, datetime
from time import monotonic, time
from weakref import WeakMethod

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import QueryDict
from django.utils import timezone

from freshness.public_page import ALL_CITIES, LONGEST_QUERY, VISIT, Visit, canonical
from pages.language_wishes import wishes

from ..encodings import best_encoding
from .answer import Answer
from .entry import Entry
from .instants import next_instant
from .purging import Purging
from .store import SHARE_OF_QUERIES, Store
from .watcher import Watcher

# Longer ones, and hosts and schemes written in another way, are answered, but not kept: they could be invented.
LONGEST_PATH = 300  # characters
MOST_PATHS = 10_000
PLAIN_HOST = re.compile(r"[a-z0-9.-]*[a-z0-9](:[0-9]{1,5})?|\[[0-9a-f:.]+\](:[0-9]{1,5})?")
PLAIN_SCHEMES = (None, "http", "https")

SESSION = f"{settings.SESSION_COOKIE_NAME}="
# The header that says whether the reader came by TLS, if settings believe one.
FORWARDED = settings.SECURE_PROXY_SSL_HEADER and settings.SECURE_PROXY_SSL_HEADER[0]

OK, NOT_MODIFIED = "200 OK", "304 Not Modified"


class PageCache:
    """`PageCache(application)` is the application with the cache in front of it."""

    def __init__(self, application, most_bytes=None):
        self.application = application
        most_bytes = settings.PAGE_CACHE_BYTES if most_bytes is None else most_bytes
        self.pages = Store(most_bytes - most_bytes // SHARE_OF_QUERIES)
        self.queries = Store(most_bytes // SHARE_OF_QUERIES)
        self.purging = Purging(settings.PURGE_URLS)
        # Called in the watching thread with the slugs of the cities that have changed.
        self.on_change = [self.purging.send]
        # Called with (environ, start_response) when the database is gone, also where something is kept: that says
        # nothing of the failure. What it returns is the answer, unless it returns nothing.
        self.instead = None
        self.watcher = Watcher(self.forget, [self.each_second])
        self.start_anew()
        start_anew = WeakMethod(self.start_anew)
        os.register_at_fork(after_in_child=lambda: (start := start_anew()) and start())

    def start_anew(self):
        """A process that has just been forked has the memory of its parent, but nobody who watches."""
        self.watcher.start_anew()
        self.pages.start_anew()
        self.queries.start_anew()
        self.parameters = {}  # (host, path): those that its view declares
        self.next_instants = {}  # city: (its last change, since, instant)
        self.young = []
        self.hits = self.not_modified = self.stale = self.misses = self.bypassed = 0
        self.get = self.pages.entries.get

    # --- The usual case -----------------------------------------------------------------------------

    def __call__(self, environ, start_response):
        if environ["QUERY_STRING"] or not may_be_kept(environ):
            return self.with_query(environ, start_response)
        entry = self.get(key_of(environ))
        if entry is None or time() >= entry.calm_until or monotonic() >= self.watcher.sure_until:
            return self.with_care(environ, start_response, entry)
        return self.hit(environ, start_response, entry)

    def hit(self, environ, start_response, entry):
        """Everything has been prepared."""
        self.hits += 1
        entry.was_used = True
        if entry.count is not None:
            entry.count(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        variant = entry.variants[best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        if is_known(environ, variant, entry):
            self.not_modified += 1
            start_response(NOT_MODIFIED, variant.not_modified.copy())
            return ()
        start_response(OK, variant.headers.copy())
        return variant.body if environ["REQUEST_METHOD"] == "GET" else ()

    # --- Everything else ------------------------------------------------------------------------------

    def with_query(self, environ, start_response):
        if not may_be_kept(environ):
            self.bypassed += 1
            return self.application(environ, start_response)
        query = self.known_query(environ)
        entry = self.store_of(query).get(key_of(environ, query)) if query is not None else None
        if entry is None or time() >= entry.calm_until or not self.watcher.is_sure:
            return self.with_care(environ, start_response, entry)
        return self.hit(environ, start_response, entry)

    def store_of(self, query):
        return self.queries if query else self.pages

    def known_query(self, environ):
        """Of a query only what counts, or None: what counts there is not known yet, or nothing will be kept."""
        parameters = self.parameters.get(key_of(environ)[:2])
        if not parameters:
            return None if parameters is None else ""
        try:
            query = canonical(parameters, QueryDict(environ["QUERY_STRING"]))
        except SuspiciousOperation:  # too many
            return None
        return query if len(query) <= LONGEST_QUERY else None

    def with_care(self, environ, start_response, entry):
        """Nothing is kept, it is about to change, or it is not sure that it is still right."""
        self.watcher.ensure_started()
        if self.watcher.database_is_gone and (body := self.other_answer(environ, start_response, None)):
            return body
        now = time()
        left = entry.until - now if entry else 0
        if left > 0 and self.watcher.is_sure:
            return self.hit_with_age(environ, start_response, entry, entry.cache_control(now))
        if entry and now < entry.ends_at and (left > 0 or self.watcher.database_is_gone):
            self.stale += 1
            return self.hit_with_age(environ, start_response, entry, entry.cache_control(now, is_sure=False))
        return self.ask(environ, start_response, entry)

    def hit_with_age(self, environ, start_response, entry, age):
        self.hits += 1
        entry.was_used = True
        if entry.count is not None:
            entry.count(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return send(environ, start_response, entry, age)

    def ask(self, environ, start_response, former):
        """Lets Django answer, and keeps the answer if the view says that it is for everybody."""
        self.misses += 1
        number, made_at, answer = self.watcher.number, time(), Answer()
        with Visit() as visit:
            environ[VISIT] = visit
            answer.result = self.application(environ, answer.start_response)
        with answer:
            if answer.is_failure and (body := self.other_answer(environ, start_response, former)):
                return body
            if not (visit.is_public and answer.is_for_everybody):
                return answer.pass_on(start_response)
            entry = self.entry_of(visit, answer, made_at)
            is_kept = self.keep(environ, visit, entry, number)
            return send(environ, start_response, entry, entry.cache_control(time(), is_kept))

    def other_answer(self, environ, start_response, former):
        """A copy that is too old is better than none, unless a text on it is not public any more."""
        now = time()
        if former and now < former.ends_at:
            self.stale += 1
            return send(environ, start_response, former, former.cache_control(now, is_sure=False))
        return self.instead(environ, start_response) if self.instead else None

    def entry_of(self, visit, answer, made_at):
        visit.cities = visit.cities or {ALL_CITIES}
        try:
            until = min(self.next_instant(city, made_at) for city in visit.cities)
            tags = self.purging.tags(visit.cities)
        except DatabaseError:
            until, tags = made_at, []
        return Entry(answer.body, answer.headers, visit, tags, made_at, until)

    def next_instant(self, city, since):
        """Asked once for each change and once after each instant."""
        change = self.pages.last_change({city})
        known = self.next_instants.get(city)
        if known and known[0] == change and known[1] <= since < known[2]:
            return known[2]
        instant = next_instant(city, datetime.fromtimestamp(since, UTC)).timestamp()
        self.next_instants[city] = change, since, instant
        return instant

    def keep(self, environ, visit, entry, number):
        """Unless it is over already, or `number` is not the last answer in which its city had changed."""
        if not number or not has_plain_address(environ, visit.query) or time() >= entry.until:
            return False
        key = key_of(environ, visit.query)
        if not self.store_of(visit.query).put(key, entry, number):
            return False
        if len(self.parameters) >= MOST_PATHS:
            self.parameters.clear()
        self.parameters[key[:2]] = visit.parameters
        self.young.append(entry)
        return True

    # --- The watching thread ------------------------------------------------------------------------

    def forget(self, cities, number):
        """What shows something of these cities; None means that anything may have changed."""
        self.pages.forget(cities, number)
        self.queries.forget(cities, number)
        if cities is not None or number > 1:
            slugs = self.purging.slugs(cities)
            for hook in self.on_change:
                self.watcher.do(hook, slugs)

    def each_second(self):
        now = time()
        self.young = [entry for entry in self.take_young() if not entry.ripen(now)] + self.young
        wishes.write_if_due(timezone.now())

    def take_young(self):
        young, self.young = self.young, []
        return young


def may_be_kept(environ):
    """Whether the answer may be one that others get, too."""
    cookie = environ.get("HTTP_COOKIE")
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and (cookie is None or SESSION not in cookie)
        and "HTTP_AUTHORIZATION" not in environ
        and not environ.get("SCRIPT_NAME")
    )


def key_of(environ, query=""):
    """All that an answer may depend on: what Django makes addresses of, and of the query what the view declares."""
    return (
        environ.get("HTTP_HOST"),
        environ["PATH_INFO"],
        query,
        environ.get(FORWARDED) if FORWARDED else None,
        environ["wsgi.url_scheme"],
    )


def has_plain_address(environ, query):
    host, forwarded = environ.get("HTTP_HOST"), environ.get(FORWARDED) if FORWARDED else None
    return (
        host is not None
        and PLAIN_HOST.fullmatch(host) is not None
        and forwarded in PLAIN_SCHEMES
        and len(environ["PATH_INFO"]) <= LONGEST_PATH
        and len(query) <= LONGEST_QUERY
    )


def is_known(environ, variant, entry):
    """Whether the reader has the page already. If-None-Match decides where it is sent."""
    if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        if tags == variant.etag:
            return True
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return variant.etag in known or tags.strip() == "*"
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and since == entry.last_modified


def send(environ, start_response, entry, age):
    """An answer with a Cache-Control of its own."""
    variant = entry.variants[best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
    whole, without_body = (variant.with_age(fixed, age, entry.last_modified) for fixed in variant.fixed)
    if is_known(environ, variant, entry):
        start_response(NOT_MODIFIED, without_body)
        return [b""]
    start_response(OK, whole)
    return variant.body if environ["REQUEST_METHOD"] == "GET" else [b""]
