"""What is written into the trail, and who reads it."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from audit.log import Action, record
from audit.models import Entry
from contacts.models import Membership, Role
from tests.accounts.test_sign_in import PASSWORD, lock, nothing_counted, person, sign_in  # noqa: F401
from tests.factories import make_city, make_contact, make_inquiry, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

LIST = reverse("admin:audit_entry_changelist")


@pytest.fixture
def city():
    return make_city()


@pytest.fixture
def editor(city):
    return make_user(city, Role.EDITOR, first_name="Eda", last_name="Muster")


def written(**conditions):
    rows = Entry.objects.filter(**conditions).order_by("pk")
    return [(entry.city_id, entry.action, entry.actor_name, entry.object_name) for entry in rows]


def test_a_change_names_its_fields_and_not_its_words(client, city, editor):
    contact = make_contact(city)
    client.force_login(editor)
    address = reverse("admin:contacts_contact_change", args=[contact.pk])
    client.post(address, form_data(client.get(address)) | {"phone": "030 23125 077"}, REMOTE_ADDR="192.0.2.77")
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.kind) == ("changed", editor, "contacts.contact")
    assert (entry.fields, entry.address) == (["Telefon"], "192.0.2.0")
    written_down = str([getattr(entry, field.attname) for field in Entry._meta.fields]).replace(" ", "")
    # Digits enough that no seal holds them by chance.
    assert "23125077" not in written_down


def test_adding_and_deleting_are_written_down(client, city, editor):
    client.force_login(editor)
    address = reverse("admin:contacts_funder_add")
    client.post(address, form_data(client.get(address)) | {"name": "Land"})
    assert written(action="added") == [(city.pk, "added", "Eda Muster", "Land")]
    client.post(reverse("admin:contacts_funder_delete", args=[Entry.objects.get().object_id]), {"post": "yes"})
    assert written(action="deleted") == [(city.pk, "deleted", "Eda Muster", "Land")]


def test_publishing_and_withdrawing_are_written_down(city, editor):
    page = make_page(city, published=False, translation={"title": "Schule"})
    text = page.translations.get()
    text.publish(editor)
    text.publish(editor)  # nothing new
    text.unpublish(editor)
    name = "Schule (Deutsch)"
    assert written() == [
        (city.pk, "published", "Eda Muster", name),
        (city.pk, "withdrawn", "Eda Muster", name),
    ]


def test_taking_inquiries_along_is_written_down(client, city):
    client.force_login(make_user(city, Role.MANAGER, first_name="Lea"))
    make_inquiry(city)
    client.get(reverse("admin:inquiries_inquiry_export"))
    entry = Entry.objects.get()
    assert (entry.city, entry.action, entry.kind, entry.detail) == (city, "exported", "inquiries.inquiry", "1 Anfragen")


def test_giving_rights_is_written_down_for_the_city(client, city, editor):
    client.force_login(make_user(city, Role.MANAGER, first_name="Lea"))
    address = reverse("admin:contacts_membership_change", args=[editor.memberships.get().pk])
    client.post(address, form_data(client.get(address)) | {"role": Role.MANAGER})
    assert (Entry.objects.get().kind, Entry.objects.get().fields) == ("contacts.membership", ["Aufgabe"])


def test_signing_in_and_failing_are_written_down_in_the_city(client, person):  # noqa: F811
    city = person.memberships.get().city
    sign_in(client, password="falsch")
    sign_in(client)
    assert [(city_id, action) for city_id, action, *_names in written()] == [
        (city.pk, "failed"),
        (city.pk, "signed_in"),
    ]
    assert Entry.objects.get(action="signed_in").detail == "mit Passwort"


def test_only_the_installation_reads_where_somebody_of_several_cities_is(client, person):  # noqa: F811
    home, other = person.memberships.get().city, make_city()
    sign_in(client, REMOTE_ADDR="192.0.2.77")
    Membership.objects.create(user=person, city=other, role=Role.EDITOR)
    sign_in(Client(), REMOTE_ADDR="192.0.2.77")
    assert list(Entry.objects.order_by("pk").values_list("city", "action", "address")) == [
        (home.pk, "signed_in", "192.0.2.0"),
        (None, "signed_in", "192.0.2.0"),
        (home.pk, "signed_in", ""),
        (other.pk, "signed_in", ""),
    ]


def test_a_lock_is_written_down_once(client, person):  # noqa: F811
    lock(client)
    sign_in(client)
    assert Entry.objects.filter(action="failed").count() == 10
    assert Entry.objects.filter(action="locked").count() == 1


def test_of_a_name_that_nobody_has_is_written_only_that_it_was_tried(client, person):  # noqa: F811
    sign_in(client, "mein-passwort-im-falschen-feld")
    assert written() == [(None, "failed", "unbekannt", "")]


def test_nobody_fills_the_trail_from_outside(client, person, monkeypatch):  # noqa: F811
    monkeypatch.setattr("accounts.adapter.PER_HOUR", "3/h/key")
    for number in range(5):
        sign_in(client, f"niemand-{number}")
    assert Entry.objects.count() == 3


def test_an_operator_is_in_the_trail_of_the_installation(client):
    make_user(is_superuser=True, username="chef", password=PASSWORD)
    sign_in(client, "chef")
    assert [city_id for city_id, *_rest in written()] == [None]


# --- Reading ---------------------------------------------------------------------------------------


def fill(city, count=1):
    for _number in range(count):
        record(Action.PUBLISHED, city, city_id=city.pk, by="Kim Beispiel", name="Schule")


def test_a_manager_reads_sentences(client, city):
    fill(city)
    client.force_login(make_user(city, Role.MANAGER))
    assert "Kim Beispiel hat Stadt oder Kreis „\u2068Schule\u2069“ veröffentlicht." in client.get(LIST).text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUTHOR, Role.TRANSLATOR])
def test_only_managers_read(client, city, role):
    fill(city)
    client.force_login(make_user(city, role))
    assert client.get(LIST).status_code == 403


def test_a_visitor_reads_nothing(client, city):
    fill(city)
    assert client.get(LIST)["Location"].startswith("/admin/login/")


def test_no_manager_reads_the_trail_of_another_city_or_of_the_installation(client, city):
    fill(city)
    record(Action.SIGNED_IN, by="Chefin")
    client.force_login(make_user(make_city(), Role.MANAGER))
    page = client.get(LIST)
    assert page.context["cl"].result_count == 0
    for entry in Entry.objects.all():
        assert client.get(reverse("admin:audit_entry_change", args=[entry.pk])).status_code == 302
    assert client.get(f"{LIST}?city={city.pk}").context["cl"].result_count == 0


def test_an_operator_reads_all(client, city):
    fill(city)
    record(Action.SIGNED_IN, by="Chefin")
    client.force_login(make_user(is_superuser=True))
    assert client.get(LIST).context["cl"].result_count == 2


@pytest.mark.parametrize("is_superuser", [True, False])
def test_nobody_writes_or_deletes(client, city, is_superuser):
    fill(city)
    client.force_login(make_user(city, Role.MANAGER, is_superuser=is_superuser))
    entry = Entry.objects.get()
    assert client.post(reverse("admin:audit_entry_add"), {}).status_code == 403
    assert client.post(reverse("admin:audit_entry_change", args=[entry.pk]), {"actor_name": "x"}).status_code == 403
    assert client.post(reverse("admin:audit_entry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert Entry.objects.get().actor_name == "Kim Beispiel"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(client, city, count, django_assert_num_queries):
    fill(city, count)
    client.force_login(make_user(city, Role.MANAGER))
    with django_assert_num_queries(11):
        client.get(LIST)


def test_the_list_is_narrowed_by_what_was_done(client, city):
    fill(city)
    record(Action.SIGNED_IN, city_id=city.pk, by="Kim Beispiel")
    client.force_login(make_user(city, Role.MANAGER))
    assert client.get(f"{LIST}?what=account").context["cl"].result_count == 1


def test_the_nightly_job_chains_what_was_left_over(city, capsys):
    fill(city)
    call_command("delete_expired")
    assert Entry.objects.get().position == 1
