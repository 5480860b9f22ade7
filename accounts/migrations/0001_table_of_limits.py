from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    """The table of settings.CACHES, so that nobody has to remember a command of its own."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = []

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
