"""Runs in a container what systemd's timers run on a machine, at the times that deploy/systemd/*.timer say."""

import os
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

UNITS = Path(__file__).resolve().parent / "systemd"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TIME = re.compile(r"(?:(?P<day>[A-Z][a-z]{2}) )?\*-\*-\* (?P<time>\d\d:\d\d):00")


def timers():
    """[command with its arguments, when it comes]"""
    for file in sorted(UNITS.glob("ki-manage@*.timer")):
        command = file.stem.partition("@")[2]
        drop_in = UNITS / f"ki-manage@{command}.service.d" / "arguments.conf"
        [arguments] = re.findall(r'"ARGUMENTS=(.*)"', drop_in.read_text()) if drop_in.exists() else [""]
        [when] = re.findall(r"^OnCalendar=(.+)$", file.read_text(), re.MULTILINE)
        yield [command, *arguments.split()], when


def is_due(when, now):
    if when == "minutely":
        return True
    match = TIME.fullmatch(when)
    return match["time"] == f"{now:%H:%M}" and match["day"] in (None, DAYS[now.weekday()])


def main():
    os.umask(0o077)
    running = {}
    while True:
        now = datetime.now().astimezone()
        for command, when in timers():
            name = command[0]
            # What still runs is not started a second time.
            if is_due(when, now) and (name not in running or running[name].poll() is not None):
                running[name] = subprocess.Popen([sys.executable, "manage.py", *command])
        time.sleep(60 - time.time() % 60)


if __name__ == "__main__":
    main()
