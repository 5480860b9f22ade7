"""The database changes for a new version while the old one serves."""

import time

from tests.failures.conftest import say

NEWER = {"DJANGO_SETTINGS_MODULE": "tests.failures.newer_settings"}
# The command of docs/stoerungen.md.
PATIENCE = {"PGOPTIONS": "-c lock_timeout=2s"}
COLUMN = "SELECT 1 FROM information_schema.columns WHERE table_name = 'pages_pagerevision' AND column_name = 'late'"


def test_old_nodes_read_and_write_while_the_tables_change(site, load, figure):
    primary = site.cluster.primary
    load.asks_the_database_each_time = True
    with load.running():
        time.sleep(3)
        say("Ein Lese-Vorgang hält die Tabelle fest, zum Beispiel eine Sicherung; migrate gibt nach 2 s auf.")
        with primary.connect() as long_reader:
            long_reader.execute("BEGIN")
            long_reader.execute("SELECT count(*) FROM pages_pagerevision")
            refused = site.nodes[0].manage("migrate", "-v", "0", check=False, **NEWER, **PATIENCE)
            assert (refused.returncode, "lock timeout" in refused.stdout) == (1, True), refused.stdout[-1000:]
            assert not primary.execute(COLUMN)
        say("Noch einmal: Jetzt ist die Tabelle frei.")
        begun = time.monotonic()
        site.nodes[0].manage("migrate", "-v", "0", **NEWER, **PATIENCE)
        seconds = time.monotonic() - begun
        assert primary.execute(COLUMN)
        time.sleep(4)
    site.nodes[0].manage("migrate", "late", "zero", "-v", "0", **NEWER, **PATIENCE)
    stored = {token for (token,) in primary.execute("SELECT receipt_token FROM inquiries_inquiry")}
    slowest = max(read.seconds for read in load.reads)
    figure("Migration im Betrieb: Seiten gelesen, ohne Zwischenspeicher", len(load.reads))
    figure("davon misslungen", len(load.failed_reads()), goal=0)
    figure("langsamste Seite", slowest, "s")
    figure("Dauer von migrate", seconds, "s")
    assert load.failed_reads() == []
    assert {each.token for each in load.acknowledged} <= stored
