"""Does a page take longer because more cities use the site? Asked without a server in between.

The databases are asked in turn, so that a busy moment of the machine hits both. Between the same address asked twice
lie all the others. The page cache has no part in it.
"""

import json
import random
import sys
from statistics import median
from time import perf_counter

import environ
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from contacts.models import City
from contacts.topics import Topic
from pages.models import Page

from .seed import STAFF, progress
from .texts import Words

PAGES = {
    "start page": "/ar/{city}/",
    "page": "/ar/{city}/{page}/",
    "offer": "/ar/{city}/{offer}/",
    "offers, list": "/ar/{city}/angebote/",
    "offers, found": "/ar/{city}/angebote/?thema={topic}",
    "contacts, found": "/ar/{city}/kontakt/?thema={topic}",
    "events, list": "/ar/{city}/termine/",
    "search in a city": "/de/{city}/suche/?q={word}",
    "search, misspelt": "/de/{city}/suche/?q={word}x",
    "search everywhere": "/de/suche/?q={word}",
    "search everywhere, misspelt": "/de/suche/?q={word}x",
    "portal": "/ar/",
    "portal, place": "/ar/?ort=33602",
    "sitemap, part": "/sitemap-{city}.xml",
    "admin, start": "/admin/",
    "admin, pages": "/admin/pages/page/?city__id__exact={city_id}",
    "admin, all pages": "/admin/pages/page/",
    "admin, one page": "/admin/pages/page/{page_id}/change/",
    "admin, contacts": "/admin/contacts/contact/",
    "admin, matrix": "/admin/pages/page/uebersetzungen/?city={city_id}",
}
CITY = "bielefeld"


class Database:
    """`use` makes it the one that the site talks to."""

    def __init__(self, url):
        self.settings = environ.Env.db_url_config(url)
        self.times = {name: [] for name in PAGES}

    def use(self):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
        connection.settings_dict["NAME"] = self.settings["NAME"]
        City.objects.count()
        user, self.city_id = User.objects.get(username=STAFF), City.objects.get(slug=CITY).pk
        self.visitor, self.staff = Client(), Client()
        self.staff.force_login(user)
        self.visitor.get("/de/bochum/")  # a new connection knows nothing of the tables yet

    def measure(self, round_number):
        self.use()
        chance = random.Random(round_number)  # noqa: S311 - the same addresses in both databases
        pages = Page.objects.filter(city=self.city_id).exclude(parent=None)
        page_id, page = chance.choice(list(pages.values_list("pk", "slug")))
        offers = Page.objects.filter(city=self.city_id, kind=Page.Kind.OFFER).values_list("slug", flat=True)
        choice = {
            "city": CITY,
            "city_id": self.city_id,
            "page": page,
            "page_id": page_id,
            "offer": chance.choice(sorted(offers)),
            "topic": chance.choice(Topic.values),
            "word": chance.choice(Words("de").words[:300]),
        }
        for name, path in PAGES.items():
            address = path.format(**choice)
            client = self.staff if address.startswith("/admin/") else self.visitor
            start = perf_counter()
            response = client.get(address)
            self.times[name].append((perf_counter() - start) * 1000)
            if response.status_code != 200:
                sys.exit(f"{address}: {response.status_code} {response.headers.get('Location', '')}")


def main(rounds, *urls):
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    databases = [Database(url) for url in urls]
    for number in range(-1, int(rounds)):
        for database in databases:
            database.measure(number)
            if number < 0:  # the first answers load templates and the like
                database.times = {name: [] for name in PAGES}
        progress(f"{connection.vendor}: round {max(number, 0) + 1} of {rounds}")
    progress("")
    times = {name: [median(database.times[name]) for database in databases] for name in PAGES}
    json.dump(times, sys.stdout)
