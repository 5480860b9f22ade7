"""Two revisions of one text can never be visible at the same instant, whoever writes to the table.

PostgreSQL has exclusion constraints for this; the translation's id is written as a range of one so that
no extension is needed. SQLite gets the same rule as two triggers.
"""

from django.db import migrations

POSTGRESQL = """
ALTER TABLE pages_pagerevision ADD CONSTRAINT revision_never_overlaps EXCLUDE USING gist (
    int8range(translation_id, translation_id, '[]') WITH &&,
    tstzrange(visible_from, visible_until) WITH &&
)
"""

SQLITE = """
CREATE TRIGGER revision_never_overlaps_on_{event} BEFORE {event} ON pages_pagerevision
WHEN EXISTS (
    SELECT 1 FROM pages_pagerevision AS other
    WHERE other.translation_id = NEW.translation_id
      AND other.id IS NOT NEW.id
      AND (NEW.visible_until IS NULL OR other.visible_from < NEW.visible_until)
      AND (other.visible_until IS NULL OR NEW.visible_from < other.visible_until)
)
BEGIN SELECT RAISE(ABORT, 'revision_never_overlaps'); END
"""


def add_rule(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(SQLITE.format(event=event))


def remove_rule(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE pages_pagerevision DROP CONSTRAINT revision_never_overlaps")
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER revision_never_overlaps_on_{event}")


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial")]
    operations = [migrations.RunPython(add_rule, remove_rule)]
