"""What the cache hands out, and when it asks Django again."""

from contacts.models import City, Contact
from tests.factories import make_city, make_page


def test_second_reader_gets_the_page_without_django(border):
    make_city("hier")
    assert border.is_kept("/de/hier/")


def test_edit_is_shown_after_the_next_question(border):
    make_city("hier")
    border.learn()
    border.get("/de/hier/")
    City.objects.update(centre_name="Neuer Name")
    border.learn()
    assert "Neuer Name" in border.get("/de/hier/").text


def test_edit_in_another_city_leaves_the_page_where_it_is(border):
    make_city("hier")
    there = make_city("dort")
    border.learn()
    border.get("/de/hier/")
    make_page(there)
    border.learn()
    before = border.rendered
    border.get("/de/hier/")
    assert border.rendered == before


def test_page_made_before_a_change_and_kept_after_it_does_not_survive(border):
    city = make_city("hier")
    Contact.objects.create(city=city, is_main=True, function="Sekretariat")
    border.learn()
    application = border.cache.application

    def slow(environ, start_response):
        result = application(environ, start_response)
        City.objects.update(centre_name="Neuer Name")
        border.learn()
        return result

    border.cache.application = slow
    border.get("/de/hier/")
    border.cache.application = application
    assert "Neuer Name" in border.get("/de/hier/").text


def test_reader_who_has_the_page_gets_304(border):
    make_city("hier")
    tag = border.get("/de/hier/")["ETag"]
    assert border.get("/de/hier/", HTTP_IF_NONE_MATCH=tag).status == 304
