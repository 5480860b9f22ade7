"""One thread in each process learns of changes; no order of transactions hides one."""

import os
import threading
from time import monotonic, sleep

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from contacts.models import City, Contact
from freshness.changes import Changes
from freshness.models import ContentChange
from freshness.public_page import ALL_CITIES
from ki_site.page_cache.watcher import INTERVAL, PATIENCE, Watcher
from pages.models import Page
from tests.factories import make_city, make_contact, make_page
from tests.page_cache.conftest import call

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cities():
    return make_city("hier"), make_city("dort")


class Editor(threading.Thread):
    """Somebody with a connection of their own, who does one thing after the other when told."""

    def __init__(self):
        super().__init__(daemon=True)
        self.steps, self.done, self.errors = [], threading.Semaphore(0), []
        self.wanted = threading.Semaphore(0)
        self.start()

    def run(self):
        while True:
            self.wanted.acquire()
            step = self.steps.pop(0)
            if step is None:
                connections.close_all()
                return
            try:
                step()
            except Exception as error:
                self.errors.append(error)
            self.done.release()

    def begin(self, step):
        self.steps.append(step)
        self.wanted.release()

    def do(self, step):
        self.begin(step)
        assert self.done.acquire(timeout=10), "has to wait for somebody"

    def leave(self):
        self.begin(None)
        self.join()
        assert self.errors == []


@pytest.fixture
def editors():
    found = [Editor(), Editor()]
    yield found
    for editor in found:
        editor.leave()


def begin():
    transaction.set_autocommit(False)


def commit():
    transaction.commit()
    transaction.set_autocommit(True)


def rename(city):
    return lambda: City.objects.filter(pk=city.pk).update(centre_name=f"Neu {monotonic()}")


only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="On SQLite one writes at a time.")

BUSY_MACHINE = 2  # seconds in which a thread may come late, of which nothing is promised


def test_first_answer_says_that_anything_may_have_changed(cities):
    changes = Changes()
    assert [changes.ask(), changes.ask()] == [None, set()]


def test_change_is_told_once(cities):
    here, _there = cities
    changes = Changes()
    changes.ask()
    make_page(here)
    assert [changes.ask(), changes.ask()] == [{here.pk}, set()]


def test_change_that_was_taken_back_is_none(cities):
    here, _there = cities
    changes = Changes()
    changes.ask()
    with transaction.atomic():
        make_page(here)
        transaction.set_rollback(True)
    assert changes.ask() == set()


def test_question_takes_one_query(cities, django_assert_num_queries):
    changes = Changes()
    for _ in range(2):
        with django_assert_num_queries(1):
            changes.ask()


@only_postgresql
def test_who_began_first_and_commits_last_is_not_missed(cities, editors):
    (here, there), (first, second) = cities, editors
    changes = Changes()
    changes.ask()
    first.do(begin)
    first.do(rename(here))
    second.do(rename(there))
    assert changes.ask() == {there.pk, ALL_CITIES}
    first.do(commit)
    assert changes.ask() == {here.pk, ALL_CITIES}


@only_postgresql
def test_nobody_waits_for_the_note_of_another_and_no_order_is_a_deadlock(cities, editors):
    """Both change both cities, in opposite order, and neither has committed."""
    (here, there), (first, second) = cities, editors
    pages = [make_page(city) for city in (here, there, there, here)]
    changes = Changes()
    changes.ask()
    for editor in editors:
        editor.do(begin)
    for editor, page in zip((first, second, first, second), pages, strict=True):
        editor.do(lambda page=page: Page.objects.filter(pk=page.pk).update(position=5))
    assert changes.ask() == set()
    first.do(commit)
    assert changes.ask() == {here.pk, there.pk}
    second.do(commit)
    assert changes.ask() == {here.pk, there.pk}


@only_postgresql
def test_another_server_makes_everything_uncertain(cities):
    changes = Changes()
    changes.ask()
    changes.server = "another"
    assert [changes.ask(), changes.ask()] == [None, set()]


@only_postgresql
def test_notes_from_the_backup_of_another_server_say_nothing(cities):
    changes = Changes()
    changes.ask()
    ContentChange.objects.create(city_id=cities[0].pk, transaction=2**40, changed_at=timezone.now())
    assert [changes.ask(), changes.ask()] == [set(), set()]


def test_emptied_notes_make_everything_uncertain_where_they_have_numbers(cities):
    changes = Changes()
    changes.ask()
    ContentChange.objects.all().delete()
    assert changes.ask() == (None if connection.vendor == "sqlite" else set())


# --- The thread ------------------------------------------------------------------------------------------


@pytest.fixture
def told():
    return []


@pytest.fixture
def watcher(cities, told):
    watcher = Watcher(lambda cities, number: told.append((cities, monotonic())))
    yield watcher
    watcher.stop()


def wait_for(condition, seconds):
    end = monotonic() + seconds
    while not condition() and monotonic() < end:
        sleep(0.01)
    return condition()


def test_change_is_known_within_a_second(watcher, cities, told):
    watcher.ensure_started()
    assert told[0][0] is None
    Contact.objects.filter(pk=make_contact(cities[0]).pk).update(room="7")
    changed_at = monotonic()
    assert wait_for(lambda: len(told) > 1, 10)
    assert told[1][0] == {cities[0].pk}
    assert told[1][1] - changed_at < INTERVAL + BUSY_MACHINE


def test_thread_is_started_once_and_survives_whatever_happens(watcher, monkeypatch):
    def fail():
        raise ValueError("a mistake of ours")

    watcher.each_time = [fail]
    watcher.ensure_started()
    thread = watcher.thread
    watcher.ensure_started()
    number = watcher.number
    assert wait_for(lambda: watcher.number > number, 10)
    assert (watcher.thread, thread.is_alive()) == (thread, True)


def test_nothing_is_sure_two_intervals_after_the_last_answer(watcher, monkeypatch):
    watcher.ask()
    assert watcher.is_sure
    asked_at = watcher.sure_until - 2 * INTERVAL
    monkeypatch.setattr("ki_site.page_cache.watcher.monotonic", lambda: asked_at + 2 * INTERVAL)
    assert not watcher.is_sure


def test_database_that_does_not_answer_for_seconds_counts_as_gone(watcher, monkeypatch):
    watcher.ask()
    assert not watcher.database_is_gone
    end = watcher.sure_until + PATIENCE + 0.1
    monkeypatch.setattr("ki_site.page_cache.watcher.monotonic", lambda: end)
    assert watcher.database_is_gone


def test_failure_is_told_once_and_so_is_its_end(watcher, monkeypatch, caplog):
    watcher.ask()
    with monkeypatch.context() as broken:
        broken.setattr(watcher.changes, "ask", lambda: 1 / 0)
        watcher.ask()
        since = watcher.gone_since
        watcher.ask()
        assert (watcher.gone_since, watcher.database_is_gone) == (since, True)
    watcher.ask()
    assert [record.message.partition(": ")[2] for record in caplog.records] == [
        "the database does not answer: division by zero",
        "the database answers again",
    ]


def test_old_notes_are_deleted_where_they_pile_up(watcher, cities):
    ContentChange.objects.update(changed_at="2020-01-01T00:00:00Z")
    watcher.ask()
    before = ContentChange.objects.count()
    watcher.tidied_at -= 3601
    watcher.ask()
    assert ContentChange.objects.count() == (before if connection.vendor == "sqlite" else 0)


# --- Processes --------------------------------------------------------------------------------------------


def test_forked_process_starts_with_nothing_and_watches_by_itself(border, cities):
    """What the parent keeps would never be dropped in the child, whose thread is not there."""
    border.learn()
    border.get("/de/hier/")
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        cache = border.cache
        state = len(cache.pages.entries), cache.watcher.number, cache.watcher.thread, cache.watcher.is_sure
        os.write(writing, repr(state).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100).decode() == "(0, 0, None, False)"
    assert border.is_there("/de/hier/")


def test_every_process_learns_of_an_edit_by_itself(border, cities):
    from ki_site.page_cache import PageCache

    here, _there = cities
    other = PageCache(border.django)
    other.watcher.ensure_started = lambda: None
    for cache in (border.cache, other):
        cache.watcher.ask()
        call(cache, "/de/hier/")
    rename(here)()
    assert ["Neu" in call(cache, "/de/hier/").text for cache in (border.cache, other)] == [False, False]
    border.learn()
    assert ["Neu" in call(cache, "/de/hier/").text for cache in (border.cache, other)] == [True, False]
    other.watcher.ask()
    assert "Neu" in call(other, "/de/hier/").text
