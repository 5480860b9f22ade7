"""What a new version typically does to a table that everybody reads."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE pages_pagerevision ADD COLUMN late integer NULL",
            "ALTER TABLE pages_pagerevision DROP COLUMN late",
        )
    ]
