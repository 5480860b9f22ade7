"""How staff write events and news."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from events.models import Event, News
from pages.models import Page
from tests.factories import make_city, make_event, make_location, make_news, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
STARTS_AT = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)  # 16:00 in Berlin


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city():
    return make_city("musterstadt", languages=["de", "ar"])


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR)
    client.force_login(user)
    return user


ADD_EVENT = "/admin/events/event/add/"
EVENT = {"translations-0-title": "Fest", "starts_at": "2026-12-02T16:00", "ends_at": "2026-12-02T18:00"}


def change_address(page):
    return reverse(f"admin:events_{page.kind}_change", args=[page.pk])


def submit(client, address, button="_save", **changes):
    return client.post(address, form_data(client.get(address)) | changes | {button: "1"})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_new_event_is_written_in_one_form(client, city, editor):
    place = make_location(city)
    response = submit(client, ADD_EVENT, **EVENT, location=place.pk, audiences=["parents"], languages=["ar", "de"])
    event = Event.objects.get()
    assert response["Location"] == change_address(event)
    assert (event.slug, event.kind, event.city, event.location) == ("fest", Page.Kind.EVENT, city, place)
    assert (event.starts_at, event.ends_at) == (STARTS_AT, STARTS_AT + timedelta(hours=2))


def test_form_begins_with_the_german_words_and_asks_step_by_step(client, city, editor):
    page = client.get(ADD_EVENT)
    headings = [fieldset.name for fieldset in page.context["adminform"]]
    assert headings[:5] == ["Wann", "Wo", "Für wen und was es kostet", "Anmeldung", "Stand"]
    assert page.text.index('name="translations-0-title"') < page.text.index('name="starts_at"')
    assert ('name="parent"' in page.text, 'name="in_navigation"' in page.text) == (False, False)


def test_what_is_missing_is_said_in_plain_german_and_nothing_typed_is_lost(client, city, editor):
    changes = {"translations-0-title": "Fest", "series": "Reihe", "registration": "mail", "status": "moved"}
    response = submit(client, ADD_EVENT, **changes)
    assert response.context["adminform"].form.errors == {
        "starts_at": ["Wann beginnt die Veranstaltung?"],
        "ends_at": ["Wann endet die Veranstaltung?"],
        "registration_email": ["An welche E-Mail-Adresse meldet man sich an?"],
        "previous_start": ["Wann sollte die Veranstaltung zuerst sein?"],
    }
    typed = form_data(response)
    assert {name: typed[name] for name in changes} == changes
    assert not Event.objects.exists()


def test_event_cannot_end_before_it_begins(client, city, editor):
    response = submit(client, ADD_EVENT, **EVENT | {"ends_at": "2026-12-02T15:00"})
    assert response.context["adminform"].form.non_field_errors() == [
        "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Angaben."
    ]


def test_new_event_is_published_at_once(client, city, editor):
    words = {"translations-0-summary": "Kommen Sie.", "translations-0-body": "<p>Alle.</p>"}
    submit(client, ADD_EVENT, "_publish", **EVENT, **words)
    assert "Fest" in client.get("/de/musterstadt/termine/").text


def test_preview_of_a_draft_shows_the_event(client, city, editor):
    event = make_event(city, STARTS_AT, published=False, translation={"title": "Fest"})
    response = client.get(reverse("admin:pages_pagetranslation_draft", args=[event.translations.get().pk]))
    assert "Mittwoch, 2. Dezember 2026, 16:00 bis 18:00\N{NO-BREAK SPACE}Uhr" in response.text


def test_preview_of_draft_news_shows_them(client, city, editor):
    news = make_news(city, published=False, responsible="Leitung")
    response = client.get(reverse("admin:pages_pagetranslation_draft", args=[news.translations.get().pk]))
    assert "20. November 2026" in response.text


def test_moving_an_event_remembers_when_it_should_have_been(client, city, editor):
    event = make_event(city, STARTS_AT)
    changes = {"status": "moved", "starts_at": "2026-12-09T16:00", "ends_at": "2026-12-09T18:00"}
    assert submit(client, change_address(event), **changes).status_code == 302
    event.refresh_from_db()
    assert (event.previous_start, event.starts_at, event.change_number) == (STARTS_AT, STARTS_AT + timedelta(days=7), 1)


def test_saving_without_change_raises_no_number(client, city, editor):
    event = make_event(
        city, STARTS_AT, languages=["de", "ar"], cost="amount", cost_amount="5.00", registration_until=NOW
    )
    assert submit(client, change_address(event)).status_code == 302
    event.refresh_from_db()
    assert event.change_number == 0


def test_authors_do_not_change_when_a_public_event_takes_place(client, city):
    client.force_login(make_user(city, Role.AUTHOR))
    draft, public = make_event(city, STARTS_AT, published=False), make_event(city, STARTS_AT)
    for event in (draft, public):
        response = client.get(change_address(event))
        client.post(change_address(event), form_data(response) | {"seats": "7", "_save": "1"})
        event.refresh_from_db()
    assert [event.seats for event in (draft, public)] == [7, None]


def test_list_shows_when_and_in_which_state(client, city, editor):
    make_event(city, STARTS_AT, translation={"title": "Früh"})
    make_event(city, STARTS_AT + timedelta(days=1), status="cancelled", translation={"title": "Spät"})
    page = client.get("/admin/events/event/")
    assert [event.german_title() for event in page.context["cl"].result_list] == ["Spät", "Früh"]
    assert "2. Dezember 2026 16:00" in page.text
    assert "abgesagt" in page.text


@pytest.mark.parametrize(("query", "found"), [("kommend", ["Kommt"]), ("vorbei", ["War"])])
def test_list_can_be_narrowed_by_time(client, city, editor, query, found):
    make_event(city, STARTS_AT, translation={"title": "Kommt"})
    make_event(city, NOW - timedelta(days=1), translation={"title": "War"})
    page = client.get(f"/admin/events/event/?wann={query}")
    assert [event.german_title() for event in page.context["cl"].result_list] == found


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_however_long_it_is(client, city, editor, number, django_assert_num_queries):
    for _ in range(number):
        make_event(city, STARTS_AT)
    client.get("/admin/events/event/")
    with django_assert_num_queries(15):
        client.get("/admin/events/event/")


def test_one_click_makes_a_draft_for_the_next_week(client, city, editor):
    event = make_event(city, STARTS_AT, slug="treffen", translation={"title": "Treffen"})
    assert "Kopie für die nächste Woche" in client.get(change_address(event)).text
    response = client.post(reverse("admin:events_event_copy", args=[event.pk]))
    copy = Event.objects.get(slug="treffen-2")
    assert response["Location"] == change_address(copy)
    assert (copy.starts_at, copy.german_title()) == (STARTS_AT + timedelta(days=7), "Treffen")
    assert client.get("/de/musterstadt/treffen-2/").status_code == 404


def test_copy_that_is_no_possible_event_is_refused_with_a_sentence(client, city, editor):
    event = make_event(city, STARTS_AT, slug="a" * 80)
    response = client.post(reverse("admin:events_event_copy", args=[event.pk]))
    assert response["Location"] == change_address(event)
    (sentence,) = said(response)
    assert sentence.startswith("Das Kopieren hat nicht geklappt: ")
    assert Event.objects.count() == 1


def test_copying_is_for_those_who_write_and_by_button_only(client, city):
    event = make_event(city, STARTS_AT)
    address = reverse("admin:events_event_copy", args=[event.pk])
    for role, status in [(Role.TRANSLATOR, 403), (Role.AUTHOR, 302)]:
        client.force_login(make_user(city, role, languages=["ar"]))
        assert client.post(address).status_code == status
    assert client.get(address).status_code == 405


def test_news_ask_for_who_is_responsible_and_until_when(client, city, editor):
    address = "/admin/events/news/add/"
    response = submit(client, address, **{"translations-0-title": "Neu"})
    assert list(response.context["adminform"].form.errors) == ["responsible"]
    changes = {"translations-0-title": "Neu", "responsible": "Leitung", "ends_at": "2026-12-24T12:00"}
    assert submit(client, address, **changes).status_code == 302
    news = News.objects.get()
    assert (news.responsible, news.ends_at) == ("Leitung", datetime(2026, 12, 24, 11, 0, tzinfo=UTC))


def test_events_and_news_are_not_among_the_pages(client, city, editor):
    make_page(city, translation={"title": "Seite"})
    make_event(city, STARTS_AT)
    make_news(city)
    page = client.get("/admin/pages/page/")
    assert [page.german_title() for page in page.context["cl"].result_list] == ["Seite"]


@pytest.mark.parametrize("make", [lambda city: make_event(city, STARTS_AT), make_news])
def test_events_and_news_are_withdrawn_like_every_page(client, city, editor, clock, make):
    page = make(city)
    clock.shift(1)
    address = reverse(f"admin:events_{page.kind}_unpublish", args=[page.pk])
    assert client.get(f"/de/musterstadt/{page.slug}/").status_code == 200
    assert said(client.post(address))[0].startswith("Die Seite ist in allen Sprachen zurückgezogen.")
    assert client.get(f"/de/musterstadt/{page.slug}/").status_code == 410


def test_review_is_no_news_for_calendars_and_is_not_copied(client, city, editor):
    event = make_event(city, timezone.now() + timedelta(days=3), translation={"title": "Café"})
    event.owner_name, event.last_verified = "Anna", timezone.localdate()
    event.save()
    event.refresh_from_db()
    copy = event.copy_a_week_later("kopie", editor)
    assert (event.change_number, event.owner_name) == (0, "Anna")
    assert (copy.owner_name, copy.last_verified) == ("", None)
