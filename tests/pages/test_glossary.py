"""Official words are explained in the reader's language, wherever a page of the city uses them."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from pages.checks import Reading, findings
from pages.glossary import MOST_FORMS, Glossary, anchor_of, pattern_of_all
from pages.models import Page
from tests.factories import make_city, make_offer, make_page, make_translation

pytestmark = pytest.mark.django_db

GERMAN = "<p>Vorab.</p><h2>Kita</h2><p>Ein Haus für Kinder.</p><h2>Antrag (Anträge)</h2><p>Sie bitten um etwas.</p>"
ARABIC = "<h2>Kita (روضة)</h2><p>بيت للأطفال.</p>"


def make_glossary(city, body=GERMAN, **fields):
    return make_page(city, kind=Page.Kind.GLOSSARY, slug="woerterbuch", translation={"body": body}, **fields)


def translate(page, language, body):
    german = page.translations.get(language="de")
    return make_translation(page, language, body=body, source_digests=german.digests)


def explained(response):
    """Each word that a page explains at its end, with what is said about it."""
    found = re.findall(
        r'<div id="wort-\w+" tabindex="-1">(.*?)(?:<p><a class="words-back".*?)?</dd>', response.text, re.DOTALL
    )
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def ways_back(response):
    return re.findall(r'class="words-back" href="#stelle-(\w+)"', response.text)


def marked(response):
    return re.findall(r'<a class="word" id="stelle-\w+" href="#wort-(\w+)">([^<]*)</a>', response.text)


def test_anchor_is_the_same_in_easy_german():
    assert anchor_of("Ausländer-Behörde") == anchor_of("Ausländerbehörde") == "auslaenderbehoerde"


def test_page_explains_the_words_it_uses(client):
    city = make_city("hier")
    make_glossary(city)
    make_page(city, slug="seite", translation={"body": "<p>Ein Platz in der Kita.</p>"})
    response = client.get("/de/hier/seite/")
    assert explained(response) == ["Kita Ein Haus für Kinder."]
    assert marked(response) == [("kita", "Kita")]


def test_first_of_each_word_is_marked_and_only_in_running_text(client):
    city = make_city("hier")
    make_glossary(city)
    body = '<h2>Kita</h2><p><a href="https://example.org">Kita</a> und <strong>Kita</strong>, noch eine Kita.</p>'
    make_page(city, slug="seite", translation={"body": body})
    response = client.get("/de/hier/seite/")
    assert marked(response) == [("kita", "Kita")]
    assert ways_back(response) == ["kita"]
    assert '<strong><a class="word" id="stelle-kita" href="#wort-kita">Kita</a></strong>' in response.text


def test_word_of_the_summary_is_explained_and_leads_nowhere_back(client):
    city = make_city("hier")
    make_glossary(city)
    make_page(city, slug="seite", translation={"summary": "Ein Platz in der Kita", "body": "<p>Text</p>"})
    response = client.get("/de/hier/seite/")
    assert [each.split()[0] for each in explained(response)] == ["Kita"]
    assert ways_back(response) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Viele Kitas", ["Kitas"]),
        ("Zwei Anträge", ["Anträge"]),
        ("des Antrags", ["Antrags"]),
        ("Ein Kita-Platz", []),
        ("Die Antragstellung", []),
        ("kita", []),
        ("Antrag &amp; Kita", ["Antrag", "Kita"]),
    ],
)
def test_words_are_found_as_they_stand_in_sentences(client, words, found):
    city = make_city("hier")
    make_glossary(city)
    make_page(city, slug="seite", translation={"body": f"<p>{words}</p>"})
    assert [word for _anchor, word in marked(client.get("/de/hier/seite/"))] == found


def test_several_words_are_found_with_their_endings_and_the_longest_first(client):
    city = make_city("hier")
    body = "<h2>Öffnung</h2><p>Kurz.</p><h2>Interkulturelle Öffnung</h2><p>Lang.</p>"
    make_glossary(city, body=body)
    make_page(city, slug="seite", translation={"body": "<p>bei der interkulturellen Öffnung</p>"})
    assert marked(client.get("/de/hier/seite/")) == [("interkulturelleoeffnung", "interkulturellen Öffnung")]


def test_heading_of_signs_breaks_no_page(client):
    city = make_city("hier")
    make_glossary(
        city, body="<h2>]Kita^ [b (*, -, (.+)+, \\, ) (</h2><p>A</p><h2>( )</h2><p>B</p><h2>Kita</h2><p>C</p>"
    )
    make_page(city, slug="seite", translation={"body": "<p>Kita - * und mehr</p>"})
    assert marked(client.get("/de/hier/seite/")) == [("kita", "Kita")]
    assert client.get("/de/hier/woerterbuch/").status_code == 200


def test_names_of_characters_are_no_words(client):
    city = make_city("hier")
    make_glossary(city, body="<h2>amp</h2><p>A</p><h2>Kind &amp; Eltern</h2><p>B</p><h2>nbsp</h2><p>C</p>")
    body = "<p>Bund &amp; Land: Kind &amp; Eltern&nbsp;hier</p>"
    make_page(city, slug="seite", translation={"body": body})
    response = client.get("/de/hier/seite/")
    assert marked(response) == [("kindeltern", "Kind &amp; Eltern")]
    assert explained(response) == ["Kind &amp; Eltern B"]


def test_words_with_an_unbreakable_space_are_found(client):
    city = make_city("hier")
    make_glossary(city, body="<h2>Interkulturelle Öffnung</h2><p>Lang.</p>")
    make_page(city, slug="seite", translation={"body": "<p>Interkulturelle&nbsp;Öffnung</p>"})
    assert explained(client.get("/de/hier/seite/")) == ["Interkulturelle Öffnung Lang."]
    assert [anchor for anchor, _word in marked(client.get("/de/hier/seite/"))] == ["interkulturelleoeffnung"]


def test_glossary_of_any_size_has_no_groups_and_an_end():
    """With a group for each form every one of them is tried at every letter, which takes seconds."""
    forms = tuple(f"Wort{number}" for number in range(1000))
    assert pattern_of_all(forms).groups == 0
    body = "".join(f"<h2>Wort{number}</h2><p>A</p>" for number in range(MOST_FORMS + 1))
    german = SimpleNamespace(body=body)
    glossary = Glossary(SimpleNamespace(revision=german, german=german, is_fallback=True, is_outdated=False))
    assert (len(glossary.terms), len(glossary.forms)) == (MOST_FORMS + 1, MOST_FORMS)


def test_words_of_an_offers_steps_are_explained_too(client):
    city = make_city("hier")
    make_glossary(city)
    make_offer(city, slug="angebot", translation={"steps": "Stellen Sie einen Antrag."})
    assert explained(client.get("/de/hier/angebot/")) == ["Antrag Anträge Sie bitten um etwas."]


def test_reader_gets_the_explanation_in_their_language_even_of_a_german_text(client):
    city = make_city("hier")
    translate(make_glossary(city), "ar", ARABIC)
    make_page(city, slug="seite", translation={"body": "<p>Kita und Antrag</p>"})
    response = client.get("/ar/hier/seite/")
    assert explained(response) == ["Antrag Anträge Sie bitten um etwas.", "Kita روضة بيت للأطفال."]
    kita = response.text.partition('id="wort-kita"')[2].partition('<a class="words-back"')[0]
    assert '<span lang="de" dir="ltr">Kita</span> <span class="words-own">روضة</span>' in kita
    assert kita.count("lang=") == 1
    antrag = response.text.partition('id="wort-antrag"')[2].partition("</dd>")[0]
    assert '<div class="rich-text" lang="de" dir="ltr">' in antrag


def test_german_word_in_another_language_is_spoken_as_german(client):
    city = make_city("hier")
    make_glossary(city)
    page = make_page(city, slug="seite", translation={"body": "<p>Kita</p>"})
    assert marked(client.get("/ar/hier/seite/")) == [("kita", "Kita")]
    translate(page, "ar", "<p>مكان في Kita</p>")
    assert '<a class="word" id="stelle-kita" href="#wort-kita" lang="de">Kita</a>' in client.get("/ar/hier/seite/").text


def test_explanation_that_is_newer_in_german_is_shown_in_german(client):
    city = make_city("hier")
    glossary = make_glossary(city)
    translate(glossary, "ar", ARABIC)
    make_page(city, slug="seite", translation={"body": "<p>Kita</p>"})
    german = glossary.translations.get(language="de")
    german.body = GERMAN.replace("Ein Haus für Kinder.", "Ein Haus für kleine Kinder.")
    german.save()
    german.publish(by=None)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert explained(client.get("/ar/hier/seite/")) == ["Kita روضة Ein Haus für kleine Kinder."]


def test_easy_german_finds_its_own_spelling_and_the_usual_one(client):
    city = make_city("hier", languages=["de", "de-simple"])
    glossary = make_glossary(city, body="<h2>Ausländerbehörde</h2><p>Ein Amt.</p>")
    translate(glossary, "de-simple", "<h2>Ausländer-Behörde</h2><p>Das ist ein Amt.</p>")
    page = make_page(city, slug="seite", translation={"body": "<p>Die Ausländerbehörde hilft.</p>"})
    assert marked(client.get("/de-simple/hier/seite/")) == [("auslaenderbehoerde", "Ausländerbehörde")]
    translate(page, "de-simple", "<p>Die Ausländer-Behörde hilft.</p>")
    response = client.get("/de-simple/hier/seite/")
    assert marked(response) == [("auslaenderbehoerde", "Ausländer-Behörde")]
    assert explained(response) == ["Ausländer-Behörde Das ist ein Amt."]


def test_glossary_lists_its_words_in_the_order_of_the_alphabet(client):
    city = make_city("hier")
    translate(make_glossary(city), "ar", ARABIC)
    page = client.get("/ar/hier/woerterbuch/").text
    assert re.findall(r'<section id="wort-(\w+)"', page) == ["antrag", "kita"]
    assert re.findall(r'<a href="#wort-(\w+)">(\w)</a>', page) == [("antrag", "A"), ("kita", "K")]
    assert 'class="word"' not in page


def test_glossary_without_words_is_a_page_like_others(client):
    city = make_city("hier")
    make_glossary(city, body="<p>Bald mehr.</p>")
    make_page(city, slug="seite")
    assert "Bald mehr." in client.get("/de/hier/woerterbuch/").text
    assert client.get("/de/hier/seite/").status_code == 200


def test_page_without_such_words_says_nothing_of_them(client):
    city = make_city("hier")
    make_glossary(city)
    make_page(city, slug="seite")
    page = client.get("/de/hier/seite/").text
    assert ("Wörter auf dieser Seite" in page, "words.css" in page) == (False, False)


def test_glossary_of_another_city_and_drafts_explain_nothing(client):
    here, there = make_city("hier"), make_city("dort")
    make_glossary(there)
    glossary = make_glossary(here, published=False)
    for city in (here, there):
        make_page(city, slug="seite", translation={"body": "<p>Kita</p>"})
    assert explained(client.get("/de/dort/seite/")) == ["Kita Ein Haus für Kinder."]
    assert explained(client.get("/de/hier/seite/")) == []
    glossary.translations.get().publish(by=None)
    assert explained(client.get("/de/hier/seite/")) == ["Kita Ein Haus für Kinder."]


def test_city_has_one_glossary():
    city = make_city("hier")
    make_glossary(city)
    with pytest.raises(ValidationError):
        Page(city=city, kind=Page.Kind.GLOSSARY, slug="noch-eins").full_clean()


def test_official_words_take_no_query(client, django_assert_num_queries):
    city = make_city("hier")
    make_page(city, slug="seite", translation={"body": "<p>Kita und Antrag</p>"})
    client.get("/de/hier/seite/")
    with django_assert_num_queries(4):
        client.get("/de/hier/seite/")
    make_glossary(city)
    with django_assert_num_queries(4):
        assert len(explained(client.get("/de/hier/seite/"))) == 2


def hints(translation):
    return [finding.message for finding in findings(Reading(translation)) if finding.field == "body"]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("<p>Nur Text.</p>", "Schreiben Sie jedes Wort als Zwischentitel und darunter die Erklärung."),
        (GERMAN + "<h2>Kita</h2><p>Ja.</p>", "„Kita“ steht zweimal da. Die Website zeigt nur die erste Erklärung."),
    ],
)
def test_editor_of_a_glossary_learns_what_it_needs(body, hint):
    draft = make_glossary(make_city("hier"), body=GERMAN).translations.get()
    assert hint not in hints(draft)
    draft.body = body
    assert hint in hints(draft)


def test_translator_learns_that_the_german_word_stays():
    glossary = make_glossary(make_city("hier"))
    draft = translate(glossary, "ar", ARABIC)
    said = "gibt es im deutschen Text kein Wort"
    assert [each for each in hints(draft) if said in each] == []
    draft.body = "<h2>روضة</h2><p>بيت للأطفال.</p>"
    assert len([each for each in hints(draft) if said in each]) == 1
