"""What is public when: the rules of design, one by one."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from pages.models import PageRevision, PageTranslation, State
from tests.factories import make_city, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 10, tzinfo=timezone.get_fixed_timezone(60))
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(clock):
    page = make_page(make_city(), published=False, translation={"title": "Alt"})
    return page.translations.get()


def edit(draft, title):
    draft.refresh_from_db()
    draft.title = title
    draft.save()
    return draft


def title_at(draft, instant):
    revisions = PageRevision.objects.filter(translation=draft).visible_at(instant)
    return [revision.title for revision in revisions]


def test_draft_is_not_public(draft):
    assert title_at(draft, MONDAY) == []


def test_published_text_is_public_from_now_on(draft):
    draft.publish(by=None)
    assert title_at(draft, MONDAY - timedelta(microseconds=1)) == []
    assert title_at(draft, MONDAY) == ["Alt"]
    assert title_at(draft, MONDAY + timedelta(days=9999)) == ["Alt"]


def test_editing_a_draft_changes_nothing_public(draft):
    draft.publish(by=None)
    edit(draft, "Neu")
    assert title_at(draft, MONDAY) == ["Alt"]


def test_publishing_again_replaces_what_was_public(draft, clock):
    draft.publish(by=None)
    clock.shift(HOUR)
    edit(draft, "Neu").publish(by=None)
    assert title_at(draft, MONDAY + HOUR - timedelta(microseconds=1)) == ["Alt"]
    assert title_at(draft, MONDAY + HOUR) == ["Neu"]


def test_publishing_twice_in_one_instant_leaves_one_public_text(draft):
    draft.publish(by=None)
    edit(draft, "Neu").publish(by=None)
    assert title_at(draft, MONDAY + HOUR) == ["Neu"]


def test_publishing_the_same_words_again_changes_nothing(draft, clock):
    first = draft.publish(by=None)
    clock.shift(HOUR)
    assert draft.publish(by=None) == first
    assert draft.revisions.count() == 1


def test_planned_text_replaces_the_public_one_at_its_instant(draft):
    draft.publish(by=None)
    edit(draft, "Neu").publish(by=None, at=MONDAY + HOUR)
    assert title_at(draft, MONDAY + HOUR - timedelta(microseconds=1)) == ["Alt"]
    assert title_at(draft, MONDAY + HOUR) == ["Neu"]


def test_a_new_plan_replaces_the_one_before(draft):
    draft.publish(by=None)
    edit(draft, "Erster Plan").publish(by=None, at=MONDAY + HOUR)
    edit(draft, "Zweiter Plan").publish(by=None, at=MONDAY + 3 * HOUR)
    assert title_at(draft, MONDAY + 2 * HOUR) == ["Alt"]
    assert title_at(draft, MONDAY + 3 * HOUR) == ["Zweiter Plan"]


def test_publishing_now_drops_the_plan(draft):
    draft.publish(by=None)
    edit(draft, "Plan").publish(by=None, at=MONDAY + HOUR)
    edit(draft, "Jetzt").publish(by=None)
    assert title_at(draft, MONDAY + 2 * HOUR) == ["Jetzt"]


def test_dropping_a_plan_leaves_the_public_text_without_end(draft):
    draft.publish(by=None)
    edit(draft, "Plan").publish(by=None, at=MONDAY + HOUR)
    assert draft.cancel_planned() is True
    assert title_at(draft, MONDAY + 2 * HOUR) == ["Alt"]
    assert draft.cancel_planned() is False


def test_text_expires_at_its_instant(draft):
    draft.publish(by=None, until=MONDAY + HOUR)
    assert title_at(draft, MONDAY + HOUR - timedelta(microseconds=1)) == ["Alt"]
    assert title_at(draft, MONDAY + HOUR) == []


def test_text_that_expires_can_be_made_permanent(draft, clock):
    draft.publish(by=None, until=MONDAY + HOUR)
    clock.shift(HOUR / 2)
    draft.publish(by=None)
    assert title_at(draft, MONDAY + 2 * HOUR) == ["Alt"]


def test_unpublishing_ends_the_public_text_and_the_plan(draft, clock):
    person = make_user()
    draft.publish(by=None)
    edit(draft, "Plan").publish(by=None, at=MONDAY + 2 * HOUR)
    clock.shift(HOUR)
    assert draft.unpublish(person) is True
    assert title_at(draft, MONDAY + HOUR) == []
    assert title_at(draft, MONDAY + 3 * HOUR) == []
    assert draft.revisions.get().ended_by == person
    assert draft.unpublish(person) is False


def test_unpublished_text_stays_in_the_draft_and_can_come_back(draft, clock):
    draft.publish(by=None)
    clock.shift(HOUR)
    draft.unpublish(None)
    clock.shift(HOUR)
    draft.publish(by=None)
    assert [len(title_at(draft, MONDAY + hours * HOUR)) for hours in (0, 1, 2)] == [1, 0, 1]


def test_unpublishing_a_page_takes_it_off_in_every_language(draft, clock):
    make_translation(draft.page, "ar")
    draft.publish(by=None)
    assert sorted(draft.page.unpublish(None)) == ["ar", "de"]
    clock.shift(HOUR)
    assert list(PageRevision.objects.live()) == []


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("title", "Zum Veröffentlichen fehlt noch die Überschrift."),
        ("summary", "Zum Veröffentlichen fehlt noch „Kurz gesagt“."),
        ("body", "Zum Veröffentlichen fehlt noch der Text."),
    ],
)
def test_incomplete_text_is_kept_but_not_published(draft, field, message):
    setattr(draft, field, "")
    draft.save()
    with pytest.raises(ValidationError) as error:
        draft.publish(by=None)
    assert error.value.message_dict == {field: [message]}
    assert title_at(draft, MONDAY) == []


def test_publish_takes_the_stored_words_not_those_in_memory(draft):
    edit(PageTranslation.objects.get(pk=draft.pk), "Gespeichert")
    draft.publish(by=None)
    assert title_at(draft, MONDAY) == ["Gespeichert"]


def test_restore_puts_earlier_words_into_the_draft_only(draft, clock):
    first = draft.publish(by=None)
    clock.shift(HOUR)
    edit(draft, "Neu").publish(by=None)
    draft.restore(first, by=None)
    draft.refresh_from_db()
    assert draft.title == "Alt"
    assert title_at(draft, MONDAY + HOUR) == ["Neu"]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(0, None), (1, 3), (-1, 1), (3, 5), (2, None)],
)
def test_database_refuses_overlapping_revisions(draft, starts, ends):
    draft.revisions.create(title="A", visible_from=MONDAY, visible_until=MONDAY + 4 * HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.revisions.create(
            title="B",
            visible_from=MONDAY + starts * HOUR,
            visible_until=ends and MONDAY + ends * HOUR,
        )


def test_database_refuses_to_stretch_a_revision_over_the_next(draft):
    first = draft.revisions.create(title="A", visible_from=MONDAY, visible_until=MONDAY + HOUR)
    draft.revisions.create(title="B", visible_from=MONDAY + HOUR, visible_until=MONDAY + 2 * HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        PageRevision.objects.filter(pk=first.pk).update(visible_until=MONDAY + 90 * HOUR / 60)


def test_database_takes_revisions_that_follow_each_other_and_other_languages(draft):
    other = make_translation(draft.page, "ar", published=False)
    for translation in (draft, other):
        translation.revisions.create(title="A", visible_from=MONDAY, visible_until=MONDAY + HOUR)
        translation.revisions.create(title="B", visible_from=MONDAY + HOUR)
    assert PageRevision.objects.visible_at(MONDAY).count() == 2


def test_database_refuses_a_revision_that_ends_before_it_starts(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.revisions.create(title="A", visible_from=MONDAY, visible_until=MONDAY)


# --- Which translations are outdated: by content, never by clock -----------------------------------


@pytest.fixture
def arabic(draft):
    source = draft.publish(by=None)
    return make_translation(draft.page, "ar", source_digests=source.digests)


def states(draft):
    translations = PageTranslation.objects.with_state().filter(page=draft.page)
    by_tag = {translation.language: translation for translation in translations}
    source_live = by_tag["de"].live_revision()
    return {tag: translation.state(source_live) for tag, translation in by_tag.items()}


def test_translation_of_the_public_text_is_current(draft, arabic):
    assert states(draft) == {"de": State.PUBLIC, "ar": State.PUBLIC}


def test_source_draft_does_not_outdate_a_translation(draft, arabic):
    edit(draft, "Neu")
    assert states(draft) == {"de": State.CHANGED, "ar": State.PUBLIC}


def test_published_change_of_the_source_outdates_a_translation(draft, arabic, clock):
    clock.shift(HOUR)
    edit(draft, "Neu").publish(by=None)
    assert states(draft) == {"de": State.PUBLIC, "ar": State.OUTDATED}


def test_planned_change_outdates_a_translation_only_at_its_instant(draft, arabic, clock):
    edit(draft, "Neu").publish(by=None, at=MONDAY + HOUR)
    assert states(draft) == {"de": State.PLANNED, "ar": State.PUBLIC}
    clock.shift(HOUR)
    assert states(draft) == {"de": State.PUBLIC, "ar": State.OUTDATED}


def test_publishing_the_source_unchanged_does_not_outdate(draft, arabic, clock):
    clock.shift(HOUR)
    draft.publish(by=None)
    assert states(draft)["ar"] == State.PUBLIC


def test_undoing_a_change_of_the_source_makes_the_translation_current_again(draft, arabic, clock):
    for title in ("Neu", "Alt"):
        clock.shift(HOUR)
        edit(draft, title).publish(by=None)
    assert states(draft)["ar"] == State.PUBLIC


def test_new_blocks_of_the_source_are_known_one_by_one(draft, arabic, clock):
    clock.shift(HOUR)
    draft.refresh_from_db()
    draft.body = "<p>Erster Absatz.</p><p>Neuer Absatz.</p><p>Zweiter Absatz.</p>"
    draft.save()
    source = draft.publish(by=None)
    assert source.blocks_unknown_to(arabic.revisions.get()) == ["<p>Neuer Absatz.</p>"]


def test_own_text_without_source_is_never_outdated(draft, clock):
    draft.publish(by=None)
    make_translation(draft.page, "de-simple")
    clock.shift(HOUR)
    edit(draft, "Neu").publish(by=None)
    assert states(draft)["de-simple"] == State.OWN


def test_states_before_and_after_a_text_was_public(draft, clock):
    assert states(draft) == {"de": State.DRAFT}
    draft.publish(by=None, at=MONDAY + HOUR)
    assert states(draft) == {"de": State.PLANNED}
    draft.publish(by=None)
    clock.shift(HOUR)
    draft.unpublish(None)
    assert states(draft) == {"de": State.WITHDRAWN}


# --- Ends that somebody chose ---------------------------------------------------------------------------


def end_of_public_text(draft):
    return PageRevision.objects.live().get(translation=draft).visible_until


@pytest.mark.parametrize("plan", [1, 2, 3])
def test_dropping_a_plan_gives_the_public_text_back_the_end_it_had(draft, plan):
    end = MONDAY + 2 * HOUR
    draft.publish(by=None, until=end)
    edit(draft, "Plan").publish(by=None, at=MONDAY + plan * HOUR)
    draft.cancel_planned()
    assert end_of_public_text(draft) == end


def test_a_new_plan_remembers_the_end_from_before_the_first(draft):
    end = MONDAY + 9 * HOUR
    draft.publish(by=None, until=end)
    edit(draft, "Plan eins").publish(by=None, at=MONDAY + HOUR)
    edit(draft, "Plan zwei").publish(by=None, at=MONDAY + 2 * HOUR)
    draft.cancel_planned()
    assert end_of_public_text(draft) == end


@pytest.mark.parametrize(("at", "until"), [(None, 0), (None, -1), (2, 1), (2, 2)])
def test_an_end_before_the_beginning_is_refused_and_drops_no_plan(draft, at, until):
    draft.publish(by=None)
    edit(draft, "Plan").publish(by=None, at=MONDAY + HOUR)
    with pytest.raises(ValidationError):
        draft.publish(by=None, at=at and MONDAY + at * HOUR, until=MONDAY + until * HOUR)
    assert title_at(draft, MONDAY + HOUR) == ["Plan"]


def test_empty_paragraphs_are_no_text(draft):
    draft.body = "<p></p><p> </p>"
    draft.save()
    with pytest.raises(ValidationError) as error:
        draft.publish(by=None)
    assert list(error.value.message_dict) == ["body"]
