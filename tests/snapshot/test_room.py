"""Writers who are stuck leave a thread to readers."""

import threading
import time

import pytest

from ki_site.outage import room as room_module
from ki_site.outage.room import Room


@pytest.fixture
def room(monkeypatch):
    monkeypatch.setattr(room_module, "STUCK", 0.2)
    return Room(places=1)


def occupy(room, is_stuck):
    """A writer in a thread of its own; the event that is returned lets it go."""
    is_inside, may_go = threading.Event(), threading.Event()

    def write():
        with room.place():
            if is_stuck:
                with room.waiting():
                    is_inside.set()
                    may_go.wait(10)
            else:
                is_inside.set()
                may_go.wait(10)

    threading.Thread(target=write).start()
    assert is_inside.wait(5)
    return may_go


def test_writer_gets_a_place_where_there_is_one(room):
    with room.place() as has_place:
        assert has_place
    with room.place() as has_place:
        assert has_place


def test_writer_is_sent_away_while_another_waits_for_the_database(room):
    may_go = occupy(room, is_stuck=True)
    begun = time.monotonic()
    with room.place() as has_place:
        assert not has_place
    assert time.monotonic() - begun < 2
    may_go.set()


def test_writer_waits_for_another_who_works(room):
    may_go = occupy(room, is_stuck=False)
    threading.Timer(0.6, may_go.set).start()
    begun = time.monotonic()
    with room.place() as has_place:
        assert has_place
    assert time.monotonic() - begun > 0.5


def test_place_is_free_again_after_an_error(room):
    with pytest.raises(ValueError, match="broken"), room.place():
        raise ValueError("broken")
    with room.place() as has_place:
        assert has_place


def test_questions_of_readers_are_nobodys_business(room):
    with room.waiting():
        assert room.writers == {}
