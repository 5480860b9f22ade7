"""The account of a municipality opens one that is there, and makes none. A small provider answers in a thread."""

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.utils import timezone

from audit.models import Entry
from tests.accounts.test_second_factor import SECRET, TOTP
from tests.accounts.test_sign_in import nothing_counted, person  # noqa: F401

pytestmark = pytest.mark.django_db

SIGN_IN = "/admin/login/"
ADDRESS = "/admin/konto/verwaltung/amt/"


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        base = f"http://127.0.0.1:{self.server.server_port}"
        self.answer(
            self.server.claims
            if self.path == "/userinfo"
            else {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo",
                "jwks_uri": f"{base}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(body)
        issuer, now = f"http://127.0.0.1:{self.server.server_port}", int(time.time())
        claims = self.server.claims | {"iss": issuer, "aud": self.server.audience, "iat": now, "exp": now + 60}
        token = jwt.encode(claims, "k" * 32, algorithm="HS256")
        self.answer({"access_token": "zugang", "token_type": "Bearer", "id_token": token})

    def answer(self, content):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    server = HTTPServer(("127.0.0.1", 0), Provider)
    server.claims = {"sub": "a-1", "email": "anna@example.org", "email_verified": True}
    server.asked, server.audience = [], "ki"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.OIDC_SERVER_URL = f"http://127.0.0.1:{server.server_port}"
    app = {
        "provider_id": "amt",
        "name": "Konto der Stadt",
        "client_id": "ki",
        "secret": "geheim",
        "settings": {"server_url": settings.OIDC_SERVER_URL},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def come_back(client, address=ADDRESS, way_on="", **changes):
    """The browser is sent to the municipality and comes back with a code."""
    asked = parse_qs(urlsplit(client.post(address, {"next": way_on})["Location"]).query)
    return client.get(f"{ADDRESS}zurueck/", {"code": "einmal", "state": asked["state"][0]} | changes)


def test_a_verified_address_opens_the_account_that_is_there(client, person, provider):  # noqa: F811
    assert "Konto der Stadt" in client.get(SIGN_IN).text
    assert come_back(client)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert provider.asked[0]["code_verifier"]
    assert Entry.objects.get(action="signed_in").detail == "über die Verwaltung"


def test_who_was_here_before_is_known_by_more_than_the_address(client, person, provider):  # noqa: F811
    come_back(client)
    client.logout()
    provider.claims = {"sub": "a-1", "email": "neu@example.org", "email_verified": True}
    assert come_back(client)["Location"] == "/admin/"
    assert SocialAccount.objects.get().user == person


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "b-2", "email": "niemand@example.org", "email_verified": True},
        {"sub": "b-2", "email": "anna@example.org", "email_verified": False},
        {"sub": "b-2", "email": "anna@example.org"},
        {"sub": "b-2", "email": "anna", "email_verified": True},
        {"sub": "b-2"},
    ],
)
def test_no_account_is_made_and_none_is_taken(client, person, provider, claims):  # noqa: F811
    provider.claims = claims
    answer = come_back(client)
    assert answer["Location"] == SIGN_IN
    assert "gibt es hier keinen Zugang" in client.get(SIGN_IN).text
    assert client.get("/admin/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
def test_a_closed_account_stays_closed(client, person, provider, fields):  # noqa: F811
    User.objects.update(**fields)
    assert come_back(client)["Location"] == SIGN_IN
    assert client.get("/admin/").status_code == 302


def test_two_accounts_with_one_address_are_no_account(client, person, provider):  # noqa: F811
    User.objects.create_user("zweite", "Anna@example.org", is_staff=True)
    assert come_back(client)["Location"] == SIGN_IN


def test_an_operator_is_never_connected(client, person, provider):  # noqa: F811
    User.objects.update(is_superuser=True)
    assert come_back(client)["Location"] == SIGN_IN
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("domains", "target"),
    [
        (["stadt.example", "example.org"], "/admin/"),
        (["stadt.example"], SIGN_IN),
        (["ample.org"], SIGN_IN),
        (["www.example.org"], SIGN_IN),
    ],
)
def test_the_server_speaks_for_its_domains_only(client, person, provider, settings, domains, target):  # noqa: F811
    settings.OIDC_EMAIL_DOMAINS = domains
    provider.claims["email"] = "Anna@Example.org"
    assert come_back(client)["Location"] == target


def test_the_second_factor_is_asked_all_the_same(client, person, provider):  # noqa: F811
    TOTP.activate(person, SECRET)
    assert come_back(client)["Location"] == "/admin/konto/code/"


@pytest.mark.parametrize("path", ["app/", "passkeys/neu/", "bestaetigen/"])
def test_who_has_no_password_signs_in_anew_to_get_a_second_factor(client, person, provider, path):  # noqa: F811
    person.set_unusable_password()
    person.save()
    come_back(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        asked = client.get(f"/admin/konto/{path}")["Location"]
        assert urlsplit(asked).path == "/admin/konto/neu-anmelden/"
        assert "mit dem Konto Ihrer Verwaltung gleich wieder an" in client.get(asked).text
        assert urlsplit(client.post(asked)["Location"]).path == SIGN_IN
        assert client.get("/admin/").status_code == 302
        come_back(client)
        assert client.get("/admin/konto/app/").status_code == 200


@pytest.mark.parametrize(
    ("way_on", "target"), [("/admin/konto/app/", "/admin/konto/app/"), ("https://example.org/", "/admin/")]
)
def test_the_way_over_the_municipality_leads_on_to_where_one_wanted(client, person, provider, way_on, target):  # noqa: F811
    page = client.get(f"{SIGN_IN}?next={way_on}").text
    assert page.count(f'name="next" value="{way_on}"') == 3  # password, passkey, municipality
    assert come_back(client, way_on=way_on)["Location"] == target


@pytest.mark.parametrize(
    ("asked", "target"),
    [("/admin/konto/app/", "/admin/konto/app/"), ("https://example.org/", "/admin/konto/"), ("", "/admin/konto/")],
)
def test_after_signing_out_one_is_led_back_and_nowhere_else(client, person, asked, target):  # noqa: F811
    client.force_login(person)
    response = client.post("/admin/konto/neu-anmelden/", query_params={"next": asked})
    assert response["Location"] == f"{SIGN_IN}?next={target}"


def test_a_foreign_state_or_audience_opens_nothing(client, person, provider):  # noqa: F811
    assert come_back(client, state="erfunden")["Location"] == SIGN_IN
    provider.audience = "andere"
    assert come_back(client)["Location"] == SIGN_IN
    assert client.get("/admin/").status_code == 302


def test_a_link_alone_starts_nothing(client, provider):
    assert client.get(ADDRESS).status_code == 405


def test_the_form_may_lead_to_the_municipality_only_from_the_sign_in(client, provider, settings):
    assert f"form-action 'self' {settings.OIDC_SERVER_URL}" in client.get(SIGN_IN)["Content-Security-Policy"]
    other = client.get("/admin/konto/passwort/vergessen/")["Content-Security-Policy"]
    assert settings.OIDC_SERVER_URL not in other


def test_where_none_is_set_up_there_is_nothing(client):
    assert client.post(ADDRESS).status_code == 404
    assert client.get(f"{ADDRESS}zurueck/").status_code == 404
