"""The clock of the machine is set."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ki_site.page_cache.watcher import Watcher

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("jump", "is_forgotten"),
    [(timedelta(hours=2), True), (timedelta(hours=-2), True), (timedelta(seconds=1), False), (timedelta(), False)],
)
def test_everything_is_made_anew_after_the_clock_jumped_and_not_when_it_is_put_right(jump, is_forgotten):
    changes = []
    with time_machine.travel(NOW) as traveller:
        watcher = Watcher(lambda cities, number: changes.append(cities))
        watcher.ask()
        watcher.ask()
        changes.clear()
        traveller.shift(jump)
        watcher.ask()
        assert changes == ([None] if is_forgotten else [])
        watcher.ask()
        assert len(changes) == is_forgotten
