"""The forms of what there is once in each city: imprint and privacy, and what they say of examples and gaps."""

import re

import pytest
from django.urls import reverse

from contacts.models import Role
from legal.models import Imprint, PrivacyInformation
from tests.factories import make_city, make_user
from tests.forms import form_data
from tests.legal.test_imprint import make_imprint

pytestmark = pytest.mark.django_db

RECORDS = [Imprint, PrivacyInformation]
LIST = reverse("admin:legal_imprint_changelist")


def address(record, action="change"):
    return reverse(f"admin:legal_{record._meta.model_name}_{action}", args=[record.pk])


def sign_in(client, city, role=Role.MANAGER):
    client.force_login(make_user(city, role, languages=["ar"]))


def open_items(response):
    """(address, words) of what the form says is still open."""
    part = response.text.split('class="open-fields"')[1].split("</section>")[0]
    return re.findall(r'<li><a href="([^"]+)">([^<]+)</a>: ([^<]+)</li>', part)


# --- The way to the form -----------------------------------------------------------------------------


@pytest.mark.parametrize("model", RECORDS)
def test_list_of_a_manager_leads_to_the_form_and_makes_the_row_once(client, model):
    sign_in(client, make_city())
    answers = [client.get(reverse(f"admin:legal_{model._meta.model_name}_changelist")) for _time in range(2)]
    record = model.objects.get()
    assert [response["Location"] for response in answers] == [address(record)] * 2
    assert client.get(address(record)).status_code == 200


def test_adding_opens_the_row_that_is_there(client):
    city = make_city()
    imprint = make_imprint(city)
    sign_in(client, city)
    response = client.get(reverse("admin:legal_imprint_add"))
    assert (response.status_code, response["Location"]) == (302, address(imprint))


def test_superuser_sees_the_rows_of_all_cities_and_chooses_a_city_to_open(client):
    here, there = make_city("hier"), make_city("dort")
    make_imprint(here)
    client.force_login(make_user(is_superuser=True))
    assert "Impressum Hier" in client.get(LIST).text
    assert f"?city={there.pk}" in client.get(reverse("admin:legal_imprint_add")).text
    response = client.get(f"{reverse('admin:legal_imprint_add')}?city={there.pk}")
    assert response["Location"] == address(Imprint.objects.get(city=there))


def test_adding_does_not_open_another_citys_row(client):
    other = make_city()
    sign_in(client, make_city())
    add = reverse("admin:legal_imprint_add")
    assert client.get(f"{add}?city={other.pk}").status_code == 403
    assert Imprint.objects.count() == 0


def test_editor_reads_and_makes_no_row(client):
    city = make_city()
    sign_in(client, city, Role.EDITOR)
    assert client.get(LIST).status_code == 200
    assert Imprint.objects.count() == 0
    imprint = make_imprint(city)
    response = client.get(LIST, follow=True)
    assert ("Stadt Hier" in response.text, 'name="_save"' in response.text) == (True, False)
    assert client.post(address(imprint), {"body": "Fremd"}).status_code == 403


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.TRANSLATOR])
def test_others_see_nothing_of_it(client, role):
    city = make_city()
    imprint = make_imprint(city)
    sign_in(client, city, role)
    assert [client.get(LIST).status_code, client.get(address(imprint)).status_code] == [403, 403]


def test_nobody_deletes_the_row(client):
    city = make_city()
    imprint = make_imprint(city)
    client.force_login(make_user(is_superuser=True))
    assert client.post(address(imprint, "delete"), {"post": "yes"}).status_code == 403
    assert Imprint.objects.count() == 1


# --- Examples and gaps -------------------------------------------------------------------------------


def test_form_says_what_is_missing_and_what_is_an_example(client):
    city = make_city()
    imprint = make_imprint(city, editor_name="", example_fields=["phone"])
    sign_in(client, city)
    response = client.get(address(imprint))
    assert open_items(response) == [
        ("#id_phone", "Telefon", "Beispiel – bitte ersetzen"),
        ("#id_editor_name", "Verantwortlich für Inhalte (Name)", "fehlt noch"),
    ]
    assert re.findall(r'id="id_(\w+)_helptext"><strong class="open-field">([^<]+)</strong>', response.text) == [
        ("phone", "Beispiel – bitte ersetzen"),
        ("editor_name", "fehlt noch"),
    ]


def test_complete_form_has_nothing_open(client):
    city = make_city()
    imprint = make_imprint(city)
    sign_in(client, city)
    assert "open-field" not in client.get(address(imprint)).text.replace("legal-admin.css", "")


def test_changed_value_is_no_example_any_more(client):
    city = make_city()
    imprint = make_imprint(city, example_fields=["phone", "editor_name"])
    sign_in(client, city)
    data = form_data(client.get(address(imprint)))
    client.post(address(imprint), data | {"phone": "030 23125 009"})
    imprint.refresh_from_db()
    assert (imprint.phone, imprint.example_fields) == ("030 23125 009", ["editor_name"])


def test_example_that_happens_to_be_right_is_confirmed(client):
    city = make_city()
    imprint = make_imprint(city, example_fields=["phone", "editor_name"])
    sign_in(client, city)
    data = form_data(client.get(address(imprint)))
    assert client.post(address(imprint), data | {"confirmed": ["city"]}).status_code == 200
    client.post(address(imprint), data | {"confirmed": ["phone"]})
    number = imprint.phone
    imprint.refresh_from_db()
    assert (imprint.phone, imprint.example_fields) == (number, ["editor_name"])


def test_refused_form_leaves_examples_as_they_are(client):
    city = make_city()
    imprint = make_imprint(city, example_fields=["phone"])
    sign_in(client, city)
    data = form_data(client.get(address(imprint)))
    response = client.post(address(imprint), data | {"phone": "keine Ahnung"})
    imprint.refresh_from_db()
    assert (response.status_code, imprint.example_fields) == (200, ["phone"])
    assert list(response.context["adminform"].form.errors) == ["phone"]


@pytest.mark.parametrize("model", RECORDS)
def test_draft_with_gaps_is_saved(client, model):
    city = make_city()
    record = model.objects.create(city=city)
    sign_in(client, city)
    first = model.NEEDED[0]
    data = form_data(client.get(address(record)))
    assert client.post(address(record), data | {first: "Stadt Hier"}).status_code == 302
    record.refresh_from_db()
    assert getattr(record, first) == "Stadt Hier"


def test_zero_is_an_entry(client):
    city = make_city()
    record = PrivacyInformation.objects.create(city=city)
    sign_in(client, city)
    data = form_data(client.get(address(record)))
    labels = {label for _address, label, _state in open_items(client.get(address(record)))}
    assert "Protokoll des Servers: Tage" in labels
    client.post(address(record), data | {"log_days": "0"})
    labels = {label for _address, label, _state in open_items(client.get(address(record)))}
    assert "Protokoll des Servers: Tage" not in labels


def test_form_offers_no_second_row(client):
    city = make_city()
    imprint = make_imprint(city)
    sign_in(client, city)
    buttons = re.findall(r'<button type="submit"[^>]* name="([^"]+)"', client.get(address(imprint)).text)
    assert sorted(buttons) == ["_continue", "_save"]
