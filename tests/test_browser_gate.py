"""The way to a public site in a real browser, and the statement that the law asks for."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Role
from tests.factories import make_inquiry, make_user
from tests.legal.test_gate import make_ready_city

PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
each_size = pytest.mark.parametrize("size", [PHONE, WIDE], ids=["360", "1280"])
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def sign_in(live_site, new_context):
    """sign_in(city) is a page of a browser in which a manager of the city is signed in."""

    def sign_in(city, **options):
        client = Client()
        client.force_login(make_user(city, Role.MANAGER))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = new_context(base_url=live_site.url, locale="de-DE", **options)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        return context.new_page()

    return sign_in


def test_manager_follows_the_link_fills_in_and_goes_public(sign_in):
    city = make_ready_city(slug="neustadt")
    city.imprint.phone = ""
    city.imprint.save()
    page = sign_in(city)
    form = f"/admin/contacts/city/{city.pk}/change/"

    page.goto(form)
    page.get_by_label("Öffentlich", exact=True).check()
    page.get_by_role("button", name="Speichern", exact=True).click()
    notice = page.get_by_role("region", name="Noch nicht öffentlich")
    expect(notice).to_be_in_viewport()
    expect(notice).to_be_focused()
    expect(notice).to_contain_text("Nichts ist gespeichert. Noch ein Punkt ist rot:")
    expect(page.get_by_label("Öffentlich", exact=True)).to_be_checked()
    page.get_by_role("link", name="Oben steht, was noch fehlt.").click()
    expect(notice).to_be_in_viewport()
    notice.get_by_role("link", name="Impressum").click()
    item = page.locator(page.url.partition("/change/")[2])
    expect(item).to_be_in_viewport()
    expect(item).to_contain_text("Im Impressum fehlt noch:")
    item.get_by_role("link", name="Telefon").click()

    field = page.get_by_label("Telefon", exact=True)
    expect(field).to_be_in_viewport()
    expect(page.locator("label[for=id_phone]")).to_be_in_viewport(ratio=1)
    field.fill("030 23125 001")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(form)
    expect(page.get_by_role("region", name="Bereit für die Öffentlichkeit?")).not_to_contain_text("Fehlt")
    page.get_by_label("Öffentlich", exact=True).check()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert City.objects.get(pk=city.pk).is_public
    page.goto("/de/neustadt/")
    expect(page.get_by_role("link", name="Barrierefreiheit")).to_be_visible()


@pytest.mark.either_database
@each_scheme
@each_size
def test_list_of_what_is_missing_is_accessible_and_fits(sign_in, axe, size, scheme):
    city = City.objects.get(slug="bielefeld")
    page = sign_in(city, viewport=size, color_scheme=scheme)
    form = f"/admin/contacts/city/{city.pk}/change/"
    page.goto(form)
    axe(page, preload=False, rules={"target-size": {"enabled": True}})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    City.objects.filter(pk=city.pk).update(is_public=False)
    page.goto(form)
    page.get_by_label("Öffentlich", exact=True).check()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("region", name="Noch nicht öffentlich")).to_be_in_viewport()
    axe(page, preload=False, rules={"target-size": {"enabled": True}})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.either_database
@each_scheme
@each_size
def test_overview_tells_what_waits_and_fits(sign_in, axe, size, scheme):
    city = City.objects.get(slug="bielefeld")
    City.objects.filter(pk=city.pk).update(is_public=False)
    make_inquiry(city, due_on=timezone.localdate() - timedelta(days=2))
    page = sign_in(city, viewport=size, color_scheme=scheme)
    page.goto("/admin/")
    waiting = page.get_by_role("region", name="Was wartet")
    expect(waiting.get_by_role("link", name="überfällig")).to_be_in_viewport()
    axe(page, preload=False, rules={"target-size": {"enabled": True}})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = waiting.get_by_role("link").evaluate_all("links => links.map(link => link.offsetHeight)")
    assert min(heights) >= 44

    waiting.get_by_role("link", name="überfällig").click()
    expect(page.get_by_text("seit 2 Tagen überfällig")).to_be_visible()
    page.go_back()
    waiting.get_by_role("link", name="Bereit für die Öffentlichkeit?").click()
    expect(page.get_by_role("heading", name="Bereit für die Öffentlichkeit?")).to_be_in_viewport()


def test_links_are_large_on_a_phone_and_errors_have_room(sign_in):
    city = City.objects.get(slug="bielefeld")
    City.objects.filter(pk=city.pk).update(is_public=False)
    inquiry = make_inquiry(city, email="kim@example.org", phone="030 23125 055")
    page = sign_in(city, viewport=PHONE)

    def smallest(selector):
        found = page.locator(selector).evaluate_all("links => links.map(link => link.getBoundingClientRect().height)")
        return (selector, bool(found), min(found, default=0) >= 44)

    page.goto("/admin/inquiries/inquiry/")
    assert smallest("#result_list tbody th a") == ("#result_list tbody th a", True, True)
    page.goto(f"/admin/inquiries/inquiry/{inquiry.pk}/change/")
    assert smallest(".reach") == (".reach", True, True)
    page.goto("/admin/legal/imprint/")
    assert smallest(".open-fields a") == (".open-fields a", True, True)
    page.goto(f"/admin/contacts/city/{city.pk}/change/")
    assert smallest(".gate-hints a") == (".gate-hints a", True, True)
    page.get_by_label("Öffentlich", exact=True).check()
    page.get_by_role("button", name="Speichern", exact=True).click()
    padding = page.locator(".errornote").evaluate("note => getComputedStyle(note).padding")
    assert padding == "12px 16px"


def test_labels_of_two_lines_do_not_touch_each_other(sign_in):
    page = sign_in(City.objects.get(slug="bielefeld"), viewport=PHONE)
    page.goto("/admin/inquiries/interpretingrules/add/")
    gaps = page.locator("#id_excluded_topics label").evaluate_all("""labels => labels.map(label => {
        const range = document.createRange();
        range.selectNodeContents(label);
        return range.getBoundingClientRect();
    }).map((box, place, boxes) => place ? box.top - boxes[place - 1].bottom : 99)""")
    assert len(gaps) == 5
    assert min(gaps) >= 8


@each_scheme
@each_size
def test_form_of_the_statement_is_accessible_and_fits(sign_in, axe, size, scheme):
    page = sign_in(City.objects.get(slug="bielefeld"), viewport=size, color_scheme=scheme)
    page.goto("/admin/legal/accessibilitystatement/")
    expect(page.get_by_role("button", name="Heute überprüft")).to_be_visible()
    axe(page, preload=False, rules={"target-size": {"enabled": True}})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.either_database
@each_scheme
@each_size
@pytest.mark.parametrize("language", ["de", "ar"])
def test_statement_is_accessible_and_fits(live_site, new_context, axe, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme).new_page()
    for city in ("bielefeld", "bochum"):
        page.goto(f"{live_site.url}/{language}/{city}/barrierefreiheit/")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
