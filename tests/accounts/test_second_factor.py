"""Second factors without a browser: codes, demands, and what belongs to whom."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import Entry
from contacts.models import Role
from inquiries.models import OutgoingMail
from tests.accounts.test_sign_in import PASSWORD, nothing_counted, person, sign_in  # noqa: F401
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret=SECRET, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def with_app(person):  # noqa: F811
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person


def unused_codes(user):
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def test_a_password_alone_is_not_enough(client, with_app):
    assert sign_in(client)["Location"] == "/admin/konto/code/"
    assert client.get("/admin/").status_code == 302
    assert "Der Code stimmt nicht" in client.post("/admin/konto/code/", {"code": "000000"}).text
    assert client.post("/admin/konto/code/", {"code": code_of()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_of_the_app_works_once(client, with_app):
    code = code_of()
    sign_in(client)
    client.post("/admin/konto/code/", {"code": code})
    other = Client()
    sign_in(other)
    assert "Der Code stimmt nicht" in other.post("/admin/konto/code/", {"code": code}).text


def test_an_emergency_code_works_once(client, with_app):
    code = unused_codes(with_app)[0]
    sign_in(client)
    assert client.post("/admin/konto/code/", {"code": code})["Location"] == "/admin/"
    other = Client()
    sign_in(other)
    assert "Der Code stimmt nicht" in other.post("/admin/konto/code/", {"code": code}).text
    assert len(unused_codes(with_app)) == 9


def test_ten_wrong_codes_are_the_end(client, with_app):
    sign_in(client)
    for _attempt in range(10):
        client.post("/admin/konto/code/", {"code": "000000"})
    assert "zu oft falsch" in client.post("/admin/konto/code/", {"code": code_of()}).text
    assert client.get("/admin/").status_code == 302


def test_a_link_by_mail_does_not_go_round_the_second_factor(client, with_app):
    client.post("/admin/konto/passwort/vergessen/", {"email": "anna@example.org"})
    link = OutgoingMail.objects.get().secret_link.removeprefix("http://testserver")
    page = client.get(link, follow=True)
    new = {"password1": "vier-andere-neue-worte", "password2": "vier-andere-neue-worte"}
    assert client.post(page.redirect_chain[-1][0], new)["Location"] == "/admin/konto/code/"
    assert client.get("/admin/").status_code == 302


def test_an_app_is_set_up_and_told_by_mail(client, person, django_capture_on_commit_callbacks):  # noqa: F811
    sign_in(client)
    OutgoingMail.objects.all().delete()
    secret = client.get("/admin/konto/app/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/admin/konto/app/", {"code": code_of(secret)})
    assert answer["Location"] == "/admin/konto/notfall-codes/"
    assert len(client.get("/admin/konto/notfall-codes/").context["unused_codes"]) == 10
    assert not client.get("/admin/konto/notfall-codes/").context["can_view_codes"]
    assert OutgoingMail.objects.values_list("subject", flat=True).get() == "App mit Codes eingerichtet"


def test_who_has_not_signed_in_lately_is_asked_again(client, person):  # noqa: F811
    client.force_login(person)
    response = client.get("/admin/konto/app/")
    assert response["Location"] == "/admin/konto/bestaetigen/?next=%2Fadmin%2Fkonto%2Fapp%2F"
    answer = client.post(response["Location"], {"password": PASSWORD})
    assert answer["Location"] == "/admin/konto/app/"
    assert client.get("/admin/konto/app/").status_code == 200


def test_nobody_removes_the_passkey_of_another(client, person):  # noqa: F811
    other = make_user(make_city(), Role.EDITOR)
    passkey = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x", "credential": {}})
    own = Authenticator.objects.create(user=person, type="webauthn", data={"name": "y", "credential": {}})
    sign_in(client)
    client.force_login(person)
    client.post("/admin/konto/bestaetigen/?next=/admin/konto/", {"password": PASSWORD})
    assert client.post(f"/admin/konto/passkeys/{passkey.pk}/entfernen/").status_code == 404
    assert client.post(f"/admin/konto/passkeys/{own.pk}/entfernen/").status_code == 302
    assert list(Authenticator.objects.values_list("pk", flat=True)) == [passkey.pk]


# --- Demanded --------------------------------------------------------------------------------------


@pytest.fixture
def strict_city():
    return make_city(second_factor_required=True)


def test_whoever_needs_a_second_factor_is_led_to_it_first(client, strict_city):
    client.force_login(make_user(strict_city, Role.EDITOR))
    for path in ("/admin/", "/admin/contacts/contact/", "/admin/password_change/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, "/admin/konto/")
    assert "Bitte richten Sie zuerst einen zweiten Faktor ein" in client.get("/admin/konto/").text
    assert client.post("/admin/logout/").status_code == 200


def test_the_handbook_helps_with_setting_it_up(client, strict_city):
    client.force_login(make_user(strict_city, Role.EDITOR))
    response = client.get("/admin/handbuch/anmelden/")
    assert (response.status_code, "Zum ersten Mal anmelden" in response.text) == (200, True)


def test_nobody_writes_before_the_second_factor_is_there(client, strict_city):
    client.force_login(make_user(strict_city, Role.MANAGER))
    response = client.post(f"/admin/contacts/city/{strict_city.pk}/change/", {"second_factor_required": ""})
    assert response["Location"] == "/admin/konto/"
    strict_city.refresh_from_db()
    assert strict_city.second_factor_required


def test_with_a_second_factor_one_works_as_ever(client, strict_city):
    user = make_user(strict_city, Role.EDITOR)
    TOTP.activate(user, SECRET)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200


def test_the_demand_of_one_city_is_not_that_of_another(client, strict_city):
    client.force_login(make_user(make_city(), Role.EDITOR))
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("is_demanded", "status"), [(True, 302), (False, 200)])
def test_operators_need_one_where_the_installation_says_so(client, settings, is_demanded, status):
    settings.SECOND_FACTOR_FOR_OPERATORS = is_demanded
    client.force_login(make_user(is_superuser=True))
    assert client.get("/admin/").status_code == status


@pytest.mark.parametrize(("role", "shown"), [(Role.MANAGER, True), (Role.EDITOR, False)])
def test_managers_demand_it_in_their_city(client, role, shown):
    city = make_city()
    client.force_login(make_user(city, role))
    form = client.get(f"/admin/contacts/city/{city.pk}/change/").context["adminform"].form
    assert ("second_factor_required" in form.fields) == shown


def test_the_demand_costs_no_query(client, strict_city, django_assert_num_queries):
    user = make_user(strict_city, Role.EDITOR)
    TOTP.activate(user, SECRET)
    client.force_login(user)
    client.get("/admin/konto/passkeys/")
    with django_assert_num_queries(2):  # the session and the account
        client.get("/admin/autocomplete/")


# --- Lost ------------------------------------------------------------------------------------------


def test_the_operator_takes_a_lost_factor_away(client, with_app, capsys):
    other = make_user(make_city(), Role.EDITOR)
    TOTP.activate(other, SECRET)
    sign_in(client)
    client.post("/admin/konto/code/", {"code": code_of()})
    call_command("reset_second_factor", "anna@example.org")
    assert capsys.readouterr().out == "anna: 2 gelöscht, alle Anmeldungen beendet.\n"
    assert client.get("/admin/").status_code == 302
    assert sign_in(Client())["Location"] == "/admin/"
    assert Authenticator.objects.get().user == other
    assert Entry.objects.filter(action="account", actor_name="Betriebsstelle").count() == 1


def test_nobody_is_guessed(db):
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "niemand")
