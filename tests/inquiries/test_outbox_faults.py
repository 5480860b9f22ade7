"""Stored, never lost: real forms, real processes that are killed, and a mail server that cannot be relied on."""

import gc
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind
from inquiries import outbox
from inquiries.guard import fresh_key
from inquiries.models import FormSettings, Inquiry, OutgoingMail
from inquiries.outbox import send_due, waiting
from tests.factories import make_city
from tests.inquiries.mail_server import Does, MailServer, is_marked, make_inquiry, make_mail, workers_environment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # The mail server of these tests hangs up on people whose processes are killed: its ends of their lines stay open.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. <(function _SelectorTransport|socket\.socket)"
        ":pytest.PytestUnraisableExceptionWarning"
    ),
]

REQUESTS = 220
SEED = 20261122


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.MAIL_IS_SET_UP = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 1
        yield server
        assert outbox.sender.wait(seconds=30)
    gc.collect()  # here, and not in the middle of another test


@pytest.fixture
def city():
    city = make_city(forms=[InquiryKind.CONTACT])
    FormSettings.objects.create(
        city=city, kind=InquiryKind.CONTACT, notify="team@example.org", answer_days=7, keep_days=90
    )
    return city


def address_and_words(city, number):
    address = reverse("inquiries:contact", args=["de", city.slug])
    key = fresh_key(timezone.now() - timedelta(minutes=1))
    return address, {"form_key": key, "message": f"Frage {number}", "phone": "030 23125 001"}


class Workers:
    """Processes that run send_mail_outbox --loop, and are killed in the middle of what they do."""

    def __init__(self, number, server):
        self.environment = workers_environment(server)
        self.lock = threading.Lock()
        self.killed = 0
        self.processes = [self.start() for _process in range(number)]

    def start(self):
        command = [sys.executable, "manage.py", "send_mail_outbox", "--loop", "0.05"]
        return subprocess.Popen(command, cwd=django_settings.BASE_DIR, env=self.environment, stderr=subprocess.DEVNULL)

    def kill_one(self, chance):
        """Kills one and lets another begin. Called by the test and, in the middle of a mail, by the mail server."""
        with self.lock:
            number = chance.randrange(len(self.processes))
            self.processes[number].kill()
            self.processes[number].wait()
            self.processes[number] = self.start()
            self.killed += 1

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


class Troubles:
    """What the mail server does, and when a process dies: by chance, but by the same chance every time."""

    weights = {
        Does.ACCEPT: 70,
        Does.BUSY: 7,
        Does.RECIPIENT_LATER: 7,
        Does.HANG_UP: 6,
        Does.KEEP_AND_HANG_UP: 7,
        Does.KEEP_AND_ANSWER_LATE: 3,
    }

    def __init__(self, server, workers):
        self.of_server, self.of_test = random.Random(SEED), random.Random(SEED + 1)
        self.server, self.workers = server, workers
        self.counts = Counter()
        self.is_over = False
        server.decide, keep = self.decide, server.keep
        server.keep = lambda envelope: self.keep_and_perhaps_kill(keep, envelope)

    def decide(self, _number):
        if self.is_over:
            return Does.ACCEPT
        chosen = self.of_server.choices([*self.weights], [*self.weights.values()])[0]
        self.counts[chosen] += 1
        return chosen

    def keep_and_perhaps_kill(self, keep, envelope):
        """Kept, and whoever brought it dies before it hears of it, or another worker does."""
        keep(envelope)
        if not self.is_over and self.of_server.random() < 0.05:
            self.workers.kill_one(self.of_server)

    def happen(self, request_number):
        # By the number of requests and not by the clock: on a busy machine the workers must get somewhere, too.
        if self.of_test.random() < 0.08:
            self.workers.kill_one(self.of_test)
        if request_number in (60, 140):
            self.server.stop()
        if request_number in (75, 155):
            self.server.start()


def let_time_pass():
    """No mail waits for its next attempt. Claims are left alone: they end when their time is over."""
    OutgoingMail.objects.filter(sent_at=None, next_attempt_at__gt=timezone.now()).update(next_attempt_at=timezone.now())


def wait_until_few_wait(few, seconds):
    end = time.monotonic() + seconds
    while waiting().count() > few and time.monotonic() < end:
        let_time_pass()
        outbox.sender.start()  # as with the next visitor
        time.sleep(0.1)


def send_forms(client, city, troubles):
    """The statuses of the answers. Each form also makes this process send mails, as in a web server."""
    statuses = Counter()
    for number in range(REQUESTS):
        address, words = address_and_words(city, number)
        response = client.post(address, words, REMOTE_ADDR=f"2001:db8:{number:x}::1")
        statuses[response.status_code] += 1
        let_time_pass()
        troubles.happen(number)
    return statuses


def test_no_inquiry_is_lost_and_no_mail_comes_twice_without_a_mark(client, server, city, capsys):
    began = time.monotonic()
    workers = Workers(2, server)
    troubles = Troubles(server, workers)
    try:
        statuses = send_forms(client, city, troubles)
        # The answers do not wait for the mails: most of them still have to meet the troubles.
        wait_until_few_wait(REQUESTS // 4, seconds=60)
        troubles.is_over = True
        wait_until_few_wait(0, seconds=60)
        assert outbox.sender.wait(seconds=30)
    finally:
        workers.stop()

    notices = set(OutgoingMail.objects.values_list("message_id", flat=True))
    arrived = Counter(message["Message-ID"] for message in server.kept)
    unmarked = Counter(message["Message-ID"] for message in server.kept if not is_marked(message))
    figures = {
        "stored": Inquiry.objects.count(),
        "lost": len(notices - arrived.keys()),
        "arrived twice or more": sum(count > 1 for count in arrived.values()),
        "arrived twice without a mark": sum(count > 1 for count in unmarked.values()),
        "marked, and really the first": sum(key not in unmarked for key in arrived),
        "still waiting": waiting().count(),
        "workers killed": workers.killed,
    }
    with capsys.disabled():
        troubles_met = {does.name: count for does, count in troubles.counts.items()}
        print(f"\n{connection.vendor}: {figures} {troubles_met} {time.monotonic() - began:.0f} s")

    assert statuses == {303: REQUESTS}
    assert (figures["stored"], len(notices)) == (REQUESTS, REQUESTS)
    assert (figures["lost"], figures["arrived twice without a mark"], figures["still waiting"]) == (0, 0, 0)
    # Without these, nothing was proved.
    assert figures["arrived twice or more"] > 0
    assert figures["workers killed"] > 5
    assert troubles.counts.keys() == Troubles.weights.keys()
    assert troubles.counts.total() > REQUESTS * 3 // 4


def test_workers_at_once_send_every_mail_once(server):
    inquiry = make_inquiry()
    for _mail in range(60):
        make_mail(inquiry)
    command = [sys.executable, "manage.py", "send_mail_outbox"]
    environment = workers_environment(server)
    workers = [
        subprocess.Popen(command, cwd=django_settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
        for _worker in range(3)
    ]
    outputs = [worker.communicate(timeout=50)[0] for worker in workers]

    arrived = Counter(message["Message-ID"] for message in server.kept)
    assert (len(arrived), set(arrived.values())) == (60, {1})
    assert [message for message in server.kept if is_marked(message)] == []
    assert sum(int(output.split()[0]) for output in outputs) == 60
    assert waiting().count() == 0


# Sends one form as a visitor would. The answer is out and all is stored when the process dies, and no mail was sent.
VISIT = """
import json, os, signal, sys
import django
django.setup()
from django.test import Client
from inquiries import outbox
outbox.sender.start = lambda: os.kill(os.getpid(), signal.SIGKILL)
address, words = json.loads(sys.argv[1])
Client().post(address, words)
"""


def test_process_killed_between_storing_and_mailing_loses_nothing(server, city):
    killed = subprocess.run(
        [sys.executable, "-c", VISIT, json.dumps(address_and_words(city, 1))],
        cwd=django_settings.BASE_DIR,
        env=workers_environment(server),
    )
    before = (killed.returncode, Inquiry.objects.count(), len(server.kept))

    assert before == (-signal.SIGKILL, 1, 0)
    assert send_due() == (1, 0)
    assert [is_marked(message) for message in server.kept] == [False]


def test_process_killed_while_the_server_takes_the_mail_leads_to_a_marked_repetition(server, settings):
    settings.EMAIL_TIMEOUT = 20  # as that process: a claim for longer than ours would pass for one of a wrong clock
    make_mail()
    keep = server.keep
    process = None

    def keep_and_kill(envelope):
        keep(envelope)
        process.kill()

    server.keep = keep_and_kill
    server.decide = lambda number: Does.KEEP_AND_ANSWER_LATE if number == 0 else Does.ACCEPT
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_mail_outbox"],
        cwd=django_settings.BASE_DIR,
        env=workers_environment(server) | {"EMAIL_TIMEOUT": str(settings.EMAIL_TIMEOUT)},
    )
    process.wait(timeout=30)
    server.keep = keep
    while_claimed = send_due(timezone.now() + timedelta(days=1))
    # The claim ends by itself; nobody wants to wait for it here.
    OutgoingMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    after_claim = send_due(timezone.now() + timedelta(days=1))

    assert (process.returncode, while_claimed, after_claim) == (-signal.SIGKILL, (0, 0), (1, 0))
    assert [is_marked(message) for message in server.kept] == [False, True]
