"""The real site with the demo, behind the shipped nginx."""

import pytest

from .conftest import ROOT

PUBLIC_PATHS = ("/de/", "/ar/bielefeld/", "/de/bielefeld/kontakt/")


@pytest.fixture
def site(live_site, nginx_of, settings):
    settings.ALLOWED_HOSTS = ["ki.example.org", "127.0.0.1"]
    settings.PROXY_COUNT = 1
    nginx = nginx_of(int(live_site.url.rpartition(":")[2]))
    (nginx.folder / "opt/current/build").symlink_to(ROOT / "build")
    return nginx


def test_public_pages_come_with_every_header_once(site):
    for path in PUBLIC_PATHS:
        answer = site.get(path, Accept_Encoding="gzip, deflate, br")
        assert answer.status == 200
        twice = {name: values for name in set(answer.headers) if len(values := answer.header(name)) > 1}
        assert twice == {}
        assert answer.header("X-Content-Type-Options") == ["nosniff"]
        assert "default-src 'none'" in answer.header("Content-Security-Policy")[0]
        assert answer.header("Content-Encoding") == ["br"]


def test_stylesheets_of_a_page_come_from_the_disk(site):
    page = site.get("/de/bielefeld/").body.decode()
    addresses = [part.partition('"')[0] for part in page.split('href="') if part.startswith("/static/css/")]
    assert addresses
    for address in addresses:
        answer = site.get(address, Accept_Encoding="br")
        assert (answer.status, answer.header("Content-Encoding")) == (200, ["br"])
        assert answer.header("Cache-Control") == ["public, max-age=31536000, immutable"]
    site.stop()
    lines = [line for line in site.access_log().splitlines() if "/static/" in line]
    assert len(lines) == len(addresses)
    # Neither the cache nor a node was asked.
    assert all(" - - " in line for line in lines)
