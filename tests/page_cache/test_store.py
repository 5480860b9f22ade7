"""Bounded in bytes; what is read stays."""

from types import SimpleNamespace

import pytest

from ki_site.page_cache.store import Store


def entry(size=100, cities=(1,)):
    return SimpleNamespace(size=size, cities=frozenset(cities), was_used=False)


@pytest.fixture
def store():
    return Store(1000)


def test_store_never_holds_more_than_it_may(store):
    for number in range(50):
        assert store.put(number, entry(), 1)
    assert (store.bytes, len(store.entries)) == (1000, 10)


def test_entry_that_was_read_stays_and_the_others_go(store):
    store.put("read", entry(), 1)
    for number in range(30):
        store.get("read").was_used = True
        store.put(number, entry(), 1)
    assert store.get("read") is not None
    assert store.get(0) is None


def test_huge_entry_is_not_kept(store):
    assert not store.put("huge", entry(size=126), 1)
    assert store.put("large", entry(size=125), 1)


def test_new_entry_takes_the_place_of_the_old_one(store):
    store.put("key", entry(size=100), 1)
    store.put("key", entry(size=60), 1)
    assert (store.bytes, len(store.entries)) == (60, 1)


def test_change_takes_the_entries_of_its_city_only(store):
    store.put("here", entry(cities=[1]), 1)
    store.put("there", entry(cities=[2]), 1)
    store.put("both", entry(cities=[1, 2]), 1)
    store.forget({1}, 2)
    assert (list(store.entries), store.bytes) == (["there"], 100)


def test_entry_made_before_a_change_is_not_kept(store):
    store.forget({1}, 5)
    assert not store.put("late", entry(cities=[1, 2]), 4)
    assert store.put("new", entry(cities=[1, 2]), 5)
    assert store.put("elsewhere", entry(cities=[2]), 4)


def test_nothing_made_before_anything_may_have_changed_is_kept(store):
    store.put("old", entry(), 1)
    store.forget(None, 5)
    assert (len(store.entries), store.bytes) == (0, 0)
    assert not store.put("late", entry(cities=[7]), 4)
