"""A real mail server on this machine that does what a test tells it, mail by mail."""

import asyncio
import os
import socket
from datetime import date
from email import message_from_bytes, policy
from enum import Enum
from urllib.parse import quote

from aiosmtpd.controller import Controller
from django.db import connection

from contacts.inquiry_kinds import InquiryKind
from inquiries.letters import new_message_id
from inquiries.models import Inquiry, OutgoingMail
from tests.factories import make_city


class Does(Enum):
    ACCEPT = "accept"
    BUSY = "4xx after the text"
    NO_SUCH_RECIPIENT = "5xx for the recipient"
    RECIPIENT_LATER = "4xx for the recipient"
    NO_SUCH_SENDER = "5xx for the sender"
    REFUSE = "5xx after the text"
    HANG_UP = "the connection ends before the mail is kept"
    KEEP_AND_HANG_UP = "the connection ends after the mail is kept, before the answer"
    KEEP_AND_ANSWER_LATE = "the mail is kept, and the answer comes when nobody waits for it any longer"


class MailServer:
    """Keeps in `kept` what it has taken over; `decide` says what to do with each mail, by its number from 0."""

    def __init__(self, decide=lambda number: Does.ACCEPT, port=None):
        self.decide = decide
        self.kept = []
        self.asked = 0
        self.port = port or free_port()
        self.controller = None

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.does = self.decide(self.asked)
        self.asked += 1
        if session.does == Does.NO_SUCH_SENDER:
            return "553 5.1.8 No such sender"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if session.does == Does.NO_SUCH_RECIPIENT:
            return f"550 5.1.1 <{address}> unknown"
        if session.does == Does.RECIPIENT_LATER:
            return f"450 4.2.1 <{address}> try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        does = session.does
        if does == Does.BUSY:
            return "451 4.3.0 Busy"
        if does == Does.REFUSE:
            return "554 5.6.0 Not wanted"
        if does != Does.HANG_UP:
            self.keep(envelope)
        if does in (Does.HANG_UP, Does.KEEP_AND_HANG_UP):
            server.transport.abort()
        if does == Does.KEEP_AND_ANSWER_LATE:
            await asyncio.sleep(30)
        return "250 OK"

    def keep(self, envelope):
        self.kept.append(message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default))


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def is_marked(message):
    return message["X-Repeated-Delivery"] is not None


def words_of(message):
    return message.get_body(["plain"]).get_content()


def make_inquiry(city=None, **fields):
    defaults = {
        "kind": InquiryKind.CONTACT,
        "language": "ar",
        "due_on": date(2026, 12, 1),
        "message": "Wörter der Absenderin",
        "email": "absenderin@example.org",
    }
    fields = defaults | fields
    return Inquiry.objects.create(
        city=city or make_city(), receipt_token=fields.pop("receipt_token", new_message_id()), **fields
    )


def make_mail(inquiry=None, **fields):
    inquiry = inquiry or make_inquiry()
    defaults = {
        "purpose": OutgoingMail.Purpose.NOTICE,
        "recipient": "team@example.org",
        "subject": f"Neue Anfrage {inquiry.number}",
        "body": "Es gibt etwas zu lesen.\n",
        "message_id": new_message_id(),
    }
    return OutgoingMail.objects.create(city=inquiry.city, inquiry=inquiry, **defaults | fields)


def workers_environment(server):
    """For processes of their own that work on the database of the test and send to this server."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        place = "".join(["@", database["HOST"], f":{database['PORT']}" if database["PORT"] else ""])
        if database["HOST"].startswith("/"):
            # django-environ reads the folder of a socket from a path with two slashes.
            place = f"@/{database['HOST']}"
        user = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
        url = f"postgresql://{user}{place}/{database['NAME']}"
    return os.environ | {
        "DATABASE_URL": url,
        "DATABASE_POOL_SIZE": "3",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "EMAIL_TIMEOUT": "1",
    }
