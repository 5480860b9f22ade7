"""A person leaves: the contact is replaced everywhere, in one step, and back again."""

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, ContactReplacement, Role
from contacts.replacing import references, relations, replace, undo
from legal.models import AccessibilityStatement
from tests.factories import (
    make_call,
    make_city,
    make_contact,
    make_event,
    make_inquiry,
    make_news,
    make_offer,
    make_page,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier")


@pytest.fixture
def old(city):
    return make_contact(city, function="Alt")


@pytest.fixture
def new(city):
    return make_contact(city, function="Neu")


def page_with(*contacts, make=make_page, **fields):
    page = make(contacts[0].city, **fields)
    page.contacts.set(contacts)
    return page


# One place for every relation there is. A new one fails the first test until it has its place here.
PLACES = {
    "contacts.contact.deputy": lambda old: make_contact(old.city, function="Dritte", deputy=old),
    "inquiries.inquiry.contact": lambda old: make_inquiry(old.city, contact=old),
    "legal.accessibilitystatement.responsible": lambda old: AccessibilityStatement.objects.create(
        city=old.city, responsible=old
    ),
    "offers.offer.advice_contact": lambda old: make_offer(old.city, advice_contact=old),
    "pages.page.contacts": lambda old: page_with(old, translation={"title": "Beratung"}),
}


def test_every_relation_has_a_test():
    assert [relation.key for relation in relations()] == sorted(PLACES)


def named_in(key, place):
    """The contacts that a place names now."""
    stored = type(place).objects.get(pk=place.pk)
    value = getattr(stored, key.rpartition(".")[2])
    return list(value.all()) if key == "pages.page.contacts" else [value]


@pytest.mark.parametrize("key", PLACES)
def test_relation_is_listed_replaced_and_given_back(old, new, key):
    place = PLACES[key](old)
    assert [(each.relation.key, each.object.pk) for each in references(old)] == [(key, place.pk)]
    replacement = replace(old, new, None)
    assert (named_in(key, place), references(old)) == ([new], [])
    assert undo(replacement, None).not_undone == []
    assert named_in(key, place) == [old]


@pytest.mark.parametrize("key", PLACES)
def test_relation_that_was_changed_since_is_left_and_named(city, old, new, key):
    place = PLACES[key](old)
    title = references(old)[0].title
    replacement = replace(old, new, None)
    replace(new, make_contact(city, function="Vierte"), None)
    assert undo(replacement, None).not_undone == [title]
    assert [contact.function for contact in named_in(key, place)] == ["Vierte"]


@pytest.mark.parametrize("key", PLACES)
def test_relation_of_something_deleted_since_is_named(old, new, key):
    place = PLACES[key](old)
    title = references(old)[0].title
    replacement = replace(old, new, None)
    place.delete()
    assert undo(replacement, None).not_undone == [title]


def test_pages_of_every_kind_are_listed_by_their_german_titles(old):
    now = timezone.now()
    page_with(old, translation={"title": "Seite"})
    page_with(old, make=make_offer, translation={"title": "Angebot"})
    page_with(old, make=make_call, translation={"title": "Aufruf"})
    page_with(old, make=lambda city, **fields: make_event(city, now, **fields), translation={"title": "Termin"})
    page_with(old, make=make_news, translation={"title": "Meldung"})
    assert [(each.title, each.kind) for each in references(old)] == [
        ("Seite", "Seite"),
        ("Angebot", "Angebot"),
        ("Aufruf", "Förderaufruf"),
        ("Termin", "Veranstaltung"),
        ("Meldung", "Nachricht"),
    ]


def test_opening_hours_stay_with_their_contact(old, new):
    old.opening_hours.create(weekday=0, opens="09:00", closes="12:00")
    replace(old, new, None)
    assert (old.opening_hours.count(), new.opening_hours.count()) == (1, 0)


def test_page_that_names_both_keeps_the_new_one_once(old, new):
    page = page_with(old, new)
    replacement = replace(old, new, None)
    assert list(page.contacts.all()) == [new]
    undo(replacement, None)
    assert set(page.contacts.all()) == {old, new}


def test_nobody_becomes_their_own_deputy(old, new):
    new.deputy = old
    new.save()
    replacement = replace(old, new, None)
    new.refresh_from_db()
    assert new.deputy is None
    undo(replacement, None)
    new.refresh_from_db()
    assert new.deputy == old


@pytest.mark.parametrize("make_main", [True, False])
def test_main_contact_is_handed_over_when_wished_and_given_back(old, new, make_main):
    old.is_main = True
    old.save()
    replacement = replace(old, new, None, make_main=make_main)
    assert Contact.objects.get(is_main=True) == (new if make_main else old)
    undo(replacement, None)
    assert Contact.objects.get(is_main=True) == old


def test_main_contact_that_is_another_by_now_is_left(city, old, new):
    old.is_main = True
    old.save()
    replacement = replace(old, new, None, make_main=True)
    Contact.objects.update(is_main=False)
    third = make_contact(city, is_main=True)
    assert undo(replacement, None).not_undone == ["Hauptkontakt"]
    assert Contact.objects.get(is_main=True) == third


def test_contact_of_another_city_never_takes_the_place(old):
    with pytest.raises(ValidationError):
        replace(old, make_contact(make_city()), None)
    with pytest.raises(ValidationError):
        replace(old, old, None)
    assert not ContactReplacement.objects.exists()


def test_undoing_twice_does_it_once(old, new):
    page = page_with(old)
    replacement = undo(replace(old, new, None), None)
    page.contacts.set([new])
    undo(replacement, None)
    assert list(page.contacts.all()) == [new]


def test_nothing_is_undone_without_the_old_contact(old, new):
    page = page_with(old)
    replacement = replace(old, new, None)
    old.delete()
    replacement.refresh_from_db()
    with pytest.raises(ValidationError, match="nicht mehr"):
        undo(replacement, None)
    assert list(page.contacts.all()) == [new]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_places(old, django_assert_num_queries, count):
    for _each in range(count):
        for make in PLACES.values():
            if make is not PLACES["legal.accessibilitystatement.responsible"]:
                make(old)
    with django_assert_num_queries(7):
        assert len([reference.title for reference in references(old)]) == 4 * count


# --- The screens ------------------------------------------------------------------------------------------


def replace_url(contact):
    return reverse("admin:contacts_contact_replace", args=[contact.pk])


def sign_in(client, city, role=Role.EDITOR, **fields):
    client.force_login(make_user(city, role, **fields))


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_form_of_a_contact_leads_to_it_for_those_who_may(client, city, old):
    address = reverse("admin:contacts_contact_change", args=[old.pk])
    sign_in(client, city)
    assert f'href="{replace_url(old)}"' in client.get(address).text
    sign_in(client, city, Role.AUTHOR)
    assert "Überall ersetzen" not in client.get(address).text


def test_editor_replaces_and_undoes_in_one_click_each(client, city, old, new):
    page = page_with(old, translation={"title": "Beratung"})
    sign_in(client, city)
    assert "Beratung" in client.get(replace_url(old)).text
    response = client.post(replace_url(old), {"new": new.pk})
    assert said(response) == ["Ersetzt durch „Neu“. Das gilt sofort in allen Sprachen."]
    assert list(page.contacts.all()) == [new]
    result = client.get(response["Location"])
    assert "Alten Kontakt löschen" in result.text
    assert said(client.post(response["Location"])) == ["Rückgängig gemacht: „Alt“ steht wieder überall."]
    assert list(page.contacts.all()) == [old]


def test_places_that_could_not_be_given_back_are_named(client, city, old, new):
    page = page_with(old, translation={"title": "Beratung"})
    sign_in(client, city)
    address = client.post(replace_url(old), {"new": new.pk})["Location"]
    page.contacts.clear()
    response = client.post(address, follow=True)
    assert "Das bleibt, wie es ist" in response.text
    assert "<li>Beratung</li>" in response.text


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.TRANSLATOR, "another city's editor", "visitor"])
def test_others_replace_and_undo_nothing(client, city, old, new, role):
    page = page_with(old)
    if role in Role:
        sign_in(client, city, role, languages=["ar"])
    elif role != "visitor":
        sign_in(client, make_city())
    expected = {"visitor": 302, "another city's editor": 404}.get(role, 403)
    assert client.get(replace_url(old)).status_code == expected
    assert client.post(replace_url(old), {"new": new.pk}).status_code == expected
    assert list(page.contacts.all()) == [old]
    done = reverse("admin:contacts_contact_replaced", args=[replace(old, new, None).pk])
    assert client.get(done).status_code == expected
    assert client.post(done).status_code == expected
    assert list(page.contacts.all()) == [new]


def test_contact_of_another_city_is_no_choice(client, city, old, new):
    stranger = make_contact(make_city(), function="GEHEIM")
    page = page_with(old)
    sign_in(client, city)
    assert "GEHEIM" not in client.get(replace_url(old)).text
    response = client.post(replace_url(old), {"new": stranger.pk})
    assert list(response.context["form"].errors) == ["new"]
    assert list(page.contacts.all()) == [old]


def test_choosing_nobody_is_answered_at_the_field(client, city, old, new):
    page_with(old)
    sign_in(client, city)
    response = client.post(replace_url(old), {"new": ""})
    assert response.context["form"].errors == {"new": ["Bitte wählen Sie, wer an die Stelle tritt."]}


def test_main_contact_is_offered_to_the_successor(client, city, old, new):
    old.is_main = True
    old.save()
    sign_in(client, city)
    assert "Auch Hauptkontakt werden" in client.get(replace_url(old)).text
    client.post(replace_url(old), {"new": new.pk, "make_main": "on"})
    assert Contact.objects.get(is_main=True) == new


def test_screen_says_when_nothing_names_the_contact(client, city, old, new):
    sign_in(client, city)
    assert "Auf diesen Kontakt verweist nichts." in client.get(replace_url(old)).text


def test_screen_says_when_there_is_nobody_else(client, city, old):
    page_with(old)
    sign_in(client, city)
    assert "Es gibt noch keinen anderen Kontakt." in client.get(replace_url(old)).text
