"""The markup of the translator's form says everything that an editor can write, and nothing gets lost on the way."""

import html
import re
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.markup import canonical, to_html, to_markup
from pages.models import PageTranslation
from pages.richtext import blocks
from pages.text_files import read_text

SANITISER = PageTranslation._meta.get_field("body")

words = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("ab *_[]()\\-1.\"'<>&\n\xa0•–#:/")),
        st.sampled_from(list("صгß\u200f\u2028")),
    ),
    max_size=12,
)
text = words.map(lambda text: html.escape(text, quote=False))
addresses = st.one_of(
    st.sampled_from(["https://example.org/a_(b)?c=1&d=2", "mailto:a_b@example.org", "tel:115", "../seite/", "#x", ""]),
    words,
)


def element(tag, content, attributes=""):
    return content.map(lambda inner: f"<{tag}{attributes}>{inner}</{tag}>")


def joined(strategy, smallest=0):
    return st.lists(strategy, min_size=smallest, max_size=4).map("".join)


def link(inner):
    return st.tuples(addresses, words, inner).map(lambda parts: link_of(*parts))


def link_of(address, title, inner):
    title = f' title="{html.escape(title)}"' if title.strip() else ""
    return f'<a href="{html.escape(address)}"{title}>{inner}</a>'


inline = st.recursive(
    st.one_of(text, text, st.just("<br>")),
    lambda inner: st.one_of(joined(inner, 1), element("strong", inner), element("em", inner), link(inner)),
    max_leaves=6,
)
lists = st.recursive(
    joined(element("li", st.one_of(joined(element("p", inline), 1), inline)), 1),
    lambda items: joined(
        element(
            "li", st.tuples(element("p", inline), st.one_of(element("ul", items), element("ol", items))).map("".join)
        ),
        1,
    ),
    max_leaves=4,
)
any_block = st.one_of(
    *(element(tag, inline) for tag in ("p", "h2", "h3")),
    element("blockquote", st.one_of(joined(element("p", inline), 1), inline)),
    element("ul", lists),
    element("ol", lists),
    element("ol", lists, ' start="4"'),
    st.just("<hr>"),
)


@given(any_block)
def test_markup_of_anything_the_sanitiser_allows_gives_the_same_html_again(written):
    for block in blocks(SANITISER.clean(written, None)):
        if found := to_markup(block):
            assert to_html(*found) == canonical(block)


@given(any_block)
def test_canonical_html_is_the_same_for_the_sanitiser(written):
    """So what the form saves is not changed by cleaning it."""
    for block in blocks(SANITISER.clean(written, None)):
        if found := to_markup(block):
            assert SANITISER.clean(to_html(*found), None) == to_html(*found)


@given(words, st.sampled_from(["p", "h2", "ul", "ol", "blockquote", "tight ul"]))
def test_any_typed_words_become_safe_html_with_all_letters(typed, kind):
    result = to_html(kind, typed)
    assert SANITISER.clean(result, None) == result
    letters = [letter for letter in typed if letter.isalpha()]
    assert [letter for letter in html.unescape(re.sub("<[^>]*>", "", result)) if letter.isalpha()] == letters


@pytest.mark.parametrize(
    ("block", "kind", "markup"),
    [
        ("<p>Für Leser*innen: a_b@example.org</p>", "p", "Für Leser*innen: a_b@example.org"),
        ("<p><strong>Kostenlos</strong> und <em>ohne Termin</em></p>", "p", "**Kostenlos** und _ohne Termin_"),
        ("<p>Eins<br>Zwei</p>", "p", "Eins\nZwei"),
        ("<p>Eins<br><br>Zwei</p>", "p", "Eins\\\n\\\nZwei"),
        (
            '<p>Siehe <a href="https://example.org/a_(b)"><strong>hier</strong></a>.</p>',
            "p",
            "Siehe [**hier**](https://example.org/a_\\(b\\)).",
        ),
        ('<p><a href="tel:115" title="Amt">115</a></p>', "p", '[115](tel:115 "Amt")'),
        ("<h2>5 ** 3 [x] _y_ C:\\d</h2>", "h2", "5 \\*\\* 3 \\[x\\] \\_y\\_ C:\\\\d"),
        (
            "<ul><li><p>Eins</p><ol><li><p>Eins a</p></li></ol></li><li><p>Zwei<br>- drei</p><p>Vier</p></li></ul>",
            "ul",
            "- Eins\n  1. Eins a\n- Zwei\n  \\- drei\n\n  Vier",
        ),
        ('<ol start="3"><li>Drei</li><li>Vier</li></ol>', "tight ol", "3. Drei\n4. Vier"),
        ("<blockquote><p>Eins</p><p>Zwei</p></blockquote>", "blockquote", "Eins\n\nZwei"),
        ("<hr>", "hr", ""),
        ("<p>عربي (Neu)Zuwander*innen &lt;b&gt;&nbsp;&amp;</p>", "p", "عربي (Neu)Zuwander*innen <b>\xa0&"),
    ],
)
def test_block_reads_as_its_markup_and_back(block, kind, markup):
    assert to_markup(block) == (kind, markup)
    assert to_html(kind, markup) == block


@pytest.mark.parametrize(
    "block",
    [
        "lose",
        "<em>lose</em>",
        '<ol type="a"><li>x</li></ol>',
        "<ul><li><blockquote><p>x</p></blockquote></li></ul>",
        "<p>Wort<em>teil</em>e</p>",
        "<p>a<a>ohne Adresse</a></p>",
        "<ul><li><p>a</p></li><li>b</li></ul>",
    ],
)
def test_what_the_markup_cannot_say_has_none(block):
    assert to_markup(block) is None


@pytest.mark.parametrize(
    ("kind", "typed", "block"),
    [
        ("ul", "Eins\n\nZwei\n", "<ul><li><p>Eins</p></li><li><p>Zwei</p></li></ul>"),
        ("ul", "• Eins\r\n• Zwei", "<ul><li><p>Eins</p></li><li><p>Zwei</p></li></ul>"),
        ("ol", "1) Eins\n2) Zwei", "<ol><li><p>Eins</p></li><li><p>Zwei</p></li></ol>"),
        ("ul", "Vorher\n- Eins", "<ul><li><p>Vorher</p></li><li><p>Eins</p></li></ul>"),
        ("p", "\nEins\n\n\nZwei\n\n", "<p>Eins</p><p>Zwei</p>"),
        ("p", "**offen", "<p>**offen</p>"),
        ("p", "[x](https://example.org ) <script>", '<p><a href="https://example.org">x</a> &lt;script&gt;</p>'),
        ("p", " \n", ""),
        ("ul", "", ""),
    ],
)
def test_typing_is_forgiving(kind, typed, block):
    assert to_html(kind, typed) == block


def test_demo_texts_can_be_written_as_markup():
    for path in Path(__file__).parents[2].glob("demo/*/*.html"):
        for block in blocks(SANITISER.clean(read_text(path)["body"], None)):
            assert to_markup(block), (path.name, block)


@pytest.mark.parametrize(
    "typed", ["[" * 20_000, "_a" * 10_000, "](" + " " * 20_000, "\n" * 20_000 + "x", "\\\n" * 9_000]
)
@pytest.mark.parametrize("kind", ["p", "ul"])
def test_hostile_typing_takes_no_time(typed, kind):
    started = perf_counter()
    to_html(kind, typed)
    assert perf_counter() - started < 2


def test_hostile_depth_is_no_markup_and_no_error():
    assert to_markup("<p>" + "<em>" * 5000 + "x" + "</em>" * 5000 + "</p>") is None
    deep = "\n".join(" " * level + "- x" for level in range(190))
    assert to_html("ul", deep).count("<ul>") == 12


@given(
    st.lists(
        st.text(alphabet="ab *_-1.[]()\\é", min_size=1, max_size=9).filter(lambda text: text == text.strip()),
        min_size=1,
        max_size=5,
    )
)
def test_plain_items_and_paragraphs_always_have_markup(texts):
    escaped = [html.escape(text, quote=False) for text in texts]
    for tag, block in {
        "p": f"<p>{'<br>'.join(escaped)}</p>",
        "ul": f"<ul>{''.join(f'<li><p>{text}</p></li>' for text in escaped)}</ul>",
        "ol": f"<ol>{''.join(f'<li><p><strong>{text}</strong></p></li>' for text in escaped)}</ol>",
    }.items():
        kind, markup = to_markup(block)
        assert (kind, to_html(kind, markup)) == (tag, block)
