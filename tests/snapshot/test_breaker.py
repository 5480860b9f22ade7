"""Which errors mean that the database is away, and which are our own."""

import sqlite3

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from django.utils import timezone

from inquiries.guard import MINIMUM_TIME, fresh_key
from ki_site.outage.breaker import breaker, names_an_outage, reason_of
from tests.factories import make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


def caused_by(sqlstate=None, sqlite_code=None):
    cause = Exception() if sqlite_code is None else sqlite3.OperationalError()
    cause.sqlstate, cause.sqlite_errorcode = sqlstate, sqlite_code
    error = OperationalError("…")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_outage"),
    [
        (caused_by("57P01"), True),  # ended by the operator
        (caused_by("57014"), True),  # took too long
        (caused_by("53100"), True),  # disk full
        (caused_by("25006"), True),  # a standby
        (caused_by("40P01"), False),  # deadlock
        (caused_by(), True),  # the connection broke
        (caused_by(sqlite_code=sqlite3.SQLITE_BUSY), True),
        (caused_by(sqlite_code=sqlite3.SQLITE_IOERR | 266), True),
        (caused_by(sqlite_code=sqlite3.SQLITE_ERROR), False),  # no such table
        (InterfaceError("connection already closed"), True),
    ],
)
def test_error_says_whether_the_database_is_to_blame(error, is_outage):
    assert names_an_outage(error) is is_outage


@pytest.mark.parametrize("error", [IntegrityError("…"), DataError("…"), ZeroDivisionError()])
def test_our_own_errors_are_no_outage(visitor, monkeypatch, error):
    def fail(*_args):
        raise error

    make_city("hier")
    monkeypatch.setattr("pages.views.pages.load_site", fail)

    assert visitor.get("/de/hier/").status_code == 500


def test_question_that_makes_no_sense_is_no_outage(visitor, monkeypatch):
    def ask(*_args):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr("pages.views.pages.load_site", ask)

    assert visitor.get("/de/hier/").status_code == 500
    assert not breaker.is_open


def test_one_broken_connection_is_answered_for_and_the_next_request_asks_again(visitor, monkeypatch):
    make_city("hier")

    def fail(*_args):
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as patch:
        patch.setattr("pages.views.pages.load_site", fail)
        broken = visitor.get("/de/hier/").status_code

    assert (broken, breaker.is_open, visitor.get("/de/hier/").status_code) == (503, False, 200)


def test_words_come_back_if_the_connection_breaks_while_they_are_stored(visitor, monkeypatch):
    def fail(*_args):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("inquiries.views.receipt_token", fail)
    make_city("hier")
    key = fresh_key(timezone.now() - MINIMUM_TIME)

    answer = visitor.post("/de/hier/barriere-melden/", {"form_key": key, "message": "Guten Tag"})

    assert (answer.status_code, "Guten Tag</textarea>" in answer.text) == (503, True)


def test_reason_names_no_machine_and_no_person():
    error = OperationalError('connection to server at "db.example.org", user "ki" failed: Connection refused')

    assert reason_of(error) == "connection refused"
