"""Uploads on a folder that nodes share, and in a bucket of a real S3 server."""

from pathlib import Path

import boto3
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings

from ki_site.media_on_s3 import MediaOnS3
from ki_site.storage import media_folder, media_storage
from pages.models import Image
from tests.factories import make_city, make_image

URL = "s3+http://key:se%2Fcret@127.0.0.1:{port}/uploads?region=eu-central-1"
CONTENT = bytes(range(256)) * 1024


# --- The setting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("", "/data/media"),
        ("file:///srv/ki-uploads", "/srv/ki-uploads"),
        ("file:///srv/with%20space", "/srv/with space"),
        ("s3://key:secret@s3.example.org/uploads", "/data/media"),
    ],
)
def test_folder_is_the_local_one_unless_another_is_named(url, folder):
    assert media_folder(url, Path("/data/media")) == Path(folder)


def test_bucket_is_read_from_its_address():
    assert media_storage(URL.format(port=9000)) == {
        "BACKEND": "ki_site.media_on_s3.MediaOnS3",
        "OPTIONS": {
            "endpoint_url": "http://127.0.0.1:9000",
            "access_key": "key",
            "secret_key": "se/cret",
            "bucket_name": "uploads",
            "region_name": "eu-central-1",
        },
    }


@pytest.mark.parametrize(
    "url",
    [
        "/srv/ki-uploads",
        "file://srv/ki-uploads",
        "file:srv",
        "https://key:verysecret@s3.example.org/uploads",
    ],
)
def test_mistaken_folder_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_STORAGE_URL is malformed") as caught:
        media_folder(url, Path("/data/media"))
    assert "verysecret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "s3://key:verysecret@s3.example.org/",
        "s3://key:verysecret@s3.example.org/uploads/folder",
        "s3://key:verysecret@s3.example.org:port/uploads",
        "s3://key:verysecret@/uploads",
        "s3://verysecret@s3.example.org/uploads",
        "s3://s3.example.org/uploads",
        "s3://key:verysecret@s3.example.org/uploads?acl=public",
    ],
)
def test_mistaken_bucket_stops_the_start_and_tells_no_secret(url):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_STORAGE_URL is malformed") as caught:
        media_storage(url)
    assert "verysecret" not in str(caught.value)


# --- A bucket --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bucket(s3_server):
    url = URL.format(port=s3_server.get_host_and_port()[1])
    storage = media_storage(url)
    options = storage["OPTIONS"]
    client = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        aws_access_key_id="key",
        aws_secret_access_key="se/cret",
        region_name="eu-central-1",
    )
    client.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with override_settings(STORAGES=settings.STORAGES | {"default": storage}):
        yield client
    for each in client.list_objects_v2(Bucket="uploads").get("Contents", []):
        client.delete_object(Bucket="uploads", Key=each["Key"])
    client.delete_bucket(Bucket="uploads")
    client.close()


def names_in(bucket):
    return {each["Key"] for each in bucket.list_objects_v2(Bucket="uploads").get("Contents", [])}


def body(response):
    return b"".join(response) if response.streaming else response.content


def test_upload_in_a_bucket_has_the_address_it_has_in_a_folder(bucket):
    name = default_storage.save("videos/film.mp4", ContentFile(CONTENT))
    assert (type(default_storage._wrapped), default_storage.url(name)) == (MediaOnS3, "/media/videos/film.mp4")


def test_upload_in_a_bucket_comes_whole_with_the_same_headers(bucket, client):
    default_storage.save("videos/film.mp4", ContentFile(CONTENT))
    response = client.get("/media/videos/film.mp4")
    assert (response.status_code, body(response) == CONTENT) == (200, True)
    expected = {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(CONTENT)),
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=604800, immutable",
    }
    assert {name: response[name] for name in expected} == expected


@pytest.mark.parametrize(("asked", "first", "last"), [("bytes=0-1", 0, 1), ("bytes=100-70000", 100, 70_000)])
def test_part_of_an_upload_in_a_bucket_is_sent_alone(bucket, client, asked, first, last):
    default_storage.save("videos/film.mp4", ContentFile(CONTENT))
    response = client.get("/media/videos/film.mp4", headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes {first}-{last}/{len(CONTENT)}")
    assert body(response) == CONTENT[first : last + 1]


def test_part_that_a_bucket_does_not_have_and_an_empty_file(bucket, client):
    default_storage.save("videos/film.mp4", ContentFile(CONTENT))
    default_storage.save("videos/empty.mp4", ContentFile(b""))
    past_the_end = client.get("/media/videos/film.mp4", headers={"Range": f"bytes={len(CONTENT)}-"})
    assert (past_the_end.status_code, body(client.get("/media/videos/empty.mp4"))) == (416, b"")


def test_known_upload_of_a_bucket_is_not_sent_again(bucket, client):
    default_storage.save("videos/film.mp4", ContentFile(CONTENT))
    known = client.head("/media/videos/film.mp4")["Last-Modified"]
    assert client.get("/media/videos/film.mp4", headers={"If-Modified-Since": known}).status_code == 304


@pytest.mark.parametrize(
    "path", ["videos/nothing.mp4", "videos", "../film.mp4", "videos/../videos/film.mp4", "videos//film.mp4", "x" * 3000]
)
def test_nothing_else_is_found_in_a_bucket(bucket, client, path):
    default_storage.save("videos/film.mp4", ContentFile(CONTENT))
    assert client.get("/media/videos/film.mp4").status_code == 200
    assert client.get(f"/media/{path}").status_code == 404


def test_picture_in_a_bucket_has_all_its_sizes_and_takes_them_along(
    bucket, client, db, django_capture_on_commit_callbacks
):
    image = make_image(make_city())
    assert names_in(bucket) == image.file_names()
    assert client.get(image.fallback_url).status_code == 200
    assert {client.get(f"/media/{name}").status_code for name in image.file_names()} == {200}
    with django_capture_on_commit_callbacks(execute=True):
        Image.objects.get().delete()
    assert names_in(bucket) == set()


def test_bucket_that_does_not_answer_makes_the_picture_wait_and_nothing_else(client):
    storage = media_storage("s3+http://key:secret@127.0.0.1:9/uploads")
    with override_settings(STORAGES=settings.STORAGES | {"default": storage}):
        response = client.get("/media/videos/film.mp4")
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
