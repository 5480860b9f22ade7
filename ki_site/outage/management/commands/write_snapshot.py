import fcntl
import os
import signal
import sqlite3
import time
from contextlib import contextmanager, suppress
from threading import Thread

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.utils import timezone

from ki_site.outage.store import file
from ki_site.outage.writing import write

# Whoever has just started the site wants to see it first.
SECONDS_UNTIL_FIRST = 5


class Command(BaseCommand):
    help = "Legt jede öffentliche Seite auf diesem Rechner ab, für die Zeit, in der die Datenbank nicht erreichbar ist."

    def add_arguments(self, parser):
        parser.add_argument("--loop", type=int, metavar="SEKUNDEN", help="nicht enden, sondern so oft wiederholen")
        parser.add_argument("--all", action="store_true", help="alles neu schreiben, nicht nur, was sich geändert hat")

    def handle(self, *, loop, all, **options):
        with suppress(PermissionError):  # systemd forbids it, and has made it nice itself
            os.nice(10)  # pages that somebody waits for come first
        if not loop:
            self.write(all)
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the site; this ends with it
        Thread(target=end_with, args=[os.getppid()], daemon=True).start()
        time.sleep(SECONDS_UNTIL_FIRST)
        while True:
            try:
                self.write(all)
            except CommandError as error:
                self.stderr.write(str(error))
            connections.close_all()
            time.sleep(loop)

    def write(self, every_page):
        try:
            with only_one() as is_free:
                if not is_free:
                    self.say("Es schreibt schon jemand.")
                    return
                failed = write(self.say, every_page)
        except Error as error:
            raise CommandError(f"Die Datenbank antwortet nicht; es bleibt bei den alten Seiten: {error}") from None
        except (OSError, sqlite3.Error) as error:
            raise CommandError(f"In {file().parent} lässt sich nichts ablegen: {error}") from None
        if failed:
            raise CommandError(f"{len(failed)} Seiten fehlen, weil sie einen Fehler haben: {', '.join(failed[:5])}")

    def say(self, words):
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {words}")


def end_with(parent):
    """Half a city that was not written yet is no loss."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


@contextmanager
def only_one():
    """Whether nobody else writes on this machine; a process that is killed leaves no lock behind."""
    file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (file().parent / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
