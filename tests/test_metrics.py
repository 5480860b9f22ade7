"""What Prometheus reads, who may, and that it is about nobody."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import OperationalError
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from ki_site.metrics import copy_counts
from tests.conftest import ROOT
from tests.factories import make_city, make_inquiry, make_page
from tests.inquiries.mail_server import make_mail

pytestmark = pytest.mark.django_db

TOKEN = "only-for-the-tests"  # as conftest.py sets it
BY_TOKEN = {"authorization": f"Bearer {TOKEN}"}


def samples(client, **labels):
    """The values of all samples with these labels, by name."""
    families = text_string_to_metric_families(client.get("/metrics", headers=BY_TOKEN).text)
    return {
        sample.name: sample.value
        for family in families
        for sample in family.samples
        if labels.items() <= sample.labels.items() and "le" not in sample.labels
    }


# --- Who may read it --------------------------------------------------------------------------------


def status(client, token=None, address="192.0.2.7", **headers):
    headers |= {"authorization": token} if token else {}
    return client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code


def test_the_token_opens(client):
    assert status(client, f"Bearer {TOKEN}") == 200


@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer falsch", f"Basic {TOKEN}", "Bearer ä"])
def test_nothing_else_opens(client, token):
    assert status(client, token) == 404


@pytest.mark.parametrize("token", [None, "", "Bearer ", f"Bearer {TOKEN}"])
def test_without_a_token_set_none_opens(client, settings, token):
    settings.METRICS_TOKEN = ""

    assert status(client, token) == 404


@pytest.mark.parametrize(
    ("address", "expected"), [("192.0.2.7", 200), ("192.0.3.7", 404), ("", 404), ("unix:", 404), ("::1", 404)]
)
def test_a_network_opens_to_whoever_asks_from_there(client, settings, address, expected):
    settings.METRICS_NETWORKS = [ip_network("192.0.2.0/24")]

    assert status(client, address=address) == expected


def test_a_network_does_not_open_to_visitors_behind_a_proxy_in_it(client, settings):
    settings.METRICS_NETWORKS = [ip_network("192.0.2.0/24")]

    assert status(client, **{"x-forwarded-for": "203.0.113.7"}) == 404


def test_it_is_read_by_a_bare_address_and_never_kept(client):
    response = client.get("/metrics", headers=BY_TOKEN | {"host": "10.0.0.7:8000"})

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")


# --- What it says -------------------------------------------------------------------------------------


def count(client, **labels):
    return samples(client, **labels).get("ki_requests_total", 0)


def test_requests_are_counted_by_view_method_and_status(client):
    labels = {"view": "pages:home", "method": "read", "status": "2xx"}
    make_city("hier")
    before = count(client, **labels)
    client.get("/de/hier/")
    client.get("/ar/hier/")

    assert count(client, **labels) - before == 2


def test_a_view_that_was_not_found_has_no_name(client):
    before = count(client, view="none", status="4xx")
    client.get("/gibt/es/nicht/")

    assert count(client, view="none", status="4xx") - before == 1


def test_the_time_of_requests_is_measured(client):
    make_city("hier")
    before = samples(client, view="pages:home", method="read").get("ki_request_duration_seconds_count", 0)
    client.get("/de/hier/")

    assert samples(client, view="pages:home", method="read")["ki_request_duration_seconds_count"] - before == 1


def test_no_label_tells_an_address_or_a_token(client):
    city = make_city("hier")
    inquiry = make_inquiry(city, receipt_token="GEHEIM123")
    make_page(city, slug="wohin")
    for path in (f"/de/hier/beleg/{inquiry.receipt_token}/", "/de/hier/wohin/?q=GEHEIM123", "/de/mitmachen/GEHEIM123/"):
        client.get(path)
    labels = set(re.findall('="(.*?)"', client.get("/metrics", headers=BY_TOKEN).text))

    assert {label for label in labels if re.search("GEHEIM123|hier|wohin|/|127", label)} == set()


def test_errors_of_the_database_are_counted(client, monkeypatch):
    def fail(*args):
        raise OperationalError("gone")

    before = samples(client, error="OperationalError").get("ki_database_errors_total", 0)
    monkeypatch.setattr("pages.views.pages.load_site", fail)
    client.raise_request_exception = False
    client.get("/de/hier/")

    assert samples(client, error="OperationalError")["ki_database_errors_total"] - before == 1


def test_what_waits_and_what_is_overdue_is_shown(client):
    city = make_city("hier")
    make_mail(created_at=timezone.now() - timedelta(minutes=10), inquiry=make_inquiry(city))
    make_inquiry(city, due_on=timezone.localdate() - timedelta(days=1))
    found = samples(client)

    assert {name: found[name] for name in ("ki_database_up", "ki_mails_waiting", "ki_inquiries_overdue")} == {
        "ki_database_up": 1,
        "ki_mails_waiting": 1,
        "ki_inquiries_overdue": 1,
    }
    assert 600 <= found["ki_mail_oldest_waiting_seconds"] < 660


def test_what_waits_takes_the_same_queries_however_much_waits(client, django_assert_num_queries):
    counts = []
    for number in (1, 3):
        for _each in range(number):
            make_mail(inquiry=make_inquiry(make_city()))
        with django_assert_num_queries(7):
            counts.append(client.get("/metrics", headers=BY_TOKEN).status_code)

    assert counts == [200, 200]


def test_without_a_database_the_counts_are_still_shown(client, monkeypatch):
    def fail(*args):
        raise OperationalError("gone")

    monkeypatch.setattr("ki_site.metrics.outbox_state", fail)
    found = samples(client)

    assert (found["ki_database_up"], "ki_mails_waiting" in found) == (0, False)


@pytest.fixture
def copies(monkeypatch):
    """Says what the snapshot and the backups say of themselves."""

    def are(checked_at, backups):
        monkeypatch.setattr("ki_site.metrics.store.oldest_check", lambda: checked_at)
        monkeypatch.setattr("ki_site.metrics.backup_state", lambda instant: backups)

    return are


def test_the_age_of_copies_is_shown(client, copies):
    copies(timezone.now() - timedelta(minutes=2, seconds=5), {"made_hours": 5, "verified_hours": 50})
    found = samples(client)

    assert {name: found[name] for name in ("ki_backup_made_seconds", "ki_backup_verified_seconds")} == {
        "ki_backup_made_seconds": 5 * 3600,
        "ki_backup_verified_seconds": 50 * 3600,
    }
    assert 120 <= found["ki_snapshot_seconds"] < 180


def test_copies_that_were_never_made_have_no_age(client, copies):
    copies(None, {"state": "never"})

    assert [name for name in samples(client) if "backup" in name or "snapshot" in name] == []


class Cache:
    """As much of the page cache as is copied."""

    class Store:
        bytes = 500

    pages = queries = Store()
    hits = not_modified = misses = bypassed = stale = 0


def test_the_page_cache_counts_by_itself_and_is_copied(client):
    cache = Cache()
    copy = copy_counts(cache)
    copy()
    before = samples(client, result="hit")["ki_page_cache_answers_total"]
    cache.hits = 5
    copy()
    cache.hits = 2  # a new process begins anew
    copy()

    assert (
        samples(client, result="hit")["ki_page_cache_answers_total"] - before,
        samples(client)["ki_page_cache_bytes"],
    ) == (
        7,
        1000,
    )


# --- Several processes -----------------------------------------------------------------------------------

COUNT = """
import os
import django
django.setup()
from ki_site import metrics
metrics.REQUESTS.labels("a:view", "read", "2xx").inc(3)
metrics.PAGE_CACHE_BYTES.set(100)
"""
READ = """
from prometheus_client import generate_latest
metrics.State.collect = lambda state: []
print(generate_latest(metrics.registry()).decode())
"""


def run(folder, code):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_counts_of_all_processes_are_added_up_and_those_of_ended_ones_stay(tmp_path):
    """But what an ended process held is free."""
    folder = tmp_path / "metrics"
    run(folder, COUNT)
    run(folder, COUNT)
    text = run(folder, COUNT + READ)

    assert set(re.findall(r"^(ki_requests_total\{.*|ki_page_cache_bytes .*)$", text, re.M)) == {
        'ki_requests_total{method="read",status="2xx",view="a:view"} 9.0',
        "ki_page_cache_bytes 100.0",
    }
