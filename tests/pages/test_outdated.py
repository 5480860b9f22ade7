"""Nothing makes a translation outdated but a public change of the German words that it renders.

First the eight ways in which other systems call a translation outdated for nothing, then small corrections.
"""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from pages.models import PageRevision, PageTranslation, State
from tests.factories import make_city, make_contact, make_page, make_translation

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 10, tzinfo=timezone.get_fixed_timezone(60))
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def german(clock):
    page = make_page(make_city(), translation={"title": "Alt"})
    return page.translations.get()


@pytest.fixture
def arabic(german, clock):
    translation = make_translation(german.page, "ar", source_digests=german.revisions.get().digests)
    clock.shift(HOUR)
    return translation


def edit(german, title):
    german.refresh_from_db()
    german.title = title
    german.save()
    return german


def state(translation):
    by_tag = {each.language: each for each in PageTranslation.objects.with_state().filter(page=translation.page)}
    return by_tag[translation.language].state(by_tag["de"].live_revision())


def test_change_of_the_public_german_text_outdates(german, arabic):
    """Without this the next ones would mean nothing."""
    edit(german, "Neu").publish(by=None)
    assert state(arabic) == State.OUTDATED


def test_saving_a_german_draft_outdates_nothing(german, arabic):
    edit(german, "Neu")
    assert state(arabic) == State.PUBLIC


def test_publishing_the_german_text_again_unchanged_outdates_nothing(german, arabic, clock):
    german.publish(by=None)
    german.unpublish(by=None)
    clock.shift(HOUR)
    german.publish(by=None)
    assert german.revisions.count() == 2
    assert state(arabic) == State.PUBLIC


def test_translating_into_another_language_outdates_nothing(german, arabic, clock):
    turkish = make_translation(german.page, "tr", source_digests=german.revisions.get().digests)
    clock.shift(HOUR)
    turkish.title = "Yeni"
    turkish.save()
    turkish.publish(by=None)
    assert [state(each) for each in (arabic, turkish)] == [State.PUBLIC, State.PUBLIC]


def test_restoring_an_earlier_german_text_outdates_nothing(german, arabic, clock):
    former = german.revisions.get()
    edit(german, "Neu").publish(by=None, small_correction=True)
    clock.shift(HOUR)
    german.restore(former, by=None)
    assert state(arabic) == State.PUBLIC
    german.publish(by=None)
    assert state(arabic) == State.PUBLIC


def test_jobs_over_all_texts_outdate_nothing(german, arabic):
    for text in PageTranslation.objects.all():
        text.save()
    for revision in PageRevision.objects.all():
        revision.save()
    call_command("build_search_index", verbosity=0)
    assert state(arabic) == State.PUBLIC


def test_changing_a_contact_of_the_page_outdates_nothing(german, arabic):
    contact = make_contact(german.page.city)
    german.page.contacts.add(contact)
    contact.phone = "030 23125 099"
    contact.save()
    german.page.position = 7
    german.page.save()
    assert state(arabic) == State.PUBLIC


def test_small_correction_of_the_german_text_outdates_nothing(german, arabic):
    edit(german, "Alt!").publish(by=None, small_correction=True)
    assert state(arabic) == State.PUBLIC


def test_undoing_a_german_change_outdates_nothing(german, arabic, clock):
    for title, expected in [("Neu", State.OUTDATED), ("Alt", State.PUBLIC)]:
        edit(german, title).publish(by=None)
        clock.shift(HOUR)
        assert state(arabic) == expected


# --- Small corrections -------------------------------------------------------------------------------


def publish_titles(german, clock, *titles):
    """Titles in order; those that begin with ~ are small corrections of the one before."""
    for title in titles:
        edit(german, title.lstrip("~")).publish(by=None, small_correction=title.startswith("~"))
        clock.shift(HOUR)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["~B", "~C"], State.PUBLIC),
        (["B", "~C"], State.OUTDATED),
        (["~B", "C"], State.OUTDATED),
        (["~B", "C", "B"], State.PUBLIC),
        (["~B", "C", "Alt"], State.PUBLIC),
        (["~B", "C", "~D"], State.OUTDATED),
        (["~B", "C", "~Alt"], State.PUBLIC),
        (["B", "~C", "Alt", "C"], State.OUTDATED),
    ],
)
def test_translation_follows_small_corrections_and_nothing_else(german, arabic, clock, titles, expected):
    publish_titles(german, clock, *titles)
    assert state(arabic) == expected


def test_translation_of_the_corrected_text_stays_valid_when_the_correction_is_undone(german, clock):
    clock.shift(HOUR)
    publish_titles(german, clock, "~B")
    arabic = make_translation(german.page, "ar", source_digests=german.revisions.first().digests)
    publish_titles(german, clock, "Alt")
    assert state(arabic) == State.PUBLIC


def test_translation_that_was_only_a_draft_stays_valid_too(german, clock):
    arabic = make_translation(german.page, "ar", published=False, source_digests=german.revisions.get().digests)
    clock.shift(HOUR)
    publish_titles(german, clock, "~B")
    arabic.publish(by=None)
    assert state(arabic) == State.PUBLIC


def test_planned_small_correction_counts_from_its_instant_on(german, arabic, clock):
    edit(german, "B").publish(by=None, at=MONDAY + 5 * HOUR, small_correction=True)
    assert state(arabic) == State.PUBLIC
    clock.move_to(MONDAY + 5 * HOUR)
    assert state(arabic) == State.PUBLIC
    assert PageRevision.objects.live().get(translation=german).title == "B"


def test_small_correction_that_was_planned_and_dropped_never_was(german, arabic, clock):
    edit(german, "B").publish(by=None, at=MONDAY + 5 * HOUR, small_correction=True)
    german.cancel_planned()
    edit(german, "B").publish(by=None)
    assert state(arabic) == State.OUTDATED


def test_small_correction_replaces_a_planned_change(german, arabic, clock):
    edit(german, "Groß").publish(by=None, at=MONDAY + 5 * HOUR)
    edit(german, "Alt!").publish(by=None, at=MONDAY + 6 * HOUR, small_correction=True)
    clock.move_to(MONDAY + 7 * HOUR)
    assert state(arabic) == State.PUBLIC


def test_small_correction_of_a_withdrawn_page_keeps_its_translations(german, arabic, clock):
    german.unpublish(by=None)
    clock.shift(HOUR)
    publish_titles(german, clock, "~B")
    assert state(arabic) == State.PUBLIC


def test_small_correction_that_was_none_can_be_taken_back(german, arabic, clock):
    publish_titles(german, clock, "~B", "~C")
    edit(german, "D").publish(by=None, at=MONDAY + 9 * HOUR, small_correction=True)
    assert german.compare_strictly() is True
    assert state(arabic) == State.OUTDATED
    assert german.compare_strictly() is False
    clock.move_to(MONDAY + 9 * HOUR)
    assert state(arabic) == State.OUTDATED
    arabic.source_digests = german.revisions.get(title="C").digests
    arabic.save()
    arabic.publish(by=None)
    assert state(arabic) == State.PUBLIC


def test_lines_of_a_list_are_seen(clock):
    page = make_page(make_city(), translation={"steps": "Eins Zwei"})
    german = page.translations.get()
    arabic = make_translation(page, "ar", source_digests=german.revisions.get().digests)
    clock.shift(HOUR)
    german.steps = "Eins\nZwei"
    german.save()
    german.publish(by=None)
    assert state(arabic) == State.OUTDATED


# --- Drafts beside public texts -----------------------------------------------------------------------


def test_draft_that_renders_the_new_source_is_newer_though_its_words_are_the_same(german, arabic):
    arabic.source_digests = edit(german, "Neu").publish(by=None).digests
    arabic.save()
    translation = PageTranslation.objects.with_state().get(pk=arabic.pk)
    assert (state(arabic), translation.draft_is_newer()) == (State.OUTDATED, True)
    arabic.publish(by=None)
    assert state(arabic) == State.PUBLIC
