"""Mails that are stored first and sent afterwards: in the background of a web process, or by send_mail_outbox.

Nobody can know whether a mail arrived when the connection is lost at the wrong moment. Such a mail is sent again,
and then says that it may be a repetition: better twice than never, and never twice without a word.
"""

import atexit
import logging
import smtplib
import threading
from datetime import timedelta
from enum import Enum
from typing import NamedTuple

from django.conf import settings
from django.core.mail import get_connection
from django.db import connections
from django.db.models import Case, Count, DateTimeField, F, Min, Q, Value, When
from django.http import HttpResponseRedirect
from django.utils import timezone

from .letters import message_of
from .models import OutgoingMail

logger = logging.getLogger(__name__)

# Until the second attempt, the third and so on; the last one for all that follow.
WAITS = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6)]
# While nobody can be reached: how old a mail may be, and how long it waits until then. Older ones wait the last time.
WAITS_BY_AGE = [(timedelta(minutes=5), timedelta(minutes=1)), (timedelta(minutes=30), timedelta(minutes=5))]
LONGEST_WAIT_FOR_SERVER = timedelta(minutes=10)
# So long requests do not ask again a server that did not answer.
REST_AFTER_FAILURE = timedelta(minutes=1)
# So long a web process that is told to end may go on with the mail it is sending.
GRACE = 5  # seconds; gunicorn kills after 10

# How OutgoingMail.last_error begins; after it come names of errors and codes, never words of the server:
# they may hold the address.
NO_CONNECTION = "keine Verbindung"
CONNECTION_LOST = "Verbindung verloren"
REFUSED_FOR_NOW = "vorerst abgelehnt"
REFUSED_FOR_GOOD = "abgelehnt"

# Codes by which a server refuses us, not this mail: who does not sign in gets no further with any mail.
NOT_ABOUT_THE_MAIL = {530, 534, 535, 538}


# --- Sending ---------------------------------------------------------------------------------------


class Outcome(Enum):
    SENT = "sent"
    NOT_NOW = "not_now"
    NEVER = "never"
    UNKNOWN = "unknown"


class Attempt(NamedTuple):
    outcome: Outcome
    error: str = ""


def waiting():
    return OutgoingMail.objects.filter(sent_at=None, refused_at=None)


def not_claimed(instant):
    # Nobody claims for so long: that clock was wrong. Twice the time, because no two clocks are quite the same.
    from_wrong_clock = Q(claimed_until__gt=instant + 2 * claim_for())
    return Q(claimed_until=None) | Q(claimed_until__lt=instant) | from_wrong_clock


def after_wait(instant, first=0):
    """For a query: the instant plus the wait of a mail; `first` is the number of attempts after which the first holds.

    The number counts the attempts before this one, unless the attempt in question is counted already.
    """
    waits = [When(attempts=number, then=Value(instant + wait)) for number, wait in enumerate(WAITS[:-1], first)]
    return Case(*waits, default=Value(instant + WAITS[-1]), output_field=DateTimeField())


def after_wait_for_server(instant):
    """The same for a mail that nobody took: nothing was tried with it, so that its attempts stay as they are.

    Told by the age at that instant, so that nobody needs to count how often the server was away.
    """
    waits = [When(created_at__gt=instant - age, then=Value(instant + wait)) for age, wait in WAITS_BY_AGE]
    return Case(*waits, default=Value(instant + LONGEST_WAIT_FOR_SERVER), output_field=DateTimeField())


def claim_for():
    """Longer than the slowest attempt: a server may take the whole EMAIL_TIMEOUT for each of its five answers."""
    return timedelta(seconds=6 * settings.EMAIL_TIMEOUT)


def send_due(instant=None, is_stopped=lambda: False):
    """Sends what is due now, or at the instant. Says how many went out and how many did not: `(sent, failed)`.

    Any number of processes may do so at once. Stops at the first lost connection: a server that answers nobody
    would cast doubt on one mail after the other.
    """
    instant = instant or timezone.now()
    due = waiting().filter(not_claimed(timezone.now()), next_attempt_at__lte=instant)
    if not settings.MAIL_IS_SET_UP or not due.exists():
        return 0, 0
    connection = get_connection()
    if error := opening_error(connection):
        return 0, postpone(due, error)
    # Now that the server is back, what only waited for it does not wait for longer.
    due = waiting().filter(
        not_claimed(timezone.now()), Q(next_attempt_at__lte=instant) | Q(last_error__startswith=NO_CONNECTION)
    )
    ids = due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)
    try:
        return send_all(connection, list(ids), is_stopped)
    finally:
        close_quietly(connection)


def opening_error(connection):
    """What hinders us from reaching the server; as long as it does, nothing can have been sent."""
    try:
        connection.open()
    except Exception as error:
        close_quietly(connection)
        return f"{NO_CONNECTION}: {name_of(error)}"
    return ""


def close_quietly(connection):
    try:
        connection.close()
    except Exception as error:
        logger.info("The mail server did not say goodbye: %s", name_of(error))


def name_of(error):
    """The class of the error, and the server's code if it gave one."""
    return " ".join(filter(None, [type(error).__name__, str(code_of(error) or "")]))


def code_of(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # A mail of ours has one recipient.
        return next((code for code, _words in error.recipients.values()), None)
    return getattr(error, "smtp_code", None)


def postpone(due, error):
    """Nothing was sent; all wait, the new ones less long than the old ones."""
    logger.warning("Mails wait: %s", error)
    return due.update(next_attempt_at=after_wait_for_server(timezone.now()), last_error=error[:200])


def send_all(connection, ids, is_stopped):
    sent = failed = 0
    for pk in ids:
        if is_stopped():
            break
        mail, claimed_until = claim(pk)
        if mail is None:
            continue
        attempt = attempt_to_send(connection, mail)
        write_down(mail, claimed_until, attempt)
        if attempt.outcome == Outcome.SENT:
            sent += 1
            continue
        failed += 1
        logger.warning("Mail %s: %s", mail.pk, attempt.error)
        # A server may close the connection after it refused something, and the next mail would find it lost.
        close_quietly(connection)
        if attempt.outcome == Outcome.UNKNOWN or opening_error(connection):
            break
    return sent, failed


def claim(pk):
    """The mail as it was before, for this process alone, and until when; `(None, None)` if another has it.

    `is_in_doubt` of the returned mail tells whether an earlier attempt may have reached somebody.
    """
    now = timezone.now()
    free = waiting().filter(not_claimed(now), pk=pk)
    mail = free.select_related("city", "inquiry").first()
    if mail is None:
        return None, None
    claimed_until = now + claim_for()
    # By the number of attempts: who tried since we read the mail may have left it in doubt.
    claimed = free.filter(attempts=mail.attempts).update(
        claimed_until=claimed_until,
        attempts=F("attempts") + 1,
        next_attempt_at=after_wait(now),
        is_in_doubt=True,
    )
    return (mail, claimed_until) if claimed else (None, None)


def attempt_to_send(connection, mail):
    try:
        reached = connection.send_messages([message_of(mail)])
    except smtplib.SMTPResponseException as error:
        # Of DATA; a server that does not like us or our address as the sender does not mean this mail.
        return refusal(error, is_about_mail=isinstance(error, smtplib.SMTPDataError))
    except smtplib.SMTPRecipientsRefused as error:
        return refusal(error, is_about_mail=True)
    except smtplib.SMTPNotSupportedError as error:
        return Attempt(Outcome.NOT_NOW, f"{REFUSED_FOR_NOW}: {name_of(error)}")
    except ValueError as error:
        # The mail cannot be put into words of SMTP; it never left.
        return Attempt(Outcome.NEVER, f"{REFUSED_FOR_GOOD}: {name_of(error)}")
    except Exception as error:
        return Attempt(Outcome.UNKNOWN, f"{CONNECTION_LOST}: {name_of(error)}")
    return Attempt(Outcome.SENT) if reached else Attempt(Outcome.NEVER, f"{REFUSED_FOR_GOOD}: NoRecipient")


def refusal(error, is_about_mail):
    """A clear answer of the server: this mail was not sent."""
    code = code_of(error) or 0
    if is_about_mail and 500 <= code < 600 and code not in NOT_ABOUT_THE_MAIL:
        return Attempt(Outcome.NEVER, f"{REFUSED_FOR_GOOD}: {name_of(error)}")
    return Attempt(Outcome.NOT_NOW, f"{REFUSED_FOR_NOW}: {name_of(error)}")


def write_down(mail, claimed_until, attempt):
    now = timezone.now()
    row = OutgoingMail.objects.filter(pk=mail.pk)
    if attempt.outcome == Outcome.SENT:
        # Also if the claim was lost in the meantime: it is true.
        row.update(sent_at=now, claimed_until=None, is_in_doubt=False, last_error="", secret_link="")
        return
    changes = {"claimed_until": None, "last_error": attempt.error[:200]}
    if attempt.outcome != Outcome.UNKNOWN:
        changes["is_in_doubt"] = mail.is_in_doubt
    if attempt.outcome == Outcome.NEVER:
        changes["refused_at"] = now
    row.filter(claimed_until=claimed_until).update(**changes)


def try_all_again():
    """For the operator, after a repair: makes everything due that was not sent, also what was refused or claimed.

    What another process is sending at this moment may arrive twice, and says so.
    """
    mails = OutgoingMail.objects.filter(sent_at=None)
    return mails.update(next_attempt_at=timezone.now(), refused_at=None, claimed_until=None)


# --- After a request -------------------------------------------------------------------------------


class RedirectThenMail(HttpResponseRedirect):
    """A redirect after a form was stored. What is due is sent when the visitor has the answer already."""

    status_code = 303

    def close(self):
        sender.start()
        super().close()


class Sender:
    """Sends in a thread of its own, never more than one in a process.

    Not in the request: the browser uses its connection again, and would wait for the mail server, too. When the
    process dies, nothing is lost: the mails are stored, and send_mail_outbox or the next request sends them.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.thread = None
        self.is_asked = False
        self.is_stopped = False

    def start(self):
        """Also while one is at work: it then looks once more, for what it may not have seen."""
        if not settings.MAIL_IS_SET_UP:
            return
        with self.lock:
            self.is_asked = True
            if not self.is_stopped and not (self.thread and self.thread.is_alive()):
                self.thread = threading.Thread(target=self.run, name="outbox", daemon=True)
                self.start_thread()

    def start_thread(self):
        try:
            self.thread.start()
        except RuntimeError as error:
            # The machine has no room for it.
            self.thread = None
            logger.error("Mails could not be sent after a request: %s", type(error).__name__)

    def run(self):
        while self.takes_task():
            send_after_request(lambda: self.is_stopped)

    def takes_task(self):
        """The last word of a thread that ends: whoever asks from then on begins another."""
        with self.lock:
            takes = self.is_asked and not self.is_stopped
            self.is_asked = False
            if not takes:
                self.thread = None
            return takes

    def wait(self, seconds):
        """True if nothing is being sent any more."""
        thread = self.thread
        if thread:
            thread.join(seconds)
        return not (thread and thread.is_alive())

    def stop(self):
        """Finishes the mail that is being sent, and begins no other."""
        self.is_stopped = True
        self.wait(GRACE)


sender = Sender()
atexit.register(sender.stop)


def send_after_request(is_stopped):
    try:
        try:
            if not server_failed_lately(timezone.now()):
                send_due(is_stopped=is_stopped)
        finally:
            connections.close_all()
    except Exception as error:
        # The mails are stored, and send_mail_outbox will send them. The words of the error may hold an address.
        logger.error("Mails could not be sent after a request: %s", type(error).__name__)


def server_failed_lately(now):
    """The waits are counted from the last failure, which is not stored."""
    then = now - REST_AFTER_FAILURE
    not_reached = Q(last_error__startswith=NO_CONNECTION, next_attempt_at__gt=after_wait_for_server(then))
    lost = Q(last_error__startswith=CONNECTION_LOST, next_attempt_at__gt=after_wait(then, first=1))
    return waiting().filter(not_reached | lost).exists()


# --- What is told about it -------------------------------------------------------------------------


class OutboxState(NamedTuple):
    is_set_up: bool
    waiting: int
    oldest: object  # the instant at which the oldest waiting mail was written, or None
    failing_since: object  # the same of the oldest waiting mail that was tried in vain, or None
    last_error: str  # in German, for staff; "" if there is none
    refused: int


def outbox_state(city=None):
    """How the mails of a city, or of all, are getting on: two queries at most."""
    mails = OutgoingMail.objects.filter(sent_at=None)
    if city is not None:
        mails = mails.for_city(city)
    is_waiting = Q(refused_at=None)
    failed = is_waiting & ~Q(last_error="")
    counts = mails.aggregate(
        waiting=Count("pk", filter=is_waiting),
        oldest=Min("created_at", filter=is_waiting),
        failing_since=Min("created_at", filter=failed),
        refused=Count("pk", filter=~is_waiting),
    )
    errors = mails.filter(failed).order_by("-next_attempt_at", "-pk").values_list("last_error", flat=True)
    error = errors.first() if counts["failing_since"] else ""
    return OutboxState(is_set_up=settings.MAIL_IS_SET_UP, last_error=error_in_german(error or ""), **counts)


# By parts of OutgoingMail.last_error; the first that fits.
ERRORS_IN_GERMAN = [
    ("Authentication", "Der Mailserver nimmt Benutzername oder Passwort der Website nicht an."),
    ("SSL", "Die verschlüsselte Verbindung zum Mailserver kommt nicht zustande."),
    ("NotSupported", "Der Mailserver kann etwas nicht, das die Website von ihm verlangt."),
    ("Timeout", "Der Mailserver antwortet nicht."),
    ("gaierror", "Der Mailserver ist unter seinem Namen nicht zu finden."),
    (NO_CONNECTION, "Der Mailserver ist nicht zu erreichen."),
    (CONNECTION_LOST, "Die Verbindung zum Mailserver brach ab. Vielleicht ist die E-Mail trotzdem angekommen."),
    ("SenderRefused", "Der Mailserver nimmt die Absender-Adresse der Website nicht an."),
    (REFUSED_FOR_NOW, "Der Mailserver nimmt die E-Mail gerade nicht an. Die Website versucht es weiter."),
    ("RecipientsRefused", "Der Mailserver nimmt diese Empfänger-Adresse nicht an."),
    (REFUSED_FOR_GOOD, "Der Mailserver nimmt diese E-Mail nicht an."),
]


def error_in_german(error):
    """`last_error` in a sentence for staff, who know nothing of SMTP."""
    return next((words for part, words in ERRORS_IN_GERMAN if part in error), error)
