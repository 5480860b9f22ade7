"""The receipt: proof for the sender, in two languages on paper, for one day."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from inquiries.guard import fresh_key
from inquiries.models import Inquiry
from tests.factories import make_city, make_contact, make_offer

pytestmark = pytest.mark.django_db

SENT_AT = "2026-11-22 12:00+01:00"
WORDS = "ابني عمره سبع سنوات.\nDanke <3 & bis bald"


@pytest.fixture
def city(time_machine):
    time_machine.move_to(SENT_AT, tick=False)
    city = make_city("hier", forms=["contact", "help"], languages=("de", "ar", "tr"))
    make_contact(city, is_main=True, phone="030 23125 001")
    make_offer(city, slug="beratung", translation={"title": "Schulberatung"})
    return city


def send(client, path="hilfe/?seite=beratung", language="ar", **changes):
    """Sends a form and says where the receipt is."""
    data = {"topics": ["schule"], "languages": ["ar"], "child_age": ["6-9"], "phone": "0521 1234567", "message": WORDS}
    key = {"form_key": fresh_key(timezone.now() - timedelta(minutes=1))}
    return client.post(f"/{language}/hier/{path}", key | data | changes)["Location"]


def columns(response):
    """The words of the German column and of the reader's own."""
    parts = re.split(r'<div class="receipt-column[^>]*>', response.text.partition("</main>")[0])[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]


def test_receipt_shows_number_words_and_what_happens_next(client, city):
    response = client.get(send(client))
    number = Inquiry.objects.get().number
    german, _own = columns(response)
    wanted = [
        f"Danke, Ihre Nachricht ist bei uns Die Nummer Ihrer Nachricht: {number}",
        f"{number} Eingegangen am 22. November 2026, 12:00 Uhr",
        "Sie bekommen bis zum 25. November 2026 eine Antwort.",
        "Es antwortet: Kommunales Integrationszentrum Hier",
        "030 23125 001",
        "Formular Hilfe in Ihrer Sprache Seite Schulberatung Worum geht es? Schule",
        "In welchen Sprachen können wir mit Ihnen sprechen? Arabisch",
        "Wie alt ist das Kind? 6 bis 9 Jahre",
        "Telefon 0521 1234567",
    ]
    assert [each for each in wanted if each not in german] == []


def test_receipt_is_in_the_readers_language_with_german_beside_it_for_paper(client, city):
    german, own = columns(client.get(send(client)))
    assert ("Worum geht es? Schule" in german, "Worum geht es?" in own, "العربية" in own) == (True, False, True)


def test_german_receipt_has_one_column(client, city):
    assert len(columns(client.get(send(client, language="de")))) == 1


def test_receipt_can_be_read_in_another_language(client, city):
    path = send(client)
    html = client.get(path).text
    turkish = path.replace("/ar/", "/tr/")
    assert f'href="{turkish}"' in html
    assert '<html lang="tr"' in client.get(turkish).text


def test_words_of_the_sender_are_shown_as_they_were_written(client, city):
    html = client.get(send(client)).text
    shown = re.findall(r'<dd class="words" lang="" dir="auto">([^<]*)</dd>', html)
    assert shown == ["ابني عمره سبع سنوات.\nDanke &lt;3 &amp; bis bald"] * 2


def test_report_of_a_barrier_gets_number_dates_and_ombuds_office(client, city, settings):
    path = send(client, "barriere-melden/", "de", page_address="/de/hier/kontakt/", message="Menü")
    response = client.get(path)
    [words] = columns(response)
    assert ("6. Dezember 2026" in words, "3. Januar 2027" in words) == (True, True)
    assert (Inquiry.objects.get().number in words, settings.OMBUDS_OFFICE_URL in response.text) == (True, True)


@pytest.mark.parametrize(("email", "is_promised"), [("anna@example.org", True), ("", False)])
def test_report_that_cannot_be_answered_gets_no_dates_but_the_ombuds_office(client, city, settings, email, is_promised):
    path = send(client, "barriere-melden/", "de", page_address="/de/hier/", message="Menü", phone="", email=email)
    response = client.get(path)
    [words] = columns(response)
    promises = ("6. Dezember 2026", "3. Januar 2027", "Wann antworten wir?")
    assert [each in words for each in promises] == [is_promised] * 3
    assert ("Antworten können wir Ihnen nicht" in words) is not is_promised
    assert settings.OMBUDS_OFFICE_URL in response.text


def test_address_typed_into_a_report_is_no_link(client, city):
    path = send(client, "barriere-melden/", "de", page_address="https://boese.example/", message="Menü", phone="")
    html = client.get(path).text
    assert ("https://boese.example/" in html, 'href="https://boese' in html) == (True, False)


def test_receipt_is_for_nobody_else(client, city):
    response = client.get(send(client))
    headers = (response["Cache-Control"], response["Referrer-Policy"], dict(response.cookies))
    assert headers == ("no-store", "no-referrer", {})
    assert '<meta name="robots" content="noindex">' in response.text
    assert 'rel="canonical"' not in response.text
    assert re.search(r"<title>([^<]+)", response.text)[1] == "إيصالكم – KI Hier"


def test_receipt_can_be_read_for_a_day(client, city, time_machine):
    path, number = send(client), Inquiry.objects.get().number
    time_machine.move_to("2026-11-23 11:59:59+01:00", tick=False)
    assert client.get(path).status_code == 200
    time_machine.move_to("2026-11-23 12:00+01:00", tick=False)
    response = client.get(path)
    assert (response.status_code, response["Cache-Control"], response["Referrer-Policy"]) == (
        410,
        "no-store",
        "no-referrer",
    )
    assert "+493023125001" in response.text
    assert [words for words in ("ابني", "1234567", "Danke") if words in response.text] == []
    assert number in response.text


@pytest.mark.parametrize(("changes", "is_promised"), [({}, True), ({"phone": ""}, False)])
def test_what_is_left_of_a_receipt_names_the_promised_day(client, city, time_machine, changes, is_promised):
    path = send(client, "barriere-melden/", "de", page_address="/de/hier/", message="Menü", **changes)
    time_machine.move_to("2026-11-23 12:00+01:00", tick=False)
    words = " ".join(re.sub(r"<[^>]+>", " ", client.get(path).text).split())
    assert f"Die Nummer Ihrer Nachricht: {Inquiry.objects.get().number}" in words
    assert ("Wir haben Ihnen eine Antwort bis zum 6. Dezember 2026 versprochen." in words) is is_promised


@pytest.mark.parametrize("hours", [0, 24])
def test_receipt_leads_on_to_the_start_page(client, city, time_machine, hours):
    path = send(client)
    time_machine.shift(timedelta(hours=hours))
    main = client.get(path).text.partition("<main")[2].partition("</main>")[0]
    assert re.findall(r'<p class="buttons"><a class="button secondary" href="([^"]+)"', main) == ["/ar/hier/"]


def test_receipt_belongs_to_its_city(client, city):
    make_city("dort")
    path = send(client)
    assert client.get(path).status_code == 200
    assert client.get(path.replace("/hier/", "/dort/")).status_code == 404


@pytest.mark.parametrize("token", ["a" * 64, "x", "%00", "ä'\""])
def test_there_is_no_receipt_at_a_guessed_address(client, city, token):
    send(client)
    assert client.get(f"/de/hier/beleg/{token}/").status_code == 404


def test_receipt_stays_when_the_form_is_closed(client, city):
    path = send(client)
    city.forms = []
    city.save()
    assert client.get(path).status_code == 200


def test_nothing_of_an_inquiry_stands_in_logs(client, city, caplog):
    caplog.set_level("DEBUG")
    caplog.handler.setLevel("DEBUG")
    send(client, name="Amina Beispiel")
    client.post("/ar/hier/hilfe/", {"name": "Amina Beispiel", "message": WORDS})
    database = [record for record in caplog.records if record.name.startswith("django.db")]
    written = " ".join(record.getMessage() for record in caplog.records if record not in database)
    assert [words for words in ("Amina", "ابني", "1234567") if words in written] == []


@pytest.mark.parametrize("number", [1, 3])
def test_receipt_asks_the_database_little(client, city, django_assert_num_queries, number):
    for _contact in range(number):
        make_contact(city)
    contact = make_contact(city)
    path = send(client, f"hilfe/?seite=beratung&kontakt={contact.pk}")
    with django_assert_num_queries(6):
        client.get(path)
