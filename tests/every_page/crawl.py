"""Every public page of the demo, found as a search engine finds them: by following links."""

import re

from django.db import connection
from django.test import Client

LINK = re.compile(r'<a [^>]*?href="([^"#]+)')
# One of the many answers of a form or a finder stands for all.
ANSWERS = (
    "suche/?q=Schule",
    "bielefeld/suche/?q=Schule",
    "bielefeld/suche/?q=gibtesnicht",
    "bielefeld/kontakt/?sprache=ar&jetzt=1",
    "bielefeld/angebote/?thema=schule",
    "?ort=33602",
    "?ort=gibtesnicht",
    "bielefeld/gibt-es-nicht/",
)
REDIRECTS = (301, 302)


def pages_in(language):
    """Path and response of every page that can be reached from the portal without leaving the language."""
    count_rows()
    client = Client()
    home = f"/{language}/"
    found, waiting = {}, [home, *(home + path for path in ANSWERS)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        response = client.get(path)
        if response.status_code in REDIRECTS or not response["Content-Type"].startswith("text/html"):
            continue
        found[path] = response
        links = (link.replace("&amp;", "&") for link in LINK.findall(response.text))
        waiting += [link for link in links if link.startswith(home) and is_new_kind(link)]
    return found


def count_rows():
    """PostgreSQL counts by itself, but perhaps while the tables were empty, and would make its plans for that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def is_new_kind(link):
    """Forms know the page that they were opened from, so that each page links to a form of its own."""
    return "?" not in link
