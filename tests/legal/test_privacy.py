"""The privacy page says what the site really does: measured against the site, not against its own words."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind
from contacts.models import Role
from inquiries.guard import fresh_key
from inquiries.models import FormSettings, Inquiry, InterpretingRules
from legal.models import Imprint, PrivacyInformation
from legal.views.privacy import LABELS
from tests.factories import make_city, make_contact, make_page, make_user
from tests.test_site import DEMO_PATHS, words

pytestmark = pytest.mark.django_db

PASSWORD = "ein langes Wort"
ALL_FORMS = ["contact", "help", "interpreter"]
FORM_ADDRESSES = {
    "contact": "anfrage",
    "help": "hilfe",
    "interpreter": "sprachmittlung-anfragen",
    "barrier": "barriere-melden",
}


def make_privacy(city, **fields):
    defaults = {
        "controller": "Stadt Hier",
        "controller_address": "Musterstraße 1, 33602 Hier",
        "controller_contact": "030 23125 001",
        "officer": "Stelle für Datenschutz",
        "officer_contact": "Musterstraße 2, 33602 Hier",
        "host": "Rechenzentrum Hier",
        "log_days": 7,
    }
    information = PrivacyInformation(city=city, **defaults | fields)
    information.full_clean()
    information.save()
    return information


def privacy_of(client, language="de", slug="hier"):
    return client.get(f"/{language}/{slug}/datenschutz/")


def sections(response):
    """{id of its heading: HTML} of the page."""
    below_contents = response.text.split("<main")[1].split("</main>")[0].rpartition("</nav>")[2]
    parts = re.split(r'<h2 id="([^"]+)">', below_contents)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def forms_named(response):
    """{name of the form: {label: values}} of the forms that the page tells of."""
    found = {}
    for part in sections(response)["formulare"].split("<h3>")[1:]:
        rows = re.findall(r"<dt>([^<]+)</dt>(.*?)</div>", part, re.DOTALL)
        values = {label: [words_of(value) for value in re.findall(r"<(?:dd|li)>([^<]*)", row)] for label, row in rows}
        found[part.split("</h3>")[0]] = {label: [value for value in row if value] for label, row in values.items()}
    return found


def words_of(html):
    return " ".join(html.split())


def send_message(client, language="de"):
    """Fills in and sends the form „Nachricht schreiben“; returns the receipt."""
    address = f"/{language}/bielefeld/anfrage/"
    assert client.get(address).status_code == 200
    key = fresh_key(timezone.now() - timedelta(minutes=1))
    data = {"form_key": key, "website": "", "message": "Wann haben Sie offen?", "email": "anna@example.org"}
    response = client.post(address, data)
    assert response.status_code == 303
    return client.get(response["Location"])


# --- Cookies -------------------------------------------------------------------------------------


def cookies_named(response):
    return re.findall(r"<code[^>]*>([^<]+)</code>", sections(response)["cookies"])


def test_readers_get_no_cookie_anywhere_as_the_page_says(demo):
    """That the site can set cookies shows the next test."""
    visitor = Client(enforce_csrf_checks=True)
    for path in [*DEMO_PATHS, *(f"bielefeld/{address}/" for address in FORM_ADDRESSES.values())]:
        visitor.get(f"/de/{path}")
    assert send_message(visitor).status_code == 200
    page = privacy_of(visitor, slug="bielefeld")
    assert "Wenn Sie diese Website lesen, setzen wir keine Cookies." in words(page)
    assert dict(visitor.cookies) == {}


def test_staff_get_the_cookies_that_the_page_names(client):
    city = make_city("hier")
    imprint = Imprint.objects.create(city=city)
    make_user(city, Role.MANAGER, username="leitung", password=PASSWORD)
    client.get(reverse("admin:login"))
    client.post(reverse("admin:login"), {"username": "leitung", "password": PASSWORD})
    client.post(reverse("admin:legal_imprint_change", args=[imprint.pk]), {"body": "Stadt Hier"})
    assert sorted(client.cookies) == sorted(cookies_named(privacy_of(Client())))


def test_page_says_which_cookie_comes_before_signing_in(client):
    make_city("hier")
    client.get(reverse("admin:login"))
    rows = sections(privacy_of(Client()))["cookies"].split("<dt>")[1:]
    early = [row for row in rows if "Kommt schon, wenn jemand die Seite zum Anmelden öffnet." in row]
    late = [row for row in rows if "Kommt erst nach dem Anmelden." in row]
    assert [re.search(r"<code[^>]*>([^<]+)<", row)[1] for row in early] == list(client.cookies) == ["csrftoken"]
    assert len(early) + len(late) == len(rows)


def test_cookies_are_named_as_the_settings_name_them(client, settings):
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "anmeldung", "schutz"
    settings.KNOWN_BROWSER_COOKIE_NAME = "browser"
    make_city("hier")
    assert cookies_named(privacy_of(client)) == ["anmeldung", "schutz", "browser", "messages"]


def test_life_time_of_cookies_follows_the_settings(client, settings):
    settings.SESSION_COOKIE_AGE, settings.CSRF_COOKIE_AGE = 60 * 60 * 3, 60 * 60 * 24 * 2
    make_city("hier")
    lines = re.findall(r"Bleibt [^<]+\.", sections(privacy_of(client))["cookies"])
    assert lines == [
        "Bleibt 3 Stunden.",
        "Bleibt 2 Tage.",
        "Bleibt 180 Tage.",
        "Bleibt höchstens, bis die Person den Browser schließt.",
    ]


# --- Forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("offered", [[], ["help"], ["contact", "interpreter"], ALL_FORMS])
def test_page_tells_of_the_forms_that_can_be_opened(client, offered):
    make_city("hier", forms=offered)
    open_forms = [
        str(InquiryKind(kind).label)
        for kind, address in FORM_ADDRESSES.items()
        if client.get(f"/de/hier/{address}/").status_code == 200
    ]
    assert list(forms_named(privacy_of(client))) == open_forms


@pytest.mark.parametrize("kind", list(InquiryKind))
def test_page_lists_what_the_form_asks(client, kind):
    city = make_city("hier", forms=ALL_FORMS)
    InterpretingRules.objects.create(city=city, institutions=["school"])
    fields = client.get(f"/de/hier/{FORM_ADDRESSES[kind]}/").context["form"].fields
    # They confirm something or keep machines out, and are not stored.
    asked = fields.keys() - {"form_key", "website", "nothing_excluded", "no_client_data"}
    names = {str(label): name for name, label in LABELS.items()}
    listed = forms_named(privacy_of(client))[str(kind.label)]["Diese Angaben"]
    assert {names[label] for label in listed} == asked


def test_page_lists_what_is_stored_of_a_message(demo):
    visitor = Client()
    send_message(visitor)
    inquiry = Inquiry.objects.get()
    stored = {name for name in ("subject", "message", "name", "phone", "email") if getattr(inquiry, name)}
    listed = forms_named(privacy_of(visitor, slug="bielefeld"))["Nachricht schreiben"]["Diese Angaben"]
    assert stored == {"message", "email"}
    assert stored | set(inquiry.answers) <= {name for name, label in LABELS.items() if label in listed}


def test_terms_of_a_form_follow_its_settings(client):
    city = make_city("hier", forms=["help"])
    terms = ["Wann kommt die Antwort?", "Wann löschen wir?", "Wer liest das?"]

    def shown():
        form = forms_named(privacy_of(client))["Hilfe in Ihrer Sprache"]
        return [form[term][0] for term in terms]

    before = ["spätestens nach 3 Tagen", "90 Tage nach dem Abschluss Ihrer Anfrage", "unser Team"]
    assert shown() == before
    FormSettings.objects.create(city=city, kind="help", answer_days=1, keep_days=30, recipients="Amt für Schule")
    assert shown() == ["spätestens nach 1 Tag", "30 Tage nach dem Abschluss Ihrer Anfrage", "unser Team"]
    assert "Amt für Schule" in words(privacy_of(client))


def test_only_the_report_of_a_barrier_has_a_law_of_its_own(client):
    make_city("hier", forms=["contact"])
    forms = forms_named(privacy_of(client))
    bases = {name: form["Rechtsgrundlage"][0][:25] for name, form in forms.items()}
    assert bases == {"Nachricht schreiben": "Artikel 6 Absatz 1 Buchst", "Barriere melden": "§ 10b des Behindertenglei"}


def test_only_the_report_of_a_barrier_may_take_longer(client):
    make_city("hier", forms=["contact"])
    answers = {name: form["Wann kommt die Antwort?"][1:] for name, form in forms_named(privacy_of(client)).items()}
    assert answers == {
        "Nachricht schreiben": [],
        "Barriere melden": ["Dauert es länger, sagen wir Ihnen das. Höchstens sechs Wochen."],
    }


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (25, 410)])
def test_receipt_can_be_read_as_long_as_the_page_says(demo, hours, status):
    visitor = Client()
    with time_machine.travel("2026-11-23 09:00+01:00", tick=False) as clock:
        receipt = send_message(visitor)
        assert "kann ihn 24 Stunden lang lesen" in words(privacy_of(visitor, slug="bielefeld"))
        clock.shift(timedelta(hours=hours))
        assert visitor.get(receipt.request["PATH_INFO"]).status_code == status


# --- What only the city knows ----------------------------------------------------------------------


def test_page_names_who_is_responsible(client):
    make_privacy(make_city("hier"))
    found = sections(privacy_of(client))
    names = re.findall(r"<bdi>([^<]+)</bdi>", found["verantwortlich"] + found["betrieb"])
    assert names == [
        "Stadt Hier",
        "Musterstraße 1, 33602 Hier",
        "030 23125 001",
        "Stelle für Datenschutz",
        "Musterstraße 2, 33602 Hier",
        "Rechenzentrum Hier",
    ]


@pytest.mark.parametrize("is_opened", [False, True], ids=["no row", "empty row"])
def test_page_without_entries_says_so_and_tells_the_rest(client, is_opened):
    city = make_city("hier")
    if is_opened:
        PrivacyInformation.objects.create(city=city)
    response = privacy_of(client)
    assert response.status_code == 200
    assert "Das Zentrum hat diese Angaben noch nicht eingetragen." in sections(response)["verantwortlich"]
    assert list(forms_named(response)) == ["Barriere melden"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"log_days": 7}, "Nach 7 Tagen löschen wir das Protokoll."),
        ({"log_days": 1}, "Nach 1 Tag löschen wir das Protokoll."),
        ({"log_days": 0}, "Der Server schreibt nicht auf, wer welche Seite öffnet."),
        ({"log_days": None}, "Wann wir das Protokoll löschen, haben wir noch nicht eingetragen."),
    ],
)
def test_log_is_described_as_the_city_keeps_it(client, fields, sentence):
    make_privacy(make_city("hier"), **fields)
    log = words_of(sections(privacy_of(client))["protokoll"])
    assert (sentence in log, "IP-Adresse" in log) == (True, fields["log_days"] != 0)


def test_days_of_the_log_are_claimed_only_when_somebody_entered_them(client):
    information = PrivacyInformation.objects.create(city=make_city("hier"))
    assert (information.log_days, "log_days" in information.missing_fields()) == (None, True)
    assert re.findall(r"Nach \d+ Tag", sections(privacy_of(client))["protokoll"]) == []
    information.log_days = 0
    assert "log_days" not in information.missing_fields()


def test_log_holds_search_words_and_the_address_of_a_receipt_as_the_page_says(demo):
    """Both are addresses; what a server logs of them shows the request."""
    visitor = Client()
    search = visitor.get("/de/bielefeld/suche/", {"q": "Kita"})
    assert search.request["QUERY_STRING"] == "q=Kita"
    receipt = send_message(visitor)
    assert Inquiry.objects.get().receipt_token in receipt.request["PATH_INFO"]
    assert (
        "Suchen Sie etwas, stehen Ihre Suchwörter in der Adresse der Seite. Auch Ihr Beleg hat eine Adresse. "
        "Beides steht im Protokoll, bis wir es löschen." in sections(privacy_of(visitor, slug="bielefeld"))["protokoll"]
    )


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("antworten", "Antworten Sie auf unsere E-Mail, liegt Ihre Antwort in unserem Postfach."),
        ("antworten", "Auch Kopien unserer E-Mails können in Postfächern liegen."),
        ("formulare", "In Sicherungskopien und Listen kann Ihre Anfrage länger stehen."),
    ],
)
def test_page_names_copies_that_outlive_the_inquiry(client, section, sentence):
    make_city("hier")
    assert sentence in sections(privacy_of(client))[section]


# --- Ways out of a receipt -----------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "status"), [(0, 200), (25, 410)])
def test_receipt_does_not_hand_on_its_address(demo, hours, status):
    visitor = Client()
    with time_machine.travel("2026-11-23 09:00+01:00", tick=False) as clock:
        address = send_message(visitor).request["PATH_INFO"]
        clock.shift(timedelta(hours=hours))
        page = visitor.get(address)
    footer = page.text.partition('<footer class="site-footer">')[2]
    links = re.findall(r'href="([^"]+)" rel="nofollow">Barriere melden', footer)
    assert (page.status_code, links) == (status, ["/de/bielefeld/barriere-melden/?seite=/de/bielefeld/beleg/"])
    # Only the same receipt in other languages is left.
    token = Inquiry.objects.get().receipt_token
    others = [link for link in re.findall(r'href="([^"]+)"', page.text) if token in link]
    assert [link for link in others if not link.endswith(f"/bielefeld/beleg/{token}/")] == []


def test_further_words_of_the_city_are_german_and_harmless(client):
    make_privacy(make_city("hier"), further="Rundbrief <b>monatlich</b>\n\nAbmelden geht immer.")
    section = sections(privacy_of(client, "ar"))["hinweise"]
    assert '<div class="as-written" lang="de" dir="ltr"><p>Rundbrief &lt;b&gt;monatlich&lt;/b&gt;</p>' in section


def test_each_invented_value_is_marked(client):
    make_privacy(make_city("hier"), example_fields=["officer", "log_days"])
    assert privacy_of(client).text.count('<span class="badge example">') == 2


# --- The page as a whole -----------------------------------------------------------------------------


def test_contents_lead_to_every_section(client):
    make_privacy(make_city("hier"), further="Mehr.")
    response = privacy_of(client)
    contents = response.text.split('class="contents"')[1].split("</nav>")[0]
    assert re.findall(r'href="#([^"]+)"', contents) == list(sections(response))


def test_page_names_rights_and_the_authority(client):
    make_city("hier")
    found = sections(privacy_of(client))
    assert re.findall(r"Artikel (\d+)", found["rechte"]) == ["15", "16", "17", "18", "21"]
    authority = words_of(re.sub(r"<[^>]+>", " ", found["beschwerde"]))
    wanted = ["LDI NRW", "Kavalleriestraße 2–4", "Düsseldorf", settings.DATA_PROTECTION_AUTHORITY_URL]
    assert [word for word in wanted if word not in authority] == []


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_queries_with_more_to_show(client, django_assert_num_queries, number):
    city = make_city("hier", forms=ALL_FORMS[:number])
    make_privacy(city)
    for index, kind in enumerate(ALL_FORMS[:number]):
        FormSettings.objects.create(city=city, kind=kind, answer_days=3, keep_days=90)
        make_contact(city, is_main=index == 0)
        make_page(city)
    with django_assert_num_queries(6):
        privacy_of(client)


@pytest.mark.parametrize("slug", ["bielefeld", "bochum"])
def test_demo_is_complete_and_marks_its_examples(client, demo, slug):
    information = PrivacyInformation.objects.get(city__slug=slug)
    assert information.missing_labels() == []
    page = privacy_of(client, slug=slug).text.partition('<section class="contacts">')[0]
    assert page.count('<span class="badge example">') == len(information.example_fields)
