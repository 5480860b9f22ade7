"""deploy/varnish.vcl, run by the real Varnish in front of a small application."""

import subprocess
import time

import pytest

from .conftest import DEPLOY, FOR_A_SECOND, PAGE, PUBLIC, program, wait_for

CITY, OTHER_CITY, PORTAL = "/de/bielefeld/", "/de/bielefeld-sued/", "/de/"
TEXT = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def pages(application):
    for path, tag in {CITY: "bielefeld", OTHER_CITY: "bielefeld-sued", PORTAL: "alle,bielefeld"}.items():
        application.headers[path] = TEXT | PAGE | {"Cache-Tag": tag}


@pytest.fixture
def stale(varnish, application):
    application.pages_live(FOR_A_SECOND)
    varnish.get(CITY)
    time.sleep(3.3)  # one second fresh, and two in which an old copy would do
    return varnish


def test_file_compiles(tmp_path):
    compiled = subprocess.run(
        [program("varnishd"), "-C", "-j", "none", "-f", DEPLOY / "varnish.vcl", "-n", tmp_path],
        capture_output=True,
        text=True,
    )
    assert compiled.returncode == 0, compiled.stderr[-2000:]


# --- What is remembered --------------------------------------------------------------------------------


def test_public_page_is_asked_for_once(varnish, application):
    answers = [varnish.get(CITY) for _ in range(4)] + [varnish.get(CITY, method="HEAD")]
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"first")] * 4 + [(200, b"")]
    assert application.paths() == [CITY]


def test_not_modified_is_answered_from_the_copy(varnish, application):
    varnish.get(CITY)
    assert varnish.get(CITY, If_None_Match='"one"').status == 304
    assert application.paths() == [CITY]


def test_old_copy_is_only_asked_about(stale, application):
    assert stale.get(CITY).body == b"first"
    assert application.last_headers()["If-None-Match"] == '"one"'


def test_order_of_parameters_makes_no_new_copy(varnish, application):
    varnish.get(CITY + "?b=1&a=2")
    varnish.get(CITY + "?a=2&b=1")
    assert application.paths() == [CITY + "?a=2&b=1"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": PUBLIC},
        PAGE | {"Cache-Control": "no-store"},
        PAGE | {"Cache-Control": "private, max-age=60"},
        PAGE | {"Cache-Control": "public, max-age=0, s-maxage=0, stale-if-error=86400"},
        PAGE | {"Set-Cookie": "sessionid=x"},
    ],
    ids=str,
)
def test_what_is_not_meant_for_all_is_not_kept(varnish, application, headers):
    application.headers[CITY] = TEXT | headers
    for _ in range(2):
        varnish.get(CITY)
    assert application.paths() == [CITY, CITY]


@pytest.mark.parametrize("path", ["/admin/", "/accounts/login/", "/health/ready"])
def test_path_is_never_kept(varnish, application, path):
    for _ in range(2):
        varnish.get(path)
    assert application.paths() == [path, path]


def test_signed_in_get_no_copy_and_leave_none(varnish, application):
    varnish.get(CITY)
    application.body = b"for staff"
    assert varnish.get(CITY, Cookie="a=b; sessionid=x").body == b"for staff"
    assert application.last_headers()["Cookie"] == "a=b; sessionid=x"
    assert varnish.get(CITY).body == b"first"


def test_cookies_of_others_are_not_handed_on(varnish, application):
    varnish.get(CITY, Cookie="matomo=1")
    assert application.last_headers()["Cookie"] is None
    varnish.get(CITY)
    assert application.paths() == [CITY]


def test_every_encoding_has_its_own_copy(varnish, application):
    for accepted in ("gzip, deflate, br, zstd", "gzip, br;q=0", "identity", "br", "gzip", "*"):
        varnish.get(CITY, Accept_Encoding=accepted)
    asked = [headers["Accept-Encoding"] for _method, _path, headers, _body in application.requests]
    assert asked == ["br", "gzip", None]


def test_every_name_has_its_own_copy(varnish, application):
    for host in ("ki.example.org", "ki-bielefeld.example"):
        varnish.get(CITY, host=host)
    assert application.paths() == [CITY, CITY]


# --- The application says what changed -----------------------------------------------------------------


def test_ban_renews_the_pages_of_a_city(varnish, application, pages):
    for path in (CITY, OTHER_CITY, PORTAL):
        varnish.get(path)
    assert varnish.ban("bielefeld").status == 200
    application.body = b"edited"
    bodies = {path: varnish.get(path).body for path in (CITY, OTHER_CITY, PORTAL)}
    assert bodies == {CITY: b"edited", PORTAL: b"edited", OTHER_CITY: b"first"}


def test_ban_takes_several_cities(varnish, application, pages):
    for path in (CITY, OTHER_CITY):
        varnish.get(path)
    varnish.ban("bielefeld|bielefeld-sued")
    application.body = b"edited"
    assert [varnish.get(path).body for path in (CITY, OTHER_CITY)] == [b"edited", b"edited"]


@pytest.mark.parametrize("cities", ["", ".*", "a|", 'x" || 1', "Bielefeld", "a b"])
def test_ban_of_anything_is_refused(varnish, application, cities):
    varnish.get(CITY)
    assert varnish.ban(cities).status == 400
    varnish.get(CITY)
    assert application.paths() == [CITY]


def test_ban_from_another_machine_is_refused(varnish, application, pages):
    varnish.get(CITY)
    assert varnish.send("BAN", "/", {"X-Cities": "bielefeld"}, sender="127.0.0.2").status == 405
    varnish.get(CITY)
    assert application.paths() == [CITY]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto"])
def test_ban_through_a_proxy_is_refused(varnish, pages, header):
    assert varnish.ban("bielefeld", **{header: "203.0.113.9"}).status == 405


def test_ban_through_nginx_is_refused(varnish, nginx_of, application):
    nginx = nginx_of(varnish.port)
    nginx.get(CITY)
    assert nginx.get("/", method="BAN", X_Cities="bielefeld").status == 405


@pytest.mark.parametrize("method", ["PURGE", "PUT", "DELETE"])
def test_other_methods_do_not_pass(varnish, application, method):
    assert varnish.get(CITY, method=method).status == 405
    assert application.paths() == []


# --- When the application fails --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503])
def test_old_copy_is_shown_when_the_application_fails(stale, application, status):
    application.status = status
    assert [(answer.status, answer.body) for answer in (stale.get(CITY), stale.get(CITY))] == [(200, b"first")] * 2
    application.status, application.body = 200, b"again"
    application.default_headers = application.default_headers | {"ETag": '"two"'}
    assert [stale.get(CITY).body for _ in range(2)][-1] == b"again"


def test_old_copy_is_shown_when_the_application_is_gone(stale, application):
    application.stop()
    answers = [stale.get(CITY) for _ in range(3)]
    unknown = stale.get("/de/bochum/")
    application.start()
    # For a moment Varnish does not ask a node that has refused.
    wait_for(lambda: stale.get("/de/bochum/").status == 200)
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"first")] * 3
    assert unknown.status == 503
    assert "Gleich wieder da" in unknown.body.decode()


def test_sent_form_is_never_sent_twice(varnish, application):
    application.status = 500
    assert varnish.get("/de/bielefeld/hilfe/", method="POST", body=b"name=x").status == 500
    assert application.paths() == ["/de/bielefeld/hilfe/"]


# --- What visitors claim, and what they are told -------------------------------------------------------------


def test_address_that_nginx_names_stays_alone(varnish, application):
    varnish.get(CITY, X_Forwarded_For="203.0.113.9")
    assert application.last_headers().get_all("X-Forwarded-For") == ["203.0.113.9"]
    assert application.last_headers().get_all("X-Forwarded-Proto") == ["https"]


def test_forged_headers_do_not_pass(varnish, application):
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    varnish.send("GET", CITY, {"Host": varnish.host, "Forwarded": "for=203.0.113.9"} | forged, sender="127.0.0.2")
    headers = application.last_headers()
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.2"]
    assert {name for name in headers if "forwarded" in name.lower()} == {"X-Forwarded-For"}


def test_headers_of_the_machinery_are_not_shown(varnish):
    answer = varnish.get(CITY)
    assert [answer.header(name) for name in ("Cache-Tag", "X-Varnish", "Via")] == [[], [], []]
    assert answer.header("Cache-Control") == [PUBLIC]
