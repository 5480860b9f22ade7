import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from contacts.models import Membership, Role
from inquiries.models import OutgoingMail
from tests.accounts.test_sign_in import nothing_counted  # noqa: F401
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db

ADD = "/admin/contacts/membership/add/"
COLLEAGUE = {"first_name": "Kim", "last_name": "Neu", "email": "Kim@example.org", "role": Role.EDITOR}


@pytest.fixture
def city():
    return make_city()


@pytest.fixture
def manager(city):
    return make_user(city, Role.MANAGER, first_name="Lea", last_name="Leitung")


def test_a_manager_invites_and_tells_nobody_a_password(client, city, manager):
    client.force_login(manager)
    assert client.post(ADD, COLLEAGUE).status_code == 302
    person = User.objects.get(username="kim@example.org")
    assert (person.get_full_name(), person.is_staff, person.has_usable_password()) == ("Kim Neu", True, False)
    assert Membership.objects.get(user=person).city == city
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.subject) == ("kim@example.org", "Ihr Zugang zur KI-Redaktion")
    assert mail.body.startswith("Guten Tag Kim Neu,\n\nLea Leitung hat Sie eingeladen")
    client.logout()
    page = client.get(mail.secret_link.removeprefix("http://testserver"), follow=True)
    password = "drei-zufaellige-worte"
    client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    assert client.get("/admin/").status_code == 200


def test_who_works_elsewhere_keeps_the_account(client, city, manager):
    person = make_user(make_city(), Role.EDITOR, email="kim@example.org", password="drei-zufaellige-worte")
    client.force_login(manager)
    client.post(ADD, COLLEAGUE)
    assert set(person.memberships.values_list("city", flat=True)) >= {city.pk}
    person.refresh_from_db()
    assert person.first_name == ""
    assert "Sie haben schon einen Zugang" in OutgoingMail.objects.get().body
    assert OutgoingMail.objects.get().secret_link == "" or "{link}" not in OutgoingMail.objects.get().body


def test_nobody_is_invited_twice_into_a_city(client, city, manager):
    make_user(city, Role.EDITOR, email="kim@example.org")
    client.force_login(manager)
    assert "schon eingetragen" in client.post(ADD, COLLEAGUE).text
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUTHOR, Role.TRANSLATOR])
def test_only_managers_invite(client, city, role):
    client.force_login(make_user(city, role))
    assert client.post(ADD, COLLEAGUE).status_code == 403
    assert not User.objects.filter(email="kim@example.org").exists()


def test_a_manager_invites_into_no_other_city(client, city, manager):
    other = make_city()
    client.force_login(manager)
    assert client.post(f"{ADD}?city={other.pk}", COLLEAGUE).status_code == 403
    client.post(ADD, COLLEAGUE | {"city": other.pk})
    assert list(Membership.objects.filter(user__email="kim@example.org").values_list("city", flat=True)) == [city.pk]


def test_a_manager_makes_nobody_an_operator(client, manager):
    client.force_login(manager)
    client.post(ADD, COLLEAGUE | {"is_superuser": "on", "user": manager.pk})
    person = User.objects.get(username="kim@example.org")
    assert (person.is_superuser, person.memberships.count()) == (False, 1)


def test_a_translator_is_invited_with_a_language(client, manager):
    client.force_login(manager)
    assert "mindestens eine Sprache" in client.post(ADD, COLLEAGUE | {"role": Role.TRANSLATOR}).text
    assert client.post(ADD, COLLEAGUE | {"role": Role.TRANSLATOR, "languages": ["ar"]}).status_code == 302


def test_an_operator_invites_by_leaving_the_password_empty(client, city):
    client.force_login(make_user(is_superuser=True))
    data = {
        "username": "neu",
        "email": "neu@example.org",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-city": city.pk,
        "memberships-0-role": Role.EDITOR,
    }
    assert client.post(reverse("admin:auth_user_add"), data | {"email": ""}).status_code == 200
    assert client.post(reverse("admin:auth_user_add"), data).status_code == 302
    assert OutgoingMail.objects.get().recipient == "neu@example.org"
    assert city.centre_name in OutgoingMail.objects.get().body
