"""The handbook for editors: what it quotes is on the screen, what it shows exists, and staff can read it."""

import ast
import re

import pytest
from django.conf import settings
from django.contrib import admin
from PIL import Image

from contacts.models import Role
from inquiries.models import OutgoingMail
from ki_site.handbook import FOLDER, PICTURES, as_html, chapters, text_of
from tests.factories import make_city, make_user

QUOTED = re.compile(r"\*\*„(.+?)“\*\*", re.DOTALL)
PICTURE = re.compile(r"!\[(.*?)\]\((.+?)\)", re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((.+?)\)", re.DOTALL)
LINK_FROM_ADMIN = re.compile(r'_handbook_link.html" with chapter="(.+?)" task="(.+?)"')

TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
IN_QUOTES = re.compile(r'"([^"<>]+)"')
NOT_ON_SCREEN = ("tests", "screenshots", "bench", "bin", "migrations", ".venv", "build")

each_file = pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)


def in_one_line(text):
    return " ".join(text.split())


def words_of_templates():
    """What stands between two tags, and what a template hands to another one."""
    for path in settings.BASE_DIR.glob("templates/**/*.html"):
        source = path.read_text(encoding="utf-8")
        yield from map(in_one_line, TAG.split(source))
        for tag in TAG.findall(source):
            yield from IN_QUOTES.findall(tag)


def words_of_code():
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        if not set(path.relative_to(settings.BASE_DIR).parts) & set(NOT_ON_SCREEN):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def composed_words():
    for model in admin.site._registry:
        yield f"{model._meta.verbose_name} hinzufügen"
    for purpose in OutgoingMail.Purpose:
        yield f"{purpose.label} senden"


@pytest.fixture(scope="session")
def on_screen():
    return {*words_of_templates(), *words_of_code(), *composed_words()}


@each_file
def test_quoted_words_are_on_the_screen(path, on_screen):
    quoted = [in_one_line(words) for words in QUOTED.findall(path.read_text(encoding="utf-8"))]
    assert [words for words in quoted if words not in on_screen] == []


def test_a_word_that_is_nowhere_on_the_screen_would_be_found(on_screen):
    assert "Schwuppdiwupp" not in on_screen


@each_file
def test_every_picture_exists_and_says_what_it_shows(path):
    pictures = PICTURE.findall(path.read_text(encoding="utf-8"))
    assert [source for words, source in pictures if not words.strip() or not (FOLDER / source).is_file()] == []


@each_file
def test_every_link_leads_somewhere(path):
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [target for target in links if not (FOLDER / target).is_file()] == []


def test_every_picture_is_shown_and_small():
    shown = {source for path in FOLDER.glob("*.md") for _words, source in PICTURE.findall(path.read_text())}
    assert {f"bilder/{path.name}" for path in PICTURES.iterdir()} == shown
    assert [path.name for path in PICTURES.iterdir() if path.stat().st_size > 60_000] == []


def test_contents_name_every_page_by_its_heading():
    headings = {
        path.stem: path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        for path in FOLDER.glob("*.md")
        if path.stem != "README"
    }
    assert {chapter.slug: chapter.title for chapter in chapters()} == headings


def test_links_from_the_admin_name_the_page_they_lead_to():
    titles = {chapter.slug: chapter.title for chapter in chapters()}
    sources = [path.read_text(encoding="utf-8") for path in settings.BASE_DIR.glob("templates/**/*.html")]
    links = [found for source in sources for found in LINK_FROM_ADMIN.findall(source)]
    assert {slug for slug, _title in links} == titles.keys() - {"spaeter-veroeffentlichen"}
    assert [(slug, title) for slug, title in links if titles[slug] != title] == []


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.slug)
def test_markdown_becomes_a_page_with_pictures_of_known_size(chapter):
    html = as_html(text_of(chapter))
    pictures = re.findall(r"<img [^>]+>", html)
    assert len(pictures) == len(PICTURE.findall(text_of(chapter)))
    for picture in pictures:
        name, width, height = (re.search(rf'{name}="([^"]+)"', picture)[1] for name in ("src", "width", "height"))
        with Image.open(PICTURES / name.rpartition("/")[2]) as opened:
            assert opened.size == (int(width), int(height))
    assert re.findall(r'href="(?!/admin/handbuch/)[^"]*"', html) == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[Klick](javascript:alert(1))", "<p>[Klick](javascript:alert(1))</p>\n"),
        ("[Bild](bild-zeigen.md)", '<p><a href="/admin/handbuch/bild-zeigen/">Bild</a></p>\n'),
    ],
)
def test_markdown_can_bring_no_html_and_no_script(text, html):
    assert as_html(text) == html


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_everybody_with_an_account_reads_it(client, role):
    client.force_login(make_user(make_city(), role, languages=["ar"]))
    contents = client.get("/admin/handbuch/").text
    links = [f'<a href="{chapter.url}">{chapter.title}</a>' for chapter in chapters()]
    assert [link for link in links if link not in contents] == []
    assert "<h1>Einen Text ändern</h1>" in client.get("/admin/handbuch/text-aendern/").text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/handbuch/", "/admin/handbuch/text-aendern/"])
def test_visitor_is_asked_to_sign_in(client, address):
    assert client.get(address)["Location"] == f"/admin/login/?next={address}"


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["gibt-es-nicht", "readme"])
def test_unknown_page_is_not_found(client, slug):
    client.force_login(make_user(make_city(), Role.EDITOR))
    assert client.get(f"/admin/handbuch/{slug}/").status_code == 404


@pytest.mark.django_db
def test_reading_takes_the_queries_of_the_sign_in(client, django_assert_num_queries):
    client.force_login(make_user(make_city(), Role.EDITOR))
    with django_assert_num_queries(5):
        client.get("/admin/handbuch/text-aendern/")
