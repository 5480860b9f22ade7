"""What is in the snapshot, and what leaves it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from contacts.models import OpeningHours
from ki_site.outage import store, writing
from ki_site.outage.border import from_snapshot
from ki_site.outage.breaker import breaker
from pages.models import PageAlias, PageRevision
from tests.factories import make_city, make_contact, make_page
from tests.page_cache.conftest import environ_of

# Only what is committed has changed.
pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/de/hier/beratung/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    # The command gives way to others; the tests shall not.
    monkeypatch.setattr("os.nice", lambda _steps: 0)
    settings.SNAPSHOT_DIR = tmp_path / "snapshot"
    return settings.SNAPSHOT_DIR


@pytest.fixture(autouse=True)
def connection_of_the_test():
    """Stays open, as Django's own client does it: at its end every request would close it."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def city():
    return make_city("hier", languages=["de"])


@pytest.fixture
def advice(city):
    return make_page(city, slug="beratung", translation={"title": "Beratung für alle"})


def write(every_page=False):
    said = []
    failed = writing.write(said.append, every_page)
    assert failed == []
    return said


@pytest.fixture
def away(monkeypatch):
    def go_away():
        monkeypatch.setattr(breaker, "reason", "test")

    return go_away


def blob(path):
    with store.reading() as connection:
        return connection.execute("SELECT body FROM copy WHERE path = ?", (path,)).fetchone()[0]


# --- What is in it -----------------------------------------------------------------------------------------


def test_copy_is_the_page(client, advice):
    write()

    body = store.find(PAGE).body.decode()
    assert "Beratung für alle" in body
    assert body.replace("http://testserver", "") == client.get(PAGE).text.replace("http://testserver", "")


def test_page_without_database_asks_it_nothing(client, advice, away, django_assert_num_queries):
    write()
    away()

    with django_assert_num_queries(0):
        answer = client.get(PAGE)

    assert (answer.status_code, "Beratung für alle" in answer.text) == (200, True)


def test_copy_does_not_say_who_is_open_now(client, city):
    contact = make_contact(city)
    for weekday in range(7):
        OpeningHours.objects.create(contact=contact, weekday=weekday, kind="open", opens="00:00", closes="23:59")
    write()

    copy = store.find("/de/hier/kontakt/").body.decode()
    assert ('class="status"' in client.get("/de/hier/kontakt/").text, 'class="status"' in copy) == (True, False)


def test_copy_counts_no_wish_for_a_language(advice, monkeypatch):
    noted = []
    monkeypatch.setattr("pages.language_wishes.Wishes.add", lambda *args: noted.append(args), raising=False)

    write()

    assert noted == []


def test_former_address_leads_to_the_page(client, advice, away):
    PageAlias.objects.create(city=advice.city, page=advice, slug="frueher")
    write()
    away()

    answer = client.get("/de/hier/frueher/")

    assert (answer.status_code, answer["Location"]) == (301, PAGE)


def test_reference_in_a_text_leads_to_the_page(client, advice, away):
    write()
    away()

    answer = client.get(f"/seite/{advice.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, PAGE)


def test_file_is_for_its_owner_only(advice):
    write()

    assert (store.file().stat().st_mode & 0o777, store.file().parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.fixture
def own_domain(settings, city):
    settings.SITE_URL = "http://ki.example"
    settings.ALLOWED_HOSTS = ["ki.example"]
    city.domain = "ki-hier.example"
    city.save()


def test_city_with_an_own_domain_is_found_there(client, own_domain, advice, away):
    write()
    shown = client.get("/de/beratung/", headers={"host": "ki-hier.example"}).text
    away()

    answers = {
        address: client.get(address, headers={"host": "ki-hier.example"})
        for address in ("/de/beratung/", "/de/", "/sitemap.xml", "/robots.txt", "/de/kontakt/")
    }
    elsewhere = client.get(PAGE, headers={"host": "ki.example"})
    portal = client.get("/de/suche/", headers={"host": "ki.example"})

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert "Beratung für alle" in shown
    assert answers["/de/beratung/"].text.count("Beratung für alle") == shown.count("Beratung für alle")
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, "http://ki-hier.example/de/beratung/")
    assert portal.status_code == 200


# --- What leaves it ----------------------------------------------------------------------------------------


def test_what_was_withdrawn_is_overwritten_in_the_file(advice):
    write()
    words = blob(PAGE)[:200]
    assert words in store.file().read_bytes()

    PageRevision.objects.filter(translation__page=advice).update(visible_until=timezone.now())
    write()

    assert store.find(PAGE) is None
    assert words not in store.file().read_bytes()


def test_city_that_is_not_public_any_more_leaves_at_once(city, advice):
    make_page(make_city("dort", languages=["de"]), slug="beratung")
    write()

    city.is_public = False
    city.save()
    write()

    assert (store.has_part("hier"), store.has_part("dort"), store.find(PAGE)) == (False, True, None)


def test_withdrawn_page_leaves_before_the_rest_is_written(advice, monkeypatch):
    write()
    PageRevision.objects.filter(translation__page=advice).update(visible_until=timezone.now())
    monkeypatch.setattr(writing.Site, "copy", fail)

    with pytest.raises(OperationalError):
        write()

    assert (store.find(PAGE), store.find("/de/hier/").status) == (None, 200)


def fail(*_arguments):
    raise OperationalError("the database went away")


def test_city_of_which_not_every_page_can_be_written_stays_as_it_was(client, advice, monkeypatch):
    write()
    advice.translations.update(title="Anderes")
    monkeypatch.setattr(writing.Site, "copy", fail_after(3))

    with pytest.raises(OperationalError):
        writing.write(print, every_page=True)

    assert "Beratung für alle" in store.find(PAGE).body.decode()


def fail_after(count):
    copy, asked = writing.Site.copy, []

    def copy_or_fail(self, *arguments):
        asked.append(arguments)
        return copy(self, *arguments) if len(asked) <= count else fail()

    return copy_or_fail


def test_text_is_not_shown_after_the_end_of_its_publication(client, advice, away):
    soon = timezone.now() + timedelta(hours=1)
    PageRevision.objects.filter(translation__page=advice).update(visible_until=soon)
    write()
    away()

    now = client.get(PAGE).status_code
    with time_machine.travel(soon + timedelta(seconds=1)):
        later = client.get(PAGE).status_code

    assert (now, later) == (200, 503)


def test_what_a_process_has_kept_is_not_shown_after_the_end_either(advice, away):
    """The page cache shows what it has where the snapshot has nothing to say."""
    soon = timezone.now() + timedelta(hours=1)
    PageRevision.objects.filter(translation__page=advice).update(visible_until=soon)
    write()
    away()
    instead = from_snapshot(WSGIHandler())

    with time_machine.travel(soon + timedelta(seconds=1)):
        ended, unknown = (instead(environ_of(path), lambda *_answer: None) for path in (PAGE, "/de/hier/neu/"))

    assert (ended.status_code, unknown) == (503, None)


def test_copies_that_are_too_old_are_not_shown(client, advice, away, settings):
    write()
    away()

    with time_machine.travel(timezone.now() + settings.SNAPSHOT_TERM - timedelta(hours=1)):
        before = client.get(PAGE).status_code
    with time_machine.travel(timezone.now() + settings.SNAPSHOT_TERM + timedelta(hours=1)):
        after = client.get(PAGE).status_code

    assert (before, after) == (200, 503)


def test_no_copy_is_made_of_what_is_shown_while_the_database_is_away(advice, away):
    write()
    before = store.find(PAGE).body
    away()

    with pytest.raises(OperationalError):
        writing.write(print, every_page=True)

    assert store.find(PAGE).body == before


# --- When it is written ------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_written_again(advice):
    assert len([words for words in write() if "Seiten" in words]) == 2

    assert write() == []


def test_what_changed_is_written_again(advice):
    write()
    advice.city.authority = "Neue Behörde"
    advice.city.save()

    assert [words.partition(":")[0] for words in write() if "Seiten" in words] == ["hier", "Portal"]
    assert "Neue Behörde" in store.find(PAGE).body.decode()


def test_what_becomes_another_by_itself_is_written_again(advice):
    write()
    until = timezone.now() + timedelta(minutes=1)
    PageRevision.objects.filter(translation__page=advice).update(visible_until=until)
    write()
    assert store.find(PAGE) is not None

    with time_machine.travel(until + timedelta(seconds=1)):
        write()

    assert store.find(PAGE) is None


def test_copy_is_confirmed_by_every_run(advice):
    write()
    with time_machine.travel(timezone.now() + timedelta(seconds=90), tick=False):
        instant = timezone.now()
        write()

    assert store.find(PAGE).confirmed_at == instant


def test_page_with_an_error_is_named_and_the_others_are_written(advice, monkeypatch):
    monkeypatch.setattr("legal.views.imprint.render", lambda *_arguments: 1 / 0)

    with pytest.raises(CommandError, match="/de/hier/impressum/"):
        call_command("write_snapshot")

    assert (store.find("/de/hier/impressum/"), store.find(PAGE).status) == (None, 200)


def test_page_with_an_error_is_tried_again(advice, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("legal.views.imprint.render", lambda *_arguments: 1 / 0)
        writing.write(print)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        write()

    assert store.find("/de/hier/impressum/").status == 200


def test_damaged_file_is_written_anew(advice):
    write()
    store.file().write_bytes(b"no database " * 1000)
    assert store.find(PAGE) is None

    write()

    assert store.find(PAGE).status == 200


def test_two_do_not_write_at_once(advice, capsys):
    from ki_site.outage.management.commands.write_snapshot import only_one

    with only_one() as is_free:
        call_command("write_snapshot")

    assert is_free
    assert "Es schreibt schon jemand." in capsys.readouterr().out
    assert store.find(PAGE) is None
