"""What the cache hands out, and when it asks Django again."""

from datetime import UTC, datetime

import pytest
import time_machine

from contacts.models import City
from pages.models import Page
from tests.factories import make_call, make_city, make_contact, make_page
from tests.page_cache.conftest import call

NOON = "2026-03-10T12:00:00+01:00"


@pytest.fixture
def city(border):
    city = make_city("hier")
    border.learn()
    return city


def test_second_reader_gets_the_page_without_django(border, city):
    assert border.is_kept("/de/hier/")


def test_second_reader_asks_the_database_nothing(border, city, django_assert_num_queries):
    border.get("/de/hier/")
    with django_assert_num_queries(0):
        border.get("/de/hier/")


def test_copy_is_what_django_answers(border, city):
    border.get("/de/hier/")
    copy, fresh = border.get("/de/hier/"), call(border.django, "/de/hier/")
    assert (copy.status, copy.body) == (fresh.status, fresh.body)
    ours = {"ETag", "Cache-Control", "Cache-Tag", "Vary", "Content-Length", "X-Request-ID"}
    assert {name: value for name, value in copy.headers.items() if name not in ours} == {
        name: value for name, value in fresh.headers.items() if name not in ours
    }


# --- What changes -------------------------------------------------------------------------------------


def test_edit_is_shown_after_the_next_question(border, city):
    border.get("/de/hier/")
    City.objects.update(centre_name="Neuer Name")
    border.learn()
    assert "Neuer Name" in border.get("/de/hier/").text


def test_edit_in_another_city_leaves_the_page_where_it_is(border, city):
    there = make_city("dort")
    border.learn()
    border.get("/de/hier/")
    make_page(there)
    border.learn()
    assert border.is_there("/de/hier/")


def test_edit_of_a_page_leaves_the_list_of_cities_where_it_is(border, city):
    border.get("/de/")
    make_page(city)
    border.learn()
    assert border.is_there("/de/")


def test_city_that_goes_public_appears_in_the_list(border, city):
    hidden = make_city("dort", is_public=False)
    border.learn()
    assert "/de/dort/" not in border.get("/de/").text
    City.objects.filter(pk=hidden.pk).update(is_public=True)
    border.learn()
    assert "/de/dort/" in border.get("/de/").text


def test_city_that_leaves_takes_its_pages_along(border, city):
    border.get("/de/hier/")
    City.objects.update(is_public=False)
    border.learn()
    assert border.get("/de/hier/").status == 404


def test_renamed_city_is_gone_at_its_old_address(border, city):
    border.get("/de/hier/")
    City.objects.update(slug="dort")
    border.learn()
    assert (border.get("/de/hier/").status, border.get("/de/dort/").status) == (404, 200)


def test_page_made_before_a_change_and_kept_after_it_does_not_survive(border, city):
    django = border.django

    def slow(environ, start_response):
        result = django(environ, start_response)
        City.objects.update(centre_name="Neuer Name")
        border.learn()
        return result

    border.django = slow
    first = border.get("/de/hier/")
    border.django = django
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=0, stale-if-error=86400"
    assert "Neuer Name" in border.get("/de/hier/").text


def test_page_with_a_link_to_another_city_changes_with_what_it_leads_to(border, city):
    there = make_page(make_city("dort"), slug="ziel")
    make_page(city, slug="start", translation={"body": f'<p><a href="/seite/{there.pk}/">Ziel</a></p>'})
    border.learn()
    assert "/de/dort/ziel/" in border.get("/de/hier/start/").text
    Page.objects.filter(pk=there.pk).update(slug="woanders")
    border.learn()
    assert "/de/dort/woanders/" in border.get("/de/hier/start/").text


# --- What time changes ------------------------------------------------------------------------------


def test_copy_ends_with_the_day(border, city):
    with time_machine.travel("2026-03-10T23:59:58+01:00", tick=False) as clock:
        border.get("/de/hier/")
        assert border.is_there("/de/hier/")
        clock.move_to("2026-03-11T00:00:00+01:00")
        assert not border.is_there("/de/hier/")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-10T17:59:19+01:00", "max-age=10, s-maxage=1, stale-while-revalidate=30"),
        ("2026-03-10T17:59:40+01:00", "max-age=10, s-maxage=1, stale-while-revalidate=10"),
        ("2026-03-10T17:59:56+01:00", "max-age=4, s-maxage=1, stale-while-revalidate=0"),
        ("2026-03-10T17:59:59.5+01:00", "max-age=0, s-maxage=0"),
    ],
)
def test_no_copy_elsewhere_outlives_the_next_instant(border, city, instant, expected):
    with time_machine.travel(NOON, tick=False) as clock:
        make_call(city, slug="aufruf", ends_at="2026-03-10T18:00:00+01:00")
        border.learn()
        border.get("/de/hier/aufruf/")
        clock.move_to(instant)
        assert border.is_there("/de/hier/aufruf/")
        answer = border.get("/de/hier/aufruf/")
    assert answer["Cache-Control"] == f"public, {expected}, stale-if-error=86400"


@pytest.mark.parametrize(
    ("instant", "if_error"),
    [("2026-03-10T17:59:40+01:00", 20), ("2026-03-10T12:00:00+01:00", 21600), ("2026-03-09T12:00:00+01:00", 86400)],
)
def test_no_copy_elsewhere_outlives_a_text_that_ends(border, city, instant, if_error):
    with time_machine.travel("2026-03-08T12:00:00+01:00", tick=False) as clock:
        make_page(city, slug="befristet").translations.get().publish(None, until=datetime(2026, 3, 10, 17, tzinfo=UTC))
        border.learn()
        border.get("/de/hier/befristet/")
        clock.move_to(instant)
        answer = border.get("/de/hier/befristet/")
    assert answer["Cache-Control"].endswith(f"stale-if-error={if_error}")


def test_clock_that_is_put_back_empties_the_cache(border, city):
    with time_machine.travel(NOON, tick=False) as clock:
        border.learn()
        border.get("/de/hier/")
        clock.move_to("2026-03-10T11:00:00+01:00")
        border.learn()
        assert not border.is_there("/de/hier/")


# --- Conditions -----------------------------------------------------------------------------------------


def test_reader_who_has_the_page_is_told_so(border, city):
    tag = border.get("/de/hier/")["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"other" , W/{tag}', "*"):
        answer = border.get("/de/hier/", HTTP_IF_NONE_MATCH=known)
        assert (answer.status, answer.body, answer["ETag"]) == (304, b"", tag), known
        assert answer["Cache-Control"].startswith("public, max-age=10")
        assert (answer["Vary"], answer["Content-Length"]) == ("Accept-Encoding", None)


def test_reader_who_has_another_page_gets_this_one(border, city):
    border.get("/de/hier/")
    for known in ('"other"', "", "nonsense", '"a", "b"'):
        assert border.get("/de/hier/", HTTP_IF_NONE_MATCH=known).status == 200, known


def test_tag_of_one_encoding_is_not_that_of_another(border, city):
    tag = border.get("/de/hier/", HTTP_ACCEPT_ENCODING="br")["ETag"]
    assert border.get("/de/hier/", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=tag).status == 200


def test_tag_is_another_after_an_edit(border, city):
    tag = border.get("/de/hier/")["ETag"]
    City.objects.update(centre_name="Neuer Name")
    border.learn()
    assert border.get("/de/hier/", HTTP_IF_NONE_MATCH=tag).status == 200


def test_first_reader_may_know_the_page_too(border, city):
    tag = border.get("/de/hier/")["ETag"]
    City.objects.update(four_eyes=True)
    border.cache.start_anew()
    border.learn()
    assert border.get("/de/hier/", HTTP_IF_NONE_MATCH=tag).status == 304


def test_page_says_when_it_was_modified_once_every_process_has_learnt_of_that_second(border, city):
    with time_machine.travel(NOON, tick=False) as clock:
        border.learn()
        assert border.get("/de/hier/")["Last-Modified"] is None
        clock.move_to("2026-03-10T12:00:02+01:00")
        border.learn()
        assert border.get("/de/hier/")["Last-Modified"] is None
        clock.move_to("2026-03-10T12:00:03+01:00")
        border.learn()
        modified = border.get("/de/hier/")["Last-Modified"]
        assert modified == "Tue, 10 Mar 2026 11:00:00 GMT"
        assert border.get("/de/hier/", HTTP_IF_MODIFIED_SINCE=modified).status == 304
        assert border.get("/de/hier/", HTTP_IF_MODIFIED_SINCE="Tue, 10 Mar 2026 10:00:00 GMT").status == 200
        # If-None-Match decides alone where it is sent.
        both = border.get("/de/hier/", HTTP_IF_MODIFIED_SINCE=modified, HTTP_IF_NONE_MATCH='"other"')
        assert both.status == 200


def test_head_is_answered_like_get_without_a_body(border, city):
    first = border.get("/de/hier/", method="HEAD")
    whole = border.get("/de/hier/")
    again = border.get("/de/hier/", method="HEAD")
    assert (border.rendered, first.body, again.body) == (1, b"", b"")
    assert first.headers == whole.headers == again.headers
    assert int(whole["Content-Length"]) == len(whole.body)


def test_range_is_answered_with_the_whole(border, city):
    border.get("/de/hier/")
    answer = border.get("/de/hier/", HTTP_RANGE="bytes=0-9")
    assert (answer.status, answer["Content-Range"]) == (200, None)
    assert len(answer.body) == int(answer["Content-Length"])


# --- Who is not answered from the cache ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTP_COOKIE": "sessionid=x"},
        {"HTTP_COOKIE": "other=1; sessionid=x"},
        {"HTTP_AUTHORIZATION": "Basic eDp5"},
        {"SCRIPT_NAME": "/unter"},
    ],
)
def test_who_says_who_they_are_gets_and_leaves_no_copy(border, city, variables):
    border.get("/de/hier/", **variables)
    border.get("/de/hier/")
    answer = border.get("/de/hier/", **variables)
    assert (border.rendered, answer["Cache-Control"], answer["ETag"]) == (3, "private, no-cache", None)


def test_what_is_sent_goes_to_django_and_leaves_the_copy_as_it_is(border, city):
    before = border.get("/de/hier/")
    border.get("/de/hier/", method="POST")
    assert (border.rendered, border.get("/de/hier/").body) == (2, before.body)


def test_cookies_of_other_programs_do_not_matter(border, city):
    assert border.is_kept("/de/hier/", HTTP_COOKIE="_pk_id=1; consent=yes")


def test_form_is_made_for_each_reader(border, city):
    City.objects.update(forms=["contact"])
    border.learn()
    answer = border.get("/de/hier/anfrage/")
    assert (answer.status, answer["Cache-Control"]) == (200, "no-store")
    assert not border.is_kept("/de/hier/anfrage/")


@pytest.mark.parametrize(
    "path", ["/de/hier/gibt-es-nicht/", "/de/nirgends/", "/hier/", "/admin/login/", "/favicon.ico"]
)
def test_errors_redirects_and_sign_in_are_not_kept(border, city, path):
    assert not border.is_kept(path)


def test_accepted_search_is_counted_each_time(border, city):
    assert not border.is_kept("/de/hier/suche/?q=wort")


def test_answer_with_a_cookie_is_not_kept(border, city):
    django = border.django

    def with_cookie(environ, start_response):
        return django(environ, lambda status, headers: start_response(status, [*headers, ("Set-Cookie", "a=b")]))

    border.django = with_cookie
    assert not border.is_kept("/de/hier/")


# --- When things break ------------------------------------------------------------------------------------------


def break_database(border, monkeypatch):
    from django.db import OperationalError

    def ask():
        raise OperationalError("gone")

    monkeypatch.setattr(border.watcher.changes, "ask", ask)
    border.watcher.sure_until = 0
    border.learn()


def test_without_database_copies_go_on_but_are_not_called_fresh(border, city, monkeypatch, caplog):
    border.get("/de/hier/")
    break_database(border, monkeypatch)
    answer = border.get("/de/hier/")
    assert (border.watcher.database_is_gone, border.rendered, answer.status) == (True, 1, 200)
    assert answer["Cache-Control"] == "public, max-age=0, s-maxage=0, stale-if-error=86400"


def test_without_database_a_copy_outlives_its_end(border, city, monkeypatch):
    with time_machine.travel(NOON, tick=False) as clock:
        border.learn()
        border.get("/de/hier/")
        break_database(border, monkeypatch)
        clock.move_to("2026-03-11T12:00:00+01:00")
        assert border.is_there("/de/hier/")


def test_without_database_no_copy_outlives_a_text_that_ends(border, city, monkeypatch):
    with time_machine.travel(NOON, tick=False) as clock:
        make_page(city, slug="befristet").translations.get().publish(None, until=datetime(2026, 3, 10, 17, tzinfo=UTC))
        clock.shift(1)
        border.learn()
        border.get("/de/hier/befristet/")
        break_database(border, monkeypatch)
        border.django = failing
        clock.move_to("2026-03-10T17:59:59+01:00")
        before = border.get("/de/hier/befristet/").status
        clock.move_to("2026-03-10T18:00:00+01:00")
        assert (before, border.get("/de/hier/befristet/").status) == (200, 500)


def test_failure_is_answered_with_the_last_copy(border, city):
    with time_machine.travel(NOON, tick=False) as clock:
        border.learn()
        border.get("/de/hier/")
        clock.move_to("2026-03-11T12:00:00+01:00")
        border.django = failing
        answer = border.get("/de/hier/")
    assert (answer.status, answer["Cache-Control"]) == (200, "public, max-age=0, s-maxage=0, stale-if-error=86400")


def failing(environ, start_response):
    start_response("500 Internal Server Error", [])
    return [b"broken"]


def test_other_answer_stands_in_for_a_failure_and_for_a_database_that_is_gone(border, city, monkeypatch):
    def instead(environ, start_response):
        start_response("200 OK", [])
        return [b"snapshot"]

    border.cache.instead = instead
    django, border.django = border.django, failing
    assert border.get("/de/hier/").body == b"snapshot"
    border.django = django
    break_database(border, monkeypatch)
    before = border.rendered
    assert (border.get("/de/hier/").body, border.rendered) == (b"snapshot", before)


def test_database_that_is_back_is_noticed_at_once(border, city, monkeypatch):
    with monkeypatch.context() as broken:
        break_database(border, broken)
    border.learn()
    assert (border.watcher.database_is_gone, border.is_kept("/de/hier/")) == (False, True)


# --- Counting -----------------------------------------------------------------------------------------------------


def test_language_wishes_of_readers_of_copies_are_counted(border, city, monkeypatch):
    from pages.language_wishes import Wishes

    wishes = Wishes()
    monkeypatch.setattr("pages.views.pages.wishes", wishes)
    for language in ("ti", "ti", "de", "ar", "", "ti;q=0.9"):
        border.get("/de/hier/", HTTP_ACCEPT_LANGUAGE=language)
    assert (border.rendered, dict(wishes.counts)) == (1, {(city.pk, "ti"): 3})


def test_cache_counts_what_it_does(border, city):
    tag = border.get("/de/hier/")["ETag"]
    border.get("/de/hier/")
    border.get("/de/hier/", HTTP_IF_NONE_MATCH=tag)
    border.get("/de/hier/", HTTP_COOKIE="sessionid=x")
    cache = border.cache
    assert (cache.misses, cache.hits, cache.not_modified, cache.bypassed) == (1, 2, 1, 1)


def test_kept_contact_card_is_kept_with_its_headers(border, city):
    contact = make_contact(city)
    border.learn()
    path = f"/de/hier/kontakt/{contact.pk}.vcf"
    border.get(path)
    answer = border.get(path)
    assert (border.rendered, answer["Content-Type"]) == (1, "text/vcard; charset=utf-8")
    assert answer["Content-Disposition"] == f'attachment; filename="kontakt-hier-{contact.pk}.vcf"'
