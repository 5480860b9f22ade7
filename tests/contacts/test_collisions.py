"""Two people have the same form open: no number, no chosen contact, no address gets lost silently."""

import pytest
from django.urls import reverse

from contacts.models import Contact, Role
from pages.models import Page
from tests.factories import make_city, make_contact, make_offer, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def editor(client, city):
    client.force_login(make_user(city, Role.EDITOR))


@pytest.fixture
def contact(city):
    return make_contact(city, room="1", languages=["de"])


def address_of(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def open_form(client, row):
    return form_data(client.get(address_of(row)))


def save(client, row, data, **changes):
    return client.post(address_of(row), data | changes | {"_save": "1"})


def test_changes_of_different_fields_are_both_kept(client, contact):
    mine = open_form(client, contact)
    save(client, contact, open_form(client, contact), phone="030 23125 009")
    assert save(client, contact, mine, room="2").status_code == 302
    contact.refresh_from_db()
    assert (contact.phone, contact.phone_uri, contact.room) == ("030 23125 009", "+493023125009", "2")


def test_change_of_the_same_field_is_told_and_loses_nothing(client, contact):
    mine = open_form(client, contact)
    save(client, contact, open_form(client, contact), room="2", email="neu@example.org")
    answer = save(client, contact, mine, room="3")
    form = answer.context["adminform"].form
    assert form.errors == {
        "room": [
            "Jemand hat hier inzwischen „2“ gespeichert. "
            "Ihre Eingabe steht noch da. Soll sie gelten? Dann speichern Sie noch einmal."
        ]
    }
    assert (form["room"].value(), form["email"].value()) == ("3", "neu@example.org")
    contact.refresh_from_db()
    assert contact.room == "2"
    assert save(client, contact, form_data(answer)).status_code == 302
    contact.refresh_from_db()
    assert (contact.room, contact.email) == ("3", "neu@example.org")


def test_same_change_by_both_is_no_collision(client, contact):
    mine = open_form(client, contact)
    save(client, contact, open_form(client, contact), room="2")
    assert save(client, contact, mine, room="2").status_code == 302


@pytest.mark.parametrize(
    ("field", "theirs", "mine", "shown"),
    [
        ("languages", ["de", "ar"], ["tr"], "Arabisch"),
        ("phone", "", "030 23125 008", "„nichts“"),
        ("absent_from", "2026-12-01", "2026-12-02", "„2026-12-01“"),
    ],
)
def test_what_somebody_else_saved_is_told_in_words(client, contact, field, theirs, mine, shown):
    opened = open_form(client, contact)
    dates = {"absent_until": "2026-12-24"} if field == "absent_from" else {}
    save(client, contact, open_form(client, contact), **{field: theirs} | dates)
    answer = save(client, contact, opened, **{field: mine} | dates)
    assert shown in answer.context["adminform"].form.errors[field][0]


def test_ticked_box_of_the_other_stays_ticked(client, contact):
    mine = open_form(client, contact)
    save(client, contact, open_form(client, contact), appointment_only="on")
    save(client, contact, mine, room="2")
    contact.refresh_from_db()
    assert (contact.appointment_only, contact.room) == (True, "2")


def test_chosen_contacts_of_a_page_are_kept(client, city, contact):
    page = make_page(city)
    mine = open_form(client, page)
    save(client, page, open_form(client, page), contacts=[contact.pk])
    assert save(client, page, mine, slug="neu").status_code == 302
    page.refresh_from_db()
    assert (list(page.contacts.all()), page.slug) == ([contact], "neu")


def test_chosen_contacts_that_both_changed_are_told(client, city, contact):
    page, second = make_page(city), make_contact(city, function="Zweite")
    mine = open_form(client, page)
    save(client, page, open_form(client, page), contacts=[contact.pk])
    answer = save(client, page, mine, contacts=[second.pk])
    assert "„Beratung“" in answer.context["adminform"].form.errors["contacts"][0]
    assert list(page.contacts.all()) == [contact]


def test_related_page_and_times_of_an_offer_are_kept(client, city):
    offer, parent = make_offer(city), make_page(city)
    mine = open_form(client, offer)
    save(client, offer, open_form(client, offer), parent=parent.pk, starts_at="2026-12-01T10:00")
    assert save(client, offer, mine, age_from="6").status_code == 302
    stored = Page.objects.select_related("offer").get(pk=offer.pk)
    assert (stored.parent, str(stored.starts_at), stored.offer.age_from) == (parent, "2026-12-01 09:00:00+00:00", 6)


def test_change_of_the_text_alone_takes_over_the_data_of_the_other(client, city):
    page = make_page(city)
    mine = open_form(client, page)
    save(client, page, open_form(client, page), slug="neu")
    save(client, page, mine, **{"translations-0-title": "Anders"})
    page.refresh_from_db()
    assert (page.slug, page.translations.get().title) == ("neu", "Anders")


@pytest.mark.parametrize("forged", ["", "[]", "{}", '{"room": 5}', "{"])
def test_forged_memory_of_a_form_breaks_nothing(client, contact, forged):
    answer = save(client, contact, open_form(client, contact), seen_data=forged, room="7")
    assert answer.status_code == (200 if forged in ('{"room": 5}', "{") else 302)
    assert Contact.objects.get().room in ("1", "7")
