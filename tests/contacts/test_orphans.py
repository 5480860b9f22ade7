"""What uploads leave behind that were cut off."""

import io
import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from contacts.orphans import delete_orphaned_uploads
from tests.factories import make_city, make_document, make_image, make_video, picture_file

pytestmark = pytest.mark.django_db
LATER = timedelta(days=8)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_file_without_a_row_goes_after_a_week_and_no_sooner():
    name = default_storage.save("images/half.jpg", ContentFile(b"half a pic"))
    assert (delete_orphaned_uploads(timezone.now()), default_storage.exists(name)) == (0, True)
    assert (delete_orphaned_uploads(timezone.now() + LATER), default_storage.exists(name)) == (1, False)


def test_every_file_that_somebody_owns_stays():
    city = make_city()
    image, document, video = make_image(city), make_document(city), make_video(city)
    replaced = image.file_names()
    image.file = picture_file()
    image.save()
    names = replaced | image.file_names() | {document.file.name, video.file.name, video.poster.name}
    assert delete_orphaned_uploads(timezone.now() + LATER) == 0
    assert all(default_storage.exists(name) for name in names)


def test_file_whose_transaction_failed_is_an_orphan():
    def fail_afterwards():
        with transaction.atomic():
            make_image(make_city())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_afterwards()
    left = len(default_storage.listdir("images")[1])
    assert left > 1
    assert delete_orphaned_uploads(timezone.now() + LATER) == left


def test_what_lies_elsewhere_is_none_of_our_business():
    name = default_storage.save("fremd/datei.jpg", ContentFile(b"x"))
    delete_orphaned_uploads(timezone.now() + LATER)
    assert default_storage.exists(name)


def test_nightly_job_says_what_it_took_away(folder):
    name = default_storage.save("videos/half.mp4", ContentFile(b"half"))
    long_ago = (timezone.now() - LATER).timestamp()
    os.utime(folder / name, (long_ago, long_ago))
    for options, words, is_left in [
        (["--dry-run"], "Zu löschen: 1 Datei von Uploads, die abgebrochen sind.", True),
        ([], "Gelöscht: 1 Datei von Uploads, die abgebrochen sind.", False),
    ]:
        said = io.StringIO()
        call_command("delete_expired", *options, stdout=said)
        assert (words in said.getvalue(), default_storage.exists(name)) == (True, is_left)
