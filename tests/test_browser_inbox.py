"""The inbox in a real browser: a day's work by keyboard, and every screen accessible and narrow enough."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Role
from inquiries.models import DeletionRecord, Inquiry, OutgoingMail, State
from tests.factories import make_inquiry, make_user

LIST = "/admin/inquiries/inquiry/"


@pytest.fixture
def city(live_site):
    return City.objects.get(slug="bielefeld")


@pytest.fixture
def help_request(city):
    return make_inquiry(
        city,
        "help",
        language="ar",
        message="مرحبا، أحتاج مساعدة في تسجيل ابنتي في المدرسة.",
        name="سارة",
        email="sara@example.org",
        phone="030 23125 011",
        answers={"topics": ["schule"], "languages": ["ar"], "child_age": ["6-9"], "reachable": ["morning"]},
    )


@pytest.fixture
def open_admin(live_site, new_context):
    """open_admin(user, width=320) is a page of a browser in which this person is signed in."""

    def open_admin(user, width=1280, theme="light", **options):
        context = new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            base_url=live_site.url,
            locale="de-DE",
            **options,
        )
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        return context.new_page()

    return open_admin


def test_editor_takes_an_inquiry_and_answers_it_without_javascript(city, help_request, open_admin):
    Inquiry.objects.exclude(pk=help_request.pk).delete()
    page = open_admin(make_user(city, Role.EDITOR, first_name="Emil", last_name="Beispiel"), java_script_enabled=False)
    page.goto("/admin/")
    page.get_by_role("link", name="Anfragen", exact=True).first.click()
    expect(page.get_by_text("heute fällig")).to_be_visible()
    page.get_by_role("link", name=help_request.number).click()
    expect(page.get_by_text("Worum geht es?")).to_be_visible()
    expect(page.get_by_text("Arabisch").first).to_be_visible()
    expect(page.get_by_text("Stand: neu.")).to_be_visible()

    page.get_by_label("Interne Notiz").fill("Ich rufe morgen an.")
    page.get_by_role("button", name="Ich kümmere mich darum").click()
    expect(page.get_by_text("Stand: in Arbeit.")).to_be_visible()
    expect(page.get_by_label("Interne Notiz")).to_have_value("Ich rufe morgen an.")
    expect(page.get_by_label("Zuständig").locator("option:checked")).to_have_text("Emil Beispiel")

    page.get_by_role("button", name="Antwort schreiben").click()
    text = page.get_by_label("Ihre E-Mail")
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_text("Bitte schreiben Sie Ihre Antwort an die Stelle")).to_be_visible()
    text.fill(text.input_value().replace("[Hier schreiben Sie Ihre Antwort]", "Kommen Sie am Montag."))
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_text("Stand: beantwortet.")).to_be_visible()
    expect(page.get_by_text("Antwort von Emil Beispiel")).to_be_visible()
    assert "Kommen Sie am Montag." in OutgoingMail.objects.get(inquiry=help_request).body

    page.goto(LIST)
    expect(page.get_by_text("Gerade wartet keine Anfrage.")).to_be_visible()


def test_inquiry_is_worked_on_with_the_keyboard_alone(city, help_request, open_admin):
    page = open_admin(make_user(city, Role.EDITOR))
    page.goto(f"{LIST}{help_request.pk}/change/")
    button = page.get_by_role("button", name="Abschließen")
    page.get_by_label("Zuständig").focus()
    for _press in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{help_request.number} ist jetzt abgeschlossen.")).to_be_visible()


@pytest.mark.either_database
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_screens_are_accessible_and_fit(city, help_request, open_admin, axe, width, theme):
    manager = make_user(city, Role.MANAGER)
    barrier = make_inquiry(
        city,
        "barrier",
        message="x" * 200 + " zu lang für eine Zeile",
        email="ein-sehr-langer-name-einer-adresse@example.org",
        due_on=timezone.localdate() - timedelta(days=2),
        answers={"page_address": "/de/bielefeld/angebote/"},
    )
    over = timezone.now() - timedelta(days=100)
    refused = make_inquiry(city, state=State.ANSWERED, settled_at=over, email="a@example.org")
    mail = OutgoingMail.objects.create(
        city=city,
        inquiry=refused,
        purpose="answer",
        recipient="a@example.org",
        subject="Antwort",
        body="Guten Tag",
        message_id="<1@example.org>",
        refused_at=timezone.now(),
        last_error="abgelehnt: SMTPRecipientsRefused 550",
        created_by=manager,
    )
    stuck = make_inquiry(city, state=State.ANSWERED, settled_at=timezone.now(), email="b@example.org")
    OutgoingMail.objects.create(
        city=city,
        inquiry=stuck,
        purpose="answer",
        recipient="b@example.org",
        subject="Antwort",
        body="Guten Tag",
        message_id="<2@example.org>",
        created_at=timezone.now() - timedelta(hours=2),
        created_by=manager,
    )
    record = DeletionRecord.objects.create(
        city=city, kind="help", reason="term", count=3, deleted_on=timezone.localdate()
    )
    page = open_admin(manager, width, theme)

    def check():
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        axe(page, preload=False, rules={"target-size": {"enabled": True}})
        assert (page.url, page.evaluate("document.documentElement.scrollWidth")) == (page.url, width)

    for address in (
        LIST,
        f"{LIST}?state=all",
        f"{LIST}?q=nichts-davon",
        f"{LIST}?state=in_work",
        f"{LIST}{help_request.pk}/change/",
        f"{LIST}{barrier.pk}/change/",
        f"{LIST}{refused.pk}/change/",
        f"{LIST}{stuck.pk}/change/",
        f"{LIST}{help_request.pk}/antwort/",
        f"{LIST}{barrier.pk}/antwort/",
        f"{LIST}{barrier.pk}/zwischennachricht/",
        f"{LIST}{refused.pk}/delete/",
        f"{LIST}{refused.pk}/history/",
        "/admin/inquiries/",
        "/admin/inquiries/formsettings/",
        "/admin/inquiries/formsettings/add/",
        "/admin/inquiries/formsettings/add/?kind=barrier",
        "/admin/inquiries/interpretingrules/",
        "/admin/inquiries/outgoingmail/",
        f"/admin/inquiries/outgoingmail/{mail.pk}/change/",
        "/admin/inquiries/deletionrecord/",
        f"/admin/inquiries/deletionrecord/{record.pk}/change/",
    ):
        assert (address, page.goto(address).status) == (address, 200)
        check()
    # With faults, and after somebody else was quicker.
    page.goto(f"{LIST}{barrier.pk}/antwort/")
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_label("Ihre E-Mail")).to_have_attribute("aria-invalid", "true")
    check()
    page.goto(f"{LIST}{barrier.pk}/change/")
    Inquiry.objects.filter(pk=barrier.pk).update(note="Von jemand anderem")
    page.get_by_role("button", name="Abschließen").click()
    expect(page.get_by_role("heading", name="Das ist neu")).to_be_visible()
    check()


@pytest.mark.parametrize("width", [768, 1024])
def test_list_fits_on_a_tablet_with_the_column_of_cities(city, help_request, open_admin, width):
    stuck = make_inquiry(city, "interpreter", language="uk", state=State.ANSWERED, settled_at=timezone.now())
    OutgoingMail.objects.create(
        city=city,
        inquiry=stuck,
        purpose="answer",
        recipient="b@example.org",
        message_id="<2@example.org>",
        created_at=timezone.now() - timedelta(hours=2),
    )
    page = open_admin(make_user(is_superuser=True), width)
    page.goto(LIST)
    expect(page.get_by_text("Antwort noch nicht verschickt")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_steps_of_a_report_stand_in_two_rows(city, open_admin):
    barrier = make_inquiry(city, "barrier", email="a@example.org")
    page = open_admin(make_user(city, Role.EDITOR))
    page.goto(f"{LIST}{barrier.pk}/change/")
    tops = "buttons => buttons.map(button => Math.round(button.getBoundingClientRect().top))"
    first, second, *others = page.locator(".text-button > .button").evaluate_all(tops)
    assert (first == second, len(set(others)), others[0] > first) == (True, 1, True)


def test_operator_chooses_the_city_to_export(live_site, help_request, open_admin):
    page = open_admin(make_user(is_superuser=True))
    page.goto(LIST)
    page.get_by_role("link", name="Diese Liste als Tabelle (CSV)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Anfragen exportieren: für welche Stadt oder welchen Kreis?"
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Bielefeld", exact=True).click()
    assert help_request.number in download.value.path().read_text(encoding="utf-8-sig")
