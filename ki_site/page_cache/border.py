"""The page cache at the border of WSGI: a page that was read before is answered before Django hears of it."""

import os
import re
from datetime import UTC, datetime
from time import monotonic, time

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import QueryDict

from freshness.public_page import ALL_CITIES, LONGEST_QUERY, VISIT, Visit, canonical

from ..encodings import best_encoding
from .entry import UNSURE, Entry, cache_control
from .instants import next_instant
from .purging import Purging
from .store import SHARE_OF_QUERIES, Store
from .watcher import Watcher

LONGEST_PATH = 300  # characters
PLAIN_HOST = re.compile(r"[a-z0-9.-]*[a-z0-9](:[0-9]{1,5})?|\[[0-9a-f:.]+\](:[0-9]{1,5})?")
OK, NOT_MODIFIED = "200 OK", "304 Not Modified"


class PageCache:
    """`PageCache(application)` is the application with the cache in front of it."""

    def __init__(self, application, most_bytes=None):
        self.application = application
        most_bytes = settings.PAGE_CACHE_BYTES if most_bytes is None else most_bytes
        self.pages = Store(most_bytes - most_bytes // SHARE_OF_QUERIES)
        self.queries = Store(most_bytes // SHARE_OF_QUERIES)
        self.purging = Purging(settings.PURGE_URLS)
        # Called in the watching thread with the slugs of cities that have changed.
        self.on_change = [self.purging.send]
        # Called with (key, entry) once a page is kept.
        self.on_stored = []
        # Called with (environ, key) when the database is gone and nothing is kept: an iterable answer, or None.
        self.when_gone = None
        self.watcher = Watcher(self.forget, [self.ripen])
        self.start_anew()
        os.register_at_fork(after_in_child=self.start_anew)

    def start_anew(self):
        self.watcher.start_anew()
        self.pages.start_anew()
        self.queries.start_anew()
        self.parameters = {}  # path: those that its view declares
        self.next_instants = {}  # city: (its last change, since, instant)
        self.young = []
        self.hits = self.misses = self.bypassed = self.not_modified = self.stale = 0
        self.get = self.pages.get

    # --- What is kept -------------------------------------------------------------------------------

    def __call__(self, environ, start_response):
        if environ["QUERY_STRING"] or not self.may_be_kept(environ):
            return self.with_query(environ, start_response)
        key = self.key(environ)
        entry = self.get(key)
        if entry is None or time() >= entry.calm_until or monotonic() >= self.watcher.sure_until:
            return self.with_care(environ, start_response, key, entry)
        return self.answer(environ, start_response, entry)

    @staticmethod
    def key(environ, query=""):
        return (
            environ.get("HTTP_HOST"),
            environ["PATH_INFO"],
            query,
            environ.get(FORWARDED) if FORWARDED else None,
            environ["wsgi.url_scheme"],
        )

    @staticmethod
    def may_be_kept(environ):
        cookie = environ.get("HTTP_COOKIE")
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and (cookie is None or SESSION not in cookie)
            and "HTTP_AUTHORIZATION" not in environ
            and not environ.get("SCRIPT_NAME")
        )

    def answer(self, environ, start_response, entry):
        """The usual case, in which everything has been prepared."""
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

    def answer_near_its_end(self, environ, start_response, entry, age):
        variant = entry.variants[best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        whole, bare = (variant.with_age(fixed, age, entry.last_modified) for fixed in variant.fixed)
        if entry.count is not None:
            entry.count(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        if is_known(environ, variant, entry):
            start_response(NOT_MODIFIED, bare)
            return ()
        start_response(OK, whole)
        return variant.body if environ["REQUEST_METHOD"] == "GET" else ()

    # --- Everything else ------------------------------------------------------------------------------

    def with_query(self, environ, start_response):
        if not self.may_be_kept(environ):
            self.bypassed += 1
            return self.application(environ, start_response)
        query = self.known_query(environ)
        if query is None:
            return self.ask(environ, start_response, None)
        key = self.key(environ, query)
        entry = self.store_of(query).get(key)
        if entry is None or time() >= entry.calm_until or not self.watcher.is_sure:
            return self.with_care(environ, start_response, key, entry)
        return self.answer(environ, start_response, entry)

    def store_of(self, query):
        return self.queries if query else self.pages

    def known_query(self, environ):
        """Of a query only what counts, or None: what counts there is not known yet, or nothing will be kept."""
        parameters = self.parameters.get(environ["PATH_INFO"])
        if parameters is None:
            return None
        if not parameters:
            return ""
        try:
            query = canonical(parameters, QueryDict(environ["QUERY_STRING"]))
        except SuspiciousOperation:  # too many
            return None
        return query if len(query) <= LONGEST_QUERY else None

    def with_care(self, environ, start_response, key, entry):
        """Nothing is kept, it is about to change, or it is not sure that it is still right."""
        self.watcher.ensure_started()
        if entry is None:
            return self.ask(environ, start_response, key)
        now = time()
        is_sure = self.watcher.is_sure
        if now < entry.until and is_sure:
            self.hits += 1
            return self.answer_near_its_end(environ, start_response, entry, cache_control(entry.until - now))
        if now < entry.until or self.watcher.database_is_gone:
            self.stale += 1
            return self.answer_near_its_end(environ, start_response, entry, UNSURE)
        return self.ask(environ, start_response, key, entry)

    def ask(self, environ, start_response, key, former=None):
        """Lets Django answer, and keeps the answer if the view says that it is for everybody."""
        self.watcher.ensure_started()
        self.misses += 1
        if self.watcher.database_is_gone and self.when_gone and (body := self.when_gone(environ, start_response)):
            return body
        number, made_at = self.watcher.number, time()
        answer = Answer()
        with Visit() as visit:
            environ[VISIT] = visit
            result = self.application(environ, answer.start_response)
        try:
            if former is not None and answer.status.startswith("5"):
                self.stale += 1
                return self.answer_near_its_end(environ, start_response, former, UNSURE)
            entry, until = self.entry_of(environ, visit, answer, result, made_at), 0
            if entry is None:
                start_response(answer.status, answer.headers)
                answer.is_passed_on = True
                return result
            until = entry.until - time() if self.keep(environ, visit, entry, number) else 0
            return self.answer_near_its_end(environ, start_response, entry, cache_control(until))
        finally:
            if not answer.is_passed_on and hasattr(result, "close"):
                result.close()

    def entry_of(self, environ, visit, answer, result, made_at):
        """None where the answer goes to this one reader only."""
        if not visit.is_public or not answer.is_for_everybody:
            return None
        visit.cities = visit.cities or {ALL_CITIES}
        try:
            until = min(self.next_instant(city, made_at) for city in visit.cities)
        except DatabaseError:
            until = 0
        body = b"".join(result)
        # The one who asked has been counted by the view.
        return Entry(body, answer.headers, visit, self.purging.tags(visit.cities), made_at, until)

    def keep(self, environ, visit, entry, number):
        if not number or not self.has_plain_address(environ) or len(visit.query) > LONGEST_QUERY:
            return False
        if time() >= entry.until:
            return False
        key = self.key(environ, visit.query)
        if len(self.parameters) > 10_000:
            self.parameters.clear()
        self.parameters[key[1]] = visit.parameters
        if not self.store_of(visit.query).put(key, entry, number):
            return False
        self.young.append(entry)
        for hook in self.on_stored:
            hook(key, entry)
        return True

    def has_plain_address(self, environ):
        """Others get their answers too, but each has to be made: they could be written in any number of ways."""
        host, scheme = environ.get("HTTP_HOST"), environ.get(FORWARDED) if FORWARDED else None
        return (
            host is not None
            and PLAIN_HOST.fullmatch(host) is not None
            and scheme in (None, "http", "https")
            and len(environ["PATH_INFO"]) <= LONGEST_PATH
        )

    def next_instant(self, city, since):
        """Asked once for each change and once after each instant."""
        change = self.pages.last_change({city})
        known = self.next_instants.get(city)
        if known and known[0] == change and known[1] <= since < known[2]:
            return known[2]
        instant = next_instant(city, datetime.fromtimestamp(since, UTC)).timestamp()
        self.next_instants[city] = change, since, instant
        return instant

    # --- The watching thread ------------------------------------------------------------------------

    def forget(self, cities, number):
        self.pages.forget(cities, number)
        self.queries.forget(cities, number)
        if cities is not None or number > 1:
            slugs = self.purging.slugs(cities)
            for hook in self.on_change:
                self.watcher.do(lambda hook=hook: hook(slugs))

    def ripen(self):
        now = time()
        young, self.young = self.young, []
        self.young += [entry for entry in young if not entry.ripen(now)]


class Answer:
    """What Django says before the body."""

    is_passed_on = False

    def start_response(self, status, headers, exc_info=None):
        self.status, self.headers = status, headers

    @property
    def is_for_everybody(self):
        names = {name.lower() for name, _value in self.headers}
        vary = {
            each.strip().lower() for name, value in self.headers if name.lower() == "vary" for each in value.split(",")
        }
        return (
            self.status.startswith("200 ")
            and names.isdisjoint(("set-cookie", "cache-control", "content-encoding", "content-range"))
            and vary <= {"accept-encoding"}
        )


def is_known(environ, variant, entry):
    """Whether the reader has the page already: If-None-Match decides where it is sent."""
    if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        if tags == variant.etag:
            return True
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return variant.etag in known or tags.strip() == "*"
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and since == entry.last_modified


SESSION = f"{settings.SESSION_COOKIE_NAME}="
# The header that says whether the reader came by TLS, if settings believe one.
FORWARDED = settings.SECURE_PROXY_SSL_HEADER and settings.SECURE_PROXY_SSL_HEADER[0]
