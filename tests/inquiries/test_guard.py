"""inquiries/guard.py: what keeps machines and junk out, and what a person notices of it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import connection, connections
from django.http import QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.utils import translation

from inquiries import guard
from inquiries.models import SubmissionCount

INSTANT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINIMUM_TIME = timedelta(seconds=3)
LONGEST_TIME = timedelta(days=1)


class Example(guard.GuardedForm):
    name = guard.LineField(max_length=20, required=False)
    message = guard.WordsField(required=False)


def sent(instant=INSTANT, opened=INSTANT - MINIMUM_TIME, form_class=Example, **data):
    """A form as a browser sends it that got the page at `opened`."""
    data = {"form_key": guard.fresh_key(opened), "website": ""} | data
    return form_class(QueryDict(urlencode(data)), instant=instant)


def codes(form):
    return {name: [error.code for error in errors] for name, errors in form.errors.as_data().items()}


def what_comes_back(form):
    return {bound.name: bound.value() for bound in form}


# --- The key of a form -----------------------------------------------------------------------------


def test_keys_of_one_instant_differ_and_know_it():
    first, second = guard.fresh_key(INSTANT + MICROSECOND), guard.fresh_key(INSTANT + MICROSECOND)
    assert first != second
    assert [guard.opened_at(key) for key in (first, second)] == [INSTANT + MICROSECOND] * 2


def test_key_signed_for_something_else_is_not_ours():
    key = guard.fresh_key(INSTANT)
    words = key.rpartition(":")[0]
    assert guard.signer.sign(words) == key
    assert guard.opened_at(signing.Signer(salt="other").sign(words)) is None


def test_form_opens_with_a_key_of_its_instant():
    assert guard.opened_at(Example(instant=INSTANT)["form_key"].value()) == INSTANT


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (-MICROSECOND, {"__all__": ["key"]}),
        (timedelta(0), {"__all__": ["too_fast"]}),
        (MINIMUM_TIME - MICROSECOND, {"__all__": ["too_fast"]}),
        (MINIMUM_TIME, {}),
        (LONGEST_TIME, {}),
        (LONGEST_TIME + MICROSECOND, {"__all__": ["key"]}),
    ],
)
def test_time_limits_hold_to_the_microsecond(age, expected):
    assert codes(sent(opened=INSTANT - age)) == expected


@pytest.mark.parametrize("key", ["", "x", "a.1:b", "\x00", "ä" * 100_000, guard.fresh_key(INSTANT) + "x"])
def test_missing_or_forged_key_is_refused(key):
    assert codes(sent(form_key=key)) == {"__all__": ["key"]}


def test_form_without_its_hidden_fields_is_refused():
    assert codes(Example(QueryDict("name=Ana"), instant=INSTANT)) == {"__all__": ["key"]}


@pytest.mark.parametrize(
    "fault",
    [
        {"form_key": "forged"},
        {"form_key": guard.fresh_key(INSTANT)},
        {"form_key": guard.fresh_key(INSTANT - LONGEST_TIME - MICROSECOND)},
        {"website": "https://example.org"},
        {"website": "x", "form_key": ""},
    ],
)
def test_pressing_once_more_works_at_once_and_everything_typed_stays(fault):
    form = sent(name="Ana", message="Guten Tag", **fault)
    assert form.is_valid() is False
    second = Example(QueryDict(urlencode(what_comes_back(form))), instant=INSTANT)
    assert second.errors == {}
    assert (second.cleaned_data["name"], second.cleaned_data["message"]) == ("Ana", "Guten Tag")


def test_good_key_stays_when_something_else_is_wrong():
    form = sent(name="x" * 21)
    assert codes(form) == {"name": ["max_length"]}
    assert what_comes_back(form)["form_key"] == form.data["form_key"]


def test_filled_honeypot_never_pretends_success():
    assert codes(sent(website="x")) == {"__all__": ["website"]}


def test_honeypot_is_out_of_the_way_of_people():
    html = str(Example(instant=INSTANT)["website"])
    assert 'tabindex="-1"' in html
    assert 'autocomplete="off"' in html
    assert Example(instant=INSTANT)["website"].label == "Bitte leer lassen"


def test_key_and_honeypot_keep_their_names_in_a_form_with_prefix():
    form = Example({"a-form_key": "forged", "a-website": "x"}, instant=INSTANT, prefix="a")
    assert codes(form) == {"__all__": ["website", "key"]}
    assert what_comes_back(form)["website"] == ""
    assert guard.opened_at(what_comes_back(form)["form_key"]) == INSTANT - MINIMUM_TIME


# --- Words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Frage\r\nBcc: x@example.org", "Frage Bcc: x@example.org"),
        ("a\x00b\x1b[31mc\x7fd\x85e\u2028f\u2029g\th", "a b [31mc d e f g h"),
        ("\u202eabc\u202c \u2066d\u2069", "abc d"),
        ("  viel \u00a0  Platz  ", "viel Platz"),
        ("Zoe\u0308", "Zoë"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs the non-joiner
        ("👩\u200d🏫 Ґанок", "👩\u200d🏫 Ґанок"),
        ("a\ud800b\ufeffc\uffff", "abc"),
        ("\r\n\x00\u202e", ""),
    ],
)
def test_line_holds_one_line_of_letters(typed, expected):
    assert guard.LineField(max_length=100, required=False).clean(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("eins\r\nzwei\rdrei\nvier\u2028fünf", "eins\nzwei\ndrei\nvier\nfünf"),
        ("a\x00b\tc\x0bd\x0ce\u202ef", "a b c d ef"),
        ("Ende  \n\n  Anfang\n\n", "Ende\n\n  Anfang"),
        ("a" + "\n" * 21 + "b", "a" + "\n" * 21 + "b"),
        ("a" + "\n \t" * 22 + "\nb", "a" + "\n" * 21 + "b"),
    ],
)
def test_words_hold_lines_of_letters(typed, expected):
    assert guard.WordsField(required=False).clean(typed) == expected


def test_line_of_nothing_but_control_characters_is_empty():
    with pytest.raises(ValidationError) as error:
        guard.LineField(max_length=100).clean("\x00\u202e\r\n")
    assert error.value.error_list[0].code == "required"


@pytest.mark.parametrize("field", [guard.LineField(max_length=10), guard.WordsField(max_length=10)])
def test_longest_text_fits_and_one_letter_more_is_refused(field):
    assert field.clean("\r\n" + "ä" * 10) == "ä" * 10
    with pytest.raises(ValidationError) as error:
        field.clean("ä" * 11)
    assert error.value.error_list[0].code == "max_length"


def test_too_long_text_comes_back_whole():
    form = sent(message="wort " * 1000)
    assert codes(form) == {"message": ["max_length"]}
    assert what_comes_back(form)["message"] == "wort " * 1000


def test_browser_does_not_cut_off_what_is_pasted():
    assert "maxlength" not in str(Example(instant=INSTANT)["message"])


def test_letters_in_two_spellings_count_once():
    assert len(guard.LineField(max_length=10).clean("e\u0308" * 10)) == 10


def test_text_that_would_keep_the_processor_busy_is_not_normalized():
    accents = "a" + "\u0316\u0301" * 1_000_000
    with pytest.raises(ValidationError) as error:
        guard.WordsField().clean(accents)
    assert error.value.error_list[0].code == "max_length"


def test_each_choice_counts_once():
    field = guard.SomeChoicesField(choices=[("a", "A"), ("b", "B")])
    assert field.clean(["b", "a"] * 300) == ["b", "a"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("http://a.example https://www.b.example", []),
        ("Meine Adresse ist <ana@example.org>, ich <3 Bielefeld, 5 < 7 > 3", []),
        ("http://a.example,HTTPS://b.example,www.c.example", ["links"]),
        ("www.a.example www.b.example www.c.example", ["links"]),
        ('<a href="x">y</a>', ["tags"]),
        ("fett </B>", ["tags"]),
        ("<script\n>", ["tags"]),
        ("<br/>", ["tags"]),
    ],
)
def test_many_links_and_html_are_refused(typed, expected):
    assert codes(sent(message=typed)).get("message", []) == expected


def test_refusals_are_strings_that_can_be_translated():
    """The sentences are lazy: shown in the language of the reader, not in that of the start of the server."""
    form = sent(message="http://" * 3 + "<b>", website="x", form_key="")
    with translation.override("de"):
        errors = [str(error) for errors in form.errors.values() for error in errors]
    assert errors == [
        "Bitte nennen Sie höchstens zwei Links.",
        "Ein verstecktes Feld war ausgefüllt, das leer bleiben muss. Wir haben es geleert. "
        "Bitte senden Sie das Formular noch einmal.",
        "Das Formular ist abgelaufen. Ihr Text ist noch da. Bitte senden Sie das Formular noch einmal.",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        '"\x01"@example.org',
        '"a@b,c"@example.org',
        "a@[127.0.0.1]",
        "ſ@example.org",
        "a@example.org\r\nBcc: x@example.org",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "Ana <a@example.org>",
        "a" * 250 + "@example",
    ],
)
def test_odd_addresses_are_refused(typed):
    with pytest.raises(ValidationError) as error:
        guard.EmailAddressField(error_messages={"invalid": "Falsch."}).clean(typed)
    assert error.value.messages[0] == "Falsch."


@pytest.mark.parametrize(
    "typed", ["a.b+c@example.org", "o'neil@example.org", "a@köln.example", "", " a@example.org\r\n"]
)
def test_addresses_of_people_are_taken(typed):
    assert guard.EmailAddressField(required=False).clean(typed) == typed.strip()


# --- Where a request comes from --------------------------------------------------------------------


def request_from(address="192.0.2.1", forwarded=None, **headers):
    if forwarded is not None:
        headers["HTTP_X_FORWARDED_FOR"] = forwarded
    return RequestFactory().post("/", REMOTE_ADDR=address, **headers)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9,198.51.100.1 , 198.51.100.2", "198.51.100.1"),
        (2, "198.51.100.2", "192.0.2.1"),
        (1, "203.0.113.9, unknown", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "198.51.100.1:5678", "198.51.100.1"),
        (1, " \t198.51.100.1:5678 ", "198.51.100.1"),
        (1, "[2001:db8:1:2::1]:443", "2001:db8:1:2::"),
        (1, "[2001:db8:1:2::1]", "2001:db8:1:2::"),
        (1, "[2001:db8:1:2::1", "192.0.2.1"),
        # Staff in the net of the city; their proxy said so.
        (1, "10.1.2.3", "10.1.2.3"),
    ],
)
def test_address_is_what_our_own_proxies_say(settings, proxies, forwarded, expected):
    settings.PROXY_COUNT = proxies
    assert guard.address_of(request_from(forwarded=forwarded)) == expected


@pytest.mark.parametrize("address", ["", "unix:", "1.2.3.4:", "\x00"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_address_that_is_none_is_empty(settings, address, proxies):
    settings.PROXY_COUNT = proxies
    assert guard.address_of(request_from(address)) == ""


INSIDE = [
    "127.0.0.1",
    "::1",
    "10.0.0.5",
    "172.18.0.1:80",
    "192.168.1.1",
    "::ffff:10.0.0.5",
    "[fd00::1]:443",
    "fe80::1%2",
]


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.parametrize("forwarded", [None, "", "unknown", " , "])
def test_address_of_a_proxy_is_not_that_of_all_visitors(settings, address, forwarded):
    settings.PROXY_COUNT = 0
    without_proxies = guard.address_of(request_from(address, forwarded))
    settings.PROXY_COUNT = 1
    assert (without_proxies != "", guard.address_of(request_from(address, forwarded))) == (True, "")


@pytest.mark.django_db
def test_visitors_who_cannot_be_told_apart_are_not_limited(settings):
    settings.PROXY_COUNT = 1
    digest = guard.address_digest(request_from("127.0.0.1"), INSTANT)
    count(2 * guard.SUBMISSIONS_PER_HOUR, digest)
    assert (guard.is_limited(digest, INSTANT), SubmissionCount.objects.count()) == (False, 0)


def test_unknown_addresses_are_told_of_once_and_not_repeated(settings, caplog):
    settings.PROXY_COUNT = 1
    guard.warn_that_nobody_is_limited.cache_clear()
    for forwarded in (None, "secret", "a, b"):
        guard.address_of(request_from("10.0.0.5", forwarded))
    assert caplog.messages == [
        "Visitors cannot be told apart, so that nobody is limited: check PROXY_COUNT, and whether the proxies in front "
        "set X-Forwarded-For."
    ]


def test_household_with_ipv6_counts_once():
    inside, outside = ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1"), "2001:db8:1:3::1"
    digests = [guard.address_digest(request_from(address), INSTANT) for address in (*inside, outside)]
    assert digests[0] == digests[1] != digests[2]


def test_digest_does_not_show_the_address_and_needs_the_secret_key(settings):
    first = guard.address_digest(request_from(), INSTANT)
    settings.SECRET_KEY = "another"
    second = guard.address_digest(request_from(), INSTANT)
    assert first != second
    assert [bool(re.fullmatch("[0-9a-f]{64}", digest)) for digest in (first, second)] == [True, True]


def test_digest_changes_at_midnight_in_germany():
    midnight = datetime(2026, 11, 22, 23, tzinfo=UTC)
    before, at, later = (
        guard.address_digest(request_from(), instant)
        for instant in (midnight - MICROSECOND, midnight, midnight + timedelta(hours=23))
    )
    assert before != at == later


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://elsewhere.example"}, False),
        ({"HTTP_SEC_FETCH_SITE": "none"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://testserver"}, True),
        ({"HTTP_ORIGIN": "null"}, False),
        ({"HTTP_ORIGIN": "http://testserver"}, False),
        ({"HTTP_ORIGIN": "https://testserver"}, True),
        ({"HTTP_ORIGIN": "http://testserver:8000"}, True),
        ({"HTTP_ORIGIN": "http://testserver.example"}, True),
        ({"HTTP_ORIGIN": "https://ki.example.org"}, False),
    ],
)
def test_other_websites_are_told_from_our_own(settings, headers, expected):
    settings.CSRF_TRUSTED_ORIGINS = ["https://ki.example.org"]
    assert guard.is_from_elsewhere(request_from(**headers)) is expected


# --- What was sent ---------------------------------------------------------------------------------

MULTIPART = "multipart/form-data; boundary=x"


def multipart(*parts):
    return "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts).encode() + b"--x--\r\n"


def post(body, content_type, **headers):
    return RequestFactory().generic("POST", "/", body, content_type, **headers)


def test_files_are_ignored_and_never_reach_the_disk(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    file = "name=picture; filename=a.png\r\n\r\n" + "x" * 100_000
    request = post(multipart("name=name\r\n\r\nAna", file), MULTIPART)
    written = []
    request.read = watch_folder(request.read, tmp_path, written)
    assert guard.read_post(request).dict() == {"name": "Ana"}
    assert (request.FILES.dict(), written) == ({}, [])


def watch_folder(read, folder, written):
    def watched(*args):
        written.extend(folder.iterdir())
        return read(*args)

    return watched


def test_watching_the_folder_sees_django_write_a_file(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    request = post(multipart("name=picture; filename=a.png\r\n\r\n" + "x" * 100_000), MULTIPART)
    written = []
    request.read = watch_folder(request.read, tmp_path, written)
    assert list(request.FILES) == ["picture"]
    request.close()
    assert {Path(path).suffix for path in written} == {".png"}


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "hex", "latin-1", "rot13", "idna"])
def test_other_charsets_are_refused(charset):
    request = post(multipart("name=name\r\n\r\n\\ud800"), f"{MULTIPART}; charset={charset}")
    with pytest.raises(BadRequest):
        guard.read_post(request)


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "unknown"])
def test_charset_of_browsers_is_taken(charset):
    request = post(multipart("name=name\r\n\r\nZoë"), f"{MULTIPART}; charset={charset}")
    assert guard.read_post(request).dict() == {"name": "Zoë"}


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "x"])
def test_other_content_types_hold_no_fields(content_type):
    assert guard.read_post(post(b'{"name": "Ana"}', content_type)).dict() == {}


@pytest.mark.parametrize("content_type", [MULTIPART, "application/x-www-form-urlencoded"])
def test_body_up_to_the_limit_is_read(settings, content_type):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert guard.read_post(post(b"x" * 100, content_type)) is not None
    with pytest.raises(RequestDataTooBig):
        guard.read_post(post(b"x" * 101, content_type))


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        ("&".join(["a="] * 1001), "application/x-www-form-urlencoded", SuspiciousOperation),
        (multipart(*["name=a\r\n\r\n"] * 1003), MULTIPART, SuspiciousOperation),
        (multipart(*["name=a; filename=b\r\n\r\n"] * 101), MULTIPART, SuspiciousOperation),
        (b"x", "multipart/form-data", MultiPartParserError),
        (b"x", "multipart/form-data; boundary=ä", MultiPartParserError),
    ],
)
def test_odd_bodies_are_errors_that_django_answers_with_400(body, content_type, error):
    with pytest.raises(error):
        guard.read_post(post(body, content_type))


@pytest.mark.parametrize("length", ["-1", "x", "1_0", "٣", "9" * 5000])
def test_odd_length_is_refused(length):
    request = post(b"name=Ana", "application/x-www-form-urlencoded", CONTENT_LENGTH=length)
    with pytest.raises(BadRequest):
        guard.read_post(request)


def test_connection_that_broke_is_no_fault_of_ours():
    request = post(b"name=Ana", "application/x-www-form-urlencoded")

    def read(*args):
        raise UnreadablePostError("cut off")

    request.read = read
    with pytest.raises(BadRequest):
        guard.read_post(request)


# --- How much comes from there ---------------------------------------------------------------------


def count(times, digest="a", instant=INSTANT):
    for _time in range(times):
        guard.count_submission(digest, instant)


@pytest.mark.django_db
def test_twentieth_in_an_hour_is_the_last():
    count(guard.SUBMISSIONS_PER_HOUR - 1)
    assert guard.is_limited("a", INSTANT) is False
    count(1)
    assert guard.is_limited("a", INSTANT) is True
    assert guard.is_limited("b", INSTANT) is False


@pytest.mark.django_db
def test_limit_ends_with_the_hour_to_the_microsecond():
    count(guard.SUBMISSIONS_PER_HOUR)
    next_hour = datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert guard.is_limited("a", next_hour - MICROSECOND) is True
    assert guard.is_limited("a", next_hour) is False


@pytest.mark.django_db
def test_counting_costs_few_queries(django_assert_num_queries):
    count(1)
    with django_assert_num_queries(3):
        count(1)
    with django_assert_num_queries(1):
        guard.is_limited("a", INSTANT)


@pytest.mark.django_db
def test_only_counts_of_past_hours_are_deleted():
    hour = datetime(2026, 11, 22, 10, tzinfo=UTC)
    for instant in (hour - timedelta(hours=9), hour - MICROSECOND, hour):
        count(2, instant=instant)
    assert guard.delete_old_counts(INSTANT) == 2
    assert list(SubmissionCount.objects.values_list("hour", "count")) == [(hour, 2)]


@pytest.mark.django_db
def test_counting_deletes_what_is_a_day_old():
    hour = datetime(2026, 11, 22, 10, tzinfo=UTC)
    for age in (25, 24, 23, 1):
        SubmissionCount.objects.create(address_digest="old", hour=hour - timedelta(hours=age), count=1)
    count(1)
    left = SubmissionCount.objects.order_by("hour").values_list("hour", flat=True)
    assert [(hour - each) // timedelta(hours=1) for each in left] == [23, 1, 0]


def at_once(action, threads=6):
    """Runs the action in so many threads, all released together, each with a connection of its own."""
    barrier = Barrier(threads)

    def run():
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run) for _thread in range(threads)]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_none_of_many_at_once_is_forgotten(round_):
    at_once(lambda: count(5))
    assert list(SubmissionCount.objects.values_list("address_digest", "count")) == [("a", 30)]
