"""What an address answers, asked of a local server with scripted answers."""

import socket
import time

import pytest

from links.asking import Asker, Found, is_public
from links.models import Answer
from tests.links.web_server import hang_up, huge, in_drops, slow, website


@pytest.fixture
def site():
    with website() as server:
        yield server


@pytest.fixture
def asker():
    return Asker("Test", seconds=2, longest=3, may_connect=lambda address: address == "127.0.0.1")


def to(path, status=301):
    return status, {"Location": path}


@pytest.mark.parametrize(
    ("script", "answer", "detail"),
    [
        (200, Answer.WORKS, "200"),
        (204, Answer.WORKS, "204"),
        (404, Answer.GONE, "404"),
        (410, Answer.GONE, "410"),
        (({"HEAD": 403, "GET": 200}, {}), Answer.WORKS, "200"),
        (({"HEAD": 405, "GET": 404}, {}), Answer.GONE, "404"),
        (({"HEAD": 501, "GET": 200}, {}), Answer.WORKS, "200"),
        (401, Answer.REFUSED, "401"),
        (403, Answer.REFUSED, "403"),
        ((429, {"Retry-After": "60"}), Answer.REFUSED, "429"),
        (500, Answer.REFUSED, "500"),
        (503, Answer.REFUSED, "503"),
        (slow, Answer.REFUSED, "antwortet zu langsam"),
        (hang_up, Answer.REFUSED, "keine brauchbare Antwort"),
        (in_drops, Answer.WORKS, "200"),
        (huge, Answer.WORKS, "200"),
        (to("/da"), Answer.REFUSED, "leitet im Kreis"),
        (to("http://[kaputt"), Answer.REFUSED, "keine brauchbare Antwort"),
        (to("file:///etc/passwd"), Answer.REFUSED, "keine brauchbare Antwort"),
        (to("/fort"), Answer.GONE, "404"),
        ((301, {}), Answer.REFUSED, "301"),
    ],
)
def test_answer_is_put_in_a_class(site, asker, script, answer, detail):
    site.script["/da"] = script
    found = asker.ask(site.url("/da"))
    assert (found.answer, found.detail, found.moved_to) == (answer, detail, "")


def test_answer_in_drops_ends_in_time(site, asker):
    site.script["/da"] = in_drops
    began = time.monotonic()
    asker.ask(site.url("/da"))
    assert time.monotonic() - began < 7


def test_permanent_redirects_lead_to_the_new_address(site, asker):
    site.script |= {"/a": to("/b"), "/b": to(site.url("/c?x=1"), 308), "/c": 200}
    assert asker.ask(site.url("/a#teil")) == Found(Answer.MOVED, "200", site.url("/c?x=1#teil"), 200)


def test_temporary_redirects_keep_the_address(site, asker):
    site.script |= {"/a": to("/b", 302), "/b": to("/c"), "/c": 200}
    assert asker.ask(site.url("/a")) == Found(Answer.WORKS, "200", "", 200)


def test_behind_a_permanent_redirect_a_temporary_one_is_no_new_address(site, asker):
    site.script |= {"/a": to("/b"), "/b": to("/c", 307), "/c": 200}
    assert asker.ask(site.url("/a")).moved_to == site.url("/b")


def test_endless_redirects_end(site, asker):
    site.script |= {f"/{number}": to(f"/{number + 1}") for number in range(50)}
    assert asker.ask(site.url("/0")).detail == "leitet zu oft weiter"
    assert len(site.asked) == 6


def test_loop_of_two_ends(site, asker):
    site.script |= {"/a": to("/b"), "/b": to("/a")}
    assert asker.ask(site.url("/a")).detail == "leitet im Kreis"


def test_question_names_the_site_and_carries_nothing_else(site, asker):
    site.script |= {"/a": (302, {"Location": "/b", "Set-Cookie": "a=b"}), "/b": 200}
    asker.ask(site.url("/a").replace("//", "//user:secret@"))
    assert [set(headers) for _method, _path, headers in site.asked] == [
        {"Host", "Accept-Encoding", "User-Agent", "Accept", "Connection"}
    ] * 2
    assert site.asked[0][2]["User-Agent"] == "Test"


def test_address_with_umlauts_is_found(site, asker):
    site.script["/%C3%BCber"] = 200
    assert asker.ask(site.url("/über")).answer == Answer.WORKS


@pytest.mark.parametrize(
    ("error", "answer"),
    [(socket.EAI_NONAME, Answer.GONE), (socket.EAI_AGAIN, Answer.REFUSED)],
)
def test_unknown_name_is_gone_and_a_silent_name_server_is_not(asker, monkeypatch, error, answer):
    def getaddrinfo(*arguments, **options):
        raise socket.gaierror(error, "test")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert asker.ask("https://gibt-es-nicht.example/").answer == answer


# --- Never inside our own network -------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "192.0.2.1", "198.18.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0", "2130706433", "0x7f.1"])
def test_own_machine_is_not_asked(site, host):
    found = Asker("Test", seconds=0.5).ask(f"http://{host}:{site.server_port}/")
    assert (found.answer, found.detail, site.asked) == (Answer.REFUSED, "nicht im Internet erreichbar", [])


def test_own_machine_is_not_asked_by_a_redirect(site, asker):
    site.script["/a"] = to(f"http://localhost:{site.server_port}/innen", 302)
    asker.may_connect = OnceOnly()
    assert asker.ask(site.url("/a")).detail == "nicht im Internet erreichbar"
    assert site.paths() == ["/a"]


class OnceOnly:
    """Lets the first connection through: a name that leads outside first and inside then."""

    def __init__(self):
        self.number = 0

    def __call__(self, address):
        self.number += 1
        return self.number == 1


def test_one_inner_address_among_several_is_enough_to_refuse(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)
    assert Asker("Test", seconds=0.1).ask("http://example.org/").detail == "nicht im Internet erreichbar"
