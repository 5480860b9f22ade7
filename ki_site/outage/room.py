"""Room for readers: those who write never hold every thread of a process.

A commit may wait for a standby that does not answer. Then whoever sends a form waits, too; without this, everybody.
"""

import os
import threading
import time
from contextlib import contextmanager

# After so long in one question to the database a writer is stuck, not slow.
STUCK = 2  # seconds


class Room:
    def __init__(self, places):
        self.places = threading.BoundedSemaphore(places)
        self.writers = {}  # thread: since when it waits for PostgreSQL, None while it does something else

    @contextmanager
    def place(self):
        """True in turn. False at once if all places are taken by writers who are stuck."""
        has_place = self.enter()
        try:
            yield has_place
        finally:
            if has_place:
                del self.writers[threading.get_ident()]
                self.places.release()

    def enter(self):
        while not self.places.acquire(timeout=0.1):
            if self.is_stuck():
                return False
        self.writers[threading.get_ident()] = None
        return True

    def is_stuck(self):
        since = list(self.writers.values())
        return bool(since) and all(each is not None and time.monotonic() - each > STUCK for each in since)

    @contextmanager
    def waiting(self):
        """Around each question to PostgreSQL; nothing for those who only read."""
        thread = threading.get_ident()
        if thread not in self.writers:
            yield
            return
        self.writers[thread] = time.monotonic()
        try:
            yield
        finally:
            self.writers[thread] = None


# Settings name the connection, which knows the room: it cannot ask them. gunicorn.conf.py says how many threads it has.
room = Room(places=max(1, int(os.environ.get("WEB_THREADS") or 2) - 1))
