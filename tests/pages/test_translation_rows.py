"""A translation beside its source: what the rows say, where typed words go, and that none is lost."""

import json

import pytest

from pages.models import PageTranslation
from pages.richtext import blocks
from pages.translation_rows import TranslationRows
from tests.factories import make_city, make_page, make_translation

pytestmark = pytest.mark.django_db

GERMAN = "<p>Eins ist da.</p><h2>Zwei</h2><p>Drei kommt noch dazu.</p>"
ARABIC = "<p>واحد</p><h2>اثنان</h2><p>ثلاثة</p>"


@pytest.fixture
def german():
    page = make_page(make_city(), translation={"title": "Titel", "body": GERMAN})
    return page.translations.get()


@pytest.fixture
def arabic(german):
    digests = german.revisions.get().digests
    return make_translation(german.page, "ar", title="عنوان", body=ARABIC, source_digests=digests)


def change_source(german, **fields):
    german.refresh_from_db()
    for name, words in fields.items():
        setattr(german, name, words)
    german.save()
    return german.publish(by=None)


def rows_of(translation, source):
    return TranslationRows(translation=PageTranslation.objects.get(pk=translation.pk), source=source)


def shown(form):
    return [(str(row.status), row.markup) for row in form.block_rows]


def sent(form, **changes):
    data = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list | dict):
            data[bound.html_name] = json.dumps(value)
        elif value not in (None, False):
            data[bound.html_name] = "on" if value is True else value.replace("\n", "\r\n")
    return data | {
        name.replace("_", "-") if name.startswith("block_") else name: value for name, value in changes.items()
    }


def save(translation, source, **changes):
    form = TranslationRows(sent(rows_of(translation, source), **changes), translation=translation, source=source)
    assert form.is_valid(), form.errors
    form.write_to(translation)
    translation.save()
    return translation


def test_unchanged_source_is_the_same_in_every_row(german, arabic):
    form = rows_of(arabic, german.revisions.get())
    assert {str(row.status) for row in form.rows} == {"same"}
    assert shown(form) == [("same", "واحد"), ("same", "اثنان"), ("same", "ثلاثة")]


def test_rows_say_what_changed(german, arabic):
    body = "<p>Ganz vorn ist etwas völlig anderes.</p><p>Drei kommt noch dazu.</p><p>Eins ist hier.</p>"
    form = rows_of(arabic, change_source(german, title="Neuer Titel", body=body))
    assert [(row.name, str(row.status)) for row in form.plain_rows] == [("title", "changed"), ("summary", "same")]
    assert "<ins>" in form.plain_rows[0].source_html
    statuses = {row.markup: str(row.status) for row in form.block_rows}
    assert (statuses[""], statuses["اثنان"]) == ("added", "removed")
    assert sorted([statuses["واحد"], statuses["ثلاثة"]]) in (["changed", "moved"], ["moved", "same"])


def test_words_move_with_their_source(german, arabic):
    source = change_source(german, body="<p>Drei kommt noch dazu.</p><p>Eins ist da.</p><h2>Zwei</h2>")
    assert save(arabic, source).body == "<p>ثلاثة</p><p>واحد</p><h2>اثنان</h2>"


def test_draft_in_the_middle_of_the_work_keeps_every_word_beside_its_source(german, arabic):
    source = change_source(german, body="<p>Ganz neu.</p>" + GERMAN + "<p>Auch neu, am Ende.</p>")
    save(arabic, source, block_5="الأخير")
    assert arabic.body == ARABIC + "<p>الأخير</p>"
    assert shown(rows_of(arabic, source)) == [
        ("added", ""),
        ("same", "واحد"),
        ("same", "اثنان"),
        ("same", "ثلاثة"),
        ("same", "الأخير"),
    ]


def test_changed_row_stays_changed_until_the_translation_is_said_to_be_complete(german, arabic):
    source = change_source(german, body=GERMAN.replace("noch dazu", "niemals dazu"))
    save(arabic, source, block_3="ثلاثة جديد")
    assert shown(rows_of(arabic, source))[2] == ("changed", "ثلاثة جديد")
    save(arabic, source, renders_source="on")
    assert shown(rows_of(arabic, source))[2] == ("same", "ثلاثة جديد")
    assert arabic.source_digests == source.digests


def test_removed_row_is_kept_until_somebody_drops_it(german, arabic):
    source = change_source(german, body="<p>Eins ist da.</p><p>Drei kommt noch dazu.</p>")
    assert save(arabic, source).body == ARABIC
    assert save(arabic, source, **{"drop-2": "on"}).body == "<p>واحد</p><p>ثلاثة</p>"


def test_words_only_of_the_translation_are_kept(german, arabic):
    save(arabic, german.revisions.get())
    arabic.body = ARABIC.replace("<h2>", "<p>زيادة</p><h2>")
    arabic.save()
    form = rows_of(arabic, german.revisions.get())
    assert shown(form) == [("same", "واحد"), ("extra", "زيادة"), ("same", "اثنان"), ("same", "ثلاثة")]
    assert save(arabic, german.revisions.get(), block_2="زيادة ٢").body == ARABIC.replace("<h2>", "<p>زيادة ٢</p><h2>")
    form = rows_of(arabic, german.revisions.get())
    assert shown(form) == [("same", "واحد"), ("extra", "زيادة ٢"), ("same", "اثنان"), ("same", "ثلاثة")]


def test_what_was_beside_what_is_forgotten_when_another_text_is_rendered(german, arabic):
    save(arabic, german.revisions.get())
    source = change_source(german, body=GERMAN.replace("noch dazu", "niemals dazu"))
    assert [status for status, _markup in shown(rows_of(arabic, source))] == ["same", "same", "changed"]
    arabic.source_digests = source.digests
    arabic.save()
    assert [status for status, _markup in shown(rows_of(arabic, source))] == ["same", "same", "same"]


def test_translation_in_the_middle_of_the_work_is_not_unknown(german):
    new = PageTranslation(page=german.page, language="ar")
    source = german.revisions.get()
    form = TranslationRows(
        sent(TranslationRows(translation=new, source=source), title="ع", block_1="أ"), translation=new, source=source
    )
    form.data.pop("renders_source")
    assert form.is_valid()
    form.write_to(new)
    new.save()
    again = rows_of(new, source)
    assert not again.is_unknown_source
    assert shown(again) == [("same", "أ"), ("added", ""), ("added", "")]


def test_saving_without_changes_keeps_the_stored_bytes(german, arabic):
    PageTranslation.objects.filter(pk=arabic.pk).update(body=ARABIC.replace("</p>", "</p>\n"))
    arabic.refresh_from_db()
    assert save(arabic, german.revisions.get()).body == ARABIC.replace("</p>", "</p>\n")


def test_paragraph_typed_as_two_stays_in_one_row(german, arabic):
    source = german.revisions.get()
    save(arabic, source, block_1="أ\r\n\r\nب")
    assert blocks(arabic.body)[:2] == ["<p>أ</p>", "<p>ب</p>"]
    assert shown(rows_of(arabic, source))[0] == ("same", "أ\n\nب")


def test_translation_of_an_unknown_source_is_to_be_compared_anew(german, arabic):
    arabic.source_digests = {"title": "x", "body": ["x", "y", "z"]}
    arabic.save()
    form = rows_of(arabic, german.revisions.get())
    assert form.is_unknown_source
    assert shown(form) == [("unknown", "واحد"), ("unknown", "اثنان"), ("unknown", "ثلاثة")]
    save(arabic, german.revisions.get())
    assert rows_of(arabic, german.revisions.get()).is_unknown_source
    save(arabic, german.revisions.get(), renders_source="on")
    assert not rows_of(arabic, german.revisions.get()).is_unknown_source


def test_new_translation_has_a_row_for_each_block_and_nothing_to_compare(german):
    new = PageTranslation(page=german.page, language="ar")
    form = TranslationRows(translation=new, source=german.revisions.get())
    assert {row.status_label for row in form.rows} == {""}
    assert not form.is_unknown_source
    form = TranslationRows(sent(form, title="ع", block_2="ب"), translation=new, source=german.revisions.get())
    assert form.is_valid()
    assert form.texts() == {"title": "ع", "summary": "", "body": "<h2>ب</h2>"}


def test_words_find_their_row_when_the_source_changes_while_somebody_types(german, arabic):
    opened = rows_of(arabic, german.revisions.get())
    source = change_source(german, body="<p>Ganz neu.</p>" + GERMAN)
    form = TranslationRows(sent(opened, block_3="ثلاثة!"), translation=arabic, source=source)
    assert form.is_valid()
    assert form.texts()["body"] == ARABIC.replace("ثلاثة", "ثلاثة!")
    form.write_to(arabic)
    assert arabic.source_digests != source.digests


def test_kind_of_a_block_follows_the_source(german, arabic):
    source = change_source(german, body=GERMAN.replace("h2>", "p>"))
    assert save(arabic, source).body == ARABIC.replace("h2>", "p>")


def test_typed_html_is_text(german, arabic):
    source = german.revisions.get()
    save(arabic, source, block_1="<script>alert(1)</script> [x](javascript:alert(1))")
    assert blocks(arabic.body)[0] == "<p>&lt;script&gt;alert(1)&lt;/script&gt; <a>x</a></p>"


@pytest.mark.parametrize("described", ["", "x", "[1]", '[["script","same","",""]]', '[["p","best","",""]]', "{}"])
def test_forged_rows_are_those_of_the_stored_text(german, arabic, described):
    data = sent(rows_of(arabic, german.revisions.get())) | {"block_rows": described}
    form = TranslationRows(data, translation=arabic, source=german.revisions.get())
    assert shown(form) == [("same", "واحد"), ("same", "اثنان"), ("same", "ثلاثة")]


def test_forged_fingerprint_shows_no_words(german, arabic):
    data = sent(rows_of(arabic, german.revisions.get())) | {"block_rows": '[["p","changed","0123","4567"]]'}
    assert TranslationRows(data, translation=arabic, source=german.revisions.get()).block_rows[0].source == ""


@pytest.mark.parametrize("digests", ["null", '{"title": "x"}', "[]"])
def test_only_a_text_that_was_there_can_have_been_rendered(german, arabic, digests):
    data = sent(rows_of(arabic, german.revisions.get())) | {"source_shown": digests, "renders_source": "on"}
    form = TranslationRows(data, translation=arabic, source=german.revisions.get())
    assert list(form.errors) == ["renders_source"]


def test_text_that_the_markup_cannot_say_does_not_fit(german, arabic):
    assert TranslationRows.fits(arabic, german.revisions.get())
    arabic.body = "<p>أ<em>ب</em>ج</p>"
    assert not TranslationRows.fits(arabic, german.revisions.get())


def test_field_is_read_aloud_with_its_source_and_its_error(german, arabic):
    source = german.revisions.get()
    form = TranslationRows(sent(rows_of(arabic, source), title=""), translation=arabic, source=source)
    assert not form.is_valid()
    title, summary = form.plain_rows
    assert 'aria-describedby="id_title_source id_title_error"' in title.control
    assert 'id="id_title_error"' in str(title.field.errors)
    assert 'aria-describedby="id_summary_source"' in summary.control
