"""The accessibility statement: every mandatory item of (EU) 2018/1523, never more than is known, and its form."""

import html
import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts.models import Role
from legal.models import AccessibilityStatement, Barrier, EasyGermanPage, SignLanguageVideo
from legal.models.statement import months_later
from tests.factories import make_city, make_contact, make_document, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

Group, Status = Barrier.Group, AccessibilityStatement.Status
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-10T12:00:00+01:00", tick=False):
        yield


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar"])


def make_statement(city, **fields):
    statement = AccessibilityStatement(city=city, **{"prepared_on": TODAY, "reviewed_on": TODAY} | fields)
    statement.save()
    return statement


def make_barrier(statement, **fields):
    defaults = {"what": "Was", "reason": "Warum", "alternative": "Anders"}
    return Barrier.objects.create(statement=statement, **defaults | fields)


def make_known_barriers_go(city):
    EasyGermanPage.objects.create(
        city=city, what_we_do="Wir helfen.", whom_we_help="Eltern", checked_by="Prüfgruppe", checked_on=TODAY
    )
    SignLanguageVideo.objects.create(city=city, subject="content", file="videos/x.mp4", transcript="Text")


EVALUATED = {"evaluator": "Prüfstelle Beispiel", "evaluated_on": date(2026, 3, 1)}


def words_of(client, city, language="de"):
    """The words of the page's main part, in one line."""
    response = client.get(f"/{language}/{city.slug}/barrierefreiheit/")
    assert response.status_code == 200
    main = response.text.split("<main")[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


# --- What must stand there -----------------------------------------------------------------------------

# The mandatory items of (EU) 2018/1523, § 10b BGG NRW and §§ 4, 5 BITVNRW, as domain.md 3.1 lists them.
MANDATORY = {
    "name of the public body": "Öffentliche Stelle Stadt Hier",
    "commitment": "Wir sorgen dafür, dass alle Menschen diese Website benutzen können, auch Menschen mit Behinderung.",
    "legal reference of the state": "Behindertengleichstellungsgesetz Nordrhein-Westfalen (BGG NRW), §§ 10 bis 10d",
    "legal reference of the ordinance": "Barrierefreie-Informationstechnik-Verordnung Nordrhein-Westfalen (BITVNRW)",
    "legal reference of the union": "Richtlinie (EU) 2016/2102",
    "scope": "Diese Erklärung gilt für Kommunales Integrationszentrum Hier http://testserver/de/hier/ mit allen Seiten",
    "status": "So barrierefrei ist die Website Teilweise vereinbar",
    "standard": "Maßstab ist die Norm: EN 301 549 V3.2.1",
    "not conforming": "Nicht mit den Regeln vereinbar Filme ohne Untertitel Warum? Sie sind alt. "
    "Anderer Weg Es gibt den Text. Regel WCAG 1.2.2 Das ändern wir bis 1. Juni 2026",
    "disproportionate burden": "Zu großer Aufwand (unverhältnismäßige Belastung) Alte Scans Warum? Zu viele. "
    "Anderer Weg Rufen Sie an.",
    "out of scope": "Nicht vom Gesetz erfasst Fremde Karten Warum? Nicht unsere. Anderer Weg Adresse als Text.",
    "date of preparation": "Erstellt am 2. Januar 2026",
    "method": "Art der Prüfung Selbstbewertung",
    "evaluator": "Geprüft von Prüfstelle Beispiel , 1. März 2026",
    "date of last review": "Zuletzt überprüft am 3. Februar 2026",
    "next review": "Nächste Überprüfung bis 3. Februar 2027",
    "feedback mechanism": "Barriere melden Können Sie etwas nicht lesen oder nicht benutzen? Schreiben Sie uns.",
    "responsible contact": "Zuständig Webredaktion",
    "phone of the contact": "Hilfe am Telefon 030 23125 001",
    "e-mail of the contact": "E-Mail web @example.org",
    "answer in two weeks": "Wir antworten innerhalb von zwei Wochen.",
    "answer in six weeks at the latest": "Spätestens nach sechs Wochen haben Sie unsere Antwort.",
    "enforcement procedure": "Ombudsstelle für barrierefreie Informationstechnik in Nordrhein-Westfalen um Hilfe",
    "enforcement reference": "§ 10d BGG NRW",
    "monitoring body": "Überwachungsstelle für barrierefreie Informationstechnik des Landes Nordrhein-Westfalen",
    "address of the monitoring body": "E-Mail ueberwachungsstelle-nrw @it.nrw.de",
    "monitoring body notified on": "Informiert am 4. Februar 2026",
    "online since": "Website online seit 5. Februar 2026",
}
LINKS = [
    '<a class="button" href="/de/hier/barriere-melden/?seite=/de/hier/barrierefreiheit/" rel="nofollow">',
    '<a class="button secondary" href="https://www.lbbp.nrw.de/ombudsstelle" rel="noreferrer">',
    '<a href="tel:+493023125001">',
    '<a href="mailto:web@example.org">',
    '<a href="mailto:ueberwachungsstelle-nrw@it.nrw.de">',
    '<a href="https://example.org/bericht" rel="noreferrer">',
    '<link rel="alternate" type="application/ld+json" href="/de/hier/barrierefreiheit.jsonld">',
    '<a href="/de/hier/barrierefreiheit.jsonld">',
]


@pytest.fixture
def complete(city):
    make_known_barriers_go(city)
    statement = make_statement(
        city,
        **EVALUATED,
        prepared_on=date(2026, 1, 2),
        reviewed_on=date(2026, 2, 3),
        monitoring_notified_on=date(2026, 2, 4),
        site_published_on=date(2026, 2, 5),
        report_url="https://example.org/bericht",
        responsible=make_contact(city, function="Webredaktion", email="web@example.org"),
    )
    make_barrier(
        statement,
        what="Filme ohne Untertitel",
        reason="Sie sind alt.",
        alternative="Es gibt den Text.",
        criterion="1.2.2",
        solved_by=date(2026, 6, 1),
    )
    make_barrier(statement, group="burden", what="Alte Scans", reason="Zu viele.", alternative="Rufen Sie an.")
    make_barrier(
        statement, group="out_of_scope", what="Fremde Karten", reason="Nicht unsere.", alternative="Adresse als Text."
    )
    return statement


@pytest.mark.parametrize("item", MANDATORY)
def test_statement_holds_every_mandatory_item(client, city, complete, item):
    assert MANDATORY[item] in words_of(client, city)


def test_statement_links_to_everything_it_names(client, city, complete):
    page = client.get("/de/hier/barrierefreiheit/").text
    assert [link for link in LINKS if link not in page] == []


def test_groups_without_entries_say_so(client, city):
    make_known_barriers_go(city)
    make_statement(city)
    assert words_of(client, city).count("Hier kennen wir keine Barrieren.") == 3


def test_city_without_a_statement_says_that_it_is_being_prepared(client, city):
    words = words_of(client, city)
    assert "Das Zentrum bereitet diese Erklärung gerade vor." in words
    assert "vereinbar" not in words
    page = client.get("/de/hier/barrierefreiheit/").text
    assert [link in page for link in LINKS[:2]] == [True, True]
    assert 'rel="alternate" type="application/ld+json"' not in page
    assert client.get("/de/hier/barrierefreiheit.jsonld").status_code == 404


def test_opened_but_empty_form_declares_nothing(client, city):
    AccessibilityStatement.objects.create(city=city)
    assert "Das Zentrum bereitet diese Erklärung gerade vor." in words_of(client, city)


def test_without_a_contact_of_its_own_the_main_contact_answers(client, city):
    make_contact(city, function="Zentrale", is_main=True)
    make_statement(city)
    assert "Zuständig Zentrale" in words_of(client, city)


def test_nobody_is_asked_to_call_an_invented_number(client, city):
    make_statement(city, responsible=make_contact(city, is_example=True))
    page = client.get("/de/hier/barrierefreiheit/").text
    assert ("Dieser Kontakt ist erfunden." in page, "tel:" in page) == (True, False)


def test_invented_values_are_marked(client, city):
    make_statement(city, example_fields=["prepared_on"])
    words = words_of(client, city)
    assert "Erstellt am 10. März 2026 Beispiel" in words
    assert "Zuletzt überprüft am 10. März 2026 Beispiel" not in words


def test_words_of_the_city_stay_german_in_an_arabic_page(client, city, complete):
    page = client.get("/ar/hier/barrierefreiheit/").text
    assert '<p class="barrier-what" lang="de" dir="ltr">Filme ohne Untertitel</p>' in page
    assert 'href="/ar/hier/barriere-melden/?seite=/ar/hier/barrierefreiheit/"' in page


def test_city_that_is_not_public_has_no_statement(client):
    city = make_city("geheim", is_public=False)
    make_statement(city)
    for path in ("barrierefreiheit/", "barrierefreiheit.jsonld"):
        assert client.get(f"/de/geheim/{path}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_statement_takes_a_constant_number_of_queries(client, django_assert_num_queries, city, number):
    statement = make_statement(city, responsible=make_contact(city))
    for _ in range(number):
        make_barrier(statement)
        make_contact(city)
        make_statement(make_city())
    with django_assert_num_queries(6):
        page = client.get("/de/hier/barrierefreiheit/").text
    assert page.count('<p class="barrier-what">Was</p>') == number


# --- Never more than is known ----------------------------------------------------------------------------


def test_full_conformity_is_shown_when_somebody_looked_and_nothing_is_open(client, city):
    make_known_barriers_go(city)
    make_statement(city, status=Status.FULL, **EVALUATED)
    words = words_of(client, city)
    assert "Vollständig vereinbar" in words
    assert "Programme prüfen sie bei jeder Änderung." not in words


@pytest.mark.parametrize("group", [Group.NOT_CONFORMING, Group.BURDEN])
def test_full_conformity_is_never_shown_with_a_barrier(client, city, group):
    make_known_barriers_go(city)
    make_barrier(make_statement(city, status=Status.FULL, **EVALUATED), group=group)
    words = words_of(client, city)
    assert ("Teilweise vereinbar" in words, "Vollständig vereinbar" in words) == (True, False)


def test_what_the_law_leaves_out_does_not_spoil_conformity(client, city):
    make_known_barriers_go(city)
    make_barrier(make_statement(city, status=Status.FULL, **EVALUATED), group=Group.OUT_OF_SCOPE)
    assert "Vollständig vereinbar" in words_of(client, city)


def test_full_conformity_is_never_shown_with_barriers_that_the_database_knows(client, city):
    make_statement(city, status=Status.FULL, **EVALUATED)
    words = words_of(client, city)
    assert ("Teilweise vereinbar" in words, "Vollständig vereinbar" in words) == (True, False)


def test_no_conformity_stays_none(client, city):
    make_statement(city, status=Status.NONE)
    assert "Nicht vereinbar" in words_of(client, city)


def test_without_an_evaluation_the_page_says_that_programs_are_none(client, city):
    make_statement(city)
    assert (
        "Noch kein Mensch hat die ganze Website auf Barrieren geprüft. "
        "Programme prüfen sie bei jeder Änderung. Aber Programme finden nicht alles." in words_of(client, city)
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"evaluator": "Prüfstelle Beispiel"},
        {"evaluated_on": date(2026, 3, 1)},
        EVALUATED | {"evaluated_on": date(2026, 3, 11)},
        {"method": "third_party"},
    ],
    ids=["nothing", "who", "when", "tomorrow", "others to come"],
)
def test_without_an_evaluation_the_centre_itself_is_named_as_the_source(client, city, fields):
    make_statement(city, **fields)
    words = words_of(client, city)
    assert "Art der Prüfung Noch nicht bewertet. Die Angaben stammen von uns. Grundlage: Selbstbewertung" in words
    assert ("Geprüft von" in words, "Bewertung durch Dritte" in words) == (False, False)


def test_evaluation_by_others_is_named(client, city):
    make_statement(city, method="third_party", **EVALUATED)
    words = words_of(client, city)
    assert "Art der Prüfung Bewertung durch Dritte Geprüft von Prüfstelle Beispiel , 1. März 2026" in words
    assert "Noch nicht bewertet." not in words


def test_evaluation_counts_from_its_day_on(client, city):
    make_known_barriers_go(city)
    make_statement(city, status=Status.FULL, **EVALUATED | {"evaluated_on": date(2026, 3, 11)})
    assert "Teilweise vereinbar" in words_of(client, city)
    assert results(client) == [("assertor", "earl:undisclosed", "earl:cantTell", "standard")]
    with time_machine.travel("2026-03-11T12:00:00+01:00", tick=False):
        assert "Vollständig vereinbar" in words_of(client, city)


# --- Days to come ----------------------------------------------------------------------------------------

DAYS = {
    "evaluated_on": "Geprüft am",
    "prepared_on": "Erklärung erstellt am",
    "reviewed_on": "Erklärung zuletzt überprüft am",
    "site_published_on": "Website online seit",
    "monitoring_notified_on": "Überwachungsstelle informiert am",
}


@pytest.mark.parametrize("name", DAYS)
def test_form_refuses_a_day_to_come(manager, city, name):
    statement = make_statement(city, prepared_on=date(2026, 1, 1))
    data = form_data(manager.get(address(statement))) | {"reviewed_on": "2026-03-10"}
    response = manager.post(address(statement), data | {name: "2026-03-11"})
    errors = response.context["adminform"].form.errors
    # The review is before a day of preparation to come; the form says that, too.
    assert errors[name] == [f"„{DAYS[name]}“ darf nicht in der Zukunft liegen."]
    assert manager.post(address(statement), data | {name: "2026-03-10"}).status_code == 302


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(9999, 1, 31), date(1, 1, 1)])
def test_stored_day_far_away_breaks_no_page(manager, city, day):
    statement = make_statement(city, **dict.fromkeys(DAYS, day), evaluator="Prüfstelle")
    pages = ["/de/hier/barrierefreiheit/", "/ar/hier/barrierefreiheit/", "/de/hier/barrierefreiheit.jsonld"]
    pages += ["/de/hier/leichte-sprache/", address(statement), reverse("admin:contacts_city_change", args=[city.pk])]
    assert [manager.get(page).status_code for page in pages] == [200] * len(pages)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 11, date(2026, 12, 31)),
        (date(2026, 1, 1), 12, date(2027, 1, 1)),
        (date(9998, 12, 31), 12, date(9999, 12, 31)),
        (date(9999, 2, 1), 11, date.max),
    ],
)
def test_months_later(day, months, expected):
    assert months_later(day, months) == expected


@pytest.mark.parametrize("missing", ["evaluator", "evaluated_on"])
def test_database_refuses_full_conformity_without_an_evaluation(city, missing):
    fields = {name: value for name, value in EVALUATED.items() if name != missing}
    with pytest.raises(IntegrityError), transaction.atomic():
        make_statement(city, status=Status.FULL, **fields)


def test_validation_refuses_full_conformity_while_the_database_knows_barriers(city):
    statement = AccessibilityStatement(city=city, status=Status.FULL, **EVALUATED)
    with pytest.raises(ValidationError) as caught:
        statement.full_clean()
    assert caught.value.message_dict == {
        "status": [
            "„Vollständig vereinbar“ geht noch nicht: Es gibt noch keine Seite in Leichter Sprache. "
            "Es gibt noch keine Videos in Deutscher Gebärdensprache."
        ]
    }


@pytest.mark.parametrize(
    ("add", "shown"),
    [
        (
            lambda city: None,
            [
                "Es gibt noch keine Seite in Leichter Sprache.",
                "Es gibt noch keine Videos in Deutscher Gebärdensprache.",
            ],
        ),
        (
            lambda city: EasyGermanPage.objects.create(city=city, what_we_do="Wir helfen.", whom_we_help="Eltern"),
            [
                "Die Texte in Leichter Sprache sind nicht geprüft.",
                "Es gibt noch keine Videos in Deutscher Gebärdensprache.",
            ],
        ),
        (make_known_barriers_go, []),
        (
            lambda city: [make_known_barriers_go(city), make_page(city).documents.add(make_document(city))],
            ["Manche PDF-Dokumente sind nicht barrierefrei oder nicht geprüft."],
        ),
        (
            lambda city: [
                make_known_barriers_go(city),
                make_page(city).documents.add(make_document(city, accessible="yes")),
                make_page(city, published=False).documents.add(make_document(city)),
            ],
            [],
        ),
        (lambda city: [make_known_barriers_go(city), make_page(make_city()).documents.add(make_document(city))], []),
    ],
)
def test_barriers_that_the_database_knows_come_in_by_themselves(client, city, add, shown):
    make_statement(city)
    add(city)
    page = client.get("/de/hier/barrierefreiheit/").text
    assert re.findall(r'<p class="barrier-what">([^<]+)</p>', page) == shown


# --- For programs ----------------------------------------------------------------------------------------


def graph(client, language="de"):
    response = client.get(f"/{language}/hier/barrierefreiheit.jsonld")
    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    return response.json()["@graph"]


def results(client):
    """(who, how, outcome, test) of each assertion, the overall one first."""
    return [
        (
            node["earl:assertedBy"]["@id"].partition("#")[2],
            node["earl:mode"]["@id"],
            node["earl:result"]["earl:outcome"]["@id"],
            node["earl:test"].get("dct:title", "standard"),
        )
        for node in graph(client)
        if node["@type"] == "earl:Assertion"
    ]


def test_report_of_an_evaluation_is_manual_and_names_the_criteria(client, city, complete):
    assert results(client) == [
        ("assertor", "earl:manual", "earl:failed", "standard"),
        ("assertor", "earl:manual", "earl:failed", "WCAG 1.2.2"),
        ("assertor", "earl:manual", "earl:failed", "standard"),
        ("assertor", "earl:manual", "earl:cantTell", "standard"),
    ]


def test_report_without_an_evaluation_claims_none(client, city):
    make_statement(city, evaluator="Nur genannt")
    assert results(client) == [
        ("assertor", "earl:undisclosed", "earl:cantTell", "standard"),
        ("program", "earl:automatic", "earl:failed", "BITVNRW § 3 (2)"),
        ("program", "earl:automatic", "earl:failed", "BITVNRW § 3 (2)"),
    ]
    [assertor] = [node for node in graph(client) if node["@id"].endswith("#assertor")]
    assert assertor["foaf:name"] == "Stadt Hier"


def test_report_passes_only_with_full_conformity(client, city):
    make_known_barriers_go(city)
    make_statement(city, status=Status.FULL, **EVALUATED)
    assert results(client) == [("assertor", "earl:manual", "earl:passed", "standard")]


def test_report_says_what_it_is_about_in_which_language(client, city, complete):
    nodes = {node["@id"]: node for node in graph(client, "ar")}
    page = "http://testserver/ar/hier/barrierefreiheit/"
    assert nodes[page] == {
        "@id": page,
        "@type": "foaf:Document",
        "dct:title": {
            "@value": "Erklärung zur Barrierefreiheit: Kommunales Integrationszentrum Hier",
            "@language": "de",
        },
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": "Stadt Hier"},
        "dct:conformsTo": "(EU) 2018/1523",
        "dct:issued": {"@value": "2026-01-02", "@type": "xsd:date"},
        "dct:modified": {"@value": "2026-02-03", "@type": "xsd:date"},
    }
    assert nodes["http://testserver/de/hier/"]["@type"] == "earl:TestSubject"
    assert nodes[f"{page}#standard"]["dct:title"] == "EN 301 549 V3.2.1"
    assert nodes[f"{page}#result-1"]["earl:result"] == {
        "@type": "earl:TestResult",
        "earl:outcome": {"@id": "earl:failed"},
        "dct:description": {"@value": "Filme ohne Untertitel Sie sind alt. Es gibt den Text.", "@language": "de"},
        "dct:date": {"@value": "2026-03-01", "@type": "xsd:date"},
    }


# --- The form --------------------------------------------------------------------------------------------


def address(statement):
    return reverse("admin:legal_accessibilitystatement_change", args=[statement.pk])


@pytest.fixture
def manager(client, city):
    client.force_login(make_user(city, Role.MANAGER))
    return client


BARRIER = {
    "barriers-TOTAL_FORMS": "1",
    "barriers-0-group": "not_conforming",
    "barriers-0-what": "Filme ohne Untertitel",
    "barriers-0-reason": "Sie sind alt.",
    "barriers-0-alternative": "Es gibt den Text.",
}


def test_manager_writes_the_statement_and_a_barrier(manager, city):
    statement, contact = make_statement(city), make_contact(city)
    data = form_data(manager.get(address(statement))) | BARRIER | {"responsible": contact.pk, "status": "none"}
    assert manager.post(address(statement), data).status_code == 302
    statement.refresh_from_db()
    assert (statement.responsible, statement.status) == (contact, "none")
    assert statement.barriers.get().what == "Filme ohne Untertitel"


def test_contacts_to_choose_are_those_of_the_own_city(manager, city):
    statement, own, stranger = make_statement(city), make_contact(city), make_contact(make_city())
    response = manager.get(address(statement))
    assert list(response.context["adminform"].form.fields["responsible"].queryset) == [own]
    response = manager.post(address(statement), form_data(response) | {"responsible": stranger.pk})
    assert list(response.context["adminform"].form.errors) == ["responsible"]


def test_validation_refuses_another_citys_contact(city):
    statement = AccessibilityStatement(city=city, responsible=make_contact(make_city()))
    with pytest.raises(ValidationError) as caught:
        statement.full_clean()
    assert caught.value.message_dict == {"responsible": ["Dieser Kontakt gehört zu einer anderen Stadt."]}


def test_form_refuses_full_conformity_with_a_barrier(manager, city):
    make_known_barriers_go(city)
    statement = make_statement(city)
    full = {"status": "full", "evaluator": "Prüfstelle", "evaluated_on": "2026-03-01"}
    data = form_data(manager.get(address(statement))) | full
    response = manager.post(address(statement), data | BARRIER)
    assert response.status_code == 200
    assert "„Vollständig vereinbar“ geht nicht, solange hier eine Barriere steht." in response.text
    assert manager.post(address(statement), data).status_code == 302
    statement.refresh_from_db()
    assert statement.status == Status.FULL


def test_form_refuses_full_conformity_without_an_evaluation(manager, city):
    make_known_barriers_go(city)
    statement = make_statement(city)
    response = manager.post(address(statement), form_data(manager.get(address(statement))) | {"status": "full"})
    assert "„Vollständig vereinbar“ braucht eine Prüfung: wer geprüft hat und wann." in response.text
    statement.refresh_from_db()
    assert statement.status == Status.PARTIAL


def test_last_barrier_can_go_with_the_change_to_full_conformity(manager, city):
    make_known_barriers_go(city)
    statement = make_statement(city, **EVALUATED)
    make_barrier(statement)
    data = form_data(manager.get(address(statement))) | {"status": "full", "barriers-0-DELETE": "on"}
    assert manager.post(address(statement), data).status_code == 302
    statement.refresh_from_db()
    assert (statement.status, statement.barriers.count()) == (Status.FULL, 0)


@pytest.mark.parametrize(
    ("reviewed_on", "sentence", "is_due"),
    [
        (None, "Die Erklärung ist noch nicht überprüft.", True),
        (TODAY, "Zuletzt überprüft am 10. März 2026. Die nächste", False),
        (
            date(2025, 4, 11),
            "Zuletzt überprüft am 11. April 2025. Die nächste Überprüfung ist bis zum 11. April 2026 nötig.",
            False,
        ),
        (
            date(2025, 4, 10),
            "Zuletzt überprüft am 10. April 2025. Bitte lesen Sie die Erklärung bis zum 10. April 2026 noch einmal",
            True,
        ),
    ],
)
def test_form_warns_after_eleven_months(manager, city, reviewed_on, sentence, is_due):
    statement = make_statement(city, prepared_on=date(2025, 1, 1), reviewed_on=reviewed_on)
    page = manager.get(address(statement)).text
    assert (sentence in page, 'class="review review-due"' in page) == (True, is_due)


def test_invented_review_is_none(manager, city):
    statement = make_statement(city, reviewed_on=TODAY, example_fields=["reviewed_on"])
    page = manager.get(address(statement)).text
    assert "Die Erklärung ist noch nicht überprüft." in page
    assert ("Zuletzt überprüft am" in page, 'class="review review-due"' in page) == (False, True)


def review(client, statement, **changes):
    """Presses „Heute überprüft“ in the form as it is."""
    data = form_data(client.get(address(statement)))
    return client.post(address(statement), data | changes | {"_reviewed": ""})


@pytest.mark.parametrize("invented", [date(2025, 1, 1), TODAY])
def test_one_click_notes_the_review_and_saves_what_was_typed(manager, city, invented):
    statement = make_statement(
        city, prepared_on=date(2025, 1, 1), reviewed_on=invented, example_fields=["reviewed_on", "standard"]
    )
    response = review(manager, statement, evaluator="Team Beispiel", **BARRIER)
    assert (response.status_code, response["Location"]) == (302, address(statement))
    statement.refresh_from_db()
    assert (statement.reviewed_on, statement.example_fields) == (TODAY, ["standard"])
    assert (statement.evaluator, statement.barriers.get().what) == ("Team Beispiel", "Filme ohne Untertitel")
    assert "Gespeichert. Die Erklärung ist heute überprüft." in manager.get(address(statement)).text


def test_saving_alone_notes_no_review(manager, city):
    statement = make_statement(city, prepared_on=date(2025, 1, 1), reviewed_on=date(2025, 1, 1))
    manager.post(address(statement), form_data(manager.get(address(statement))) | {"evaluator": "Team Beispiel"})
    statement.refresh_from_db()
    assert (statement.evaluator, statement.reviewed_on) == ("Team Beispiel", date(2025, 1, 1))


def test_enter_key_saves_without_noting_a_review(manager, city):
    """A browser presses the first button of the form."""
    form = manager.get(address(make_statement(city))).text.split('id="accessibilitystatement_form"')[1]
    names = re.findall(r'<button type="submit"[^>]* name="([^"]+)"', form)
    assert (names[0], names[-1]) == ("_save", "_reviewed")


def test_review_before_the_statement_is_prepared_is_refused(manager, city):
    statement = make_statement(city, prepared_on=date(2026, 4, 1), reviewed_on=None)
    assert review(manager, statement, evaluator="Team Beispiel").status_code == 200
    statement.refresh_from_db()
    assert (statement.reviewed_on, statement.evaluator) == (None, "")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUTHOR])
def test_only_managers_note_the_review(client, city, role):
    statement = make_statement(city, reviewed_on=None)
    client.force_login(make_user(city, role))
    page = client.get(address(statement))
    assert 'name="_reviewed"' not in page.text
    assert client.post(address(statement), {"_reviewed": ""}).status_code == 403
    statement.refresh_from_db()
    assert statement.reviewed_on is None


def test_nobody_notes_the_review_of_another_city(client, city):
    statement = make_statement(city, reviewed_on=None)
    assert client.post(address(statement), {"_reviewed": ""}).status_code == 302  # to the sign-in
    client.force_login(make_user(make_city(), Role.MANAGER))
    assert client.post(address(statement), {"_reviewed": ""}).status_code == 302  # to the overview: unknown
    statement.refresh_from_db()
    assert statement.reviewed_on is None
