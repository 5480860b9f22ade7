"""Makes a backup while the site is in use.

Uploads are written before the row that names them and deleted after it. So those that lie there are copied first, then
the instant is fixed at which the database is read, and what came meanwhile is copied at once. A file that was named at
that instant and went before it was copied makes the whole backup begin anew.
"""

import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import time

from django.core.files.storage import default_storage
from django.db import connection, models
from django.utils import timezone

from .archive import PIECE, ArchiveWriter, written_whole
from .connection import snapshot
from .rows import RowsDigest, columns_of, last_number, lines_of_table
from .state import applied, tables_at

FORMAT, VERSION = "ki-site-backup", 1
NAME = re.compile(r"ki-site-[0-9]{8}T[0-9]{6}Z\.zip")
UNFINISHED = re.compile(r"\.ki-site-[0-9]{8}T[0-9]{6}Z\.zip\.part")
# A younger file may still be on its way to the disk; the second look takes it.
YOUNG = timedelta(seconds=30)
ATTEMPTS = 3


class Changed(Exception):
    """Uploads went or changed while they were copied."""


def make_backup(folder, progress):
    """(path, manifest) of a new backup in the folder. Until it is whole it has another name."""
    folder = Path(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for attempt in range(ATTEMPTS):
        try:
            return write_backup(folder, progress)
        except Changed:
            if attempt == ATTEMPTS - 1:
                raise
            progress("Dateien haben sich geändert. Die Sicherung beginnt von vorn.")


def write_backup(folder, progress):
    made_at = timezone.now()
    path = folder / f"ki-site-{made_at:%Y%m%dT%H%M%SZ}.zip"
    with written_whole(path) as file:
        writer = ArchiveWriter(file, made_at)
        try:
            manifest = write_parts(writer, progress) | {"made_at": made_at.isoformat()}
            writer.finish(manifest)
        finally:
            writer.abandon()
    return path, manifest


def write_parts(writer, progress):
    media = MediaCopy(writer, progress)
    media.copy_settled()
    with snapshot():
        media.copy_rest()
        migrations = applied()
        tables, named = {}, {}
        for name, model in tables_at(migrations).items():
            tables[name] = write_table(writer, model, progress)
            named |= files_named_in(model)
    missing = sorted(named.keys() - media.copied.keys())
    # What no row of now names either went while we copied; what one names was missing before.
    if gone := [name for name in missing if not is_still_named(name, *named[name])]:
        raise Changed(gone[0])
    return {
        "format": FORMAT,
        "version": VERSION,
        "database": connection.vendor,
        "migrations": migrations,
        "tables": tables,
        "media": {"files": len(media.copied), "bytes": media.bytes, "missing": missing},
    }


def write_table(writer, model, progress):
    name, digest = model._meta.db_table, RowsDigest()
    with writer.part(f"rows/{name}.jsonl") as part:
        for line in lines_of_table(model):
            part.write(line)
            digest.add(line)
            progress(f"{name}: {digest.rows} Zeilen")
    columns = [field.name for field in columns_of(model)]
    return {"columns": columns, **digest.as_manifest(), "last_number": last_number(model)}


def files_named_in(model):
    """{name of a file: (model, column)}"""
    fields = [field.attname for field in columns_of(model) if isinstance(field, models.FileField)]
    rows = model._base_manager.order_by()
    return {name: (model, field) for field in fields for name in rows.values_list(field, flat=True).iterator() if name}


def is_still_named(name, model, field):
    return model._base_manager.filter(**{field: name}).exists()


# --- Uploads -----------------------------------------------------------------------------------------


def uploads(folder=""):
    """Names of all files of the storage, sizes of pictures included."""
    with suppress(FileNotFoundError):  # nothing was ever uploaded, or the folder just went
        folders, files = default_storage.listdir(folder)
        yield from (f"{folder}/{name}".lstrip("/") for name in sorted(files))
        for name in sorted(folders):
            yield from uploads(f"{folder}/{name}".lstrip("/"))


class MediaCopy:
    def __init__(self, writer, progress):
        self.writer, self.progress = writer, progress
        self.copied = {}  # {name: size}
        self.bytes = 0

    def copy_settled(self):
        young = timezone.now() - YOUNG
        for name in uploads():
            with suppress(FileNotFoundError):  # its row is gone, too
                if default_storage.get_modified_time(name) < young:
                    self._copy(name)

    def copy_rest(self):
        for name in uploads():
            if name not in self.copied:
                with suppress(FileNotFoundError):
                    self._copy(name)
            elif self._size(name) not in (self.copied[name], None):
                raise Changed(name)

    def _size(self, name):
        with suppress(FileNotFoundError):
            return default_storage.size(name)

    def _copy(self, name):
        with default_storage.open(name) as file, self.writer.part(f"media/{name}", compressed=False) as part:
            while piece := file.read(PIECE):
                part.write(piece)
        self.copied[name] = part.size
        self.bytes += part.size
        self.progress(f"{len(self.copied)} Dateien, {self.bytes // 1_000_000} MB")


# --- Rotation ----------------------------------------------------------------------------------------


def rotate(folder, keep):
    """Deletes all but the newest `keep` backups, and what a killed run left. Touches no file of another name."""
    finished = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    abandoned = [
        path
        for path in folder.iterdir()
        if UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < time() - 24 * 3600
    ]
    old = finished[:-keep]
    for path in (*old, *abandoned):
        path.unlink()
    return len(old)
