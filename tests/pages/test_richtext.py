import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pages.models import PageTranslation
from pages.richtext import blocks, digest, split_at_rule
from tests.factories import make_city, make_page

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="https://example.org" onclick="alert(1)" style="position:fixed" target="_blank">x</a>',
    '<p style="background:url(https://evil.example.org)">x</p>',
    '<p class="button danger" id="content">x</p>',
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    '<iframe src="https://evil.example.org"></iframe>',
    '<object data="x.swf"></object><embed src="x">',
    '<form action="https://evil.example.org"><input name="password"><button>x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example.org">',
    '<base href="https://evil.example.org/">',
    '<link rel="stylesheet" href="https://evil.example.org/x.css"><style>*{display:none}</style>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<h1>Zweite Hauptüberschrift</h1>",
    "<video><source onerror=alert(1)></video>",
    '"><script>alert(1)</script>',
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<p>{{ settings.SECRET_KEY }}{% load x %}</p>",
]

# The sanitiser takes out their addresses; a link that leads nowhere stops publishing.
LINKS = [
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
]

ALLOWED = {"p", "h2", "h3", "strong", "em", "ul", "ol", "li", "blockquote", "hr", "br", "a"}


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_is_taken_out_before_anybody_reads_it(client, attack):
    page = make_page(make_city("hier"), slug="seite", published=False)
    # Past the form, as an import might: publishing cleans by itself.
    PageTranslation.objects.filter(page=page).update(body=f"<p>Vorher</p>{attack}<p>Nachher</p>")
    revision = page.translations.get().publish(by=None)
    tags = re.findall(r"<\s*([a-zA-Z0-9]+)([^>]*)>", revision.body)
    assert {tag.lower() for tag, _attributes in tags} <= ALLOWED
    for tag, attributes in tags:
        names = re.findall(r"([\w-]+)=", re.sub(r'"[^"]*"', '""', attributes))
        assert set(names) <= ({"href", "rel"} if tag == "a" else {"start", "type"}), attributes
        for address in re.findall(r'href="([^"]*)"', attributes):
            assert address.split(":")[0] in {"https", "http", "mailto", "tel"}
    assert "<p>Vorher</p>" in revision.body
    shown = client.get("/de/hier/seite/").text
    assert "alert(1)</script" not in shown
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", shown)


@pytest.mark.django_db
@pytest.mark.parametrize("link", LINKS)
def test_link_with_a_dangerous_address_is_not_published(link):
    page = make_page(make_city(), published=False)
    PageTranslation.objects.filter(page=page).update(body=f"<p>{link}</p>")
    text = page.translations.get()
    with pytest.raises(ValidationError, match="Der Link „x“ führt nirgendwohin"):
        text.publish(by=None)
    assert not text.revisions.exists()


@pytest.mark.parametrize("link", LINKS)
def test_dangerous_address_of_a_link_is_taken_out(link):
    text = PageTranslation(title="Titel", language="de", body=f"<p>{link}</p>")
    text.clean_fields(exclude={"page", "updated_by"})
    assert text.body == "<p><a>x</a></p>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="https://example.org">außen</a> <a href="../vereine/">innen</a> <a href="tel:115">115</a></p>',
        "<h2>Überschrift</h2><ol><li><p>Eins</p></li></ol><hr><blockquote><p>Zitat</p></blockquote>",
        "<p><strong>fett</strong> <em>kursiv</em> &amp; &lt;</p>",
        "<p>عربي \u200e(Neu)Zuwander*innen</p>",
    ],
)
def test_what_editors_write_is_kept_as_it_is(body):
    page = make_page(make_city(), translation={"body": body})
    assert page.translations.get().revisions.get().body == body


def test_blocks_are_the_top_level_elements():
    html = "<h2>A</h2>\n<ul><li><p>B</p></li></ul><p>C<br>D &amp; &#228;</p><hr>lose<p>E</p>"
    assert blocks(html) == [
        "<h2>A</h2>",
        "<ul><li><p>B</p></li></ul>",
        "<p>C<br>D &amp; &#228;</p>",
        "<hr>",
        "lose",
        "<p>E</p>",
    ]


@given(st.lists(st.sampled_from(["<p>a</p>", "<h2>b</h2>", "<hr>", "<ul><li><p>c</p></li></ul>", "<p>d<br>e</p>"])))
def test_blocks_lose_nothing(parts):
    assert blocks("".join(parts)) == parts


def test_split_at_rule_takes_the_first_rule():
    assert split_at_rule("<p>a</p><hr><p>b</p><hr><p>c</p>") == ("<p>a</p>", "<p>b</p>\n<hr>\n<p>c</p>")
    assert split_at_rule("<p>a</p>") == ("<p>a</p>", "")


def test_digest_does_not_see_line_breaks_but_sees_words():
    assert digest("<p>a  b</p>\n") == digest("<p>a b</p>")
    assert digest("<p>a b</p>") != digest("<p>a c</p>")
