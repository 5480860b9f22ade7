"""What a file from the agency changes, and what it cannot."""

import pytest
from django.core import signing
from django.utils import timezone

from contacts.models import Role
from exchange.comparison import Outcome
from exchange.delivery import KEPT_FOR, ReportChanged, accept, report_on, ticket
from exchange.reading import FileError
from pages.models import PageTranslation
from tests.exchange.agency import export, translated, translated_throughout
from tests.factories import make_city, make_image, make_offer, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db

GERMAN = "<p>Eins <strong>fett</strong></p><p>Zwei</p><ul><li>Drei</li></ul>"
ARABIC = "<p>one <strong>bold</strong></p><p>two</p><ul><li>three</li></ul>"


@pytest.fixture
def city():
    return make_city(languages=["de", "ar", "en", "de-simple"])


@pytest.fixture
def editor(city):
    return make_user(city, Role.EDITOR)


@pytest.fixture
def page(city):
    return make_page(city, translation={"title": "Titel", "body": GERMAN})


@pytest.fixture
def arabic(page):
    """Renders the German text as it is."""
    return write_arabic(page, title="title", summary="short", body=ARABIC)


def write_arabic(page, **texts):
    source = page.translations.get(language="de")
    return make_translation(page, "ar", source_digests=source.digests, **texts)


def change(text, **texts):
    text.refresh_from_db()
    for field, words in texts.items():
        setattr(text, field, words)
    text.save()


def german_becomes(page, **texts):
    german = page.translations.get(language="de")
    change(german, **texts)
    german.publish(None)


def report(data, user, language="ar"):
    [report] = report_on(data, language, user)
    return report


def outcomes(data, user):
    return {line.unit.id: line.outcome.value for line in report(data, user).lines}


def notes(data, user):
    return [note for line in report(data, user).lines for note in line.notes]


def deliver(data, user, language="ar"):
    return accept(ticket(data, language, user, report_on(data, language, user)), user)


def stored(page, language="ar"):
    return page.translations.get(language=language)


def german(page):
    return page.translations.get(language="de")


# --- What is written ---------------------------------------------------------------------------------


def test_report_writes_nothing(page, arabic, editor):
    before = list(PageTranslation.objects.values())
    assert report(translated_throughout(export()), editor).writes
    assert list(PageTranslation.objects.values()) == before


def test_changed_block_is_written_into_the_draft_only(page, arabic, editor):
    deliver(translated(export(), body_2="zwei"), editor)
    text = stored(page)
    assert text.body == "<p>one <strong>bold</strong></p>\n<p>zwei</p>\n<ul><li>three</li></ul>"
    assert (text.updated_by, text.version) == (editor, arabic.version + 1)
    assert text.revisions.live().get().body == ARABIC


def test_new_translation_is_complete_when_every_unit_is_there(page, editor):
    deliver(translated_throughout(export()), editor)
    text = stored(page)
    assert text.title == "X Titel"
    assert text.body == "<p>X Eins <strong>fett</strong></p>\n<p>X Zwei</p>\n<ul><li>X Drei</li></ul>"
    assert text.source_digests == page.translations.get(language="de").digests


def test_new_translation_with_a_gap_renders_nothing_yet(page, editor):
    deliver(translated(export(), title="t", body_1='a <g id="1">b</g>', body_3='<g id="1">c</g>'), editor)
    text = stored(page)
    assert text.body == "<p>a <strong>b</strong></p>\n<ul><li>c</li></ul>"
    assert text.source_digests == {"body": []}


def test_easy_german_with_a_gap_stays_a_text_of_its_own(page, editor):
    deliver(translated(export("de-simple"), title="Leicht"), editor, "de-simple")
    assert stored(page, "de-simple").source_digests == {}


def test_gap_leaves_the_translation_as_outdated_as_it_was(page, arabic, editor):
    german_becomes(page, body=GERMAN + "<p>Vier</p>", summary="Neu.")
    before = stored(page).source_digests
    deliver(translated(export(), body_4="four"), editor)
    assert stored(page).body.endswith("<p>four</p>")
    assert stored(page).source_digests == before


def test_unit_that_the_agency_calls_unfinished_is_written_and_completes_nothing(page, editor):
    data = translated(translated_throughout(export()), state="needs-review-translation", summary="x")
    deliver(data, editor)
    assert (stored(page).summary, stored(page).source_digests) == ("x", {"body": []})


def test_new_german_block_finds_its_place_in_the_translation(page, arabic, editor):
    german_becomes(page, body=GERMAN.replace("<p>Zwei</p>", "<p>Neu</p><p>Zwei</p>"))
    data = export()
    assert outcomes(data, editor) == {
        "title": "unchanged",
        "summary": "unchanged",
        "body-1": "unchanged",
        "body-2": "missing",
        "body-3": "unchanged",
        "body-4": "unchanged",
    }
    deliver(translated(data, body_2="new"), editor)
    text = stored(page)
    assert text.body == "<p>one <strong>bold</strong></p>\n<p>new</p>\n<p>two</p>\n<ul><li>three</li></ul>"
    assert text.source_digests == german(page).digests


def test_block_that_german_has_no_more_goes_when_the_rest_is_translated(page, arabic, editor):
    german_becomes(page, body="<p>Eins <strong>neu</strong></p><ul><li>Drei</li></ul>")
    deliver(translated(export(), body_1='one <g id="1">new</g>'), editor)
    assert stored(page).body == "<p>one <strong>new</strong></p>\n<ul><li>three</li></ul>"
    assert stored(page).source_digests == german(page).digests


def test_block_that_moved_takes_its_translation_along(page, arabic, editor):
    german_becomes(page, body="<ul><li>Drei</li></ul><p>Eins <strong>fett</strong></p><p>Zwei</p>")
    deliver(translated(export(), summary="s"), editor)
    assert stored(page).body == "<ul><li>three</li></ul>\n<p>one <strong>bold</strong></p>\n<p>two</p>"
    assert stored(page).source_digests == german(page).digests


def test_rule_between_blocks_is_not_lost(city, editor):
    page = make_page(city, translation={"body": "<p>Oben</p><hr><p>Unten</p>"})
    deliver(translated_throughout(export("ar", page)), editor)
    assert stored(page).body == "<p>X Oben</p>\n<hr>\n<p>X Unten</p>"


def test_further_fields_of_a_kind_and_the_words_for_a_picture_go_along(city, editor):
    page = make_offer(
        city,
        translation={"steps": "Erst\nDann", "picture": make_image(city), "picture_alternative": "Ein Haus"},
    )
    data = export("ar", page)
    assert {"steps", "picture_alternative"} <= outcomes(data, editor).keys()
    deliver(translated(data, steps='first<x id="1" ctype="lb"/>then', picture_alternative="a house"), editor)
    text = stored(page)
    assert (text.steps, text.picture_alternative) == ("first\nthen", "a house")


def test_translation_built_differently_is_replaced_as_a_whole_or_not_at_all(page, editor):
    make_translation(page, "ar", body="<p>free</p>")
    part = translated(export(), body_1='a <g id="1">b</g>')
    assert outcomes(part, editor)["body-1"] == "refused"
    assert "anders aufgebaut" in notes(part, editor)[0]
    deliver(translated_throughout(export()), editor)
    assert stored(page).body == "<p>X Eins <strong>fett</strong></p>\n<p>X Zwei</p>\n<ul><li>X Drei</li></ul>"


def test_same_file_twice_changes_nothing_the_second_time(page, editor):
    data = translated_throughout(export())
    deliver(data, editor)
    assert deliver(data, editor) == []


# --- What happened meanwhile --------------------------------------------------------------------------


def test_german_that_changed_meanwhile_is_said_and_the_translation_stays_outdated(page, arabic, editor):
    exported = german(page).digests
    data = translated_throughout(export())
    german_becomes(page, body=GERMAN.replace("Zwei", "Zwo"))
    reported = report(data, editor)
    assert reported.source_changed
    assert [line.unit.id for line in reported.lines if line.notes] == ["body-2"]
    deliver(data, editor)
    assert stored(page).source_digests == exported
    assert stored(page).source_digests != german(page).digests


def test_old_file_does_not_outdate_a_translation_that_is_ahead_of_it(page, arabic, editor):
    data = export()
    german_becomes(page, body=GERMAN.replace("Zwei", "Zwo"))
    newest = german(page).digests
    change(arabic, source_digests=newest)
    deliver(data, editor)
    assert stored(page).source_digests == newest


def test_words_typed_into_the_draft_meanwhile_stay(page, arabic, editor):
    data = translated(export(), summary="agency", body_1='agency <g id="1">a</g>', body_2="agency")
    change(arabic, summary="typed", body=ARABIC.replace("two", "typed"))
    reported = report(data, editor)
    assert reported.draft_changed
    assert [line.unit.id for line in reported.of(Outcome.CONFLICT)] == ["summary", "body-2"]
    deliver(data, editor)
    text = stored(page)
    assert (text.summary, text.body) == (
        "typed",
        "<p>agency <strong>a</strong></p>\n<p>typed</p>\n<ul><li>three</li></ul>",
    )


def test_draft_begun_meanwhile_is_not_mixed_with_the_file(page, editor):
    data = translated_throughout(export())
    make_translation(page, "ar", title="typed", body="<p>typed</p>", published=False)
    assert outcomes(data, editor) == {
        "title": "conflict",
        "summary": "conflict",
        "body-1": "conflict",
        "body-2": "conflict",
        "body-3": "conflict",
    }
    assert deliver(data, editor) == []


def test_nothing_is_written_when_something_was_saved_since_the_report(page, arabic, editor):
    data = translated(export(), summary="agency")
    signed = ticket(data, "ar", editor, report_on(data, "ar", editor))
    change(arabic, title="typed")
    with pytest.raises(ReportChanged) as changed:
        accept(signed, editor)
    assert stored(page).summary == "short"
    assert accept(ticket(data, "ar", editor, changed.value.reports), editor) != []


@pytest.mark.parametrize("fault", ["forged", "somebody else", "expired"])
def test_report_is_accepted_by_its_reader_within_its_time(page, arabic, editor, time_machine, fault):
    data = translated(export(), summary="agency")
    signed = ticket(data, "ar", editor, report_on(data, "ar", editor))
    user = editor
    if fault == "forged":
        signed = signing.dumps({"file": "", "user": editor.pk}, salt="another")
    elif fault == "somebody else":
        user = make_user(page.city, Role.EDITOR)
    else:
        time_machine.move_to(timezone.now() + timezone.timedelta(seconds=KEPT_FOR + 60))
    with pytest.raises(FileError, match="abgelaufen"):
        accept(signed, user)
    assert stored(page).summary == "short"


# --- What breaks nothing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ({"body_1": '<g id="7">a</g>'}, "fremder Code"),
        ({"body_1": '<g id="1">a</g><g id="1">b</g>'}, "mehr als einmal"),
        ({"body_3": "three"}, "geschützter Code fehlt"),
        ({"body_3": 'words <g id="1">three</g>'}, "geschützter Code fehlt"),
        ({"body_2": "<script>alert(1)</script>"}, "fremder Code"),
        ({"body_2": "&lt;script&gt;alert(1)&lt;/script&gt;"}, "HTML-Befehle"),
        ({"title": "&lt;img src=x onerror=alert(1)&gt;"}, "HTML-Befehle"),
        ({"title": "x" * 161}, "161 Zeichen"),
    ],
)
def test_unit_that_would_break_something_is_refused_with_a_sentence(page, arabic, editor, targets, sentence):
    data = translated(export(), **targets)
    [note] = notes(data, editor)
    assert sentence in note
    assert "refused" in outcomes(data, editor).values()
    assert deliver(data, editor) == []


def test_lost_emphasis_is_said_and_taken(page, arabic, editor):
    data = translated(export(), body_1="one without bold")
    assert notes(data, editor) == ["Fettung, Schrägschrift oder ein Zeilenumbruch des deutschen Textes fehlt."]
    deliver(data, editor)
    assert stored(page).body.startswith("<p>one without bold</p>")


def test_link_leads_where_it_led_whatever_the_agency_sends(city, editor):
    page = make_page(city, translation={"body": '<p>Zur <a href="/de/x/">Seite</a></p>'})
    data = translated(export("ar", page), body_1='to the <g id="1" ctype="link" href="https://evil.example">page</g>')
    deliver(data, editor)
    assert stored(page).body == '<p>to the <a href="/de/x/">page</a></p>'


def test_units_that_are_none_of_the_page_are_left_out(page, arabic, editor):
    data = translated(export(), title="t").replace(b'id="summary"', b'id="body-99"')
    assert report(data, editor).strange == ["body-99"]
    assert outcomes(data, editor)["summary"] == "missing"


def test_doubled_unit_is_refused(page, arabic, editor):
    data = translated(export(), title="t").replace(b'id="summary"', b'id="title"')
    assert outcomes(data, editor)["title"] == "refused"
    assert "doppelt" in notes(data, editor)[0]
