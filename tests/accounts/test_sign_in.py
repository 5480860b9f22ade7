import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.adapter import LOCKED
from contacts.models import Role
from inquiries.models import OutgoingMail
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "drei-zufaellige-worte"
SIGN_IN = "/admin/login/"


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person():
    return make_user(make_city(), Role.EDITOR, username="anna", email="anna@example.org", password=PASSWORD)


def sign_in(client, login="anna", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": login, "password": password}, **more)


@pytest.mark.parametrize("login", ["anna", "anna@example.org", "Anna@Example.org"])
def test_one_signs_in_by_name_or_address(client, person, login):
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_nobody_learns_whether_there_is_an_account(client, person):
    """Same words, and the same number of queries and hashes."""
    unknown = sign_in(client, "niemand@example.org")
    known = sign_in(client, "anna@example.org", "falsch")
    assert unknown.context["form"].non_field_errors() == known.context["form"].non_field_errors()
    assert unknown.status_code == known.status_code == 200


@pytest.mark.parametrize("login", ["anna", "anna@example.org", "niemand", "niemand@example.org"])
def test_every_refusal_costs_one_hash(client, person, login, monkeypatch):
    hashes = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(hasher, lambda self, *args: hashes.append(1) or real(self, *args))
    sign_in(client, login, "falsch")
    assert len(hashes) == 1


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
def test_a_closed_account_is_shut_out(client, person, fields):
    type(person).objects.filter(pk=person.pk).update(**fields)
    assert sign_in(client)["Location"] == "/admin/konto/gesperrt/"
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "//example.org/admin/",
        "/\\example.org",
        "javascript:alert(1)",
        "/admin/\\..//example.org",
        "https://testserver/admin/",
        "/de/",
    ],
)
def test_the_way_on_leads_nowhere_else(client, person, target):
    response = client.post(SIGN_IN, {"username": "anna", "password": PASSWORD, "next": target})
    assert response["Location"] == "/admin/"


def test_the_way_on_leads_to_the_page_that_was_asked_for(client, person):
    asked = client.get("/admin/contacts/contact/")
    response = client.post(asked["Location"], {"username": "anna", "password": PASSWORD})
    assert response["Location"] == "/admin/contacts/contact/"


def test_a_session_gets_a_new_key_at_sign_in(client, person):
    client.get("/admin/konto/passkeys/anmelden/", headers={"accept": "application/json"})
    before = client.session.session_key
    sign_in(client)
    assert before
    assert client.session.session_key != before


def test_a_session_lasts_one_working_day_and_is_no_matter_of_scripts(client, person):
    cookie = sign_in(client).cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (60 * 60 * 10, True, "Lax")


def test_nothing_is_signed_in_by_a_forged_or_expired_session(client, person):
    sign_in(client)
    key = client.session.session_key
    for forged in ("x" * 32, key[:-1] + ("a" if key[-1] != "a" else "b"), ""):
        stranger = Client()
        stranger.cookies["sessionid"] = forged
        assert stranger.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=11), tick=False):
        assert client.get("/admin/").status_code == 302


def test_a_new_password_ends_every_other_session(client, person):
    other = Client()
    sign_in(client)
    sign_in(other)
    new = "vier-andere-neue-worte"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    response = client.post("/admin/password_change/", data)
    assert response["Location"] == "/admin/konto/"
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert subjects()[-1] == "Ihr Passwort wurde geändert"


def test_one_ends_all_other_sessions_and_nobody_elses(client, person):
    other, foreign = Client(), Client()
    make_user(make_city(), Role.EDITOR, username="fremd", password=PASSWORD)
    sign_in(foreign, "fremd")
    sign_in(other)
    sign_in(client)
    assert len(client.get("/admin/konto/anmeldungen/").context["sessions"]) == 2
    client.post("/admin/konto/anmeldungen/")
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert foreign.get("/admin/").status_code == 200


# --- Wrong passwords -------------------------------------------------------------------------------


def subjects():
    return list(OutgoingMail.objects.filter(purpose="account").order_by("pk").values_list("subject", flat=True))


def lock(client, logins=("anna", "anna@example.org")):
    for attempt in range(10):
        response = sign_in(client, logins[attempt % len(logins)], f"falsch-{attempt}")
    return response


def test_ten_wrong_passwords_lock_for_ten_minutes_and_no_longer(client, person):
    assert LOCKED not in lock(client).text
    assert LOCKED in sign_in(client).text  # the right one, too late
    assert subjects() == ["Anmeldung gesperrt"]
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert sign_in(client).status_code == 302


def test_nine_wrong_passwords_lock_nobody(client, person):
    for attempt in range(9):
        sign_in(client, password=f"falsch-{attempt}")
    assert sign_in(client).status_code == 302


def test_a_browser_that_was_here_before_is_not_locked_by_a_stranger(client, person):
    sign_in(client)
    client.post("/admin/logout/")
    lock(Client())
    assert LOCKED in sign_in(Client()).text
    assert sign_in(client).status_code == 302


def test_a_name_that_nobody_has_is_locked_the_same_way(client, person):
    lock(client, ["niemand"])
    assert LOCKED in sign_in(client, "niemand").text


def test_a_stranger_locks_nobody_out_where_addresses_are_unknown(client, person, settings):
    settings.PROXY_COUNT = 1  # and the proxy says nothing
    for number in range(60):
        sign_in(Client(), f"niemand-{number}")
    assert sign_in(client).status_code == 302
    assert [session.ip for session in client.get("/admin/konto/anmeldungen/").context["sessions"]] == ["0.0.0.0"]


def test_one_account_is_locked_where_addresses_are_unknown(client, person, settings):
    settings.PROXY_COUNT = 1
    lock(client)
    assert LOCKED in sign_in(client).text


def test_a_link_by_mail_opens_a_locked_account(client, person):
    lock(client)
    client.post("/admin/konto/passwort/vergessen/", {"email": "anna@example.org"})
    new = "vier-andere-neue-worte"
    choose_password(client, OutgoingMail.objects.get(subject="Neues Passwort wählen").secret_link, new)
    client.post("/admin/logout/")
    assert sign_in(Client(), password=new).status_code == 302


def test_what_is_counted_names_nobody(client, person):
    sign_in(client, "niemand@example.org", "falsch")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM accounts_limit")
        keys = [key for (key,) in cursor.fetchall()]
    assert keys
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)


# --- Links by mail ---------------------------------------------------------------------------------


def choose_password(client, link, password):
    page = client.get(urlsplit(link).path, follow=True)
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(client, person):
    answer = client.post("/admin/konto/passwort/vergessen/", {"email": "Anna@example.org"})
    assert answer["Location"] == "/admin/konto/passwort/vergessen/gesendet/"
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.city) == ("anna@example.org", None)
    assert "{link}" in mail.body
    assert urlsplit(mail.secret_link).path not in mail.body
    new = "vier-andere-neue-worte"
    assert choose_password(client, mail.secret_link, new)["Location"] == "/admin/"
    assert "gilt nicht mehr" in Client().get(urlsplit(mail.secret_link).path).text
    assert sign_in(Client(), password=new).status_code == 302


def test_the_link_is_old_after_three_days(client, person):
    client.post("/admin/konto/passwort/vergessen/", {"email": "anna@example.org"})
    link = urlsplit(OutgoingMail.objects.get().secret_link).path
    with time_machine.travel(timezone.now() + timedelta(days=3, hours=2)):
        assert "gilt nicht mehr" in client.get(link).text


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, person):
    known = client.post("/admin/konto/passwort/vergessen/", {"email": "anna@example.org"})
    unknown = client.post("/admin/konto/passwort/vergessen/", {"email": "niemand@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert OutgoingMail.objects.values_list("recipient", flat=True).get() == "anna@example.org"


def test_links_in_mails_do_not_follow_a_foreign_host(client, person, settings):
    settings.SITE_URL = "https://ki.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/admin/konto/passwort/vergessen/", {"email": "anna@example.org"}, headers={"host": "boese.example"})
    assert OutgoingMail.objects.get().secret_link.startswith("https://ki.example.org/admin/konto/passwort/neu/")


# --- Notices ---------------------------------------------------------------------------------------


def test_a_new_browser_is_told_by_mail_once(client, person):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    sign_in(client, headers={"user-agent": agent}, REMOTE_ADDR="192.0.2.77")
    client.post("/admin/logout/")
    sign_in(client, headers={"user-agent": agent})
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Neue Anmeldung bei der KI-Redaktion"
    assert "Firefox auf Windows" in mail.body
    assert "192.0.2.0" in mail.body
    assert "192.0.2.77" not in mail.body


def test_a_foreign_cookie_makes_no_browser_known(client, person):
    other = make_user(make_city(), Role.EDITOR, username="fremd", password=PASSWORD)
    sign_in(client, "fremd")
    client.post("/admin/logout/")
    sign_in(client)
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["anna@example.org"]
    assert other.email == ""


# --- What is reachable -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["signup/", "email/", "konto/signup/", "konto/email/", "konto/login/code/"])
def test_nothing_else_of_the_library_is_there(client, person, path):
    client.force_login(person)
    assert client.get(f"/admin/{path}").status_code == 404


def test_no_button_of_a_municipality_where_none_is_set_up(client):
    assert "konto/verwaltung" not in client.get(SIGN_IN).text


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "logout/",
        "password_change/",
        "konto/bestaetigen/",
        "konto/neu-anmelden/",
        "konto/passwort/vergessen/",
        "konto/passkeys/anmelden/",
        "konto/passkeys/neu/",
        "konto/app/",
        "konto/notfall-codes/neu/",
        "konto/anmeldungen/",
    ],
)
def test_every_form_is_guarded_against_foreign_pages(person, path):
    client = Client(enforce_csrf_checks=True)
    if path not in ("login/", "konto/passkeys/anmelden/"):
        client.force_login(person)
    assert client.post(f"/admin/{path}", {"username": "anna", "password": PASSWORD}).status_code == 403


def test_pages_about_an_account_are_kept_by_nobody(client, person):
    client.force_login(person)
    assert "no-store" in client.get("/admin/konto/").headers["Cache-Control"]
