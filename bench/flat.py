"""Does a page take longer because more cities use the site?

    python bench/flat.py                                         # SQLite, in a folder that is deleted afterwards
    python tests/with_postgresql.py python bench/flat.py         # a PostgreSQL of its own

Prints the time with 54 cities as a multiple of the time with 2. Both databases stand side by side and are asked
in turn, so that a busy moment of the machine hits both.
"""

import os
import random
import sys
import tempfile
from io import StringIO
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
PAGES_PER_CITY = int(os.environ.get("BENCH_PAGES", "50"))
ROUNDS = 40

scratch = tempfile.TemporaryDirectory(prefix="ki-bench-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "ki_site.settings", "SECRET_KEY": "bench", "DEBUG": "0", "HTTPS": "0"}
os.environ |= {"DATA_DIR": scratch.name, "ALLOWED_HOSTS": "testserver"}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{scratch.name}/bench.sqlite3")
sys.path.insert(0, str(ROOT))

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from contacts.models import City, CityLanguage, Contact  # noqa: E402
from contacts.topics import Topic  # noqa: E402
from offers.models import Offer  # noqa: E402
from pages.models import Page, PageRevision, PageTranslation, SearchText  # noqa: E402

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

chance = random.Random(54)  # noqa: S311 - the same words in every run
SYLLABLES = [
    "be",
    "ra",
    "tung",
    "schu",
    "le",
    "ver",
    "ein",
    "spra",
    "che",
    "kin",
    "der",
    "hil",
    "fe",
    "an",
    "ge",
    "bot",
]
WORDS = sorted({"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(3000)})
# Words with their own frequencies, as in a language: few are everywhere, most are rare.
FREQUENCIES = [1 / (rank + 1) for rank in range(len(WORDS))]


def sentence(length):
    return " ".join(chance.choices(WORDS, FREQUENCIES, k=length)).capitalize() + "."


def text():
    body = "".join(f"<p>{sentence(40)}</p>" for _ in range(4))
    return {"title": sentence(4), "summary": sentence(15), "body": body}


def seed_city(city):
    """Pages of which every fifth is an offer, each in German and Arabic, and contacts."""
    with transaction.atomic():
        CityLanguage.objects.get_or_create(city=city, language="ar", defaults={"position": 1})
        for number in range(10):
            Contact.objects.create(
                city=city,
                is_main=number == 0,
                function=sentence(2),
                phone="030 23125 001",
                phone_uri="+493023125001",
                topics=[chance.choice(Topic.values)],
            )
        revisions = []
        for number in range(PAGES_PER_CITY):
            place = {"city": city, "slug": f"seite-{number}", "position": number, "in_navigation": number < 6}
            if number % 5:
                page = Page.objects.create(**place)
            else:
                page = Offer.objects.create(**place, pillar="education", topics=[chance.choice(Topic.values)])
            for language in ("de", "ar"):
                translation = PageTranslation(page=page, language=language, **text())
                translation.save()
                revisions.append(
                    PageRevision(
                        translation=translation,
                        visible_from=timezone.now(),
                        digests=translation.digests,
                        **translation.texts(),
                    )
                )
        PageRevision.objects.bulk_create(revisions)
        SearchText.objects.write_all(revisions)


PAGES = {
    "start page": "/ar/{city}/",
    "page": "/ar/{city}/seite-3/",
    "offers, found": "/ar/{city}/angebote/?thema=schule",
    "contacts, found": "/ar/{city}/kontakt/?thema=schule",
    "search in a city": "/ar/{city}/suche/?q={word}",
    "search, misspelt": "/ar/{city}/suche/?q={word}x",
    "search everywhere": "/ar/suche/?q={word}",
    "portal": "/ar/?ort=33602",
    "sitemap of a city": "/sitemap-{city}.xml",
}


class Database:
    """One of the two databases; `use` makes it the one that the site talks to."""

    def __init__(self, cities):
        self.cities = cities
        self.name = f"{connection.settings_dict['NAME']}{'_' if connection.vendor == 'postgresql' else '-'}{cities}"
        self.times = {name: [] for name in PAGES}

    def create(self):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{self.name}"')
        self.use()
        call_command("migrate", verbosity=0)
        call_command("load_centres", verbosity=0, stdout=StringIO())
        cities = sorted(City.objects.all(), key=lambda city: city.slug not in ("bielefeld", "bochum"))[: self.cities]
        for number, city in enumerate(cities, start=1):
            seed_city(city)
            print(f"\r{self.cities} cities: {number} seeded", end="", flush=True)
        print()
        City.objects.filter(pk__in=[city.pk for city in cities]).update(is_public=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def use(self):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
        connection.settings_dict["NAME"] = self.name

    def measure(self):
        self.use()
        client = Client()
        client.get("/de/")
        for name, path in PAGES.items():
            address = path.format(city="bielefeld", word=chance.choice(WORDS[:300]))
            start = perf_counter()
            response = client.get(address)
            self.times[name].append((perf_counter() - start) * 1000)
            if response.status_code != 200:
                sys.exit(f"{address}: {response.status_code}")


def main():
    few, many = Database(2), Database(54)
    few.create()
    if connection.vendor == "postgresql":
        connection.close_pool()
        connection.settings_dict["NAME"] = "postgres"
    many.create()
    for _round in range(ROUNDS):
        few.measure()
        many.measure()
    print(f"\n{connection.vendor}, {PAGES_PER_CITY} pages per city in 2 languages, median of {ROUNDS} answers")
    print(f"{'':20} {'2 cities':>10} {'54 cities':>10} {'ratio':>7}")
    for name in PAGES:
        short, long = median(few.times[name]), median(many.times[name])
        print(f"{name:20} {short:>7.1f} ms {long:>7.1f} ms {long / short:>7.2f}")


main()
