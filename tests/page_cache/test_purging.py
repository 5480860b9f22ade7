"""Caches in front hear which cities have changed."""

import http.server
import threading

import pytest

from contacts.models import City
from ki_site.page_cache.purging import Purging
from tests.factories import make_city, make_page


@pytest.fixture
def front():
    """A cache in front: what it was told."""
    told = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_BAN(self):
            told.append((self.path, self.headers["X-Cities"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.told, server.url = told, f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def here(border, front):
    city = make_city("hier")
    border.learn()
    border.cache.purging.urls = [front.url]
    return city


def learn(border):
    border.learn()
    for thread in border.cache.purging.threads:
        thread.join()


def test_edit_is_told_with_the_name_of_its_city(border, here, front):
    make_page(here)
    learn(border)
    learn(border)
    assert front.told == [("/", "hier")]


def test_settings_of_a_city_concern_the_list_of_cities_too(border, here, front):
    City.objects.update(centre_name="Anders")
    learn(border)
    assert front.told == [("/", "alle|hier")]


def test_renamed_city_is_told_by_both_names(border, here, front):
    City.objects.update(slug="dort")
    learn(border)
    assert front.told == [("/", "alle|dort|hier")]


def test_deleted_city_is_told_by_its_name(border, here, front):
    here.delete()
    learn(border)
    assert front.told == [("/", "alle|hier")]


def test_change_that_could_not_be_told_is_told_as_a_change_of_everything(border, here, front, monkeypatch, caplog):
    make_city("dort", is_public=False)
    learn(border)
    front.told.clear()
    make_page(here)
    with monkeypatch.context() as broken:
        broken.setattr(border.cache.purging, "learn", lambda: 1 / 0)
        learn(border)
    learn(border)
    assert front.told == [("/", "alle|dort|hier")]


def test_start_of_a_process_is_no_change(border, here, front):
    border.cache.start_anew()
    learn(border)
    assert front.told == []


def test_cache_that_does_not_answer_is_written_down_once_and_the_next_one_is_told(border, here, front, caplog):
    border.cache.purging.urls = ["http://127.0.0.1:9/", front.url]
    for name in ("Eins", "Zwei"):
        City.objects.update(centre_name=name)
        learn(border)
    assert (len(front.told), len(caplog.records)) == (2, 1)


def test_pages_name_their_cities(border, here):
    make_page(here, slug="seite")
    learn(border)
    tags = [border.get(path)["Cache-Tag"] for path in ("/de/hier/seite/", "/de/", "/sitemap.xml", "/robots.txt")]
    assert tags == ["hier", "alle", "alle", "alle"]


@pytest.mark.django_db
def test_page_with_a_link_elsewhere_names_both_cities():
    cities = {make_city("hier").pk, make_city("dort").pk}
    assert Purging([]).tags(cities) == ["dort", "hier"]
