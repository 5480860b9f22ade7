"""Files of uploads that broke off: a process was killed after it wrote them and before their row was stored.

Their names stand nowhere, so nobody sees them; but they would take up room for ever.
"""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import models

from .uploads import owners

# Far longer than any upload takes, and than clocks differ.
SURELY_OVER = timedelta(days=7)


def delete_orphaned_uploads(instant, dry_run=False):
    """Returns how many there were. Looks only into folders that our own fields write to."""
    owned = owned_names()
    orphans = [name for name in old_names(instant) if name not in owned]
    if not dry_run:
        for name in orphans:
            default_storage.delete(name)
    return len(orphans)


def owned_names():
    return {name for model in owners() for row in model.objects.all().iterator() for name in row.file_names()}


def folders():
    fields = [field for model in owners() for field in model._meta.get_fields()]
    return sorted({field.upload_to.folder for field in fields if isinstance(field, models.FileField)})


def old_names(instant):
    for folder in folders():
        try:
            _folders, files = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        for file in files:
            name = f"{folder}/{file}"
            if default_storage.get_modified_time(name) < instant - SURELY_OVER:
                yield name
