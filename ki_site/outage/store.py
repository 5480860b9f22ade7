"""The snapshot: one SQLite file of this machine with a copy of every public page, for the time without database.

Pages of one city in one language are much alike, so each is compressed with its start page as the dictionary: about
1,400 bytes instead of 15,000. A city is written in one transaction or not at all; what is deleted is overwritten.
"""

import json
import logging
import sqlite3
import zlib
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from freshness.public_page import ALL_CITIES

logger = logging.getLogger(__name__)

VERSION = 1  # of the tables below; a file of another version is written anew
TABLES = """
CREATE TABLE seen (changes TEXT);
CREATE TABLE part (
    slug TEXT PRIMARY KEY, city INTEGER, build TEXT, next_instant REAL, written_at REAL, checked_at REAL,
    is_stale INTEGER
);
CREATE TABLE dictionary (part TEXT, language TEXT, content BLOB, PRIMARY KEY (part, language));
CREATE TABLE copy (
    path TEXT PRIMARY KEY, part TEXT, language TEXT, status INTEGER, headers TEXT, ends_at REAL, body BLOB
);
CREATE INDEX copy_part ON copy (part);
CREATE TABLE reference (page INTEGER PRIMARY KEY, part TEXT, address TEXT);
"""
# What zlib can look back on.
LONGEST_DICTIONARY = 32 * 1024
PORTAL = ""  # the part of what belongs to no city


@dataclass
class Copy:
    """One finished answer."""

    path: str
    language: str
    status: int
    headers: dict
    body: bytes
    ends_at: float | None = None  # when its publication ends, if that is known
    confirmed_at: datetime | None = None  # until when it was what the site would have answered


@dataclass
class Part:
    """What is known of the copies of a city, or of the portal."""

    slug: str
    city: int  # its primary key, 0 for the portal
    build: str  # by which version of the site they were written
    next_instant: float  # from then on the pages are others, without anybody doing anything
    written_at: float
    checked_at: float
    is_stale: bool = False  # something was changed since

    def is_due(self, build, now):
        return self.is_stale or self.build != build or self.next_instant <= now


def file():
    return Path(settings.SNAPSHOT_DIR).absolute() / "pages.sqlite3"


def key_of(path, own_domain):
    """The same path may stand for something else on the own domain of a city."""
    return f"{own_domain.domain}{path}" if own_domain else path


# --- Reading -----------------------------------------------------------------------------------------------


@contextmanager
def reading():
    """A file that can be read although its disk takes nothing: it has no second file beside it."""
    with closing(sqlite3.connect(f"{file().as_uri()}?mode=ro", uri=True, timeout=2)) as connection:
        if connection.execute("PRAGMA user_version").fetchone() != (VERSION,):
            raise sqlite3.DatabaseError("written by another version of the site")
        yield connection


def find(path):
    """The copy for an address, or None."""
    query = """
        SELECT copy.language, status, headers, body, ends_at, checked_at, dictionary.content
        FROM copy JOIN part ON part.slug = copy.part
        LEFT JOIN dictionary ON dictionary.part = copy.part AND dictionary.language = copy.language
        WHERE path = ?
    """
    row = first(query, path)
    if row is None:
        return None
    language, status, headers, body, ends_at, checked_at, dictionary = row
    confirmed_at = datetime.fromtimestamp(checked_at, UTC)
    return Copy(path, language, status, json.loads(headers), expanded(body, dictionary), ends_at, confirmed_at)


def has_part(slug):
    return first("SELECT 1 FROM part WHERE slug = ?", slug) is not None


def address_of_page(page):
    """`bielefeld/unser-auftrag/` for the number by which stored texts refer to a page, or None."""
    row = first("SELECT address FROM reference WHERE page = ?", page)
    return row and row[0]


def oldest_check():
    """When the part was checked that waited longest, or None where there is no snapshot."""
    row = first("SELECT min(checked_at) FROM part")
    return datetime.fromtimestamp(row[0], UTC) if row and row[0] else None


def first(query, *values):
    try:
        with reading() as connection:
            return connection.execute(query, values).fetchone()
    except (sqlite3.Error, OverflowError) as error:
        if file().exists():
            logger.error("The snapshot cannot be read: %s", error)
        return None


# --- Writing -----------------------------------------------------------------------------------------------


class Writer:
    """For one process at a time: see the lock of write_snapshot."""

    def __init__(self):
        file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.connection = self.opened()

    def opened(self):
        connection = sqlite3.connect(file(), timeout=10, isolation_level=None)
        try:
            # What was withdrawn is overwritten: it may have been personal.
            connection.execute("PRAGMA secure_delete = ON")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == VERSION:
                connection.execute("SELECT count(*) FROM part")
                return connection
            if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                # Large pages, into which many copies fit without gaps.
                connection.executescript(f"PRAGMA page_size = 16384; {TABLES} PRAGMA user_version = {VERSION};")
                file().chmod(0o600)
                return connection
        except sqlite3.OperationalError:  # locked, or the disk is full
            connection.close()
            raise
        except sqlite3.DatabaseError:
            logger.error("The snapshot was damaged and is written anew.")
        connection.close()
        file().unlink()
        return self.opened()

    def close(self):
        self.connection.close()

    @contextmanager
    def transaction(self):
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection.execute
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def parts(self):
        return {row[0]: Part(*row) for row in self.connection.execute("SELECT * FROM part")}

    def seen(self):
        """What is known of changes, as it was given to note_changes(), or None."""
        row = self.connection.execute("SELECT changes FROM seen").fetchone()
        return json.loads(row[0]) if row else None

    def note_changes(self, cities, seen):
        """Marks what has to be written anew: the parts of these cities and the portal; None means all."""
        with self.transaction() as execute:
            if cities is None:
                execute("UPDATE part SET is_stale = 1")
            for city in [*cities, ALL_CITIES] if cities else ():
                execute("UPDATE part SET is_stale = 1 WHERE city = ?", (city,))
            execute("DELETE FROM seen")
            execute("INSERT INTO seen VALUES (?)", (json.dumps(seen),))

    def check(self, slugs, instant):
        """Notes that parts are still what the site would answer."""
        with self.transaction() as execute:
            for slug in slugs:
                execute("UPDATE part SET checked_at = ? WHERE slug = ?", (instant, slug))

    def drop(self, slug):
        with self.transaction() as execute:
            for table in ("copy", "dictionary", "reference"):
                execute(f"DELETE FROM {table} WHERE part = ?", (slug,))  # noqa: S608
            execute("DELETE FROM part WHERE slug = ?", (slug,))

    def keep_only(self, slug, paths):
        """Deletes what is not public any more. Writing the rest may take a minute."""
        stored = {path for (path,) in self.connection.execute("SELECT path FROM copy WHERE part = ?", (slug,))}
        if gone := stored - set(paths):
            with self.transaction() as execute:
                for path in gone:
                    execute("DELETE FROM copy WHERE path = ?", (path,))

    def replace(self, part, pages, references):
        """`pages` gives compressed copies, and a dictionary for each language."""
        with self.transaction() as execute:
            for table in ("copy", "dictionary", "reference"):
                execute(f"DELETE FROM {table} WHERE part = ?", (part.slug,))  # noqa: S608
            for language, content in pages.dictionaries.items():
                execute("INSERT INTO dictionary VALUES (?, ?, ?)", (part.slug, language, content))
            for copy in pages.copies:
                headers = json.dumps(copy.headers)
                row = (copy.path, part.slug, copy.language, copy.status, headers, copy.ends_at, copy.body)
                execute("INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            for page, address in references:
                execute("INSERT OR REPLACE INTO reference VALUES (?, ?, ?)", (page, part.slug, address))
            execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(part))


class Pages:
    """Copies of one part while they are made, compressed."""

    def __init__(self):
        self.copies, self.failed = [], []
        self.dictionaries = {}

    def add(self, copy):
        dictionary = self.dictionaries.setdefault(copy.language, copy.body[-LONGEST_DICTIONARY:])
        copy.body = compressed(copy.body, dictionary)
        self.copies.append(copy)


def compressed(body, dictionary):
    compressor = zlib.compressobj(6, zdict=dictionary) if dictionary else zlib.compressobj(6)
    return compressor.compress(body) + compressor.flush()


def expanded(body, dictionary):
    return (zlib.decompressobj(zdict=dictionary) if dictionary else zlib.decompressobj()).decompress(body)
