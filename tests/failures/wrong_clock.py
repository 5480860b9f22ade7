"""The site in a process whose clock is wrong by so many seconds as the file says that CLOCK_FILE names.

What only measures goes on (time.monotonic), as it does when somebody sets a real clock.
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from ki_site.wsgi import application as right_application


class Clock:
    def __init__(self, file):
        self.file = file
        self.shown = 0
        self.traveller = None

    def follow(self):
        while True:
            time.sleep(0.1)
            self.look()

    def look(self):
        wanted = int(self.file.read_text())
        if wanted != self.shown:
            self.jump(wanted)

    def jump(self, seconds):
        if self.traveller:
            self.traveller.stop()
            self.traveller = None
        if seconds:
            self.traveller = time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True)
            self.traveller.start()
        self.shown = seconds


clock = Clock(Path(os.environ["CLOCK_FILE"]))
lock = threading.Lock()
follower = None


def application(environ, start_response):
    """Threads do not outlive a fork: the one that follows the file begins with the first request."""
    global follower
    with lock:
        if follower is None:
            clock.look()
            follower = threading.Thread(target=clock.follow, daemon=True)
            follower.start()
    return right_application(environ, start_response)
