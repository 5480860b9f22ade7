"""What came by the forms goes for good after its term, from the tables, from histories and from the disk."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from .models import DeletionRecord, FormSettings, Inquiry, OutgoingMail, State
from .models.settings import KEEP_DAYS

# A mail that belongs to no inquiry any more is of use for nothing but looking for faults.
KEEP_LONE_MAILS = timedelta(days=90)

# So long after it was settled an inquiry stays whose mail did not go out; then it goes in spite of that.
LONGEST_HOLD = timedelta(days=365)

# How long a deletion waits for readers of SQLite: everybody who wants to write waits with it.
PATIENCE = 200  # milliseconds

# Databases take only so many values in one query.
AT_ONCE = 500


class Terms:
    """How long the cities keep what came by their forms: one query for all of them."""

    def __init__(self):
        rows = FormSettings.objects.values_list("city_id", "kind", "keep_days")
        self.days = {(city_id, kind): days for city_id, kind, days in rows}

    def end(self, inquiry):
        """The instant from which a settled inquiry is to be deleted."""
        days = self.days.get((inquiry.city_id, inquiry.kind), KEEP_DAYS[inquiry.kind])
        return inquiry.settled_at + timedelta(days=days)

    def ending(self, inquiry, instant):
        """When a settled inquiry goes, as things stand at the instant, and what holds it back after its term."""
        end = self.end(inquiry)
        if end <= instant and (reason := what_holds(inquiry, instant)):
            return inquiry.settled_at + LONGEST_HOLD, reason
        return end, ""


def with_unsent_replies(inquiries):
    """Says of each inquiry whether something written to its sender waits, or was refused."""
    purposes = [OutgoingMail.Purpose.ANSWER, OutgoingMail.Purpose.INTERIM]
    unsent = OutgoingMail.objects.filter(inquiry=OuterRef("pk"), purpose__in=purposes, sent_at=None)
    return inquiries.annotate(
        reply_waits=Exists(unsent.filter(refused_at=None)),
        reply_refused=Exists(unsent.filter(refused_at__isnull=False)),
    )


def what_holds(inquiry, instant):
    """Why an inquiry has to stay although its term is over: the sender still waits. Nothing if nothing does."""
    if instant >= inquiry.settled_at + LONGEST_HOLD:
        return ""
    if inquiry.reply_waits:
        return "E-Mail noch nicht verschickt"
    # Who closes it by hand knows of the refusal.
    return "E-Mail kam nicht an" if inquiry.reply_refused and inquiry.state != State.CLOSED else ""


def settled_with_endings(instant, **scope):
    """(inquiry, when it goes, what holds it back). Inside a transaction nobody can take them up again meanwhile."""
    terms = Terms()
    settled = with_unsent_replies(Inquiry.objects.filter(settled_at__lte=instant, **scope)).select_related("city")
    settled = settled.only("city__name", "kind", "state", "settled_at")
    if connection.in_atomic_block:
        settled = settled.select_for_update(of=("self",))
    return [(inquiry, *terms.ending(inquiry, instant)) for inquiry in settled]


def expired(instant, **scope):
    """The inquiries that are to be deleted, of all cities or within the scope."""
    return [inquiry for inquiry, end, _reason in settled_with_endings(instant, **scope) if end <= instant]


def held_back(instant):
    """(inquiry, why) of those that would be deleted if all that was written to their senders had arrived."""
    return [(inquiry, reason) for inquiry, _end, reason in settled_with_endings(instant) if reason]


def lone_mails(instant):
    return OutgoingMail.objects.filter(inquiry=None, created_at__lte=instant - KEEP_LONE_MAILS)


@transaction.atomic
def delete(inquiries, reason, instant):
    """Deletes inquiries with their mails and histories. What stays is how many there were of which city and form."""
    keys = [inquiry.pk for inquiry in inquiries]
    histories = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Inquiry))
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        histories.filter(object_id__in=[str(key) for key in some]).delete()
        Inquiry.objects.filter(pk__in=some).delete()
    counts = Counter((inquiry.city_id, inquiry.kind) for inquiry in inquiries)
    for (city_id, kind), count in sorted(counts.items()):
        DeletionRecord.objects.create(
            city_id=city_id, kind=kind, reason=reason, count=count, deleted_on=timezone.localdate(instant)
        )
    transaction.on_commit(overwrite_on_disk)


def overwrite_on_disk():
    """SQLite keeps earlier states of its pages beside the database until somebody says that they may go.

    False if a reader is in the way; then the next deletion does it, or delete_expired. Inside a transaction nothing
    can be done yet, and `delete` sees to it.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            is_busy, _frames, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={patience}")
    return not is_busy


def clear_dead_rows():
    """PostgreSQL keeps deleted rows until its own cleaning, which may be long in coming for a small table."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        for model in (Inquiry, OutgoingMail, LogEntry):
            # Whoever does not own the table is warned by some versions and refused by others.
            with suppress(ProgrammingError):
                cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")
