"""Fills an empty database with cities at full size, as rows: 54 × 200 pages × 12 languages take minutes, not hours.

Every text is public and was three times another one before. Nothing is left out that the site itself writes, but for
the history of rows (`history/`): what is seeded was always so.
"""

import io
import itertools
import json
import random
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from contacts.models import City, CityLanguage, Contact, Funder, Location, OpeningHours
from contacts.topics import Topic
from events.models import Event, News
from offers.models import Call, Offer
from pages.models import FocusArea, Page, PageRevision, PageTranslation, SearchText

from .texts import SITUATIONS, prepare

FIRST = ("bielefeld", "bochum")  # the cities that are measured come first
MENU, FOCUS_AREAS, CALLS = 6, 8, 3
OFFERS, EVENTS, NEWS = 0.2, 0.1, 0.1  # of all pages
FORMER_TEXTS = 3
STAFF = "bench"

KINDS = {Page.Kind.FOCUS_AREA: FocusArea, Page.Kind.OFFER: Offer, Page.Kind.CALL: Call}
KINDS |= {Page.Kind.EVENT: Event, Page.Kind.NEWS: News}


def progress(words, end=""):
    sys.stderr.write(f"\r\033[K{words}{end}")
    sys.stderr.flush()


# --- Writing rows ------------------------------------------------------------------------------------


class Rows:
    """Rows of one table: the named columns differ, the others have their defaults."""

    def __init__(self, model, *names):
        self.fields = [field for field in model._meta.local_concrete_fields if field.name != "id" or "id" in names]
        self.table, self.names, self.model = model._meta.db_table, names, model
        places = {name: place for place, name in enumerate(names)}
        self.cells = [
            (places[field.name], None) if field.name in places else (None, self.default(field)) for field in self.fields
        ]
        self.rows = []

    @staticmethod
    def default(field):
        value = timezone.now() if getattr(field, "auto_now", False) else field.get_default()
        if getattr(field, "auto_now_add", False):
            value = timezone.now()
        # JSON is written as text, whatever the database makes of it.
        if field.get_internal_type() == "JSONField":
            return json.dumps(value)
        return field.get_db_prep_save(value, connection)

    def add(self, *values):
        self.rows.append([default if place is None else values[place] for place, default in self.cells])

    def write(self):
        columns = ", ".join(f'"{field.column}"' for field in self.fields)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.table} ({columns}) FROM STDIN") as copy:
                    for row in self.rows:
                        copy.write_row(row)
            else:
                values = ", ".join(["?"] * len(self.fields))
                # Past Django's cursor, which would rewrite the statement for every row.
                cursor.cursor.connection.executemany(
                    f"INSERT INTO {self.table} ({columns}) VALUES ({values})",  # noqa: S608
                    self.rows,
                )
        self.rows = []


@contextmanager
def without_triggers():
    """Rules and copies that triggers keep are kept by hand: the rows are right, and the index is made in one go."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("ALTER TABLE pages_searchtext ENABLE ALWAYS TRIGGER pages_searchtext_vector")
            yield
            cursor.execute("ALTER TABLE pages_searchtext ENABLE TRIGGER pages_searchtext_vector")
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        progress("The index of the search is made …")
        cursor.execute("INSERT INTO pages_searchindex (pages_searchindex) VALUES ('rebuild')")
        for _name, sql in triggers:
            cursor.execute(sql)


def instant(value):
    return connection.ops.adapt_datetimefield_value(value)


# --- What a city has ---------------------------------------------------------------------------------

WORDS = ("title", "summary", "situation", "body", "for_whom", "steps", "bring", "not_here")
CONTACTS = 10


def kinds(count):
    """The kinds of a city's pages in their order: those of the menu come first."""
    lists = {
        Page.Kind.OFFER: int(count * OFFERS),
        Page.Kind.EVENT: int(count * EVENTS),
        Page.Kind.NEWS: int(count * NEWS),
    }
    fixed = [Page.Kind.HOME, Page.Kind.MISSION, *[Page.Kind.STANDARD] * MENU, *[Page.Kind.FOCUS_AREA] * FOCUS_AREAS]
    fixed += [Page.Kind.CALL] * CALLS + [kind for kind, number in lists.items() for _page in range(number)]
    return fixed + [Page.Kind.STANDARD] * max(0, count - len(fixed))


class Seeding:
    def __init__(self, pages, languages):
        self.kinds, self.languages = kinds(pages), languages
        self.chance = random.Random(54)  # noqa: S311
        self.now = timezone.now()
        # Each text is public since one of these; the last one still is.
        self.instants = [instant(self.now - timedelta(days=days)) for days in (400, 300, 200, 100)]
        self.next = {model: itertools.count(1) for model in (Page, PageTranslation, PageRevision, Contact, Location)}
        self.texts = {}
        for language in languages:
            progress(f"Texts are invented: {language}")
            self.texts[language] = prepare(language)
        self.tables = {
            model: Rows(model, *names)
            for model, names in {
                Location: ("id", "city", "name", "street", "postcode", "town"),
                Contact: (
                    *("id", "city", "is_main", "position", "function", "topics", "languages"),
                    *("phone", "phone_uri", "email", "location"),
                ),
                OpeningHours: ("contact", "weekday", "opens", "closes"),
                Page: ("id", "city", "kind", "slug", "parent", "position", "in_navigation", "starts_at", "ends_at"),
                FocusArea: ("page_ptr", "pillar", "number"),
                Offer: ("page_ptr", "pillar", "topics", "location"),
                Call: ("page_ptr", "programme", "topics"),
                Event: ("page_ptr", "topics"),
                News: ("page_ptr",),
                PageTranslation: ("id", "page", "language", "version", "digests", "source_digests", *WORDS),
                PageRevision: (
                    *("id", "translation", "digests", "source_digests", "visible_from", "visible_until"),
                    *WORDS,
                ),
                SearchText: ("revision", "scope", "title", "summary", "rest", "vocabulary"),
            }.items()
        }

    def new(self, model, *values):
        number = next(self.next[model])
        self.tables[model].add(number, *values)
        return number

    def add_city(self, city):
        CityLanguage.objects.bulk_create(
            CityLanguage(city=city, language=language, position=position)
            for position, language in enumerate(self.languages)
            if language != "de"
        )
        Funder.objects.bulk_create(
            Funder(city=city, name=f"Ministerium {number}", sentence="Gefördert vom Land Nordrhein-Westfalen.")
            for number in range(2)
        )
        place = self.new(Location, city.pk, "Rathaus", "Marktplatz 1", "33602", city.name)
        for number in range(CONTACTS):
            self.add_contact(city, number, place)
        parents, menu = [], 0
        # Texts of a kind differ within a city.
        fresh = {kind: itertools.cycle(self.order(kind)) for kind in (Page.Kind.STANDARD, Page.Kind.OFFER)}
        for position, kind in enumerate(self.kinds):
            is_plain = kind == Page.Kind.STANDARD
            in_menu = is_plain and menu < MENU
            parent = self.chance.choice(parents) if is_plain and not in_menu and parents else None
            slug = f"{kind.replace('_', '-')}-{position}"
            page = self.new(
                Page, city.pk, kind, slug, parent, position, kind == Page.Kind.MISSION or in_menu, *self.times(kind)
            )
            if in_menu:
                parents.append(page)
                menu += 1
            self.add_detail(page, kind, place)
            self.add_texts(
                page, city, kind, next(fresh[Page.Kind.OFFER if kind == Page.Kind.OFFER else Page.Kind.STANDARD])
            )

    def order(self, kind):
        """All texts of a kind in an order of this city's own; those for the start page stay in front."""
        numbers = list(range(len(self.texts["de"][kind])))
        front = SITUATIONS if kind == Page.Kind.STANDARD else 0
        return numbers[:front] + self.chance.sample(numbers[front:], len(numbers) - front)

    def times(self, kind):
        """Events and calls are still to come; half of the news is over."""
        if kind in (Page.Kind.EVENT, Page.Kind.CALL):
            starts = self.now + timedelta(days=self.chance.randint(30, 300))
            return instant(starts), instant(starts + timedelta(hours=2))
        return None, None

    def topics(self):
        return json.dumps([self.chance.choice(Topic.values)])

    def add_contact(self, city, number, place):
        languages = json.dumps(self.chance.sample(["de", "en", "tr", "ar", "ru", "pl"], 3))
        contact = self.new(
            *(Contact, city.pk, number == 0, number, f"Beratung {number}", self.topics(), languages),
            *("030 23125 001", "+493023125001", f"ki{number}@{city.slug}.example.org", place if number < 3 else None),
        )
        for weekday in range(5):
            self.tables[OpeningHours].add(contact, weekday, "08:30:00", "16:00:00")

    def add_detail(self, page, kind, place):
        pillar = self.chance.choice(FocusArea.Pillar.values)
        values = {
            Page.Kind.FOCUS_AREA: (pillar, None),
            Page.Kind.OFFER: (pillar, self.topics(), place if page % 2 else None),
            Page.Kind.CALL: ("KOMM-AN NRW", self.topics()),
            Page.Kind.EVENT: (self.topics(),),
            Page.Kind.NEWS: (),
        }
        if kind in values:
            self.tables[KINDS[kind]].add(page, *values[kind])

    def add_texts(self, page, city, kind, number):
        pool = Page.Kind.OFFER if kind == Page.Kind.OFFER else Page.Kind.STANDARD
        german = self.texts["de"][pool]
        former = [self.chance.randrange(SITUATIONS, len(german)) for _text in range(FORMER_TEXTS)]
        for language in self.languages:
            texts = self.texts[language][pool]
            of_source = german if language != "de" else [None] * len(german)
            row = self.row(texts[number], of_source[number])
            translation = self.new(PageTranslation, page, language, FORMER_TEXTS + 1, *row)
            ends = [*self.instants[1:], None]
            for text, start, end in zip([*former, number], self.instants, ends, strict=True):
                digests, source, *words = self.row(texts[text], of_source[text])
                revision = self.new(PageRevision, translation, digests, source, start, end, *words)
            found_by = texts[number].found_by
            scope = found_by["scope"].replace("{}", str(city.pk))
            self.tables[SearchText].add(
                revision, scope, *(found_by[column] for column in ("title", "summary", "rest", "vocabulary"))
            )

    @staticmethod
    def row(text, source):
        return text.digests, source.digests if source else "{}", *(text.texts.get(field, "") for field in WORDS)

    def write(self):
        for rows in self.tables.values():
            rows.write()


def seed(cities, pages, languages):
    """The cities that are public, with their pages, in a database that has no tables yet."""
    start = perf_counter()
    call_command("migrate", verbosity=0)
    call_command("load_centres", verbosity=0, stdout=io.StringIO())
    seeding = Seeding(pages, languages)
    chosen = sorted(City.objects.centres(), key=lambda city: city.slug not in FIRST)[:cities]
    with transaction.atomic(), without_triggers():
        for number, city in enumerate(chosen, 1):
            seeding.add_city(city)
            seeding.write()
            texts = number * len(seeding.kinds) * len(languages)
            progress(
                f"{connection.vendor}: {number} of {cities} cities, {texts:,} texts public, "
                f"{texts * FORMER_TEXTS:,} former, {perf_counter() - start:.0f} s"
            )
        City.objects.filter(pk__in=[city.pk for city in chosen]).update(is_public=True)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(seeding.tables)):
            cursor.execute(statement)
        add_staff()
        add_handwritten()
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    progress(f"{connection.vendor}: {cities} cities seeded in {perf_counter() - start:.0f} s", end="\n")


def add_staff():
    """Somebody who may everything, as the admin of all cities is measured."""
    user = User(username=STAFF, is_staff=True, is_superuser=True, password=make_password(None))
    user.save()


def add_handwritten():
    """The tables of the page that is measured beside ours."""
    types = {"timestamp": "timestamptz", "json": "jsonb"} if connection.vendor == "postgresql" else {}
    script = (Path(__file__).parent / "handwritten" / "fill.sql").read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        for name in ("timestamp", "json"):
            script = script.replace(f"{{{name}}}", types.get(name, "datetime" if name == "timestamp" else "text"))
        for statement in script.split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def main(cities, pages, languages):
    seed(int(cities), int(pages), [tag for tag, _name in settings.LANGUAGES][: int(languages)])
