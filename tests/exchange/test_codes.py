"""Blocks of rich text become words with codes and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange.codes import (
    CodeError,
    Numbers,
    as_html,
    as_line,
    name,
    read,
    shape,
    tag_of,
    tokens_of_block,
    tokens_of_lines,
    write,
)
from pages.models import PageTranslation
from pages.richtext import blocks

sanitize = PageTranslation._meta.get_field("body").sanitize

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
inline = st.recursive(
    words.map(as_html),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["strong", "em"]), inner),
        st.builds('<a href="{}">{}</a>'.format, st.sampled_from(["/de/x/", "https://example.org/?a=1&amp;b=2"]), inner),
        st.just("<br>"),
    ),
    max_leaves=6,
)
block = st.one_of(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "h2", "h3"]), inline),
    st.builds("<{0}><li>{1}</li><li><p>{2}</p></li></{0}>".format, st.sampled_from(["ul", "ol"]), inline, inline),
    st.builds("<blockquote><p>{}</p></blockquote>".format, inline),
    st.just("<hr>"),
    inline,
)
bodies = st.lists(block, max_size=5).map("\n".join).map(sanitize)


def there_and_back(text):
    outer, tokens = tokens_of_block(text)
    element = etree.Element(name("source"))
    numbers = Numbers()
    write(element, tokens, numbers)
    element = etree.fromstring(etree.tostring(element))
    inside, used = read(element, numbers.given, as_html)
    assert used == list(numbers.given)
    return f"{outer}{inside}</{tag_of(outer)}>" if outer else inside


@given(bodies)
def test_every_block_comes_back_byte_for_byte(body):
    assert [there_and_back(block) for block in blocks(body)] == blocks(body)


@given(st.lists(words.map(lambda text: text.replace("\r", "").replace("\n", "")), min_size=1).map("\n".join))
def test_lines_of_a_plain_text_come_back(text):
    element = etree.Element(name("source"))
    numbers = Numbers()
    write(element, tokens_of_lines(text), numbers)
    assert read(etree.fromstring(etree.tostring(element)), numbers.given, as_line)[0] == text


@pytest.mark.parametrize(
    ("block", "xml"),
    [
        ("<p>Ein Wort</p>", "Ein Wort"),
        ("<p>Ein <strong>Wort</strong></p>", 'Ein <g id="1" ctype="bold">Wort</g>'),
        ("<p>Ein<br>Wort</p>", 'Ein<x id="1" ctype="lb"/>Wort'),
        ('<p><a href="/de/x/">Wort</a></p>', '<g id="1" ctype="link">Wort</g>'),
        (
            "<ul><li>Eins</li><li>Zwei</li></ul>",
            '<g id="1" ctype="x-html-li">Eins</g><g id="2" ctype="x-html-li">Zwei</g>',
        ),
        ("<p>Ende\x0c</p>", 'Ende<x id="1" ctype="x-character"/>'),
    ],
)
def test_agencies_see_words_and_codes_and_no_html(block, xml):
    element = etree.Element(name("source"), nsmap={None: name("")[1:-1]})
    write(element, tokens_of_block(block)[1], Numbers())
    inside = etree.tostring(element, encoding="unicode")
    assert inside[inside.index(">") + 1 : inside.rindex("<")] == xml


def element_of(xml):
    return etree.fromstring(f'<target xmlns="{name("")[1:-1]}">{xml}</target>')


@pytest.mark.parametrize(
    "xml",
    ['<g id="2">a</g>', '<x id="1"/>', '<bpt id="1">a</bpt>', "<script>a</script>", '<g id="1">a</g><g id="1">b</g>'],
)
def test_codes_that_were_not_given_out_are_refused(xml):
    with pytest.raises(CodeError):
        read(element_of(xml), {"1": "<strong>"}, as_html)


def test_marks_of_tools_around_sentences_are_looked_through():
    text, _used = read(element_of('<mrk mtype="seg">A <g id="1">b</g></mrk> c'), {"1": "<strong>"}, as_html)
    assert text == "A <strong>b</strong> c"


def test_words_written_as_text_stay_text():
    assert read(element_of("&lt;script&gt; &amp; \xa0"), {}, as_html)[0] == "&lt;script&gt; &amp; &nbsp;"


def shape_of(block):
    return shape(*tokens_of_block(block))


@pytest.mark.parametrize(
    ("block", "other", "same"),
    [
        ("<p>a <strong>b</strong></p>", "<p>c</p>", True),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li></ul>", False),
        ("<ul><li>a</li></ul>", "<ul><li>a</li>b</ul>", False),
        ('<p><a href="/a/">a</a> <a href="/b/">b</a></p>', '<p><a href="/b/">b</a> <a href="/a/">a</a></p>', True),
        ('<p><a href="/a/">a</a></p>', "<p>a</p>", False),
    ],
)
def test_shape_is_what_must_not_change(block, other, same):
    assert (shape_of(block) == shape_of(other)) is same
