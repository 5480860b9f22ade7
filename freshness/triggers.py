"""The database notes by itself that what visitors see of a city has changed, in the transaction that changes it.

Not in Python: a trigger also sees `update()`, chosen contacts, what goes with something deleted, and rows that other
programs write.
"""

from functools import partial

from django.db import connections

import history.triggers
from history.triggers import create_on_sqlite, sqlite_triggers

from .tables import TABLES

PREFIX = "note_change"

# Once for each statement, however many rows it changes. Whole rows, so that a column less in a migration is no error.
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION note_change_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO freshness_contentchange (city_id, transaction, changed_at)
            SELECT DISTINCT city, pg_current_xact_id()::text::bigint, statement_timestamp()
            FROM (SELECT {city_after} AS city FROM present) AS changed WHERE city IS NOT NULL ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO freshness_contentchange (city_id, transaction, changed_at)
            SELECT DISTINCT city, pg_current_xact_id()::text::bigint, statement_timestamp()
            FROM (SELECT {city_before} AS city FROM former) AS changed WHERE city IS NOT NULL ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO freshness_contentchange (city_id, transaction, changed_at)
            SELECT DISTINCT city, pg_current_xact_id()::text::bigint, statement_timestamp() FROM (
                (SELECT {city_before} AS city, to_jsonb(former) - '{left_out}'::text[] FROM former
                    EXCEPT SELECT {city_after}, to_jsonb(present) - '{left_out}'::text[] FROM present)
                UNION ALL
                (SELECT {city_after} AS city, to_jsonb(present) - '{left_out}'::text[] FROM present
                    EXCEPT SELECT {city_before}, to_jsonb(former) - '{left_out}'::text[] FROM former)
            ) AS changed WHERE city IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""

POSTGRESQL_TRIGGER = """
CREATE OR REPLACE TRIGGER note_change_{event} AFTER {event} ON {table} REFERENCING {rows}
FOR EACH STATEMENT EXECUTE FUNCTION note_change_{table}()
"""
ROWS = {
    "INSERT": "NEW TABLE AS present",
    "UPDATE": "OLD TABLE AS former NEW TABLE AS present",
    "DELETE": "OLD TABLE AS former",
}

# No ON CONFLICT and no OR IGNORE: that of the statement that fires the trigger would take their place.
SQLITE_TRIGGER = """
CREATE TRIGGER note_change_{event}_{table}_{row} AFTER {event} ON {table} {condition}
BEGIN
{notes}
END
"""
SQLITE_NOTE = """
    INSERT INTO freshness_contentchange (city_id, "transaction", changed_at)
        SELECT {city}, 0, '' WHERE {city} IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM freshness_contentchange WHERE city_id = {city});
    UPDATE freshness_contentchange SET
        "transaction" = 1 + (SELECT max("transaction") FROM freshness_contentchange),
        changed_at = strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'
        WHERE city_id = {city};
"""
# What changed while there were no triggers is not known.
SQLITE_NOTE_ALL = """
UPDATE freshness_contentchange SET "transaction" = 1 + (SELECT max("transaction") FROM freshness_contentchange)
"""
SQLITE_ROWS = (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD"))


def create(using="default", **kwargs):
    """Makes what is missing; called after every migration."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = existing_columns(connection, cursor)
        if "freshness_contentchange" not in tables:
            return
        present = [(table, tables[table.name]) for table in TABLES if table.name in tables]
        if connection.vendor == "postgresql":
            for table, _columns in present:
                create_on_postgresql(cursor, table)
            return
        statements = (each for table, columns in present for each in sqlite_statements(table, columns))
        if create_on_sqlite(cursor, sqlite_triggers(cursor, PREFIX), statements):
            cursor.execute(SQLITE_NOTE_ALL)


def create_on_postgresql(cursor, table):
    before, after = (
        f"unnest(ARRAY[{', '.join(table.cities)}]::bigint[])".format(row=row) for row in ("former", "present")
    )
    left_out = f"{{{','.join(table.left_out)}}}"
    cursor.execute(
        POSTGRESQL_FUNCTION.format(table=table.name, city_before=before, city_after=after, left_out=left_out)
    )
    for event, rows in ROWS.items():
        cursor.execute(POSTGRESQL_TRIGGER.format(table=table.name, event=event, rows=rows))


drop = partial(history.triggers.drop, prefix=PREFIX)


def existing_columns(connection, cursor):
    """Of the tables of this database: a migration may stop before the newest."""
    wanted = {"freshness_contentchange", *(table.name for table in TABLES)}
    return {
        name: [column.name for column in connection.introspection.get_table_description(cursor, name)]
        for name in wanted & set(connection.introspection.table_names(cursor))
    }


def sqlite_statements(table, existing):
    """(name, statement). A row that goes from one city to another changes both."""
    differs = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in table.columns if name in existing)
    for event, row in SQLITE_ROWS:
        statement = SQLITE_TRIGGER.format(
            event=event,
            table=table.name,
            row=row,
            condition=f"WHEN {differs}" if event == "UPDATE" else "",
            notes="".join(SQLITE_NOTE.format(city=city.format(row=row)) for city in table.cities),
        )
        yield f"note_change_{event}_{table.name}_{row}", statement.strip()
