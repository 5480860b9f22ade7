"""Another database, or another way to read the same one, in the place of `default`: in this thread, and only inside."""

from contextlib import contextmanager
from copy import deepcopy

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.utils import load_backend


@contextmanager
def connected_to(name=None, **options):
    """A connection of its own. Migrations and models that ask for `default` meet it, too."""
    before = connections[DEFAULT_DB_ALIAS]
    settings = deepcopy(before.settings_dict)
    settings["NAME"] = name or settings["NAME"]
    settings["OPTIONS"] = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"} | options
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = connection
    ContentType.objects.clear_cache()
    try:
        yield connection
    finally:
        connection.close()
        connections[DEFAULT_DB_ALIAS] = before
        ContentType.objects.clear_cache()


@contextmanager
def snapshot():
    """Inside, every query reads the database as it was at one instant; nobody who writes has to wait for that."""
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        # In write-ahead mode a reader keeps the state in which its transaction began.
        options = {"transaction_mode": "DEFERRED", "init_command": "PRAGMA query_only=ON"}
    else:
        from psycopg import IsolationLevel

        options = {"isolation_level": IsolationLevel.REPEATABLE_READ}
    with connected_to(**options) as connection, transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the first one that reads fixes the instant
        yield connection
