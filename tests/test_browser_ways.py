"""The way of a newcomer through the whole site, on an old phone: no JavaScript, 360 pixels, Arabic."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from playwright.sync_api import expect

from contacts.models import City, Role
from inquiries import guard
from inquiries.models import Inquiry
from inquiries.outbox import sender
from tests.factories import make_user
from tests.inquiries.test_deletion import dump

PHONE = {"width": 360, "height": 640}


def test_parent_finds_the_phone_number_of_the_school_advice_in_arabic(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False, locale="ar").new_page()
    page.goto(f"{live_site.url}/")
    page.locator("input[name=ort]").fill("33602")
    page.keyboard.press("Enter")
    page.locator('main a.button[href="/ar/bielefeld/"]').click()
    page.get_by_role("link", name="أريد أن يذهب طفلي إلى المدرسة").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url == f"{live_site.url}/ar/bielefeld/schulberatung/"
    # In the first view, before any scrolling.
    number = page.locator('a[href="tel:+49521513789"]').first
    expect(number).to_contain_text("(05 21) 51-37 89")
    expect(number).to_be_in_viewport()


# --- From the start page to a request, in the languages of the demo's key pages -------------------------------------

NAMES = {"ar": "أمينة", "uk": "Аміна", "tr": "Emine Çağrı", "de-simple": "Amina"}


@pytest.mark.parametrize("language", NAMES)
def test_reader_goes_from_the_start_page_over_an_offer_and_a_contact_to_a_request(
    live_site, new_context, monkeypatch, language
):
    """Every step by what can be seen and clicked on the page before; every page is in the reader's own language."""
    monkeypatch.setattr(guard, "MINIMUM_TIME", timedelta(0))
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/")
    page.locator(f'main a[href="/{language}/bielefeld/schulberatung/"]').first.click()
    expect(page.locator("main h1")).not_to_have_attribute("lang", "de")
    page.locator(f'main a[href^="/{language}/bielefeld/kontakt/"]').first.click()
    expect(page.locator('main a[href^="tel:"]').first).to_be_visible()
    page.locator(f'main a[href^="/{language}/bielefeld/anfrage/"]').first.click()
    page.locator("[name=subject]").fill("1")
    page.locator("[name=message]").fill(NAMES[language])
    page.locator("[name=name]").fill(NAMES[language])
    page.locator("[name=phone]").fill("abc")
    page.locator(".inquiry-form button[type=submit]").click()
    # What was wrong is said, and nothing that was typed is gone.
    complaint = gettext_in(language, "Das ist keine Telefonnummer. Bitte prüfen Sie die Ziffern.")
    expect(page.locator(".error-summary").get_by_text(complaint)).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value(NAMES[language])
    page.locator("[name=phone]").fill("030 23125 001")
    page.locator(".inquiry-form button[type=submit]").click()
    expect(page.locator("main .receipt-number:visible")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", language)
    inquiry = Inquiry.objects.get()
    assert (inquiry.city.slug, inquiry.language, inquiry.name) == ("bielefeld", language, NAMES[language])


def gettext_in(language, words):
    with translation.override(language):
        return translation.gettext(words)


# --- A request for help: asked in Arabic, answered in German, gone after its term ---------------------------

WORDS = "ابني يتعلم الألمانية Zeichen7391"


def test_request_in_arabic_is_answered_in_german_and_leaves_nothing_behind(
    live_site, new_context, monkeypatch, settings
):
    settings.MAIL_IS_SET_UP = True
    monkeypatch.setattr(guard, "MINIMUM_TIME", timedelta(0))
    number = ask_for_help_in_arabic(new_context(viewport=PHONE, java_script_enabled=False).new_page(), live_site.url)
    assert WORDS in dump()

    editor = make_user(City.objects.get(slug="bielefeld"), Role.EDITOR)
    answer_in_german(signed_in(new_context(), editor, live_site.url), live_site.url, number)
    assert sender.wait(seconds=30)
    # The team is told without a word of what was written; the person gets the answer.
    assert [(sent.to, WORDS in sent.body) for sent in mail.outbox] == [
        (["hilfe@example.org"], False),
        (["eltern@example.com"], False),
    ]
    assert "Wir rufen Sie morgen an." in mail.outbox[1].body

    settled = Inquiry.objects.get().settled_at
    with time_machine.travel(settled + timedelta(days=90) - timedelta(seconds=1), tick=False):
        call_command("delete_expired", verbosity=0)
    assert WORDS in dump()
    with time_machine.travel(settled + timedelta(days=90), tick=False):
        call_command("delete_expired", verbosity=0)
    left = dump()
    assert [trace for trace in (WORDS, "eltern@example.com", "Wir rufen Sie morgen an", number) if trace in left] == []


def ask_for_help_in_arabic(page, url):
    page.goto(f"{url}/ar/bielefeld/")
    page.locator('main a[href="/ar/bielefeld/hilfe/"]').first.click()
    page.locator("[name=topics][value=schule]").check()
    page.locator("[name=child_age]").first.check()
    page.locator("[name=message]").fill(WORDS)
    page.locator("[name=email]").fill("eltern@example.com")
    page.locator(".inquiry-form button[type=submit]").click()
    receipt = page.locator("main")
    expect(receipt.locator(".receipt-number:visible")).to_have_count(1)
    # What was sent, in the words of the visitor: the label is Arabic.
    expect(receipt.locator("[lang=ar]").get_by_text("المدرسة", exact=True)).to_be_visible()
    expect(receipt.get_by_text(WORDS).locator("visible=true")).to_have_count(1)
    return receipt.locator(".receipt-number:visible").inner_text()


def answer_in_german(page, url, number):
    page.goto(f"{url}/admin/inquiries/inquiry/")
    page.get_by_role("link", name=number).click()
    sent = page.get_by_role("region", name="Das wurde geschickt")
    for words in ("Worum geht es?", "Schule", "unter 3 Jahre", "Arabisch", WORDS):
        expect(sent.get_by_text(words, exact=True).first).to_be_visible()
    page.get_by_role("button", name="Antwort schreiben").click()
    page.locator("[name=text]").fill("Guten Tag, wir rufen Sie gern zurück. Wir rufen Sie morgen an.")
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_text("Stand: beantwortet.")).to_be_visible()
    assert sender.wait(seconds=30)
    page.reload()
    expect(page.get_by_text("verschickt am")).to_have_count(2)


def signed_in(context, user, url):
    client = Client()
    client.force_login(user)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    return context.new_page()
