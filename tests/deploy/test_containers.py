"""What runs by the clock in deploy/compose.yaml is what deploy/systemd says."""

import importlib.util
from datetime import UTC, datetime

import pytest

from .conftest import DEPLOY


@pytest.fixture(scope="module")
def timers():
    spec = importlib.util.spec_from_file_location("container_timers", DEPLOY / "container-timers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_container_knows_every_timer_of_systemd(timers):
    files = sorted(file.stem.partition("@")[2] for file in (DEPLOY / "systemd").glob("*.timer"))
    assert [command[0] for command, _when in timers.timers()] == files


def test_container_knows_the_arguments_of_systemd(timers):
    assert ["backup", "--keep", "14"] in [command for command, _when in timers.timers()]


@pytest.mark.parametrize(
    ("when", "moment", "expected"),
    [
        ("minutely", datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC), True),
        ("*-*-* 02:30:00", datetime(2026, 3, 2, 2, 30, 59, tzinfo=UTC), True),
        ("*-*-* 02:30:00", datetime(2026, 3, 2, 2, 31, tzinfo=UTC), False),
        ("Sun *-*-* 04:30:00", datetime(2026, 3, 1, 4, 30, tzinfo=UTC), True),
        ("Sun *-*-* 04:30:00", datetime(2026, 3, 2, 4, 30, tzinfo=UTC), False),
    ],
)
def test_command_comes_when_its_timer_says(timers, when, moment, expected):
    assert timers.is_due(when, moment) is expected


def test_every_timer_says_when_in_a_way_that_the_container_understands(timers):
    for _command, when in timers.timers():
        assert when == "minutely" or timers.TIME.fullmatch(when)
