"""Two editors press at the same instant: two threads with a real database connection each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from pages.models import PageRevision, PageTranslation
from tests.factories import make_city, make_page

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions):
    """Runs each action in a thread of its own, all released together. Returns their results in order."""
    barrier = Barrier(len(actions))

    def run(action):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as threads:
        return [future.result(timeout=30) for future in [threads.submit(run, action) for action in actions]]


@pytest.fixture
def text():
    return make_page(make_city(), translation={"title": "Anfang"}).translations.get()


def fresh(text):
    return PageTranslation.objects.get(pk=text.pk)


def edit_and_publish(text, title, **when):
    def action():
        with transaction.atomic():
            draft = PageTranslation.objects.select_for_update().get(pk=text.pk)
            draft.title = title
            draft.save()
            return draft.publish(by=None, **when)

    return action


@pytest.mark.parametrize("round_", range(5))
def test_both_publish_and_one_text_is_public(text, round_):
    at_once(edit_and_publish(text, "Eins"), edit_and_publish(text, "Zwei"))
    live = PageRevision.objects.live().get(translation=text)
    assert live.title == fresh(text).title
    assert sorted(text.revisions.values_list("title", flat=True)) == ["Anfang", "Eins", "Zwei"]


def test_pressing_publish_twice_makes_one_revision(text):
    fresh(text).unpublish(None)
    first, second = at_once(*[lambda: fresh(text).publish(by=None)] * 2)
    assert first == second
    assert text.revisions.count() == 2


@pytest.mark.parametrize("round_", range(5))
def test_two_plans_at_once_leave_one_plan(text, round_):
    soon = timezone.now() + timedelta(hours=1)
    at_once(edit_and_publish(text, "Eins", at=soon), edit_and_publish(text, "Zwei", at=soon + timedelta(hours=1)))
    planned = text.revisions.get(visible_from__gt=timezone.now())
    live = PageRevision.objects.live().get(translation=text)
    assert (live.title, live.visible_until) == ("Anfang", planned.visible_from)


@pytest.mark.parametrize("round_", range(5))
def test_publishing_and_withdrawing_at_once_leaves_no_two_public_texts(text, round_):
    at_once(edit_and_publish(text, "Neu"), lambda: fresh(text).unpublish(None))
    assert PageRevision.objects.live().filter(translation=text).count() <= 1
    assert fresh(text).title == "Neu"


def test_second_writer_waits_until_the_first_is_done(text):
    """Without the lock both would read the old public text and collide in the database's own rule."""
    titles = [f"Fassung {number}" for number in range(6)]
    at_once(*[edit_and_publish(text, title) for title in titles])
    assert sorted(text.revisions.exclude(title="Anfang").values_list("title", flat=True)) == titles
    assert text.revisions.filter(visible_until=None).count() == 1


def test_publishing_does_not_wait_for_another_page_with_the_same_words():
    """What each writes for the search is its own. In a list for both, two would wait for each other for ever."""
    city = make_city()
    first, second = (make_page(city, slug=slug, published=False).translations.get() for slug in ("eins", "zwei"))

    def publish_without_waiting():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            second.publish(by=None)

    with transaction.atomic():
        first.publish(by=None)
        if connection.vendor == "postgresql":
            at_once(publish_without_waiting)
    if connection.vendor == "sqlite":  # lets one write after the other
        second.publish(by=None)
    assert PageRevision.objects.live().count() == 2
