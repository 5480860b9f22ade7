"""Who is asked when: a frozen clock passes the day of a review, and the days after it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from contacts.models import Contact
from inquiries.models import OutgoingMail
from inquiries.outbox import send_due
from invitations.models import Invitation
from pages.models import Page
from reviews.asking import ask, delete_old
from reviews.models import ReviewRequest
from tests.factories import (
    make_city,
    make_contact,
    make_event,
    make_news,
    make_offer,
    make_page,
    make_proposal,
    make_review_request,
)

pytestmark = pytest.mark.django_db

SITE = "https://ki.example.org"
DAY = date(2026, 11, 3)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=ZoneInfo("Europe/Berlin"))
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.SITE_URL = SITE
    settings.MAIL_IS_SET_UP = True


@pytest.fixture
def city():
    with time_machine.travel(MIDNIGHT - timedelta(days=90), tick=False):
        return make_city("hier", deputy_after_days=14)


def owned(make, city, **fields):
    """Something made long ago, of which Anna is the owner, and Dora her deputy."""
    defaults = {
        "owner_name": "Anna Beispiel",
        "owner_email": "anna@example.org",
        "deputy_name": "Dora Beispiel",
        "deputy_email": "dora@example.org",
        "review_every": 6,
        "review_on": DAY,
    }
    with time_machine.travel(MIDNIGHT - timedelta(days=90), tick=False):
        return make(city, **defaults | fields)


def asked_at(instant):
    """The recipients of the mails that are stored at an instant."""
    known = set(OutgoingMail.objects.values_list("pk", flat=True))
    with time_machine.travel(instant, tick=False):
        ask(timezone.now())
    return sorted(OutgoingMail.objects.exclude(pk__in=known).values_list("recipient", flat=True))


# --- The owner -----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_page, make_offer, make_contact])
def test_owner_is_asked_from_the_first_second_of_the_day_and_once(city, make):
    owned(make, city)
    instants = [MIDNIGHT - SECOND, MIDNIGHT, MIDNIGHT + SECOND, MIDNIGHT + timedelta(days=1)]
    assert [asked_at(instant) for instant in instants] == [[], ["anna@example.org"], [], []]


def test_mail_names_what_is_asked_about_and_keeps_the_link_apart(city):
    owned(make_page, city, translation={"title": "Beratung & Hilfe"})
    asked_at(MIDNIGHT)
    mail, invitation = OutgoingMail.objects.get(), Invitation.objects.get()
    assert (mail.purpose, mail.city, mail.subject) == ("review", city, "Bitte prüfen: Stimmt das noch?")
    assert mail.body.startswith("Guten Tag Anna Beispiel,\n")
    assert "\n- Beratung & Hilfe\n" in mail.body
    assert "\n{link}\n" in mail.body
    assert mail.secret_link == f"{SITE}/de/pruefen/{invitation.token}/"
    assert (invitation.name, invitation.email) == ("Anna Beispiel", "anna@example.org")


def test_nothing_of_the_link_stays_after_sending(city, settings):
    settings.DEFAULT_FROM_EMAIL = "website@example.org"
    owned(make_page, city)
    asked_at(MIDNIGHT)
    token = Invitation.objects.get().token
    with time_machine.travel(MIDNIGHT + SECOND, tick=False):
        send_due()
    assert token in django_mail.outbox[0].body
    stored = OutgoingMail.objects.get()
    assert stored.sent_at is not None
    assert token not in f"{stored.secret_link} {stored.body} {stored.subject}"


def test_all_that_is_due_comes_in_one_mail(city):
    owned(make_page, city, translation={"title": "Beratung"})
    owned(make_contact, city, function="Zentrale", owner_email="ANNA@example.org")
    owned(make_contact, city, function="Kasse", review_on=DAY + timedelta(days=1))
    assert asked_at(MIDNIGHT) == ["anna@example.org"]
    body = OutgoingMail.objects.get().body
    assert [line for line in body.splitlines() if line.startswith("- ")] == ["- Beratung", "- Zentrale"]


def test_owner_of_things_in_two_cities_hears_from_each(city):
    for each in (city, make_city("dort")):
        owned(make_contact, each)
    assert asked_at(MIDNIGHT) == ["anna@example.org"] * 2
    assert set(OutgoingMail.objects.values_list("city__slug", flat=True)) == {"hier", "dort"}


def test_what_was_due_for_weeks_is_asked_about_once(city):
    owned(make_contact, city, review_on=DAY - timedelta(days=60))
    assert [asked_at(MIDNIGHT), asked_at(MIDNIGHT + timedelta(days=13))] == [["anna@example.org"], []]
    assert asked_at(MIDNIGHT + timedelta(days=14)) == ["dora@example.org"]


def test_new_owner_is_asked_anew(city):
    contact = owned(make_contact, city)
    asked_at(MIDNIGHT)
    Contact.objects.filter(pk=contact.pk).update(owner_email="neu@example.org")
    assert asked_at(MIDNIGHT + timedelta(days=20)) == ["neu@example.org"]
    assert ReviewRequest.objects.get().deputy_on == DAY + timedelta(days=34)


# --- Who is not asked ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [{"owner_email": ""}, {"review_on": None}, {"published": False}],
    ids=["without owner", "without day", "draft"],
)
def test_nobody_is_asked_about_what_has_nobody_no_day_or_no_visitors(city, fields):
    owned(make_page, city)
    owned(make_page, city, **{"owner_email": "berta@example.org"} | fields)
    assert asked_at(MIDNIGHT) == ["anna@example.org"]
    assert ReviewRequest.objects.count() == 1


def test_nobody_is_asked_about_a_withdrawn_page(city):
    page = owned(make_page, city)
    with time_machine.travel(MIDNIGHT - timedelta(hours=1), tick=False):
        page.unpublish(None)
    assert asked_at(MIDNIGHT) == []


def test_nobody_is_asked_in_a_city_that_is_not_public(city):
    owned(make_contact, city)
    city.is_public = False
    city.save()
    assert asked_at(MIDNIGHT) == []


def test_nobody_is_asked_about_what_is_over(city):
    owned(make_event, city, starts_at=MIDNIGHT - timedelta(hours=3), ends_at=MIDNIGHT)
    owned(make_news, city, owner_email="nachricht@example.org")
    assert asked_at(MIDNIGHT) == ["nachricht@example.org"]


def test_nobody_is_asked_while_a_proposal_waits(city):
    make_proposal(owned(make_contact, city), request=None)
    ReviewRequest.objects.update(answered_at=MIDNIGHT, answer="change")
    assert asked_at(MIDNIGHT + timedelta(days=1)) == []


# --- The deputy ----------------------------------------------------------------------------------


def test_deputy_is_asked_after_the_days_of_the_city_and_once(city):
    owned(make_page, city)
    asked_at(MIDNIGHT + timedelta(hours=9))
    then = MIDNIGHT + timedelta(days=14)
    instants = [then - SECOND, then, then + SECOND, then + timedelta(days=30)]
    assert [asked_at(instant) for instant in instants] == [[], ["dora@example.org"], [], []]
    assert "(als Vertretung für Anna Beispiel: Bisher hat niemand geantwortet.)" in OutgoingMail.objects.first().body


def test_both_links_stay_open(city):
    owned(make_page, city)
    asked_at(MIDNIGHT)
    asked_at(MIDNIGHT + timedelta(days=14))
    with time_machine.travel(MIDNIGHT + timedelta(days=15), tick=False):
        assert Invitation.objects.open().count() == 2


def test_deputy_is_not_asked_about_what_is_answered(city):
    owned(make_page, city)
    asked_at(MIDNIGHT)
    with time_machine.travel(MIDNIGHT + timedelta(days=13), tick=False):
        ReviewRequest.confirm(ReviewRequest.objects.get().pk, Invitation.objects.get())
    assert asked_at(MIDNIGHT + timedelta(days=14)) == []


def test_deputy_is_not_asked_once_staff_chose_another_day(city):
    page = owned(make_page, city)
    asked_at(MIDNIGHT)
    Page.objects.filter(pk=page.pk).update(review_on=DAY + timedelta(days=100))
    assert asked_at(MIDNIGHT + timedelta(days=14)) == []
    assert ReviewRequest.objects.get().answer == "needless"
    assert asked_at(MIDNIGHT + timedelta(days=100)) == ["anna@example.org"]


def test_who_is_owner_of_one_thing_and_deputy_of_another_gets_one_mail(city):
    owned(make_contact, city, function="Erstes")
    asked_at(MIDNIGHT)
    owned(make_contact, city, function="Zweites", owner_email="dora@example.org", deputy_email="")
    assert asked_at(MIDNIGHT + timedelta(days=14)) == ["dora@example.org"]
    first, second = ReviewRequest.objects.order_by("pk")
    assert first.deputy_invitation == second.invitation


def test_nobody_else_is_asked_without_a_deputy(city):
    owned(make_contact, city, deputy_email="")
    asked_at(MIDNIGHT)
    assert asked_at(MIDNIGHT + timedelta(days=14)) == []


# --- How it is done ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_asking_costs_the_same_for_any_number(city, count, django_assert_num_queries):
    for number in range(count):
        owned(make_contact, make_city(), owner_email=f"person-{number}@example.org")
        owned(make_page, city, owner_email=f"page-{number}@example.org")
    with time_machine.travel(MIDNIGHT, tick=False), django_assert_num_queries(11):
        assert ask(timezone.now()) == 2 * count


def test_command_asks_and_says_how_many(city, capsys):
    owned(make_contact, city)
    with time_machine.travel(MIDNIGHT, tick=False):
        call_command("send_review_requests")
    assert capsys.readouterr().out == "1 Person um eine Prüfung gebeten.\n"


def test_command_asks_nobody_without_a_mail_server(city, capsys, settings):
    settings.MAIL_IS_SET_UP = False
    owned(make_contact, city)
    with time_machine.travel(MIDNIGHT, tick=False):
        call_command("send_review_requests")
    assert OutgoingMail.objects.count() == 0


def test_command_fails_where_it_knows_no_address_of_the_site(city, capsys, settings):
    settings.SITE_URL = ""
    owned(make_contact, city)
    with time_machine.travel(MIDNIGHT, tick=False), pytest.raises(SystemExit):
        call_command("send_review_requests")
    assert OutgoingMail.objects.count() == 0


def test_what_is_answered_goes_after_a_year(city):
    contacts = [owned(make_contact, city) for _number in range(3)]
    year_ago = MIDNIGHT - timedelta(days=365)
    answers = [(MIDNIGHT - timedelta(days=364), "right"), (year_ago, "right"), (year_ago, "change")]
    for contact, (answered_at, answer) in zip(contacts, answers, strict=True):
        make_review_request(contact, answered_at=answered_at, answer=answer)
    make_proposal(contacts[2], request=ReviewRequest.objects.get(contact=contacts[2]))
    assert delete_old(MIDNIGHT) == 1
    assert {request.contact for request in ReviewRequest.objects.all()} == {contacts[0], contacts[2]}


def test_links_go_a_year_after_their_end(city):
    owned(make_contact, city)
    asked_at(MIDNIGHT)
    end = Invitation.objects.get().expires_at
    delete_old(end + timedelta(days=364))
    assert Invitation.objects.count() == 1
    delete_old(end + timedelta(days=365))
    assert Invitation.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_machines_at_once_ask_once(round_):
    make_contact(make_city(), owner_email="anna@example.org", review_on=timezone.localdate())
    barrier = Barrier(2)

    def run():
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return ask(timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        counts = [future.result(timeout=30) for future in [threads.submit(run) for _number in range(2)]]
    assert sorted(counts) == [0, 1]
    assert (OutgoingMail.objects.count(), ReviewRequest.objects.count(), Invitation.objects.count()) == (1, 1, 1)
