"""A file of a city comes from elsewhere. Whatever is in it, nothing of it harms, and a refused one leaves nothing."""

import copy
import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contacts.models import City
from pages.models import Page, PageRevision
from tests.factories import make_city, make_contact, make_document, make_image, make_location, make_page
from tests.portability.moving import committed, in_one_transaction, wipe


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


built = {}


@pytest.fixture
def parts(db, tmp_path, monkeypatch):
    """{name: content} of a file that is fine; its city is gone, another one is there."""
    if not built:
        in_one_transaction(monkeypatch)
        with committed():
            built.update(build(tmp_path / "fine.zip"))
    make_page(make_city("opfer"), slug="geheim")
    return dict(built)


def build(path):
    city = make_city("hier")
    contact = make_contact(city, is_main=True, location=make_location(city))
    make_image(city)
    page = make_page(city, slug="seite")
    page.contacts.add(contact)
    page.documents.add(make_document(city))
    call_command("export_city", "hier", path, stdout=StringIO())
    wipe(city)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "SHA256SUMS"}


def write(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def take_in(parts, tmp_path):
    write(tmp_path / "forged.zip", parts)
    with committed():
        call_command("import_city", tmp_path / "forged.zip", stdout=StringIO())


def refusal(parts, tmp_path):
    uploads = sorted((tmp_path / "media").rglob("*.*"))
    with pytest.raises(CommandError) as refused:
        take_in(parts, tmp_path)
    assert not City.objects.filter(slug="hier").exists()
    assert sorted((tmp_path / "media").rglob("*.*")) == uploads
    assert list(tmp_path.parent.glob("evil*")) == []
    return str(refused.value)


def changed(parts, name, change):
    """The parts with one of the JSON files changed in place."""
    data = json.loads(parts[name])
    change(data)
    return parts | {name: json.dumps(data)}


def test_fine_file_is_taken_in(parts, tmp_path):
    take_in(parts, tmp_path)
    assert City.objects.get(slug="hier").pages.get().slug == "seite"


# --- The archive -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil.json",
        "/etc/evil",
        "media/../../evil.png",
        "media\\evil.png",
        "pages/../city.json",
        "media/images/1-file.php5x/evil",
        "evil.py",
        "pages/" + "x" * 300 + ".json",
    ],
)
def test_parts_with_other_names_are_refused(parts, tmp_path, name):
    assert "gehört nicht in die Datei einer Stadt" in refusal(parts | {name: b"x"}, tmp_path)


def test_symbolic_link_is_refused(parts, tmp_path):
    link = zipfile.ZipInfo("media/documents/7-file.pdf")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(CommandError, match="gehört nicht"):
        call_command("import_city", tmp_path / "forged.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_part_that_is_there_twice_is_refused(parts, tmp_path):
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for name, content in (*parts.items(), ("city.json", b"{}")):
            archive.writestr(name, content)
    with pytest.raises(CommandError, match="zweimal"):
        call_command("import_city", tmp_path / "forged.zip")


@pytest.mark.parametrize("name", ["city.json", "pages/seite.json", "media/documents/1-file.pdf"])
def test_bomb_is_stopped_before_it_fills_the_disk(parts, tmp_path, name, monkeypatch):
    monkeypatch.setattr("portability.package.LARGEST_JSON", 2_000_000)
    monkeypatch.setattr("portability.package.LARGEST_WHOLE", 3_000_000)
    assert refusal(parts | {name: b" " * 30_000_000}, tmp_path).endswith(f"{name} ist zu groß.")


@pytest.mark.parametrize("content", [b"", b"PK", b"kein Archiv", b"PK\x03\x04" + b"\0" * 100])
def test_file_that_is_no_archive_is_refused(db, tmp_path, content):
    (tmp_path / "forged.zip").write_bytes(content)
    with pytest.raises(CommandError, match="kein ZIP-Archiv"):
        call_command("import_city", tmp_path / "forged.zip")


def test_archive_without_a_city_is_refused(parts, tmp_path):
    del parts["city.json"]
    assert "fehlt city.json" in refusal(parts, tmp_path)


def test_missing_upload_is_named(parts, tmp_path):
    del parts["media/documents/1-file.pdf"]
    assert refusal(parts, tmp_path).endswith("Im Archiv fehlt media/documents/1-file.pdf.")


# --- The JSON --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"format": ' + b"9" * 10_000 + b"}",
        b'{"format": "ki-site-city", "version": 2, "city": {}}',
        b'{"format": "anderes", "version": 1, "city": {}}',
        b'{"format": "ki-site-city", "version": 1, "city": {"name": "\\ud800"}}',
        b'{"format": "ki-site-city", "version": 1, "city": {"name": "a\\u0000b"}}',
    ],
)
def test_other_json_is_refused(parts, tmp_path, content):
    assert "city.json" in refusal(parts | {"city.json": content}, tmp_path)


WRONG_IN_CITY = [
    lambda data: data["city"].update(is_public=True),
    lambda data: data["city"].update(id=1),
    lambda data: data["city"].update(name={"evil": 1}),
    lambda data: data["city"].update(name="x" * 81),
    lambda data: data["city"].update(slug="../evil"),
    lambda data: data["city"].update(accent_color="red;}"),
    lambda data: data["city"].update(logo="../../evil.png"),
    lambda data: data["city"].update(logo="media/documents/1-file.pdf"),
    lambda data: data["city"].update(forms=["erfunden"]),
    lambda data: data["contacts"][0].update(position=10**400),
    lambda data: data["contacts"][0].update(position=-1),
    lambda data: data["contacts"][0].update(position=True),
    lambda data: data["contacts"][0].update(position="1"),
    lambda data: data["contacts"][0].update(id=10**30),
    lambda data: data["contacts"][0].update(city=1),
    lambda data: data["contacts"][0].update(city_id=1),
    lambda data: data["contacts"][0].update(location=2),
    lambda data: data["contacts"][0].update(deputy=99),
    lambda data: data["contacts"][0].update(phone="javascript:alert(1)"),
    lambda data: data["contacts"][0].update(email="kein@"),
    lambda data: data["contacts"][0].update(absent_from="2026-02-31", absent_until="2026-03-03"),
    lambda data: data["contacts"][0].update(function_translations={"ar": ["x"]}),
    lambda data: data["contacts"].append(copy.deepcopy(data["contacts"][0])),
    lambda data: data["locations"][0].update(postcode="abcde"),
    lambda data: data["images"][0].update(file="media/documents/1-file.pdf"),
    lambda data: data["documents"][0].update(file="media/images/1-file.jpg"),
    lambda data: data["documents"][0].update(file="city.json"),
    lambda data: data["languages"].append({"id": 9, "language": "tlh"}),
    lambda data: data.update(accounts=[{"password": "x"}]),
]


@pytest.mark.parametrize("change", WRONG_IN_CITY)
def test_wrong_data_of_a_city_are_refused(parts, tmp_path, change):
    assert refusal(changed(parts, "city.json", change), tmp_path).startswith("Es wurde nichts eingespielt. ")


WRONG_IN_PAGE = [
    lambda data: data.update(kind="erfunden"),
    lambda data: data.update(slug="andere"),
    lambda data: data.update(order=0),
    lambda data: data.update(city_id=1),
    lambda data: data.update(page_ptr=1),
    lambda data: data.update(parent="seite"),
    lambda data: data.update(parent="geheim"),
    lambda data: data.update(contacts=[2]),
    lambda data: data.update(documents=["1"]),
    lambda data: data.update(former_slugs=["seite"]),
    lambda data: data["texts"].update(tlh=data["texts"]["de"]),
    lambda data: data["texts"]["de"].update(picture=7),
    lambda data: data["texts"]["de"].update(source_digests={"body": ["<script>"]}),
    lambda data: data["texts"]["de"].update(version=3),
    lambda data: data["texts"]["de"]["revisions"][0].update(visible_from="gestern"),
    lambda data: data["texts"]["de"]["revisions"][0].update(visible_from="2026-13-01T00:00:00+00:00"),
    lambda data: data["texts"]["de"]["revisions"][0].update(visible_until="2001-01-01T00:00:00+00:00"),
    lambda data: data["texts"]["de"]["revisions"].append(copy.deepcopy(data["texts"]["de"]["revisions"][0])),
    lambda data: data["texts"]["de"]["revisions"][0].update(created_by=1),
    lambda data: data["texts"]["de"]["revisions"][0].update(title="x" * 161),
]


@pytest.mark.parametrize("change", WRONG_IN_PAGE)
def test_wrong_data_of_a_page_are_refused(parts, tmp_path, change):
    refusal(changed(parts, "pages/seite.json", change), tmp_path)
    assert Page.objects.get().slug == "geheim"


# --- What a text does ------------------------------------------------------------------------------------


def imported_body(parts, tmp_path, body):
    def change(data):
        data["texts"]["de"]["body"] = body
        data["texts"]["de"]["revisions"][0]["body"] = body

    take_in(changed(parts, "pages/seite.json", change), tmp_path)
    revision = PageRevision.objects.get(translation__page__slug="seite")
    assert revision.translation.body == revision.body
    return revision.body


def test_script_is_taken_out_of_what_was_public_too(parts, tmp_path):
    body = '<p onclick="alert(1)">Gut</p><script>alert(1)</script><a href="javascript:alert(1)">Klick</a><img src=x>'
    cleaned = imported_body(parts, tmp_path, body)
    assert [word for word in ("script", "onclick", "alert", "<img") if word in cleaned] == []
    assert cleaned.startswith("<p>Gut</p>")


def test_number_of_a_foreign_page_is_no_link(parts, tmp_path):
    victim = Page.objects.get(slug="geheim").pk
    assert imported_body(parts, tmp_path, f'<p><a href="/seite/{victim}/">Wort</a></p>') == "<p>Wort</p>"


def test_picture_with_something_behind_its_pixels_is_made_anew(parts, tmp_path):
    name = "media/images/1-file.jpg"
    take_in(parts | {name: parts[name] + b"<?php evil() ?>"}, tmp_path)
    kept = [file.read_bytes() for file in (tmp_path / "media" / "images").glob("*.jpg")]
    assert [b"evil" in content for content in kept] == [False] * len(kept)
    assert kept


def test_page_under_a_picture_name_is_refused(parts, tmp_path):
    assert "images 1" in refusal(parts | {"media/images/1-file.jpg": b"<html><script>evil()</script>"}, tmp_path)
