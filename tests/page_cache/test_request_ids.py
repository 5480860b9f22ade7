"""A kept page is no answer to one request, so it carries the number of none."""

from tests.factories import make_city


def test_a_kept_page_carries_no_id(border):
    make_city("hier")
    border.learn()
    first, second = border.get("/de/hier/"), border.get("/de/hier/")

    assert (border.rendered, first["X-Request-ID"], second["X-Request-ID"]) == (1, None, None)


def test_what_is_not_kept_carries_an_id(border):
    assert len(border.get("/de/gibt-es-nicht/")["X-Request-ID"]) == 32
