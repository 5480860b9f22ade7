"""The data of a city as they were at an instant."""

from contextlib import contextmanager
from datetime import UTC

from django.db import models, transaction
from django.utils import timezone

from .models import FormerRow
from .tables import TABLES


@contextmanager
def as_it_was(city_id, instant):
    """Inside, the database reads for this city as it did at the instant; afterwards nothing has changed.

    The former rows are put back inside a transaction that never ends well. So every page, list and template, made for
    today and knowing nothing of this, shows what it showed then. Nobody else sees anything of it.
    """
    with transaction.atomic():
        try:
            put_back(city_id, instant)
            yield
        finally:
            transaction.set_rollback(True)


def put_back(city_id, instant):
    known = {}
    for table in TABLES:
        records = FormerRow.objects.filter(table.of_city(city_id, known), table_name=table.name, until__gt=instant)
        # Of several changes after the instant the first one tells what was there.
        first = {record.row_id: record for record in records.order_by("-pk")}
        replace(table, first)
        if not table.owners:
            known[table.name] = table.ids(city_id)


def replace(table, records):
    """All are taken out before any is put in: what must be unique may have wandered from one row to another."""
    rows = table.model._base_manager.filter(pk__in=list(records))
    names = [field.attname for field in table.model._meta.local_concrete_fields]
    present = {values[table.model._meta.pk.attname]: values for values in rows.values(*names)}
    rows._raw_delete(rows.db)
    for row_id, record in records.items():
        if record.existed:
            instance = table.model(**present.get(row_id, {}) | values_of(table.model, record.data))
            instance.save_base(raw=True, force_insert=True)


def values_of(model, data):
    """Values for fields; what a column of today is missing keeps its default."""
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    return {fields[name].attname: value_of(fields[name], value) for name, value in data.items() if name in fields}


def value_of(field, value):
    value = field.to_python(value)
    if isinstance(field, models.DateTimeField) and value and timezone.is_naive(value):
        return value.replace(tzinfo=UTC)  # as SQLite keeps it
    return value
