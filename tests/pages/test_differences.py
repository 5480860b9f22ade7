"""Differences between texts: what readers and editors see of a change, and that nothing is invented or lost."""

import re
from html import escape
from html.parser import HTMLParser

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from pages import differences
from pages.differences import Change, Kind, compare, compare_bodies, compare_plain, marked, plain
from pages.richtext import VOID_TAGS, blocks

SPOKEN = re.compile(r'<span class="visually-hidden"[^>]*>.*?</span>')


def without(mark, html):
    """The words of marked HTML without insertions or without deletions."""
    return plain(re.sub(rf"<{mark}>.*?</{mark}>", "", SPOKEN.sub("", html), flags=re.DOTALL))


class WellFormed(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def kinds(changes):
    return [change.kind for change in changes]


def marks(html):
    return SPOKEN.sub("", html)


# --- Properties ------------------------------------------------------------------------------------

WORD = st.sampled_from(
    ["Amt", "Uhr", "bis", "030 23125-001", "Leser*innen", "مكتب", "a", ".", ",", "<b>", "&amp;", "x-y"]
)
INLINE = st.sampled_from(["{}", "<strong>{}</strong>", '<a href="/a?b=1&amp;c">{}</a>', "<em>{}</em>", "{}<br>", "{} "])
WORDS = st.lists(st.tuples(INLINE, WORD), min_size=1, max_size=7).map(
    lambda parts: "".join(inline.format(escape(word)) for inline, word in parts)
)
PARAGRAPH = st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "h2", "h3"]), WORDS)
LIST = st.builds(
    lambda tag, items: f"<{tag}>" + "".join(f"<li><p>{item}</p></li>" for item in items) + f"</{tag}>",
    st.sampled_from(["ul", "ol"]),
    st.lists(WORDS, min_size=1, max_size=3),
)
NESTED = st.builds("<ul><li><p>{}</p>{}</li></ul>".format, WORDS, LIST)
QUOTE = st.builds("<blockquote>{}</blockquote>".format, PARAGRAPH)
BLOCK = st.one_of(PARAGRAPH, LIST, NESTED, QUOTE, st.just("<hr>"), WORDS)
BODY = st.lists(BLOCK, max_size=5)


@given(former=BLOCK, present=BLOCK)
@settings(max_examples=300)
def test_marked_block_without_insertions_is_the_former_and_without_deletions_the_present(former, present):
    html = marked(former, present)
    assert (without("ins", html), without("del", html)) == (plain(former), plain(present))


@given(former=BLOCK, present=BLOCK)
def test_marked_block_is_well_formed_and_brings_no_foreign_tags(former, present):
    html = marked(former, present)
    parser = WellFormed()
    parser.feed(html)
    assert parser.open == []
    tags = set(re.findall(r"<[a-z][^>]*>", SPOKEN.sub("", html))) - {"<ins>", "<del>"}
    assert tags <= set(re.findall(r"<[a-z][^>]*>", former + present))


@given(former=BODY, present=BODY)
def test_changes_hold_every_block_of_both_texts(former, present):
    changes = compare(former, present)
    assert [change.present for change in changes if change.kind != Kind.REMOVED] == present
    with_former = [change for change in changes if change.kind != Kind.ADDED]
    assert [change.former for change in sorted(with_former, key=lambda change: change.former_position)] == former


@given(former=BODY, present=BODY)
def test_what_is_not_moved_keeps_its_order(former, present):
    positions = [change.former_position for change in compare(former, present) if change.kind in ("same", "changed")]
    assert positions == sorted(positions)


@given(body=BODY)
def test_identical_texts_have_no_difference(body):
    assert kinds(compare(body, body)) == [Kind.SAME] * len(body)


@given(former=st.text(max_size=40), present=st.text(max_size=40))
def test_plain_text_is_escaped(former, present):
    html = "".join(change.html for change in compare_plain(former, present))
    assert set(re.findall(r"<[^>]*>", SPOKEN.sub("", html))) <= {"<ins>", "</ins>", "<del>", "</del>"}


# --- Blocks ----------------------------------------------------------------------------------------

ONE, TWO, THREE = "<p>Wir beraten Sie.</p>", "<p>Das kostet nichts.</p>", "<p>Kommen Sie vorbei.</p>"


def test_changed_block_is_one_change():
    assert compare([ONE, TWO], [ONE, "<p>Das kostet fast nichts.</p>"]) == [
        Change(Kind.SAME, ONE, ONE, 0),
        Change(Kind.CHANGED, TWO, "<p>Das kostet fast nichts.</p>", 1),
    ]


def test_removed_block_stands_where_it_stood():
    assert compare([ONE, TWO, THREE], [ONE, THREE]) == [
        Change(Kind.SAME, ONE, ONE, 0),
        Change(Kind.REMOVED, TWO, "", 1),
        Change(Kind.SAME, THREE, THREE, 2),
    ]


def test_other_words_are_a_removed_and_an_added_block():
    other = "<p>Heute bleibt unser Büro geschlossen!</p>"
    assert kinds(compare([ONE, TWO], [ONE, other])) == [Kind.SAME, Kind.REMOVED, Kind.ADDED]


def test_moved_block_is_moved():
    assert compare([ONE, TWO, THREE], [THREE, ONE, TWO]) == [
        Change(Kind.MOVED, THREE, THREE, 2),
        Change(Kind.SAME, ONE, ONE, 0),
        Change(Kind.SAME, TWO, TWO, 1),
    ]


def test_block_that_is_moved_and_changed_says_both():
    changes = compare([ONE, TWO, THREE], ["<p>Kommen Sie gern vorbei.</p>", ONE, TWO])
    assert str(changes[0].label) == "verschoben und geändert"


def test_heading_made_of_a_paragraph_is_a_change():
    assert kinds(compare(["<p>Kosten</p>", TWO], ["<h2>Kosten</h2>", TWO])) == [Kind.CHANGED, Kind.SAME]


def test_of_two_equal_blocks_the_missing_one_is_removed():
    assert kinds(compare([ONE, ONE], [ONE])) == [Kind.SAME, Kind.REMOVED]


def test_bodies_are_compared_block_by_block():
    assert kinds(compare_bodies(ONE + TWO, ONE)) == [Kind.SAME, Kind.REMOVED]


def test_very_long_texts_are_compared_without_looking_for_similar_blocks():
    """Somebody without account may send them."""
    former, present = ([f"<p>{word} {number}</p>" for number in range(20_000)] for word in ("a", "b"))
    assert set(kinds(compare(former, present))) == {Kind.REMOVED, Kind.ADDED}


def test_very_long_block_is_shown_as_a_whole():
    former, present = (f"<p>{word * 20_000}</p>" for word in ("a ", "b "))
    assert without("ins", marked(former, present)) == plain(former)


# --- Words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("former", "present", "html"),
    [
        ("<p>am Montag.</p>", "<p>am Dienstag.</p>", "<p>am <del>Montag</del><ins>Dienstag</ins>.</p>"),
        (
            "<p>ab acht Uhr</p>",
            "<p>ab <strong>acht</strong> Uhr</p>",
            "<p>ab <del>acht</del><strong><ins>acht</ins></strong> Uhr</p>",
        ),
        (
            '<p><a href="/a">ein Link</a></p>',
            '<p><a href="/a">ein neuer Link</a></p>',
            '<p><a href="/a">ein<ins> neuer</ins> Link</a></p>',
        ),
        ("<p>Amt</p>", "<p>Das Amt</p>", "<p><ins>Das </ins>Amt</p>"),
        ("<ul><li>a</li></ul>", "<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li><ins>b</ins></li></ul>"),
        (
            "<ul><li>a</li><li>b</li><li>c</li></ul>",
            "<ul><li>b</li><li>c</li><li>a</li></ul>",
            "<ul><li><del>a</del></li><li>b</li><li>c</li><li><ins>a</ins></li></ul>",
        ),
        ("<p>Kosten</p>", "<h2>Kosten</h2>", "<p><del>Kosten</del></p><h2><ins>Kosten</ins></h2>"),
        ("", "<ul><li>a</li></ul>", "<ul><li><ins>a</ins></li></ul>"),
        ("<hr>", "", "<del><hr></del>"),
    ],
)
def test_words_are_marked(former, present, html):
    assert marks(marked(former, present)) == html


def test_word_alone_between_long_changes_is_part_of_them():
    html = marked(
        "<p>Wir sind montags und dienstags für alle da</p>",
        "<p>Das Amt bleibt ab sofort und bis Mai geschlossen, leider</p>",
    )
    assert marks(html).count("<del>") == 1


def test_change_is_said_in_the_readers_language(monkeypatch):
    monkeypatch.setattr(differences, "gettext", {"eingefügt:": "added:", "Ende der Änderung": "end"}.get)
    with override("en"):
        html = marked("<p>a</p>", "<p>a b</p>")
    assert html == (
        '<p>a<ins><span class="visually-hidden" lang="en">added: </span> b'
        '<span class="visually-hidden" lang="en"> (end) </span></ins></p>'
    )


def test_changed_line_of_plain_text_is_one_change():
    changes = compare_plain("Pass\nFoto & Brief", "Pass\nzwei Fotos & Brief")
    assert [marks(change.html) for change in changes] == ["Pass", "<del>Foto</del><ins>zwei Fotos</ins> &amp; Brief"]


def test_one_line_is_always_compared_word_by_word():
    assert kinds(compare_plain("Alt", "Ganz neu")) == [Kind.CHANGED]


def test_blocks_of_a_body_join_to_the_same_words():
    body = "<p>a</p><ul><li><p>b</p></li></ul>"
    assert "".join(marked(block, block) for block in blocks(body)) == body
