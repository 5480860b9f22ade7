"""Files that nobody should trust: each is refused with a sentence and changes nothing."""

from time import perf_counter

import pytest

from contacts.models import Role
from exchange.delivery import UNKNOWN_PAGE, report_on
from exchange.reading import LARGEST_FILE, FileError
from pages.models import PageTranslation
from tests.exchange.agency import export, translated
from tests.factories import make_city, make_page, make_user

pytestmark = pytest.mark.django_db

BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
THIEF = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FAR = '<!DOCTYPE xliff SYSTEM "https://evil.example/x.dtd">'


@pytest.fixture
def city():
    return make_city(languages=["de", "ar", "tr"])


@pytest.fixture
def editor(city):
    return make_user(city, Role.EDITOR)


@pytest.fixture
def data(city):
    make_page(city)
    return translated(export(), title="t").decode()


def with_doctype(doctype):
    return lambda data: doctype + data.replace(">t<", ">&a;<") if "ENTITY" in doctype else doctype + data


FILES = {
    "entity bomb": (with_doctype(BOMB), "DOCTYPE"),
    "external entity": (with_doctype(THIEF), "DOCTYPE"),
    "external DTD": (with_doctype(FAR), "DOCTYPE"),
    "entity bomb in UTF-16": (lambda data: (BOMB + data).encode("utf-16"), "DOCTYPE"),
    "nothing": (lambda data: "", "kein gültiges XML"),
    "broken": (lambda data: data[: len(data) // 2], "kein gültiges XML"),
    "no XML": (lambda data: "Guten Tag", "kein gültiges XML"),
    "too deep": (lambda data: data.replace(">t<", ">" + "<g>" * 5000 + "</g>" * 5000 + "<"), "kein gültiges XML"),
    "picture": (lambda data: b"\x89PNG\r\n\x1a\n\xff\xfe", "falsch kodiert"),
    "Latin-1": (lambda data: data.replace(">t<", ">Ä<").encode("latin-1"), "falsch kodiert"),
    "Latin-1 by declaration": (lambda data: '<?xml version="1.0" encoding="iso-8859-1"?>' + data, "falsch kodiert"),
    "another format": (lambda data: "<html/>", "kein XLIFF 1.2"),
    "another version": (lambda data: data.replace('version="1.2"', 'version="2.0"'), "kein XLIFF 1.2"),
    "no page": (lambda data: data[: data.index("<file")] + "</xliff>", "keine Seite"),
    "another language": (lambda data: data.replace('target-language="ar"', 'target-language="tr"'), "andere Sprache"),
    "too large": (lambda data: data + " " * LARGEST_FILE, "zu groß"),
}


@pytest.mark.parametrize("kind", FILES)
def test_file_is_refused_with_a_sentence(data, editor, kind):
    make, sentence = FILES[kind]
    hostile = make(data)
    with pytest.raises(FileError, match=sentence) as error:
        report_on(hostile if isinstance(hostile, bytes) else hostile.encode(), "ar", editor)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_file_is_read_in_the_encodings_of_xml(data, editor, encoding):
    [report] = report_on(data.encode(encoding), "ar", editor)
    assert report.texts == {"title": "t"}


def faults(data, user):
    return [report.fault for report in report_on(data.encode(), "ar", user)]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace('form="text/plain">.', 'form="text/plain">x'),
        lambda data: data.replace("internal-file", "external"),
    ],
)
def test_page_without_its_signature_is_refused(data, editor, change):
    assert faults(data, editor) == [""]
    [fault] = faults(change(data), editor)
    assert fault.startswith("Die Kennung dieser Seite fehlt")


def test_page_exported_for_another_language_is_refused(city, editor):
    make_page(city)
    data = export("tr").decode().replace('target-language="tr"', 'target-language="ar"')
    assert faults(data, editor) == ["Diese Seite wurde für eine andere Sprache exportiert."]


def test_page_under_another_number_is_refused(data, editor):
    number = data[data.index("original=") :].split('"')[1]
    assert faults(data.replace(number, f"{number}9"), editor) == ["Die Kennung in der Datei passt nicht zur Seite."]


def test_page_twice_in_a_file_is_refused(data, editor):
    file = data[data.index("<file") : data.index("</file>") + 7]
    assert faults(data.replace(file, file * 2), editor) == ["Die Seite steht mehrmals in der Datei."] * 2


def test_page_of_another_city_is_refused_like_one_that_never_was(data, city, editor):
    stranger = make_user(make_city(), Role.MANAGER)
    assert faults(data, editor) == [""]
    assert faults(data, stranger) == [UNKNOWN_PAGE]
    city.pages.all().delete()
    assert faults(data, editor) == [UNKNOWN_PAGE]


def test_report_tells_nothing_of_another_citys_page(data, city):
    [report] = report_on(data.encode(), "ar", make_user(make_city(), Role.MANAGER))
    assert (report.page, report.lines, report.writes) == (None, [], False)


def test_translator_is_refused_in_another_language(data, city):
    other = make_user(city, Role.TRANSLATOR, languages=["tr"])
    own = make_user(city, Role.TRANSLATOR, languages=["ar"])
    assert faults(data, own) == [""]
    assert faults(data, other) == ["In dieser Sprache dürfen Sie hier keine Texte schreiben."]
    assert not PageTranslation.objects.filter(language="ar").exists()


def test_endless_spaces_take_no_time(data, editor):
    """A pattern that tries from each of them would take hours."""
    began = perf_counter()
    report_on(data.replace(">t<", f">t{' ' * 500_000}t<").encode(), "ar", editor)
    assert perf_counter() - began < 5
