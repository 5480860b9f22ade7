"""Writes the snapshot: asks the whole site for every public address, as a visitor would."""

import logging
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from time import time
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.http import Http404
from django.utils import timezone

from contacts.hosts import called_as, domains, own_domain_of
from contacts.kept_copies import MARK
from contacts.models import City
from freshness.changes import Changes
from freshness.public_page import ALL_CITIES

from .addresses import addresses_of, addresses_of_portal, next_change
from .breaker import breaker
from .store import PORTAL, Copy, Pages, Part, Writer, key_of

logger = logging.getLogger(__name__)

# In seconds; a little less than the database remembers them.
CHANGES_ARE_KNOWN = 20 * 60 * 60
TRY_AGAIN_AFTER = 10 * 60  # seconds
KEPT_HEADERS = {"Content-Type", "Content-Disposition", "Access-Control-Allow-Origin"}


class NobodyAnswered(Exception):
    """The database went away, or a page is broken that was asked for a copy."""


# --- Asking ------------------------------------------------------------------------------------------------


class Site:
    """The site as WSGI knows it, without the page cache in front: copies are others than what it keeps."""

    def __init__(self):
        self.application = WSGIHandler()
        self.origin = settings.SITE_URL or f"{'https' if settings.HTTPS else 'http'}://{first_host()}"

    def copy(self, address, own_domain=None):
        """What stands at an address of the main host or of an own domain, or None where nothing does any more."""
        key = key_of(address.path, own_domain)
        if address.moved_to:
            return Copy(key, address.language, 301, {"Location": address.moved_to}, b"")
        answer = {}

        def start_response(status, headers):
            answer["status"] = int(status[:3])
            answer["headers"] = {name: value for name, value in headers if name in KEPT_HEADERS}

        origin = urlsplit(own_domain.origin if own_domain else self.origin)
        response = self.application(self.environ(origin, address.path), start_response)
        try:
            body = b"".join(response)
        finally:
            response.close()
        if answer["status"] in (404, 410):
            return None
        if answer["status"] != 200:
            raise NobodyAnswered(f"{address.path}: {answer['status']}")
        ends_at = address.ends_at and address.ends_at.timestamp()
        return Copy(key, address.language, 200, answer["headers"], body, ends_at)

    @staticmethod
    def environ(origin, path):
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": origin.hostname,
            "SERVER_PORT": str(origin.port or (443 if origin.scheme == "https" else 80)),
            "HTTP_HOST": origin.netloc,
            "HTTP_X_FORWARDED_PROTO": origin.scheme,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": origin.scheme,
            "wsgi.input": BytesIO(),
            MARK: True,
        }


def first_host():
    named = (host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*")
    return next(named, "localhost")


@cache
def build():
    """Stands for the version of the site: other templates, words or style sheets make other pages."""
    digest = blake2b(digest_size=12)
    for file in sorted(files_of_site()):
        if file.is_file():
            digest.update(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}".encode())
    digest.update(f"{settings.SITE_URL} {settings.ALLOWED_HOSTS} {settings.HTTPS}".encode())
    return digest.hexdigest()


def files_of_site():
    root = settings.BASE_DIR
    folders = {Path(config.path) for config in apps.get_app_configs()} | {root / "ki_site"}
    for folder in folders:
        if folder.parent in (root, root / "ki_site"):  # not of a library
            yield from folder.rglob("*.py")
    yield from (root / "templates").rglob("*")
    yield from (root / "locale").rglob("*.mo")
    yield Path(settings.STATIC_ROOT) / "staticfiles.json"


# --- Writing -----------------------------------------------------------------------------------------------


def write(say, every_page=False):
    """Brings the snapshot up to date. Returns what could not be written."""
    writer = Writer()
    try:
        return Run(writer, say, every_page).write()
    finally:
        writer.close()


class Run:
    def __init__(self, writer, say, every_page):
        self.writer, self.say, self.site = writer, say, Site()
        self.failed = []
        if every_page:
            writer.note_changes(None, None)

    def write(self):
        """City by city; before each one is asked anew what changed, as the others may have taken long."""
        done = set()
        while True:
            asked_at = timezone.now()
            cities = self.note_changes()
            due = [slug for slug in self.due(cities, asked_at) if slug not in done]
            if not due:
                return self.failed
            self.say(f"{len(due)} zu schreiben, jetzt: {due[0] or 'Portal'}")
            self.write_part(due[0], cities[due[0]], asked_at)
            done.add(due[0])

    def note_changes(self):
        """{slug: primary key} of what is public now. What is not leaves at once."""
        note_changes(self.writer)
        domains.load()
        cities = dict(City.objects.public().values_list("slug", "pk")) | {PORTAL: ALL_CITIES}
        for slug in self.writer.parts().keys() - cities.keys():
            self.writer.drop(slug)
            self.say(f"{slug}: nicht mehr öffentlich")
        return cities

    def due(self, cities, instant):
        """What has to be written, first what was written longest ago; notes of the rest that it is still right."""
        parts, now = self.writer.parts(), instant.timestamp()
        missing = [slug for slug in cities if slug not in parts or parts[slug].city != cities[slug]]
        known = sorted((part for part in parts.values() if part.slug not in missing), key=lambda part: part.written_at)
        self.writer.check([part.slug for part in known if not part.is_due(build(), now)], now)
        return missing + [part.slug for part in known if part.is_due(build(), now)]

    def write_part(self, slug, city, instant):
        own_domain = own_domain_of(slug)
        try:
            with called_as(own_domain):
                addresses, references = addresses_of(slug) if slug else (addresses_of_portal(), [])
        except Http404:  # not public any more, just now
            return
        self.writer.keep_only(slug, [key_of(address.path, own_domain) for address in addresses])
        ends = next_change(city, instant)
        started_at = timezone.now()
        pages = self.pages(slug, addresses, own_domain)
        self.failed += pages.failed
        written_at = instant.timestamp()
        # What had an error is tried again soon, but not each minute with all the rest.
        ends_at = min(ends.timestamp(), written_at + TRY_AGAIN_AFTER) if pages.failed else ends.timestamp()
        part = Part(slug, city, build(), ends_at, written_at, written_at)
        self.writer.replace(part, pages, references)
        seconds = (timezone.now() - started_at).total_seconds()
        size = sum(len(copy.body) for copy in pages.copies)
        self.say(f"{slug or 'Portal'}: {len(pages.copies)} Seiten, {size // 1024} KB, {seconds:.1f} s")

    def pages(self, slug, addresses, own_domain):
        pages = Pages()
        for number, address in enumerate(addresses, start=1):
            try:
                copy = self.site.copy(address, own_domain)
            except NobodyAnswered as error:
                # Without database this and all others would be missing; a page that is broken is missing anyway.
                check_database()
                logger.error("No copy of %s", error)
                pages.failed.append(address.path)
                continue
            if copy:
                pages.add(copy)
            if number % 500 == 0:
                self.say(f"{slug}: {number} von {len(addresses)}")
        return pages


def check_database():
    """Raises an OperationalError where it is away, or was so a moment ago."""
    if breaker.find_out(at_once=True):
        raise OperationalError(breaker.reason)


def note_changes(writer):
    """Marks what has changed since this was asked the last time."""
    changes, now, noted = Changes(), time(), writer.seen()
    if noted and 0 <= now - noted["at"] < CHANGES_ARE_KNOWN:
        changes.server, changes.seen = noted["server"], noted["seen"]
        if isinstance(changes.seen, dict):  # JSON has made words of its keys
            changes.seen = {int(city): number for city, number in changes.seen.items()}
    cities = changes.ask()
    writer.note_changes(cities, {"at": now, "server": changes.server, "seen": changes.seen})
