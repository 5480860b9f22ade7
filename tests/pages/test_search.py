"""Searching in one city and in all: what is found first, what is never found, what it costs."""

import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.languages import LANGUAGES
from contacts.models import City, Contact
from events.models import Event, News
from offers.models import Call, Offer
from pages.models import Page, PageRevision, SearchMiss, SearchSynonym, SearchText
from pages.search import database
from pages.search import place as place_module
from pages.search.index import MOST_OF_A_TEXT
from pages.search.place import Place
from pages.search.results import PER_PAGE, search
from pages.site import load_site
from tests.factories import make_city, make_contact, make_focus_area, make_page, make_translation

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def text(title, summary="Kurz.", body="<p>Mehr.</p>", **fields):
    return {"title": title, "summary": summary, "body": body} | fields


def add(city, slug, german, model=None, fields=None, **translations):
    """A page with a text in German and in the languages given as (title, summary)."""
    page = make_page(city, slug=slug, translation=german, **{"model": model} if model else {}, **fields or {})
    for language, words in translations.items():
        make_translation(page, language.replace("_", "-"), **text(*words))
    return page


OFFER = {"pillar": "education", "topics": [], "audiences": []}
EVENT = {"starts_at": NOW + 3 * DAY, "ends_at": NOW + 3 * DAY + timedelta(hours=2)}


def make_site():
    city = make_city("musterstadt", languages=("de", "de-simple", "en", "tr", "ar", "uk", "ru"))
    add(
        city,
        "schule",
        text("Schule und Eltern", "Ihr Kind soll in die Schule gehen?", "<p>Wir beraten Sie zur Anmeldung.</p>"),
        ar=("المَدْرَسَة وأولياء الأمور", "نساعد الأهل في تسجيل الأطفال."),
        tr=("Okul ve veliler", "Çocuğunuz okula mı başlayacak?"),
        uk=("Школа та батьки", "Ваша дитина має піти до школи?"),
        en=("School and parents", "Shall your child go to school?"),
    )
    add(city, "kita", text("Ein Platz in der Kita", "Für Kinder von einem Jahr bis sechs Jahre."))
    add(
        city,
        "sprachmittlung",
        text("Sprachmittlung anfragen", "Jemand spricht Ihre Sprache.", "<p>Sie ist kostenlos.</p>"),
        model=Offer,
        fields=OFFER,
    )
    add(
        city,
        "deutsch",
        text("Deutsch lernen", "Sprachkurse in Ihrem Stadtteil", "<p>Auch Alphabetisierung.</p>"),
        tr=("Almanca öğrenmek", "Semtinizde dil kursları"),
        ar=("تعلُّم اللغة الألمانية", "دورات لغة قريبة منك"),
    )
    add(
        city,
        "auslaenderbehoerde",
        text("Ausländerbehörde: Termin und Aufenthalt", "Wo Sie Ihren Aufenthaltstitel verlängern."),
        tr=("Yabancılar dairesi", "Oturma izni burada uzatılır."),
        ar=("دائرة الأجانب: الإقامة", "هنا تمدّد إقامتك."),
    )
    add(city, "rassismus", text("Hilfe gegen Rassismus", "Sie wurden schlecht behandelt? Wir hören zu."))
    add(
        city,
        "foerdermittel",
        text("Fördermittel für Vereine", "Geld für Projekte mit Zugewanderten", "<p>Bis 5.000 Euro.</p>"),
        model=Call,
        fields={"starts_at": NOW - DAY, "ends_at": NOW + DAY, "programme": "KOMM-AN", "topics": [], "audiences": []},
    )
    add(
        city,
        "fest",
        text("Großes Straßenfest", "Essen, Musik und Spiele", "<p>In der Schloßstraße.</p>"),
        model=Event,
        fields=EVENT,
        tr=("Işıklı sokak şenliği", "Yemek, müzik, oyun"),
        uk=("Велике свято на вулиці", "Їжа, музика та ігри"),
    )
    add(
        city,
        "neue-gruppe",
        text("Neue Gruppe für Frauen", "Sie trifft sich am Dienstag."),
        model=News,
        fields={"responsible": "Zentrum"},
        tr=("Kadınlar için yeni grup", "Salı günleri buluşuyoruz."),
    )
    add(
        city, "arbeit", text("Arbeit und Ausbildung", "Ihr Zeugnis gilt auch hier."), uk=("Робота", "Де шукати роботу.")
    )
    add(city, "fragen", text("Häufige Fragen"), ar=("أسئلة وأجوبة", "ما يُسأل عنه كثيرًا."))
    add(city, "leicht", text("Beratung"), de_simple=("Integrations-Zentrum", "Wir helfen."))
    # The same word in the title, in the summary, in the body.
    add(city, "im-text", text("Garten", "Grün.", "<p>Nachbarschaft, Nachbarschaft und Nachbarschaft.</p>"))
    add(city, "in-der-zusammenfassung", text("Beete", "Für die Nachbarschaft."))
    add(city, "im-titel", text("Nachbarschaft", "Alle zusammen."))
    # Written so, in another form, as the beginning of another word.
    add(city, "anfang", text("Bücherkiste"))
    add(city, "form", text("Büchern auf der Spur"))
    add(city, "genau", text("Bücher aus aller Welt"))
    add(city, "kulturen", text("Wer wir sind", "Menschen vieler Kulturen."))
    SearchSynonym.objects.create(city=city, word="Lotsen", meaning="Sprachmittlung")
    SearchSynonym.objects.create(city=city, word="bunter Abend", meaning="Straßenfest")
    return city


CASES = [
    ("de", "Schule", "schule"),
    ("de", "schulen", "schule"),
    ("de", "Schule und Eltern", "schule"),
    ("de", "Ich suche eine Schule für mein Kind", "schule"),
    ("de", "Ausländerbehörde", "auslaenderbehoerde"),
    ("de", "auslanderbehorde", "auslaenderbehoerde"),
    ("de", "auslaenderbehoerde", "auslaenderbehoerde"),
    ("de", "AUSLÄNDERBEHÖRDEN", "auslaenderbehoerde"),
    ("de", "Ausländeramt", "auslaenderbehoerde"),
    ("de", "auslenderbehörde", "auslaenderbehoerde"),
    ("de", "Auslän", "auslaenderbehoerde"),
    ("de", "strassenfest", "fest"),
    ("de", "Straßenfest", "fest"),
    ("de", "Schlossstraße", "fest"),
    ("de", "SCHLOSSSTRASSE", "fest"),
    ("de", "Bunter Abend", "fest"),
    ("de", "Fördermittel", "foerdermittel"),
    ("de", "foerdermittel", "foerdermittel"),
    ("de", "fordermittel", "foerdermittel"),
    ("de", "Geld für Vereine", "foerdermittel"),
    ("de", "Förderaufrufe", "foerdermittel"),
    ("de", "Veranstaltungen", "fest"),
    ("de", "verien", "foerdermittel"),
    ("de", "Dolmetscher", "sprachmittlung"),
    ("de", "Lotsen", "sprachmittlung"),
    ("de", "Dolmetcher", "sprachmittlung"),
    ("de", "Sprachkurs", "deutsch"),
    ("de", "Kurs", "deutsch"),
    ("de", "Alphabetisirung", "deutsch"),
    ("de", "Kindergarten", "kita"),
    ("de", "kitas", "kita"),
    ("de", "Rasismus", "rassismus"),
    ("de", "Frauen", "neue-gruppe"),
    ("de", "Frau", "neue-gruppe"),
    ("de", "Nachbarschaft", "im-titel"),
    ("de", "Nachbarschaft Garten", "im-text"),
    ("de", "Bücher", "genau"),
    ("de", "bucher", "genau"),
    ("de", "Kulturen", "kulturen"),
    ("de", "مدرسة", "schule"),
    ("de", "перекладач", "sprachmittlung"),
    ("de-simple", "Integrationszentrum", "leicht"),
    ("de-simple", "Integrations-Zentrum", "leicht"),
    ("ar", "مدرسة", "schule"),
    ("ar", "المدرسة", "schule"),
    ("ar", "مَدْرَسَة", "schule"),
    ("ar", "للمدرسة", "schule"),
    ("ar", "أسئلة", "fragen"),
    ("ar", "اسئلة", "fragen"),
    ("ar", "إقامة", "auslaenderbehoerde"),
    ("ar", "اقامه", "auslaenderbehoerde"),
    ("ar", "الاجانب", "auslaenderbehoerde"),
    ("ar", "مترجم", "sprachmittlung"),
    ("ar", "روضة أطفال", "kita"),
    ("ar", "دورة لغة", "deutsch"),
    ("ar", "Ausländerbehörde", "auslaenderbehoerde"),
    ("ar", "sprachmitlung", "sprachmittlung"),
    ("tr", "IŞIKLI", "fest"),
    ("tr", "ışıklı", "fest"),
    ("tr", "isikli", "fest"),
    ("tr", "okul", "schule"),
    ("tr", "okullar", "schule"),
    ("tr", "öğrenmek", "deutsch"),
    ("tr", "ogrenmek", "deutsch"),
    ("tr", "kadınlar", "neue-gruppe"),
    ("tr", "kadinlar", "neue-gruppe"),
    ("tr", "tercüman", "sprachmittlung"),
    ("tr", "kreş", "kita"),
    ("tr", "Förderung", "foerdermittel"),
    ("uk", "школу", "schule"),
    ("uk", "школа", "schule"),
    ("uk", "садок", "kita"),
    ("uk", "роботи", "arbeit"),
    ("uk", "їжа", "fest"),
    ("uk", "расизм", "rassismus"),
    ("uk", "Rassismus", "rassismus"),
    ("ru", "переводчика", "sprachmittlung"),
    ("ru", "детский сад", "kita"),
    ("ru", "курсы немецкого", "deutsch"),
    ("en", "parents", "schule"),
    ("en", "schools", "schule"),
    ("en", "interpreter", "sprachmittlung"),
    ("en", "learn german", "deutsch"),
    ("en", "funding for associations", "foerdermittel"),
    ("en", "racism", "rassismus"),
]


@pytest.fixture(scope="module")
def muster_rows(django_db_setup, django_db_blocker):
    """The site of all cases, made once."""
    from django.apps import apps
    from django.db import connection, transaction

    from tests.conftest import OWN_APPS

    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OWN_APPS]
    rows = {}
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(NOW, tick=False):
        make_site()
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                rows[model] = [column[0] for column in cursor.description], cursor.fetchall()
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def muster(muster_rows):
    from tests.conftest import enter

    enter(muster_rows)
    return City.objects.get(slug="musterstadt")


def found(asked, language="de", city="musterstadt"):
    """The slugs of what is found, best first."""
    site = load_site(language, city)
    place = Place(site.language, site.instant, site.city)
    return [entry.page.slug for entry in place.entries([hit.page_id for hit in search(asked, place).hits])]


@pytest.mark.parametrize(("language", "asked", "first"), CASES)
def test_first_hit(muster, language, asked, first):
    assert found(asked, language)[:1] == [first]


def test_title_counts_more_than_summary_and_summary_more_than_body(muster):
    assert found("Nachbarschaft") == ["im-titel", "in-der-zusammenfassung", "im-text"]


def test_a_word_counts_more_than_another_form_and_that_more_than_a_beginning(muster):
    assert found("Bücher") == ["genau", "form", "anfang"]


def slugs(response):
    return [result.entry.page.slug for result in response.context["results"]]


def ask(client, asked, language="de", city="hier", **more):
    address = f"/{language}/{city}/suche/" if city else f"/{language}/suche/"
    response = client.get(address, {"q": asked} | more)
    assert response.status_code == 200
    return response


def words_of(response):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", response.text))


# --- The page -------------------------------------------------------------------------------------------


def test_without_words_the_page_helps_with_situations_and_keeps_out_of_search_engines(client):
    make_page(make_city("hier"), slug="kita", translation={"situation": "Mein Kind braucht einen Platz"})
    response = client.get("/de/hier/suche/")
    assert "Mein Kind braucht einen Platz" in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert response.context["search"].is_empty


def test_what_was_typed_stays_in_the_field(client):
    make_city("hier")
    assert 'value="Größe &quot;&lt;b&gt;"' in ask(client, ' Größe\n"<b>\x00 ').text


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("Sprach\u00adkurs\u200f", "Sprachkurs"), ("می\u200cخواهم", "می\u200cخواهم"), ("a\tb\x00", "a b")],
)
def test_signs_that_cannot_be_seen_are_left_out_where_they_mean_nothing(client, asked, kept):
    make_city("hier")
    assert ask(client, asked).context["search"].asked == kept


def test_a_long_query_is_cut(client):
    make_city("hier")
    assert len(ask(client, "wort " * 100).context["search"].asked) == 79


def test_result_shows_the_words_found(client):
    make_page(make_city("hier"), translation=text("Die Schule", "Für alle.", "<p>Jede Schule & mehr</p>"))
    response = ask(client, "schule")
    assert re.findall("<mark>(.*?)</mark>", response.text) == ["Schule", "Schule"]
    assert "1 Treffer für „schule“" in words_of(response)


def test_excerpt_shows_the_place_where_the_word_stands(client):
    body = f"<p>{'davor ' * 60}</p><p>der Anker</p><p>{'danach ' * 60}</p>"
    make_page(make_city("hier"), translation=text("Titel", "Nichts davon.", body))
    [result] = ask(client, "Anker").context["results"]
    shown = "".join(piece for piece, _is_match in result.excerpt)
    assert shown.startswith("… davor")
    assert "der Anker danach" in shown
    assert shown.endswith("danach …")
    assert len(shown) < 230


def test_words_of_pages_and_of_readers_are_never_html(client):
    make_page(
        make_city("hier"),
        translation=text("<script>Gefahr</script>", "<img src=x> Gefahr", "<p>Gefahr &lt;b&gt;</p>"),
    )
    found = ask(client, "Gefahr <i>").text
    assert "&lt;script&gt;<mark>Gefahr</mark>&lt;/script&gt;" in found
    assert "&lt;img src=x&gt; <mark>Gefahr</mark>" in found
    assert not re.search("<(script|img|i)>", found)
    assert not re.search("<(script|img|i)>", ask(client, "<script>nichts</script>").text)


def test_german_stands_in_with_its_language(client):
    city = make_city("hier", languages=("de", "ar"))
    make_page(city, translation=text("Schule", "Unterricht."))
    response = ask(client, "Schule", "ar")
    assert '<h3 lang="de" dir="ltr"><a href="/ar/hier/' in response.text
    assert '<p lang="de" dir="ltr">Unterricht.</p>' in response.text


def test_result_is_shown_in_the_readers_language_even_if_the_german_text_was_found(client):
    city = make_city("hier", languages=("de", "ar"))
    page = make_page(city, translation=text("Anmeldung", "Unterricht."))
    make_translation(page, "ar", **text("تسجيل", "هنا"))
    [result] = ask(client, "Unterricht", "ar").context["results"]
    assert (result.entry.language.tag, result.excerpt) == ("ar", [("هنا", False)])


def test_a_language_that_the_city_has_not_switched_on_is_not_shown(client):
    page = make_page(make_city("hier", languages=("de",)), translation=text("Anmeldung"))
    make_translation(page, "ar", **text("تسجيل", "هنا"))
    for city in ("hier", None):
        [result] = ask(client, "Anmeldung", "ar", city).context["results"]
        assert result.entry.language.tag == "de"


def test_choice_of_languages_keeps_the_words(client):
    make_city("hier")
    assert 'href="/ar/hier/suche/?q=Gr%C3%B6%C3%9Fe+%26"' in ask(client, "Größe &").text
    assert 'href="/ar/suche/?q=Gr%C3%B6%C3%9Fe+%26"' in ask(client, "Größe &", city=None).text


def test_long_lists_have_pages(client):
    city = make_city("hier")
    for number in range(PER_PAGE + 2):
        make_page(city, slug=f"schule-{number}", translation=text("Schule"))
    first, second = ask(client, "Schule"), ask(client, "Schule", seite="2")
    assert [len(slugs(first)), len(slugs(second))] == [PER_PAGE, 2]
    assert "?q=Schule&amp;seite=2" in first.text
    assert 'start="21"' in second.text
    for page in ("3", "-1", "x", "²", "9" * 30):
        assert ask(client, "Schule", seite=page).context["number"] in (1, 2)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Schule", "Mehr als 3 Treffer für „Schule“"),
        ("Shule", "Mehr als 3 Treffer für „Schule“"),
        ("Garten", "1 Treffer für „Garten“"),
        ("Schule Garten", "1 Treffer für „Schule Garten“"),
    ],
)
def test_more_hits_than_are_ranked_are_said(client, monkeypatch, asked, said):
    monkeypatch.setattr("pages.search.place.MOST_CANDIDATES", 3)
    monkeypatch.setattr("pages.search.results.MOST_CANDIDATES", 3)
    monkeypatch.setattr("pages.search.ranking.FEW", 1)
    city = make_city("hier")
    for number in range(3):
        make_page(city, slug=f"schule-{number}", translation=text("Schule"))
    make_page(city, slug="garten", translation=text("Schule", "Garten"))
    assert f"<h2>{said}</h2>" in re.sub("</?bdi>", "", ask(client, asked).text)


def test_as_many_hits_as_are_ranked_are_counted(client, monkeypatch):
    monkeypatch.setattr("pages.search.place.MOST_CANDIDATES", 3)
    monkeypatch.setattr("pages.search.results.MOST_CANDIDATES", 3)
    city = make_city("hier")
    for number in range(3):
        make_page(city, slug=f"schule-{number}", translation=text("Schule"))
    assert "<h2>3 Treffer für" in ask(client, "Schule").text


@pytest.mark.parametrize(
    ("model", "fields", "label"),
    [
        (None, {}, "Seite"),
        (Offer, OFFER, "Angebot"),
        (Event, EVENT, "Veranstaltung 7. Mai 2026"),
        (News, {"responsible": "Zentrum"}, "Nachricht 4. Mai 2026"),
    ],
)
def test_result_says_what_kind_of_page_it_is(client, model, fields, label):
    add(make_city("hier"), "titel", text("Schule"), model, fields)
    shown = re.search('<p class="search-labels">(.*?)</p>', ask(client, "Schule").text, re.DOTALL)[1]
    assert " ".join(re.sub("<[^>]+>", " ", shown).split()) == label


# --- Misspellings, synonyms, contacts, no result -----------------------------------------------------------


def test_a_similar_word_is_searched_and_said(client):
    make_page(make_city("hier"), slug="verein", translation=text("Verein"))
    response = ask(client, "Verien")
    assert slugs(response) == ["verein"]
    assert "Wir haben nach „Verein“ gesucht, nicht nach „Verien“." in words_of(response)
    assert "genau=1" not in response.text


def test_words_as_typed_are_one_click_away_where_they_find_something(client):
    city = make_city("hier")
    make_page(city, slug="verein", translation=text("Verein"))
    make_page(city, slug="schule", translation=text("Schule"))
    response = ask(client, "Verien Schule")
    assert "?q=Verien+Schule&amp;genau=1" in response.text
    assert slugs(ask(client, "Verien Schule", genau="1")) == ["schule"]


def test_a_word_that_is_no_longer_public_is_not_proposed(client, clock):
    page = make_page(make_city("hier"), slug="verein", translation=text("Verein"))
    assert slugs(ask(client, "Verien")) == ["verein"]
    clock.shift(DAY)
    page.unpublish(by=None)
    response = ask(client, "Verien")
    assert (slugs(response), response.context["search"].corrected) == ([], [])


def test_corrections_come_from_the_own_city(client):
    make_page(make_city("hier"), slug="verein", translation=text("Verein"))
    make_page(make_city("dort"), slug="quitte", translation=text("Quitte"))
    assert slugs(ask(client, "Qiutte", city="dort")) == ["quitte"]
    assert slugs(ask(client, "Qiutte", city="hier")) == []


def known_words(city=None):
    return set(Place(LANGUAGES["de"], timezone.now(), city).vocabulary(set()).values())


def test_words_to_correct_with_are_those_that_can_be_read_now(client, clock):
    city = make_city("hier")
    make_page(make_city("geheim", is_public=False), translation=text("Geheimnis", "Kurz."))
    make_page(city, slug="bleibt", translation=text("Verein", "Kurz."))
    make_page(city, slug="geht", translation=text("Quarktorte", "Kurz."))
    planned = make_page(city, published=False, slug="kommt", translation=text("Sahnetorte", "Kurz."))
    planned.translations.get().publish(by=None, at=NOW + DAY, until=NOW + 2 * DAY)
    seen = []
    for place in (city, None):
        seen.append(known_words(place) - {"Kurz", "Mehr"})
    assert seen == [{"Verein", "Quarktorte"}] * 2
    clock.shift(DAY)
    Page.objects.get(slug="geht").unpublish(by=None)
    assert known_words(city) == known_words() == {"Kurz", "Mehr", "Verein", "Sahnetorte"}
    clock.shift(DAY)
    assert known_words(city) == known_words() == {"Kurz", "Mehr", "Verein"}


def test_a_word_is_proposed_as_it_is_mostly_written():
    city = make_city("hier")
    for number, word in enumerate(["VEREIN", "Verein", "verein", "Verein"]):
        make_page(city, slug=f"seite-{number}", translation=text(word))
    assert known_words(city) == {"Kurz", "Mehr", "Verein"}


def test_synonyms_are_those_of_the_own_city(client):
    for name in ("hier", "dort"):
        make_page(make_city(name), slug="lotsen", translation=text("Begleitung"))
    assert [slugs(ask(client, "Kumpel", city=name)) for name in ("hier", "dort")] == [[], []]
    SearchSynonym.objects.create(city=City.objects.get(slug="hier"), word="Kumpel", meaning="Begleitung")
    assert [slugs(ask(client, "kumpel", city=name)) for name in ("hier", "dort")] == [["lotsen"], []]


def test_a_meaning_of_two_words_needs_both(client):
    city = make_city("hier")
    make_page(city, slug="rotes", translation=text("Rotes Zimmer"))
    make_page(city, slug="haus", translation=text("Rotes Haus"))
    SearchSynonym.objects.create(city=city, word="Kumpel", meaning="Rotes Haus, Keller")
    assert slugs(ask(client, "Kumpel")) == ["haus"]


def test_contacts_are_found_by_their_function_in_any_language(client):
    city = make_city("hier", languages=("de", "ar"))
    make_contact(city, is_main=True, function="Zentrale")
    contact = make_contact(
        city, function="Beratung für Eltern", phone="030 23125 007", function_translations={"ar": "استشارة للوالدين"}
    )
    make_contact(make_city("dort"), function="Beratung für Eltern")
    for asked in ("Eltern", "beratung", "parents", "والدين"):
        response = ask(client, asked, "ar")
        assert response.context["search"].contacts == [contact], asked
        assert "030 23125 007" in response.text
    assert ask(client, "Eltern Zimmer").context["search"].contacts == []


def test_contact_with_a_topic_or_language_of_former_days_breaks_nothing(client):
    contact = make_contact(make_city("hier"), is_main=True, function="Beratung", topics=["schule"])
    Contact.objects.update(topics=["schule", "abgeschafft"], languages=["xx", "tr"])
    for asked in ("Beratung", "Schule"):
        assert ask(client, asked).context["search"].contacts == [contact]
    assert client.get("/de/hier/kontakt/").status_code == 200
    contact.refresh_from_db()
    assert contact.spoken_languages == [LANGUAGES["tr"]]
    assert Offer(languages=["xx", "tr"]).spoken_languages == [LANGUAGES["tr"]]


def test_contact_that_is_invented_is_not_called(client):
    make_contact(make_city("hier"), function="Beratung", phone="030 23125 007", is_example=True)
    response = ask(client, "Beratung")
    assert "Beispiel" in response.text
    assert "030 23125 007" not in response.text


def test_no_result_offers_situations_and_the_telephone(client):
    city = make_city("hier")
    make_contact(city, is_main=True, phone="030 23125 007")
    make_page(city, translation=text("Kita", situation="Mein Kind braucht einen Platz"))
    response = ask(client, "Quark")
    assert "Nichts gefunden für „Quark“" in words_of(response)
    assert "Mein Kind braucht einen Platz" in response.text
    assert "030 23125 007" in response.text


def misses(**fields):
    return list(SearchMiss.objects.filter(**fields).values_list("word", "count"))


@pytest.mark.parametrize(
    "asked",
    [
        "x",
        "ab",
        "Anna Quark",
        "quark@example.org",
        "quark1",
        "0301234567",
        "q" * 31,
        "***",
        "Schule",
        "schule",
        "Shule",
    ],
)
def test_what_may_tell_about_somebody_or_is_known_is_not_counted(client, asked):
    make_page(make_city("hier"), translation=text("Schule"))
    ask(client, "Quark")
    ask(client, asked)
    assert misses() == [("quark", 1)]


def test_word_without_result_is_counted_for_its_city(client, clock):
    hier, _dort = make_city("hier"), make_city("dort")
    ask(client, "Quark")
    clock.shift(DAY)
    ask(client, "QUARK")
    ask(client, "Quark", "ar")
    ask(client, "Quark", city="dort")
    ask(client, "Quark", city=None)
    miss = SearchMiss.objects.get(city=hier, language="de")
    assert (miss.count, miss.first_day, miss.last_day) == (2, NOW.date(), (NOW + DAY).date())
    assert misses(city=None) == [("quark", 1)]
    assert len(misses()) == 4


def test_words_not_asked_for_in_a_long_time_are_forgotten(client, clock):
    make_city("hier")
    ask(client, "Quark")
    clock.shift(91 * DAY)
    ask(client, "Sahne")
    assert misses() == [("sahne", 1)]


def test_a_city_keeps_so_many_words_and_those_asked_for_most(client, monkeypatch):
    monkeypatch.setattr(type(SearchMiss.objects.all()), "MOST_PER_CITY", 3)
    make_city("hier")
    for word in ("Quark", "Quark", "Sahne", "Butter", "Molke", "Joghurt"):
        ask(client, word)
    kept = misses()
    assert len(kept) == 3
    assert kept[0] == ("quark", 2)


def test_a_full_list_of_words_keeps_what_was_there_before(client, clock, monkeypatch):
    monkeypatch.setattr(type(SearchMiss.objects.all()), "MOST_PER_CITY", 3)
    make_city("hier")
    for word in ("Quark", "Sahne", "Butter"):
        ask(client, word)
    clock.shift(DAY)
    for word in ("Molke", "Joghurt", "Quark"):
        ask(client, word)
    assert misses() == [("quark", 2), ("butter", 1), ("sahne", 1)]


def test_a_day_brings_so_many_new_words(client, clock, monkeypatch):
    monkeypatch.setattr(type(SearchMiss.objects.all()), "MOST_NEW_PER_DAY", 2)
    hier, _dort = make_city("hier"), make_city("dort")
    for word in ("Quark", "Sahne", "Butter", "Quark"):
        ask(client, word)
    ask(client, "Butter", city="dort")
    assert sorted(misses(city=hier)) == [("quark", 2), ("sahne", 1)]
    clock.shift(DAY)
    ask(client, "Butter")
    assert sorted(misses(city=hier)) == [("butter", 1), ("quark", 2), ("sahne", 1)]


def test_only_a_search_that_is_read_is_counted(client):
    make_city("hier")
    for address in ("/de/hier/suche/", "/de/suche/"):
        assert client.head(address, {"q": "Quark"}).status_code == 200
    assert misses() == []


@pytest.mark.parametrize("city", ["hier", None])
def test_a_word_whose_page_was_withdrawn_is_searched_in_vain(client, clock, city):
    page = make_page(make_city("hier"), translation=text("Quarktorte"))
    ask(client, "Quarktorte", city=city)
    assert misses() == []
    clock.shift(DAY)
    page.unpublish(by=None)
    ask(client, "Quarktorte", city=city)
    assert misses() == [("quarktorte", 1)]


def test_a_search_works_where_nothing_can_be_counted(client, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("read-only")

    make_city("hier")
    monkeypatch.setattr(type(SearchMiss.objects.all()), "create", fail)
    ask(client, "Quark")
    assert misses() == []


# --- What is never found -----------------------------------------------------------------------------------


def test_text_is_found_from_the_second_to_the_second_in_which_it_is_public(client, clock):
    page = make_page(make_city("hier"), published=False, slug="schule", translation=text("Schule"))
    page.translations.get().publish(by=None, at=NOW + DAY, until=NOW + 2 * DAY)
    seen = []
    for instant in (
        NOW,
        NOW + DAY - timedelta(seconds=1),
        NOW + DAY,
        NOW + 2 * DAY - timedelta(seconds=1),
        NOW + 2 * DAY,
    ):
        clock.move_to(instant)
        seen.append(len(slugs(ask(client, "Schule"))))
    assert seen == [0, 0, 1, 1, 0]


def test_planned_words_are_found_when_they_replace_the_public_ones(client, clock):
    page = make_page(make_city("hier"), slug="seite", translation=text("Apfel"))
    draft = page.translations.get()
    draft.title = "Birne"
    draft.save()
    draft.publish(by=None, at=NOW + DAY)
    seen = []
    for instant in (NOW, NOW + DAY):
        clock.move_to(instant)
        seen.append([slugs(ask(client, asked)) for asked in ("Apfel", "Birne")])
    assert seen == [[["seite"], []], [[], ["seite"]]]


def test_drafts_and_withdrawn_pages_are_not_found(client, clock):
    city = make_city("hier")
    page = make_page(city, slug="zurueckgezogen", translation=text("Schule"))
    make_page(city, published=False, translation=text("Schule"))
    assert slugs(ask(client, "Schule")) == ["zurueckgezogen"]
    clock.shift(DAY)
    page.unpublish(by=None)
    assert slugs(ask(client, "Schule")) == []


def test_translation_of_a_page_that_is_not_public_in_german_is_not_found(client, clock):
    page = make_page(make_city("hier"), slug="schule", translation=text("Anmeldung"))
    make_translation(page, "ar", **text("تسجيل"))
    assert slugs(ask(client, "تسجيل", "ar")) == ["schule"]
    clock.shift(DAY)
    page.translations.get(language="de").unpublish(by=None)
    assert slugs(ask(client, "تسجيل", "ar")) == []


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Event, EVENT),
        (Offer, OFFER | {"ends_at": EVENT["ends_at"]}),
        (News, {"ends_at": EVENT["ends_at"], "responsible": "Z"}),
    ],
)
def test_what_is_over_is_not_found(client, clock, model, fields):
    add(make_city("hier"), "seite", text("Schule"), model, fields)
    seen = []
    for instant in (EVENT["ends_at"] - timedelta(seconds=1), EVENT["ends_at"]):
        clock.move_to(instant)
        seen.append(slugs(ask(client, "Schule")))
    assert seen == [["seite"], []]


def test_call_that_is_over_says_so(client, clock):
    times = {"starts_at": NOW + DAY, "ends_at": NOW + 2 * DAY}
    add(make_city("hier"), "seite", text("Schule"), Call, times | {"programme": "KOMM-AN"})
    seen = []
    for instant in (NOW, NOW + DAY, NOW + 2 * DAY):
        clock.move_to(instant)
        response = ask(client, "Schule")
        assert slugs(response) == ["seite"]
        seen += [
            word for word in ("öffnet am 5. Mai 2026", "offen bis 6. Mai 2026", "Geschlossen") if word in response.text
        ]
    assert seen == ["öffnet am 5. Mai 2026", "offen bis 6. Mai 2026", "Geschlossen"]


def test_focus_area_is_found_while_it_is_valid(client, clock):
    make_focus_area(make_city("hier"), slug="punkt", translation=text("Schule"), valid_until=NOW.date())
    assert slugs(ask(client, "Schule")) == ["punkt"]
    clock.shift(DAY)
    assert slugs(ask(client, "Schule")) == []


def test_a_city_finds_its_own_pages_and_all_cities_find_those_of_public_ones(client):
    for name, is_public in (("hier", True), ("dort", True), ("geheim", False)):
        make_page(make_city(name, is_public=is_public), slug=f"schule-{name}", translation=text("Schule"))
    assert slugs(ask(client, "Schule")) == ["schule-hier"]
    response = ask(client, "Schule", city=None)
    assert slugs(response) == ["schule-hier", "schule-dort"]
    assert '<strong lang="de" dir="ltr">Dort</strong>' in response.text
    assert client.get("/de/geheim/suche/", {"q": "Schule"}).status_code == 404


# --- Whatever is typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "\x00", "a\x00b", '"', "*", "Schule*", "NEAR(Schule)", "AND", "OR NOT", "title:Schule", "-Schule",
        "Schule & !x", "Schule:*A", "'", "\\", "()", "😀", "\ud83d", "Schule' OR 1=1 --", "%", "_",
        "🇩🇪 Schule", "ﷺ", "½", "x" * 5000, "ـ", "ˈ", "𞤀", "ª", "city1", "language de",
    ],
)  # fmt: skip
def test_signs_are_no_operators(client, asked):
    make_page(make_city("hier"), translation=text("Schule"))
    asked = asked.encode("utf-8", "replace").decode()
    ask(client, asked)
    ask(client, asked, city=None)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(asked=st.one_of(st.text(max_size=100), st.text("\"*():&|!<>-\\'\x00 ANDORNEARschule", max_size=40)))
def test_no_input_is_an_error(muster, client, asked):
    ask(client, asked.encode("utf-8", "replace").decode(), city="musterstadt")
    ask(client, asked.encode("utf-8", "replace").decode(), city=None)


@pytest.mark.parametrize("where", ["title", "summary"])
def test_of_very_many_texts_those_about_the_word_are_compared(client, monkeypatch, where):
    monkeypatch.setattr(database, "MOST_COMPARED", 3)
    cities = [make_city(f"stadt-{number}") for number in range(5)]
    for city in cities:
        add(city, "nennt", text("Sport", body="<p>Auch eine Schule.</p>"))
    add(cities[-1], "handelt", text("Sport") | {where: "Schule"})
    assert slugs(ask(client, "Schule", city=None))[0] == "handelt"


def test_misspelt_word_is_looked_up_in_some_of_very_many_texts(client, monkeypatch):
    monkeypatch.setattr(place_module, "MOST_READ", 1)
    for number in range(2):
        add(make_city(f"stadt-{number}"), "kurs", text("Sprachkurs"))
    assert len(slugs(ask(client, "Sprachkuhrs", city=None))) == 2


# --- What it costs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cities", [2, 54])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_search_takes_a_constant_number_of_queries(client, django_assert_num_queries, cities, number, language):
    if cities == 54:
        call_command("load_centres", stdout=io.StringIO())
        City.objects.update(is_public=True)
    for name in ("hier", "dort"):
        city = make_city(name)
        for index in range(number):
            page = make_page(city, translation=text("Schule"))
            make_translation(page, "ar", **text("مدرسة"))
            make_contact(city, is_main=index == 0, function="Schule")
            SearchSynonym.objects.create(city=city, word=f"Wort {index}", meaning="Schule")
    for queries, city, hits in [(7, "hier", number), (4, None, 2 * number)]:
        with django_assert_num_queries(queries, info=city):
            found = ask(client, "Schule", language, city)
        assert len(slugs(found)) == hits


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_for_nothing_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    city = make_city("hier")
    for index in range(number):
        make_page(city, translation=text("Schule"))
        make_contact(city, is_main=index == 0)
    for asked in ("", "x", "Quark Sahne"):
        with django_assert_num_queries({"": 4, "x": 7, "Quark Sahne": 8}[asked], info=asked):
            ask(client, asked)


# --- What is written down ------------------------------------------------------------------------------------


def test_publishing_writes_the_row_and_forgets_what_is_over(clock):
    page = make_page(make_city("hier"), translation=text("Apfel"))
    draft = page.translations.get()
    for title in ("Birne", "Quitte"):
        clock.shift(DAY)
        draft.title = title
        draft.save()
        draft.publish(by=None)
    assert list(SearchText.objects.order_by("pk").values_list("title", flat=True)) == ["quitte quitt"]


def long_text(words):
    return "<p>" + " ".join(words) + "</p>"


def test_of_a_very_long_text_the_beginning_is_searched(client):
    city = make_city("hier")
    words = (f"{chr(97 + number % 26)}wort{number}" for number in range(15_000))
    make_page(city, slug="lang", translation=text("Titel", body=long_text(["Anfang", *words, "Schluss"])))
    row = SearchText.objects.get()
    assert [len(column) <= MOST_OF_A_TEXT for column in (row.rest, row.vocabulary)] == [True, True]
    assert [slugs(ask(client, asked)) for asked in ("Anfang", "Schluss")] == [["lang"], []]


def test_a_text_of_the_rarest_letters_can_be_published(client):
    """Four bytes for each letter, and no word twice: more than this no text can ask of the index."""
    words = ("".join(chr(0x20000 + (number * 7 + place) % 40_000) for place in range(2)) for number in range(60_000))
    page = make_page(make_city("hier"), slug="lang", translation=text("Titel", body=long_text(["Anfang", *words])))
    assert page.translations.get().revisions.count() == 1
    assert slugs(ask(client, "Anfang")) == ["lang"]


def test_a_text_too_long_to_read_is_not_published():
    page = make_page(make_city("hier"), published=False, translation=text("Titel", body="<p>" + "Wort " * 40_000))
    with pytest.raises(ValidationError) as refused:
        page.translations.get().publish(by=None)
    assert refused.value.message_dict == {"body": ["Der Text ist zu lang. Bitte verteilen Sie ihn auf mehrere Seiten."]}


@pytest.mark.parametrize("word", ["12e5x", "3d", "1e5", "b12e5"])
def test_words_of_letters_and_digits_are_words_in_both_databases(client, word):
    city = make_city("hier")
    make_page(city, slug="seite", translation=text("Titel", body=f"<p>Zimmer {word}abc</p>"))
    assert slugs(ask(client, f"{word}abc", genau="1")) == ["seite"]
    assert slugs(ask(client, "5xabc", genau="1")) == []
    assert slugs(ask(client, "abc", genau="1")) == []


def test_a_text_is_written_once(monkeypatch):
    page = make_page(make_city("hier"), translation=text("Apfel"))
    revision = PageRevision.objects.get()
    revision.visible_until = timezone.now() + DAY
    revision.save()
    assert SearchText.objects.count() == 1
    page.delete()
    assert SearchText.objects.count() == 0


def test_missing_rows_are_written_by_a_command(client):
    make_page(make_city("hier"), slug="apfel", translation=text("Apfel"))
    SearchText.objects.all().delete()
    assert slugs(ask(client, "Apfel")) == []
    for number in (1, 0):
        output = io.StringIO()
        call_command("build_search_index", stdout=output)
        assert output.getvalue() == f"{number} Texte in die Suche geschrieben.\n"
    assert slugs(ask(client, "Afpel")) == ["apfel"]


def test_a_start_with_nothing_to_write_asks_once(django_assert_num_queries):
    make_page(make_city("hier"), translation=text("Apfel"))
    with django_assert_num_queries(3):  # with the beginning and the end of the transaction
        call_command("build_search_index", verbosity=0)


def test_all_rows_can_be_written_anew(client):
    make_page(make_city("hier"), slug="apfel", translation=text("Apfel"))
    SearchText.objects.update(title="veraltet")
    assert slugs(ask(client, "Apfel")) == []
    call_command("build_search_index", "--all", stdout=io.StringIO())
    assert slugs(ask(client, "Apfel")) == ["apfel"]
    assert slugs(ask(client, "veraltet")) == []
