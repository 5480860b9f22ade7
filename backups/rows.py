"""Tables as lines of JSON: the same from SQLite and PostgreSQL, so that a backup of one can be restored into the other.

A line is the list of a row's values. JSON is written with sorted keys, because PostgreSQL keeps no order of its own.
"""

import base64
import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.utils.duration import duration_iso_string

AT_ONCE = 500  # rows in memory

LEFT_OUT = {
    "django_session",  # who is signed in is nobody's business tomorrow: after a restore everybody signs in again
    "freshness_contentchange",  # numbers of transactions, which mean nothing in another database; triggers fill it
}


def tables_of(apps):
    """{name: model} of all tables of a state of the models, as migrations know it."""
    models_of_apps = apps.get_models(include_auto_created=True)
    kept = [model for model in models_of_apps if model._meta.managed and not model._meta.proxy]
    tables = {model._meta.db_table: model for model in kept if model._meta.db_table not in LEFT_OUT}
    return dict(sorted(tables.items()))


def columns_of(model):
    return [field for field in model._meta.local_concrete_fields if not field.generated]


# --- Values ------------------------------------------------------------------------------------------


def to_json(value):
    """Exact: Django's own encoder shortens instants to milliseconds."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case timedelta():
            return duration_iso_string(value)
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(value).decode("ascii")
        case _:
            return value


def to_database(field, value):
    value = field.to_python(value)
    if value is None and not field.null:
        return field.get_db_prep_value(None, connection)  # the null of JSON
    return field.get_db_prep_save(value, connection)


def line_of(values):
    values = [to_json(value) for value in values]
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class RowsDigest:
    """Of all rows of a table, in whatever order a database sorts them."""

    def __init__(self):
        self.rows, self.sum = 0, 0

    def add(self, line):
        self.rows += 1
        self.sum = (self.sum + int.from_bytes(hashlib.sha256(line).digest())) % 2**256

    def as_manifest(self):
        return {"rows": self.rows, "digest": f"{self.sum:064x}"}


# --- Reading -----------------------------------------------------------------------------------------


def lines_of_table(model):
    names = [field.attname for field in columns_of(model)]
    rows = model._base_manager.using(DEFAULT_DB_ALIAS).order_by("pk").values_list(*names)
    return map(line_of, rows.iterator(chunk_size=AT_ONCE))


def digest_of_table(model, progress):
    digest = RowsDigest()
    for line in lines_of_table(model):
        digest.add(line)
        progress(f"{model._meta.db_table}: {digest.rows} Zeilen geprüft")
    return digest.as_manifest()


def last_number(model):
    """The highest number that a row of the table ever had; None where the database gives none."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField):
        return None
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            return row[0] or None if row else None  # 0 stands where migrations made the table anew
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', key.column])
        cursor.execute(f"SELECT last_value, is_called FROM {cursor.fetchone()[0]}")  # noqa: S608 - quoted by PostgreSQL
        value, is_called = cursor.fetchone()
        return value if is_called else None


# --- Writing -----------------------------------------------------------------------------------------


def clear(tables):
    """What migrations write into a new database."""
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608


def load_table(model, names, lines, progress):
    """`names` are the columns in the order of the values."""
    fields = [model._meta.get_field(name) for name in names]
    table = model._meta.db_table
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    statement = (
        f"INSERT INTO {connection.ops.quote_name(table)} ({quoted}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    count, lines = 0, iter(lines)
    with connection.cursor() as cursor:
        while chunk := [json.loads(line) for line in islice(lines, AT_ONCE)]:
            rows = [[to_database(*pair) for pair in zip(fields, values, strict=True)] for values in chunk]
            cursor.executemany(statement, rows)
            count += len(rows)
            progress(f"{table}: {count} Zeilen")


def set_last_number(model, number):
    """No new row ever gets the number of one that is gone: somewhere it may still be remembered."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
        if not number:
            return
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        else:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', model._meta.pk.column, number]
            )
