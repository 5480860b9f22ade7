"""Documents: what may be uploaded, and how a page offers them."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from contacts.languages import LANGUAGES
from pages.models import Document
from tests.factories import make_city, make_document, make_page
from tests.test_site import words

pytestmark = pytest.mark.django_db


def pdf(name="bescheid.pdf", content=b"%PDF-1.7 test"):
    return ContentFile(content, name=name)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (pdf(content=b"<script>alert(1)</script>"), "Diese Datei ist kein PDF."),
        (pdf(name="seite.html"), "Dateiendung"),
        (pdf(content=b"%PDF-" + b"x" * (10 * 1024 * 1024)), "Die Datei ist zu groß: höchstens 10 MB."),
    ],
)
def test_only_a_pdf_of_reasonable_size_is_taken(file, message):
    with pytest.raises(ValidationError) as refused:
        make_document(make_city(), file=file)
    assert message in " ".join(refused.value.message_dict["file"])


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
        "13 Bytes",
        "nicht barrierefrei",
        "Das Wichtigste daraus",
        "Kurz gefasst.",
    ):
        assert expected in words(response)


@pytest.mark.parametrize(("number", "queries"), [(0, 6), (1, 7), (3, 7)])
def test_documents_cost_one_query_where_there_are_some(client, django_assert_num_queries, number, queries):
    city = make_city("hier")
    page = make_page(city, slug="seite")
    page.documents.set([make_document(city) for _ in range(number)])
    with django_assert_num_queries(queries - 1):  # no contact, so no opening hours are asked for
        client.get("/de/hier/seite/")
