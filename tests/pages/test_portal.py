"""The page above all cities answers: which centre is there for me?"""

import re

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contacts.models import City, CityLanguage


@pytest.fixture
def centres(db):
    """All 54 centres; Bielefeld has a site in three languages."""
    call_command("load_centres", verbosity=0)
    bielefeld = City.objects.get(slug="bielefeld")
    bielefeld.is_public = True
    bielefeld.save()
    for position, language in enumerate(("ar", "tr"), start=1):
        CityLanguage.objects.create(city=bielefeld, language=language, position=position)


def ask(client, place, language="de"):
    return client.get(f"/{language}/", {"ort": place}).text


def answer(page):
    found = re.search(r'<section class="section place-answer".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def heading(page):
    return words_of(re.search(r'<h2 id="answer-title">(.*?)</h2>', page, re.DOTALL)[1])


def words_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def links(html):
    return re.findall(r'href="([^"]+)"', html)


def test_portal_without_question_has_no_answer(client, centres):
    page = client.get("/de/").text
    assert answer(page) == ""
    assert "Ein Kommunales Integrationszentrum (KI) gehört zur Stadt oder zum Kreis." in page


@pytest.mark.parametrize("empty", ["", "   "])
def test_empty_question_has_no_answer(client, centres, empty):
    assert answer(ask(client, empty)) == ""


def test_public_centre_links_its_site_in_every_language(client, centres):
    page = answer(ask(client, "33602"))
    assert heading(page) == "Ihr Zentrum"
    assert "33602 Bielefeld" in page
    assert "Kommunales Integrationszentrum Bielefeld" in page
    assert links(page) == ["/de/bielefeld/", "/de/bielefeld/", "/ar/bielefeld/", "/tr/bielefeld/"]
    assert '<a href="/ar/bielefeld/" hreflang="ar" lang="ar" dir="rtl">العربية</a>' in page


def test_answer_speaks_the_readers_language(client, centres):
    CityLanguage.objects.filter(city__slug="bielefeld", language="ar").update(centre_name="مركز بيليفيلد")
    page = answer(ask(client, "33602", "ar"))
    assert "<h3>مركز بيليفيلد</h3>" in page
    assert links(page)[0] == "/ar/bielefeld/"


def test_centre_without_name_in_the_readers_language_is_marked_as_german(client, centres):
    page = answer(ask(client, "33602", "ar"))
    assert '<h3 lang="de" dir="ltr">Kommunales Integrationszentrum Bielefeld</h3>' in page


def test_centre_that_is_not_public_names_the_authority_and_links_nothing_of_it(client, centres):
    page = answer(ask(client, "Lemgo"))
    assert "Dieses Zentrum hat hier noch keine Website." in page
    assert ("Kommunales Integrationszentrum Kreis Lippe" in page, "Lemgo" in page) == (True, True)
    assert '<strong lang="de" dir="ltr">Kreis Lippe</strong>' in page
    assert links(page) == ["tel:115"]


def test_only_a_centre_found_by_name_may_be_the_wrong_one(client, centres):
    sentence = "Ist das der falsche Ort?"
    assert [sentence in answer(ask(client, typed)) for typed in ("Lemgo", "32657")] == [True, False]


def test_postcode_on_a_border_shows_both_centres_and_says_why(client, centres):
    City.objects.filter(slug="duesseldorf").update(is_public=True)
    page = answer(ask(client, "40472"))
    assert heading(page) == "40472: Hier gibt es zwei Zentren"
    assert "Diese Postleitzahl liegt in zwei Gebieten." in page
    assert re.findall(r"<h3[^>]*>([^<]+)", page) == [
        "Kommunales Integrationszentrum Düsseldorf",
        "Kommunales Integrationszentrum Kreis Mettmann",
    ]
    assert links(page) == ["/de/duesseldorf/", "/de/duesseldorf/", "tel:115"]


@pytest.mark.parametrize(
    ("typed", "title", "sentence"),
    [
        ("10115", "10115 liegt nicht in Nordrhein-Westfalen", "Kommunale Integrationszentren gibt es nur in"),
        ("33501", "Die Postleitzahl 33501 kennen wir nicht", "Postfächer haben eigene Nummern."),
        ("3360", "Eine Postleitzahl hat fünf Ziffern", "Bitte prüfen Sie die Zahl."),
        ("Berlin", "„Berlin“ haben wir in Nordrhein-Westfalen nicht gefunden", "Schreiben Sie den Namen der Stadt"),
    ],
)
def test_question_without_result_is_answered_kindly(client, centres, typed, title, sentence):
    page = ask(client, typed)
    assert heading(page) == title
    assert sentence in answer(page)
    assert links(answer(page)) == ["#all"]
    assert f'value="{typed}"' in page


def test_misspelt_name_is_one_click_from_the_answer(client, centres):
    page = answer(ask(client, "Bilefeld"))
    assert heading(page) == "Meinten Sie Bielefeld?"
    assert links(page) == ["?ort=Bielefeld#answer", "#all"]


def test_beginning_of_several_names_lets_choose(client, centres):
    page = answer(ask(client, "hal"))
    assert heading(page) == "Welchen Ort meinen Sie?"
    assert links(page)[0] == "?ort=Halle%20%28Westf.%29#answer"
    assert "Kreis Gütersloh" in answer(client.get("/de/?ort=Halle%20%28Westf.%29").text)


def test_more_names_than_shown_ask_for_more_letters(client, centres):
    sentence = "Bitte schreiben Sie mehr Buchstaben."
    assert [sentence in ask(client, typed) for typed in ("hal", "kreis")] == [False, True]


def test_what_was_typed_is_escaped_and_stays_in_the_field(client, centres):
    page = ask(client, '"><script>alert(1)</script>')
    assert "<script" not in page
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page


def test_what_was_typed_is_cut(client, centres):
    assert f'value="{"x" * 80}"' in ask(client, "x" * 200)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_no_question_breaks_the_page(client, centres, typed):
    assert client.get("/de/", {"ort": typed}).status_code == 200


def test_language_switch_takes_the_question_along(client, centres):
    page = ask(client, "Köln & Bonn")
    assert 'href="/ar/?ort=K%C3%B6ln%20%26%20Bonn"' in page


def test_title_names_the_question(client, centres):
    title = "Kommunale Integrationszentren in Nordrhein-Westfalen"
    pages = (client.get("/de/").text, ask(client, "33602"))
    assert [re.search(r"<title>(.*?)</title>", page)[1] for page in pages] == [title, f"33602 – {title}"]


def test_answers_stay_out_of_search_engines(client, centres):
    tag = '<meta name="robots" content="noindex">'
    assert [tag in page for page in (client.get("/de/").text, ask(client, "33602"))] == [False, True]


def test_search_over_all_sites_is_offered_where_there_are_sites(client, centres):
    assert 'href="/de/suche/"' in client.get("/de/").text
    City.objects.update(is_public=False)
    assert 'href="/de/suche/"' not in client.get("/de/").text


def test_centre_whose_key_was_changed_is_not_found_and_breaks_nothing(client, centres):
    assert heading(ask(client, "33602")) == "Ihr Zentrum"
    City.objects.filter(slug="bielefeld").update(ags="99999")
    assert heading(ask(client, "33602")) == "„33602“ haben wir in Nordrhein-Westfalen nicht gefunden"


# --- Map ------------------------------------------------------------------------------------------


def drawing(page):
    return re.search(r'<figure class="nrw-map">.*?</figure>', page, re.DOTALL)[0]


def test_map_links_public_centres_and_nothing_else(client, centres):
    page = drawing(client.get("/de/").text)
    assert [link for link in links(page) if link.startswith("/de/")] == ["/de/bielefeld/"]
    assert re.findall(r"<use href=\"/static/img/nrw.svg#(\w+)", page) == ["k05711"]


def test_map_names_every_area_and_shows_each_once(client, centres):
    page = drawing(client.get("/de/").text)
    shapes = re.findall(r"/static/img/nrw.svg#k(\w+)", page)
    assert sorted(shapes) == sorted(City.objects.values_list("ags", flat=True))
    assert sorted(re.findall(r"<title>([^<]+)", page)) == sorted(City.objects.values_list("name", flat=True))


def test_map_outlines_the_centres_of_the_answer(client, centres):
    pages = (client.get("/de/").text, ask(client, "40472"))
    outlined = [re.findall(r"<use class=\"found\" href=\"/static/img/nrw.svg#(\w+)", drawing(page)) for page in pages]
    assert outlined == [[], ["k05111", "k05158"]]


def test_map_and_postcodes_say_whose_they_are(client, centres):
    page = client.get("/ar/").text
    assert (
        "© GeoBasis-DE / BKG 2021 (Daten verändert), Datenlizenz Deutschland – Namensnennung – Version 2.0"
    ) in words_of(drawing(page))
    assert (
        "Postleitzahlen: © OpenStreetMap-Mitwirkende, verfügbar unter der Open Database License (ODbL) 1.0; "
        "Aufbereitung: suche-postleitzahl.org"
    ) in words_of(page)
    for address in (
        "https://www.bkg.bund.de",
        "https://www.govdata.de/dl-de/by-2-0",
        "https://www.openstreetmap.org/copyright",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ):
        assert f'href="{address}"' in page


# --- What it costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "queries"), [("", 1), ("10115", 1), ("Lemgo", 1), ("Neuen", 1), ("33602", 2), ("40472", 2)]
)
@pytest.mark.parametrize("number", [1, 3])
def test_answer_takes_a_constant_number_of_queries(client, centres, django_assert_num_queries, typed, queries, number):
    public = ["bielefeld", "duesseldorf", "kreis-mettmann"]
    City.objects.filter(slug__in=public).update(is_public=True)
    for language in ("en", "uk", "ru")[:number]:
        CityLanguage.objects.bulk_create(
            CityLanguage(city=city, language=language) for city in City.objects.filter(slug__in=public)
        )
    with django_assert_num_queries(queries):
        client.get("/de/", {"ort": typed})
