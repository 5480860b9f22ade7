"""Backup, destroy, restore: every public page is the same, byte by byte."""

import json
import zipfile
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from backups.making import make_backup
from backups.management.commands.verify_backup import newest_in
from backups.models import Verification, backup_state
from contacts.models import City, Contact
from history.models import FormerRow
from pages.models import PageRevision, PageTranslation
from tests.backups.places import empty_place, empty_sqlite_place, everything_public
from tests.factories import make_city, make_contact, make_document, make_inquiry, make_page, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def quietly(*arguments, **options):
    call_command(*arguments, stdout=StringIO(), stderr=StringIO(), **options)


def backup(folder):
    path, _manifest = make_backup(folder, lambda text: None)
    return path


def rows_in(path):
    """What a backup says about every table."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))["tables"]


@pytest.fixture
def full_site(media):
    """The demo with its pictures, and what the demo has not: a document, inquiries, a picture that was replaced."""
    quietly("load_centres")
    quietly("load_demo")
    city = City.objects.get(slug="bielefeld")
    page = city.pages.get(slug="schulberatung")
    page.documents.add(make_document(city))
    make_inquiry(city, message="Grüße 😀 \u2028 <b>", answers={"zeit": ["b", "a"], "alter": 3})
    make_user(city, "manager", password="ein langes Kennwort")
    Contact.objects.filter(city=city, is_main=True).update(phone="030 23125 009", phone_uri="+493023125009")


def test_every_public_page_is_byte_equal_after_a_restore(full_site, tmp_path):
    path = backup(tmp_path / "backups")
    # The further languages show the same rows in other words of the interface.
    written = set(PageTranslation.objects.values_list("language", flat=True))
    languages = [*written, next(tag for tag, _name in settings.LANGUAGES if tag not in written)]
    with time_machine.travel(timezone.now(), tick=False):
        before = everything_public(languages)
        with empty_place(tmp_path / "new"):
            quietly("restore", path)
            after = everything_public(languages)
    assert len(before) > 1000
    assert {address: answer for address, answer in before.items() if after.get(address) != answer} == {}
    assert after.keys() == before.keys()


def test_city_that_outgrows_sqlite_moves_to_postgresql_and_back(full_site, tmp_path):
    """From the database of the tests into SQLite and on into another one of the first kind."""
    first = backup(tmp_path / "backups")
    with time_machine.travel(timezone.now(), tick=False):
        before = everything_public(languages=["de"])
        with empty_sqlite_place(tmp_path / "sqlite"):
            quietly("restore", first)
            in_sqlite = everything_public(languages=["de"])
            second = backup(tmp_path / "sqlite" / "backups")
        with empty_place(tmp_path / "new"):
            quietly("restore", second)
            after = everything_public(languages=["de"])
    assert in_sqlite == before
    assert after == before
    assert rows_in(second) == rows_in(first)


def test_restored_site_goes_on_as_before(full_site, tmp_path):
    """Changes are remembered, revisions never overlap, no number is given twice, files are what they were."""
    gone = make_contact(City.objects.get(slug="bochum")).pk
    Contact.objects.get(pk=gone).delete()
    path = backup(tmp_path / "backups")
    files = contents(tmp_path / "media")
    assert len(files) > 20
    with empty_place(tmp_path / "new"):
        quietly("restore", path)
        assert contents(tmp_path / "new" / "media") == files
        assert_changes_are_remembered()
        assert_revisions_cannot_overlap()
        assert make_contact(City.objects.get(slug="bochum")).pk == gone + 1


def contents(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def assert_changes_are_remembered():
    contact = Contact.objects.filter(is_main=True).first()
    remembered = FormerRow.objects.of(contact).count()
    Contact.objects.filter(pk=contact.pk).update(room="7")
    assert FormerRow.objects.of(contact).count() == remembered + 1


def assert_revisions_cannot_overlap():
    revision = PageRevision.objects.filter(visible_until=None).first()
    revision.pk, revision.visible_from, revision.visible_until = None, timezone.now(), timezone.now() + timedelta(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        revision.save_base(raw=True, force_insert=True)


def test_sessions_do_not_come_back(client, tmp_path):
    client.force_login(make_user(make_city(), "manager"))
    path = backup(tmp_path / "backups")
    assert "django_session" not in rows_in(path)


# --- Only into an empty place ---------------------------------------------------------------------------


def refusal(*arguments):
    with pytest.raises(CommandError) as refused:
        quietly(*arguments)
    return refused.value.returncode, str(refused.value)


def test_database_with_tables_is_not_touched(tmp_path):
    city = make_city("hier")
    path = backup(tmp_path / "backups")
    City.objects.filter(pk=city.pk).update(name="Später geändert")
    code, words = refusal("restore", path)
    assert code == 3
    assert words.startswith("Die Datenbank ist nicht leer: ")
    assert City.objects.get().name == "Später geändert"


def test_folder_with_uploads_is_not_touched(tmp_path):
    make_document(make_city())
    path = backup(tmp_path / "backups")
    with empty_place(tmp_path / "new"):
        foreign = tmp_path / "new" / "media" / "documents" / "fremd.pdf"
        foreign.parent.mkdir(parents=True)
        foreign.write_bytes(b"fremd")
        code, words = refusal("restore", path)
        assert connection.introspection.table_names() == []
    assert (code, "documents/fremd.pdf" in words, foreign.read_bytes()) == (3, True, b"fremd")


def test_restore_that_fails_leaves_nothing(tmp_path, monkeypatch):
    make_document(make_city())
    path = backup(tmp_path / "backups")

    def refuse(*arguments):
        raise OSError(28, "No space left on device")

    with empty_place(tmp_path / "new"):
        monkeypatch.setattr("backups.restoring.set_last_number", refuse)
        code, words = refusal("restore", path)
        monkeypatch.undo()
        assert (code, words.partition(".")[0]) == (1, "Der Speicherplatz reicht nicht")
        assert connection.introspection.table_names() == []
        assert [file for file in (tmp_path / "new").rglob("*") if file.is_file() and "empty" not in file.name] == []


# --- Older and newer programs ---------------------------------------------------------------------------


def test_backup_of_a_newer_program_is_refused(tmp_path, monkeypatch):
    from backups import making

    make_city()
    real = making.applied
    monkeypatch.setattr(making, "applied", lambda: [*real(), ["pages", "0999_from_the_future"]])
    monkeypatch.setattr("backups.state.known_nodes", lambda loader, names: {tuple(name) for name in names[:-1]})
    path = backup(tmp_path / "backups")
    monkeypatch.undo()
    with empty_place(tmp_path / "new"):
        code, words = refusal("restore", path)
    assert (code, words.endswith("Hier fehlen: pages 0999_from_the_future")) == (4, True)


def test_backup_of_an_older_program_is_migrated(tmp_path):
    with empty_place(tmp_path / "old"):
        quietly("migrate", "backups", "zero", verbosity=0)
        quietly("migrate", verbosity=0)
        make_page(make_city("hier"), slug="ueber-uns")
        quietly("migrate", "backups", "zero", verbosity=0)
        path = backup(tmp_path / "backups")
    assert "backups_verification" not in rows_in(path)
    with empty_place(tmp_path / "new"):
        quietly("restore", path)
        assert PageTranslation.objects.get().title == "Titel ueber-uns"
        assert Verification.objects.count() == 0


# --- Trial restores and health --------------------------------------------------------------------------


def test_verified_backup_is_remembered_and_leaves_nothing_else(full_site, tmp_path):
    path = backup(tmp_path / "backups")
    tables = connection.introspection.table_names()
    quietly("verify_backup", path)
    assert connection.introspection.table_names() == tables
    assert [file.name for file in (tmp_path / "backups").iterdir()] == [path.name]
    remembered = Verification.objects.get()
    assert remembered.rows == sum(table["rows"] for table in rows_in(path).values())


def test_verify_takes_the_newest_backup_of_a_folder(tmp_path):
    for day in ("20260301", "20260303", "20260302"):
        (tmp_path / f"ki-site-{day}T013000Z.zip").touch()
    (tmp_path / "ki-site-kopie.zip").touch()
    assert newest_in(tmp_path).name == "ki-site-20260303T013000Z.zip"


def verified(made_hours, verified_hours):
    now = timezone.now()
    Verification.objects.create(
        made_at=now - timedelta(hours=made_hours), verified_at=now - timedelta(hours=verified_hours), rows=1, files=1
    )
    return backup_state(now)


def test_health_shows_the_age_of_the_last_verified_restore(client):
    assert client.get("/health/ready").json()["backup"] == {"state": "never"}
    verified(31, 30)
    assert client.get("/health/ready").json()["backup"] == {"state": "ok", "verified_hours": 30, "made_hours": 31}


def test_old_backup_is_overdue_however_lately_it_was_verified():
    assert verified(9 * 24, 1) == {"state": "overdue", "verified_hours": 1, "made_hours": 216}
    assert verified(24, 20)["state"] == "ok"


def test_table_that_migrations_made_anew_and_nobody_filled_fits_into_the_other_database(tmp_path):
    """SQLite then says that the last number was 0, which PostgreSQL does not take."""
    make_city()
    numbers = {table["last_number"] for table in rows_in(backup(tmp_path / "backups")).values()}
    assert 0 not in numbers
