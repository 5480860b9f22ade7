"""Asks the database, for one process, which cities have changed since it was asked the last time."""

from django.db import connection

# What is over for everybody: nobody remembers a moment so long ago.
KEPT = "1 day"

POSTGRESQL = """
SELECT pg_current_snapshot()::text, pg_postmaster_start_time()::text, ARRAY(
    SELECT DISTINCT city_id FROM freshness_contentchange
    WHERE transaction >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
    AND NOT pg_visible_in_snapshot(transaction::text::xid8, %(seen)s::pg_snapshot)
    AND transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
)
"""
NOTHING_SEEN = "1:1:"


class Changes:
    """Remembers what the last answer has seen: with it, no change is missed and none is told twice.

    A number that rises would not do on PostgreSQL: whoever drew the lower number may be the later one to commit.
    Notes of transactions that are still to come are from a backup of another server, and say nothing here.
    """

    def __init__(self):
        self.seen = None  # of SQLite {city: number of its last change}, of PostgreSQL a snapshot
        self.server = None

    def ask(self):
        """The ids of cities, or None: anything may have changed. One small query."""
        return self._ask_postgresql() if connection.vendor == "postgresql" else self._ask_sqlite()

    def _ask_postgresql(self):
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL, {"seen": self.seen or NOTHING_SEEN})
            seen, server, cities = cursor.fetchone()
        # Another server, or this one after a crash, may have given the numbers of lost transactions anew.
        is_known = self.seen is not None and self.server == server
        self.seen, self.server = seen, server
        return set(cities) if is_known else None

    def _ask_sqlite(self):
        with connection.cursor() as cursor:
            cursor.execute('SELECT city_id, "transaction" FROM freshness_contentchange')
            seen = dict(cursor.fetchall())
        former, self.seen = self.seen, seen
        if former is None or former.keys() - seen.keys():
            return None
        return {city for city, number in seen.items() if former.get(city) != number}


def forget_old_changes():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM freshness_contentchange WHERE changed_at < statement_timestamp() - %s::interval", [KEPT]
            )
