"""What load balancers and monitoring ask."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind
from inquiries.models import FormSettings
from tests.factories import make_city, make_contact, make_review_request
from tests.inquiries.mail_server import make_inquiry, make_mail

# What else a report says where nothing is wrong.
FINE = {"deletion": "ok", "reviews": "ok", "backup": {"state": "never"}, "snapshot": {"state": "missing"}}


def test_live_answers_without_a_database(client):
    """Not marked with django_db: a query would fail the test."""
    response = client.get("/health/live")

    assert (response.status_code, response.content, response["Cache-Control"]) == (200, b"ok", "no-store")


def ready(client):
    response = client.get("/health/ready")
    return response.status_code, response.json()


@pytest.mark.django_db
def test_ready_says_that_all_is_well(client, settings):
    settings.MAIL_IS_SET_UP = True

    assert ready(client) == (200, {"database": "ok", "mail": {"state": "ok"}} | FINE)


@pytest.mark.django_db
def test_ready_says_that_no_mail_server_is_set_up(client, settings):
    settings.MAIL_IS_SET_UP = False
    make_mail(created_at=timezone.now() - timedelta(minutes=10))

    assert ready(client) == (
        200,
        {"database": "ok", "mail": {"state": "not set up", "waiting": 1, "oldest_minutes": 10}} | FINE,
    )


@pytest.mark.django_db
def test_ready_counts_what_waits(client, settings):
    settings.MAIL_IS_SET_UP = True
    for minutes in (3, 90, 7):
        make_mail(created_at=timezone.now() - timedelta(minutes=minutes))

    assert ready(client)[1]["mail"] == {"state": "waiting", "waiting": 3, "oldest_minutes": 90}


@pytest.mark.django_db
def test_ready_stays_able_to_work_when_mail_fails(client, settings):
    settings.MAIL_IS_SET_UP = True
    make_mail(last_error="keine Verbindung: TimeoutError")

    assert ready(client) == (
        200,
        {"database": "ok", "mail": {"state": "failing", "waiting": 1, "oldest_minutes": 0}} | FINE,
    )


@pytest.mark.django_db
def test_ready_tells_nothing_of_anybody(client, settings):
    settings.MAIL_IS_SET_UP = True
    city = make_city("bielefeld")
    make_mail(make_inquiry(city, name="Absenderin"), last_error="keine Verbindung: TimeoutError")

    content = client.get("/health/ready").content.decode().lower()

    assert [word for word in ("bielefeld", "absenderin", "@", "7k4m") if word in content] == []


@pytest.mark.django_db
def test_ready_is_not_when_the_database_is_away(client, monkeypatch):
    def fail():
        raise OperationalError("connection refused, password=secret")

    monkeypatch.setattr("ki_site.health.outbox_state", fail)

    reasons = {"database": "failed", "reason": "connection refused", "snapshot": {"state": "missing"}}
    assert ready(client) == (503, reasons)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_is_answered_on_this_side_of_tls(client, settings, address):
    settings.SECURE_SSL_REDIRECT = True
    elsewhere = client.get("/robots.txt").status_code

    response = client.get(address)

    assert (elsewhere, response.status_code) == (301, 200)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_sets_no_cookie_and_is_kept_nowhere(client, address):
    response = client.get(address)

    assert (response.cookies, response["Cache-Control"]) == ({}, "no-store")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
@pytest.mark.parametrize("host", ["10.0.0.5:8000", "balancer.example", "no_name:x", ""])
def test_health_is_answered_by_whatever_name_it_is_asked(client, address, host):
    elsewhere = client.get("/robots.txt", headers={"host": host}).status_code

    response = client.get(address, headers={"host": host})

    assert (elsewhere, response.status_code, response["Cache-Control"]) == (400, 200, "no-store")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_ready_costs_six_queries_while_all_is_well(client, settings, django_assert_num_queries, count):
    settings.MAIL_IS_SET_UP = True
    for _inquiry in range(count):
        make_mail(settled())
    with django_assert_num_queries(6):
        client.get("/health/ready")


# --- Terms -----------------------------------------------------------------------------------------


def settled(days=0, city=None, kind=InquiryKind.CONTACT):
    return make_inquiry(city, kind=kind, state="closed", settled_at=timezone.now() - timedelta(days=days))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "keep_days", "days", "expected"),
    [
        (InquiryKind.CONTACT, None, 91.9, "ok"),
        (InquiryKind.CONTACT, None, 92.1, "overdue"),
        (InquiryKind.BARRIER, None, 366.9, "ok"),
        (InquiryKind.BARRIER, None, 367.1, "overdue"),
        (InquiryKind.CONTACT, 10, 11.9, "ok"),
        (InquiryKind.CONTACT, 10, 12.1, "overdue"),
        (InquiryKind.CONTACT, 500, 400, "ok"),
    ],
)
def test_ready_says_when_inquiries_outlive_their_term(client, kind, keep_days, days, expected):
    city = make_city()
    if keep_days:
        FormSettings.objects.create(city=city, kind=kind, answer_days=7, keep_days=keep_days)
    settled(1, city, kind)
    settled(days, city, kind)
    make_inquiry(city, kind=kind, received_at=timezone.now() - timedelta(days=900))

    status, report = ready(client)

    assert (status, report["deletion"]) == (200, expected)


def all_are_taken(pool):
    numbers = pool.get_stats()
    return numbers["pool_size"] == pool.max_size and not numbers["pool_available"]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has a pool")
def test_ready_does_not_hang_when_all_connections_are_taken(client, monkeypatch):
    pool = connection.pool
    limit = pool.timeout
    monkeypatch.setattr(pool, "timeout", 0.1)
    connection.close()
    taken = []
    try:
        # A busy machine needs its time to open them, and a server of another test may hold some still.
        while not all_are_taken(pool):
            taken.append(pool.getconn(timeout=30))
        report = ready(client)
    finally:
        for each in taken:
            pool.putconn(each)

    failed = {"database": "failed", "reason": "does not answer", "snapshot": {"state": "missing"}}
    assert (limit, report) == (5, (503, failed))


# --- Reviews ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_set_up", "expected"), [(1, True, "ok"), (2, True, "overdue"), (2, False, "ok")])
def test_ready_says_when_owners_are_not_asked(client, settings, days, is_set_up, expected):
    settings.MAIL_IS_SET_UP = is_set_up
    due_on = timezone.localdate() - timedelta(days=days)
    make_contact(make_city(), owner_email="kim@example.org", review_on=due_on)

    assert ready(client)[1]["reviews"] == expected


@pytest.mark.django_db
def test_ready_is_content_once_the_owner_was_asked(client, settings):
    settings.MAIL_IS_SET_UP = True
    due_on = timezone.localdate() - timedelta(days=5)
    make_review_request(make_contact(make_city(), owner_email="kim@example.org", review_on=due_on))

    assert ready(client)[1]["reviews"] == "ok"
