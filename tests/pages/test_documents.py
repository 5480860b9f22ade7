"""Documents: what may be uploaded, and how a page offers them."""

import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from contacts.languages import LANGUAGES
from contacts.models import Role
from pages.models import Document
from pages.pdf import validate_pdf
from tests.factories import make_city, make_document, make_page, make_user
from tests.forms import form_data
from tests.test_site import words

pytestmark = pytest.mark.django_db


def pdf(name="bescheid.pdf", content=b"%PDF-1.7 %%EOF"):
    return ContentFile(content, name=name)


def packed(names):
    """A PDF whose names stand in a compressed part, as most programs write them."""
    part = zlib.compress(names)
    return b"%PDF-1.7 5 0 obj << /Type /ObjStm /N 1 >> stream\n" + part + b"\nendstream endobj %%EOF"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (pdf(content=b"<script>alert(1)</script>"), "Diese Datei ist kein PDF. Bitte wählen Sie eine PDF-Datei."),
        (pdf(name="seite.html"), "Dateiendung"),
        (pdf(content=b"GIF89a%PDF-1.7 %%EOF"), "Diese Datei ist kein PDF. Bitte wählen Sie eine PDF-Datei."),
        (pdf(content=b"%PDF-1.7 abgeschnitten"), "Dieses PDF ist nicht vollständig."),
        (pdf(content=b"%PDF-1.7 trailer << /Encrypt 5 0 R >> %%EOF"), "Dieses PDF ist geschützt."),
        (pdf(content=b"%PDF-1.7 << /S /JavaScript /JS (app.alert(1)) >> %%EOF"), "In diesem PDF steckt ein Programm."),
        (pdf(content=b"%PDF-1.7 << /S /J#61vaScript >> %%EOF"), "In diesem PDF steckt ein Programm."),
        (pdf(content=b"%PDF-1.7 << /S /Launch /F (cmd.exe) >> %%EOF"), "In diesem PDF steckt ein Programm."),
        (pdf(content=packed(b"<< /S /JavaScript >>")), "In diesem PDF steckt ein Programm."),
        (pdf(content=b"%PDF-" + b"x" * (10 * 1024 * 1024)), "Die Datei ist zu groß: höchstens 10 MB."),
    ],
)
def test_only_a_pdf_of_reasonable_size_is_taken(file, message):
    with pytest.raises(ValidationError) as refused:
        make_document(make_city(), file=file)
    assert message in " ".join(refused.value.message_dict["file"])


def test_packed_parts_of_a_pdf_cannot_grow_without_end():
    """Each unpacks to ten megabytes, and there are hundreds."""
    part = packed(b"/JavaScrip" * 1_000_000)[8:-6]
    started = time.perf_counter()
    validate_pdf(pdf(content=b"%PDF-1.7" + part * (9 * 1024 * 1024 // len(part)) + b"%%EOF"))
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("content", "warned"),
    [(b"%PDF-1.7 plain %%EOF", True), (packed(b"<< /Type /Catalog /StructTreeRoot 7 0 R >>"), False)],
)
def test_pdf_said_to_be_accessible_is_looked_at(client, content, warned):
    city = make_city()
    client.force_login(make_user(city, Role.EDITOR))
    address = "/admin/pages/document/add/"
    data = form_data(client.get(address)) | {"title": "Plan", "accessible": "yes", "file": pdf(content=content)}
    assert ("fehlt aber die Gliederung" in client.post(address, data, follow=True).text) is warned
    assert Document.objects.count() == 1


def test_form_asks_for_the_summary_beside_its_field(client):
    city = make_city()
    client.force_login(make_user(city, Role.EDITOR))
    address = "/admin/pages/document/add/"
    response = client.post(address, form_data(client.get(address)) | {"title": "Plan", "file": pdf()})
    [sentence] = response.context["adminform"].form.errors["summary"]
    assert sentence.startswith("Bitte schreiben Sie das Wichtigste aus dem Dokument auf")


def test_used_document_is_not_deleted_and_the_places_are_named(client):
    city = make_city()
    document, page = make_document(city), make_page(city, translation={"title": "Beratung"})
    page.documents.add(document)
    client.force_login(make_user(city, Role.EDITOR))
    link = f'<a href="/admin/pages/page/{page.pk}/change/">Beratung</a>'
    assert link in client.get(f"/admin/pages/document/{document.pk}/change/").text
    response = client.post(f"/admin/pages/document/{document.pk}/delete/", {"post": "yes"})
    assert (link in response.text, Document.objects.exists()) == (True, True)


def test_name_of_the_file_tells_nothing():
    document = make_document(make_city(), file=pdf("Bescheid Frau Beispiel.pdf"))
    assert "Beispiel" not in document.file.name
    assert document.file.name.startswith("documents/")


def test_document_that_is_not_accessible_needs_a_summary():
    with pytest.raises(ValidationError):
        make_document(make_city(), summary="")
    assert make_document(make_city(), summary="", accessible=Document.Accessible.YES).pk


def test_page_offers_its_documents_with_language_size_and_summary(client):
    city = make_city("hier")
    page = make_page(city, slug="seite")
    page.documents.add(make_document(city, title="دليل", language="ar", accessible="no", summary="Kurz gefasst."))
    response = client.get("/de/hier/seite/")
    assert 'hreflang="ar" lang="ar" dir="rtl">دليل</a>' in response.text
    for expected in (
        LANGUAGES["ar"].endonym,
        "14 Bytes",
        "nicht barrierefrei",
        "Das Wichtigste daraus",
        "Kurz gefasst.",
    ):
        assert expected in words(response)


@pytest.mark.parametrize(("number", "queries"), [(0, 5), (1, 6), (3, 6)])
def test_documents_cost_one_query_where_there_are_some(client, django_assert_num_queries, number, queries):
    city = make_city("hier")
    page = make_page(city, slug="seite")
    page.documents.set([make_document(city) for _ in range(number)])
    with django_assert_num_queries(queries - 1):  # no contact, so no opening hours are asked for
        client.get("/de/hier/seite/")


# --- Files that come and go --------------------------------------------------------------------------


def is_there(name):
    return Document._meta.get_field("file").storage.exists(name)


def test_file_of_a_deleted_document_is_gone_once_that_is_certain(django_capture_on_commit_callbacks):
    document = make_document(make_city())
    name = document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()
        assert is_there(name)
    assert not is_there(name)


def test_file_of_a_document_deleted_in_the_admin_is_gone(client, django_capture_on_commit_callbacks):
    city = make_city()
    document = make_document(city)
    client.force_login(make_user(city, Role.EDITOR))
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/admin/pages/document/{document.pk}/delete/", {"post": "yes"})
    assert (response.status_code, Document.objects.exists(), is_there(document.file.name)) == (302, False, False)


def test_replaced_file_is_gone_and_the_new_one_measured(django_capture_on_commit_callbacks):
    document = make_document(make_city())
    former = document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        document.file = pdf(content=b"%PDF-1.7 longer %%EOF")
        document.full_clean()
        document.save()
        assert is_there(former)
    assert (is_there(former), is_there(document.file.name), document.size) == (False, True, 21)


def test_file_stays_when_only_the_words_change(django_capture_on_commit_callbacks):
    document = Document.objects.get(pk=make_document(make_city()).pk)
    with django_capture_on_commit_callbacks(execute=True):
        document.title = "Neu"
        document.save()
    assert is_there(document.file.name)


def test_title_of_a_document_whose_file_is_missing_can_be_corrected(client):
    city = make_city()
    document = make_document(city)
    document.file.storage.delete(document.file.name)
    client.force_login(make_user(city, Role.EDITOR))
    address = f"/admin/pages/document/{document.pk}/change/"
    response = client.post(address, form_data(client.get(address)) | {"title": "Richtig", "file": "", "_save": "1"})
    document.refresh_from_db()
    assert (response.status_code, document.title, document.size) == (302, "Richtig", 14)
