"""Puts a backup back, or tries whether that could be done.

The database is first made as it was: by the same migrations, without rights and triggers that others make afterwards.
Then come the rows, then everything that a migration of today does.
"""

import hashlib
import os
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from .archive import PIECE, Damaged, sync_folder
from .connection import connected_to
from .making import FORMAT, VERSION, uploads
from .models import Verification
from .rows import clear, columns_of, digest_of_table, load_table, set_last_number
from .state import TooNew, migrate_to, tables_at


class NotEmpty(Exception):
    """Something stands where the backup is to go."""


class DoesNotFit(Exception):
    """The rows of the backup are others after they were read back."""


# --- The database ------------------------------------------------------------------------------------


def load_database(archive, progress):
    """Into an empty database, inside a transaction or a file that nobody knows yet."""
    manifest = archive.manifest
    check_format(manifest)
    progress("Die Tabellen werden angelegt.")
    migrate_to(manifest["migrations"])
    with transaction.atomic():
        load_rows(archive, progress)
        # Now, not at the end: what still has to be checked would stand in the way of migrations.
        connection.check_constraints()
    call_command("migrate", interactive=False, verbosity=0)


def check_format(manifest):
    if manifest.get("format") != FORMAT:
        raise Damaged("Die Datei ist keine Sicherung dieser Website.")
    if manifest["version"] > VERSION:
        raise TooNew("Die Sicherung hat ein neueres Format. Bitte spielen Sie erst die neue Fassung des Programms ein.")


def load_rows(archive, progress):
    wanted, tables = archive.manifest["tables"], tables_at(archive.manifest["migrations"])
    if wanted.keys() != tables.keys():
        raise Damaged(f"Diese Tabellen passen nicht zur Sicherung: {', '.join(sorted(wanted.keys() ^ tables.keys()))}")
    different = list(tables)
    for _attempt in range(2):
        # Triggers may write into tables that are already loaded; those are loaded once more.
        clear(different)
        for name in different:
            load_rows_of(archive, tables[name], progress)
        different = [name for name in different if not is_as_written(wanted[name], tables[name], progress)]
    if different:
        raise DoesNotFit(f"Nach dem Einspielen sind Zeilen anders als in der Sicherung: {', '.join(different)}")
    for name, model in tables.items():
        set_last_number(model, wanted[name]["last_number"])


def load_rows_of(archive, model, progress):
    table = model._meta.db_table
    names = archive.manifest["tables"][table]["columns"]
    if set(names) != {field.name for field in columns_of(model)}:
        raise Damaged(f"Die Spalten der Tabelle {table} passen nicht zur Sicherung.")
    try:
        load_table(model, names, archive.lines(f"rows/{table}.jsonl"), progress)
    except (DatabaseError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise DoesNotFit(f"Die Tabelle {table} lässt sich hier nicht füllen: {reason}") from error


def is_as_written(entry, model, progress):
    written = {name: entry[name] for name in ("rows", "digest")}
    return digest_of_table(model, progress) == written


# --- For real ----------------------------------------------------------------------------------------


def restore(archive, progress):
    """Uploads first: a restore that was cut off leaves an empty database, which nobody takes for a whole one."""
    check_is_empty()
    with all_or_no_uploads(archive, progress), empty_database():
        load_database(archive, progress)


def check_is_empty():
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if tables := connection.introspection.table_names():
        raise NotEmpty(
            f"Die Datenbank ist nicht leer: Sie hat {len(tables)} Tabellen. Eine Sicherung kommt nur in eine leere "
            "Datenbank. Bitte nennen Sie in DATABASE_URL eine neue (SQLite: eine Datei, die es noch nicht gibt)."
        )
    if name := next(uploads(), None):
        raise NotEmpty(
            f"Der Ordner der hochgeladenen Dateien ist nicht leer: Es gibt dort {name}. "
            "Bitte benennen Sie den alten Ordner um."
        )


@contextmanager
def all_or_no_uploads(archive, progress):
    written = []
    try:
        for name in archive.media():
            progress(f"{len(written)} Dateien")
            written.append(save_upload(archive, name))
        yield
    except BaseException:
        for name in written:
            with suppress(OSError):
                default_storage.delete(name)
        raise


def save_upload(archive, name):
    stored = default_storage.save(name, Pieces(archive.pieces(f"media/{name}"), name))
    if stored != name:
        default_storage.delete(stored)
        raise DoesNotFit(f"Die Datei {name} lässt sich nicht unter ihrem Namen ablegen.")
    if digest_of_upload(name) != archive.digests[f"media/{name}"]:
        raise DoesNotFit(f"Die Datei {name} ist nach dem Ablegen eine andere als in der Sicherung.")
    return stored


def digest_of_upload(name):
    sha256 = hashlib.sha256()
    with default_storage.open(name) as file:
        for piece in file.chunks(PIECE):
            sha256.update(piece)
    return sha256.hexdigest()


class Pieces(File):
    """A part of the archive as an upload, never whole in memory."""

    def __init__(self, pieces, name):
        super().__init__(None, name)
        self.pieces = pieces

    def chunks(self, chunk_size=None):
        return self.pieces

    def __bool__(self):
        return True


@contextmanager
def empty_database():
    """PostgreSQL: all or nothing in one transaction. SQLite: a file that gets its name when it is complete."""
    if connection.vendor == "postgresql":
        with connected_to(), transaction.atomic():
            yield
        return
    path = Path(connection.settings_dict["NAME"])
    new = path.with_name(f"{path.name}.restoring")
    remove_sqlite(new)
    connection.close()
    try:
        with throwaway_sqlite(new):
            yield
        remove_sqlite(path)
        new.replace(path)
        sync_folder(path.parent)
    finally:
        remove_sqlite(new)


@contextmanager
def throwaway_sqlite(path):
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    with connected_to(name=str(path)):
        yield
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def remove_sqlite(path):
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# --- As a trial --------------------------------------------------------------------------------------


def verify(archive, folder, progress):
    """Loads the backup beside the site and throws it away. Remembers that it worked."""
    archive.check_parts(progress)
    with throwaway_database(folder):
        load_database(archive, progress)
    manifest = archive.manifest
    return Verification.objects.create(
        verified_at=timezone.now(),
        made_at=manifest["made_at"],
        file_digest=archive.digest,
        rows=sum(table["rows"] for table in manifest["tables"].values()),
        files=manifest["media"]["files"],
    )


@contextmanager
def throwaway_database(folder):
    """PostgreSQL: a schema in a transaction that is rolled back. SQLite: a file."""
    if connection.vendor == "sqlite":
        path = Path(folder) / ".verifying.sqlite3"
        remove_sqlite(path)
        try:
            with throwaway_sqlite(path):
                yield
        finally:
            remove_sqlite(path)
        return
    with connected_to(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA verified_backup")
            cursor.execute("SET LOCAL search_path TO verified_backup")
        yield
        transaction.set_rollback(True)
