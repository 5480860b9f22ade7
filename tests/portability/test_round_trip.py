"""What a city takes along is what it entered: export, import elsewhere, export again."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from jsonschema import Draft202012Validator
from PIL import Image as PillowImage

from audit.models import Entry
from contacts.models import City, Contact, Membership, OpeningHours
from inquiries.models import FormSettings, Inquiry, InterpretingRules
from pages.models import Image, Page, PageRevision, PageTranslation, SearchSynonym
from portability.schema import whole_schema
from tests.factories import (
    make_city,
    make_contact,
    make_document,
    make_event,
    make_image,
    make_inquiry,
    make_location,
    make_offer,
    make_page,
    make_translation,
    make_user,
)
from tests.portability.moving import in_one_transaction, wipe

SCHEMA = Path(settings.BASE_DIR) / "docs" / "datenformat.schema.json"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def one_transaction(monkeypatch):
    in_one_transaction(monkeypatch)


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def exported(slug, path, **options):
    """{name: what the file says}, without pictures: they are made anew."""
    run("export_city", slug, path, **options)
    with zipfile.ZipFile(path) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def moved(city, path, **options):
    """The city is deleted and comes back from its file, with other numbers than before."""
    make_page(make_city("anderswo"))
    wipe(city)
    run("import_city", path, **options)
    return City.objects.get(slug="hier")


def full_city():
    """At least one of everything, with links, a picture, versions and hours."""
    city = make_city("hier", languages=("de", "ar", "tr"), forms=["contact", "interpreter"], is_public=True)
    place = make_location(city)
    other = make_contact(city, function="Vertretung", languages=["ar", "de"])
    contact = make_contact(
        city, location=place, is_main=True, deputy=other, function_translations={"ar": "مشورة"}, owner_name="Kim"
    )
    for owner in ({"contact": contact}, {"location": place}):
        OpeningHours.objects.create(weekday=0, opens="09:00", closes="12:30", **owner)
    SearchSynonym.objects.create(city=city, word="Übersetzer", meaning="Sprachmittlung")
    FormSettings.objects.create(city=city, kind="contact", answer_days=5, keep_days=60)
    InterpretingRules.objects.create(city=city, institutions=["school"])
    picture = make_image(city)
    about = make_page(city, slug="ueber-uns")
    offer = make_offer(
        city,
        slug="beratung",
        parent=about,
        location=place,
        topics=["ankommen"],
        translation={"steps": "Anrufen\nKommen"},
    )
    offer.contacts.add(contact)
    offer.documents.add(make_document(city))
    make_event(city, timezone.now() + timedelta(days=3), slug="fest")
    link_to_each_other(about, offer, picture)
    about.slug = "wer-wir-sind"
    about.save()
    return city


def link_to_each_other(about, offer, picture):
    elsewhere = make_page(make_city("nachbarort"), slug="dort")
    german = PageTranslation.objects.get(page=about, language="de")
    german.body = (
        f'<p>Zur <a href="/seite/{offer.pk}/blatt/">Beratung</a> und <a href="/seite/{elsewhere.pk}/">dort</a>.</p>'
        '<p><a href="/seite/hier/kontakt/">Kontakt</a></p><p><a href="/seite/999999/">verloren</a></p>'
    )
    german.picture, german.picture_alternative = picture, "Ein Haus"
    german.save()
    german.publish(by=None, small_correction=True)
    arabic = make_translation(about, "ar", source_digests=german.digests, body="<p>مركز</p>", picture_alternative="بيت")
    german.body += "<p>Neu.</p>"
    german.save()
    german.publish(by=None, at=timezone.now() + timedelta(days=2))
    PageTranslation.objects.filter(pk=arabic.pk).update(
        block_sources={
            "rendered": german.digests["body"][:1],
            "blocks": [[german.digests["body"][0], arabic.digests["body"]]],
        },
        approved_version=arabic.version,
        approved_by="Kim Beispiel",
        contributor="Sam Beispiel",
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_city_that_moved_exports_the_same_again(tmp_path):
    city = full_city()
    before = exported("hier", tmp_path / "a.zip")
    new = moved(city, tmp_path / "a.zip")
    after = exported("hier", tmp_path / "b.zip")
    assert len(before) == 5
    assert after == before
    assert not new.is_public


@pytest.mark.django_db(transaction=True)
def test_same_city_exports_the_same_bytes(tmp_path):
    full_city()
    first, second = (exported("hier", tmp_path / name) for name in ("a.zip", "b.zip"))
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_links_lead_to_the_pages_of_their_new_numbers(tmp_path):
    city = full_city()
    old = Page.objects.get(slug="beratung").pk
    exported("hier", tmp_path / "a.zip")
    new = moved(city, tmp_path / "a.zip")
    offer = new.pages.get(slug="beratung").pk
    neighbour = Page.objects.get(slug="dort").pk
    bodies = PageRevision.objects.filter(translation__page__slug="wer-wir-sind").values_list("body", flat=True)
    assert offer != old
    assert {f'href="/seite/{offer}/blatt/"' in body for body in bodies if "Beratung" in body} == {True}
    assert {'href="/seite/nachbarort/dort/"' in body for body in bodies if "dort" in body} == {True}
    assert [body for body in bodies if "999999" in body] == []
    assert neighbour


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_translation_is_as_current_as_it_was(tmp_path, client):
    city = full_city()
    before = client.get("/ar/hier/wer-wir-sind/").text
    exported("hier", tmp_path / "a.zip")
    new = moved(city, tmp_path / "a.zip")
    assert client.get("/ar/hier/wer-wir-sind/").status_code == 404
    City.objects.filter(pk=new.pk).update(is_public=True)
    after = client.get("/ar/hier/wer-wir-sind/").text
    assert "مركز" in after
    assert ("veraltet" in after, after.count('lang="de"')) == ("veraltet" in before, before.count('lang="de"'))


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_pictures_and_documents_come_along(tmp_path):
    city = full_city()
    exported("hier", tmp_path / "a.zip")
    new = moved(city, tmp_path / "a.zip")
    with new.documents.get().file.open() as file:
        assert file.read() == b"%PDF-1.7 %%EOF"
    image = Image.objects.get(city=new)
    with image.file.open() as file, PillowImage.open(BytesIO(file.read())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 180))
    assert image.file_names() == {name for name in image.file_names() if image.file.storage.exists(name)}


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_inquiries_and_members_only_come_when_asked_for_on_both_sides(tmp_path):
    city = make_city("hier")
    make_contact(city, is_main=True)
    make_inquiry(city, message="Bitte um Rückruf", name="Kim Beispiel", email="kim@example.org")
    make_user(city, "manager", email="leitung@example.org", password="ein langes Kennwort")
    make_user(city, "editor", email="fort@example.org", username="fort")
    plain = exported("hier", tmp_path / "a.zip")["city.json"]
    full = exported("hier", tmp_path / "b.zip", inquiries=True, members=True)["city.json"]
    assert (plain.keys() & {"inquiries", "memberships"}, len(full["inquiries"])) == (set(), 1)
    assert "Kennwort" not in json.dumps(full)
    assert [member["email"] for member in full["memberships"]] == ["fort@example.org", "leitung@example.org"]
    Membership.objects.filter(user__username="fort").get().user.delete()
    city = moved(city, tmp_path / "b.zip")
    assert (Inquiry.objects.count(), city.memberships.count()) == (0, 0)
    wipe(city)
    out = run("import_city", tmp_path / "b.zip", inquiries=True, members=True)
    assert Inquiry.objects.get().message == "Bitte um Rückruf"
    assert City.objects.get(slug="hier").memberships.get().user.email == "leitung@example.org"
    assert out.splitlines()[-1] == "Kein Konto haben hier: fort@example.org"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_leaving_and_coming_are_written_into_the_trail_of_the_city(tmp_path):
    city = make_city("hier")
    make_contact(city, is_main=True)
    make_user(city, "manager", username="leitung", email="leitung@example.org")
    exported("hier", tmp_path / "a.zip", inquiries=True, members=True)
    former = city.pk
    wipe(city)
    run("import_city", tmp_path / "a.zip", members=True)
    new = City.objects.get(slug="hier")
    assert set(Entry.objects.values_list("city", "action", "kind", "actor_name", "detail")) == {
        (former, "exported", "contacts.city", "Betriebsstelle", "0 Seiten, Anfragen, Mitglieder"),
        (new.pk, "added", "contacts.membership", "Betriebsstelle", ""),
        (new.pk, "imported", "contacts.city", "Betriebsstelle", "0 Seiten"),
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_city_with_content_is_not_overwritten(tmp_path):
    city = make_city("hier", is_public=False)
    make_page(city)
    exported("hier", tmp_path / "a.zip")
    with pytest.raises(CommandError, match="nicht leer: Es gibt Seiten"):
        run("import_city", tmp_path / "a.zip")
    assert Page.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_empty_city_of_the_list_of_centres_is_filled(tmp_path):
    make_contact(make_city("hier", ags="05711"), is_main=True)
    exported("hier", tmp_path / "a.zip")
    wipe(City.objects.get())
    existing = make_city("hier", ags="05711", languages=("de",), is_public=False, name="Vorher")
    run("import_city", tmp_path / "a.zip")
    city = City.objects.get()
    assert (city.pk, city.name, Contact.objects.get().city_id) == (existing.pk, "Hier", existing.pk)
    assert list(city.languages.values_list("language", flat=True)) == ["de", "ar"]


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_the_whole_demo_is_written_as_the_schema_in_the_documentation_says(demo, tmp_path):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for slug in ("bielefeld", "bochum", "landesweit"):
        for name, data in exported(slug, tmp_path / f"{slug}.zip").items():
            if name != "manifest.json":
                part = {"$ref": f"#/$defs/{'city' if name == 'city.json' else 'page'}", "$defs": schema["$defs"]}
                assert list(Draft202012Validator(part).iter_errors(data)) == [], name


def test_schema_in_the_documentation_is_that_of_the_models():
    """To write it anew: print portability.schema.as_text(whole_schema()) in manage.py shell -v0."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == whole_schema()


def test_unknown_city_is_told(db, tmp_path):
    with pytest.raises(CommandError, match="gibt es hier nicht"):
        run("export_city", "nirgends", tmp_path)
    assert list(tmp_path.glob("*.zip")) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("one_transaction")
def test_links_lead_to_the_contacts_of_their_new_numbers(tmp_path):
    city = make_city("hier", is_public=False)
    old = make_contact(city, function="Beratung")
    body = f'<p><a href="/seite/hier/kontakt/{old.pk}/">Beratung</a> <a href="/seite/hier/kontakt/999999/">Fort</a></p>'
    make_page(city, kind=Page.Kind.GUIDE, slug="schritte", translation={"body": body})
    exported("hier", tmp_path / "a.zip")
    moved(city, tmp_path / "a.zip")
    new = Contact.objects.get()
    assert new.pk != old.pk
    revision = PageRevision.objects.get(translation__page__slug="schritte")
    assert revision.body == f'<p><a href="/seite/hier/kontakt/{new.pk}/">Beratung</a> Fort</p>'
