"""From the question to the answer in a real browser: the owner by a link on a phone, then staff, then visitors."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Contact, Role
from inquiries.models import OutgoingMail
from pages.models import Page
from reviews.asking import ask
from reviews.models import ProposedChange
from tests.factories import make_user

each_theme = pytest.mark.parametrize("theme", ["light", "dark"])
TODAY = re.compile(r"Zuletzt geprüft am \d+\. \w+ \d{4}")


@pytest.fixture
def city(live_site):
    return City.objects.get(slug="bielefeld")


@pytest.fixture
def owned_page(city):
    page = Page.objects.for_city(city).filter(kind="standard", translations__revisions__isnull=False).first()
    return give_to_anna(page)


@pytest.fixture
def owned_contact(city):
    contact = Contact.objects.for_city(city).get(is_main=True)
    contact.phone, contact.is_example = "030 23125 001", False
    contact.full_clean()
    contact.save()
    return give_to_anna(contact)


def give_to_anna(item):
    item.owner_name, item.owner_email = "Anna Beispiel", "anna@example.org"
    item.review_every, item.review_on = 6, timezone.localdate()
    item.save()
    return item


@pytest.fixture
def link(live_site, settings):
    """link() asks who is to be asked, and is the address in the newest mail."""

    def link():
        settings.SITE_URL = live_site.url
        ask(timezone.now())
        return OutgoingMail.objects.filter(purpose="review").first().secret_link

    return link


@pytest.fixture
def phone(live_site, new_context):
    def phone(theme="light", **options):
        context = new_context(viewport={"width": 360, "height": 740}, color_scheme=theme, locale="de-DE", **options)
        return context.new_page()

    return phone


@pytest.fixture
def desk(live_site, city, new_context):
    """A page of the admin in which the editor is signed in."""

    def desk(width=1280, theme="light", **options):
        context = new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            base_url=live_site.url,
            locale="de-DE",
            **options,
        )
        client = Client()
        client.force_login(make_user(city, Role.EDITOR, first_name="Emil", last_name="Beispiel"))
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site.url}])
        return context.new_page()

    return desk


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


@each_theme
def test_owner_confirms_a_page_by_link_on_a_phone(live_site, owned_page, link, phone, axe, theme):
    page = phone(theme, java_script_enabled=True)
    page.goto(link())
    expect(page.get_by_text("Guten Tag, Anna Beispiel.")).to_be_visible()
    axe(page, rules={"target-size": {"enabled": True}})
    assert fits(page)
    page.get_by_role("link", name="Zur Antwort").click()
    page.get_by_text("Nein, etwas stimmt nicht mehr").click()
    axe(page)
    page.get_by_role("button", name="Änderung vorschlagen").click()
    expect(page.get_by_role("alert")).to_contain_text("Bitte prüfen Sie Ihre Angaben")
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Ja, stimmt noch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vielen Dank")
    expect(page.get_by_text("Wir fragen wieder am")).to_be_visible()
    axe(page)
    assert fits(page)
    page.goto(live_site.url + owned_page.get_absolute_url())
    expect(page.locator(".page-date")).to_contain_text(TODAY)
    assert page.context.cookies() == []


def test_proposed_number_reaches_visitors_through_staff(live_site, owned_contact, link, phone, desk, axe):
    owner = phone(java_script_enabled=False)
    owner.goto(link())
    owner.get_by_text("Nein, etwas stimmt nicht mehr").click()
    expect(owner.get_by_label("Telefon")).to_have_value("030 23125 001")
    owner.get_by_label("Telefon").fill("030 23125-099")
    owner.get_by_label("Was sonst noch?").fill("Ab Januar im zweiten Stock.")
    owner.get_by_role("button", name="Änderung vorschlagen").click()
    expect(owner.get_by_text("ist angekommen")).to_be_visible()

    visitor = phone()
    visitor.goto(live_site.url + owned_contact.get_absolute_url())
    expect(visitor.get_by_text("030 23125 001").first).to_be_visible()

    staff = desk()
    staff.goto("/admin/reviews/reviewrequest/")
    staff.get_by_role("link", name="Vorschlag ansehen").click()
    expect(staff.get_by_text("Ab Januar im zweiten Stock.")).to_be_visible()
    axe(staff)
    staff.get_by_role("button", name="Gewählte Angaben übernehmen").click()
    expect(staff.get_by_text("Übernommen und öffentlich: Telefon.")).to_be_visible()
    assert ProposedChange.objects.get().state == "taken_over"

    visitor.reload()
    expect(visitor.get_by_role("link", name="030 23125-099").first).to_have_attribute("href", "tel:+493023125099")
    expect(visitor.get_by_text(TODAY)).to_be_visible()


@each_theme
def test_list_of_several_things_is_accessible_and_fits(owned_page, owned_contact, link, phone, axe, theme):
    page = phone(theme)
    page.goto(link())
    expect(page.get_by_text("noch offen")).to_have_count(2)
    axe(page, rules={"target-size": {"enabled": True}})
    assert fits(page)
    page.locator(".review-list a").last.click()
    axe(page)
    assert fits(page)


def test_closed_link_is_accessible(owned_page, link, phone, axe):
    page = phone()
    page.goto(link()[:-5])
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Link geht nicht mehr")
    axe(page)


def test_staff_confirm_from_the_list_with_the_keyboard(owned_contact, desk):
    page = desk()
    page.goto("/admin/reviews/reviewrequest/")
    page.get_by_role("button", name="Heute geprüft").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gespeichert: heute geprüft.")).to_be_visible()
    expect(page.get_by_text("Gerade ist nichts fällig.")).to_be_visible()
