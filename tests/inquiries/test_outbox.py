"""Mails against a real mail server on this machine."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from io import StringIO
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import DatabaseError, close_old_connections, connection, connections
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from contacts.inquiry_kinds import InquiryKind
from inquiries import letters, outbox
from inquiries.guard import fresh_key
from inquiries.letters import answer_mail, notice_for
from inquiries.models import FormSettings, OutgoingMail
from inquiries.outbox import (
    WAITS,
    Outcome,
    RedirectThenMail,
    Sender,
    claim,
    error_in_german,
    outbox_state,
    send_due,
    server_failed_lately,
    try_all_again,
    write_down,
)
from ki_site.mail import mail_settings as mail_settings_of
from tests.factories import make_city, make_contact, make_user
from tests.inquiries.mail_server import (
    Does,
    MailServer,
    free_port,
    is_marked,
    make_inquiry,
    make_mail,
    words_of,
    workers_environment,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def mail_settings(settings):
    """A mail server is set up, and pytest-django's mailbox in memory is not it."""
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 1
    settings.DEFAULT_FROM_EMAIL = "website@example.org"
    return settings


@pytest.fixture
def server(mail_settings):
    """Accepts everything until a test sets `decide`."""
    with MailServer() as server:
        mail_settings.EMAIL_PORT = server.port
        yield server


@pytest.fixture
def no_server(mail_settings):
    mail_settings.EMAIL_PORT = MailServer().port


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def does(*behaviours):
    """The first mail meets the first behaviour, and so on; all later ones are accepted."""
    return lambda number: behaviours[number] if number < len(behaviours) else Does.ACCEPT


# --- Writing ---------------------------------------------------------------------------------------


def make_notice(**fields):
    city = make_city("bielefeld", name="Bielefeld")
    FormSettings.objects.create(
        city=city, kind=InquiryKind.BARRIER, notify="team@example.org", answer_days=14, keep_days=365
    )
    inquiry = make_inquiry(city, kind=InquiryKind.BARRIER, number="7K4M-Q29P", received_at=NOON, **fields)
    return notice_for(inquiry, RequestFactory().post("/ar/bielefeld/barriere-melden/"))


def test_notice_tells_number_kind_city_days_and_link():
    mail = make_notice()

    assert (mail.recipient, mail.subject, mail.purpose) == ("team@example.org", "Neue Anfrage 7K4M-Q29P", "notice")
    assert (
        mail.body
        == f"""Jemand hat Ihnen über die Website geschrieben.

Nummer:       7K4M-Q29P
Art:          Barriere melden
Für:          Bielefeld
Antwort bis:  01.12.2026
Spätestens:   03.01.2027 (so steht es im Gesetz)

Hier lesen und beantworten Sie die Anfrage:
http://testserver/admin/inquiries/inquiry/{mail.inquiry.pk}/change/

Sie müssen sich dafür anmelden. In dieser E-Mail steht nichts Persönliches.
Bitte antworten Sie nicht auf diese E-Mail: Die Website liest keine Post.
"""
    )


def test_notice_holds_nothing_of_its_sender(server):
    personal = {
        "name": "Erfundene Absenderin",
        "phone": "030 23125 099",
        "email": "absenderin@example.org",
        "subject": "Betreff der Absenderin",
        "message": "Wörter der Absenderin",
        "answers": {"page_address": "/ar/bielefeld/geheim/"},
    }
    make_notice(**personal).save()

    send_due()

    bodies = [part.get_content() for part in server.kept[0].iter_parts()]
    text = "".join([server.kept[0].as_string(), *bodies])
    words = [*list(personal.values())[:5], "geheim"]
    assert [word for word in words if word in text] == []


@pytest.mark.parametrize(
    ("site_url", "https", "expected"),
    [
        ("https://ki.example.org", True, "https://ki.example.org"),
        ("", True, "https://testserver"),
        # On one's own machine the port is part of the address.
        ("", False, "https://testserver:4444"),
    ],
)
def test_link_in_a_notice_does_not_lead_to_a_port_that_the_visitor_chose(settings, site_url, https, expected):
    settings.SITE_URL, settings.HTTPS = site_url, https
    request = RequestFactory().post("/", headers={"host": "testserver:4444"}, secure=True)
    inquiry = make_inquiry()
    FormSettings.objects.create(
        city=inquiry.city, kind=inquiry.kind, notify="team@example.org", answer_days=7, keep_days=90
    )
    # What Django would make of it.
    assert request.build_absolute_uri("/admin/") == "https://testserver:4444/admin/"

    links = [line for line in notice_for(inquiry, request).body.splitlines() if "://" in line]

    assert links == [f"{expected}/admin/inquiries/inquiry/{inquiry.pk}/change/"]


@pytest.mark.parametrize("url", ["ki.example.org", "https://ki.example.org/admin", "https://ki.example.org?a"])
def test_malformed_address_of_the_site_stops_the_start(url):
    result = check_settings(SITE_URL=url)

    assert (result.returncode, "SITE_URL is malformed" in result.stderr) == (1, True)


def test_notice_is_not_written_without_an_address():
    inquiry = make_inquiry()

    assert notice_for(inquiry, RequestFactory().post("/")) is None


def make_answer(kind=InquiryKind.CONTACT, language="ar", **fields):
    city = make_city(centre_name="Kommunales Integrationszentrum Bielefeld")
    make_contact(city, is_main=True, phone="030 23125 001", email="zentrum@example.org")
    inquiry = make_inquiry(city, kind=kind, language=language, number="7K4M-Q29P", **fields)
    return answer_mail(inquiry, " Guten Tag!\n", OutgoingMail.Purpose.ANSWER, by=make_user(city, "editor"))


def test_answer_ends_with_number_centre_and_phone():
    mail = make_answer(language="de")

    assert mail.subject == "Ihre Nachricht 7K4M-Q29P"
    assert (
        mail.body
        == """Guten Tag!

----------
Nummer Ihrer Nachricht: 7K4M-Q29P
Kommunales Integrationszentrum Bielefeld
Telefon: 030 23125 001
"""
    )


def test_answer_goes_to_the_sender_and_comes_back_to_the_centre():
    mail = make_answer()

    assert (mail.recipient, mail.reply_to) == ("absenderin@example.org", "zentrum@example.org")


def test_answer_comes_back_to_the_address_of_the_form():
    city = make_city()
    make_contact(city, is_main=True, email="zentrum@example.org")
    FormSettings.objects.create(
        city=city, kind=InquiryKind.CONTACT, notify="team@example.org", answer_days=7, keep_days=90
    )

    assert answer_mail(make_inquiry(city), "Ja.", "answer", by=None).reply_to == "team@example.org"


def test_answer_subject_holds_no_words_of_the_sender():
    mail = make_answer(subject="Gewinnen Sie jetzt")

    assert "7K4M-Q29P" in mail.subject
    assert "Gewinnen" not in mail.subject


def test_answer_to_a_barrier_names_the_ombuds_office(settings):
    settings.OMBUDS_OFFICE_URL = "https://ombudsstelle.example.org"

    mail = make_answer(kind=InquiryKind.BARRIER, language="de")

    assert mail.body.count("\nhttps://ombudsstelle.example.org\n") == 1


def test_answer_to_another_inquiry_names_no_ombuds_office():
    assert "Ombuds" not in make_answer(language="de").body


def test_answer_is_in_german_and_in_the_language_of_the_form(monkeypatch):
    # The catalogue of a language may not have the words yet.
    monkeypatch.setattr(letters, "gettext", lambda words: f"{get_language()} {words}")
    mail = make_answer()

    assert mail.subject == "de Ihre Nachricht 7K4M-Q29P · ar Ihre Nachricht 7K4M-Q29P"


def test_answer_needs_an_address():
    with pytest.raises(ValueError, match="no e-mail address"):
        make_answer(email="")


# --- What goes over the line -----------------------------------------------------------------------


def test_mail_arrives_once(server):
    mail = make_mail(reply_to="zentrum@example.org")

    results = [send_due(), send_due()]

    message = server.kept[0]
    assert (results, len(server.kept)) == ([(1, 0), (0, 0)], 1)
    assert (message["Message-ID"], message["To"], message["Reply-To"]) == (
        mail.message_id,
        "team@example.org",
        "zentrum@example.org",
    )
    assert (message["Subject"], words_of(message)) == (mail.subject, "Es gibt etwas zu lesen.\n")
    assert (is_marked(message), message["Auto-Submitted"]) == (False, "auto-generated")


def test_mail_comes_from_the_centre_at_the_address_of_the_website(server):
    make_mail(make_inquiry(make_city(centre_name="Kommunales Integrationszentrum Köln")))

    send_due()

    assert str(server.kept[0]["From"]) == "Kommunales Integrationszentrum Köln <website@example.org>"


def test_sent_mail_is_written_down(server, clock):
    mail = make_mail()

    send_due()

    mail.refresh_from_db()
    assert (mail.sent_at, mail.claimed_until, mail.is_in_doubt, mail.attempts, mail.last_error) == (
        NOON,
        None,
        False,
        1,
        "",
    )


def test_nothing_is_tried_without_a_mail_server(settings):
    settings.MAIL_IS_SET_UP = False
    mail = make_mail()

    assert send_due() == (0, 0)
    mail.refresh_from_db()
    assert (mail.attempts, mail.sent_at) == (0, None)


def test_dead_server_makes_all_wait_without_doubt(no_server, clock):
    mails = [make_mail(), make_mail()]

    assert send_due() == (0, 2)
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.attempts, mail.is_in_doubt, mail.next_attempt_at) == (0, False, NOON + timedelta(minutes=1))
        assert mail.last_error == "keine Verbindung: ConnectionRefusedError"


def waits_of(mail, clock, attempts):
    waits = []
    for _attempt in range(attempts):
        now = timezone.now()
        send_due()
        mail.refresh_from_db()
        waits.append(mail.next_attempt_at - now)
        clock.move_to(mail.next_attempt_at)
    return waits


def test_waits_for_a_server_grow_up_to_ten_minutes(no_server, clock):
    waits = waits_of(make_mail(), clock, attempts=14)

    assert [wait // timedelta(minutes=1) for wait in waits] == [1] * 5 + [5] * 5 + [10] * 4


def test_waits_after_refusals_grow_and_never_end(server, clock):
    server.decide = lambda number: Does.BUSY

    assert waits_of(make_mail(), clock, attempts=7) == [*WAITS, WAITS[-1], WAITS[-1]]


def test_refusal_after_an_outage_counts_as_the_first(mail_settings, clock):
    server = MailServer(does(Does.BUSY))
    mail_settings.EMAIL_PORT = server.port
    mail = make_mail()
    waits_of(mail, clock, attempts=14)

    with server:
        assert waits_of(mail, clock, attempts=1) == [timedelta(minutes=1)]


def test_mails_that_waited_for_the_server_go_out_when_it_is_back(mail_settings, clock):
    server = MailServer()
    mail_settings.EMAIL_PORT = server.port
    make_mail()
    for _attempt in range(4):
        send_due()
        clock.shift(OutgoingMail.objects.get().next_attempt_at - timezone.now())
    OutgoingMail.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    make_mail(next_attempt_at=timezone.now())

    with server:
        assert send_due() == (2, 0)


# --- Clear refusals --------------------------------------------------------------------------------


def attempt_once(server, behaviour):
    mail = make_mail()
    server.decide = does(behaviour)
    send_due()
    mail.refresh_from_db()
    return mail


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Does.BUSY, "vorerst abgelehnt: SMTPDataError 451"),
        (Does.RECIPIENT_LATER, "vorerst abgelehnt: SMTPRecipientsRefused 450"),
        # Our own address is wrong; that is no fault of the mail.
        (Does.NO_SUCH_SENDER, "vorerst abgelehnt: SMTPSenderRefused 553"),
    ],
)
def test_mail_that_is_not_taken_now_is_tried_again_without_a_mark(server, clock, behaviour, error):
    mail = attempt_once(server, behaviour)
    waiting = (mail.sent_at, mail.refused_at, mail.is_in_doubt, mail.claimed_until, mail.next_attempt_at)

    clock.shift(timedelta(minutes=1))
    result = send_due()

    assert waiting == (None, None, False, None, NOON + timedelta(minutes=1))
    assert mail.last_error == error
    assert (result, [is_marked(message) for message in server.kept]) == ((1, 0), [False])


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Does.REFUSE, "abgelehnt: SMTPDataError 554"),
        (Does.NO_SUCH_RECIPIENT, "abgelehnt: SMTPRecipientsRefused 550"),
    ],
)
def test_mail_that_is_refused_for_good_is_not_tried_again(server, clock, behaviour, error):
    mail = attempt_once(server, behaviour)

    clock.shift(timedelta(days=1))

    assert (mail.refused_at, mail.is_in_doubt, mail.last_error) == (NOON, False, error)
    assert (send_due(), server.kept) == ((0, 0), [])


def test_refused_mail_can_be_tried_again_by_hand(server):
    attempt_once(server, Does.NO_SUCH_RECIPIENT)

    assert (try_all_again(), send_due(), len(server.kept)) == (1, (1, 0), 1)


def test_one_refused_mail_does_not_hold_up_the_others(server):
    for _mail in range(4):
        make_mail()
    server.decide = does(Does.NO_SUCH_RECIPIENT, Does.BUSY)

    assert send_due() == (2, 2)


def test_mail_that_cannot_be_written_as_a_message_is_refused(server):
    mail = make_mail(subject="Zeile\nBcc: alle@example.org")

    assert send_due() == (0, 1)
    mail.refresh_from_db()
    assert (mail.last_error, mail.is_in_doubt, server.kept) == ("abgelehnt: BadHeaderError", False, [])


def test_error_that_is_kept_holds_no_address(server):
    mail = attempt_once(server, Does.NO_SUCH_RECIPIENT)

    assert "@" not in mail.last_error


# --- Doubt -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "times_kept"),
    [(Does.HANG_UP, 1), (Does.KEEP_AND_HANG_UP, 2), (Does.KEEP_AND_ANSWER_LATE, 2)],
)
def test_lost_connection_leaves_a_doubt_and_the_repetition_says_so(server, clock, behaviour, times_kept):
    mail = attempt_once(server, behaviour)
    assert (mail.sent_at, mail.is_in_doubt, mail.claimed_until) == (None, True, None)
    assert mail.last_error == "Verbindung verloren: SMTPServerDisconnected"

    clock.shift(timedelta(minutes=1))
    assert send_due() == (1, 0)

    repetition = server.kept[-1]
    assert [is_marked(message) for message in server.kept] == [False, True][-times_kept:]
    assert {message["Message-ID"] for message in server.kept} == {mail.message_id}
    assert repetition["Subject"] == f"Wiederholung: {mail.subject}"
    assert words_of(repetition).startswith("Vielleicht haben Sie diese E-Mail schon bekommen.")


def test_doubt_outlives_a_clear_refusal(server, clock):
    """The first attempt may have arrived; that the second did not changes nothing about it."""
    make_mail()
    server.decide = does(Does.KEEP_AND_HANG_UP, Does.BUSY)
    for _attempt in range(3):
        send_due()
        clock.shift(timedelta(minutes=10))

    assert [is_marked(message) for message in server.kept] == [False, True]


def test_server_that_answers_nobody_casts_doubt_on_one_mail_only(server):
    for _mail in range(3):
        make_mail()
    server.decide = lambda number: Does.HANG_UP

    assert send_due() == (0, 1)
    assert OutgoingMail.objects.filter(is_in_doubt=True).count() == 1


def test_repetition_to_a_visitor_says_so_in_both_languages(monkeypatch):
    monkeypatch.setattr(letters, "gettext", lambda words: f"{get_language()} {words}")
    mail = make_mail(purpose=OutgoingMail.Purpose.ANSWER, is_in_doubt=True)

    lines = letters.message_of(mail).body.splitlines()

    assert [line[:2] for line in lines[:2]] == ["de", "ar"]


# --- Several at once -------------------------------------------------------------------------------


def test_claimed_mail_is_left_to_the_one_who_claimed_it(server):
    mail = make_mail()
    claim(mail.pk)
    OutgoingMail.objects.update(next_attempt_at=timezone.now())

    assert (claim(mail.pk), send_due(), server.kept) == ((None, None), (0, 0), [])


def test_claim_of_a_dead_process_ends_and_leaves_a_doubt(server, clock):
    mail = make_mail()
    claim(mail.pk)

    clock.shift(timedelta(minutes=2))

    assert send_due() == (1, 0)
    assert is_marked(server.kept[0])


@pytest.mark.parametrize(("ahead", "expected"), [(timedelta(seconds=11), (0, 0)), (timedelta(days=300), (1, 0))])
def test_claim_by_a_wrong_clock_holds_nothing_up(server, clock, ahead, expected):
    """A claim lasts six seconds here; one somewhat longer may come from a clock that is a little ahead."""
    with time_machine.travel(NOON + ahead - timedelta(seconds=6), tick=False):
        claim(make_mail(next_attempt_at=NOON).pk)
    OutgoingMail.objects.update(next_attempt_at=NOON)

    assert send_due() == expected
    assert [is_marked(message) for message in server.kept] == [True] * expected[0]


def test_claim_by_what_was_read_too_early_fails(monkeypatch, clock):
    """Between reading and claiming another process tried: what we know of the doubt is not true any more."""
    mail = make_mail()
    after_wait = outbox.after_wait

    def try_meanwhile(instant):
        OutgoingMail.objects.update(attempts=1)
        return after_wait(instant)

    monkeypatch.setattr(outbox, "after_wait", try_meanwhile)

    assert claim(mail.pk) == (None, None)


def test_result_of_a_lost_claim_changes_nothing(clock):
    mail = make_mail()
    slow, its_claim = claim(mail.pk)
    clock.shift(timedelta(minutes=2))
    _second, second_claim = claim(mail.pk)

    write_down(slow, its_claim, outbox.Attempt(Outcome.NEVER, "abgelehnt: SMTPDataError 554"))

    mail.refresh_from_db()
    assert (mail.claimed_until, mail.refused_at, mail.is_in_doubt) == (second_claim, None, True)


def test_success_of_a_lost_claim_is_written_down(clock):
    mail = make_mail()
    slow, its_claim = claim(mail.pk)
    clock.shift(timedelta(minutes=2))
    claim(mail.pk)

    write_down(slow, its_claim, outbox.Attempt(Outcome.SENT))

    assert OutgoingMail.objects.get().sent_at == timezone.now()


def test_mail_deleted_while_it_is_sent_is_no_error(server):
    mail, claimed_until = claim(make_mail().pk)
    OutgoingMail.objects.all().delete()

    write_down(mail, claimed_until, outbox.Attempt(Outcome.SENT))

    assert OutgoingMail.objects.count() == 0


def test_sender_that_is_told_to_stop_finishes_its_mail_and_leaves_the_others(server):
    for _mail in range(3):
        make_mail()

    assert send_due(is_stopped=lambda: len(server.kept) == 1) == (1, 0)
    assert OutgoingMail.objects.filter(is_in_doubt=True).count() == 0


def test_sending_costs_three_queries_a_mail(server, django_assert_num_queries):
    make_mail()
    with django_assert_num_queries(2 + 3):
        send_due()
    for _mail in range(3):
        make_mail()
    with django_assert_num_queries(2 + 3 * 3):
        send_due()


# --- After a request -------------------------------------------------------------------------------


in_the_background = pytest.mark.django_db(transaction=True)


def finish(response):
    """What a server does when the answer is out; the connection of the test stays open, as with Django's client."""
    request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)


def finish_and_wait():
    finish(RedirectThenMail("/beleg/"))
    assert outbox.sender.wait(seconds=30)


def senders():
    return [thread for thread in threading.enumerate() if thread.name == "outbox"]


@contextmanager
def silent_server():
    """Takes every connection and never says a word; gives its port and how many wait."""
    taken = []

    def take(listener):
        while True:
            try:
                taken.append(listener.accept()[0])
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        taking = threading.Thread(target=take, args=[listener])
        taking.start()
        yield listener.getsockname()[1], taken
        listener.shutdown(socket.SHUT_RDWR)
        for each in taken:
            each.close()
        taking.join()


@pytest.fixture
def silence(mail_settings):
    """Nothing is sent, and what asks the server waits until the end of the test."""
    mail_settings.EMAIL_TIMEOUT = 30
    with silent_server() as (mail_settings.EMAIL_PORT, taken):
        yield taken
    assert outbox.sender.wait(seconds=30)


@in_the_background
def test_redirect_sends_when_it_is_closed(server):
    make_mail()
    response = RedirectThenMail("/beleg/")
    before = len(server.kept)

    finish(response)

    assert outbox.sender.wait(seconds=30)
    assert (response.status_code, before, len(server.kept), senders()) == (303, 0, 1, [])


@in_the_background
def test_redirect_does_not_wait_for_a_silent_server(silence):
    make_mail()
    began = time.monotonic()

    finish(RedirectThenMail("/beleg/"))

    assert time.monotonic() - began < 5
    wait_for(lambda: silence)
    assert (len(senders()), outbox.sender.wait(seconds=0)) == (1, False)


@in_the_background
def test_redirects_at_once_begin_one_thread(silence):
    make_mail()
    threads = [threading.Thread(target=finish, args=[RedirectThenMail("/beleg/")]) for _redirect in range(6)]
    for thread in threads:
        thread.start()
    wait_for(lambda: silence)
    for thread in threads:
        thread.join()
    finish(RedirectThenMail("/beleg/"))

    assert (len(senders()), len(silence)) == (1, 1)


@in_the_background
def test_mail_written_while_another_is_sent_goes_out_too(server):
    make_mail()
    keep, begun, go_on = server.keep, threading.Event(), threading.Event()

    def keep_slowly(envelope):
        begun.set()
        go_on.wait(timeout=0.8)
        keep(envelope)

    server.keep = keep_slowly
    finish(RedirectThenMail("/beleg/"))
    assert begun.wait(timeout=30)
    make_mail()
    finish(RedirectThenMail("/beleg/"))
    go_on.set()

    assert outbox.sender.wait(seconds=30)
    assert len(server.kept) == 2


@in_the_background
def test_thread_closes_its_connection_to_the_database(server, monkeypatch):
    make_mail()
    used = []

    def send_and_look(**options):
        used.append(outbox.connections["default"])
        used[0].ensure_connection()
        return send_due(**options)

    monkeypatch.setattr(outbox, "send_due", send_and_look)
    finish_and_wait()

    assert (len(server.kept), used[0] is connections["default"], used[0].connection) == (1, False, None)


def test_redirect_begins_no_thread_without_a_mail_server(settings, monkeypatch):
    settings.MAIL_IS_SET_UP = False
    begun = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: begun.append(thread.name))
    finish(RedirectThenMail("/beleg/"))
    before = len(begun)
    settings.MAIL_IS_SET_UP = True
    monkeypatch.setattr(outbox, "sender", Sender())
    finish(RedirectThenMail("/beleg/"))

    assert (before, begun) == (0, ["outbox"])


@in_the_background
def test_process_that_ends_finishes_its_mail_and_leaves_the_others(server, monkeypatch):
    monkeypatch.setattr(outbox, "sender", Sender())
    for _mail in range(3):
        make_mail()
    keep, begun = server.keep, threading.Event()

    def keep_slowly(envelope):
        begun.set()
        time.sleep(0.3)
        keep(envelope)

    server.keep = keep_slowly
    finish(RedirectThenMail("/beleg/"))
    assert begun.wait(timeout=30)
    outbox.sender.stop()
    finish(RedirectThenMail("/beleg/"))

    assert (len(server.kept), senders()) == (1, [])
    assert OutgoingMail.objects.filter(is_in_doubt=True).count() == 0


@in_the_background
def test_redirect_leaves_a_dead_server_alone_for_a_minute(no_server, clock):
    make_mail()
    finish_and_wait()
    first = server_failed_lately(timezone.now())
    new = make_mail(next_attempt_at=NOON)
    clock.shift(timedelta(seconds=59))
    finish_and_wait()
    new.refresh_from_db()
    in_between = new.last_error
    clock.shift(timedelta(seconds=2))
    finish_and_wait()
    new.refresh_from_db()

    assert (first, in_between, new.last_error) == (True, "", "keine Verbindung: ConnectionRefusedError")


@pytest.mark.parametrize("age", [0, 4.5, 5, 29.5, 30, 600])
def test_server_failed_lately_for_mails_of_any_age(no_server, clock, age):
    make_mail(created_at=NOON - timedelta(minutes=age))
    send_due()

    assert server_failed_lately(NOON + timedelta(seconds=59))
    assert not server_failed_lately(NOON + timedelta(seconds=61))


@pytest.mark.parametrize("attempts", [0, 3, 6])
def test_server_failed_lately_when_a_connection_was_lost(server, clock, attempts):
    make_mail(attempts=attempts)
    server.decide = does(Does.HANG_UP)
    send_due()

    assert server_failed_lately(NOON + timedelta(seconds=59))
    assert not server_failed_lately(NOON + timedelta(seconds=61))


def test_redirect_does_not_rest_because_one_mail_was_refused(server):
    attempt_once(server, Does.BUSY)

    assert not server_failed_lately(timezone.now())


@in_the_background
def test_redirect_never_fails(monkeypatch, mail_settings, caplog):
    def fail(**_options):
        raise DatabaseError("no such table, absenderin@example.org")

    monkeypatch.setattr(outbox, "send_due", fail)

    finish_and_wait()

    assert caplog.messages == ["Mails could not be sent after a request: DatabaseError"]


def test_redirect_does_not_fail_when_there_is_no_room_for_a_thread(monkeypatch, mail_settings, caplog):
    def fail(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)

    finish(RedirectThenMail("/beleg/"))

    assert (caplog.messages, outbox.sender.wait(seconds=0)) == (
        ["Mails could not be sent after a request: RuntimeError"],
        True,
    )


# --- In gunicorn -----------------------------------------------------------------------------------


@pytest.fixture
def gunicorn():
    """Starts the site in one process on the database of the test, as bin/serve does; gives the process and its port."""
    started = []

    def start(**environment):
        port = free_port()
        command = ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--log-level", "warning"]
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--bind", f"127.0.0.1:{port}", "ki_site.wsgi"],
            cwd=django_settings.BASE_DIR,
            env=workers_environment(MailServer()) | {"WEB_CONCURRENCY": "1"} | environment,
        )
        started.append(process)
        wait_for(lambda: process.poll() is not None or answers(port))
        return process, port

    yield start
    for process in started:
        process.kill()
        process.wait()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def send_form(connection, city):
    words = {
        "form_key": fresh_key(timezone.now() - timedelta(minutes=1)),
        "message": "Frage",
        "phone": "030 23125 001",
    }
    address = reverse("inquiries:contact", args=["de", city.slug])
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask(connection, "POST", address, urlencode(words), head)


def ask(connection, *request):
    connection.request(*request)
    response = connection.getresponse()
    response.read()
    return response.status, response.will_close


@pytest.fixture
def city():
    city = make_city(forms=[InquiryKind.CONTACT])
    FormSettings.objects.create(
        city=city, kind=InquiryKind.CONTACT, notify="team@example.org", answer_days=7, keep_days=90
    )
    return city


@in_the_background
def test_silent_mail_server_delays_nothing_on_the_same_connection(gunicorn, city):
    with silent_server() as (mail_port, taken):
        _process, port = gunicorn(EMAIL_URL=f"smtp://127.0.0.1:{mail_port}", EMAIL_TIMEOUT="20")
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as browser:
            sent = send_form(browser, city)
            began = time.monotonic()
            answered = [ask(browser, "GET", "/health/ready") for _request in range(2)]
            seconds = time.monotonic() - began
        wait_for(lambda: taken)

    # Both on one connection, which the server left open.
    assert (sent, answered) == ((303, False), [(200, False)] * 2)
    assert seconds < 5
    assert OutgoingMail.objects.get().sent_at is None


@in_the_background
def test_gunicorn_that_is_stopped_finishes_its_mail(gunicorn, city):
    with MailServer() as server:
        keep, begun = server.keep, threading.Event()

        def keep_slowly(envelope):
            begun.set()
            time.sleep(1)
            keep(envelope)

        server.keep = keep_slowly
        process, port = gunicorn(EMAIL_URL=f"smtp://127.0.0.1:{server.port}", EMAIL_TIMEOUT="20")
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as browser:
            sent = send_form(browser, city)
        assert begun.wait(timeout=30)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)

    mail = OutgoingMail.objects.get()
    assert (sent[0], code, len(server.kept), mail.sent_at is not None, mail.is_in_doubt) == (303, 0, 1, True, False)


# --- What staff and operators see ------------------------------------------------------------------


def test_state_of_a_city_counts_its_own_mails_only(no_server, clock):
    inquiry = make_inquiry()
    make_mail(inquiry, created_at=NOON - timedelta(hours=2))
    send_due()
    make_mail(inquiry, created_at=NOON - timedelta(hours=3), next_attempt_at=NOON)
    make_mail(inquiry, refused_at=NOON)
    make_mail()

    state = outbox_state(inquiry.city)

    assert (state.is_set_up, state.waiting, state.refused) == (True, 2, 1)
    assert (state.oldest, state.failing_since) == (NOON - timedelta(hours=3), NOON - timedelta(hours=2))
    assert state.last_error == "Der Mailserver ist nicht zu erreichen."
    assert outbox_state().waiting == 3


def test_state_of_an_empty_outbox(mail_settings):
    assert outbox_state() == (True, 0, None, None, "", 0)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("keine Verbindung: SMTPAuthenticationError 535", "nimmt Benutzername oder Passwort der Website nicht an."),
        ("keine Verbindung: TimeoutError", "antwortet nicht."),
        ("vorerst abgelehnt: SMTPSenderRefused 553", "nimmt die Absender-Adresse der Website nicht an."),
        ("abgelehnt: SMTPRecipientsRefused 550", "nimmt diese Empfänger-Adresse nicht an."),
        ("vorerst abgelehnt: SMTPDataError 451", "nimmt die E-Mail gerade nicht an. Die Website versucht es weiter."),
        ("abgelehnt: SMTPDataError 554", "nimmt diese E-Mail nicht an."),
    ],
)
def test_errors_are_told_in_german(error, words):
    assert error_in_german(error) == f"Der Mailserver {words}"


# --- The command -----------------------------------------------------------------------------------


def run_command(*arguments):
    output, errors = StringIO(), StringIO()
    code = 0
    try:
        call_command("send_mail_outbox", *arguments, stdout=output, stderr=errors)
    except SystemExit as ended:
        code = ended.code
    return code, output.getvalue(), errors.getvalue()


def test_command_tells_what_it_did(server):
    make_mail()

    assert run_command() == (0, "1 verschickt, 0 fehlgeschlagen, 0 abgelehnt. 0 E-Mails warten.\n", "")


def test_command_ends_with_an_error_while_something_cannot_go_out(no_server):
    make_mail()
    first = run_command()

    assert first == (
        1,
        "0 verschickt, 1 fehlgeschlagen, 0 abgelehnt. 1 E-Mail wartet.\n",
        "Der Mailserver ist nicht zu erreichen.\n",
    )
    # Not due, but still waiting because of an error.
    assert run_command()[0] == 1


@pytest.mark.parametrize(("number", "words"), [(1, "1 E-Mail wartet."), (3, "3 E-Mails warten.")])
def test_command_says_that_no_mail_server_is_set_up(settings, number, words):
    settings.MAIL_IS_SET_UP = False
    for _mail in range(number):
        make_mail()

    assert run_command() == (0, f"Kein Mailserver eingerichtet (EMAIL_URL fehlt). {words}\n", "")


def test_command_tries_everything_again_after_a_repair(server):
    make_mail(refused_at=timezone.now())
    make_mail(next_attempt_at=timezone.now() + timedelta(hours=6))

    code, output, _errors = run_command("--again")

    assert (code, output.splitlines()[0], len(server.kept)) == (0, "2 E-Mails sind wieder fällig.", 2)


def test_command_tries_again_what_a_dead_process_claimed(server):
    claim(make_mail().pk)
    before = send_due(timezone.now() + timedelta(days=1))

    code, output, _errors = run_command("--again")

    assert (before, code, output) == (
        (0, 0),
        0,
        "1 E-Mail ist wieder fällig.\n1 verschickt, 0 fehlgeschlagen, 0 abgelehnt. 0 E-Mails warten.\n",
    )
    assert [is_marked(message) for message in server.kept] == [True]


@pytest.mark.django_db(transaction=True)
def test_service_sends_and_stops_when_it_is_told_to(server):
    make_mail()
    command = [sys.executable, "manage.py", "send_mail_outbox", "--loop", "0.1"]
    connection.close()
    service = subprocess.Popen(command, cwd=django_settings.BASE_DIR, env=workers_environment(server))
    wait_for(lambda: server.kept)
    service.send_signal(signal.SIGTERM)

    assert (service.wait(timeout=20), len(server.kept)) == (0, 1)


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# --- EMAIL_URL -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://host", 25),
        ("smtp+tls://host", 587),
        ("smtp+ssl://host/", 465),
        ("smtp://host:2525", 2525),
        (" smtp://host\n", 25),
    ],
)
def test_address_of_the_mail_server_brings_the_usual_port(url, port):
    found = mail_settings_of(url)

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("host", port)


def test_user_and_password_of_the_mail_server_may_hold_anything():
    found = mail_settings_of("smtp+tls://web%40example.org:p%23%2F%3A%40@host")

    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("web@example.org", "p#/:@")


@pytest.mark.parametrize(
    "url",
    [
        "smtp+tls://user:secret#@host:587",
        "smtp+tls://user:#secret@host:587",
        "smtp+tls://user:12#secret@host",
        "smtp+tls://user:12?secret@host",
        "smtp+tls://user:12/secret@host",
        "smtp+tls://host:587/secret",
        "smtp+tls://host:587#secret",
        "smtp+tls://host?secret=1",
        "smtp://host:0",
        "smtp://host:99999",
        "smtps://host",
        "smtp://",
        "smtp+tls://user@host",
        "mail.example.org",
    ],
)
def test_malformed_address_of_the_mail_server_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is malformed") as error:
        mail_settings_of(url)

    assert "secret" not in str(error.value)


def test_password_that_is_cut_in_two_is_explained():
    with pytest.raises(ImproperlyConfigured, match="inside a password they have to be %23, %3F and %2F"):
        mail_settings_of("smtp+tls://user:12#secret@host")


def check_settings(**environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=django_settings.BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def test_malformed_address_of_the_mail_server_stops_the_start():
    result = check_settings(EMAIL_URL="smtp+tls://user:secret#@host:587")

    assert (result.returncode, "EMAIL_URL is malformed" in result.stderr, "secret" in result.stderr) == (1, True, False)


def test_blank_address_of_the_mail_server_is_none_and_nobody_waits_for_no_time():
    words = "from django.conf import settings; print(settings.MAIL_IS_SET_UP, settings.EMAIL_TIMEOUT)"
    result = subprocess.run(
        [sys.executable, "-c", words],
        cwd=django_settings.BASE_DIR,
        env=os.environ | {"EMAIL_URL": " ", "EMAIL_TIMEOUT": "0"},
        capture_output=True,
        text=True,
    )

    assert (result.stdout, result.stderr) == ("False 1\n", "")
