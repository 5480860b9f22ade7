"""A node dies, the database dies and the standby takes over, the standby dies, under reads and help requests."""

import time

from tests.failures.conftest import say
from tests.failures.load import FORM
from tests.failures.patience import wait_until


def test_nothing_is_lost_when_a_node_and_the_primary_die(site, load, figure):
    cluster = site.cluster
    with load.running():
        say("Last beginnt: Seiten werden gelesen, Formulare abgeschickt.")
        time.sleep(8)
        assert load.acknowledged
        assert load.failed_reads() == []

        say("Knoten 1 wird getötet (kill -9).")
        site.nodes[0].kill()
        time.sleep(6)
        site.nodes[0].start()
        time.sleep(2)

        say("Der Haupt-Server von PostgreSQL wird getötet (kill -9).")
        died = time.monotonic()
        cluster.primary.kill()
        time.sleep(3)  # until somebody or a watcher acts
        say("Der mitlaufende Server übernimmt (pg_ctl promote).")
        promoted = time.monotonic()
        cluster.standby.promote()
        cluster.primary, cluster.standby = cluster.standby, cluster.primary
        assert load.wait_for_receipt_after(promoted, 40), "no receipt after the promotion"
        first_receipt = min(each.at for each in load.acknowledged if each.at > promoted)
        time.sleep(6)
    stored = {token for (token,) in cluster.primary.execute("SELECT receipt_token FROM inquiries_inquiry")}
    twice = cluster.primary.execute("SELECT message FROM inquiries_inquiry GROUP BY message HAVING count(*) > 1")
    lost = [each for each in load.acknowledged if each.token not in stored]
    figure("Seiten gelesen", len(load.reads))
    figure("davon misslungen", len(load.failed_reads()), goal=0)
    figure("langsamste Seite", max(read.seconds for read in load.reads), "s")
    figure("Formulare quittiert", len(load.acknowledged))
    figure("quittiert und verloren", len(lost), goal=0)
    figure("doppelt gespeichert", len(twice), goal=0)
    figure("ohne Schreiben, als die Datenbank starb", load.seconds_without_writing(died), "s")
    figure("davon nach dem Befehl zur Übernahme", first_receipt - promoted, "s")
    assert (lost, twice) == ([], [])
    assert load.failed_reads() == []


def test_old_primary_comes_back_as_a_standby(site, figure):
    """What it had and nobody acknowledged is taken away (pg_rewind); from then on nothing is lost again."""
    cluster = site.cluster
    begun = time.monotonic()
    cluster.standby.rewind_to(cluster.primary)
    cluster.standby.start()
    cluster.primary.wait_for_standby(cluster.standby.name)
    cluster.primary.wait_with_commits_for(cluster.standby.name)
    figure("alter Haupt-Server läuft wieder mit, nach", time.monotonic() - begun, "s")


def test_pages_are_read_while_commits_wait_for_a_dead_standby(site, load, figure):
    cluster = site.cluster
    with load.running():
        time.sleep(5)
        say("Der mitlaufende Server wird getötet: Was geschrieben wird, wartet auf ihn.")
        died = time.monotonic()
        cluster.standby.kill()
        time.sleep(15)
        say("Der Haupt-Server soll nicht mehr auf ihn warten (ALTER SYSTEM).")
        released = time.monotonic()
        cluster.primary.wait_with_commits_for("")
        assert load.wait_for_receipt_after(released, 30), "no receipt after the release"
        first_receipt = min(each.at for each in load.acknowledged if each.at > released)
        time.sleep(4)
    between = [each for each in load.acknowledged if died + 1 < each.at < released]
    stored = {token for (token,) in cluster.primary.execute("SELECT receipt_token FROM inquiries_inquiry")}
    lost = [each for each in load.acknowledged if each.token not in stored]
    twice = cluster.primary.execute("SELECT message FROM inquiries_inquiry GROUP BY message HAVING count(*) > 1")
    figure("mitlaufender Server tot: Seiten gelesen", len(load.reads_between(died)))
    figure("davon misslungen", len(load.failed_reads()), goal=0)
    figure("langsamste Seite", max(read.seconds for read in load.reads), "s")
    figure("quittiert, während er fehlte", len(between), goal=0)
    figure("quittiert und verloren", len(lost), goal=0)
    figure("erste Quittung nach dem Befehl", first_receipt - released, "s")
    cluster.standby.start()
    cluster.primary.wait_for_standby(cluster.standby.name)
    cluster.primary.wait_with_commits_for(cluster.standby.name)
    assert (lost, twice, between) == ([], [], [])
    assert load.failed_reads() == []


def test_pages_are_read_while_the_primary_hangs(site, load, figure):
    primary = site.cluster.primary
    with load.running():
        time.sleep(4)
        say("Der Haupt-Server hängt: Verbindungen stehen, niemand antwortet.")
        hung = time.monotonic()
        primary.freeze()
        try:
            time.sleep(15)
        finally:
            primary.thaw()
        thawed = time.monotonic()
        assert load.wait_for_receipt_after(thawed, 30), "no receipt afterwards"
        first_receipt = min(each.at for each in load.acknowledged if each.at > thawed)
        time.sleep(2)
    stored = {token for (token,) in primary.execute("SELECT receipt_token FROM inquiries_inquiry")}
    figure("Haupt-Server hängt: Seiten gelesen", len(load.reads_between(hung)))
    figure("davon misslungen", len(load.failed_reads()), goal=0)
    figure("langsamste Seite", max(read.seconds for read in load.reads), "s")
    figure("danach wieder geschrieben nach", first_receipt - thawed, "s")
    assert load.failed_reads() == []
    assert {each.token for each in load.acknowledged} <= stored


def test_pages_are_read_after_a_restart_of_every_node_without_database(site, figure):
    cluster, front = site.cluster, site.front
    say("Die Datenbank wird angehalten, dann werden beide Knoten neu gestartet.")
    cluster.primary.stop()
    for node in site.nodes:
        node.kill()
        node.start()
    failed = [path for path in site.paths if front.ask(path)[0] != 200]
    form = front.ask("/de/bielefeld/hilfe/")
    sent = front.ask("/de/bielefeld/anfrage/", method="POST", body="message=Bitte+melden", headers=FORM)
    live, ready = (site.nodes[0].ask(f"/health/{each}")[0] for each in ("live", "ready"))
    admin = front.ask("/admin/")[0]
    back = time.monotonic()
    cluster.primary.start()
    wait_until(lambda: all(node.ask("/health/ready")[0] == 200 for node in site.nodes), 30, site.nodes[0].last_words)
    normal = time.monotonic()
    cluster.primary.wait_for_standby(cluster.standby.name)
    figure(f"ohne Datenbank neu gestartet: misslungene Seiten von {len(site.paths)}", len(failed), goal=0)
    figure("Datenbank wieder da: alles wie sonst nach", normal - back, "s")
    assert failed == []
    assert (form[0], "tel:" in form[2]) == (200, True)
    assert (sent[0], "Bitte melden" in sent[2], "tel:" in sent[2]) == (503, True, True)
    assert (live, ready, admin) == (200, 503, 503)
