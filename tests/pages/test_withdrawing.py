"""Withdrawn pages lead on; what shall appear, be replaced and end at a time does so by the form."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from pages.models import Page, PageRevision
from tests.factories import (
    make_call,
    make_city,
    make_contact,
    make_event,
    make_focus_area,
    make_news,
    make_offer,
    make_page,
    make_translation,
    make_user,
)
from tests.forms import form_data

pytestmark = pytest.mark.django_db

MAKE = {
    "page": make_page,
    "focus_area": make_focus_area,
    "offer": make_offer,
    "call": make_call,
    "event": lambda city, **fields: make_event(city, timezone.now() + timedelta(days=3), **fields),
    "news": make_news,
}


@pytest.fixture
def city():
    return make_city(languages=["de", "ar"])


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR)
    client.force_login(user)
    return user


def withdraw(client, page, successor=""):
    address = reverse(f"admin:{page._meta.label_lower.replace('.', '_')}_unpublish", args=[page.pk])
    return client.post(address, {"successor": getattr(successor, "pk", successor)}, follow=True)


def choices(client, page):
    address = reverse("admin:pages_page_unpublish", args=[page.pk])
    return [label for _key, label in client.get(address).context["form"].fields["successor"].choices][1:]


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("successor_kind", MAKE)
def test_withdrawn_page_leads_to_the_successor_chosen_at_withdrawing(client, city, editor, kind, successor_kind):
    page = MAKE[kind](city, slug="alt")
    successor = MAKE[successor_kind](city, slug="neu", translation={"title": "Die neue Seite"})
    withdraw(client, page, successor)
    answer = client.get(page.get_absolute_url())
    assert (answer.status_code, answer.context["successor"].url) == (410, successor.get_absolute_url())
    assert f'<a href="{successor.get_absolute_url()}">Die neue Seite</a>' in answer.text


def test_withdrawn_page_speaks_the_readers_language_and_names_a_number(client, city, editor):
    make_contact(city, phone="030 23125 005", is_main=True)
    page, successor = make_page(city), make_page(city, slug="neu")
    make_translation(successor, "ar", title="جديد")
    withdraw(client, page, successor)
    answer = client.get(page.get_absolute_url("ar"))
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert '<a href="/ar/' in answer.text
    assert ("جديد" in answer.text, "030 23125 005" in answer.text) == (True, True)
    assert "Diese Seite gibt es nicht mehr" not in answer.text


def test_successor_that_was_withdrawn_too_leads_to_its_own(client, city, editor):
    first, second, third = (make_page(city, slug=slug) for slug in ("eins", "zwei", "drei"))
    withdraw(client, first, second)
    withdraw(client, second, third)
    assert client.get(first.get_absolute_url()).context["successor"].page == third


def test_successors_in_a_circle_lead_nowhere(client, city, editor):
    first, second = make_page(city, slug="eins"), make_page(city, slug="zwei")
    Page.objects.filter(pk=first.pk).update(successor=second)
    Page.objects.filter(pk=second.pk).update(successor=first)
    first.unpublish(None)
    second.unpublish(None)
    answer = client.get(first.get_absolute_url())
    assert (answer.status_code, answer.context["successor"]) == (410, None)


def test_only_public_pages_of_the_city_can_succeed(client, city, editor):
    page = make_page(city, translation={"title": "Selbst"})
    make_page(city, translation={"title": "Öffentlich"})
    make_page(city, published=False, translation={"title": "Entwurf"})
    make_page(make_city(), translation={"title": "Fremd"})
    assert choices(client, page) == ["Öffentlich"]


def test_successor_that_is_not_public_any_more_stays_chosen(client, city, editor):
    successor = make_page(city, translation={"title": "Nachfolge"})
    page = make_page(city, successor=successor)
    successor.unpublish(None)
    assert choices(client, page) == ["Nachfolge"]


def test_page_of_another_city_is_refused_as_successor(client, city, editor):
    page, foreign, own = make_page(city), make_page(make_city()), make_page(city)
    assert "successor" in withdraw(client, page, foreign).context["form"].errors
    assert PageRevision.objects.live().filter(translation__page=page).exists()
    withdraw(client, page, own)
    page.refresh_from_db()
    assert page.successor == own


def test_withdrawing_shows_the_way_back(client, city, editor):
    page = make_page(city)
    answer = withdraw(client, page)
    message = str(next(iter(answer.context["messages"])))
    assert reverse("admin:pages_pagetranslation_history", args=[page.translations.get().pk]) in message


# --- At a time, by the form ------------------------------------------------------------------------


def local(instant):
    return f"{timezone.localtime(instant):%Y-%m-%dT%H:%M}"


def publish(client, page, title, **when):
    address = reverse("admin:pages_page_change", args=[page.pk])
    data = form_data(client.get(address)) | {"translations-0-title": title, "_publish": "1"}
    # A time that is not given is empty in the form.
    data |= {f"translations-0-{field}": local(instant) if instant else "" for field, instant in when.items()}
    assert client.post(address, data).status_code == 302


def title_at(client, page, instant):
    """What a visitor reads then; None if there is nothing to read."""
    with time_machine.travel(instant, tick=False):
        answer = client.get(page.get_absolute_url())
    return answer.context["entry"].revision.title if answer.status_code == 200 else None


@pytest.fixture
def hours():
    """Whole hours from the next one on."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    return [first + timedelta(hours=number) for number in range(5)]


def test_text_published_later_appears_at_its_time(client, city, editor, hours):
    page = make_page(city, published=False)
    publish(client, page, "Neu", publish_at=hours[1])
    assert [title_at(client, page, hour) for hour in hours[:3]] == [None, "Neu", "Neu"]


def test_text_is_replaced_at_a_time(client, city, editor, hours):
    page = make_page(city, translation={"title": "Alt"})
    publish(client, page, "Neu", publish_at=hours[1])
    assert [title_at(client, page, hour) for hour in hours[:3]] == ["Alt", "Neu", "Neu"]


def test_text_ends_at_a_time(client, city, editor, hours):
    page = make_page(city, translation={"title": "Alt"})
    publish(client, page, "Alt", publish_until=hours[1])
    assert [title_at(client, page, hour) for hour in hours[:3]] == ["Alt", None, None]


def test_text_appears_and_ends_at_a_time(client, city, editor, hours):
    page = make_page(city, published=False)
    publish(client, page, "Neu", publish_at=hours[1], publish_until=hours[2])
    assert [title_at(client, page, hour) for hour in hours[:4]] == [None, "Neu", None, None]


def test_cancelled_plan_leaves_what_is_public(client, city, editor, hours):
    page = make_page(city, translation={"title": "Alt"})
    publish(client, page, "Neu", publish_at=hours[1])
    client.post(reverse("admin:pages_pagetranslation_cancel", args=[page.translations.get().pk]))
    assert [title_at(client, page, hour) for hour in hours[:3]] == ["Alt", "Alt", "Alt"]


def test_end_can_be_taken_out_again(client, city, editor, hours):
    page = make_page(city, translation={"title": "Alt"})
    publish(client, page, "Alt", publish_until=hours[1])
    publish(client, page, "Alt", publish_until=None)
    assert title_at(client, page, hours[3]) == "Alt"
