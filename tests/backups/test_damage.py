"""Whatever happens to the file or to the disk: nobody takes half a backup for a whole one."""

import json
import os
import threading
import zipfile
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from time import time

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from backups import making
from backups.archive import Archive, Damaged, PartWriter
from backups.making import make_backup
from backups.models import Verification
from contacts.models import City
from pages.models import Document
from tests.backups.places import empty_place
from tests.factories import make_city, make_document

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def run(*arguments, **options):
    out, errors = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=errors, **options)
    return out.getvalue(), errors.getvalue()


def failure(*arguments):
    with pytest.raises(CommandError) as failed:
        run(*arguments)
    return failed.value.returncode, str(failed.value)


@pytest.fixture
def backup(tmp_path):
    make_document(make_city("hier"))
    path, _manifest = make_backup(tmp_path / "backups", lambda text: None)
    return path


def is_found(path):
    try:
        with Archive(path):
            return False
    except Damaged:
        return True


def test_one_flipped_bit_is_found_wherever_it_is(backup):
    """In rows, uploads, names, what lies between the parts, the manifest, the directory and the digest itself."""
    content = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        heads = [entry.header_offset + shift for entry in archive.infolist() for shift in range(0, 40, 3)]
    positions = sorted({*range(0, len(content), 97), *heads, *range(len(content) - 120, len(content))})
    with backup.open("r+b", buffering=0) as file:
        for position in positions:
            os.pwrite(file.fileno(), bytes([content[position] ^ 1 << position % 8]), position)
            assert is_found(backup), position
            os.pwrite(file.fileno(), content[position : position + 1], position)
    assert not is_found(backup)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content + b"0",
        lambda content: b"0" + content,
        lambda content: content[:-64] + content[-64:].upper(),
        lambda content: b"PK\x05\x06" + bytes(18),
        lambda content: b"kein Archiv",
    ],
)
def test_file_that_is_no_whole_backup_is_told(backup, spoil):
    backup.write_bytes(spoil(backup.read_bytes()))
    code, words = failure("verify_backup", backup)
    assert (code, words.partition(",")[0]) == (2, "Die Datei ist beschädigt")
    assert Verification.objects.count() == 0


def test_damaged_backup_is_not_restored(backup, tmp_path):
    content = bytearray(backup.read_bytes())
    content[1000] ^= 1
    backup.write_bytes(content)
    with empty_place(tmp_path / "new"):
        assert failure("restore", backup)[0] == 2
        assert list((tmp_path / "new").glob("media/*")) == []


def test_digests_can_be_checked_with_the_tools_of_every_system(backup):
    content = backup.read_bytes()
    assert sha256(content[:-64]).hexdigest().encode() == content[-64:]
    with zipfile.ZipFile(backup) as archive:
        sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert sums == {
            name: sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != "SHA256SUMS"
        }
        assert json.loads(archive.read("manifest.json"))["media"]["files"] == 1


def test_only_the_owner_reads_a_backup(backup):
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    assert oct(backup.parent.stat().st_mode & 0o777) == "0o700"


def test_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    make_city()
    written = []

    def refuse(self, data):
        written.append(data)
        if len(written) > 5:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(PartWriter, "write", refuse)
    code, words = failure("backup", tmp_path / "backups")
    assert (code, words.split(". ")[1]) == (1, "Der Speicherplatz reicht nicht")
    assert list((tmp_path / "backups").iterdir()) == []


def test_newest_backups_are_kept_and_foreign_files_left_alone(tmp_path):
    make_city()
    folder = tmp_path / "backups"
    for day in range(5, 0, -1):
        with time_machine.travel(timezone.now() - timedelta(days=day), tick=False):
            make_backup(folder, lambda text: None)
    foreign, abandoned = folder / "ki-site-alt.zip", folder / ".ki-site-20200101T000000Z.zip.part"
    foreign.touch()
    abandoned.touch()
    os.utime(abandoned, (time() - 2 * 24 * 3600,) * 2)
    newest = sorted(path.name for path in folder.glob("ki-site-2*"))[-2:]
    out, _errors = run("backup", folder, keep=3)
    left = sorted(path.name for path in folder.iterdir())
    assert out.splitlines()[-1] == "Ältere Sicherungen gelöscht: 3."
    assert (left[:2], left[-1], len(left)) == (newest, "ki-site-alt.zip", 4)


def test_failed_backup_deletes_no_older_one(backup, monkeypatch):
    monkeypatch.setattr(PartWriter, "write", lambda self, data: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("backup", backup.parent, keep=1)
    assert list(backup.parent.iterdir()) == [backup]


def test_upload_that_was_missing_before_is_named(tmp_path):
    document = make_document(make_city())
    default_storage.delete(document.file.name)
    _out, errors = run("backup", tmp_path / "backups")
    assert errors == f"1 Dateien fehlten schon vor der Sicherung: {document.file.name}\n"


def delete_documents():
    """Like an editor elsewhere: with a connection of its own, file and row."""

    def delete():
        for document in Document.objects.all():
            document.delete()
        connection.close()

    editor = threading.Thread(target=delete)
    editor.start()
    editor.join()


def test_upload_that_goes_while_it_is_copied_makes_the_backup_begin_anew(tmp_path, monkeypatch):
    make_document(make_city())
    real = making.MediaCopy.copy_rest

    def copy_rest(self):
        delete_documents()
        real(self)

    monkeypatch.setattr(making.MediaCopy, "copy_rest", copy_rest)
    said = []
    _path, manifest = make_backup(tmp_path / "backups", said.append)
    assert said.count("Dateien haben sich geändert. Die Sicherung beginnt von vorn.") == 1
    assert manifest["tables"]["pages_document"]["rows"] == 0
    assert manifest["media"] == {"files": 0, "bytes": 0, "missing": []}


def test_no_backup_in_the_folder_is_told(tmp_path):
    assert failure("verify_backup", tmp_path) == (1, f"In {tmp_path} liegt keine Sicherung.")
    assert City.objects.count() == 0
