"""Staff are told in words when the disk takes no more files."""

import errno

import pytest
from django.core.files.storage import FileSystemStorage

from contacts.models import Role
from pages.models import Image
from tests.factories import make_city, make_user, picture_file
from tests.forms import form_data

pytestmark = pytest.mark.django_db


def answer_to_upload(client, monkeypatch, number):
    def fail(*arguments):
        raise OSError(number, "what the system says")

    city = make_city()
    client.force_login(make_user(city, Role.EDITOR))
    client.raise_request_exception = False
    address = "/admin/pages/image/add/"
    data = form_data(client.get(address)) | {"title": "Bild", "credit": "Foto: Stadt", "file": picture_file()}
    monkeypatch.setattr(FileSystemStorage, "_save", fail)
    return client.post(address, data)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_full_disk_says_that_nothing_was_stored(client, monkeypatch, caplog, number):
    response = answer_to_upload(client, monkeypatch, number)
    assert (response.status_code, "Es wurde nichts gespeichert." in response.text) == (507, True)
    assert not Image.objects.exists()
    caplog.clear()


def test_other_errors_of_the_system_are_errors_of_the_site(client, monkeypatch):
    assert answer_to_upload(client, monkeypatch, errno.ENOENT).status_code == 500
