"""What goes out and comes back unchanged changes nothing, in every page and language of the demo."""

from html import unescape

import pytest
from django.utils.html import strip_tags
from hypothesis import HealthCheck, assume, given, settings
from lxml import etree
from translate.storage import xliff

from contacts.languages import INTERFACE_LANGUAGES, SOURCE_LANGUAGE
from exchange.codes import name
from exchange.comparison import LOOKS_LIKE_A_TAG, Outcome
from exchange.delivery import accept, report_on, ticket
from pages.models import Page, PageTranslation
from tests.exchange.agency import export, translated_throughout, units
from tests.exchange.test_codes import bodies
from tests.factories import make_city, make_page, make_translation, make_user

LANGUAGES = [language.tag for language in INTERFACE_LANGUAGES if language.tag != SOURCE_LANGUAGE]


@pytest.fixture
def operator(db):
    return make_user(is_superuser=True)


def stored():
    return list(PageTranslation.objects.order_by("pk").values())


def by_toolkit(data):
    """Read and written by another program."""
    return bytes(xliff.Xliff1File.parsestring(data))


def deliver(data, language, user):
    return accept(ticket(data, language, user, report_on(data, language, user)), user)


@pytest.mark.parametrize("agency", [bytes, by_toolkit])
@pytest.mark.parametrize("language", LANGUAGES)
def test_unchanged_file_changes_no_byte(demo, operator, language, agency):
    before = stored()
    data = export(language)
    assert data.count(b"<file ") == Page.objects.count()
    outcomes = {line.outcome for report in report_on(data, language, operator) for line in report.lines}
    assert outcomes <= {Outcome.UNCHANGED, Outcome.MISSING}
    assert deliver(agency(data), language, operator) == []
    assert stored() == before


def test_every_text_there_is_goes_out(demo):
    data = etree.fromstring(export("ar"))
    arabic = {text.title for text in PageTranslation.objects.filter(language="ar")}
    sent = {unit.findtext(name("target")) for unit in data.iter(name("trans-unit")) if unit.get("id") == "title"}
    assert sent - {None} == arabic


def test_toolkit_reads_words_and_states(demo):
    store = xliff.Xliff1File.parsestring(export("ar", Page.objects.get(city__slug="bielefeld", slug="schulberatung")))
    title = store.units[0]
    assert (title.source, title.target, title.getid()) == (
        "Beratung zum Schulbesuch für neu Zugewanderte",
        "استشارة حول المدرسة للقادمين الجدد",
        f"{store.getfilenames()[0]}\x04title",
    )
    assert (store.sourcelanguage, store.targetlanguage) == ("de", "ar")


def test_translating_everything_renders_everything(demo, operator):
    """Also where the translation was built differently before."""
    data = translated_throughout(export("tr"))
    reports = report_on(data, "tr", operator)
    assert [line.notes for report in reports for line in report.lines if not line.is_usable] == []
    assert {report.is_complete for report in reports} == {True}
    assert len(deliver(data, "tr", operator)) == Page.objects.count()
    again = report_on(export("tr"), "tr", operator)
    assert {line.outcome for report in again for line in report.lines} == {Outcome.UNCHANGED}
    assert {line.unit.state for report in again for line in report.lines} <= {"translated", "new"}


@given(german=bodies, arabic=bodies)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_any_body_survives(db, operator, german, arabic):
    city = make_city()
    page = make_page(city, translation={"body": german}, published=False)
    text = make_translation(page, "ar", body=arabic, published=False)
    text.source_digests = page.translations.get(language="de").digests
    text.save()
    before = stored()
    data = export("ar", page)
    assert deliver(by_toolkit(data), "ar", operator) == []
    assert stored() == before


@given(german=bodies)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_any_german_body_can_be_copied_as_translation(db, operator, german):
    assume(not LOOKS_LIKE_A_TAG.search(unescape(strip_tags(german))))
    page = make_page(make_city(), translation={"body": german}, published=False)
    source = page.translations.get()
    data = etree.fromstring(export("ar", page))
    for unit in units(data).values():
        target = etree.SubElement(unit, name("target"), state="translated")
        target.text = unit.find(name("source")).text
        target.extend(unit.find(name("source")))
    deliver(etree.tostring(data), "ar", operator)
    copy = page.translations.get(language="ar")
    assert copy.digests == source.digests
