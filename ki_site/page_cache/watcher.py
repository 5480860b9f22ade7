"""One thread in each process, which learns what has changed. Whoever reads a page never waits for it."""

import logging
import os
from threading import Event, Lock, Thread
from time import monotonic, time

from django.db import OperationalError, connection

from freshness.changes import Changes, forget_old_changes

from ..outage.breaker import breaker

logger = logging.getLogger(__name__)

INTERVAL = 0.8  # seconds
PATIENCE = 5  # seconds in which a busy machine may be late
HOUR = 3600
# Clocks are put right in steps smaller than these all the time. Back counts sooner: what had begun has not begun yet.
FORWARD, BACK = 2, 1  # seconds


class Watcher:
    """Asks once per interval which cities have changed.

    `sure_until` is the instant of the monotonic clock until which nothing can be wrong with what is kept, because what
    was changed before the last question is known. `number` counts the answers.
    """

    def __init__(self, when_changed, each_time=()):
        self.when_changed, self.each_time = when_changed, list(each_time)
        self.start_anew()

    def start_anew(self):
        """Also in a process that has just been forked: it has the memory of its parent, but not its thread."""
        self.changes = Changes()
        self.number = 0
        self.sure_until = 0.0
        self.gone_since = None  # time() of the first question that the database did not answer
        self.thread, self.starting = None, Lock()
        self.has_asked, self.is_stopped = Event(), Event()
        self.tidied_at = monotonic()
        self.clock = time() - monotonic()

    @property
    def is_sure(self):
        return monotonic() < self.sure_until

    @property
    def database_is_gone(self):
        """Whether it refused the last question, or has not answered it for seconds."""
        return self.gone_since is not None or (self.number > 0 and monotonic() > self.sure_until + PATIENCE)

    def ensure_started(self):
        if self.thread is None:
            with self.starting:
                if self.thread is None:
                    self.thread = Thread(target=self.run, name="page-cache", daemon=True)
                    self.thread.start()
            self.has_asked.wait(INTERVAL)

    def stop(self):
        thread = self.thread
        self.is_stopped.set()
        if thread:
            thread.join()
        self.start_anew()

    def run(self):
        try:
            while True:
                self.ask()
                self.has_asked.set()
                if self.is_stopped.wait(INTERVAL):
                    return
        finally:
            connection.close()

    def ask(self):
        """One question, and what follows from its answer. Nothing may end the thread."""
        asked_at = monotonic()
        try:
            if breaker.is_away():  # which asks by itself
                raise OperationalError(breaker.reason)
            cities = self.changes.ask()
            self.number += 1
            if self.clock_has_jumped():
                cities = None
            if cities is None or cities:
                self.tell(cities)
            self.sure_until = asked_at + 2 * INTERVAL
            self.note_answer()
            self.tidy(asked_at)
        except Exception as error:
            connection.close()
            self.note_failure(error)
        for work in self.each_time:
            self.do(work)

    def clock_has_jumped(self):
        """Pages were made for an instant that is none, perhaps with what is to be public only then."""
        before, self.clock = self.clock, time() - monotonic()
        return not -BACK <= self.clock - before <= FORWARD

    def tell(self, cities):
        try:
            self.when_changed(cities, self.number)
        except Exception:
            self.changes = Changes()  # the next answer says that anything may have changed
            raise

    def do(self, work, *arguments):
        try:
            work(*arguments)
        except Exception:
            logger.exception("page cache: %r failed", work)

    def note_answer(self):
        if self.gone_since is not None:
            logger.warning("page cache, process %s: the database answers again", os.getpid())
        self.gone_since = None

    def note_failure(self, error):
        if self.gone_since is None:
            logger.warning("page cache, process %s: the database does not answer: %s", os.getpid(), error)
            self.gone_since = time()
        breaker.find_out()

    def tidy(self, now):
        if now - self.tidied_at > HOUR:
            self.tidied_at = now
            forget_old_changes()
