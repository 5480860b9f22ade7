"""The database goes and comes back, and no process is started anew."""

import re
import time

from .conftest import is_away, is_back, wait_until

FORM = "/de/bochum/barriere-melden/"


def test_database_goes_and_comes_back(site):
    """What was typed meanwhile is sent again and arrives."""
    key = re.search('name="form_key" value="([^"]+)"', site.get(FORM).text)[1]
    sent = {"form_key": key, "message": "Guten Tag", "page_address": "/de/bochum/"}

    site.database.stop()
    wait_until(lambda: is_away(site), 10)
    refused = site.post(FORM, sent)
    site.database.start()
    seconds = wait_until(lambda: is_back(site), 10)
    time.sleep(3)  # nobody reads and fills in a form faster
    taken = site.post(FORM, sent)

    assert (refused.status, taken.status) == (503, 303)
    assert site.get("/health/ready").status == 200
    print(f"back after {seconds:.1f} s")


def test_database_that_takes_connections_and_does_not_answer_is_noticed(site):
    site.database.break_down()
    try:
        first = wait_until(lambda: is_away(site), 20)
        started = time.monotonic()
        answers = [is_away(site) for _ in range(6)]
        seconds = time.monotonic() - started
    finally:
        site.database.mend()
    wait_until(lambda: is_back(site), 15)

    assert answers == [True] * 6
    assert seconds < 15  # each of two processes may have to find out
    print(f"noticed after {first:.1f} s")


def test_page_that_changed_is_written_anew(site):
    site.run("from contacts.models import City; City.objects.filter(slug='bochum').update(authority='Neue Behörde')")

    said = site.write_snapshot()

    assert [line.split()[1] for line in said.splitlines() if "Seiten" in line] == ["bochum:", "Portal:"]
    assert site.write_snapshot() == ""
