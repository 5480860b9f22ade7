"""The page in Easy German, and the ways to it."""

import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from contacts.models import Role
from legal.models import AccessibilityStatement, Barrier, EasyGermanPage, SignLanguageVideo
from legal.templatetags.easy_german import easy_lines
from tests.factories import make_city, make_contact, make_document, make_offer, make_page, make_translation, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

LANGUAGES = ["de", "de-simple", "ar"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+02:00", tick=False):
        yield


def make_easy_german(city, **fields):
    record = EasyGermanPage(
        city=city, **{"what_we_do": "Wir beraten.\nWir helfen.", "whom_we_help": "Eltern\nSchulen"} | fields
    )
    record.full_clean()
    record.save()
    return record


def make_statement(city, barriers=(), **fields):
    statement = AccessibilityStatement.objects.create(city=city, **{"prepared_on": date(2026, 2, 1)} | fields)
    for what in barriers:
        Barrier.objects.create(statement=statement, what=what, reason="Zeit", alternative="Anrufen")
    return statement


def address(language="de", city="hier"):
    return f"/{language}/{city}/leichte-sprache/"


def easy_part(client, language="de-simple"):
    """The part of the page in Easy German, as it stands in the HTML."""
    page = client.get(address(language)).text
    return page.partition('<div class="easy"')[2].partition('<section class="contacts">')[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_the_same_in_every_language_and_marked(client, language):
    make_easy_german(make_city("hier", languages=LANGUAGES))
    own = re.sub(r"^[^>]*>", "", easy_part(client, language))
    assert own == re.sub(r"^[^>]*>", "", easy_part(client, "de-simple"))
    marked = ' lang="de-simple" dir="ltr">' if language != "de-simple" else ">"
    assert easy_part(client, language).startswith(marked)


@pytest.mark.parametrize(("language", "number"), [("de", 1), ("ar", 1), ("de-simple", 0)])
def test_readers_of_other_languages_are_told_that_it_is_easy_german(client, language, number):
    make_city("hier", languages=LANGUAGES)
    assert client.get(address(language)).text.count('class="notice info"') == number


def test_each_line_of_the_city_is_a_line_of_its_own_with_bold_negations(client):
    make_easy_german(make_city("hier"), what_we_do="Wir beraten.\n\n Das kostet nichts. \nKein <b>Problem</b>.")
    section = easy_part(client).partition("Was machen wir?")[2].partition("</section>")[0]
    assert re.findall(r"<p>(.*?)</p>", section) == [
        "Wir beraten.",
        "Das kostet <strong>nichts</strong>.",
        "<strong>Kein</strong> &lt;b&gt;Problem&lt;/b&gt;.",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Das ist nicht schlimm.", "Das ist <strong>nicht</strong> schlimm."),
        (
            "Es gibt keine Kosten und keinen Zwang.",
            "Es gibt <strong>keine</strong> Kosten und <strong>keinen</strong> Zwang.",
        ),
        ("Nie allein. Niemand ist allein.", "<strong>Nie</strong> allein. <strong>Niemand</strong> ist allein."),
        ("Die Nichte bleibt.", "Die Nichte bleibt."),
        ("Wir sind da.", "Wir sind da."),
    ],
)
def test_negations_are_bold(line, expected):
    assert easy_lines(line) == [expected]


def test_city_without_words_still_has_ours_and_says_what_is_missing(client):
    make_city("hier")
    page = easy_part(client)
    assert page.count("Dieser Teil fehlt noch.") == 2
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert len(headings) == 7
    assert [heading for heading in headings if not heading.endswith("?")] == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {},
            "Diesen Text hat noch keine Prüf-Gruppe gelesen. nicht geprüft",
        ),
        (
            {"checked_by": "Gruppe Beispiel", "checked_on": date(2026, 5, 3)},
            "Diese Gruppe hat den Text geprüft: Gruppe Beispiel. Das war am 3. Mai 2026.",
        ),
    ],
)
def test_page_says_who_has_checked_it_or_that_nobody_has(client, fields, expected):
    make_easy_german(make_city("hier"), **fields)
    check = re.search(r'<p class="easy-check">(.*?)</p>', easy_part(client), re.S)[1]
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", check)).replace(" .", ".").strip() == expected


def test_check_needs_both_who_and_when():
    with pytest.raises(ValidationError, match="von wem und wann"):
        make_easy_german(make_city(), checked_by="Gruppe Beispiel")


def test_check_to_come_is_refused():
    city = make_city()
    with pytest.raises(ValidationError) as caught:
        make_easy_german(city, checked_by="Gruppe Beispiel", checked_on=date(2026, 6, 2))
    assert caught.value.message_dict == {"checked_on": ["„Geprüft am“ darf nicht in der Zukunft liegen."]}
    make_easy_german(city, checked_by="Gruppe Beispiel", checked_on=date(2026, 6, 1))


def test_invented_words_are_marked(client):
    record = make_easy_german(make_city("hier"))
    assert easy_part(client).count("badge example") == 0
    record.example_fields = ["what_we_do"]
    record.save()
    assert easy_part(client).count("badge example") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_list_names_the_citys_public_pages_with_a_text_in_easy_german(client, language):
    city = make_city("hier", languages=LANGUAGES)
    for make, slug in ((make_page, "seite"), (make_offer, "angebot")):
        make_translation(make(city, slug=slug), "de-simple", title=f"Leicht {slug}")
    make_translation(make_page(city, slug="entwurf"), "de-simple", published=False)
    make_page(city, slug="nur-deutsch")
    make_translation(make_page(make_city(languages=LANGUAGES), slug="fremd"), "de-simple")
    links = re.findall(r'<li><a href="([^"]+)" hreflang="de-simple">([^<]+)</a>', easy_part(client, language))
    assert links == [
        ("/de-simple/hier/seite/", "Leicht seite"),
        ("/de-simple/hier/angebot/", "Leicht angebot"),
    ]


def make_known_barriers_go(city):
    make_easy_german(city, checked_by="Gruppe Beispiel", checked_on=date(2026, 5, 3))
    SignLanguageVideo.objects.create(city=city, subject="content", file="videos/x.mp4", transcript="Text")


EVALUATED = {"evaluator": "Prüfstelle", "evaluated_on": date(2026, 1, 2)}
IS_FULL = "Eine Prüfung sagt: Unsere Internet-Seite ist barriere-frei."
IS_PARTIAL = "Unsere Internet-Seite ist zum Teil barriere-frei. Manches ist noch nicht gut."
IS_NONE = "Unsere Internet-Seite ist noch nicht barriere-frei."


def section_of(client, city="hier"):
    """The words about accessibility, in one line."""
    page = client.get(address(city=city)).text
    section = page.partition("Können alle Menschen diese Internet-Seite benutzen?")[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", "", section).split())


@pytest.mark.parametrize(
    ("fields", "barriers", "sentence"),
    [
        ({"status": "full"} | EVALUATED, [], IS_FULL),
        ({"status": "full"} | EVALUATED, ["Karten ohne Text"], IS_PARTIAL),
        ({"status": "full"} | EVALUATED | {"evaluated_on": date(2026, 6, 2)}, [], IS_PARTIAL),
        ({"status": "partial"}, [], IS_PARTIAL),
        ({"status": "none"}, ["Karten ohne Text"], IS_NONE),
    ],
    ids=["full", "full with a barrier", "full by an evaluation to come", "partial", "none"],
)
def test_page_says_what_the_statement_says(client, fields, barriers, sentence):
    city = make_city("hier")
    make_known_barriers_go(city)
    make_statement(city, barriers, **fields)
    found = section_of(client)
    assert [each for each in (IS_FULL, IS_PARTIAL, IS_NONE) if each in found] == [sentence]


def test_full_conformity_is_never_claimed_with_barriers_that_the_database_knows(client):
    make_statement(make_city("hier"), status="full", **EVALUATED)
    found = section_of(client)
    assert (IS_PARTIAL in found, IS_FULL in found) == (True, False)


@pytest.mark.parametrize(("fields", "is_said"), [({}, True), (EVALUATED, False)])
def test_page_says_that_nobody_has_evaluated_the_site(client, fields, is_said):
    make_statement(make_city("hier"), **fields)
    assert ("Noch kein Mensch hat die ganze Internet-Seite geprüft." in section_of(client)) is is_said


@pytest.mark.parametrize(
    ("add", "lines"),
    [
        (
            lambda city: None,
            [
                "Diese Seite in Leichter Sprache ist noch nicht fertig.",
                "Es gibt noch keine Videos in Gebärden-Sprache.",
            ],
        ),
        (
            make_easy_german,
            [
                "Unsere Texte in Leichter Sprache hat noch keine Prüf-Gruppe gelesen.",
                "Es gibt noch keine Videos in Gebärden-Sprache.",
            ],
        ),
        (make_known_barriers_go, []),
        (
            lambda city: [make_known_barriers_go(city), make_page(city).documents.add(make_document(city))],
            ["Manche Dokumente sind noch nicht barriere-frei.", "Oder wir haben sie noch nicht geprüft."],
        ),
    ],
)
def test_barriers_that_the_database_knows_stand_in_simple_words(client, add, lines):
    city = make_city("hier")
    add(city)
    make_statement(city)
    items = re.findall(r"<li>(<p>.*?)</li>", easy_part(client))
    found = [re.sub(r"<[^>]+>", "", line) for item in items for line in re.findall(r"<p>(.*?)</p>", item)]
    assert found == lines


def test_barriers_of_staff_come_in_their_groups_as_heavy_language(client):
    city = make_city("hier")
    make_known_barriers_go(city)
    statement = make_statement(city)
    for group in Barrier.Group:
        Barrier.objects.create(statement=statement, group=group, what=group.value, reason="Zeit", alternative="Anruf")
    heavy = "Diese Liste ist nicht in Leichter Sprache:"
    assert (
        f"Diese Barrieren gibt es noch: {heavy} not_conforming "
        f"Manche Barrieren können wir noch nicht ändern. Das macht zu viel Arbeit: {heavy} burden "
        f"Für diese Barrieren gilt das Gesetz nicht: {heavy} out_of_scope" in section_of(client)
    )


def test_page_says_when_the_statement_was_looked_at(client):
    statement = make_statement(make_city("hier"))
    assert "zuletzt am 1. Februar 2026" in section_of(client)
    statement.reviewed_on = date(2026, 4, 5)
    statement.save()
    assert "zuletzt am 5. April 2026" in section_of(client)


@pytest.mark.parametrize("is_opened", [False, True], ids=["no row", "empty row"])
def test_without_statement_the_page_claims_nothing(client, is_opened):
    make_statement(make_city("dort"), status="none")
    city = make_city("hier")
    if is_opened:
        make_statement(city, status="none", prepared_on=None)
    assert IS_NONE in section_of(client, "dort")
    found = section_of(client)
    assert ("Wir bereiten die Erklärung dazu gerade vor." in found, IS_NONE in found) == (True, False)


def test_barrier_can_be_reported_by_form_and_phone(client, settings):
    settings.OMBUDS_OFFICE_URL = "https://ombuds.example.org/"
    make_contact(make_city("hier"), is_main=True, phone="030 23125 001")
    links = re.findall(r'href="([^"]+)"', easy_part(client, "ar"))
    for expected in ("/de-simple/hier/barriere-melden/", "tel:+493023125001", "https://ombuds.example.org/"):
        assert links.count(expected) == 1


def test_nobody_is_told_to_call_an_invented_number(client):
    contact = make_contact(make_city("hier"), is_main=True)
    assert "tel:" in easy_part(client)
    contact.is_example = True
    contact.save()
    assert "tel:" not in easy_part(client)


def test_all_languages_have_one_canonical_address(client):
    make_city("hier", languages=LANGUAGES)
    expected = '<link rel="canonical" href="http://testserver/de/hier/leichte-sprache/">'
    assert [expected in client.get(address(language)).text for language in LANGUAGES] == [True] * 3


def test_city_that_is_not_public_has_no_easy_german(client):
    make_easy_german(make_city("geheim", is_public=False))
    assert client.get(address(city="geheim")).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("language", "queries"), [("de-simple", 6), ("de", 7), ("ar", 7)])
def test_page_takes_the_same_queries_for_every_size(client, django_assert_num_queries, language, queries, number):
    city = make_city("hier", languages=LANGUAGES)
    make_easy_german(city)
    make_statement(city, ["Barriere"] * number)
    make_contact(city, is_main=True)
    for _page in range(number):
        make_translation(make_page(city), "de-simple")
    with django_assert_num_queries(queries):
        assert client.get(address(language)).text.count("<li>Barriere</li>") == number


# --- The ways to it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_city_leads_to_both_pages(client, language):
    city = make_city("hier", languages=LANGUAGES)
    make_page(city, slug="seite")
    for path in ("", "seite/", "kontakt/", "angebote/", "suche/", "daten/", "impressum/", "gibt-es-nicht/"):
        header = client.get(f"/{language}/hier/{path}").text.partition("</header>")[0]
        links = re.findall(r'<a href="([^"]+)" hreflang="([^"]+)" lang="de">', header)
        assert links == [
            ("/de-simple/hier/leichte-sprache/", "de-simple"),
            (f"/{language}/hier/gebaerdensprache/", "gsg"),
        ], path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "current"), [("leichte-sprache", 0), ("gebaerdensprache", 1), ("kontakt", None)])
def test_header_says_on_which_of_the_two_one_is(client, language, path, current):
    make_city("hier", languages=LANGUAGES)
    header = client.get(f"/{language}/hier/{path}/").text
    bar = header.partition('class="easy-ways"')[2].partition("</nav>")[0]
    links = re.findall(r"<a [^>]*>", bar)
    assert [number for number, link in enumerate(links) if "aria-current" in link] == (
        [] if current is None else [current]
    )


# --- Admin -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(Role.EDITOR, 302), (Role.MANAGER, 302), (Role.AUTHOR, 403), (Role.TRANSLATOR, 403)]
)
def test_editors_write_the_words(client, role, status):
    city = make_city()
    record = make_easy_german(city, what_we_do="Vorher.", example_fields=["what_we_do"])
    client.force_login(make_user(city, role))
    change = f"/admin/legal/easygermanpage/{record.pk}/change/"
    data = {"what_we_do": "Nachher.", "whom_we_help": "Eltern", "checked_by": "", "checked_on": "", "_save": "1"}
    assert client.post(change, data).status_code == status
    record.refresh_from_db()
    saved = ("Nachher.", []) if status == 302 else ("Vorher.", ["what_we_do"])
    assert (record.what_we_do, record.example_fields) == saved


def test_admin_says_that_a_check_has_two_parts(client):
    record = make_easy_german(make_city())
    client.force_login(make_user(record.city, Role.EDITOR))
    change = f"/admin/legal/easygermanpage/{record.pk}/change/"
    response = client.post(change, form_data(client.get(change)) | {"checked_by": "Gruppe Beispiel"})
    assert "Zur Prüfung gehören beide Angaben" in response.text


def test_demo_has_words_for_both_cities_that_nobody_has_checked(demo):
    found = [(page.city.slug, page.missing_labels(), page.checked_by) for page in EasyGermanPage.objects.all()]
    assert found == [("bielefeld", [], ""), ("bochum", [], "")]
