"""The number by which what somebody saw is found in the log."""

import re

import pytest
from django.test import RequestFactory

from ki_site.request_id import current_id, number_requests

pytestmark = pytest.mark.django_db

GIVEN = "3f9a1c20b7d84e55a1b2c3d4e5f60718"


def id_of(client, **headers):
    return client.get("/de/", headers=headers)["X-Request-ID"]


def test_every_request_gets_an_id_of_its_own(client):
    ids = {id_of(client) for _number in range(3)}

    assert (len(ids), {bool(re.fullmatch("[0-9a-f]{32}", each)) for each in ids}) == (3, {True})


def test_the_id_of_our_proxy_is_kept(client, settings):
    settings.PROXY_COUNT = 1

    assert id_of(client, **{"x-request-id": GIVEN}) == GIVEN


@pytest.mark.parametrize("given", ["", "kurz", "a" * 65, "mit leer zeichen", 'a"b":"c"xxxx', "ä" * 10, "<script>alert"])
def test_what_is_no_id_is_not_kept(client, settings, given):
    settings.PROXY_COUNT = 1

    assert id_of(client, **{"x-request-id": given}) != given


def test_without_a_proxy_nobody_chooses_an_id(client, settings):
    settings.PROXY_COUNT = 0

    assert id_of(client, **{"x-request-id": GIVEN}) != GIVEN


def test_the_error_page_names_the_beginning_of_the_id(client, settings, monkeypatch):
    settings.PROXY_COUNT = 1
    client.raise_request_exception = False
    monkeypatch.setattr("pages.views.portal.City", None)
    response = client.get("/de/", headers={"x-request-id": GIVEN})

    assert (response.status_code, response["X-Request-ID"], re.findall(r"<bdi>(.*?)</bdi>", response.text)) == (
        500,
        GIVEN,
        [GIVEN[:8]],
    )


def test_no_id_is_left_for_the_next_request(client):
    id_of(client)

    assert current_id.get() == ""


def test_no_id_is_left_when_an_answer_fails():
    def fail(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        number_requests(fail)(RequestFactory().get("/"))

    assert current_id.get() == ""
