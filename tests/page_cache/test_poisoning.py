"""Nothing that one reader sends can stand in what another reader gets."""

import re

import pytest
from django.urls import get_resolver

from contacts.models import City, Contact
from pages.models import Page
from tests.page_cache.conftest import call
from tests.page_cache.test_declared import KEPT, patterns

POISON = "gift-7"
# Everything that may differ between two requests for one address, each with a word that must not be seen again.
REQUESTS = {
    "unknown parameter": {"query": f"utm_source={POISON}"},
    "unknown parameter twice": {"query": f"x={POISON}&x={POISON}2"},
    "parameter without value": {"query": POISON},
    "forwarded host": {"HTTP_X_FORWARDED_HOST": f"{POISON}.example"},
    "forwarded host and port": {"HTTP_X_FORWARDED_HOST": f"{POISON}.example", "HTTP_X_FORWARDED_PORT": "4711"},
    "forwarded": {"HTTP_FORWARDED": f"host={POISON}.example;proto=https"},
    "forwarded scheme": {"HTTP_X_FORWARDED_PROTO": POISON},
    "original address": {"HTTP_X_ORIGINAL_URL": f"/{POISON}", "HTTP_X_REWRITE_URL": f"/{POISON}"},
    "method override": {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
    "language": {"HTTP_ACCEPT_LANGUAGE": f"ar;q=1,{POISON}"},
    "accept": {"HTTP_ACCEPT": f"application/{POISON}"},
    "encoding": {"HTTP_ACCEPT_ENCODING": f"{POISON};q=1"},
    "endless encoding": {"HTTP_ACCEPT_ENCODING": f"{POISON}," * 5000 + "br"},
    "user agent": {"HTTP_USER_AGENT": POISON},
    "referrer": {"HTTP_REFERER": f"https://{POISON}.example/"},
    "origin": {"HTTP_ORIGIN": f"https://{POISON}.example"},
    "cookie": {"HTTP_COOKIE": f"a={POISON}; csrftoken={POISON}; messages={POISON}; django_language=ar"},
    "range": {"HTTP_RANGE": "bytes=0-1"},
    "ajax": {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    "content type": {"CONTENT_TYPE": f"text/html; charset={POISON}"},
    "head": {"method": "HEAD"},
    "modified": {"HTTP_IF_MODIFIED_SINCE": POISON},
}


def addresses():
    """One of each view whose page may be kept."""
    city = City.objects.get(slug="bielefeld")
    contact = Contact.objects.filter(city=city).first().pk
    event = Page.objects.filter(city=city, kind=Page.Kind.EVENT).first().slug
    values = {"language": "de", "city_slug": city.slug, "pk": contact, "name": "kontakte"}
    for pattern, name in routes(get_resolver().url_patterns):
        if name in KEPT:
            slug = {"events:event_ics": event, "sitemap_of_city": city.slug}.get(name, "schulberatung")
            yield "/" + filled(pattern, values | {"slug": slug})


def filled(pattern, values):
    """The part of the city brings its slash along: on the city's own domain both are missing."""
    pattern = pattern.replace("<city:city_slug>", "<city_slug>/")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), pattern)


def routes(resolver, namespace=""):
    for pattern in resolver:
        if hasattr(pattern, "url_patterns"):
            if pattern.app_name != "admin":
                yield from routes(pattern.url_patterns, pattern.app_name or namespace)
        else:
            yield str(pattern.pattern), f"{namespace}:{pattern.name}" if namespace else pattern.name


def without_moment(body):
    """Files say when they were made."""
    return re.sub(rb'"generated": "[^"]*"|REV:\w+|DTSTAMP:\w+|<updated>[^<]*</updated>', b"", body)


@pytest.fixture
def demo_border(border, demo_rows):
    from tests.conftest import enter

    enter(demo_rows)
    border.learn()
    return border


def test_every_view_whose_page_may_be_kept_is_asked(demo_border):
    paths = list(addresses())
    assert len(paths) == len(KEPT) == len(dict(patterns(get_resolver().url_patterns)).keys() & KEPT.keys())
    assert [path for path in paths if not demo_border.is_kept(path)] == []


@pytest.mark.parametrize("name", REQUESTS)
def test_request_leaves_nothing_to_the_next_reader(demo_border, name):
    """The poisoned request comes first, so that its answer is the one that is kept; if it is kept at all."""
    variables = dict(REQUESTS[name])
    query = variables.pop("query", "")
    wrong = []
    for path in addresses():
        demo_border.get(f"{path}?{query}", **variables)
        answer, clean = demo_border.get(path), call(demo_border.django, path)
        words = f"{answer.body} {answer.headers}"
        if POISON in words or (answer.status, without_moment(answer.body)) != (200, without_moment(clean.body)):
            wrong.append(path)
    assert wrong == []


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 400),
        ("testserver@evil.example", 400),
        ("testserver/evil", 400),
        ("", 400),
        ("TESTSERVER", 200),
        ("testserver.", 200),
        ("testserver:8000", 200),
        (None, 200),
    ],
)
def test_other_host_has_its_own_answer(demo_border, host, status):
    """Every reader is given addresses with the name by which they called, if it is one of ours."""
    path = "/sitemap-bielefeld.xml"
    first = demo_border.get(path, host=host)
    answer = demo_border.get(path)
    assert (first.status, answer.status) == (status, 200)
    assert set(re.findall(r"<loc>http://([^/]*)/", answer.text)) == {"testserver"}


@pytest.mark.parametrize("host", ["TESTSERVER", "testserver.", "evil.example", None])
def test_host_written_in_another_way_is_not_kept(demo_border, host):
    assert not demo_border.is_kept("/de/bielefeld/", host=host)


def test_page_by_tls_is_another_than_one_without(demo_border):
    path = "/sitemap-bielefeld.xml"
    demo_border.get(path, scheme="https")
    assert "https://" not in re.sub("https?://www[^<]*|xmlns[^>]*", "", demo_border.get(path).text)


@pytest.fixture
def behind_tls(monkeypatch, settings):
    """As with HTTPS=1, where the web server in front says how it was called."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    monkeypatch.setattr("ki_site.page_cache.border.FORWARDED", "HTTP_X_FORWARDED_PROTO")


def schemes(answer):
    return set(re.findall(r"<loc>(https?)://testserver/", answer.text))


@pytest.mark.parametrize("first", ["http", "https", "https, http", "HTTPS", "", None])
def test_scheme_that_the_web_server_names_is_that_of_the_copy(demo_border, behind_tls, first):
    path = "/sitemap-bielefeld.xml"
    demo_border.get(path, HTTP_X_FORWARDED_PROTO=first)
    answers = [demo_border.get(path, HTTP_X_FORWARDED_PROTO=proto) for proto in ("https", "http")]
    assert [schemes(answer) for answer in answers] == [{"https"}, {"http"}]


@pytest.mark.parametrize("proto", ["https, http", "HTTPS", "x", ""])
def test_scheme_written_in_another_way_is_not_kept(demo_border, behind_tls, proto):
    assert not demo_border.is_kept("/de/bielefeld/", HTTP_X_FORWARDED_PROTO=proto)


@pytest.mark.parametrize(
    "path",
    [
        "//de/bielefeld/",
        "/de//bielefeld/",
        "/de/bielefeld/?%00",
        "/de/bielefeld/%00",
        "/de/bielefeld/;x",
        "/DE/bielefeld/",
    ],
)
def test_odd_address_leaves_the_right_one_as_it_is(demo_border, path):
    demo_border.get(path)
    answer = demo_border.get("/de/bielefeld/")
    assert (answer.status, answer.body) == (200, call(demo_border.django, "/de/bielefeld/").body)


def test_address_in_other_letters_is_the_same_page(demo_border):
    demo_border.get("/de/%62ielefeld/")
    assert demo_border.is_there("/de/bielefeld/")


# --- Queries ------------------------------------------------------------------------------------------------


def test_parameters_that_do_not_count_share_one_copy(demo_border):
    demo_border.get("/de/bielefeld/?utm_source=a")
    assert demo_border.is_there("/de/bielefeld/")
    assert demo_border.is_there("/de/bielefeld/?utm_source=b&fbclid=c")


def test_parameters_that_count_have_copies_of_their_own(demo_border):
    path = "/de/bielefeld/angebote/"
    school, all_offers = demo_border.get(f"{path}?thema=schule"), demo_border.get(path)
    assert school.body != all_offers.body
    assert demo_border.get(f"{path}?thema=schule").body == school.body
    assert demo_border.get(path).body == all_offers.body


@pytest.mark.parametrize(
    "query",
    [
        "sprache=ar&thema=schule",
        "thema=x&thema=schule&sprache=ar",
        "thema=sch%75le&sprache=ar&utm=1",
        "thema=schule&zielgruppe=&sprache=ar&jetzt=",
        "thema=schule&&sprache=ar&",
    ],
)
def test_query_written_in_another_way_is_the_same_page(demo_border, query):
    path = "/de/bielefeld/angebote/"
    known = demo_border.get(f"{path}?thema=schule&sprache=ar").body
    assert demo_border.is_there(f"{path}?{query}")
    assert demo_border.get(f"{path}?{query}").body == known == call(demo_border.django, f"{path}?{query}").body


@pytest.mark.parametrize("query", ["ort=" + "a" * 400, "&".join(["ort=a"] * 3000), "ort=%ff", "ort=%00"])
def test_endless_and_broken_queries_get_an_answer_and_leave_the_page_as_it_is(demo_border, query):
    demo_border.get("/de/")
    answer, clean = demo_border.get(f"/de/?{query}"), call(demo_border.django, f"/de/?{query}")
    assert (answer.status, answer.body) == (clean.status, clean.body)
    assert demo_border.get("/de/").body == call(demo_border.django, "/de/").body


def test_endless_query_is_not_kept(demo_border):
    assert not demo_border.is_kept("/de/?ort=" + "a" * 400)


def test_endless_path_is_not_kept(demo_border):
    assert not demo_border.is_kept("/de/" + "a" * 400 + "/")


def test_invented_queries_do_not_drive_out_pages(demo_border):
    demo_border.cache.queries.most_bytes = 300_000
    demo_border.get("/de/bielefeld/")
    for number in range(60):
        demo_border.get(f"/de/?ort=ort{number}")
    assert demo_border.cache.queries.bytes <= 300_000
    assert demo_border.is_there("/de/bielefeld/")
