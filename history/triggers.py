"""The database remembers by itself what a row was before it changed or went.

Not in Python: a trigger also sees `update()`, chosen contacts, what goes with something deleted, and rows that other
programs write. (`django-simple-history` hears the signals of `save()` only: neither `update()` nor the parent of an
offer, and it would need thirteen tables more.)
"""

from django.db import connections

from .tables import REMEMBERED

POSTGRESQL = """
CREATE OR REPLACE FUNCTION remember_former_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    former jsonb;
    present jsonb;
    left_out text[] := TG_ARGV[1]::text[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        former := to_jsonb(OLD) - left_out;
        IF TG_ARGV[2] <> '' AND NOT (former ->> TG_ARGV[3])::boolean THEN former := former - TG_ARGV[2]; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        present := to_jsonb(NEW) - left_out;
        IF TG_ARGV[2] <> '' AND NOT (present ->> TG_ARGV[3])::boolean THEN present := present - TG_ARGV[2]; END IF;
    END IF;
    IF former IS DISTINCT FROM present THEN
        INSERT INTO history_formerrow (table_name, row_id, data, existed, until) VALUES (
            TG_TABLE_NAME, (COALESCE(former, present) ->> TG_ARGV[0])::bigint, COALESCE(former, present),
            former IS NOT NULL, statement_timestamp()
        );
    END IF;
    RETURN NULL;
END $$
"""

POSTGRESQL_TRIGGER = """
CREATE OR REPLACE TRIGGER remember_former_row AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION remember_former_row('{key}', '{left_out}', '{shown}', '{if_column}')
"""

SQLITE_TRIGGER = """
CREATE TRIGGER remember_{event}_{table} AFTER {event} ON {table} {condition}
BEGIN
    INSERT INTO history_formerrow (table_name, row_id, data, existed, until) VALUES (
        '{table}', {row}.{key}, json_object({pairs}), {existed}, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'
    );
END
"""


def create(using="default", **kwargs):
    """Makes what is missing; called after every migration."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = existing_columns(connection, cursor)
        if "history_formerrow" not in tables:
            return
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
            for table in REMEMBERED:
                if table.name in tables:
                    cursor.execute(postgresql_trigger(table))
            return
        stored = sqlite_triggers(cursor)
        for table in REMEMBERED:
            create_on_sqlite(cursor, stored, sqlite_statements(table, tables.get(table.name, ())))


def drop(using="default", prefix="remember", **kwargs):
    """Before a migration, and in a test that goes back to an earlier one. PostgreSQL has no trouble with them."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in sqlite_triggers(cursor, prefix):
                cursor.execute(f"DROP TRIGGER {name}")


def existing_columns(connection, cursor):
    """Of the tables of this database: a migration may stop before the newest."""
    wanted = {"history_formerrow", *(table.name for table in REMEMBERED)}
    names = wanted & set(connection.introspection.table_names(cursor))
    if connection.vendor == "postgresql":
        return dict.fromkeys(names)
    return {
        name: [column.name for column in connection.introspection.get_table_description(cursor, name)] for name in names
    }


def postgresql_trigger(table):
    shown, if_column = table.shown_if or ("", "")
    return POSTGRESQL_TRIGGER.format(
        table=table.name, key=table.key, left_out=f"{{{','.join(table.left_out)}}}", shown=shown, if_column=if_column
    )


def sqlite_triggers(cursor, prefix="remember"):
    """{name: statement} of those whose names begin so."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s", [f"{prefix}_*"])
    return dict(cursor.fetchall())


def create_on_sqlite(cursor, stored, statements):
    """Whether anything had to be made."""
    missing = [(name, statement) for name, statement in statements if stored.get(name) != statement]
    for name, statement in missing:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(statement)
    return bool(missing)


def sqlite_statements(table, existing):
    """(name, statement) for each event; none where the table does not exist yet."""
    columns = {name: is_json for name, is_json in table.columns.items() if name in existing}
    if not columns:
        return
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
    for event, row, condition in (
        ("INSERT", "NEW", ""),
        ("UPDATE", "OLD", f"WHEN {differs}"),
        ("DELETE", "OLD", ""),
    ):
        pairs = ", ".join(f"'{name}', {sqlite_value(table, row, name, is_json)}" for name, is_json in columns.items())
        statement = SQLITE_TRIGGER.format(
            event=event,
            table=table.name,
            condition=condition,
            row=row,
            key=table.key,
            pairs=pairs,
            existed=int(event != "INSERT"),
        )
        yield f"remember_{event}_{table.name}", statement.strip()


def sqlite_value(table, row, name, is_json):
    if name in table.shown_if[:1]:
        return f"CASE WHEN {row}.{table.shown_if[1]} THEN {row}.{name} ELSE '' END"
    return f"json({row}.{name})" if is_json else f"{row}.{name}"
