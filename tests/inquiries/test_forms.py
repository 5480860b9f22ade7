"""What people can send, and what comes back when something is wrong with it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind
from inquiries import guard, receipts
from inquiries.guard import SUBMISSIONS_PER_HOUR, address_digest, count_submission, fresh_key
from inquiries.models import FormSettings, Inquiry, OutgoingMail, SubmissionCount
from tests.factories import make_city, make_contact, make_offer, make_page

pytestmark = pytest.mark.django_db

LANGUAGES = [tag for tag, _name in settings.LANGUAGES]
EVERY_FORM = ["contact", "help", "interpreter"]
ADDRESSES = {
    "contact": "anfrage",
    "help": "hilfe",
    "interpreter": "sprachmittlung-anfragen",
    "barrier": "barriere-melden",
}
CONTACT = {"subject": "Frage", "message": "Wann ist offen?", "phone": "0521 1234567", "name": "Amina"}
HELP = {"topics": ["schule"], "languages": ["ar"], "phone": "0521 1234567"}
BARRIER = {"page_address": "/de/hier/kontakt/", "message": "Das Menü geht nicht auf."}


@pytest.fixture
def city():
    city = make_city("hier", forms=EVERY_FORM, languages=LANGUAGES)
    make_contact(city, is_main=True, function="Zentrale", phone="030 23125 001")
    return city


def address(kind, language="de"):
    return f"/{language}/hier/{ADDRESSES[kind]}/"


def with_key(data):
    return {"form_key": fresh_key(timezone.now() - timedelta(minutes=1)), "website": ""} | data


def send(client, kind, data, language="de", query="", **headers):
    return client.post(address(kind, language) + query, with_key(data), headers=headers)


def summary(response):
    """(target, words) of the list of errors above the form."""
    words = re.search(r'class="notice error-summary".*?</ul>', response.text, re.S)[0]
    return re.findall(r'<a href="#([^"]+)">([^<]+)</a>', words)


# --- Opening ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ADDRESSES)
def test_form_opens_in_every_language_without_cookie_and_is_not_kept(client, city, kind, language):
    response = client.get(address(kind, language))
    assert (response.status_code, response["Cache-Control"], dict(response.cookies)) == (200, "no-store", {})


def test_city_that_offers_no_form_still_takes_reports_of_barriers(client, city):
    assert [client.get(address(kind)).status_code for kind in ADDRESSES] == [200, 200, 200, 200]
    city.forms = []
    city.save()
    assert [client.get(address(kind)).status_code for kind in ADDRESSES] == [404, 404, 404, 200]


def test_form_that_is_not_offered_cannot_be_sent(client, city):
    city.forms = ["help"]
    city.save()
    assert send(client, "contact", CONTACT).status_code == 404
    assert Inquiry.objects.count() == 0


def test_phone_number_of_the_main_contact_stands_above_the_form(client, city):
    make_contact(city, function="Andere", phone="030 23125 002")
    before = client.get(address("help")).text.partition("<form")[0]
    assert re.findall(r'href="tel:([^"]+)"', before) == ["+493023125001"]


@pytest.mark.parametrize(("kind", "days"), [("contact", 30), ("help", 90), ("barrier", 365)])
def test_form_names_the_term_of_deletion(client, city, kind, days):
    FormSettings.objects.create(city=city, kind="contact", answer_days=7, keep_days=30)
    assert f"{days} Tage nach dem Abschluss Ihrer Anfrage löschen wir alles." in client.get(address(kind)).text


def test_form_promises_the_day_of_the_answer(client, city, time_machine):
    time_machine.move_to("2026-11-22 12:00+01:00")
    FormSettings.objects.create(city=city, kind="contact", answer_days=5, keep_days=30)
    assert "bis zum 27. November 2026" in client.get(address("contact")).text
    send(client, "contact", CONTACT)
    assert str(Inquiry.objects.get().due_on) == "2026-11-27"


# --- What it is about ------------------------------------------------------------------------------


def about(client, query, kind="contact"):
    html = client.get(address(kind) + query).text
    found = re.search(r'<p class="about">(.*?)</p>', html, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else None


def test_form_opened_from_an_offer_says_so_and_stores_it(client, city):
    offer = make_offer(city, slug="beratung", translation={"title": "Schulberatung"})
    assert about(client, "?seite=beratung") == "Es geht um: Schulberatung"
    send(client, "contact", CONTACT, query="?seite=beratung")
    assert Inquiry.objects.get().page_id == offer.pk


def test_form_opened_from_a_contact_says_so_and_stores_it(client, city):
    contact = make_contact(city, function="Bildungsberatung")
    assert about(client, f"?kontakt={contact.pk}", "help") == "Es geht um: Bildungsberatung"
    send(client, "help", HELP, query=f"?kontakt={contact.pk}")
    assert Inquiry.objects.get().contact_id == contact.pk


def test_pages_that_are_not_public_here_are_ignored(client, city):
    other = make_city("dort")
    make_page(other, slug="fremd")
    make_page(city, slug="entwurf", published=False)
    make_page(city, slug="da")
    asked = [about(client, f"?seite={slug}") for slug in ("da", "fremd", "entwurf", "%00", "a" * 3000)]
    assert asked == ["Es geht um: Titel da", None, None, None, None]
    send(client, "contact", CONTACT, query="?seite=entwurf")
    assert Inquiry.objects.get().page_id is None


def test_contacts_of_other_cities_are_ignored(client, city):
    own, foreign = make_contact(city, function="Hier"), make_contact(make_city("dort"), function="Dort")
    asked = [about(client, f"?kontakt={key}") for key in (own.pk, foreign.pk, "x", "9" * 30, "-1", "%00")]
    assert asked == ["Es geht um: Hier", None, None, None, None, None]
    send(client, "contact", CONTACT, query=f"?kontakt={foreign.pk}")
    assert Inquiry.objects.get().contact_id is None


def test_language_switch_keeps_what_the_form_is_about(client, city):
    make_page(city, slug="da")
    contact = make_contact(city)
    html = client.get(f"{address('contact')}?seite=da&kontakt={contact.pk}&unsinn=1").text
    assert f'href="/ar/hier/anfrage/?seite=da&amp;kontakt={contact.pk}"' in html
    html = client.get(f"{address('barrier')}?seite=/de/hier/kontakt/").text
    assert 'href="/ar/hier/barriere-melden/?seite=%2Fde%2Fhier%2Fkontakt%2F"' in html


# --- Sending ---------------------------------------------------------------------------------------


def test_message_is_stored_and_leads_to_its_receipt(client, city):
    response = send(client, "contact", CONTACT | {"message": "Erste Zeile\r\nZweite\r\n"}, language="ar")
    inquiry = Inquiry.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/ar/hier/beleg/{inquiry.receipt_token}/")
    stored = (inquiry.city, inquiry.kind, inquiry.language, inquiry.state, inquiry.subject, inquiry.message)
    assert stored == (city, "contact", "ar", "new", "Frage", "Erste Zeile\nZweite")
    assert (inquiry.name, inquiry.phone, inquiry.email, inquiry.answers) == ("Amina", "0521 1234567", "", {})
    assert dict(response.cookies) == {}


def test_request_for_help_is_stored_in_codes(client, city):
    send(client, "help", HELP | {"child_age": ["6-9", "0-2"], "reachable": ["morning"]}, language="ar")
    assert Inquiry.objects.get().answers == {
        "topics": ["schule"],
        "languages": ["ar"],
        "child_age": ["6-9", "0-2"],
        "reachable": ["morning"],
    }


def test_request_for_help_needs_a_topic_or_words(client, city):
    assert send(client, "help", HELP | {"topics": [], "message": "Mein Sohn"}).status_code == 303
    response = send(client, "help", HELP | {"topics": []})
    assert [target for target, _words in summary(response)] == ["id_topics_0"]


def chosen_languages(client, language):
    html = client.get(address("help", language)).text
    return re.findall(r'name="languages" value="([^"]+)"[^>]*checked', html)


def test_readers_language_is_chosen_but_german_is_not(client, city):
    chosen = {language: chosen_languages(client, language) for language in LANGUAGES}
    assert chosen == {language: [] if language.startswith("de") else [language] for language in LANGUAGES}


def test_every_language_can_be_chosen_and_the_readers_comes_first(client, city):
    html = client.get(address("help", "ar")).text
    tags = re.findall(r'name="languages" value="([^"]+)"', html)
    seen = re.findall(r'name="languages" value="([^"]+)"', html.partition('<details class="more-languages"')[0])
    assert seen == ["ar", "de", "en", "tr", "uk", "ru", "pl", "ro", "bg", "fr"]
    assert (len(tags), len(set(tags)), "de-simple" in tags) == (35, 35, False)


def test_language_chosen_among_the_others_is_not_hidden_when_the_form_comes_back(client, city):
    assert '<details class="more-languages">' in client.get(address("help")).text
    assert '<details class="more-languages" open>' in send(client, "help", {"languages": ["so"]}).text


@pytest.mark.parametrize(
    "written", ["0521 1234567", "+49 521 / 12 34-567", "٠٥٢١ ١٢٣٤٥٦٧", "51-3789", "0521/51 0 App. 12"]
)
def test_phone_number_is_kept_as_it_was_written(client, city, written):
    assert send(client, "contact", CONTACT | {"phone": written}).status_code == 303
    assert Inquiry.objects.get().phone == written


@pytest.mark.parametrize("written", ["ja bitte", "12", "anna@example.org", "0" * 39])
def test_what_is_no_phone_number_comes_back(client, city, written):
    response = send(client, "contact", CONTACT | {"phone": written})
    assert [target for target, _words in summary(response)] == ["id_phone"]


@pytest.mark.parametrize("kind", ["contact", "help"])
def test_one_way_to_answer_is_enough_and_needed(client, city, kind):
    data = ({"contact": CONTACT, "help": HELP}[kind]) | {"phone": ""}
    assert send(client, kind, data | {"email": "anna@example.org"}).status_code == 303
    response = send(client, kind, data)
    words = "Telefon – Bitte schreiben Sie Ihre Telefonnummer oder Ihre E-Mail-Adresse."
    assert (response.status_code, summary(response)) == (422, [("id_phone", words)])


def test_mistyped_address_is_not_called_missing_too(client, city):
    response = send(client, "contact", CONTACT | {"phone": "", "email": "anna@"})
    words = "E-Mail – Diese E-Mail-Adresse stimmt nicht. Richtig ist zum Beispiel: name@example.org"
    assert summary(response) == [("id_email", words)]


# --- What comes back -------------------------------------------------------------------------------


def test_wrong_input_comes_back_with_all_that_was_typed(client, city):
    typed = {"subject": "Mein <b>Thema</b>", "message": "", "phone": "nein", "email": "auch nicht", "name": "Amina"}
    response = send(client, "contact", typed)
    assert (response.status_code, response["Cache-Control"], Inquiry.objects.count()) == (422, "no-store", 0)
    assert {name: response.context["form"][name].value() for name in typed} == typed
    assert 'value="Mein &lt;b&gt;Thema&lt;/b&gt;"' in response.text
    assert re.search(r"<title>([^<]+)", response.text)[1] == "Fehler: Nachricht schreiben – KI Hier"


def test_errors_lead_to_their_fields_and_are_named_there(client, city):
    response = send(client, "help", {"phone": "x", "message": "https://a.example https://b.example https://c.example"})
    targets = [target for target, _words in summary(response)]
    assert targets == ["id_languages_0", "id_message", "id_phone"]
    assert [target for target in targets if f'id="{target}"' not in response.text] == []
    phone = re.search(r'<input[^>]*name="phone"[^>]*>', response.text)[0]
    assert ('aria-invalid="true"' in phone, 'aria-describedby="id_phone_error"' in phone) == (True, True)
    languages = re.search(
        r'<fieldset class="field has-error" aria-describedby="([^"]+)">\s*<legend>In welchen', response.text
    )
    assert languages[1] == "id_languages_error"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ADDRESSES)
def test_no_error_is_in_the_words_of_the_framework(client, city, kind, language):
    """Its German is that of offices, and its English would stand in every language it does not know."""
    nonsense = {"topics": ["x"], "languages": ["x"], "email": "x", "date": "x", "time": "x", "manner": "x"}
    from django.utils.translation import gettext, override

    with override(language):
        own = {gettext(words) for words in ("This field is required.", "Enter a valid email address.")}
        own |= {gettext("Enter a valid date."), gettext("Enter a valid time.")}
    for data in ({}, nonsense):
        response = send(client, kind, data, language=language)
        shown = {words for errors in response.context["form"].errors.values() for words in errors}
        assert shown, data
        assert shown & own == set()
        assert [words for words in shown if "%(" in words] == []


def test_form_from_another_website_comes_back_with_all_that_was_typed(client, city):
    here = {"Sec-Fetch-Site": "same-origin"}
    response = send(client, "help", HELP | {"message": "Mein Text"}, **{"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, Inquiry.objects.count()) == (403, 0)
    form = response.context["form"]
    assert (form["message"].value(), form["languages"].value(), form["topics"].value()) == (
        "Mein Text",
        ["ar"],
        ["schule"],
    )
    assert "Die Nachricht kam nicht von dieser Website." in response.text
    again = {name: form[name].value() for name in ("form_key", "message", "languages", "topics", "phone")}
    response = client.post(address("help"), again, headers=here)
    # The key is new, and so three seconds have to pass.
    assert (response.status_code, response.context["form"].errors.as_data()["__all__"][0].code) == (422, "too_fast")


def test_limited_person_reads_a_kind_sentence_and_loses_nothing(client, city, rf):
    now = timezone.now()
    digest = address_digest(rf.get("/"), now)
    for _submission in range(SUBMISSIONS_PER_HOUR):
        count_submission(digest, now)
    response = send(client, "contact", CONTACT)
    assert (response.status_code, Inquiry.objects.count()) == (429, 0)
    assert re.search(r"<title>([^<]+)", response.text)[1] == "Fehler: Nachricht schreiben – KI Hier"
    assert response.text.index("Ihr Text steht noch unten.") < response.text.index("tel:+493023125001")
    assert {name: response.context["form"][name].value() for name in CONTACT} == CONTACT


def lead(response):
    return re.findall('<p class="lead">', response.text)


def send_from_elsewhere(client, monkeypatch, kind, data):
    return send(client, kind, data, **{"Sec-Fetch-Site": "cross-site"})


def send_too_often(client, monkeypatch, kind, data):
    monkeypatch.setattr("inquiries.views.is_limited", lambda digest, instant: True)
    return send(client, kind, data)


@pytest.mark.parametrize("send_in_vain", [send_from_elsewhere, send_too_often])
@pytest.mark.parametrize(("kind", "data"), [("contact", CONTACT), ("barrier", BARRIER)])
def test_what_was_not_sent_is_said_first_and_promised_no_answer(client, city, monkeypatch, send_in_vain, kind, data):
    opened = client.get(address(kind))
    assert (len(lead(opened)), "ir antworten" in opened.text) == (1, True)
    response = send_in_vain(client, monkeypatch, kind, data)
    assert (lead(response), "ir antworten" in response.text.partition("<form")[0]) == ([], False)
    assert re.findall(r"<[^>]*autofocus[^>]*>", response.text) == [
        '<div class="notice warning" role="alert" tabindex="-1" autofocus>'
    ]


@pytest.mark.parametrize("kind", ADDRESSES)
def test_form_has_a_heading_of_its_own(client, city, kind):
    before, form = client.get(address(kind)).text.split('<form class="inquiry-form" aria-labelledby="form"')
    assert "Sie können auch anrufen</h2>" in before
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", form) == ["Formular"]


def test_every_inquiry_counts_once(client, city):
    data = with_key(CONTACT)
    for _time in range(3):
        client.post(address("contact"), data)
    send(client, "contact", CONTACT)
    assert [row.count for row in SubmissionCount.objects.all()] == [2]


def test_machine_that_fills_in_every_field_stores_nothing(client, city):
    response = send(client, "contact", CONTACT | {"website": "https://example.org"})
    assert (response.status_code, Inquiry.objects.count()) == (422, 0)


# --- Once, and all of it or nothing ----------------------------------------------------------------


def test_same_page_sent_twice_is_one_inquiry_with_one_receipt(client, city):
    data = with_key(CONTACT)
    first, second = client.post(address("contact"), data), client.post(address("contact"), data)
    assert (first["Location"], Inquiry.objects.count()) == (second["Location"], 1)


def test_limited_person_still_gets_the_receipt_of_what_arrived(client, city, monkeypatch):
    data = with_key(CONTACT)
    first = client.post(address("contact"), data)
    monkeypatch.setattr(guard, "SUBMISSIONS_PER_HOUR", 1)
    second = client.post(address("contact"), data)
    assert (second.status_code, second["Location"]) == (303, first["Location"])


def test_corrected_words_and_a_new_page_are_inquiries_of_their_own(client, city):
    data = with_key(CONTACT)
    for sent in (data, data | {"message": "Anders"}, with_key(CONTACT)):
        client.post(address("contact"), sent)
    assert Inquiry.objects.count() == 3


def test_two_that_arrive_at_once_are_stored_once(client, city, monkeypatch):
    """The second looks before the first is stored, and stores after it."""
    data = with_key(CONTACT)
    first = client.post(address("contact"), data)
    monkeypatch.setattr("inquiries.views.already_sent", lambda inquiry: False)
    second = client.post(address("contact"), data)
    assert (second.status_code, second["Location"]) == (303, first["Location"])
    assert (Inquiry.objects.count(), SubmissionCount.objects.get().count) == (1, 1)


def test_notice_is_stored_with_the_inquiry(client, city):
    FormSettings.objects.create(city=city, kind="contact", notify="team@example.org", answer_days=7, keep_days=90)
    send(client, "contact", CONTACT)
    mail = OutgoingMail.objects.get()
    assert (mail.inquiry, mail.recipient, mail.purpose) == (Inquiry.objects.get(), "team@example.org", "notice")
    written = f"{mail.subject} {mail.body}"
    assert [word for word in CONTACT.values() if word in written] == []


def test_without_its_notice_nothing_is_stored(client, city, monkeypatch):
    def fail(inquiry, request):
        raise ZeroDivisionError

    monkeypatch.setattr(receipts, "notice_for", fail)
    with pytest.raises(ZeroDivisionError):
        send(client, "contact", CONTACT)
    assert (Inquiry.objects.count(), SubmissionCount.objects.count()) == (0, 0)


# --- Barriers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/de/hier/kontakt/", "/de/hier/kontakt/"),
        ("/de/hier/beleg/0123456789abcdef/", "/de/hier/beleg/"),
        ("https://boese.example/", ""),
        ("//boese.example/", ""),
        ("/\\boese.example/", ""),
        ("javascript:alert(1)", ""),
        ("/de/hier/\n", ""),
        ("/" + "a" * 300, ""),
    ],
)
def test_report_begins_with_the_page_if_it_is_one_of_ours(client, city, asked, shown):
    response = client.get(address("barrier"), {"seite": asked})
    assert response.context["form"]["page_address"].value() == shown
    assert "boese" not in response.text


def test_report_needs_no_sender(client, city):
    assert send(client, "barrier", BARRIER).status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.answers, inquiry.message) == ({"page_address": "/de/hier/kontakt/"}, "Das Menü geht nicht auf.")
    assert (inquiry.name, inquiry.phone, inquiry.email) == ("", "", "")


def test_report_names_the_dates_of_the_law_and_the_ombuds_office(client, city, time_machine, settings):
    time_machine.move_to("2026-11-22 12:00+01:00")
    html = client.get(address("barrier")).text
    assert ("6. Dezember 2026" in html, "3. Januar 2027" in html) == (True, True)
    assert f'href="{settings.OMBUDS_OFFICE_URL}"' in html


# --- How it is written down for machines -----------------------------------------------------------


@pytest.mark.parametrize("kind", ADDRESSES)
def test_fields_help_to_type(client, city, kind):
    html = client.get(address(kind)).text
    phone, email = (re.search(rf'<input[^>]*name="{name}"[^>]*>', html)[0] for name in ("phone", "email"))
    wanted = ['type="tel"', 'autocomplete="tel"', 'inputmode="tel"', 'dir="ltr"']
    assert [each for each in wanted if each not in phone] == []
    wanted = ['type="email"', 'autocomplete="email"', 'inputmode="email"', 'dir="ltr"']
    assert [each for each in wanted if each not in email] == []
    assert 'dir="auto"' in re.search(r'<textarea[^>]*name="message"[^>]*>', html)[0]


def test_search_engines_find_the_forms(client, city):
    html = client.get(f"{address('contact')}?kontakt=1").text
    assert '<link rel="canonical" href="http://testserver/de/hier/anfrage/">' in html
    assert "noindex" not in html


@pytest.mark.parametrize(
    ("kind", "query", "count"),
    [
        ("contact", "", 5),
        ("contact", "?seite=beratung&kontakt={contact}", 6),
        ("help", "?seite=beratung&kontakt={contact}", 6),
        ("interpreter", "", 6),
        ("barrier", "?seite=/de/hier/kontakt/", 5),
    ],
)
@pytest.mark.parametrize("number", [1, 3])
def test_form_asks_the_database_little(client, city, django_assert_num_queries, kind, query, count, number):
    make_offer(city, slug="beratung")
    contacts = [make_contact(city) for _contact in range(number)]
    for _page in range(number):
        make_page(city)
    with django_assert_num_queries(count):
        client.get(address(kind) + query.format(contact=contacts[0].pk))


def test_addresses_are_those_that_are_printed():
    kinds = {kind.value: reverse(f"inquiries:{kind.value}", args=["de", "hier"]) for kind in InquiryKind}
    assert kinds == {kind: address(kind) for kind in ADDRESSES}
