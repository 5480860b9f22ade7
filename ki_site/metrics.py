"""Figures for Prometheus: how the site is doing, and nothing about anybody. Labels are names of views, never addresses.

Each process counts for itself; with PROMETHEUS_MULTIPROC_DIR whichever is asked adds up the counts of all of them.
"""

import ipaddress
import os
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.db import Error
from django.http import HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if FOLDER:
    # The library looks for it when it is imported.
    Path(FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, exposition  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402

from backups.models import backup_state  # noqa: E402
from inquiries.models import Inquiry  # noqa: E402
from inquiries.outbox import outbox_state  # noqa: E402
from reviews.due import is_asking_overdue  # noqa: E402

from .health import is_deletion_overdue  # noqa: E402
from .outage import store  # noqa: E402

METHODS = {"GET": "read", "HEAD": "read", "POST": "write"}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds

REQUESTS = Counter("ki_requests", "Requests that reached Django.", ["view", "method", "status"])
DURATION = Histogram("ki_request_duration_seconds", "Time in Django.", ["view", "method"], buckets=BUCKETS)
DATABASE_ERRORS = Counter("ki_database_errors", "Requests that failed because of the database.", ["error"])
PAGE_CACHE = Counter("ki_page_cache_answers", "What the page cache did with requests.", ["result"])
PAGE_CACHE_BYTES = Gauge("ki_page_cache_bytes", "What it holds in all processes.", multiprocess_mode="livesum")

# Names of the counters of the page cache. What was not modified is among the hits.
CACHE_COUNTERS = {
    "hits": "hit",
    "not_modified": "not_modified",
    "misses": "miss",
    "bypassed": "bypass",
    "stale": "stale",
}


# --- Counting --------------------------------------------------------------------------------------


class CountRequests:
    """Answers /metrics by a bare address, as health.py does. What the page cache answers is counted by copy_counts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info == "/metrics":
            return metrics(request)
        started = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view, method = match.view_name if match else "none", METHODS.get(request.method, "other")
        DURATION.labels(view, method).observe(perf_counter() - started)
        REQUESTS.labels(view, method, f"{response.status_code // 100}xx").inc()
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, Error):
            DATABASE_ERRORS.labels(type(exception).__name__).inc()


def copy_counts(page_cache):
    """For the watcher of the page cache, each second: counting there must cost nothing."""
    seen = dict.fromkeys(CACHE_COUNTERS, 0)

    def copy():
        for name, result in CACHE_COUNTERS.items():
            count = getattr(page_cache, name)
            # A process that was just forked begins at 0.
            PAGE_CACHE.labels(result).inc(count - seen[name] if count >= seen[name] else count)
            seen[name] = count
        PAGE_CACHE_BYTES.set(page_cache.pages.bytes + page_cache.queries.bytes)

    return copy


# --- Asking the database, when somebody looks ---------------------------------------------------------


class State:
    """How much waits, what is overdue, and how old the copies are."""

    def collect(self):
        instant = timezone.now()
        try:
            figures = [*state_of(instant)]
            is_up = 1
        except Error:
            figures, is_up = [], 0
        figures += [("ki_database_up", "Whether the database answers.", is_up), *snapshot(instant)]
        for name, words, value in figures:
            yield GaugeMetricFamily(name, words, value=value)


def state_of(instant):
    outbox = outbox_state()
    oldest = (instant - outbox.oldest).total_seconds() if outbox.oldest else 0
    overdue = Inquiry.objects.open().filter(due_on__lt=timezone.localdate(instant)).count()
    yield "ki_mails_waiting", "Mails that are not sent yet.", outbox.waiting
    yield "ki_mail_oldest_waiting_seconds", "Age of the oldest of them.", oldest
    yield "ki_mails_refused", "Mails that no server takes.", outbox.refused
    yield "ki_inquiries_overdue", "Open inquiries past their day, of all cities.", overdue
    yield "ki_deletion_overdue", "Whether delete_expired has not run in time.", int(is_deletion_overdue(instant))
    yield from backups(instant)
    yield "ki_reviews_overdue", "Whether send_review_requests has not run in time.", int(is_asking_overdue(instant))


def snapshot(instant):
    """Needs no database: it is what stands in for one."""
    if checked_at := store.oldest_check():
        age = (instant - checked_at).total_seconds()
        yield "ki_snapshot_seconds", "Time since the city was checked that waited longest.", age


def backups(instant):
    """Nothing as long as none was ever made and verified: an alarm asks whether the figure is there."""
    state = backup_state(instant)
    for word in ("made", "verified"):
        if (hours := state.get(f"{word}_hours")) is not None:
            yield f"ki_backup_{word}_seconds", f"Time since the newest backup that was {word}.", hours * 3600


# --- Answering -----------------------------------------------------------------------------------------


@require_safe
@cache_control(no_store=True)
def metrics(request):
    if not is_allowed(request):
        return HttpResponseNotFound()
    content = exposition.generate_latest(registry())
    return HttpResponse(content, content_type=exposition.CONTENT_TYPE_LATEST)


def is_allowed(request):
    """By the token, or from one of the networks: only who asks directly, for behind a proxy all have its address."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and constant_time_compare(token, settings.METRICS_TOKEN):
        return True
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket of the machine
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)


def registry():
    together = CollectorRegistry()
    together.register(State())
    if FOLDER:
        forget_dead_processes()
        MultiProcessCollector(together)
    else:
        together.register(REGISTRY)
    return together


def forget_dead_processes():
    """What they held; what they counted stays."""
    for file in Path(FOLDER).glob("gauge_live*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            mark_process_dead(int(pid))
