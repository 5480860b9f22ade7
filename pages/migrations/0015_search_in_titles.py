"""A word that stands in thousands of texts is looked for in their titles and summaries first.

SQLite needs nothing for this: its index knows in which column a word stands.
"""

from django.db import migrations

POSTGRESQL = """
ALTER TABLE pages_searchtext ADD COLUMN head tsvector;

CREATE OR REPLACE FUNCTION pages_searchtext_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.head := pages_searchtext_words(NEW.title, 'A') || pages_searchtext_words(NEW.summary, 'B')
        || pages_searchtext_words(NEW.scope, 'D');
    NEW.vector := pages_searchtext_words(NEW.title, 'A') || pages_searchtext_words(NEW.summary, 'B')
        || pages_searchtext_words(NEW.rest, 'C') || pages_searchtext_words(NEW.scope, 'D');
    RETURN NEW;
END $$;

UPDATE pages_searchtext SET title = title;
CREATE INDEX pages_searchtext_head ON pages_searchtext USING gin (head);
"""

POSTGRESQL_BACK = """
CREATE OR REPLACE FUNCTION pages_searchtext_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.vector := pages_searchtext_words(NEW.title, 'A') || pages_searchtext_words(NEW.summary, 'B')
        || pages_searchtext_words(NEW.rest, 'C') || pages_searchtext_words(NEW.scope, 'D');
    RETURN NEW;
END $$;

DROP INDEX pages_searchtext_head;
ALTER TABLE pages_searchtext DROP COLUMN head;
"""


def add_head(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, None)


def remove_head(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, None)


class Migration(migrations.Migration):
    dependencies = [("pages", "0014_small_corrections_and_rows")]
    operations = [migrations.RunPython(add_head, remove_head)]
