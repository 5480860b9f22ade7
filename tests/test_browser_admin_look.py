"""Long forms of the admin: their buttons stay in reach and cover nothing that has the focus."""

import pytest
from django.conf import settings
from django.test import Client

from contacts.models import City, Contact, Role
from pages.models import Page
from tests.factories import make_user

COVERED = """() => [...document.querySelectorAll("#content :is(input, select, textarea, a, summary)")]
    .filter(each => each.checkVisibility() && each.type !== "hidden" && !each.closest(".sticky-buttons"))
    .filter(each => {
        each.focus();
        const top = each.getBoundingClientRect().top + 2;
        const bar = [...document.querySelectorAll(".sticky-buttons, .sticky-buttons .default")]
            .find(part => getComputedStyle(part).position === "sticky").getBoundingClientRect();
        return document.activeElement === each && top > bar.top && top < bar.bottom;
    }).map(each => each.id || each.textContent)"""


@pytest.fixture
def open_admin(live_site, new_context):
    city = City.objects.get(slug="bielefeld")
    client = Client()
    client.force_login(make_user(city, Role.MANAGER))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def open_admin(path, width, height):
        context = new_context(base_url=live_site.url, viewport={"width": width, "height": height}, locale="de-DE")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        page = context.new_page()
        page.goto(path)
        return page

    return open_admin


def paths():
    contact = Contact.objects.get(city__slug="bielefeld", is_main=True)
    page = Page.objects.get(city__slug="bielefeld", slug="schule-und-eltern")
    return [f"/admin/contacts/contact/{contact.pk}/change/", f"/admin/pages/page/{page.pk}/change/"]


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 760)])
def test_buttons_of_a_long_form_cover_nothing_that_has_the_focus(open_admin, width, height):
    for path in paths():
        page = open_admin(path, width, height)
        page.locator("#content form[id]").first.scroll_into_view_if_needed()
        page.mouse.wheel(0, 600)
        assert page.locator(".sticky-buttons .default").evaluate("b => b.getBoundingClientRect().bottom <= innerHeight")
        assert page.evaluate(COVERED) == []


def test_buttons_do_not_stick_on_a_low_screen(open_admin):
    page = open_admin(paths()[0], 1280, 500)

    assert page.locator(".sticky-buttons").evaluate("row => getComputedStyle(row).position") == "static"


def test_overview_does_not_offer_to_add_forms(open_admin):
    page = open_admin("/admin/", 1280, 900)

    addresses = page.locator(".models a").evaluate_all("links => links.map(link => link.pathname)")

    assert [each for each in addresses if each.startswith("/admin/inquiries/formsettings/")] == [
        "/admin/inquiries/formsettings/"
    ]
