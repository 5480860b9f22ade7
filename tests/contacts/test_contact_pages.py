"""Whom people find, and what stands on the card and the page of a contact."""

import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import Contact, Funder, OpeningHours
from pages.management.commands.load_demo import lines_of_hours
from pages.models import Page
from tests.factories import make_city, make_contact, make_location, make_page, make_translation

pytestmark = pytest.mark.django_db

# A Tuesday in winter time, and a Tuesday on which the Day of German Unity is kept.
TUESDAY = "2026-03-03T10:00:00+01:00"
HOLIDAY = "2028-10-03T10:00:00+02:00"
# The hours of most contacts below.
WORKDAYS = range(5)


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar", "tr"])


def make_open_contact(city, function, kind="open", opens="09:00", closes="16:00", **fields):
    contact = make_contact(city, function=function, **fields)
    for weekday in WORKDAYS:
        OpeningHours.objects.create(contact=contact, weekday=weekday, kind=kind, opens=opens, closes=closes)
    return contact


@pytest.fixture
def contacts(city):
    """Named after what tells them from the one that fits everything."""
    school, stairs = {"topics": ["schule"], "languages": ["ar", "de"]}, make_location(city, step_free="no")
    no_stairs = make_location(city, name="Ohne Stufen", step_free="yes")
    make_open_contact(city, "Alles passt", location=no_stairs, **school)
    make_open_contact(city, "Am Telefon", kind="phone", location=stairs, **school)
    make_open_contact(city, "Anderes Thema", topics=["kita"], languages=["ar"])
    make_open_contact(city, "Andere Sprache", topics=["schule"], languages=["uk"])
    make_open_contact(city, "Nachmittags", opens="13:00", **school)
    make_open_contact(city, "Mit Termin", kind="appointment", **school)
    make_open_contact(city, "Abwesend", absent_from="2026-03-01", absent_until="2026-03-03", **school)
    make_contact(city, function="Ohne Zeiten", **school)


def found(client, query, at, language="de"):
    with time_machine.travel(at, tick=False):
        page = client.get(f"/{language}/hier/kontakt/?{query}").text
    return re.findall(r"<h3[^>]*><a [^>]*>(.*?)</a></h3>", page)


# --- The finder ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "names"),
    [
        (TUESDAY, ["Alles passt", "Am Telefon"]),
        ("2026-03-03T08:59:59+01:00", []),
        ("2026-03-03T09:00:00+01:00", ["Alles passt", "Am Telefon"]),
        ("2026-03-03T15:59:59+01:00", ["Alles passt", "Am Telefon", "Nachmittags"]),
        ("2026-03-03T16:00:00+01:00", []),
        ("2026-03-03T16:00:01+01:00", []),
        ("2026-03-04T10:00:00+01:00", ["Alles passt", "Am Telefon", "Abwesend"]),
        ("2028-10-02T10:00:00+02:00", ["Alles passt", "Am Telefon", "Abwesend"]),
        (HOLIDAY, []),
        ("2028-10-04T10:00:00+02:00", ["Alles passt", "Am Telefon", "Abwesend"]),
    ],
)
def test_topic_language_and_open_now_list_exactly_the_matching_contacts(client, contacts, at, names):
    assert found(client, "thema=schule&sprache=ar&jetzt=1", at) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("thema=kita", ["Anderes Thema"]),
        ("sprache=uk", ["Andere Sprache"]),
        ("barrierefrei=1", ["Alles passt"]),
        ("thema=schule&barrierefrei=1&jetzt=1", ["Alles passt"]),
        ("thema=schule&sprache=uk&jetzt=1", ["Andere Sprache"]),
    ],
)
def test_every_question_narrows_the_list_down(client, contacts, query, names):
    assert found(client, query, TUESDAY) == names


def test_list_says_how_many_fit_what_was_chosen(client, contacts):
    with time_machine.travel(TUESDAY, tick=False):
        chosen = client.get("/de/hier/kontakt/?thema=kita").text
        everybody = client.get("/de/hier/kontakt/").text
    said = re.findall(r'<p class="found[^>]*role="status">(.*?)</p>', chosen)
    assert [re.sub("<[^>]+>", "", words) for words in said] == ["1 Treffer für „Kleine Kinder und Kita“"]
    assert 'role="status"' not in everybody


def test_list_without_questions_shows_everybody(client, contacts):
    assert len(found(client, "", TUESDAY)) == Contact.objects.count() == 8


def test_exception_on_a_holiday_is_found(client, city, contacts):
    contact = Contact.objects.get(function="Alles passt")
    OpeningHours.objects.create(
        contact=contact,
        is_exception=True,
        valid_from="2028-10-03",
        valid_until="2028-10-03",
        opens="10:00",
        closes="12:00",
    )
    assert found(client, "jetzt=1", HOLIDAY) == ["Alles passt"]


def test_choices_say_how_many_they_would_leave(client, contacts):
    with time_machine.travel(TUESDAY, tick=False):
        page = client.get("/de/hier/kontakt/?thema=schule").text
    options = dict(re.findall(r'<option value="(\w+)"[^>]*>[^<]*\((\d+)\)', page))
    assert options == {"kita": "1", "schule": "7", "ar": "6", "de": "6", "uk": "1"}
    assert re.findall(r"<span>([^<]*)\((\d+)\)</span>", page) == [
        ("Jetzt erreichbar ", "3"),
        ("Ohne Stufen erreichbar ", "1"),
    ]


def test_empty_result_leads_to_the_main_contacts_phone(client, city, contacts):
    make_contact(city, is_main=True, function="Zentrale", phone="030 23125 099")
    assert found(client, "thema=kita&sprache=uk", TUESDAY) == ["Zentrale"]
    page = client.get("/de/hier/kontakt/?thema=kita&sprache=uk").text
    assert page.index("Dazu passt gerade kein Kontakt") < page.index('href="tel:+493023125099"')


def test_one_contact_alone_needs_no_questions(client, city):
    make_contact(city, topics=["schule"])
    assert '<form class="finder"' not in client.get("/de/hier/kontakt/").text
    make_contact(city, topics=["schule"])
    assert '<form class="finder"' in client.get("/de/hier/kontakt/").text


def test_other_languages_keep_what_was_chosen(client, contacts):
    page = client.get("/de/hier/kontakt/?thema=schule&fremd=1").text
    assert 'href="/ar/hier/kontakt/?thema=schule" hreflang="ar"' in page


def test_readers_find_who_speaks_their_language_with_one_touch(client, contacts):
    assert 'href="?sprache=ar"' in client.get("/ar/hier/kontakt/").text
    for path in ("tr/hier/kontakt/", "de/hier/kontakt/", "ar/hier/kontakt/?sprache=ar"):
        page = client.get(f"/{path}").text
        assert 'class="own-language-link"' not in page


def test_another_citys_contacts_are_not_listed(client, contacts):
    make_open_contact(make_city("dort"), "Von dort", topics=["schule"])
    assert "Von dort" in client.get("/de/dort/kontakt/").text
    assert "Von dort" not in client.get("/de/hier/kontakt/").text


# --- The card --------------------------------------------------------------------------------------------


def card(client, path):
    return re.search(r'<div class="contact">.*?</section>', client.get(path).text, re.DOTALL)[0]


def chips(html):
    return re.findall(r'<li( class="own")?><span lang="([\w-]+)" dir="(\w+)">', html)


def test_card_says_first_that_somebody_speaks_the_readers_language(client, city):
    contact = make_contact(city, languages=["de", "tr", "ar"])
    for language, spoken in [("ar", True), ("tr", True), ("de", False)]:
        html = card(client, f"/{language}/hier/kontakt/{contact.pk}/")
        assert ('class="own-language"' in html) is spoken
    assert chips(card(client, f"/ar/hier/kontakt/{contact.pk}/")) == [
        (' class="own"', "ar", "rtl"),
        ("", "de", "ltr"),
        ("", "tr", "ltr"),
    ]


def test_card_does_not_claim_a_language_that_nobody_speaks(client, city):
    contact = make_contact(city, languages=["de", "ar"])
    assert 'class="own-language"' not in card(client, f"/tr/hier/kontakt/{contact.pk}/")


def test_phone_comes_before_everything_else_that_can_be_used(client, city):
    contact = make_contact(city, email="beratung@example.org", languages=["ar"], location=make_location(city))
    html = card(client, f"/ar/hier/kontakt/{contact.pk}/")
    order = ['href="tel:', 'class="own-language"', 'class="chips"', "mailto:", "<address", "openstreetmap.org"]
    positions = [html.index(each) for each in order]
    assert positions == sorted(positions)


def test_map_is_a_plain_link_that_names_the_other_website(client, city):
    contact = make_contact(city, location=make_location(city, street="Am Markt 1 & 2", town="Über"))
    html = card(client, f"/de/hier/kontakt/{contact.pk}/")
    [(address, attributes, text)] = re.findall(r'<a class="map" href="([^"]+)"([^>]*)>(.*?)</a>', html)
    assert address == "https://www.openstreetmap.org/search?query=Am+Markt+1+%26+2%2C+33602+%C3%9Cber"
    assert (attributes, "OpenStreetMap" in text) == (' rel="noreferrer"', True)


def test_card_names_the_other_body_and_that_it_is_an_example(client, city):
    contact = make_contact(city, organisation="Beispielverein e. V.", is_example=True, appointment_only=True)
    page = client.get(f"/de/hier/kontakt/{contact.pk}/").text
    for words in ("Beispielverein e. V.", "Dieser Kontakt ist erfunden.", "Nur mit Termin", 'content="noindex"'):
        assert words in page
    plain = client.get(f"/de/hier/kontakt/{make_contact(city).pk}/").text
    for words in ("erfunden", "Nur mit Termin", "noindex"):
        assert words not in plain


def test_regular_hours_say_that_holidays_are_closed_and_exceptions_do_not(client, city):
    contact = make_open_contact(city, "Beratung")
    path = f"/de/hier/kontakt/{contact.pk}/"
    assert card(client, path).count("An Feiertagen geschlossen") == 1
    contact.opening_hours.all().delete()
    days = {"valid_from": "2100-03-01", "valid_until": "2100-03-02"}
    OpeningHours.objects.create(contact=contact, is_exception=True, kind="closed", **days)
    assert card(client, path).count("An Feiertagen geschlossen") == 0


def test_every_line_of_the_hours_names_its_day(client, city):
    contact = make_contact(city)
    for opens, closes in (("09:00", "12:00"), ("14:00", "17:00")):
        OpeningHours.objects.create(contact=contact, weekday=1, opens=opens, closes=closes)
    lines = re.findall(r"<li>(.*?)</li>", card(client, f"/de/hier/kontakt/{contact.pk}/"), re.DOTALL)
    said = [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in lines]
    assert [line for line in said if "–" in line] == ["Dienstag 09:00–12:00", "Dienstag 14:00–17:00"]


def test_change_of_a_contact_is_at_once_right_in_every_language(client, city):
    contact = make_contact(city, is_main=True)
    page = make_page(city)
    make_translation(page, "ar")
    page.contacts.add(contact)
    contact.phone = "030 23125 077"
    contact.full_clean()
    contact.save()
    for language in ("de", "ar", "tr"):
        for path in ("", f"{page.slug}/", "kontakt/", f"kontakt/{contact.pk}/"):
            assert 'href="tel:+493023125077"' in client.get(f"/{language}/hier/{path}").text


# --- Absence ---------------------------------------------------------------------------------------------


@pytest.fixture
def absent(city):
    deputy = make_contact(city, function="Vertretung", phone="030 23125 022", languages=["tr"])
    return make_open_contact(
        city,
        "Beratung",
        phone="030 23125 021",
        languages=["ar"],
        deputy=deputy,
        absent_from="2026-03-03",
        absent_until="2026-03-05",
    )


def phones(html):
    return re.findall(r'href="tel:\+4930231250(\d\d)"', html)


@pytest.mark.parametrize(
    ("at", "is_absent"),
    [
        ("2026-03-02T23:59:59+01:00", False),
        ("2026-03-03T00:00:00+01:00", True),
        ("2026-03-05T23:59:59+01:00", True),
        ("2026-03-06T00:00:00+01:00", False),
    ],
)
def test_absent_contact_hands_over_to_the_deputy_for_these_days(client, absent, at, is_absent):
    with time_machine.travel(at, tick=False):
        html = card(client, f"/de/hier/kontakt/{absent.pk}/")
    assert ("Bis 5. März 2026 nicht da." in html, "Vertretung</a>" in html) == (is_absent, is_absent)
    assert phones(html) == (["22", "21"] if is_absent else ["21"])
    assert ('class="status"' in html) is not is_absent


def test_language_on_the_card_is_that_of_the_person_whose_number_it_shows(client, absent):
    for at, spoken in [(TUESDAY, "tr"), ("2026-03-06T10:00:00+01:00", "ar")]:
        with time_machine.travel(at, tick=False):
            assert chips(card(client, f"/{spoken}/hier/kontakt/{absent.pk}/")) == [
                (' class="own"', spoken, "rtl" if spoken == "ar" else "ltr")
            ]


def test_deputy_who_is_absent_too_is_not_named(client, absent):
    Contact.objects.filter(function="Vertretung").update(absent_from="2026-03-03", absent_until="2026-03-03")
    for at, named in [(TUESDAY, False), ("2026-03-04T10:00:00+01:00", True)]:
        with time_machine.travel(at, tick=False):
            html = card(client, f"/de/hier/kontakt/{absent.pk}/")
        assert ("nicht da" in html, "Vertretung" in html) == (True, named)


def test_absence_goes_on_without_a_deputy_who_was_deleted(absent):
    absent.deputy.delete()
    absent.refresh_from_db()
    assert absent.deputy is None


def test_deputy_of_another_city_is_refused(city):
    with pytest.raises(ValidationError) as error:
        make_contact(city, deputy=make_contact(make_city("dort")))
    assert list(error.value.message_dict) == ["deputy"]


def test_nobody_is_the_own_deputy(city):
    contact = make_contact(city)
    contact.deputy = contact
    with pytest.raises(ValidationError) as error:
        contact.full_clean()
    assert error.value.messages == ["Niemand kann sich selbst vertreten."]


@pytest.mark.parametrize(
    "wrong",
    [
        {"absent_from": "2026-03-03"},
        {"absent_until": "2026-03-03"},
        {"absent_from": "2026-03-04", "absent_until": "2026-03-03"},
    ],
)
def test_database_refuses_an_absence_that_makes_no_sense(city, wrong):
    contact = make_contact(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(**wrong)


def test_unknown_topic_is_refused(city):
    with pytest.raises(ValidationError) as error:
        make_contact(city, topics=["schule", "zauberei"])
    assert error.value.message_dict == {"topics": ["Unbekannt: zauberei"]}


# --- What a contact is responsible for -------------------------------------------------------------------


def linked(html):
    return re.findall(r'<li><a href="/ar/hier/([\w-]+)/"[^>]*>(.*?)</a>', html)


def test_list_names_the_first_pages_of_a_contact_in_the_readers_language(client, city):
    contact, _other = make_contact(city), make_contact(city)
    for number in range(6):
        page = make_page(city, slug=f"seite-nr-{number}", translation={"title": f"Seite {number}"})
        page.contacts.add(contact)
    make_translation(Page.objects.get(slug="seite-nr-0"), "ar", title="صفحة")
    make_page(city, slug="entwurf", published=False).contacts.add(contact)
    make_page(city, slug="start", kind=Page.Kind.HOME).contacts.add(contact)
    first, second = re.findall(r'<div class="contact">.*?(?=<div class="contact">|</section>)', html_of(client), re.S)
    names = ["صفحة", "Seite 1", "Seite 2", "Seite 3", "Seite 4"]
    assert linked(first) == [(f"seite-nr-{number}", name) for number, name in enumerate(names)]
    assert linked(second) == []


def html_of(client):
    return client.get("/ar/hier/kontakt/").text


def test_contact_page_names_all_its_pages_and_those_of_nobody_else(client, city):
    contact, other = make_contact(city), make_contact(city)
    for number in range(6):
        make_page(city, slug=f"seite-nr-{number}", translation={"title": f"Seite {number}"}).contacts.add(contact)
    make_page(city, slug="fremd", translation={"title": "Fremd"}).contacts.add(other)
    make_page(city, slug="start", kind=Page.Kind.HOME, translation={"title": "Start"}).contacts.add(contact)
    cards = client.get(f"/de/hier/kontakt/{contact.pk}/").text.partition('<ul class="cards">')[2].partition("</ul>")[0]
    assert re.findall(r">([^<>]+)</a></h3>", cards) == [f"Seite {number}" for number in range(6)]


# --- Addresses and costs ---------------------------------------------------------------------------------


def test_contact_page_of_another_city_is_not_found_and_helps(client, city):
    make_contact(city, is_main=True, phone="030 23125 088")
    stranger = make_contact(make_city("dort"), function="Von dort")
    assert client.get(f"/de/dort/kontakt/{stranger.pk}/").status_code == 200
    response = client.get(f"/de/hier/kontakt/{stranger.pk}/")
    assert (response.status_code, "Von dort" in response.text) == (404, False)
    assert 'href="tel:+493023125088"' in response.text


def test_contact_page_is_in_every_language_with_its_own_words(client, city):
    contact = make_contact(city, function="Beratung", function_translations={"ar": "استشارة"})
    assert re.search(r"<h1>\s*استشارة", client.get(f"/ar/hier/kontakt/{contact.pk}/").text)
    assert re.search(r'<h1 lang="de" dir="ltr">\s*Beratung', client.get(f"/tr/hier/kontakt/{contact.pk}/").text)


def test_name_is_shown_only_where_wanted(client, city):
    for show_name in (True, False):
        contact = make_contact(city, name="Person Eins", show_name=show_name)
        assert ("Person Eins" in client.get(f"/de/hier/kontakt/{contact.pk}/").text) is show_name


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("query", ["", "?thema=schule&sprache=ar&jetzt=1&barrierefrei=1"])
def test_contact_pages_take_a_constant_number_of_queries(client, django_assert_num_queries, city, number, query):
    for _ in range(number):
        deputy = make_contact(city, location=make_location(city))
        dates = {"absent_from": "2026-03-01", "absent_until": "2026-03-31"}
        contact = make_open_contact(city, "Beratung", deputy=deputy, location=make_location(city), **dates)
        Funder.objects.create(city=city, name="Land")
        make_page(city).contacts.add(contact)
    for page in Page.objects.all():
        page.contacts.add(contact)
    with time_machine.travel(TUESDAY, tick=False):
        with django_assert_num_queries(6):
            client.get(f"/ar/hier/kontakt/{query}")
        with django_assert_num_queries(6):
            client.get(f"/ar/hier/kontakt/{contact.pk}/")
        with django_assert_num_queries(3):
            client.get(f"/ar/hier/kontakt/{contact.pk}.vcf")


# --- The demo --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("Mo 09:00–12:00", ["Montag 09:00–12:00, geöffnet"]),
        ("Sa–So 14:00–16:30 phone", [f"{day} 14:00–16:30, telefonisch erreichbar" for day in ("Samstag", "Sonntag")]),
    ],
)
def test_hours_of_the_demo_are_written_as_people_write_them(written, lines):
    assert [str(line) for line in lines_of_hours(written)] == lines


def test_demo_has_marked_examples_to_try_the_finder_with(client, demo):
    page = client.get("/ar/bielefeld/kontakt/?thema=schule&sprache=ar").text
    assert re.findall(r'href="/ar/bielefeld/kontakt/\d+/"[^>]*>(.*?)</a></h3>', page) == ["استشارة للأهل حول المدرسة"]
    examples = Contact.objects.filter(city__slug="bielefeld", is_main=False)
    assert {(contact.is_example, contact.phone[:9]) for contact in examples} == {(True, "030 23125")}


# --- In the browser --------------------------------------------------------------------------------------


@pytest.mark.either_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_contact_pages_are_accessible_and_fit(live_site, new_context, axe, language, width, scheme):
    first, second = Contact.objects.filter(city__slug="bielefeld", is_example=True)[:2]
    today = timezone.localdate()
    Contact.objects.filter(pk=first.pk).update(deputy=second, absent_from=today, absent_until=today)
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    for path in ("", "?thema=schule", "?thema=schule&sprache=uk", f"{first.pk}/", f"{second.pk}/"):
        page.goto(f"{live_site.url}/{language}/bielefeld/kontakt/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
