"""What staff enter about reviews, what they see is due, and what becomes of a proposal."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Role
from reviews.models import ProposedChange, ReviewRequest
from tests.factories import (
    make_city,
    make_contact,
    make_event,
    make_focus_area,
    make_news,
    make_offer,
    make_page,
    make_proposal,
    make_review_request,
    make_user,
)
from tests.forms import form_data

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 3)
LIST = "/admin/reviews/reviewrequest/"
PROPOSALS = "/admin/reviews/proposedchange/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-03T10:00:00+01:00"):
        yield


@pytest.fixture
def city():
    return make_city("hier")


@pytest.fixture
def editor(client, city):
    return sign_in(client, city)


def sign_in(client, city, role=Role.EDITOR):
    user = make_user(city, role, first_name="Emil", last_name="Beispiel")
    client.force_login(user)
    return user


def form_of(item):
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])


def submit(client, item, **data):
    return client.post(form_of(item), form_data(client.get(form_of(item))) | {"_save": "1"} | data)


def errors(response):
    return response.context["adminform"].form.errors


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- Owner and days in the forms -------------------------------------------------------------------


def make_event_now(city, **fields):
    return make_event(city, timezone.now(), **fields)


KINDS = [make_page, make_focus_area, make_offer, make_news, make_event_now, make_contact]


@pytest.mark.parametrize("make", KINDS)
def test_interval_sets_the_first_day_by_itself(client, editor, city, make):
    item = make(city)
    response = submit(client, item, review_every="6", owner_email="anna@example.org")
    assert response.status_code == 302
    item.refresh_from_db()
    assert (item.review_every, item.review_on) == (6, date(2027, 5, 3))


@pytest.mark.parametrize("make", [make_page, make_contact])
def test_interval_needs_somebody_to_ask(client, editor, city, make):
    response = submit(client, make(city), review_every="6")
    assert errors(response)["owner_email"] == [
        "Bitte tragen Sie die E-Mail der zuständigen Person ein. Ohne sie kann die Website niemanden bitten."
    ]


def test_deputy_is_somebody_else(client, editor, city):
    emails = {"owner_email": "anna@example.org", "deputy_email": "Anna@Example.org"}
    response = submit(client, make_contact(city), **emails)
    assert list(errors(response)) == ["deputy_email"]


def test_deputy_needs_an_owner(client, editor, city):
    response = submit(client, make_contact(city), deputy_email="dora@example.org")
    assert list(errors(response)) == ["owner_email"]


def test_day_of_a_review_cannot_be_to_come(client, editor, city):
    response = submit(client, make_contact(city), last_verified="2026-11-04")
    assert list(errors(response)) == ["last_verified"]


def test_next_day_follows_the_last_review(client, editor, city):
    contact = make_contact(city, owner_email="anna@example.org", review_every=12, review_on=TODAY)
    submit(client, contact, last_verified="2026-11-02")
    contact.refresh_from_db()
    assert (contact.review_on, contact.verified_by) == (date(2027, 11, 2), "Emil Beispiel")


def test_chosen_day_is_kept(client, editor, city):
    contact = make_contact(city, owner_email="anna@example.org", review_every=12, review_on=TODAY)
    submit(client, contact, last_verified="2026-11-02", review_on="2026-12-24")
    contact.refresh_from_db()
    assert contact.review_on == date(2026, 12, 24)


def test_without_interval_nobody_is_asked_again(client, editor, city):
    contact = make_contact(city, owner_email="anna@example.org", review_every=12, review_on=TODAY)
    submit(client, contact, review_every="")
    contact.refresh_from_db()
    assert (contact.review_every, contact.review_on) == (None, None)


def test_answer_of_the_owner_outlives_a_form_that_was_open(client, editor, city):
    contact = make_contact(city, owner_email="anna@example.org", review_every=6, review_on=TODAY)
    data = form_data(client.get(form_of(contact))) | {"_save": "1", "room": "12"}
    Contact.objects.get(pk=contact.pk).verify(TODAY, "Anna")
    assert client.post(form_of(contact), data).status_code == 302
    contact.refresh_from_db()
    assert (contact.room, contact.last_verified, contact.review_on) == ("12", TODAY, date(2027, 5, 3))


def test_owner_publishes_nothing(client, editor, city):
    page = make_page(city)
    submit(client, page, owner_name="Anna", owner_email="anna@example.org", review_every="6")
    page.refresh_from_db()
    assert (page.owner_name, page.translations.get().revisions.count()) == ("Anna", 1)


def test_fields_are_closed_until_they_are_used(client, editor, city):
    page = make_page(city)

    def is_closed():
        fieldsets = client.get(form_of(page)).context["adminform"].fieldsets
        return "collapse" in dict(fieldsets)["Zuständig und Prüfung"]["classes"]

    before = is_closed()
    submit(client, page, owner_name="Anna")
    assert (before, is_closed()) == (True, False)


# --- What is due ---------------------------------------------------------------------------------


def titles(response):
    return [row.item.label for row in response.context["due_list"].rows]


def test_list_shows_what_is_due_the_oldest_first(client, editor, city):
    make_contact(city, function="Morgen", review_on=TODAY + timedelta(days=1))
    make_contact(city, function="Heute", review_on=TODAY)
    make_page(city, translation={"title": "Gestern"}, review_on=TODAY - timedelta(days=1))
    make_page(city, translation={"title": "Entwurf"}, review_on=TODAY, published=False)
    make_contact(city, function="Nie")
    assert titles(client.get(LIST)) == ["Gestern", "Heute"]
    assert titles(client.get(f"{LIST}?stand=all")) == ["Gestern", "Heute", "Morgen"]


@pytest.mark.parametrize(("days", "is_late"), [(-1, False), (0, True)])
def test_unanswered_request_becomes_overdue_on_its_day(client, editor, city, days, is_late):
    contact = make_contact(city, owner_email="anna@example.org", review_on=TODAY)
    make_review_request(contact, overdue_on=TODAY - timedelta(days=days))
    assert client.get(LIST).context["due_list"].rows[0].is_late == is_late
    assert len(titles(client.get(f"{LIST}?stand=late"))) == is_late


def test_list_says_who_was_asked(client, editor, city):
    contact = make_contact(city, function="Gefragt", owner_email="anna@example.org", review_on=TODAY)
    make_review_request(contact)
    make_contact(city, function="Ohne", review_on=TODAY)
    waiting = make_contact(city, function="Vorschlag", owner_email="anna@example.org", review_on=TODAY)
    make_proposal(waiting)
    states = {row.item.label: row.state for row in client.get(LIST).context["due_list"].rows}
    assert states == {
        "Gefragt": ("near", "Fällig. Gefragt am 03.11.2026."),
        "Ohne": ("near", "Fällig. Niemand ist zuständig."),
        "Vorschlag": ("near", "Ein Vorschlag wartet auf Sie."),
    }


@pytest.mark.parametrize("query", ["?stand=x", "?seite=x", "?seite=99999999999999999999", "?city=x", "?city=-1"])
def test_senseless_addresses_show_the_list(client, editor, city, query):
    make_contact(city, review_on=TODAY)
    assert len(titles(client.get(LIST + query))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_length(client, editor, city, count, django_assert_num_queries):
    for _number in range(count):
        make_review_request(make_contact(city, owner_email="anna@example.org", review_on=TODAY))
        make_proposal(make_page(city, owner_email="anna@example.org", review_on=TODAY))
    with django_assert_num_queries(12):
        client.get(LIST)


def test_operator_narrows_the_list_to_a_city(client, city):
    make_contact(city, function="Hier", review_on=TODAY)
    there = make_city("dort")
    make_contact(there, function="Dort", review_on=TODAY)
    client.force_login(make_user(is_superuser=True))
    assert titles(client.get(LIST)) == ["Hier", "Dort"]
    assert titles(client.get(f"{LIST}?city={there.pk}")) == ["Dort"]


# --- Heute geprüft -------------------------------------------------------------------------------


def verify_url(item):
    return reverse(f"admin:reviews_verify_{'contact' if isinstance(item, Contact) else 'page'}", args=[item.pk])


@pytest.mark.parametrize("make", [make_page, make_offer, make_contact])
def test_one_click_says_that_staff_have_looked(client, editor, city, make):
    item = make(city, owner_email="anna@example.org", review_every=3, review_on=TODAY)
    request = make_review_request(item)
    response = client.post(verify_url(item), follow=True)
    item.refresh_from_db()
    request.refresh_from_db()
    assert said(response) == ["Gespeichert: heute geprüft. Nächste Prüfung am 3. Februar 2027."]
    assert (item.last_verified, item.verified_by, item.review_on) == (TODAY, "Emil Beispiel", date(2027, 2, 3))
    assert (request.answer, request.answered_by) == ("staff", "Emil Beispiel")


@pytest.mark.parametrize("make", [make_page, make_contact])
def test_form_offers_the_click(client, editor, city, make):
    item = make(city)
    assert f'action="{verify_url(item)}"' in client.get(form_of(item)).text


def test_looking_at_the_address_verifies_nothing(client, editor, city):
    contact = make_contact(city)
    assert client.get(verify_url(contact)).status_code == 405
    contact.refresh_from_db()
    assert contact.last_verified is None


@pytest.mark.parametrize(
    ("role", "status"), [(Role.MANAGER, 302), (Role.EDITOR, 302), (Role.AUTHOR, 404), (Role.TRANSLATOR, 404)]
)
@pytest.mark.parametrize("make", [make_page, make_contact])
def test_who_may_say_that_it_is_right(client, city, make, role, status):
    item = make(city)
    client.force_login(make_user(city, role, languages=["ar"]))
    response = client.post(verify_url(item))
    item.refresh_from_db()
    assert (response.status_code, item.last_verified is not None) == (status, status == 302)


@pytest.mark.parametrize("make", [make_page, make_contact])
def test_another_citys_editor_and_visitors_cannot(client, city, make):
    item = make(city)
    answers = [client.post(verify_url(item))]
    sign_in(client, make_city("dort"))
    answers.append(client.post(verify_url(item)))
    item.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 404]
    assert item.last_verified is None


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.TRANSLATOR])
def test_lists_are_for_those_who_publish(client, city, role):
    client.force_login(make_user(city, role, languages=["ar"]))
    assert [client.get(address).status_code for address in (LIST, PROPOSALS)] == [403, 403]


# --- Proposals -----------------------------------------------------------------------------------


@pytest.fixture
def contact(city):
    return make_contact(
        city, phone="030 23125 001", room="1", owner_email="anna@example.org", review_every=6, review_on=TODAY
    )


@pytest.fixture
def proposal(contact):
    return make_proposal(
        contact,
        old={"phone": "030 23125 001", "room": "1", "hours": ""},
        new={"phone": "(030) 23125-099", "room": "2", "hours": "Montag 8–12"},
    )


def decide(client, proposal, button, **data):
    address = f"{PROPOSALS}{proposal.pk}/change/"
    seen = {f"seen-{line.name}": line.now for line in client.get(address).context["lines"]}
    return client.post(address, seen | {button: "1"} | data, follow=True)


def stored(proposal):
    proposal.refresh_from_db()
    proposal.contact.refresh_from_db()
    return proposal.state, proposal.contact.phone, proposal.contact.room


def test_chosen_values_are_taken_over(client, editor, proposal, contact):
    response = decide(client, proposal, "_take", take=["phone"])
    assert said(response) == [
        "Übernommen und öffentlich: Telefon. Der Inhalt gilt als heute geprüft. Nächste Prüfung am 3. Mai 2027."
    ]
    assert stored(proposal) == ("taken_over", "(030) 23125-099", "1")
    contact.refresh_from_db()
    assert (contact.phone_uri, contact.verified_by) == ("+493023125099", "Emil Beispiel")
    assert LogEntry.objects.get().change_message == "Vorschlag von Kim Beispiel übernommen: Telefon"
    assert "(030) 23125-099" in client.get(contact.get_absolute_url()).text


def test_nothing_chosen_decides_nothing(client, editor, proposal):
    assert said(decide(client, proposal, "_take")) == ["Bitte wählen Sie aus, was Sie übernehmen wollen."]
    assert stored(proposal) == ("open", "030 23125 001", "1")


def test_text_of_opening_hours_cannot_be_taken_over(client, editor, proposal):
    decide(client, proposal, "_take", take=["hours"])
    assert stored(proposal) == ("open", "030 23125 001", "1")


@pytest.mark.parametrize(("field", "value"), [("phone", "12"), ("email", "keine"), ("room", "x" * 41)])
def test_faulty_value_is_not_taken_over(client, editor, contact, field, value):
    proposal = make_proposal(contact, old={}, new={field: value})
    response = decide(client, proposal, "_take", take=[field])
    assert said(response)[0].startswith("Es ist noch nichts übernommen.")
    assert stored(proposal) == ("open", "030 23125 001", "1")


def test_change_since_the_proposal_is_shown(client, editor, proposal, contact):
    contact.room = "7"
    contact.save()
    lines = client.get(f"{PROPOSALS}{proposal.pk}/change/").context["lines"]
    assert [(line.name, line.has_changed_meanwhile) for line in lines] == [
        ("phone", False),
        ("room", True),
        ("hours", False),
    ]


def test_change_while_staff_look_stops_the_taking_over(client, editor, proposal, contact):
    contact.room = "7"
    contact.save()
    response = decide(client, proposal, "_take", **{"take": ["room"], "seen-room": "1"})
    assert said(response)[0].startswith("Jemand hat den Kontakt gerade geändert.")
    assert stored(proposal) == ("open", "030 23125 001", "7")


@pytest.mark.parametrize(("button", "state"), [("_done", "done"), ("_refuse", "refused")])
def test_other_decisions_change_nothing_and_count_as_a_review(client, editor, proposal, contact, button, state):
    decide(client, proposal, button)
    assert stored(proposal) == (state, "030 23125 001", "1")
    contact.refresh_from_db()
    assert (contact.last_verified, contact.review_on) == (TODAY, date(2027, 5, 3))


@pytest.mark.parametrize("button", ["_take", "_done", "_refuse"])
def test_only_the_first_decision_counts(client, editor, proposal, button):
    address = f"{PROPOSALS}{proposal.pk}/change/"
    ProposedChange.decide(proposal.pk, "refused", editor)
    response = client.post(address, {button: "1", "take": ["room"], "seen-room": "1"}, follow=True)
    assert said(response) == ["Jemand anderes hat über diesen Vorschlag gerade schon entschieden."]
    assert stored(proposal) == ("refused", "030 23125 001", "1")


def test_proposal_for_a_page_leads_to_its_form(client, editor, city):
    page = make_page(city)
    proposal = make_proposal(page, remark="Der Kurs heißt anders.")
    response = client.get(f"{PROPOSALS}{proposal.pk}/change/")
    assert "Der Kurs heißt anders." in response.text
    assert f'href="{form_of(page)}"' in response.text
    assert "_take" not in response.text


def test_markup_in_a_proposal_is_only_text(client, editor, contact):
    proposal = make_proposal(contact, new={"room": "<b>1</b>"}, remark="<script>alert(1)</script>")
    text = client.get(f"{PROPOSALS}{proposal.pk}/change/").text
    assert "<b>1</b>" not in text
    assert "<script>alert" not in text


def test_another_citys_editor_decides_nothing(client, proposal):
    sign_in(client, make_city("dort"))
    assert client.post(f"{PROPOSALS}{proposal.pk}/change/", {"_done": "1"}).status_code == 404
    assert stored(proposal)[0] == "open"


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_proposals_costs_the_same_for_any_length(client, editor, city, count, django_assert_num_queries):
    for _number in range(count):
        make_proposal(make_contact(city))
        make_proposal(make_page(city))
    with django_assert_num_queries(12):
        client.get(PROPOSALS)


def test_open_proposals_come_first(client, editor, city):
    for state in ("done", "open"):
        make_proposal(make_contact(city, function=state), state=state)
    found = client.get(PROPOSALS).context["cl"].result_list
    assert [proposal.state for proposal in found] == ["open", "done"]


def test_request_itself_leads_to_what_it_is_about(client, editor, contact):
    request = make_review_request(contact)
    assert client.get(f"{LIST}{request.pk}/change/")["Location"] == form_of(contact)


def test_requests_of_deleted_things_go_with_them(city, contact):
    make_proposal(contact)
    contact.delete()
    assert (ReviewRequest.objects.count(), ProposedChange.objects.count()) == (0, 0)
