"""Empty places for restores, and everything that a visitor can reach."""

import re
from contextlib import contextmanager
from html import unescape
from urllib.parse import urldefrag, urljoin

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.utils import load_backend
from django.test import Client, override_settings

from backups.connection import connected_to

HREF = re.compile(r'(?:href|src|poster|action)="([^"]*)"|(?<=, |=")(/media/[^" ,]+)|<loc>([^<]*)</loc>')
# Different in every answer, as they must be.
DRAWN_AT_RANDOM = re.compile(rb'name="form_key" value="[^"]*"')


@contextmanager
def empty_place(folder):
    """An empty database of the same kind and an empty folder for uploads, in the place of those of the test."""
    folder.mkdir()
    with empty_database(folder), override_settings(MEDIA_ROOT=folder / "media"):
        yield


@contextmanager
def empty_database(folder):
    if connection.vendor == "sqlite":
        with connected_to(name=str(folder / "empty.sqlite3")):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS empty_place")
        cursor.execute("CREATE DATABASE empty_place")
    try:
        with connected_to(name="empty_place"):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE empty_place")


@contextmanager
def empty_sqlite_place(folder):
    """SQLite, whatever the tests run on."""
    folder.mkdir()
    before = connections[DEFAULT_DB_ALIAS]
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
    database = before.settings_dict | {"NAME": str(folder / "empty.sqlite3"), "OPTIONS": options}
    database["ENGINE"] = "django.db.backends.sqlite3"
    connections[DEFAULT_DB_ALIAS] = load_backend(database["ENGINE"]).DatabaseWrapper(database, DEFAULT_DB_ALIAS)
    try:
        with override_settings(MEDIA_ROOT=folder / "media"):
            yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections[DEFAULT_DB_ALIAS] = before


def everything_public(languages=None):
    """{address: (status, body)} of all that can be reached by links, from the portal and the sitemap on.

    Without questions to lists: their combinations have no end.
    """
    client, answers, waiting = Client(), {}, ["/", "/sitemap.xml", "/robots.txt"]
    while waiting:
        address = waiting.pop()
        if address in answers or is_of_another_language(address, languages):
            continue
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        response.close()
        answers[address] = response.status_code, DRAWN_AT_RANDOM.sub(b"", body)
        if "Location" in response.headers:
            waiting.append(response["Location"])
        if response["Content-Type"].startswith(("text/html", "application/xml")):
            waiting += addresses_in(body.decode(), address)
    return answers


def is_of_another_language(address, languages):
    tag = address.split("/")[1]
    return languages is not None and tag in dict(settings.LANGUAGES) and tag not in languages


def addresses_in(text, base):
    found = (unescape(next(filter(None, match), "")) for match in HREF.findall(text))
    joined = {urldefrag(urljoin(f"http://testserver{base}", href)).url for href in found}
    own = {each.removeprefix("http://testserver") for each in joined if each.startswith("http://testserver/")}
    return sorted(each for each in own if "?" not in each and not each.startswith(("/static/", "/admin/")))
