"""Ten thousand bad inputs over all forms: none is our fault, none is stored beyond its limits, none reaches a mail."""

import logging
import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import getaddresses
from functools import cache
from itertools import count
from urllib.parse import quote_from_bytes

import pytest
import time_machine
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contacts.inquiry_kinds import InquiryKind
from contacts.models import Contact
from inquiries import forms, guard, letters, receipts, views
from inquiries.models import FormSettings, Inquiry, OutgoingMail
from inquiries.questions import QUESTIONS, QUESTIONS_OF_KIND
from ki_site.wsgi import Utf8Request, django_application
from pages.site import load_site
from tests.factories import make_city, make_contact, make_page

INSTANT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
TEAM = "team@example.org"

LONGEST = {"subject": 120, "message": 4000, "name": 120, "phone": 40, "email": 254}
LONGEST_ANSWER = {"institution": 160, "wish": 160, "place": 160, "page_address": 300, "date": 10, "time": 5}

ADDRESSES = {
    InquiryKind.CONTACT: "anfrage",
    InquiryKind.HELP: "hilfe",
    InquiryKind.INTERPRETER: "sprachmittlung-anfragen",
    InquiryKind.BARRIER: "barriere-melden",
}
# What a person fills in, with every field that there is.
ANSWERABLE = {"phone": "0521 512345", "email": "ana@example.org", "name": "Ana", "form_key": "", "website": ""}
FILLED_IN = {
    InquiryKind.CONTACT: ANSWERABLE | {"subject": "Frage", "message": "Guten Tag!"},
    InquiryKind.HELP: ANSWERABLE
    | {"topics": "schule", "languages": "ar", "child_age": "6-9", "reachable": "morning", "message": "Guten Tag!"},
    InquiryKind.INTERPRETER: ANSWERABLE
    | {
        "institution_kind": "school",
        "institution": "Grundschule",
        "language": "ar",
        "wish": "Irak",
        "date": "2027-03-24",
        "time": "14:30",
        "duration": "60",
        "manner": "on_site",
        "place": "Raum 7",
        "talk_topic": "parents",
        "message": "Zweiter Stock.",
        "nothing_excluded": "on",
        "no_client_data": "on",
    },
    InquiryKind.BARRIER: ANSWERABLE | {"page_address": "/de/bielefeld/kontakt/", "message": "Zu klein."},
}
# Fields that no form has, but the row they are stored in, or Django.
FOREIGN_FIELDS = ("state", "city", "number", "receipt_token", "note", "responsible", "answers", "page", "contact", "\0")

INJECTIONS = [
    "\r\nBcc: x@example.org",
    "\nBcc: x@example.org",
    "\rBcc: x@example.org",
    "\r\n\r\nText",
    "\u2028Bcc: x@example.org",
    "\x85Bcc: x@example.org",
    "\x0b\x0cBcc: x@example.org",
    "%0d%0aBcc: x@example.org",
    ", x@example.org",
    "\0",
    "\u202e",
    "=?utf-8?q?=0D=0ABcc:_x=40example.org?=",
    "<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}",
    "' OR 1=1 --",
]
WRONG_CODES = ["", "0", "-1", "on", "none", "null", "[]", "{}", "NaN", "1e999", "9" * 400, "x" * 60]
ODD_TIMES = ["2027-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "٢٠٢٧-٠٣-٢٤", "24.03.27", "25:00", "14:30:00.1"]
LENGTHS = [39, 40, 41, 119, 120, 121, 160, 161, 254, 255, 300, 301, 999, 4000, 4001, 20_000]

any_character = st.characters(exclude_categories=())  # also surrogates, which are no text
treacherous_character = st.sampled_from("aä \n\r\t\0\x1b\x85\u2028\u202e\u2066\ufeff\ud800")
bad_value = st.one_of(
    st.text(treacherous_character, min_size=1, max_size=10),
    st.text(any_character, max_size=40),
    st.binary(max_size=20),
    st.builds("".join, st.tuples(st.text(any_character, max_size=5), st.sampled_from(INJECTIONS))),
    st.builds(lambda letter, length: letter * length, st.sampled_from("aä𝄞\u0301\u200b\n <"), st.sampled_from(LENGTHS)),
    st.sampled_from(WRONG_CODES + ODD_TIMES),
)


@dataclass
class Fault:
    field: int  # counts the fields of a form, and begins again after the last one
    values: list
    is_added: bool  # to what is filled in well
    repeat: int


fault = st.builds(
    Fault,
    st.integers(0, 60),
    st.lists(bad_value, max_size=3),
    st.booleans(),
    st.sampled_from([1, 1, 1, 30]),
)
bad_query = st.dictionaries(st.sampled_from(["seite", "kontakt"]), bad_value, max_size=2)


# --- How it is sent --------------------------------------------------------------------------------


def as_bytes(value):
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def urlencoded(pairs):
    return "&".join(f"{quote_from_bytes(as_bytes(name))}={quote_from_bytes(as_bytes(value))}" for name, value in pairs)


def multipart(pairs, more=b""):
    head = b'--limit\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    parts = [head % (as_bytes(name), more, as_bytes(value)) for name, value in pairs]
    return b"".join([*parts, b"--limit--\r\n"])


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=limit"
ENVELOPES = [
    *[(FORM, urlencoded)] * 12,
    *[(MULTIPART, multipart)] * 4,
    (MULTIPART, lambda pairs: multipart(pairs, b'; filename="a.png"\r\nContent-Type: image/png')),
    (MULTIPART, lambda pairs: multipart(pairs, b"\r\nContent-Transfer-Encoding: base64")),
    (MULTIPART, lambda pairs: multipart(pairs)[:-20]),
    ("multipart/form-data", multipart),
    (f"{MULTIPART}; charset=unicode_escape", multipart),
    (f"{MULTIPART}; charset=hex", multipart),
    (f"{FORM}; charset=utf-16", urlencoded),
    (FORM, multipart),
    (MULTIPART, urlencoded),
    ("application/json", urlencoded),
    ("", urlencoded),
]


def pairs_of(kind, faults, key):
    fields = FILLED_IN[kind] | {"form_key": key}
    names = [*fields, *FOREIGN_FIELDS]
    sent = {name: [value] for name, value in fields.items()}
    for each in faults:
        name = names[each.field % len(names)]
        sent[name] = (sent.get(name, []) * each.is_added + each.values) * each.repeat
    return [(name, value) for name, values in sent.items() for value in values]


# --- What must hold --------------------------------------------------------------------------------


def has_only_letters(text, allowed=""):
    """No character that controls something, ends a line or turns the order of others."""
    return not any(
        (unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in allowed)
        or letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        for letter in text
    )


def check_words(inquiry):
    for name, longest in LONGEST.items():
        value = getattr(inquiry, name)
        assert len(value) <= longest, name
        assert has_only_letters(value, allowed="\n" if name == "message" else ""), (name, value)


def check_answers(inquiry):
    assert set(inquiry.answers) <= set(QUESTIONS_OF_KIND[inquiry.kind])
    for name, given_ in inquiry.answers.items():
        question = QUESTIONS[name]
        if question.options is None:
            assert len(given_) <= LONGEST_ANSWER[name]
            assert has_only_letters(given_)
        else:
            codes = given_ if question.many else [given_]
            assert set(codes) <= {code for code, _label in question.options}
            assert len(codes) == len(set(codes)), "the same choice several times"


def check_rest(inquiry, city):
    """What the form was opened from is the city's own; nothing else can be set from outside."""
    assert inquiry.city == city
    assert {each.city_id for each in (inquiry.page, inquiry.contact) if each} <= {city.pk}
    assert (inquiry.state, inquiry.note, inquiry.responsible, inquiry.received_at) == ("new", "", None, INSTANT)
    assert re.fullmatch("[2-9A-Z]{4}-[2-9A-Z]{4}", inquiry.number)
    assert re.fullmatch("[0-9a-f]{64}", inquiry.receipt_token)


HEADERS = [
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
]


def check_addresses(mail, recipient):
    assert (mail.recipient, mail.reply_to) == (recipient, "" if recipient == TEAM else TEAM)
    assert has_only_letters(mail.subject + mail.recipient + mail.reply_to)


def check_mail(mail, more_headers):
    """As it leaves, and as a mail program reads it."""
    message = message_from_bytes(letters.message_of(mail).message().as_bytes())
    assert sorted(message.keys()) == sorted([*HEADERS, *more_headers])
    (_name, address), *others = getaddresses([message["To"]])
    assert others == []
    assert address.partition("@")[0] == mail.recipient.partition("@")[0]


def check_stored(city):
    """Everything that is stored; returns how many inquiries."""
    mails = list(OutgoingMail.objects.select_related("inquiry__page", "inquiry__contact", "city"))
    for mail in mails:
        check_words(mail.inquiry)
        check_answers(mail.inquiry)
        check_rest(mail.inquiry, city)
        check_addresses(mail, TEAM)
    for mail in mails[:1]:
        check_mail(mail, ["Auto-Submitted"])
    for inquiry in [mail.inquiry for mail in mails if mail.inquiry.email != ANSWERABLE["email"]][:1]:
        check_answer_to(inquiry)
    assert Inquiry.objects.count() == len(mails)
    return len(mails)


def check_answer_to(inquiry):
    if inquiry.email:
        answer = letters.answer_mail(inquiry, "Guten Tag!", OutgoingMail.Purpose.ANSWER, by=None)
        check_addresses(answer, inquiry.email)
        check_mail(answer, ["Reply-To"])


# --- Sending ---------------------------------------------------------------------------------------

# Drawing a page takes ten times as long as everything else, so that only some are drawn as a whole.
DRAWN_WHOLE = 50
EXAMPLES = 2500  # each over four forms


class Desk:
    """Sends to the forms of one city, and counts."""

    def __init__(self):
        self.city = make_city(forms=["contact", "help", "interpreter"])
        self.page, self.contact = make_page(self.city), make_contact(self.city, is_main=True)
        self.foreign_page, self.foreign_contact = make_page(make_city()), make_contact(make_city())
        for kind in InquiryKind:
            FormSettings.objects.create(city=self.city, kind=kind, notify=TEAM, answer_days=7, keep_days=90)
        self.client = Client(raise_request_exception=False)
        self.key = guard.fresh_key(INSTANT - timedelta(minutes=1))
        self.visitors = count(1)
        self.sent = self.stored = 0
        self.statuses = set()

    def about(self):
        """Queries of one's own and of another city, of which only the first may be stored."""
        return [
            {},
            {"seite": self.page.slug, "kontakt": str(self.contact.pk)},
            {"seite": self.foreign_page.slug, "kontakt": str(self.foreign_contact.pk)},
        ]

    def send(self, kind, pairs, query="", envelope=ENVELOPES[0], language="de"):
        content_type, write = envelope
        path = f"/{language}/{self.city.slug}/{ADDRESSES[kind]}/"
        visitor = next(self.visitors)
        # Everybody has an address of one's own, so that nobody is limited.
        address = f"10.{visitor >> 16}.{visitor >> 8 & 255}.{visitor & 255}"
        response = self.client.generic("POST", f"{path}?{query}", write(pairs), content_type, REMOTE_ADDR=address)
        self.sent += 1
        self.statuses.add(response.status_code)
        return response


def draw_some(form_page):
    """Draws every so-many-th page; of the others only the words that were typed and what is wrong with them."""
    number = count()

    def draw(request, desk, form, trouble="", status=200):
        if next(number) % DRAWN_WHOLE == 0:
            return form_page(request, desk, form, trouble, status)
        words = [str(bound.value()) for bound in form] + [str(error) for error in form.errors.values()]
        return HttpResponse("\n".join(words), status=status)

    return draw


@contextmanager
def forgotten_afterwards():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def desk(db, monkeypatch):
    monkeypatch.setattr("django.test.client.WSGIRequest", Utf8Request)
    logging.disable(logging.ERROR)
    with time_machine.travel(INSTANT, tick=False):
        yield Desk()
    logging.disable(logging.NOTSET)


@pytest.fixture
def quick_desk(desk, settings, monkeypatch):
    """What does not depend on the input is done once, and only some pages are drawn."""
    settings.MIDDLEWARE = ["ki_site.middleware.activate_language", "django.middleware.csrf.CsrfViewMiddleware"]
    sites = {language: load_site(language, desk.city.slug) for language in ("de", "ar")}
    find_cards = cache(lambda key: Contact.objects.for_city(desk.city).filter(Q(is_main=True) | Q(pk=key)).cards())
    settings_of = {kind: FormSettings.of(desk.city, kind) for kind in InquiryKind}
    monkeypatch.setattr(FormSettings, "of", lambda city, kind: settings_of[kind])
    # Of the address and the clock alone; everybody has an address of one's own here.
    monkeypatch.setattr(views, "is_limited", lambda digest, instant: False)
    monkeypatch.setattr(receipts, "count_submission", lambda digest, instant: None)
    monkeypatch.setattr(views, "form_page", draw_some(views.form_page))
    monkeypatch.setattr(views, "load_site", lambda language, city_slug: sites[language])
    monkeypatch.setattr(views.Desk, "cards", property(lambda desk: find_cards(desk.wanted_contact)))
    return desk


def send_bad_inputs(desk, examples, **options):
    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],  # depends on the machine
        **options,
    )
    @given(
        st.lists(fault, min_size=1, max_size=2),
        st.one_of(bad_query, st.sampled_from(desk.about())),
        st.sampled_from(ENVELOPES),
        st.sampled_from(["de", "ar"]),
    )
    def check(faults, query, envelope, language):
        with forgotten_afterwards():
            for kind in InquiryKind:
                response = desk.send(
                    kind, pairs_of(kind, faults, desk.key), urlencoded(query.items()), envelope, language
                )
                assert response.status_code in (303, 400, 422), kind
            desk.stored += check_stored(desk.city)

    check()


def test_ten_thousand_bad_inputs_do_no_harm(quick_desk):
    desk = quick_desk
    send_bad_inputs(desk, EXAMPLES)
    assert desk.sent >= 10_000
    # Many were harmless after cleaning and came through, so that there was something to look at.
    assert desk.stored > 1000
    assert desk.statuses == {303, 400, 422}


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        (guard, "one_line", lambda value: value),
        (guard, "TREACHEROUS_CHARACTERS", re.compile("(?!)")),
        (forms.LineField, "run_validators", lambda field, value: None),
        (views, "read_post", lambda request: request.POST),
    ],
)
def test_bad_inputs_would_find_a_form_that_lets_them_through(quick_desk, monkeypatch, module, name, broken):
    monkeypatch.setattr(module, name, broken)
    with pytest.raises(AssertionError):
        send_bad_inputs(quick_desk, 2000, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.parametrize("kind", InquiryKind)
def test_what_is_filled_in_well_is_stored(desk, kind):
    """The bad inputs are this one with faults: without them it comes through."""
    assert desk.send(kind, pairs_of(kind, [], desk.key)).status_code == 303
    assert check_stored(desk.city) == 1


@pytest.mark.parametrize("kind", InquiryKind)
def test_no_field_of_any_form_takes_a_header(quick_desk, kind):
    desk = quick_desk
    for field, injection in ((field, injection) for field in FILLED_IN[kind] for injection in INJECTIONS):
        with forgotten_afterwards():
            pairs = [
                (name, value + injection if name == field else value)
                for name, value in (FILLED_IN[kind] | {"form_key": desk.key}).items()
            ]
            assert desk.send(kind, pairs).status_code in (303, 422)
            check_stored(desk.city)


@pytest.mark.parametrize("kind", InquiryKind)
def test_filled_in_fields_are_all_there_are(desk, kind):
    """A new field of a form has to be added above, or nobody tries it."""
    form = desk.client.get(f"/de/{desk.city.slug}/{ADDRESSES[kind]}/").context["form"]
    assert set(form.fields) <= set(FILLED_IN[kind])


@pytest.mark.parametrize("charset", ["hex", "idna", "unicode_escape"])
def test_no_page_believes_the_charset_of_a_request(charset):
    """Django reads the query in that charset as soon as there is a request, where no page could say 400."""
    environ = RequestFactory()._base_environ(QUERY_STRING="a=%5Cud800", CONTENT_TYPE=f"text/plain; charset={charset}")
    with pytest.raises((LookupError, UnicodeError, TooManyFieldsSent)):
        WSGIRequest(environ).GET["a"].encode()
    assert django_application.request_class(environ).GET.dict() == {"a": "\\ud800"}


# --- The pages people see --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=" + b"x" * 3_000_000, FORM),
        (b"&".join([b"a=1"] * 2000), FORM),
        (multipart([("a", "x" * 3_000_000)]), MULTIPART),
        (multipart([("a", "x")] * 2000), MULTIPART),
        (b"--limit", "multipart/form-data"),
        (b"a=1", f"{FORM}; charset=utf-16"),
    ],
)
def test_what_no_browser_sends_gets_a_page_in_the_look_of_the_site(desk, body, content_type):
    response = desk.client.generic("POST", f"/ar/{desk.city.slug}/hilfe/", body, content_type)
    html = response.content.decode()
    assert response.status_code == 400
    assert '<html lang="ar" dir="rtl"' in html
    assert "css/site" in html


def test_files_are_neither_taken_nor_kept(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pairs = pairs_of(InquiryKind.CONTACT, [], desk.key)
    body = multipart([("picture", b"x")], b'; filename="a.png"')[: -len(b"--limit--\r\n")] + multipart(pairs)
    response = desk.client.generic("POST", f"/de/{desk.city.slug}/anfrage/", body, MULTIPART)
    assert response.status_code == 303
    assert list(tmp_path.rglob("*")) == []


def test_limited_person_keeps_the_words_and_sees_the_phone_number(desk, monkeypatch):
    monkeypatch.setattr(guard, "SUBMISSIONS_PER_HOUR", 1)
    path = f"/de/{desk.city.slug}/anfrage/"
    words = FILLED_IN[InquiryKind.CONTACT] | {"form_key": desk.key}
    first = desk.client.post(path, words)
    second = desk.client.post(path, words | {"message": "Noch eine Frage <>"})
    again = desk.client.post(path, words)
    assert [first.status_code, second.status_code, again.status_code] == [303, 429, 303]
    assert "Noch eine Frage &lt;&gt;" in second.content.decode()
    assert desk.contact.phone in second.content.decode()
    # The receipt of what was sent before the limit stays within reach.
    assert again["Location"] == first["Location"]
    assert Inquiry.objects.count() == 1


def test_next_hour_takes_the_words_of_a_limited_person(desk, monkeypatch):
    monkeypatch.setattr(guard, "SUBMISSIONS_PER_HOUR", 1)
    path = f"/de/{desk.city.slug}/anfrage/"
    words = FILLED_IN[InquiryKind.CONTACT] | {"form_key": desk.key}
    statuses = []
    for minutes, message in [(0, "Eins"), (29, "Zwei"), (30, "Zwei")]:
        with time_machine.travel(INSTANT + timedelta(minutes=minutes), tick=False):
            statuses.append(desk.client.post(path, words | {"message": message}).status_code)
    assert statuses == [303, 429, 303]


def test_form_sent_by_another_website_is_not_stored_and_keeps_the_words(desk):
    path = f"/de/{desk.city.slug}/anfrage/"
    words = FILLED_IN[InquiryKind.CONTACT] | {"form_key": desk.key}
    response = desk.client.post(path, words, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert words["message"] in response.content.decode()
    assert Inquiry.objects.count() == 0
    assert desk.client.post(path, words, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
