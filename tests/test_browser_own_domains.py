"""A city under its own name, in a browser that knows two names of the server."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contacts.models import City
from inquiries.models import Inquiry


@pytest.fixture
def own_site(live_site, settings, monkeypatch):
    """Bielefeld under a name that browsers find on this machine."""
    monkeypatch.setattr("inquiries.guard.MINIMUM_TIME", timedelta(0))
    settings.SITE_URL = live_site.url
    city = City.objects.get(slug="bielefeld")
    city.domain = "bielefeld.localhost"
    city.save()
    return live_site.url.replace("127.0.0.1", city.domain)


def test_readers_get_from_the_portal_to_the_receipt_and_back(page, live_site, own_site, axe):
    page.goto(f"{live_site.url}/de/")
    page.locator("li.card").get_by_role("link", name="Bielefeld", exact=True).click()
    expect(page).to_have_url(f"{own_site}/de/")
    page.goto(f"{own_site}/de/anfrage/")
    page.get_by_label("Ihre Nachricht").fill("Wann haben Sie offen?")
    page.get_by_label("Telefon").fill("0521 1234567")
    page.get_by_role("button", name=re.compile("senden|abschicken", re.IGNORECASE)).click()
    expect(page).to_have_url(re.compile(f"^{re.escape(own_site)}/de/beleg/"))
    assert page.url.endswith(f"/{Inquiry.objects.get().receipt_token}/")
    axe(page)
    page.get_by_role("link", name="Alle Zentren in NRW").click()
    expect(page).to_have_url(f"{live_site.url}/de/")


def test_an_address_on_old_paper_leads_to_the_own_domain(page, live_site, own_site):
    page.goto(f"{live_site.url}/de/bielefeld/kontakt/?sprache=ar")

    expect(page).to_have_url(f"{own_site}/de/kontakt/?sprache=ar")
