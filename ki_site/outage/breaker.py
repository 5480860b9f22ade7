"""Whether the database is away, known by every process for itself.

The first request that fails finds out. From then on nobody asks the database but one thread, once a second, and pages
come from the snapshot at once. When the database answers, the thread ends and everything is as before.
"""

import logging
import random
import sqlite3
import threading
import time
from copy import deepcopy
from pathlib import Path

from django.db import DatabaseError, Error, InterfaceError, InternalError, OperationalError, connections

logger = logging.getLogger(__name__)

PROBE_EVERY = 1.0  # seconds, and up to a quarter more, so that not all processes ask at the same moment
PROBE_PATIENCE = 2  # seconds; PostgreSQL's library takes no less

# Classes of errors of PostgreSQL: no connection, ended by the operator or a time limit, no room, broken disk; and a
# standby that takes nothing.
AWAY_IN_POSTGRESQL = ("08", "53", "57", "58", "25006")
AWAY_IN_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOTADB,
}


def file_is_gone():
    """SQLite would make a new, empty one; so this is asked before everything else."""
    connection = connections["default"]
    return (
        connection.vendor == "sqlite"
        and not connection.is_in_memory_db()
        and not Path(connection.settings_dict["NAME"]).exists()
    )


def probe():
    """Asks on a connection of its own, not one of the pool. Raises an Error if nobody answers."""
    current = connections["default"]
    settings = deepcopy(current.settings_dict)
    if file_is_gone():
        raise OperationalError("the file of the database is gone")
    if current.vendor == "sqlite":
        settings["OPTIONS"]["timeout"] = PROBE_PATIENCE
    else:
        settings["OPTIONS"].pop("pool", None)
        settings["OPTIONS"] |= {"connect_timeout": PROBE_PATIENCE, "tcp_user_timeout": PROBE_PATIENCE * 1000}
    connection = current.__class__(settings, current.alias)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")
    finally:
        connection.close()


def names_an_outage(error):
    """Whether the error itself says that the database cannot do its work, and not that we asked for nonsense."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in AWAY_IN_SQLITE
    state = getattr(cause, "sqlstate", None)
    if state:
        return state.startswith(AWAY_IN_POSTGRESQL)
    # Broken connections and a pool that has none come without a code.
    return isinstance(error, OperationalError | InterfaceError)


def could_be_an_outage(error):
    """Of rows that do not fit and of tables that are not there no database is to blame."""
    return isinstance(error, OperationalError | InterfaceError | InternalError) or type(error) is DatabaseError


def reason_of(error):
    """For the log and the monitoring: without names and addresses of machines, which errors may hold."""
    words = str(error).lower()
    for sign, reason in REASONS.items():
        if sign in words:
            return reason
    return "does not answer"


REASONS = {
    "refused": "connection refused",
    "no such file or directory": "connection refused",
    "terminat": "connection ended",
    "closed": "connection ended",
    "timeout": "timeout",
    "couldn't get a connection": "timeout",
    "starting up": "starting up",
    "shutting down": "shutting down",
    "authentication": "sign-in failed",
    "does not exist": "no such database",
    "is gone": "file is gone",
    "no such table": "no tables",
    "malformed": "file is damaged",
    "not a database": "file is damaged",
    "locked": "locked",
    "readonly": "read-only",
    "read-only": "read-only",
    "unable to open": "file cannot be opened",
    "full": "disk is full",
    "i/o": "disk fails",
}


class Breaker:
    def __init__(self):
        self.lock = threading.Lock()
        self.reason = ""  # why the database is away; empty while it is there
        self.asked_at = None  # of the monotonic clock

    @property
    def is_open(self):
        return bool(self.reason)

    def is_away(self):
        """What is known; a process that has just started asks once, so that its first visitors do not have to wait."""
        if self.asked_at is None or (not self.is_open and file_is_gone()):
            self.find_out(at_once=True)
        return self.is_open

    def is_outage(self, error):
        """Whether an error of the database means that it is away, or cannot do what was asked for at the moment."""
        if not could_be_an_outage(error):
            return False
        return self.find_out(at_once=True) or names_an_outage(error)

    def find_out(self, at_once=False):
        """Whether the database is away; those who ask within the same second get one answer."""
        with self.lock:
            is_known = self.asked_at is not None and time.monotonic() < self.asked_at + PROBE_EVERY
            if not self.is_open and (at_once or not is_known):
                try:
                    probe()
                except Error as error:
                    self.trip(error)
                self.asked_at = time.monotonic()
            return self.is_open

    def trip(self, error):
        """Only where somebody waits for the end of it: if no thread can be started, the next request asks again."""
        waiting = threading.Thread(target=self.wait_for_database, name="wait-for-database", daemon=True)
        self.reason = reason_of(error)
        try:
            waiting.start()
        except RuntimeError:
            self.reason = ""
            raise
        logger.error("The database is away (%s). Public pages come from the snapshot.", self.reason)

    def wait_for_database(self):
        while self.is_open:
            time.sleep(PROBE_EVERY * random.uniform(1, 1.25))  # noqa: S311 - nothing secret
            try:
                probe()
            except Exception as error:  # whatever it is, the next question may be answered
                self.reason = reason_of(error)
            else:
                self.reason = ""
                logger.warning("The database is back.")


breaker = Breaker()
