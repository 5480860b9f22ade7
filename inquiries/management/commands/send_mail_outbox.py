import logging
import signal
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from inquiries.outbox import outbox_state, send_due, try_all_again

logger = logging.getLogger(__name__)

# How soon a service notices that it should stop.
SLICE = 0.2  # seconds


class Command(BaseCommand):
    help = (
        "Verschickt die fälligen E-Mails. Jede Minute durch einen Timer starten oder einmal als Dienst mit --loop; "
        "mehrere zugleich schaden nicht. Endet mit 1, wenn wegen eines Fehlers etwas wartet."
    )

    # They take longer than the sending, and this runs every minute.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--loop", type=float, metavar="SEKUNDEN", help="Nicht enden, sondern so oft nachsehen.")
        parser.add_argument(
            "--again",
            action="store_true",
            help="Zuerst alles wieder fällig machen, was wartet, hängt oder abgelehnt wurde. Nach einer Reparatur.",
        )

    def handle(self, **options):
        if not settings.MAIL_IS_SET_UP:
            self.stdout.write(
                f"Kein Mailserver eingerichtet (EMAIL_URL fehlt). {waiting_words(outbox_state().waiting)}"
            )
            return
        if options["again"]:
            number = try_all_again()
            self.stdout.write(f"{number} E-Mail{'s sind' if number != 1 else ' ist'} wieder fällig.")
        if options["loop"]:
            Service(options["loop"]).run()
        else:
            self.send_once()

    def send_once(self):
        sent, failed = send_due()
        state = outbox_state()
        self.stdout.write(
            f"{sent} verschickt, {failed} fehlgeschlagen, {state.refused} abgelehnt. {waiting_words(state.waiting)}"
        )
        if state.failing_since:
            self.stderr.write(state.last_error)
            sys.exit(1)


def waiting_words(number):
    return "1 E-Mail wartet." if number == 1 else f"{number} E-Mails warten."


class Service:
    """Looks again and again; told to stop, it finishes the mail it is sending."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.is_stopped = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, _number, _frame):
        self.is_stopped = True

    def run(self):
        while not self.is_stopped:
            self.send()
            self.rest()

    def send(self):
        close_old_connections()
        try:
            send_due(is_stopped=lambda: self.is_stopped)
        except Error as error:
            # The database may be away for a moment.
            logger.error("The outbox cannot be read: %s", type(error).__name__)

    def rest(self):
        end = time.monotonic() + self.seconds
        while not self.is_stopped and time.monotonic() < end:
            time.sleep(min(SLICE, self.seconds))
