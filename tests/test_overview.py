"""The overview of the admin: what waits for whom, in which order the rest stands, and nothing of other cities."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from adoption.copying import copy_pages, pages_to_copy
from contacts.models import City, Membership, Role
from inquiries.models import State
from inquiries.outbox import outbox_state
from legal.models import AccessibilityStatement, EasyGermanPage
from links.models import ExternalLink
from pages.models import LanguageWish
from tests.factories import (
    make_city,
    make_contact,
    make_inquiry,
    make_invitation,
    make_page,
    make_proposal,
    make_search_miss,
    make_suggestion,
    make_translation,
    make_user,
)
from tests.inquiries.mail_server import make_mail
from tests.legal.test_gate import make_ready_city

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)
INBOX = reverse("admin:inquiries_inquiry_changelist")
QUERIES_OF_A_MANAGER, QUERIES_OF_AN_OPERATOR = 28, 14


@pytest.fixture(autouse=True)
def clock(settings):
    settings.MAIL_IS_SET_UP = True
    with time_machine.travel("2026-03-10T12:00:00+01:00", tick=False) as clock:
        yield clock


def ready_city(**fields):
    """In German only: no translation is missing."""
    return make_ready_city(languages=("de",), **fields)


@pytest.fixture
def city():
    return ready_city(slug="hier", is_public=True)


def card(client):
    """The card „Was wartet“: None if there is none, else (names of cities, links as (words, address))."""
    page = client.get("/admin/").text
    if 'aria-labelledby="waiting-heading"' not in page:
        return None
    html = page.split('aria-labelledby="waiting-heading"')[1].split("</section>")[0]
    links = [
        (words, unescape(url))
        for url, words in re.findall(r'<li class="waiting-line[^>]*><a href="([^"]+)">([^<]+)<', html)
    ]
    return re.findall(r"<h3>([^<]+)</h3>", html), links


def sign_in(client, city, role=Role.MANAGER):
    user = make_user(city, role)
    client.force_login(user)
    return user


def gate_url(city):
    return f"{reverse('admin:contacts_city_change', args=[city.pk])}#gate-heading"


# --- Inquiries and mails -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MANAGER])
def test_card_counts_open_and_overdue_inquiries(client, city, role):
    sign_in(client, city, role)
    make_inquiry(city, due_on=YESTERDAY)
    make_inquiry(city, due_on=TODAY, state=State.IN_WORK)
    make_inquiry(city, due_on=YESTERDAY, state=State.CLOSED, settled_at=timezone.now())
    inbox = f"{INBOX}?city={city.pk}"
    assert card(client) == (
        [],
        [("2 offene Anfragen", inbox), ("Eine Anfrage ist überfällig", f"{inbox}&due=late")],
    )


def test_inbox_behind_the_links_shows_as_many(client, city):
    sign_in(client, city)
    late = make_inquiry(city, due_on=YESTERDAY)
    near = make_inquiry(city, due_on=TODAY)
    refused = make_inquiry(city, due_on=YESTERDAY, state=State.ANSWERED, settled_at=timezone.now())
    make_mail(refused, purpose="answer", refused_at=timezone.now(), last_error="abgelehnt")
    links = dict(card(client)[1])
    shown = [
        {inquiry.number for inquiry in client.get(links[words]).context["cl"].result_list}
        for words in ("3 offene Anfragen", "Eine Anfrage ist überfällig")
    ]
    assert shown == [{late.number, near.number, refused.number}, {late.number}]


def test_card_tells_of_mails_that_do_not_go_out(client, city):
    sign_in(client, city, Role.EDITOR)
    inquiry = make_inquiry(city, state=State.CLOSED, settled_at=timezone.now())
    make_mail(inquiry)  # on its way
    make_mail(inquiry, sent_at=timezone.now(), last_error="keine Verbindung")
    assert card(client) == ([], [])
    make_mail(inquiry, last_error="keine Verbindung")
    make_mail(inquiry, refused_at=timezone.now(), last_error="abgelehnt")
    state = outbox_state(city)
    assert (state.failing_since is not None, state.refused) == (True, 1)
    assert card(client) == ([], [("2 E-Mails gehen nicht hinaus", f"{INBOX}?city={city.pk}")])


def test_without_a_mail_server_no_mail_goes_out(client, city, settings):
    sign_in(client, city, Role.EDITOR)
    make_mail(make_inquiry(city, state=State.CLOSED, settled_at=timezone.now()))
    assert card(client) == ([], [])
    settings.MAIL_IS_SET_UP = False
    assert card(client) == ([], [("Eine E-Mail geht nicht hinaus", f"{INBOX}?city={city.pk}")])


# --- The way to a public site ------------------------------------------------------------------------


def test_city_that_is_ready_is_told_so(client):
    city = ready_city(slug="neu")
    sign_in(client, city)
    assert card(client) == ([], [("Bereit für die Öffentlichkeit? Alles ist da.", gate_url(city))])


def test_new_city_reads_how_much_is_red(client):
    city = make_city(is_public=False)
    sign_in(client, city)
    assert card(client) == ([], [("Bereit für die Öffentlichkeit? 6 Punkte sind rot", gate_url(city))])
    form = client.get(gate_url(city)).text
    assert form.count('<p class="gate-state">Fehlt</p>') == 6


def test_public_city_reads_what_is_red_or_yellow(client, city):
    sign_in(client, city)
    assert card(client) == ([], [])
    EasyGermanPage.objects.update(checked_by="", checked_on=None)
    assert card(client)[1] == [("Pflichtangaben Ihrer Website: Ein Punkt ist gelb", gate_url(city))]
    AccessibilityStatement.objects.update(responsible=None)
    assert card(client)[1] == [("Pflichtangaben Ihrer Website: Ein Punkt ist rot, ein Punkt ist gelb", gate_url(city))]


def test_topic_with_something_late_comes_first(client, city):
    sign_in(client, city)
    AccessibilityStatement.objects.update(responsible=None)
    make_page(city, published=False)
    assert [words for words, _url in card(client)[1]] == [
        "Pflichtangaben Ihrer Website: Ein Punkt ist rot",
        "Ein deutscher Entwurf ist nicht öffentlich",
    ]


# --- Who sees it -------------------------------------------------------------------------------------


def test_empty_card_says_so(client, city):
    sign_in(client, city)
    page = client.get("/admin/").text
    assert card(client) == ([], [])
    assert "Gerade wartet nichts auf Sie." in page


def fill(city):
    """Something of every kind waits."""
    make_inquiry(city, due_on=YESTERDAY)
    make_mail(make_inquiry(city), last_error="keine Verbindung")
    AccessibilityStatement.objects.for_city(city).update(responsible=None)


def test_editor_sees_inquiries_and_mails_but_not_the_gate(client, city):
    fill(city)
    sign_in(client, city)
    assert len(card(client)[1]) == 4
    sign_in(client, city, Role.EDITOR)
    assert [words for words, _url in card(client)[1]] == [
        "2 offene Anfragen",
        "Eine Anfrage ist überfällig",
        "Eine E-Mail geht nicht hinaus",
    ]


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.TRANSLATOR])
def test_authors_and_translators_read_nothing_of_inquiries_mails_and_the_gate(client, city, role):
    fill(city)
    sign_in(client, city)
    assert len(card(client)[1]) == 4
    sign_in(client, city, role)
    assert card(client) == ([], [])


def test_who_belongs_to_no_city_has_no_card(client, city):
    client.force_login(make_user())
    assert card(client) is None


def test_nobody_reads_another_citys_numbers(client, city):
    fill(ready_city(is_public=True))
    client.force_login(make_user(is_superuser=True))
    assert len(card(client)[1]) == 3
    sign_in(client, city)
    assert card(client) == ([], [])


def test_rights_hold_city_by_city(client, city):
    others = {role: ready_city(is_public=True) for role in (Role.EDITOR, Role.AUTHOR, Role.TRANSLATOR)}
    user = sign_in(client, city)
    for role, other in others.items():
        Membership.objects.create(user=user, city=other, role=role)
        fill(other)
    assert (card(client)[0], len(card(client)[1])) == ([others[Role.EDITOR].name], 3)


def test_operator_sees_the_ten_most_pressing_cities(client):
    cities = [make_city(name=f"Stadt {letter}") for letter in "ABCDEFGHIJKL"]
    for city in cities:
        make_inquiry(city, due_on=TODAY)
    make_inquiry(cities[11], due_on=YESTERDAY)
    client.force_login(make_user(is_superuser=True))
    assert card(client)[0] == ["Stadt L", *(f"Stadt {letter}" for letter in "ABCDEFGHI")]
    assert "Auch in 2 weiteren Städten und Kreisen wartet etwas" in client.get("/admin/").text


@pytest.mark.parametrize("number", [1, 3])
def test_overview_of_a_city_takes_a_constant_number_of_queries(client, city, number, django_assert_num_queries):
    for _ in range(number):
        fill(city)
        fill(ready_city())
    sign_in(client, city)
    with django_assert_num_queries(QUERIES_OF_A_MANAGER):
        client.get("/admin/")


@pytest.mark.parametrize("number", [1, 3])
def test_overview_of_an_operator_takes_a_constant_number_of_queries(client, number, django_assert_num_queries):
    for _ in range(number):
        fill(ready_city())
    client.force_login(make_user(is_superuser=True))
    with django_assert_num_queries(QUERIES_OF_AN_OPERATOR):
        client.get("/admin/")


# --- What came by link -------------------------------------------------------------------------------


def test_card_counts_suggestions_and_remarks(client, city):
    sign_in(client, city, Role.EDITOR)
    page = make_page(city, "de")
    make_suggestion(make_invitation(page, "translate", "ar"))
    make_suggestion(make_invitation(page, "translate", "ar"), state="declined")
    approval = make_invitation(page, "approve")
    approval.say(1, "Bitte kürzer")
    approval.say(1, "Und freundlicher")
    assert card(client)[1] == [
        ("Ein Vorschlag für eine Übersetzung", f"/admin/invitations/suggestion/?city={city.pk}"),
        ("2 Anmerkungen zu Entwürfen", f"/admin/invitations/invitation/?city={city.pk}&state=remark"),
    ]


# --- Texts -------------------------------------------------------------------------------------------


def matrix_url(city, **query):
    return reverse("admin:pages_page_matrix", query={"city": city.pk} | query)


@pytest.fixture
def city_with_arabic():
    return make_city("mehr", languages=("de", "ar"))


def test_card_counts_texts_by_what_they_need(client, city_with_arabic):
    city = city_with_arabic
    make_page(city)  # Arabic is missing
    make_page(city, published=False)  # a German draft, and Arabic is missing
    outdated = make_page(city)
    make_translation(outdated, "ar", source_digests={"body": ["anderes"]})
    drafted = make_page(city)
    make_translation(drafted, "ar", published=False)
    sign_in(client, city, Role.AUTHOR)
    assert card(client)[1] == [
        ("Ein deutscher Entwurf ist nicht öffentlich", matrix_url(city, language="de", state="work")),
        ("Eine Übersetzung ist veraltet", matrix_url(city, state="outdated")),
        ("Eine Übersetzung ist noch Entwurf", matrix_url(city, state="draft")),
        ("2 Übersetzungen fehlen", matrix_url(city, state="missing")),
    ]


def test_matrix_behind_the_links_shows_as_many(client, city_with_arabic):
    city = city_with_arabic
    missing, outdated = make_page(city), make_page(city)
    make_translation(outdated, "ar", source_digests={"body": ["anderes"]})
    sign_in(client, city, Role.AUTHOR)
    links = dict(card(client)[1])
    shown = [
        [line.page.pk for line in client.get(links[words]).context["lines"]]
        for words in ("Eine Übersetzung ist veraltet", "Eine Übersetzung fehlt")
    ]
    assert shown == [[outdated.pk], [missing.pk]]


def test_translator_reads_of_own_languages_only(client):
    city = make_city("mehr", languages=("de", "ar", "uk"))
    make_page(city, published=False)
    client.force_login(make_user(city, Role.TRANSLATOR, languages=["uk"]))
    assert card(client)[1] == [("Eine Übersetzung fehlt", matrix_url(city, state="missing"))]


def test_card_tells_of_news_in_state_wide_texts(client, city, clock):
    state = make_city("landesweit", kind=City.Kind.STATE, ags="05", is_public=False)
    source = make_page(state)
    [copy] = copy_pages(pages_to_copy(state), city, None)
    copy.translations.get().publish(by=None)
    sign_in(client, city, Role.AUTHOR)
    assert card(client) == ([], [])
    text = source.translations.get()
    text.title = "Neu"
    text.save()
    clock.shift(60)
    text.publish(by=None)
    assert card(client)[1] == [("Ein landesweiter Text ist neu", f"/admin/adoption/adoption/?city={city.pk}")]


# --- Reviews, links, readers -------------------------------------------------------------------------


def test_card_tells_what_is_to_be_reviewed_and_what_somebody_proposes(client, city):
    sign_in(client, city, Role.EDITOR)
    page = make_page(city, review_on=TODAY)
    contact = make_contact(city, review_on=YESTERDAY)
    make_page(city, review_on=TODAY + timedelta(days=1))
    make_proposal(contact, old={"room": ""}, new={"room": "1"})
    url = f"/admin/reviews/reviewrequest/?city={city.pk}"
    assert card(client)[1] == [
        ("Jemand schlägt eine Änderung vor", f"/admin/reviews/proposedchange/?city={city.pk}&state__exact=open"),
        ("Eine Seite ist zu prüfen", url),
        ("Ein Kontakt ist zu prüfen", url),
    ]
    assert page.review_on == TODAY


def test_card_tells_of_links_that_lead_nowhere(client, city):
    sign_in(client, city, Role.EDITOR)
    # In what is public, and in the draft.
    make_page(city, translation={"body": '<p><a href="/de/hier/gibt-es-nicht/">Mehr zum Thema</a></p>'})
    facts = {"answer": "gone", "checked_on": TODAY, "failing_since": YESTERDAY}
    ExternalLink.objects.create(city=city, url="https://fort.example/", failures=3, **facts)
    ExternalLink.objects.create(city=city, url="https://vielleicht.example/", failures=2, **facts)
    assert card(client)[1] == [
        ("2 Links führen ins Leere", f"/admin/links/deadlink/?city={city.pk}"),
        ("Ein Link zu einer anderen Website geht nicht mehr", f"/admin/links/externallink/?city={city.pk}"),
    ]


def test_card_tells_what_readers_look_for_in_vain(client, city):
    sign_in(client, city, Role.EDITOR)
    make_search_miss(city)
    for language, month, count in (("ti", 3, 4), ("ti", 2, 8), ("prs", 3, 5), ("so", 1, 99)):
        LanguageWish.objects.create(city=city, language=language, month=date(2026, month, 1), count=count)
    assert card(client)[1] == [
        ("Ein Wort wurde gesucht und nicht gefunden", f"/admin/pages/searchmiss/?city={city.pk}"),
        (
            "Gewünschte Sprachen, die Sie nicht anbieten: Tigrinya (12-mal), Dari (5-mal)",
            f"/admin/pages/languagewish/?city={city.pk}",
        ),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_texts_and_links_take_a_constant_number_of_queries(client, city_with_arabic, number, django_assert_num_queries):
    for _ in range(number):
        make_translation(make_page(city_with_arabic, review_on=TODAY), "ar", published=False)
        make_proposal(make_contact(city_with_arabic), old={"room": ""}, new={"room": "1"})
        make_search_miss(city_with_arabic, word=f"wort{number}{_}")
    sign_in(client, city_with_arabic, Role.AUTHOR)
    with django_assert_num_queries(24):
        client.get("/admin/")


# --- The rest ----------------------------------------------------------------------------------------


def test_cards_and_their_lines_stand_in_the_order_of_daily_work(client, city):
    client.force_login(make_user(is_superuser=True))
    apps = client.get("/admin/").context["app_list"]
    assert [app["name"] for app in apps] == [
        "Anfragen",
        "Seiten und Bilder",
        "Übersetzen und freigeben",
        "Aktuell halten",
        "Termine und Nachrichten",
        "Angebote und Förderung",
        "Zentrum und Kontakte",
        "Was Besucher*innen suchen",
        "Pflichtseiten",
        "Konten",
    ]
    assert [model["name"] for model in apps[0]["models"]] == [
        "Anfragen",
        "Formulare",
        "Regeln der Sprachmittlung",
        "Postausgang",
        "Löschprotokoll",
    ]
