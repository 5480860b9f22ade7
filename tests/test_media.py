"""Uploads as browsers fetch them: whole, in parts, or not at all."""

import os
from datetime import UTC, datetime

import pytest

CONTENT = bytes(range(256)) * 1024  # larger than what is read at a time
SIZE = len(CONTENT)
CHANGED = datetime(2026, 3, 3, 10, tzinfo=UTC).timestamp()
LAST_MODIFIED = "Tue, 03 Mar 2026 10:00:00 GMT"


@pytest.fixture
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "videos").mkdir(parents=True)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return settings.MEDIA_ROOT


@pytest.fixture
def video(folder):
    return store(folder / "videos/film.mp4", CONTENT)


def store(path, content):
    path.write_bytes(content)
    os.utime(path, (CHANGED, CHANGED))
    return f"/media/{path.parent.name}/{path.name}"


def body(response):
    return b"".join(response) if response.streaming else response.content


def test_upload_comes_whole_and_is_no_page(client, video):
    response = client.get(video)
    assert (response.status_code, body(response) == CONTENT) == (200, True)
    expected = {
        "Content-Type": "video/mp4",
        "Content-Length": str(SIZE),
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Last-Modified": LAST_MODIFIED,
    }
    assert {name: response[name] for name in expected} == expected
    assert "Content-Range" not in response


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),  # with this iPhones find out whether a video can be played
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=100-70000", 100, 70_000),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE + 99}", SIZE - 1, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        (f"bytes=-{SIZE}", 0, SIZE - 1),
        (f"bytes=-{SIZE + 1}", 0, SIZE - 1),
        ("Bytes=5-6", 5, 6),
        (" bytes=5-6 ", 5, 6),
    ],
)
def test_part_of_a_video_is_sent_alone(client, video, asked, first, last):
    response = client.get(video, headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes {first}-{last}/{SIZE}")
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "video/mp4"
    assert body(response) == CONTENT[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_part_that_does_not_exist_is_refused_with_the_size(client, video, asked):
    response = client.get(video, headers={"Range": asked})
    assert (response.status_code, response["Content-Range"], body(response)) == (416, f"bytes */{SIZE}", b"")


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=0-1,5-6",
        "bytes=--1",
        "bytes=0x1-2",
        "bytes=²-³",
        "lines=0-1",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_what_is_not_one_range_is_answered_with_the_whole(client, video, asked):
    response = client.get(video, headers={"Range": asked})
    assert (response.status_code, body(response) == CONTENT) == (200, True)


@pytest.mark.parametrize(
    ("condition", "status"),
    [(LAST_MODIFIED, 206), ("Mon, 02 Mar 2026 10:00:00 GMT", 200), ('"etag"', 200), ("nonsense", 200)],
)
def test_part_is_sent_only_of_the_file_that_the_browser_knows(client, video, condition, status):
    assert client.get(video, headers={"Range": "bytes=0-1", "If-Range": condition}).status_code == status


@pytest.mark.parametrize(
    ("known", "status"), [(LAST_MODIFIED, 304), ("Mon, 02 Mar 2026 10:00:00 GMT", 200), ("nonsense", 200)]
)
def test_known_file_is_not_sent_again(client, video, known, status):
    response = client.get(video, headers={"If-Modified-Since": known})
    assert (response.status_code, response["Last-Modified"]) == (status, LAST_MODIFIED)
    assert len(body(response)) == (0 if status == 304 else SIZE)


def test_head_tells_the_size_and_sends_nothing(client, video):
    for headers in ({}, {"Range": "bytes=0-1"}):
        response = client.head(video, headers=headers)
        assert (response.status_code, response["Content-Length"], response.content) == (200, str(SIZE), b"")
        assert response["Accept-Ranges"] == "bytes"


def test_empty_file_has_no_part(client, folder):
    empty = store(folder / "videos/empty.webm", b"")
    assert (client.get(empty).status_code, body(client.get(empty))) == (200, b"")
    for asked in ("bytes=0-", "bytes=0-0", "bytes=-1"):
        assert client.get(empty, headers={"Range": asked}).status_code == 416


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_uploads_can_only_be_read(client, video, method):
    assert getattr(client, method)(video).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "videos",
        "videos/",
        "videos/nothing.mp4",
        "../secret.txt",
        "videos/../../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "videos/%00.mp4",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "x" * 5000,
    ],
)
def test_nothing_outside_the_folder_is_found(client, video, path):
    assert client.get(video).status_code == 200
    assert client.get(f"/media/{path}").status_code == 404


def test_link_that_leads_out_of_the_folder_is_not_followed(client, folder):
    (folder / "videos/link.txt").symlink_to(folder.parent / "secret.txt")
    assert client.get("/media/videos/link.txt").status_code == 404


@pytest.mark.parametrize(
    ("name", "content_type", "disposition"),
    [
        ("bild.WEBP", "image/webp", "inline"),
        ("bild.png", "image/png", "inline"),
        ("bild.avif", "image/avif", "inline"),
        ("blatt.pdf", "application/pdf", "inline"),
        ("film.webm", "video/webm", "inline"),
        ("seite.html", "application/octet-stream", "attachment"),
        ("bild.svg", "application/octet-stream", "attachment"),
        ("ohne", "application/octet-stream", "attachment"),
    ],
)
def test_only_what_may_be_uploaded_opens_in_the_browser(client, folder, name, content_type, disposition):
    response = client.get(store(folder / "videos" / name, b"x"))
    assert (response["Content-Type"], response["Content-Disposition"]) == (content_type, disposition)


@pytest.mark.parametrize(
    ("name", "sandboxed"), [("bild.png", True), ("bild.avif", True), ("ohne", True), ("blatt.pdf", False)]
)
def test_upload_opened_by_its_address_runs_nothing(client, folder, name, sandboxed):
    """Browsers show no PDF in a sandbox; it has the rules of every page, which let nothing run that is not ours."""
    policy = client.get(store(folder / "videos" / name, b"x"))["Content-Security-Policy"]
    assert ("sandbox" in policy, "'unsafe-inline'" in policy.partition("script-src")[2]) == (sandboxed, False)
    assert "default-src 'none'" in policy.split("; ")


def test_upload_is_kept_for_a_week_because_its_name_never_means_something_else(client, video):
    expected = "public, max-age=604800, immutable"
    known = client.get(video, headers={"If-Modified-Since": LAST_MODIFIED})
    assert (client.get(video)["Cache-Control"], known.status_code, known["Cache-Control"]) == (expected, 304, expected)


def test_upload_sets_no_cookie(client, video):
    response = client.get(video)
    assert (dict(response.cookies), "Cookie" in response.get("Vary", "")) == ({}, False)
