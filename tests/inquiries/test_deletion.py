"""What people sent goes after its term, and nothing of it is left."""

import io
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Role
from inquiries.deletion import clear_dead_rows, delete, expired, held_back, overwrite_on_disk
from inquiries.models import DeletionRecord, FormSettings, Inquiry, OutgoingMail, State, SubmissionCount
from pages.models import SearchMiss
from tests.factories import make_city, make_inquiry, make_search_miss, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def city():
    return make_city("hier")


def settled(city, kind="contact", days_ago=1000, **fields):
    return make_inquiry(city, kind, state=State.CLOSED, settled_at=NOON - timedelta(days=days_ago), **fields)


def delete_expired(*options, at=NOON, complaints=None):
    said = io.StringIO()
    with time_machine.travel(at, tick=False):
        call_command("delete_expired", *options, stdout=said, stderr=complaints)
    return said.getvalue()


def mail_of(city, inquiry=None, **fields):
    defaults = {"purpose": "answer", "recipient": "a@example.org", "subject": "Antwort", "body": "Text"}
    return OutgoingMail.objects.create(city=city, inquiry=inquiry, message_id="<1@example.org>", **defaults | fields)


def records():
    return list(DeletionRecord.objects.order_by("pk").values_list("city__slug", "kind", "reason", "count"))


# --- When ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "days"), [("contact", 90), ("help", 90), ("interpreter", 90), ("barrier", 365)])
def test_term_ends_at_an_exact_instant(city, kind, days):
    inquiry = settled(city, kind, days_ago=0)
    end = NOON + timedelta(days=days)
    assert expired(end - timedelta(microseconds=1)) == []
    assert expired(end) == [inquiry]


def test_term_is_that_of_the_form_of_the_city(city):
    FormSettings.objects.create(city=city, kind="help", answer_days=3, keep_days=10)
    shorter, default = settled(city, "help", days_ago=11), settled(city, "contact", days_ago=11)
    elsewhere = settled(make_city(), "help", days_ago=11)
    assert expired(NOON) == [shorter]
    assert set(expired(NOON + timedelta(days=79))) == {shorter, default, elsewhere}


def test_what_is_open_has_no_term(city):
    inquiry = settled(city)
    inquiry.set_state(State.IN_WORK, NOON)
    inquiry.save()
    make_inquiry(city, received_at=NOON - timedelta(days=1000))
    assert expired(NOON) == []


# --- What waits for a mail -------------------------------------------------------------------------------

WAITS, REFUSED, SENT = {}, {"refused_at": NOON}, {"sent_at": NOON}


@pytest.mark.parametrize("purpose", ["answer", "interim"])
@pytest.mark.parametrize(
    ("fate", "state", "is_held"),
    [
        (SENT, State.ANSWERED, False),
        (WAITS, State.ANSWERED, True),
        (WAITS, State.CLOSED, True),
        (REFUSED, State.ANSWERED, True),
        (REFUSED, State.CLOSED, False),
    ],
)
def test_what_was_not_sent_holds_an_inquiry_back(city, purpose, fate, state, is_held):
    inquiry = make_inquiry(city, state=state, settled_at=NOON - timedelta(days=90))
    mail_of(city, inquiry, purpose=purpose, **fate)
    delete_expired()
    assert Inquiry.objects.exists() is is_held


def test_notice_to_the_team_holds_nothing_back(city):
    mail_of(city, settled(city, days_ago=90), purpose="notice")
    delete_expired()
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("fate", [WAITS, REFUSED])
def test_nothing_is_held_back_for_more_than_a_year(city, fate):
    inquiry = make_inquiry(city, state=State.ANSWERED, settled_at=NOON)
    mail_of(city, inquiry, **fate)
    end = NOON + timedelta(days=365)
    before = end - timedelta(microseconds=1)
    assert (expired(before), len(held_back(before))) == ([], 1)
    assert (expired(end), held_back(end)) == ([inquiry], [])


def test_command_says_how_many_are_held_back_and_why(city):
    for fate in (WAITS, WAITS, REFUSED):
        mail_of(city, make_inquiry(city, state=State.ANSWERED, settled_at=NOON - timedelta(days=90)), **fate)
    held = (
        "Noch nicht gelöscht, höchstens ein Jahr nach dem Abschluss: 3 Anfragen.\n"
        "  Hier, E-Mail kam nicht an: 1\n"
        "  Hier, E-Mail noch nicht verschickt: 2\n"
    )
    assert delete_expired("--dry-run") == f"Zu löschen: 0 Anfragen.\n{held}Es wurde nichts gelöscht.\n"
    assert delete_expired() == f"Gelöscht: 0 Anfragen.\n{held}"


# --- What ------------------------------------------------------------------------------------------------


def test_mails_and_history_of_an_inquiry_go_with_it(city):
    user = make_user(city, Role.EDITOR)
    gone, kept = settled(city), settled(city)
    for inquiry in (gone, kept):
        mail_of(city, inquiry)
        LogEntry.objects.log_actions(user.pk, [inquiry], CHANGE, "Stand", single_object=True)
    # Another kind of thing with the same key.
    LogEntry.objects.log_actions(user.pk, [city], CHANGE, "Name", single_object=True)
    LogEntry.objects.filter(object_repr=str(city)).update(object_id=gone.pk)
    delete([gone], DeletionRecord.Reason.TERM, NOON)
    assert list(Inquiry.objects.all()) == [kept]
    assert [mail.inquiry for mail in OutgoingMail.objects.all()] == [kept]
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {kept.number, str(city)}


def test_protocol_counts_by_city_and_form(city):
    other = make_city("anderswo")
    delete([settled(city), settled(city), settled(city, "help"), settled(other)], DeletionRecord.Reason.TERM, NOON)
    assert records() == [
        ("hier", "contact", "term", 2),
        ("hier", "help", "term", 1),
        ("anderswo", "contact", "term", 1),
    ]
    assert set(DeletionRecord.objects.values_list("deleted_on", flat=True)) == {NOON.date()}


def test_more_inquiries_than_fit_into_one_query_are_deleted(city):
    Inquiry.objects.bulk_create(
        Inquiry(city=city, kind="contact", language="de", receipt_token=f"b{number}", due_on=NOON.date())
        for number in range(1100)
    )
    delete(list(Inquiry.objects.all()), DeletionRecord.Reason.TERM, NOON)
    assert (Inquiry.objects.count(), records()) == (0, [("hier", "contact", "term", 1100)])


# --- The command --------------------------------------------------------------------------------------------


def test_command_says_what_it_deleted(city):
    settled(city)
    settled(city)
    settled(city, "barrier")
    assert delete_expired() == "Gelöscht: 3 Anfragen.\n  Hier, Barriere melden: 1\n  Hier, Nachricht schreiben: 2\n"
    assert Inquiry.objects.count() == 0


def test_command_does_nothing_a_second_time(city):
    settled(city)
    delete_expired()
    assert delete_expired() == "Gelöscht: 0 Anfragen.\n"
    assert records() == [("hier", "contact", "term", 1)]


def test_dry_run_only_says_what_would_go(city):
    settled(city)
    mail_of(city, created_at=NOON - timedelta(days=91))
    assert delete_expired("--dry-run") == (
        "Zu löschen: 1 Anfrage.\n"
        "  Hier, Nachricht schreiben: 1\n"
        "Zu löschen: 1 E-Mail ohne Anfrage.\n"
        "Es wurde nichts gelöscht.\n"
    )
    assert (Inquiry.objects.count(), OutgoingMail.objects.count(), records()) == (1, 1, [])


def test_old_mails_without_inquiry_go_too(city):
    young = mail_of(city, created_at=NOON - timedelta(days=89))
    belongs = mail_of(city, make_inquiry(city), created_at=NOON - timedelta(days=1000))
    mail_of(city, created_at=NOON - timedelta(days=90))
    assert delete_expired() == "Gelöscht: 0 Anfragen.\nGelöscht: 1 E-Mail ohne Anfrage.\n"
    assert set(OutgoingMail.objects.all()) == {young, belongs}


def test_old_counts_of_addresses_go_too(city):
    SubmissionCount.objects.create(address_digest="a", hour=NOON - timedelta(days=1), count=3)
    delete_expired()
    assert SubmissionCount.objects.count() == 0


def test_words_that_nobody_searches_any_more_go_too(city):
    today = NOON.date()
    days = {"heute": today, "noch": today - timedelta(days=90), "lange": today - timedelta(days=91)}
    for word, day in days.items():
        make_search_miss(city, word=word, first_day=day, last_day=day)
    make_search_miss(None, word="überall", first_day=days["lange"], last_day=days["lange"])
    said = "Zu löschen: 0 Anfragen.\nZu löschen: 2 Suchwörter ohne Treffer.\nEs wurde nichts gelöscht.\n"
    assert delete_expired("--dry-run") == said
    assert delete_expired() == "Gelöscht: 0 Anfragen.\nGelöscht: 2 Suchwörter ohne Treffer.\n"
    assert set(SearchMiss.objects.values_list("word", flat=True)) == {"heute", "noch"}


# --- By hand -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status", "left"), [(Role.EDITOR, 403, 1), (Role.AUTHOR, 403, 1), (Role.MANAGER, 302, 0)]
)
def test_managers_delete_by_hand(client, city, role, status, left):
    inquiry = make_inquiry(city)
    mail_of(city, inquiry)
    client.force_login(make_user(city, role))
    url = reverse("admin:inquiries_inquiry_delete", args=[inquiry.pk])
    assert client.post(url, {"post": "yes"}).status_code == status
    assert Inquiry.objects.count() == left
    assert records() == ([] if left else [("hier", "contact", "by_hand", 1)])
    assert LogEntry.objects.count() == 0


def test_deleting_by_hand_asks_first(client, city):
    inquiry = make_inquiry(city)
    mail_of(city, inquiry)
    client.force_login(make_user(city, Role.MANAGER))
    text = client.get(reverse("admin:inquiries_inquiry_delete", args=[inquiry.pk])).text
    assert "Ja, löschen" in text
    assert Inquiry.objects.count() == 1


# --- Nothing is left -----------------------------------------------------------------------------------------

WORD = "quittenbrot7"


def dump():
    """Everything that the database holds, as text."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        values = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}"')
            values += [value for (value,) in cursor.fetchall() if value]
    return "\n".join(values)


def is_on_disk(word):
    """In the files of SQLite; PostgreSQL overwrites what was deleted in its own time."""
    if connection.vendor != "sqlite":
        return False
    database = Path(connection.settings_dict["NAME"])
    files = [database, database.with_name(f"{database.name}-wal")]
    # In a process of its own: closing a file here would drop the locks that SQLite holds on it for this process.
    read = "import sys; [sys.stdout.buffer.write(open(name, 'rb').read()) for name in sys.argv[1:]]"
    names = [str(file) for file in files if file.exists()]
    return word.encode() in subprocess.run([sys.executable, "-c", read, *names], check=True, capture_output=True).stdout


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_hand", [False, True])
def test_nothing_is_left_of_what_somebody_sent(client, by_hand):
    city = make_city("hier")
    with time_machine.travel(NOON, tick=False):
        inquiry = make_inquiry(
            city,
            "interpreter",
            subject=f"Betreff {WORD}",
            message=f"Nachricht {WORD} " * 500,
            answers=dict.fromkeys(["institution", "wish", "place"], f"Antwort {WORD}"),
            name=f"Frau {WORD}",
            phone=f"030 {WORD}",
            email=f"{WORD}@example.org",
            note=f"Notiz {WORD}",
            responsible=make_user(city, Role.EDITOR),
        )
        client.force_login(make_user(city, Role.MANAGER))
        url = reverse("admin:inquiries_inquiry_answer", args=[inquiry.pk])
        seen = client.get(url).context["form"].initial["seen"]
        assert client.post(url, {"text": f"Liebe Frau {WORD}", "seen": seen}).status_code == 303
    OutgoingMail.objects.update(sent_at=NOON)
    assert dump().count(WORD) > 500
    assert is_on_disk(WORD) is (connection.vendor == "sqlite")

    if by_hand:
        with time_machine.travel(NOON, tick=False):  # while the person is still signed in
            client.post(reverse("admin:inquiries_inquiry_delete", args=[inquiry.pk]), {"post": "yes"})
    else:
        delete_expired(at=NOON + timedelta(days=90))
    assert Inquiry.objects.count() == 0
    assert WORD not in dump()
    assert not is_on_disk(WORD)
    assert LogEntry.objects.filter(object_repr=inquiry.number).count() == 0
    assert [(record.kind, record.count) for record in DeletionRecord.objects.all()] == [("interpreter", 1)]


only_sqlite = pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="SQLite keeps earlier states beside the database."
)
only_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL keeps dead rows.")


@pytest.fixture
def reader(transactional_db):
    """Another connection that reads, and goes on reading the state of now."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM inquiries_inquiry").fetchone()
    yield other
    other.close()


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_deleting_never_waits_long_for_readers_and_is_made_good_later(reader):
    settled(make_city("hier"), message=WORD * 1000)
    reader.execute("COMMIT")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM inquiries_inquiry").fetchone()
    complaints, begin = io.StringIO(), time.monotonic()
    assert delete_expired(complaints=complaints).startswith("Gelöscht: 1 Anfrage.")
    assert time.monotonic() - begin < 3
    assert complaints.getvalue() == ("Die Datenbank wird gerade gelesen. Ihre Reste überschreibt der nächste Aufruf.\n")
    assert is_on_disk(WORD)
    reader.execute("COMMIT")
    assert delete_expired(complaints=complaints) == "Gelöscht: 0 Anfragen.\n"
    assert not is_on_disk(WORD)


@only_sqlite
def test_writers_are_as_patient_after_a_deletion_as_before(reader):
    make_city("hier")
    assert overwrite_on_disk() is False
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_dead_rows_are_cleared():
    def size():
        with connection.cursor() as cursor:
            return cursor.execute("SELECT pg_relation_size('inquiries_inquiry')").fetchone()[0]

    city = make_city("hier")
    for _number in range(20):
        settled(city, message=WORD * 100)
    assert size() > 0
    with CaptureQueriesContext(connection) as queries:
        delete_expired()
    assert [query["sql"] for query in queries if query["sql"].startswith("VACUUM")] == [
        'VACUUM "inquiries_inquiry"',
        'VACUUM "inquiries_outgoingmail"',
        'VACUUM "django_admin_log"',
    ]
    assert size() == 0


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_who_does_not_own_the_tables_leaves_dead_rows_to_the_database():
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE stranger")
        try:
            cursor.execute("SET ROLE stranger")
            clear_dead_rows()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE stranger")
