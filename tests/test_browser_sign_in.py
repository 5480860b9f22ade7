"""Staff sign in by passkey, by app and by emergency code, in a real browser with a virtual authenticator."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from playwright.sync_api import expect

from audit.models import Entry
from contacts.models import City, Role
from inquiries.models import OutgoingMail
from screenshots.handbook import show_finger
from tests.accounts.test_second_factor import SECRET, code_of
from tests.factories import make_user

TARGETS = {"target-size": {"enabled": True}}
PASSWORD = "drei-zufaellige-worte"


@pytest.fixture(autouse=True)
def nothing_counted(live_site):
    cache.clear()


@pytest.fixture
def person(live_site):
    city = City.objects.get(slug="bielefeld")
    return make_user(city, Role.EDITOR, username="anna", email="anna@example.org", password=PASSWORD)


@pytest.fixture
def site(live_site):
    """By a name: browsers make no passkeys for bare numbers of machines."""
    return live_site.url.replace("127.0.0.1", "localhost")


def sign_in(page, site, password=PASSWORD):
    page.goto(f"{site}/admin/login/")
    page.get_by_label("Benutzername oder E-Mail-Adresse").fill("anna")
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def sign_out(page):
    page.get_by_role("button", name="Abmelden").click()


def expect_overview(page):
    expect(page.get_by_role("heading", name="Übersicht", level=1)).to_be_visible()


def test_a_passkey_is_made_and_opens_the_admin_without_a_password(site, person, new_context, axe):
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    show_finger(page)
    sign_in(page, site)
    page.get_by_role("link", name="Mein Zugang").click()
    axe(page, preload=False, rules=TARGETS)
    page.get_by_role("link", name="Passkey einrichten").click()
    page.get_by_label("Name").fill("Diensthandy")
    axe(page, preload=False, rules=TARGETS)
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("heading", name="Ihre Notfall-Codes", level=1)).to_be_visible()
    assert page.locator(".account-codes li").count() == 10
    axe(page, preload=False, rules=TARGETS)
    page.get_by_role("link", name="Mein Zugang").first.click()
    expect(page.get_by_text("Diensthandy", exact=True)).to_be_visible()
    sign_out(page)

    page.goto(f"{site}/admin/login/?next=/admin/contacts/contact/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("heading", name="Kontakt").first).to_be_visible()
    assert page.url == f"{site}/admin/contacts/contact/"
    assert Entry.objects.filter(action="signed_in", detail="mit Passkey").count() == 1
    assert OutgoingMail.objects.filter(subject="Passkey eingerichtet", recipient="anna@example.org").count() == 1


def test_a_passkey_is_the_second_step_after_a_password(site, person, new_context, axe):
    page = new_context().new_page()
    show_finger(page)
    sign_in(page, site)
    page.goto(f"{site}/admin/konto/passkeys/neu/")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("heading", name="Ihre Notfall-Codes", level=1)).to_be_visible()
    sign_out(page)
    sign_in(page, site)
    expect(page.get_by_role("heading", name="Noch ein Schritt")).to_be_visible()
    axe(page, preload=False, rules=TARGETS)
    page.get_by_role("button", name="Mit Passkey bestätigen").click()
    expect_overview(page)


def test_a_passkey_opens_an_account_whose_password_is_locked(site, person, new_context):
    page = new_context().new_page()
    show_finger(page)
    sign_in(page, site)
    page.goto(f"{site}/admin/konto/passkeys/neu/")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("heading", name="Ihre Notfall-Codes", level=1)).to_be_visible()
    sign_out(page)
    page.context.clear_cookies()
    for attempt in range(11):
        sign_in(page, site, f"falsch-{attempt}")
    expect(page.get_by_role("alert")).to_contain_text("Das Passwort war zu oft falsch. Bitte warten Sie zehn Minuten.")
    sign_in(page, site)
    expect(page.get_by_role("alert")).to_contain_text("Das Passwort war zu oft falsch. Bitte warten Sie zehn Minuten.")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect_overview(page)


def test_without_a_passkey_one_learns_what_else_helps(site, person, new_context, watch):
    page = new_context().new_page()
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "u2f", "transport": "usb", "automaticPresenceSimulation": True}},
    )
    sign_in(page, site)
    page.goto(f"{site}/admin/konto/passkeys/neu/")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("status")).to_contain_text("Nehmen Sie dann die App mit Codes.")


def test_an_app_is_set_up_without_javascript_and_asked_at_the_next_sign_in(site, person, new_context):
    page = new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}).new_page()
    sign_in(page, site)
    page.goto(f"{site}/admin/konto/app/")
    expect(page.get_by_role("img", name="QR-Code für die App")).to_be_visible()
    secret = page.locator(".account-secret").inner_text()
    page.get_by_label("Code, den die App jetzt zeigt").fill(code_of(secret))
    page.get_by_role("button", name="Einrichten").click()
    code = page.locator(".account-codes li").first.inner_text()
    sign_out(page)

    sign_in(page, site)
    page.get_by_label("Code aus der App").fill(code_of(secret, 1))  # the next one: each works once
    page.get_by_role("button", name="Weiter").click()
    expect_overview(page)
    sign_out(page)

    for is_first in (True, False):
        sign_in(page, site)
        page.get_by_label("Code aus der App").fill(code)
        page.get_by_role("button", name="Weiter").click()
        if is_first:
            expect_overview(page)
            sign_out(page)
    expect(page.get_by_text("Der Code stimmt nicht")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_ones_own_account_can_be_used_by_everybody(site, person, new_context, axe, width, theme):
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    Authenticator.objects.filter(type="totp").update(last_used_at=None)
    page = new_context(viewport={"width": width, "height": 700}, color_scheme=theme).new_page()
    sign_in(page, site)
    check(page, axe, width)
    page.get_by_label("Code aus der App").fill(code_of())
    page.get_by_role("button", name="Weiter").click()
    expect_overview(page)
    for path in ("", "app/entfernen/", "passkeys/neu/", "notfall-codes/", "notfall-codes/neu/", "anmeldungen/"):
        page.goto(f"{site}/admin/konto/{path}")
        check(page, axe, width)
    page.goto(f"{site}/admin/password_change/")
    check(page, axe, width)
    page.goto(f"{site}/admin/konto/bestaetigen/")
    check(page, axe, width)
    page.goto(f"{site}/admin/konto/neu-anmelden/")
    check(page, axe, width)


def check(page, axe, width):
    axe(page, preload=False, rules=TARGETS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_must_have_a_second_factor_is_led_there_kindly(site, person, new_context, axe):
    City.objects.filter(slug="bielefeld").update(second_factor_required=True)
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    show_finger(page)
    sign_in(page, site)
    expect(page.get_by_role("heading", name="Bitte richten Sie zuerst einen zweiten Faktor ein")).to_be_visible()
    axe(page, preload=False, rules=TARGETS)
    page.get_by_role("link", name="Passkey einrichten").click()
    page.get_by_role("button", name="Passkey einrichten").click()
    page.get_by_role("link", name="Aufgeschrieben, weiter").click()
    expect_overview(page)


def test_a_new_password_ends_the_sign_in_of_another_browser(site, person, new_context):
    first, second = new_context().new_page(), new_context().new_page()
    sign_in(first, site)
    sign_in(second, site)
    first.goto(f"{site}/admin/password_change/")
    first.get_by_label("Jetziges Passwort").fill(PASSWORD)
    first.get_by_label("Neues Passwort", exact=True).fill("vier-andere-neue-worte")
    first.get_by_label("Noch einmal das neue Passwort").fill("vier-andere-neue-worte")
    first.get_by_role("button", name="Passwort ändern").click()
    expect(first.get_by_text("Ihr Passwort ist geändert.")).to_be_visible()
    second.goto(f"{site}/admin/")
    expect(second.get_by_role("heading", name="Anmelden", exact=True)).to_be_visible()
