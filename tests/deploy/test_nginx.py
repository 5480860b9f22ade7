"""deploy/nginx, run by the real nginx in front of a small application."""

import time

import pytest

from .conftest import FOR_A_SECOND, PAGE, PUBLIC

CITY = "/de/bielefeld/"
TEXT = {"Content-Type": "text/html; charset=utf-8"}
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def stale(nginx, application):
    """The page of the city lies there as a copy that is no longer fresh."""
    application.pages_live(FOR_A_SECOND)
    nginx.get(CITY)
    time.sleep(2.1)  # nginx counts whole seconds
    return nginx


# --- What is remembered --------------------------------------------------------------------------------


def test_public_page_is_asked_for_once(nginx, application):
    answers = [nginx.get(CITY) for _ in range(5)]
    assert {(answer.status, answer.body) for answer in answers} == {(200, b"first")}
    assert application.paths() == [CITY]


def test_head_is_answered_from_the_copy(nginx, application):
    nginx.get(CITY)
    answer = nginx.get(CITY, method="HEAD")
    assert (answer.status, answer.body, answer.header("Content-Length")) == (200, b"", ["5"])
    assert application.paths() == [CITY]


def test_not_modified_is_answered_from_the_copy(nginx, application):
    nginx.get(CITY)
    answer = nginx.get(CITY, If_None_Match='"one"')
    assert (answer.status, answer.body) == (304, b"")
    assert application.paths() == [CITY]


def test_edit_is_seen_by_the_first_who_comes_later(stale, application):
    """Although stale-while-revalidate would allow it: who asks first does not get the old copy."""
    application.body = b"edited"
    application.default_headers = TEXT | PAGE | {"ETag": '"two"'}
    assert stale.get(CITY).body == b"edited"


def test_old_copy_is_only_asked_about(stale, application):
    assert stale.get(CITY).body == b"first"
    assert application.last_headers()["If-None-Match"] == '"one"'


def test_others_do_not_wait_while_one_asks(stale, application):
    application.seconds = 3
    nginx = stale
    with nginx.connect() as first:
        first.sendall(f"GET {CITY} HTTP/1.1\r\nHost: ki.example.org\r\n\r\n".encode())
        time.sleep(0.3)
        started = time.monotonic()
        assert nginx.get(CITY).body == b"first"
        assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": PUBLIC},
        PAGE | {"Cache-Control": "no-store"},
        PAGE | {"Cache-Control": "private, max-age=60"},
        PAGE | {"Cache-Control": "public, no-cache"},
        PAGE | {"Cache-Control": "public, max-age=0, s-maxage=0, stale-if-error=86400"},
        PAGE | {"Set-Cookie": "sessionid=x"},
        PAGE | {"Vary": "Accept-Language"},
        PAGE | {"Vary": "Accept-Encoding, Cookie"},
    ],
    ids=str,
)
def test_what_is_not_meant_for_all_is_not_kept(nginx, application, headers):
    application.headers[CITY] = TEXT | headers
    for _ in range(2):
        nginx.get(CITY)
    assert application.paths() == [CITY, CITY]


@pytest.mark.parametrize("path", ["/admin/", "/accounts/login/", "/health/ready", CITY + "suche/?q=wohnung"])
def test_path_is_never_kept(nginx, application, path):
    for _ in range(2):
        nginx.get(path)
    assert application.paths() == [path, path]


def test_post_is_never_kept(nginx, application):
    for _ in range(2):
        nginx.get(CITY, method="POST", body=b"x")
    assert application.paths() == [CITY, CITY]


@pytest.mark.parametrize("cookie", ["sessionid=x", "a=b; sessionid=x", "__Host-sessionid=x", "csrftoken=x"])
def test_signed_in_get_no_copy_and_leave_none(nginx, application, cookie):
    nginx.get(CITY)
    application.body = b"for staff"
    assert nginx.get(CITY, Cookie=cookie).body == b"for staff"
    assert application.last_headers()["Cookie"] == cookie
    assert nginx.get(CITY).body == b"first"


def test_cookies_of_others_are_not_handed_on(nginx, application):
    nginx.get(CITY, Cookie="matomo=1; consent=2")
    assert application.last_headers()["Cookie"] is None
    nginx.get(CITY)
    assert application.paths() == [CITY]


@pytest.mark.parametrize(
    ("accepted", "normalised"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.5", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0.0, gzip;q=0.8", "gzip"),
        ("gzip;q=0, identity", None),
        ("brotli, x-gzipped", None),
        ("deflate", None),
        ("BR", "br"),
    ],
)
def test_encodings_come_down_to_three(nginx, application, accepted, normalised):
    nginx.get(CITY, Accept_Encoding=accepted)
    assert application.last_headers()["Accept-Encoding"] == normalised


def test_every_encoding_has_its_own_copy(nginx, application):
    for accepted in ("br", "gzip", "identity", "gzip, deflate, br", "gzip;q=1", "*"):
        nginx.get(CITY, Accept_Encoding=accepted)
    assert [headers["Accept-Encoding"] for _method, _path, headers, _body in application.requests] == [
        "br",
        "gzip",
        None,
    ]


def test_what_nginx_would_smooth_poisons_no_copy(nginx, application):
    application.status = 404
    for path in ("//de/bielefeld/", "/de/./bielefeld/", "/de/x/../bielefeld/", "/de/bielefel%64/"):
        assert nginx.get(path).status == 404
    application.status = 200
    assert nginx.get(CITY).status == 200


# --- When the application fails --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 504])
def test_old_copy_is_shown_when_the_application_fails(stale, application, status):
    application.status = status
    answer = stale.get(CITY)
    assert (answer.status, answer.body) == (200, b"first")


def test_old_copy_is_shown_when_the_application_is_gone(stale, application):
    application.stop()
    answer = stale.get(CITY)
    application.start()
    assert (answer.status, answer.body) == (200, b"first")


def test_what_the_application_says_without_database_stands_above_the_old_copy(stale, application):
    application.status, application.body = 503, b"Diese Seite gibt es nicht mehr."
    answer = stale.get(CITY)
    assert (answer.status, answer.body) == (503, b"Diese Seite gibt es nicht mehr.")


@pytest.mark.parametrize("status", [404, 410])
def test_withdrawn_page_takes_the_place_of_its_old_copy(stale, application, status):
    application.headers[CITY] = TEXT
    application.status = status
    withdrawn = stale.get(CITY).status
    time.sleep(1.1)
    application.status = 500
    assert (withdrawn, stale.get(CITY).status) == (status, status)


def test_page_without_copy_says_that_it_comes_back(nginx, application):
    application.stop()
    answer = nginx.get(CITY)
    application.start()
    assert (answer.status, answer.header("Cache-Control"), answer.header("Retry-After")) == (503, ["no-store"], ["10"])
    assert "Gleich wieder da" in answer.body.decode()
    assert nginx.get(CITY).status == 200


def test_error_of_the_application_is_handed_on_and_not_kept(nginx, application):
    application.status, application.body = 503, b"Bitte rufen Sie an."
    answer = nginx.get("/de/bielefeld/hilfe/")
    assert (answer.status, answer.body) == (503, b"Bitte rufen Sie an.")
    application.status = 200
    assert nginx.get("/de/bielefeld/hilfe/").status == 200


# --- Several nodes -----------------------------------------------------------------------------------------


def test_reading_goes_on_when_a_node_is_gone(nginx_of, application, second_application):
    nginx = nginx_of(application.port, second_application.port)
    application.hangs_up = True
    assert {nginx.get(f"/de/bielefeld/{number}/").status for number in range(6)} == {200}
    assert application.requests


def test_sent_form_is_never_sent_twice(nginx_of, application, second_application):
    nginx = nginx_of(application.port, second_application.port)
    application.hangs_up = second_application.hangs_up = True
    assert nginx.get("/de/bielefeld/hilfe/", method="POST", body=b"name=x").status == 503
    assert len(application.requests) + len(second_application.requests) == 1


def test_form_reaches_the_other_node_when_one_listens_no_longer(nginx_of, application, second_application):
    nginx = nginx_of(application.port, second_application.port)
    application.stop()
    answers = [nginx.get("/de/bielefeld/hilfe/", method="POST", body=b"name=x") for _ in range(4)]
    application.start()
    assert {answer.status for answer in answers} == {200}
    assert [body for _method, _path, _headers, body in second_application.requests] == [b"name=x"] * 4


def test_node_that_says_503_is_not_given_up(nginx_of, application):
    nginx = nginx_of(application.port)
    application.status = 503
    for number in range(5):
        assert nginx.get(f"/de/bielefeld/{number}/").status == 503
    assert len(application.requests) == 5


# --- What visitors claim -----------------------------------------------------------------------------------


def test_forged_headers_do_not_pass(nginx, application):
    nginx.get(
        CITY,
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="http",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Port="81",
        X_Forwarded_Prefix="/x",
        X_Real_Ip="203.0.113.9",
        X_Script_Name="/x",
        X_Request_Id="forged",
        Forwarded="for=203.0.113.9",
        Proxy="http://evil.example",
    )
    headers = application.last_headers()
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"]
    assert headers["Host"] == "ki.example.org"
    assert len(headers["X-Request-Id"]) == 32
    passed = {
        name for name in headers if "forwarded" in name.lower() or name in ("X-Real-Ip", "Proxy", "X-Script-Name")
    }
    assert passed == {"X-Forwarded-For", "X-Forwarded-Proto"}


@pytest.mark.parametrize("method", ["BAN", "PURGE", "PUT", "DELETE", "TRACE", "OPTIONS"])
def test_other_methods_do_not_pass(nginx, application, method):
    assert nginx.get(CITY, method=method).status == 405
    assert application.requests == []


def test_foreign_name_gets_no_answer(nginx, application):
    with pytest.raises(OSError, match=r"closed|reset"):
        nginx.get_plain("/", host="evil.example")
    assert application.requests == []


def test_health_answers_a_bare_address(nginx):
    assert nginx.get_plain("/health/live", host="127.0.0.1").status == 200


def test_plain_http_leads_to_https(nginx, application):
    answer = nginx.get_plain("/de/bielefeld/?a=b")
    assert (answer.status, answer.header("Location")) == (308, ["https://ki.example.org/de/bielefeld/?a=b"])
    assert application.requests == []


def test_metrics_are_not_for_the_outside(nginx, application):
    assert nginx.get("/metrics").status == 404
    assert application.requests == []


def test_large_body_is_for_staff_only(nginx, application):
    body = b"x" * (2 * 1024 * 1024)
    assert nginx.get("/de/bielefeld/hilfe/", method="POST", body=body).status == 413
    assert nginx.get("/admin/pages/picture/add/", method="POST", body=body).status == 200
    assert [len(body) for *_rest, body in application.requests] == [len(body)]


def test_browsers_speak_http_2(nginx):
    with nginx.connect("h2") as connection:
        assert (connection.selected_alpn_protocol(), connection.version()) == ("h2", "TLSv1.3")


# --- What visitors are told --------------------------------------------------------------------------------


def test_headers_of_the_application_come_once(nginx, application):
    application.headers[CITY] = TEXT | PAGE | SECURITY_HEADERS
    answer = nginx.get(CITY, Accept_Encoding="gzip")
    for name, value in (TEXT | PAGE | SECURITY_HEADERS).items():
        assert answer.header(name) == ([] if name == "Cache-Tag" else [value])


def test_page_of_the_admin_is_not_packed(nginx, application):
    application.body = b"secret" * 1000
    assert nginx.get("/admin/", Accept_Encoding="gzip, br").header("Content-Encoding") == []


# --- Files that nginx hands out itself ---------------------------------------------------------------------


@pytest.fixture
def files(nginx):
    current, previous = nginx.folder / "opt/current/build/static/css", nginx.folder / "opt/previous/build/static/css"
    media = nginx.folder / "data/media/bielefeld"
    for folder in (current, previous, media):
        folder.mkdir(parents=True)
    for suffix, text in {"": "plain", ".gz": "gz", ".br": "br"}.items():
        (current / f"base.0123456789ab.css{suffix}").write_text(text)
    (current / "base.css").write_text("without hash")
    (previous / "base.ffffffffffff.css").write_text("before")
    for name in ("plan.pdf", "photo.webp", "page.html", "drawing.svg"):
        (media / name).write_text("x")
    return nginx


@pytest.mark.parametrize(("accepted", "body"), [("gzip, br", b"br"), ("gzip", b"gz"), ("identity", b"plain")])
def test_static_file_comes_ready_packed(files, application, accepted, body):
    answer = files.get("/static/css/base.0123456789ab.css", Accept_Encoding=accepted)
    assert (answer.status, answer.body) == (200, body)
    assert answer.header("Content-Type") == ["text/css; charset=utf-8"]
    assert answer.header("Vary") == ["Accept-Encoding"]
    assert answer.header("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.header("X-Content-Type-Options") == ["nosniff"]
    assert application.requests == []


def test_static_file_without_hash_is_not_for_ever(files):
    assert files.get("/static/css/base.css").header("Cache-Control") == ["public, max-age=60"]


def test_page_of_the_previous_release_finds_its_stylesheet(files, application):
    answer = files.get("/static/css/base.ffffffffffff.css")
    assert (answer.body, answer.header("X-Content-Type-Options")) == (b"before", ["nosniff"])
    assert application.requests == []


def test_static_file_of_another_node_is_found(nginx_of, application, second_application):
    nginx = nginx_of(application.port, second_application.port)
    application.status = 404
    answers = {nginx.get(f"/static/css/base.{number}.css").status for number in range(4)}
    assert answers == {200}


@pytest.mark.parametrize(
    ("name", "content_type", "disposition"),
    [
        ("plan.pdf", "application/pdf", "inline"),
        ("photo.webp", "image/webp", "inline"),
        ("page.html", "application/octet-stream", "attachment"),
        ("drawing.svg", "application/octet-stream", "attachment"),
    ],
)
def test_upload_is_handed_out_as_the_application_would(files, application, name, content_type, disposition):
    answer = files.get(f"/media/bielefeld/{name}")
    assert answer.header("Content-Type") == [content_type]
    assert answer.header("Content-Disposition") == [disposition]
    assert answer.header("X-Content-Type-Options") == ["nosniff"]
    assert bool(answer.header("Content-Security-Policy")) is (name != "plan.pdf")
    assert application.requests == []


def test_upload_that_is_not_here_is_asked_of_the_application(files, application):
    files.get("/media/bielefeld/elsewhere.webp")
    assert application.paths() == ["/media/bielefeld/elsewhere.webp"]


# --- Protocol ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/de/mitmachen/geheim/",
        "/de/mitmachen/geheim/seite/",
        "/ar/pruefen/geheim/",
        "/de/bielefeld/beleg/geheim/",
        "//de/mitmachen/geheim/",
        "/de/mitm%61chen/geheim/",
        "/de/./MITMACHEN/geheim/",
        "/de/mitmachen//geheim/",
        "/admin/konto/passwort/neu/geheim-geheim/",
        "/de/bielefeld/suche/?q=geheim",
        "/?geheim",
    ],
)
def test_protocol_knows_no_secret_link_and_no_search_word(nginx, path):
    nginx.get(path, Referer=f"https://ki.example.org{path}", User_Agent="geheim")
    nginx.get_plain(path)
    nginx.stop()
    assert "geheim" not in nginx.logs()
    assert '"GET /' in nginx.access_log()


def test_protocol_tells_what_is_needed(nginx):
    nginx.get(CITY)
    nginx.stop()
    line = nginx.access_log()
    assert '"GET /de/bielefeld/" 200 5 ' in line
    assert " MISS 127.0.0.1:" in line


def test_protocol_shortens_addresses(nginx):
    nginx.get(CITY)
    nginx.stop()
    assert nginx.access_log().startswith("127.0.0.0 [")


def test_failures_leave_no_secret_in_the_protocol(nginx, application):
    application.hangs_up = True
    nginx.get("/de/mitmachen/geheim/?q=geheim")
    nginx.stop()
    assert "geheim" not in nginx.logs()
    assert "client: 127.0.0.1" not in nginx.logs()
