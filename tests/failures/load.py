"""What people do meanwhile: they read, and they send help requests and messages."""

import itertools
import re
import secrets
import threading
import time
from contextlib import contextmanager
from html import unescape
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urlencode

# The guard takes a form for a machine's that comes back sooner.
TIME_TO_FILL_IN = 3.1  # seconds
PAUSE_BEFORE_NEXT_TRY = 0.25  # seconds, until somebody presses once more

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


class Read(NamedTuple):
    at: float
    seconds: float
    status: int  # 0: no answer
    path: str


class Acknowledged(NamedTuple):
    at: float
    token: str  # the receipt number
    words: str
    tries: int


class Load:
    """Runs until it is stopped. `reads` and `acknowledged` can be looked at meanwhile."""

    def __init__(self, front, paths, forms, reads_per_second=20, writers=12):
        self.front, self.paths, self.forms = front, itertools.cycle(paths), forms
        self.readers, self.writers, self.rate = 8, writers, reads_per_second
        self.reads, self.acknowledged, self.refused = [], [], []
        self.faults = []
        # A reader with a session cookie gets nothing that others have read before.
        self.asks_the_database_each_time = False
        self.stopped = threading.Event()
        self.threads = []
        self.number = itertools.count(1)

    def start(self):
        jobs = [self.read_on] * self.readers + [self.write_on] * self.writers
        for number, job in enumerate(jobs, 1):
            thread = threading.Thread(target=self.run, args=(job, number), daemon=True)
            self.threads.append(thread)
            thread.start()

    def run(self, job, number):
        try:
            job(number)
        except Exception as error:  # shown by stop()
            self.faults.append(error)

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(40)
        if self.faults:
            raise self.faults[0]

    @contextmanager
    def running(self):
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def ask(self, path, number, **options):
        """(0, …) where nobody answers. Every thread is another visitor."""
        try:
            return self.front.ask(path, source=f"127.0.{number}.{next(self.number) % 250 + 1}", **options)
        except (OSError, HTTPException) as error:
            return 0, {}, type(error).__name__

    # --- Reading ---------------------------------------------------------------------------------

    def read_on(self, number):
        pause = self.readers / self.rate
        self.stopped.wait(pause * number / self.readers)
        while not self.stopped.is_set():
            path, begun = next(self.paths), time.monotonic()
            headers = {"Cookie": "sessionid=nobody"} if self.asks_the_database_each_time else {}
            status, _headers, text = self.ask(path, number, headers=headers)
            if status == 200 and "</html>" not in text:
                status = -1  # half a page
            self.reads.append(Read(begun, time.monotonic() - begun, status, path))
            self.stopped.wait(max(0.0, begun + pause - time.monotonic()))

    # --- Writing ---------------------------------------------------------------------------------

    def write_on(self, number):
        self.stopped.wait(TIME_TO_FILL_IN * (number - self.readers) / self.writers)
        for path in itertools.cycle(self.forms):
            if self.stopped.is_set():
                return
            key = self.open_form(path, number)
            if key and not self.stopped.wait(TIME_TO_FILL_IN):
                self.send(path, number, key)

    def open_form(self, path, number):
        status, _headers, text = self.ask(path, number)
        found = re.search(r'name="form_key" value="([^"]+)"', text)
        if status == 200 and found:
            return unescape(found[1])
        self.stopped.wait(PAUSE_BEFORE_NEXT_TRY)
        return None

    def send(self, path, number, key):
        """Presses again until there is a receipt: the same words, so that they are stored once."""
        words = f"Nachricht {secrets.token_hex(8)}"
        fields = {"form_key": key, "website": "", "message": words, "email": "probe@example.org"}
        if "/hilfe/" in path:
            fields["languages"] = "ar"
        for tries in itertools.count(1):
            begun = time.monotonic()
            status, headers, text = self.ask(path, number, method="POST", body=urlencode(fields), headers=FORM)
            if status == 303:
                token = headers["Location"].rstrip("/").rpartition("/")[2]
                self.acknowledged.append(Acknowledged(time.monotonic(), token, words, tries))
                return
            assert status not in (403, 404, 422, 429), (status, path, text)
            self.refused.append((begun, time.monotonic() - begun, status))
            if self.stopped.wait(PAUSE_BEFORE_NEXT_TRY):
                return

    # --- Figures ---------------------------------------------------------------------------------

    def failed_reads(self, since=0.0, until=float("inf")):
        return [read for read in self.reads if read.status != 200 and since <= read.at < until]

    def reads_between(self, since, until=float("inf")):
        return [read for read in self.reads if since <= read.at < until]

    def seconds_without_writing(self, event):
        """From the last receipt before the event, or after it while requests were still under way, to the next one."""
        instants = sorted(each.at for each in self.acknowledged)
        gaps = [(later - earlier, earlier) for earlier, later in itertools.pairwise(instants) if later > event]
        return max(gaps, default=(float("inf"), event))[0]

    def wait_for_receipt_after(self, instant, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if any(each.at > instant for each in self.acknowledged[-50:]):
                return True
            time.sleep(0.02)
        return False
