"""deploy/systemd, read by the real systemd-analyze: no machine has to run it."""

import re
import shutil
import subprocess

import pytest
from django.core.management import get_commands

from .conftest import DEPLOY, program

SYSTEMD = DEPLOY / "systemd"
UNITS = sorted(path.name for path in SYSTEMD.iterdir() if path.is_file())
TIMERS = [name for name in UNITS if name.endswith(".timer")]
SERVICES = ["ki-web.service", *(name.replace(".timer", ".service") for name in TIMERS)]


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A root folder with the units, and with the programs that they start."""
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree(SYSTEMD, root / "usr/local/lib/systemd/system")
    for unit in SYSTEMD.rglob("*"):
        for started in re.findall(r"^Exec\w+=(/\S+)", unit.read_text() if unit.is_file() else "", re.MULTILINE):
            path = root / started.removeprefix("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o755)
    return root


def analyze(machine, *arguments):
    return subprocess.run(
        [program("systemd-analyze"), *arguments, f"--root={machine}"], capture_output=True, text=True, timeout=60
    )


def units():
    return [*(name for name in UNITS if "@." not in name), *SERVICES, "failed-ki@ki-web.service.service"]


def test_systemd_finds_no_fault(machine):
    checked = analyze(machine, "verify", "--man=no", "--recursive-errors=no", *units())
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_systemd_would_find_a_fault(machine):
    unit = machine / "usr/local/lib/systemd/system/wrong.service"
    unit.write_text("[Service]\nExecStart=/usr/bin/no-such-program\nProtectEverything=yes\n")
    checked = analyze(machine, "verify", "--man=no", "--recursive-errors=no", "wrong.service")
    unit.unlink()
    assert "ProtectEverything" in checked.stderr


@pytest.mark.parametrize("service", ["ki-web.service", "ki-manage@backup.service"])
def test_services_are_locked_in(machine, service):
    """From 0 (locked in) to 10 (may do everything); most services of Debian have 9.6."""
    rated = analyze(machine, "security", "--offline=true", "--threshold=15", service)
    assert rated.returncode == 0, rated.stdout


@pytest.mark.parametrize("timer", TIMERS)
def test_timer_starts_a_command_that_exists(timer):
    command = re.fullmatch(r"ki-manage@(\w+)\.timer", timer)[1]
    assert command in get_commands()


@pytest.mark.parametrize("timer", TIMERS)
def test_timer_comes_when_it_should(timer):
    [expression] = re.findall(r"^OnCalendar=(.+)$", (SYSTEMD / timer).read_text(), re.MULTILINE)
    checked = subprocess.run([program("systemd-analyze"), "calendar", expression], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
