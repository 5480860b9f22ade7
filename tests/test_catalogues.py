"""The words of the interface in every language: complete, up to date, and fit to be put in."""

import io
import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime

import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.html import escape
from django.utils.translation import get_language_bidi, override, to_locale
from django.utils.translation.template import templatize

from contacts.languages import LANGUAGES as KNOWN
from contacts.templatetags.local_words import full_date, long_date, month_and_year
from events.templatetags.event_words import short_weekday
from pages.checks.script import SCRIPTS

from .conftest import ROOT

LANGUAGES = [tag for tag, _name in settings.LANGUAGES]
TRANSLATED = [tag for tag in LANGUAGES if tag != settings.LANGUAGE_CODE]
# What makemessages reads too, but for what Git ignores.
NO_SOURCES = {"bench", "build", "data", "node_modules", "test-results", "tests"}
KEYWORDS = DEFAULT_KEYWORDS | {
    f"{name}{ending}": arguments
    for name, arguments in DEFAULT_KEYWORDS.items()
    for ending in ("_lazy", "_noop")
    if name.endswith("gettext")
}
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%[a-z]")


def catalogue(language):
    return polib.pofile(ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po")


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural or None


def texts(entry):
    return entry.msgstr_plural or entry.msgstr


def source_files():
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in NO_SOURCES:
            yield from (path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".html", ".txt"))


def python_of(path):
    """The source, or a template as the Python-like lines in which Django looks for strings."""
    source = path.read_text()
    if path.suffix == ".py":
        return source
    # Indentation means nothing in a template, but would to the tokenizer.
    return "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())


def strings_in(source):
    """The strings to translate, as key() gives them."""
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        singular, plural = message if isinstance(message, tuple) else (message, None)
        yield context, singular, plural


@pytest.fixture(scope="module")
def strings_in_code():
    return {string for path in source_files() for string in strings_in(python_of(path))}


def test_strings_are_found_in_python_and_in_templates(strings_in_code):
    """Else the test below would compare with nothing."""
    assert (None, "geöffnet", None) in strings_in_code  # a model
    assert (None, "Jetzt geöffnet bis %(time)s Uhr", None) in strings_in_code  # a template tag
    assert (None, "Kontakt", None) in strings_in_code  # translate
    assert (None, "Stand: %(date)s", None) in strings_in_code  # blocktranslate


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_holds_exactly_the_strings_in_the_code(language, strings_in_code):
    in_catalogue = {key(entry) for entry in catalogue(language) if not entry.obsolete}
    assert in_catalogue == strings_in_code


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_is_translated(language):
    po = catalogue(language)
    assert po.metadata["Language"] == to_locale(language)
    assert not po.metadata_is_fuzzy
    assert [entry.msgid for entry in po if entry.fuzzy or entry.obsolete or not entry.translated()] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_german_text(language):
    for entry in catalogue(language):
        wanted = Counter(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            assert Counter(PLACEHOLDER.findall(text)) == wanted, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogue_is_that_of_the_text(language):
    """django-admin compilemessages -i .venv -i build"""
    po = catalogue(language)
    mo = polib.mofile(ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / "django.mo")
    assert {key(entry): texts(entry) for entry in mo} == {key(entry): texts(entry) for entry in po}
    assert mo.metadata.get("Plural-Forms") == po.metadata.get("Plural-Forms")


@pytest.mark.parametrize("language", LANGUAGES)
def test_interface_answers_in_every_language(client, db, language):
    text = "Kommunale Integrationszentren in Nordrhein-Westfalen"
    if language != settings.LANGUAGE_CODE:
        text = catalogue(language).find(text).msgstr
    response = client.get(f"/{language}/")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.text
    assert f"<h1>{text}</h1>" in response.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_django_writes_every_language_in_the_direction_of_its_script(language):
    with override(language):
        assert get_language_bidi() == (KNOWN[language].dir == "rtl")


NOTICE = "Diese Übersetzung der Menüs, Knöpfe und Formulare hat noch niemand geprüft"


@pytest.mark.django_db
@pytest.mark.parametrize("language", TRANSLATED)
def test_interface_says_in_its_language_that_nobody_has_checked_it_until_the_operator_says_so(
    client, settings, language
):
    notice = next(entry.msgstr for entry in catalogue(language) if entry.msgid.startswith(NOTICE))
    assert escape(notice) in client.get(f"/{language}/").text
    settings.CHECKED_LANGUAGES = [language]
    assert escape(notice) not in client.get(f"/{language}/").text


@pytest.mark.django_db
def test_german_needs_no_check(client):
    assert NOTICE not in client.get("/de/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_those_of_the_language_in_whatever_order_languages_are_used(language):
    """Babel keeps what it has loaded; some ways to ask it then answer in the language that was asked before."""
    day = datetime(2026, 12, 3, 12, tzinfo=UTC)

    def words(tag):
        spoken = KNOWN[tag]
        return [full_date(day, spoken), long_date(day, spoken), month_and_year(day, spoken), short_weekday(day, spoken)]

    for tag in LANGUAGES:
        words(tag)
    script = SCRIPTS.get(language, "LATIN")
    letters = {unicodedata.name(letter).split()[0] for text in words(language) for letter in text if letter.isalpha()}
    assert letters == {script}
