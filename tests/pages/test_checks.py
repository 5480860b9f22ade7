"""Every rule of the check before publishing: what it finds, and what it leaves alone."""

import pytest
import time_machine
from django.utils import timezone

from contacts.models import Contact
from offers.models import Offer
from offers.standards import standards
from pages import checks
from pages.checks import (
    HINTING,
    STOPPING,
    Level,
    Reading,
    complete,
    contacts,
    headings,
    kinds,
    letters,
    links,
    pictures,
    script,
    sentences,
    times,
)
from pages.checks.findings import MOST
from pages.checks.readability import readability
from pages.models import Page, PageTranslation
from tests.factories import make_city, make_contact, make_image, make_offer, make_page, make_translation

TODAY = "2026-03-02 12:00+01:00"
LONG_GERMAN = " ".join(["Wort"] * 21) + "."
TWELVE_WORDS = " ".join(["Wort"] * 12) + "."


def reading_of(language="de", kind="standard", contacts=(), page_id=None, **fields):
    """A text as the rules read it, nowhere stored."""
    words = {"title": "Titel", "summary": "Kurz gesagt.", "body": "<p>Text.</p>"} | fields
    reading = Reading(PageTranslation(page=Page(pk=page_id, kind=kind), language=language, **words))
    reading.contacts = list(contacts)
    return reading


def found(rule, **fields):
    return [(finding.field, finding.place, finding.message) for finding in rule(reading_of(**fields))]


# (rule, what is wrong, what is right)
FOR_AND_AGAINST = [
    (complete.missing, {"summary": ""}, {}),
    (complete.missing, {"body": "<p> </p><hr>"}, {"body": "<p>Ja</p>"}),
    (complete.too_long, {"body": "<p>" + "a" * 200_000}, {"body": "<p>a</p>"}),
    (headings.empty, {"body": "<h2> </h2><p>Text.</p>"}, {"body": "<h2>So geht es</h2><p>Text.</p>"}),
    (headings.jumping, {"body": "<h3>Klein</h3><p>Text.</p>"}, {"body": "<h2>Groß</h2><h3>Klein</h3><p>Text.</p>"}),
    (headings.jumping, {"body": "<h3>Klein</h3><h2>Groß</h2>"}, {"body": "<h2>A</h2><h3>B</h3><h2>C</h2><h3>D</h3>"}),
    (headings.without_text, {"body": "<p>Text.</p><h2>Ende</h2>"}, {"body": "<h2>Anfang</h2><p>Text.</p>"}),
    (headings.without_text, {"body": "<h2>A</h2><h2>B</h2><p>C</p>"}, {"body": "<h2>A</h2><h3>B</h3><p>C</p>"}),
    (headings.without_text, {"body": "<h2>A</h2>"}, {"body": "<h2>A</h2>", "kind": "mission"}),
    (
        kinds.guide_without_phases,
        {"body": "<ol><li><p>Eins</p></li></ol>", "kind": "guide"},
        {"body": "<h2>Zuerst</h2><p>Text.</p>", "kind": "guide"},
    ),
    (kinds.guide_without_phases, {"kind": "guide"}, {}),
    (kinds.guide_without_steps, {"kind": "guide"}, {"body": "<ol><li><p>Eins</p></li></ol>", "kind": "guide"}),
    (kinds.glossary_without_words, {"kind": "glossary"}, {"body": "<h2>Kita</h2><p>Text.</p>", "kind": "glossary"}),
    (
        kinds.word_twice,
        {"body": "<h2>Kita</h2><p>A</p><h2>Kita (Kitas)</h2><p>B</p>", "kind": "glossary"},
        {"body": "<h2>Kita</h2><p>A</p><h2>Kitas</h2><p>B</p>", "kind": "glossary"},
    ),
    (links.leading_nowhere, {"body": '<p><a href="">Kurs</a></p>'}, {"body": '<p><a href="../kurs/">Kurs</a></p>'}),
    (links.leading_nowhere, {"body": '<p><a href="#">Kurs</a></p>'}, {"body": '<p><a href="/de/x/#ort">Kurs</a></p>'}),
    (links.leading_nowhere, {"body": "<p><a>Kurs</a></p>"}, {"body": '<p><a href="https://example.org">Kurs</a></p>'}),
    (links.leading_nowhere, {"body": '<p><a href="mailto:">M</a></p>'}, {"body": '<p><a href="tel:115">115</a></p>'}),
    (links.leading_nowhere, {"body": '<p><a href="https://">A</a></p>'}, {"body": '<p><a href="?thema=a">A</a></p>'}),
    (links.leading_nowhere, {"body": '<p><a href="https://[">Kurs</a></p>'}, {"body": "<p>Kurs</p>"}),
    (links.without_words, {"body": '<p><a href="../kurs/"> </a></p>'}, {"body": '<p><a href="../kurs/">Kurs</a></p>'}),
    (links.saying_nothing, {"body": '<p><a href="a/">Hier</a></p>'}, {"body": '<p><a href="a/">Hier rein</a></p>'}),
    (links.saying_nothing, {"body": '<p><a href="../a/">→ Mehr …</a></p>'}, {"body": "<p>Mehr</p>"}),
    (
        links.saying_nothing,
        {"body": '<p><a href="../a/">klicken Sie hier</a></p>', "language": "de-simple"},
        {"body": '<p><a href="../a/">Klicken lernen</a></p>', "language": "de-simple"},
    ),
    (
        links.saying_nothing,
        {"body": '<p><a href="../a/">click here</a></p>', "language": "en"},
        {"body": '<p><a href="../a/">Hier</a></p>', "language": "en"},
    ),
    (
        links.saying_nothing,
        {"body": '<p><a href="../a/">buraya tıklayın</a></p>', "language": "tr"},
        {"body": '<p><a href="../a/">kurslar</a></p>', "language": "tr"},
    ),
    (
        links.saying_nothing,
        {"body": '<p><a href="../a/">هنا</a></p>', "language": "ar"},
        {"body": '<p><a href="../a/">دورات</a></p>', "language": "ar"},
    ),
    (
        links.saying_nothing,
        {"body": '<p><a href="../a/">Тут.</a></p>', "language": "uk"},
        {"body": '<p><a href="../a/">Курси</a></p>', "language": "uk"},
    ),
    (
        links.saying_nothing,
        {"body": '<p><a href="../a/">подробнее</a></p>', "language": "ru"},
        {"body": '<p><a href="../a/">Курсы</a></p>', "language": "ru"},
    ),
    (
        links.with_address_as_words,
        {"body": '<p><a href="https://example.org/a">https://example.org/a</a></p>'},
        {"body": '<p><a href="https://example.org/a">Beispiel</a></p>'},
    ),
    (
        links.with_address_as_words,
        {"body": '<p><a href="https://example.org">www.example.org</a></p>'},
        {"body": '<p><a href="https://example.org">Die Seite www.example.org</a></p>'},
    ),
    (
        links.with_address_as_words,
        {"body": '<p><a href="tel:+4952151378900">+4952151378900</a></p>'},
        {"body": '<p><a href="tel:+4952151378900">0521 51-378900</a></p>'},
    ),
    (
        links.with_address_as_words,
        {"body": '<p><a href="mailto:a@example.org">mailto:a@example.org</a></p>'},
        {"body": '<p><a href="mailto:a@example.org">a@example.org</a></p>'},
    ),
    (links.typed, {"body": "<p>Siehe https://example.org/a.</p>"}, {"body": "<p>Siehe oben.</p>"}),
    (links.typed, {"body": "<p>Siehe (bielefeld.de).</p>"}, {"body": "<p>Mail: a@example.org, Punkt.Komma</p>"}),
    (
        links.typed,
        {"summary": "Mehr auf www.example.org."},
        {"body": '<p><a href="https://example.org">www.example.org</a></p>'},
    ),
    (letters.capitals, {"body": "<p>ACHTUNG!</p>"}, {"body": "<p>Achtung! PDF aus NRW, MKJFGFI</p>"}),
    (letters.capitals, {"title": "BITTE NICHT VERGESSEN"}, {"title": "KOMM AN, KOMM-AN-NRW"}),
    (letters.capitals, {"body": "<p>ÖĞRENMEK</p>", "language": "tr"}, {"body": "<p>ACHTUNG</p>", "language": "ar"}),
    (letters.capitals, {"body": "<p>ШКОЛА</p>", "language": "uk"}, {"body": "<p>Школа</p>", "language": "uk"}),
    (
        letters.bold_paragraphs,
        {"body": f"<p><strong>{'Wort ' * 25}</strong></p>"},
        {"body": f"<p><strong>{'Wort ' * 24}</strong>Ende.</p>"},
    ),
    (
        letters.bold_paragraphs,
        {"body": f"<ul><li><p><strong>{'Wort ' * 25}</strong></p></li></ul>"},
        {"body": f"<h2><strong>{'Wort ' * 25}</strong></h2><p><strong>Nur mittwochs</strong></p>"},
    ),
    (letters.abbreviations, {"body": "<p>Das MSO hilft.</p>"}, {"body": "<p>Das KI in NRW hilft, Teil II.</p>"}),
    (letters.abbreviations, {"body": "<p>Das AO-SF.</p>"}, {"body": "<p>Das Verfahren (AO-SF). Das AO-SF ist so.</p>"}),
    (letters.abbreviations, {"body": "<p>Ein MSO-Treffen</p>"}, {"body": "<p>Ein NRW-Treffen</p>"}),
    (letters.abbreviations, {"body": "<p>HSU</p>"}, {"body": "<p>Unterricht, kurz HSU. HSU ist gut.</p>"}),
    (letters.abbreviations, {"body": "<p>KIM</p>"}, {"body": "<p>KIM heißt: Integrationsmanagement.</p>"}),
    (letters.abbreviations, {"body": "<p>KIM</p>"}, {"title": "KIM", "body": "<p>Management (KIM)</p>"}),
    (
        letters.abbreviations,
        {"body": "<p>Obst, z.B. Äpfel</p>", "language": "de-simple"},
        {"body": "<p>Obst, z. B. Äpfel</p>"},
    ),
    (letters.abbreviations, {"body": "<p>The XYZ</p>", "language": "en"}, {"body": "<p>XYZ</p>", "language": "ar"}),
    (contacts.numbers_and_addresses, {"body": "<p>Tel. 030 23125 011</p>"}, {"body": "<p>Am 31.12.2024, 33602 B.</p>"}),
    (contacts.numbers_and_addresses, {"summary": "Mail: a@example.org"}, {"summary": "a @ b"}),
    (
        contacts.numbers_and_addresses,
        {"body": '<p><a href="tel:+493023125011">Anrufen</a></p>'},
        {"body": '<p><a href="tel:115">Anrufen</a></p>'},
    ),
    (
        contacts.numbers_and_addresses,
        {"body": '<p><a href="mailto:a@example.org?subject=x">Schreiben</a></p>', "language": "ar"},
        {"body": '<p><a href="../kontakt/">Schreiben</a></p>', "language": "ar"},
    ),
    (
        contacts.names,
        {"body": "<p>Fragen Sie Erika <em>Beispiel</em>.</p>", "contacts": [Contact(name="Erika Beispiel")]},
        {"body": "<p>Erika Beispielhaft</p>", "contacts": [Contact(name="Erika Beispiel"), Contact()]},
    ),
    (times.over, {"body": "<p>Melden Sie sich bis 31.12.2024 an.</p>"}, {"body": "<p>Bis 31.12.2026</p>"}),
    (times.over, {"body": "<p>bis 1. März 2026</p>"}, {"body": "<p>bis 2. März 2026</p>"}),
    (times.over, {"body": "<p>bis zum 1.3.2026</p>"}, {"body": "<p>seit dem 1.3.2022, vom 25. November 2021</p>"}),
    (times.over, {"body": "<p>Schuljahr 2024/25</p>"}, {"body": "<p>Schuljahr 2025/2026, Zimmer 2020/12</p>"}),
    (times.over, {"body": "<p>am 5. Mai 2025</p>"}, {"body": "<p>am 5. Mai 2025</p>", "kind": "news"}),
    (times.over, {"body": "<p>am 5.5.2025</p>"}, {"body": "<p>am 31.2.2025</p>"}),
    (times.over, {"body": "<p>5 May 2025</p>", "language": "en"}, {"body": "<p>5 May 2027</p>", "language": "en"}),
    (times.over, {"body": "<p>5 травня 2025</p>", "language": "uk"}, {"body": "<p>травня 2025</p>", "language": "uk"}),
    (times.over, {"body": "<p>٥ مايو ٢٠٢٥</p>", "language": "ar"}, {"body": "<p>5 مايو 2027</p>", "language": "ar"}),
    (times.opening_hours, {"body": "<p>Mo–Fr 9–12 Uhr</p>"}, {"body": "<p>So kommen 9 bis 12 Kinder.</p>"}),
    (times.opening_hours, {"body": "<p>Montags von 9 bis 12 Uhr</p>"}, {"body": "<p>Kommen Sie am Montag.</p>"}),
    (times.opening_hours, {"body": "<p>Mittwoch, 14:00 – 16:30</p>"}, {"body": "<p>Montag 9–12</p>", "language": "en"}),
    (sentences.too_long, {"body": f"<p>{LONG_GERMAN}</p>"}, {"body": f"<p>{LONG_GERMAN}</p>", "language": "en"}),
    (
        sentences.too_long,
        {"body": f"<p>Noch {TWELVE_WORDS}</p>", "language": "de-simple"},
        {"body": f"<p>{TWELVE_WORDS}</p>", "language": "de-simple"},
    ),
    (sentences.too_long, {"body": f"<p>z. B. {LONG_GERMAN}</p>"}, {"body": f"<p>{TWELVE_WORDS} {TWELVE_WORDS}</p>"}),
    (sentences.too_long, {"body": f"<p>Am 3. {LONG_GERMAN}</p>"}, {"body": f"<p>{TWELVE_WORDS}<br>{TWELVE_WORDS}</p>"}),
    (
        sentences.too_long,
        {"body": f"<p>{'كلمة ' * 26}</p>", "language": "ar"},
        {"body": f"<p>{'كلمة ' * 20}؟ {'كلمة ' * 20}</p>", "language": "ar"},
    ),
    (sentences.long_words, {"body": f"<p>{'a' * 25}</p>"}, {"body": "<p>Kooperationspartner*innen</p>"}),
    (
        sentences.long_words,
        {"body": "<p>Integrationszentrum</p>", "language": "de-simple"},
        {"body": "<p>Integrations-Zentrum, Integrations·zentrum</p>", "language": "de-simple"},
    ),
    (
        sentences.long_words,
        {"body": "<p>Diskriminierung</p>", "language": "de-simple"},
        {"body": "<p>Diskriminierung<br>Diskriminierung heißt: nicht gerecht</p>", "language": "de-simple"},
    ),
    (sentences.long_words, {"body": f"<p>{'a' * 25}</p>"}, {"body": f"<p>{'a' * 25}</p>", "language": "tr"}),
    (
        sentences.several_in_a_line,
        {"body": "<p>Wir helfen. Rufen Sie an.</p>", "language": "de-simple"},
        {"body": "<p>Wir helfen.<br>Rufen Sie an.</p>", "language": "de-simple"},
    ),
    (
        sentences.several_in_a_line,
        {"body": "<ul><li>Ja. Nein.</li></ul>", "language": "de-simple"},
        {"body": "<p>Wir helfen. Rufen Sie an.</p>"},
    ),
    (
        sentences.hard_grammar,
        {"body": "<p>Ihnen wird gern geholfen.</p>", "language": "de-simple"},
        {"body": "<p>Es wird kalt. Wir werden gern kommen.</p>", "language": "de-simple"},
    ),
    (
        sentences.hard_grammar,
        {"body": "<p>Das Haus des Kindes</p>", "language": "de-simple"},
        {"body": "<p>Das Haus des Kindes</p>"},
    ),
    (
        script.foreign,
        {"body": "<p>Wir beraten Eltern zu allen Fragen der Schule.</p>", "language": "ar"},
        {"body": "<p>نقدم المشورة للأهل: Kommunales Integrationszentrum</p>", "language": "ar"},
    ),
    (
        script.foreign,
        {"title": "Wir beraten Eltern zu allen Fragen", "language": "uk"},
        {"title": "Bielefeld", "body": "<p>Консультація для батьків щодо школи</p>", "language": "uk"},
    ),
    (
        script.foreign,
        {"body": "<p>Wir beraten Eltern zu allen Fragen.</p>", "language": "ru"},
        {"body": "<p>Wir beraten Eltern zu allen Fragen.</p>", "language": "tr"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wrong", "right"), FOR_AND_AGAINST)
@time_machine.travel(TODAY)
def test_rule_finds_what_is_wrong_and_nothing_else(rule, wrong, right):
    assert (len(found(rule, **wrong)), found(rule, **right)) == (1, [])


def test_every_rule_has_a_case_for_and_against():
    with_rows = {
        kinds.word_without_german,
        pictures.without_alternative,
        pictures.without_consent,
        pictures.without_translated_alternative,
    }
    assert {rule for rule, _wrong, _right in FOR_AND_AGAINST} | with_rows == {*STOPPING, *HINTING}


@pytest.mark.parametrize(("rule", "wrong", "right"), FOR_AND_AGAINST)
@time_machine.travel(TODAY)
def test_only_what_may_stop_publishing_is_an_error(rule, wrong, right):
    expected = Level.ERROR if rule in STOPPING else Level.HINT
    assert {finding.level for finding in rule(reading_of(**wrong))} == {expected}


# --- What findings say ---------------------------------------------------------------------------


def test_finding_names_the_paragraph_and_quotes_the_words():
    body = "<h2>A</h2><p>B</p><ul><li>C</li></ul><hr><p>D</p><p>E <a href='../x/'>hier</a></p>"
    assert found(links.saying_nothing, body=body) == [
        (
            "body",
            "3. Absatz",
            "Der Link „hier“ sagt nicht, wohin er führt. Verlinken Sie die Wörter, die das Ziel nennen, "
            "zum Beispiel „Anmeldung zum Sprachkurs“.",
        )
    ]


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ("<h2>ACHTUNG</h2>", "1. Zwischentitel"),
        ("<h3>ACHTUNG</h3>", "1. Zwischentitel"),
        ("<ul><li><p>ACHTUNG</p></li></ul>", "1. Liste"),
        ("<blockquote><p>ACHTUNG</p></blockquote>", "1. Zitat"),
        ("ACHTUNG", "1. Absatz"),
    ],
)
def test_place_is_named_by_the_kind_of_block(block, place):
    assert [finding[:2] for finding in found(letters.capitals, body=block)] == [("body", place)]


def test_long_quotations_are_cut():
    [(_field, _place, message)] = found(letters.bold_paragraphs, body=f"<p><strong>{'Wort ' * 50}</strong></p>")
    assert message.endswith(f" „{'Wort ' * 11}Wort …“")


def test_quotations_from_the_right_do_not_turn_the_sentence():
    [(_field, _place, message)] = found(times.over, body="<p>5 مايو 2025</p>", language="ar")
    assert message.startswith("„\u20685 مايو 2025\u2069“ ist vorbei.")


def test_rest_of_many_findings_is_only_counted():
    many = reading_of(body="".join(f"<p><a href=''>Link {number}</a></p>" for number in range(40)))
    messages = [finding.message for finding in checks.errors(many)]
    assert (len(messages), messages[-1]) == (MOST + 1, "Das gilt für noch 35 Stellen.")


def test_errors_come_first():
    reading = reading_of(body="<p>ACHTUNG</p><h3>Klein</h3><p>Text.</p>")
    assert [finding.level for finding in checks.findings(reading)] == [Level.ERROR, Level.HINT]


def test_of_a_text_that_is_far_too_long_nobody_gets_hints():
    [finding] = checks.findings(reading_of(body="<p>" + "ACHTUNG " * 30_000 + "</p>"))
    assert finding.message == "Der Text ist zu lang. Bitte verteilen Sie ihn auf mehrere Seiten."


# --- For whom a page is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audiences", "count"), [([], 1), (["parents", "schools"], 1), (["schools"], 0), (["administration", "press"], 0)]
)
def test_sentences_for_professionals_may_be_longer(audiences, count):
    reading = reading_of(body=f"<p>{LONG_GERMAN}</p>", kind="offer")
    reading.audiences = audiences
    assert len(list(sentences.too_long(reading))) == count


@pytest.mark.django_db
def test_audiences_come_from_the_kind_of_page():
    offer = make_offer(make_city(), audiences=["schools"])
    text = PageTranslation.objects.get(page=offer)
    assert (Reading(text).audiences, Reading(PageTranslation(page=offer)).audiences) == (["schools"], ["schools"])


# --- Contacts ------------------------------------------------------------------------------------


@pytest.fixture
def advice(db):
    return make_contact(
        make_city(),
        function="Beratung für Eltern",
        name="Erika Beispiel",
        phone="(05 21) 51-37 89",
        mobile="030 23125 013",
        email="Eltern@example.org",
    )


def text_in(city, words, language="de"):
    return Reading(
        make_page(city, language, published=False, translation={"body": f"<p>{words}</p>"}).translations.get()
    )


@pytest.mark.parametrize(
    "written", ["0521 513789", "+49 521 51 37 89", "05 21/51 37 89", "030 23125013", "eltern@example.org"]
)
def test_number_of_a_contact_points_to_the_contact(advice, written):
    [finding] = contacts.numbers_and_addresses(text_in(advice.city, f"Tel. {written}"))
    assert "steht schon beim Kontakt „Beratung für Eltern“. Wählen Sie diesen Kontakt" in finding.message


def test_name_of_a_contact_points_to_the_contact(advice):
    [finding] = contacts.names(text_in(advice.city, "Fragen Sie Erika Beispiel."))
    assert finding.message.startswith("„Erika Beispiel“ steht schon beim Kontakt „Beratung für Eltern“.")


def test_contacts_of_another_city_are_never_named(advice):
    words = "Erika Beispiel, 0521 513789, eltern@example.org"

    def named_in(city):
        return [finding for finding in checks.findings(text_in(city, words)) if advice.function in finding.message]

    assert (len(named_in(advice.city)), named_in(make_city())) == (3, [])


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.django_db
def test_everything_costs_one_query_for_contacts(number, django_assert_num_queries):
    city = make_city()
    for _each in range(number):
        make_contact(city, name="Erika Beispiel")
    reading = text_in(city, "Erika Beispiel, 0521 513789, eltern@example.org " * number)
    with django_assert_num_queries(1):
        checks.findings(reading)


@pytest.mark.django_db
def test_what_stops_publishing_asks_for_no_contact(django_assert_num_queries):
    reading = text_in(make_city(), "0521 513789")
    with django_assert_num_queries(0):
        checks.errors(reading)


# --- Pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"picture_alternative": " "}, 1),
        ({"picture_alternative": "Zwei Frauen trinken Tee."}, 0),
        ({"picture_is_decorative": True}, 0),
    ],
)
@pytest.mark.django_db
def test_picture_needs_words_or_is_decorative(fields, count):
    page = make_page(make_city(), published=False)
    text = PageTranslation(page=page, language="de", picture=make_image(page.city), **fields)
    assert len(list(pictures.without_alternative(Reading(text)))) == count


def test_text_without_picture_needs_no_words_for_it():
    assert found(pictures.without_alternative) == []


@pytest.mark.parametrize(
    ("fields", "words", "count"),
    [
        ({"picture_alternative": "Zwei Frauen."}, "", 1),
        ({"picture_alternative": "Zwei Frauen."}, "Two women.", 0),
        ({"picture_alternative": "", "picture_is_decorative": True}, "", 0),
        ({"picture_alternative": "Zwei Frauen.", "picture": None}, "", 0),
    ],
)
@pytest.mark.django_db
def test_words_for_the_german_picture_are_translated(fields, words, count):
    city = make_city()
    page = make_page(city, published=False, translation={"picture": make_image(city)} | fields)
    english = make_translation(page, "en", published=False, picture_alternative=words)
    assert len(list(pictures.without_translated_alternative(Reading(english)))) == count


# --- Readability ---------------------------------------------------------------------------------

OFFICIALESE = (
    "Die Inanspruchnahme von Beratungsleistungen im Rahmen der kommunalen Integrationsförderung setzt die vorherige "
    "schriftliche Terminvereinbarung sowie die Vorlage entsprechender Identitätsnachweise voraus. "
)


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("de", "Wir helfen Ihnen gern. Rufen Sie uns an. " * 6, "leicht"),
        ("de-simple", "Wir helfen Ihnen gern. Rufen Sie uns an. " * 6, "leicht"),
        ("de", OFFICIALESE * 3, "schwer"),
        ("en", "We help you. Please call us at ten. " * 7, "leicht"),
        ("en", "Municipal administrations facilitate intercultural organisational development. " * 8, "schwer"),
    ],
)
def test_readability_is_a_word(language, words, expected):
    assert readability(reading_of(language, body=f"<p>{words}</p>")).word == expected


def test_readability_by_hand():
    """Of 9 words 1 has three syllables, 1 more than six letters, 5 one syllable."""
    words = "Die Beratung ist für Eltern mit vielen Fragen gut. " * 5
    assert pytest.approx(2.404, abs=0.001) == (0.1935 * 100 + 0.1672 * 81 + 0.1297 * 100 - 0.0327 * 500) / 9 - 0.875
    value = readability(reading_of(title="", summary="", body=f"<p>{words}</p>"))
    assert value == ("leicht", "2,4", "Wiener Sachtextformel: ungefähr ab der 2. Klasse zu verstehen")


@pytest.mark.parametrize(("language", "words"), [("ar", "كلمة. " * 60), ("tr", "Kelime. " * 60), ("de", "Kurz. " * 5)])
def test_no_readability_without_formula_or_words(language, words):
    assert readability(reading_of(language, body=f"<p>{words}</p>")) is None


# --- Everything that the project ships -------------------------------------------------------------


def test_demo_has_nothing_to_find(demo):
    texts = PageTranslation.objects.select_related("page__city")
    found = [(text, finding) for text in texts for finding in checks.findings(Reading(text))]
    assert [(text.page.slug, text.language, finding) for text, finding in found] == []


@pytest.mark.parametrize("standard", standards().values(), ids=standards().keys())
@pytest.mark.django_db
def test_standard_offers_have_nothing_to_find(standard):
    offer = Offer(city=make_city(), slug="angebot", standard=standard.key, **standard.data)
    assert checks.findings(Reading(PageTranslation(page=offer, language="de", **standard.texts))) == []


# --- Hostile texts: it ends ------------------------------------------------------------------------

PIECES = [
    "a", "A", "1", "1 ", "1.", "1-", ".", ". ", "(", "-", "a-", "A-", "A ", "Aa ", "@", "a@", "a.", "a@a.", "+49 ",
    "0521 513789 ", "Mo ", "Montag ", "bis ", "wird ", "ge", "wird ge ", "des A", "https://", "www.", "z. ", "2024/",
    "31.12.2024 ", "KURZ ", "kurz ", "heißt ", "<br>", "<strong>a</strong>", "<p>a</p>", "<h3></h3>", "<h2>A</h2>",
    "<a href=''>a</a>", "<a href='tel:0521513789'>1</a>", "<a href='mailto:a@b.de'>a</a>", "<ul><li>a</li></ul>",
    "\u0661",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.django_db
def test_long_hostile_text_is_read_to_its_end(piece):
    """Easy German has the most rules."""
    people = [Contact(name="a a")] * 20
    reading = reading_of("de-simple", page_id=1, contacts=people, body=f"<p>{piece * (60_000 // len(piece))}")
    readability(reading)
    assert len(checks.findings(reading)) <= (MOST + 1) * len([*STOPPING, *HINTING])


def test_today_is_the_day_of_the_reader():
    with time_machine.travel("2026-03-01 23:30+00:00"):
        assert reading_of().today == timezone.datetime(2026, 3, 2).date()
