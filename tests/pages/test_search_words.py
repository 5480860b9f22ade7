"""Which words count as the same."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from pages.search.excerpt import pieces, plain
from pages.search.query import Query, Reader
from pages.search.spelling import proposals
from pages.search.synonyms import everyday_words, filler_words, meaning_of
from pages.search.words import fold, index_text, spellings, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ausländerbehörde", "auslanderbehorde"),
        ("Ausländerbehörde", "AUSLÄNDERBEHÖRDE"),
        ("Ausla\u0308nder", "Ausländer"),  # the same letter in two signs
        ("Straße", "STRASSE"),
        ("Straße", "strasse"),
        ("Sprach\u00adkurs", "Sprachkurs"),  # a soft hyphen
        ("Integrations-Zentrum", "Integrationszentrum"),
        ("Integrations·zentrum", "Integrationszentrum"),
        ("مُدَرِّسَة", "مدرسة"),
        ("مدرســة", "مدرسة"),
        ("أسئلة", "اسئلة"),
        ("إقامة", "اقامه"),
        ("آباء", "اباء"),
        ("مستشفى", "مستشفي"),
        ("کودک", "كودك"),
        ("فارسی", "فارسي"),
        ("IŞIK", "ışık"),
        ("İstanbul", "istanbul"),
        ("ışık", "isik"),
        ("ґанок", "ганок"),
        ("сім’я", "сім'я"),
        ("сімʼя", "сімя"),
        ("Ёлка", "елка"),
        ("١٢٣", "123"),
        ("𝕬mt", "amt"),
    ],
)
def test_two_writings_of_a_word_meet(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("їжа", "іжа"), ("край", "краи"), ("schon", "schin"), ("Ende", "Enden")])
def test_other_letters_stay_other_letters(one, other):
    assert fold(one) != fold(other)


def test_umlaut_written_with_e_meets_the_umlaut():
    assert fold("Ausländerbehörde") in spellings("auslaenderbehoerde")


@pytest.mark.parametrize("word", ["Frauen", "neue", "Quelle", "Steuer"])
def test_ue_behind_a_vowel_is_no_umlaut(word):
    assert spellings(word) == {word.lower()}


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Kinder", "Kind"),
        ("de", "Behörden", "behorde"),
        ("de-simple", "Häuser", "Haus"),
        ("en", "schools", "school"),
        ("tr", "okullar", "okul"),
        ("ar", "والمدرسة", "مدرسة"),
        ("ar", "للاجئين", "لاجئين"),
        ("ru", "переводчика", "переводчик"),
        ("uk", "школою", "школа"),
    ],
)
def test_forms_of_a_word_meet_in_its_language(language, one, other):
    assert stems(one, language) & stems(other, language)


def test_a_language_without_grammar_keeps_its_words():
    assert stems("ትምህርቲ", "ti") == {"ትምህርቲ"}


def test_text_is_indexed_with_its_order_and_further_forms():
    assert index_text("Der Sprachkurs", "de", ("kurs",)) == "der sprachkurs sprachkur kurs"


def test_words_are_letters_and_digits_only():
    assert words('a@b.de * "x" (y) -- \x00 ½ 😀 E-Mail') == ["a", "b", "de", "x", "y", "12", "email"]


@given(st.text())
def test_folding_is_done_once(text):
    for word in words(text):
        assert word.isalnum()
        assert fold(word) == word


@given(st.text(max_size=80), st.sampled_from(["de", "ar", "tr", "uk", "ti"]))
def test_a_query_holds_letters_and_digits_only(text, language):
    for group in Reader(language).read(text).alternatives():
        for word in group:
            assert word.spellings
            assert all(form.isalnum() for form in word.all)


def test_tags_of_blocks_part_words_and_those_within_do_not():
    assert plain("<p>eins</p><p>z<strong>wei</strong> &lt;b&gt;</p>") == "eins zwei <b>"


def test_pieces_are_the_text():
    assert pieces("Die Schule hier", [(4, 10)]) == [("Die ", False), ("Schule", True), (" hier", False)]


def terms(asked, language="de", **options):
    return [term.written for term in Reader(language, **options).read(asked).terms]


def test_words_that_say_nothing_are_passed_over():
    assert terms("Ich suche einen Deutschkurs") == ["Deutschkurs"]
    assert terms("Deutschkurs Hierstadt", passed_over={"hierstadt"}) == ["Deutschkurs"]


def test_words_that_say_nothing_are_searched_if_there_are_no_others():
    assert terms("wer wir sind") == ["wer", "wir", "sind"]


def meanings(asked, language="de"):
    query = Reader(language).read(asked)
    return {fold(word) for term in query.terms for group in term.meanings for each in group for word in each.spellings}


@pytest.mark.parametrize(
    ("asked", "meaning"),
    [
        ("Dolmetscher", "sprachmittlung"),
        ("interpreters", "sprachmittlung"),
        ("tercüman", "sprachmittlung"),
        ("مترجم", "sprachmittlung"),
        ("перекладача", "sprachmittlung"),
        ("переводчик", "sprachmittlung"),
        ("مدرسة", "schule"),
        ("садок", "kita"),
        ("kreş", "kita"),
        ("learn German", "deutschkurs"),
        ("دورة لغة", "deutschkurs"),
    ],
)
@pytest.mark.parametrize("language", ["de", "ar"])
def test_everyday_words_lead_to_german_ones(asked, meaning, language):
    assert meaning in meanings(asked, language)


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES if tag != "de-simple"])
def test_every_everyday_word_leads_to_its_german_ones(language):
    lost = [
        phrase
        for concept in everyday_words()["concepts"]
        for phrase in concept.get(language, ())
        if not {fold(word) for word in concept["find"]} & meanings(phrase, language)
    ]
    assert lost == []


def test_a_phrase_means_something_only_as_a_whole():
    assert "deutschkurs" not in meanings("german")


def test_every_concept_has_words_in_every_language():
    tags = {tag for tag, _name in settings.LANGUAGES} - {"de", "de-simple"}
    for concept in everyday_words()["concepts"]:
        assert tags - concept.keys() == set(), concept["find"]
        assert meaning_of(", ".join(concept["find"]))


def test_every_language_has_words_that_say_nothing():
    assert everyday_words()["filler"].keys() == {tag for tag, _name in settings.LANGUAGES} - {"de-simple"}
    assert "para" in filler_words("es") - filler_words("tr")  # "for" in Spanish, money in Turkish


def test_query_of_nothing_has_no_words():
    assert Query([]).alternatives() == []


@pytest.mark.parametrize(
    ("word", "best"),
    [("verien", "Verein"), ("beratng", "Beratung"), ("auslenderbehörde", "Ausländerbehörde"), ("amd", None)],
)
def test_similar_words_are_proposed(word, best):
    known = {fold(word): word for word in ["Verein", "Verena", "Beratung", "Ausländerbehörde", "Amt"]}
    assert next(iter(proposals(fold(word), known)), None) == best
