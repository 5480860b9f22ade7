"""What the start page shows of what is going on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from offers.models import Call
from tests.factories import make_city, make_event, make_news, make_page, make_translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier")


def titles(client, name, language="de"):
    return [entry.revision.title for entry in client.get(f"/{language}/hier/").context[name]]


def test_next_three_events_come_in_their_order(client, city):
    now = timezone.now()
    for days in (5, 1, 9, 3, -2):
        make_event(city, now + timedelta(days=days), translation={"title": f"In {days} Tagen"})
    assert titles(client, "events") == ["In 1 Tagen", "In 3 Tagen", "In 5 Tagen"]


def test_call_that_closes_first_stands_in_front_and_one_without_deadline_last(client, city):
    now = timezone.now()
    for name, ends_at in [("ohne Frist", None), ("bald", now + timedelta(1)), ("später", now + timedelta(2))]:
        make_page(city, model=Call, programme="P", ends_at=ends_at, translation={"title": name})
    make_page(city, model=Call, programme="P", ends_at=now - timedelta(1), translation={"title": "zu"})
    assert titles(client, "calls") == ["bald", "später", "ohne Frist"]


def test_newest_news_come_first_and_a_late_translation_changes_nothing(client, city):
    now = timezone.now()
    news = []
    for days in (9, 7, 5, 3):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            news.append(make_news(city, translation={"title": f"Vor {days} Tagen"}))
    make_translation(news[0], "ar", title="قديم")
    make_translation(news[3], "ar", title="جديد")
    assert titles(client, "news") == ["Vor 3 Tagen", "Vor 5 Tagen", "Vor 7 Tagen"]
    assert titles(client, "news", "ar") == ["جديد", "Vor 5 Tagen", "Vor 7 Tagen"]
