"""Chromium, in German, for staff and for visitors of the site whose pictures are taken."""

import os
from contextlib import contextmanager

from playwright.sync_api import expect, sync_playwright

from .site import PASSWORD

PATIENCE = 10_000  # milliseconds
GERMAN = {"locale": "de-DE", "timezone_id": "Europe/Berlin"}


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        # The language of the program is that of its fields for dates. The sandbox does not work for root.
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"],
            args=["--no-sandbox", "--lang=de-DE", "--font-render-hinting=none"],
            env=os.environ | {"LANGUAGE": "de"},
        )
        yield browser
        browser.close()


class Browsers:
    """One for each person, so that nobody is signed in for somebody else."""

    def __init__(self, browser, site):
        self.browser, self.site = browser, site

    def visitor(self, width=820, height=900, **options):
        context = self.browser.new_context(
            base_url=self.site.address, viewport={"width": width, "height": height}, **GERMAN | options
        )
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    def close(self):
        for context in self.browser.contexts:
            context.close()

    def person(self, name, **options):
        page = self.visitor(**options)
        sign_in(page, name)
        return page


def sign_in(page, name):
    page.goto("/admin/login/")
    page.get_by_label("Benutzername oder E-Mail-Adresse").fill(name)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", name="Übersicht", level=1)).to_be_visible()
