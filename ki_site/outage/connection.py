"""A connection to PostgreSQL that does not wait for ever: a server that hangs would hold every thread of the site."""

import psycopg
from psycopg.pq import TransactionStatus

from .room import room


class ImpatientConnection(psycopg.Connection):
    # Seconds for each answer; None where nobody waits for a page: see middleware.answer_without_database.
    patience = None

    def wait(self, gen, *args, timeout=None, **options):
        try:
            with room.waiting():
                return super().wait(gen, *args, timeout=timeout or self.patience, **options)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # What the server may still send would be taken for the answer to something else.
                self.pgconn.finish()
            raise
