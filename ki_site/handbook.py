"""The handbook for editors, docs/handbuch/, as pages of the admin."""

import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from PIL import Image

FOLDER = Path(settings.BASE_DIR) / "docs" / "handbuch"
PICTURES = FOLDER / "bilder"
CONTENTS = FOLDER / "README.md"

# `1. [Einen Text ändern](text-aendern.md): Wörter ändern`
LINE_OF_CONTENTS = re.compile(r"^\d+\. \[(?P<title>.+)\]\((?P<slug>[a-z-]+)\.md\): (?P<about>.+)$", re.MULTILINE)


class Chapter(NamedTuple):
    slug: str
    title: str
    about: str

    @property
    def url(self):
        return reverse("admin:handbook_page", args=[self.slug])


def chapters():
    """In the order of the contents. A file that is not named there is no page."""
    found = LINE_OF_CONTENTS.finditer(CONTENTS.read_text(encoding="utf-8"))
    return [Chapter(each["slug"], each["title"], each["about"]) for each in found]


def text_of(chapter):
    """The text below the heading."""
    _heading, _line, text = (FOLDER / f"{chapter.slug}.md").read_text(encoding="utf-8").partition("\n")
    return text


def as_html(text):
    parser = MarkdownIt("commonmark", {"html": False})
    tokens = parser.parse(text)
    for token in tokens:
        for each in token.children or []:
            if each.type == "image":
                show_picture(each)
            elif each.type == "link_open":
                each.attrSet("href", address(each.attrGet("href")))
    # The parser escapes whatever looks like HTML, and refuses links to scripts.
    return mark_safe(parser.renderer.render(tokens, parser.options, {}))  # noqa: S308


def show_picture(token):
    """Served like every other static file; with its size, so that nothing jumps while it loads."""
    path = FOLDER / token.attrGet("src")
    with Image.open(path) as picture:
        width, height = picture.size
    attributes = {"src": static(f"handbuch/{path.name}"), "width": width, "height": height, "loading": "lazy"}
    for name, value in attributes.items():
        token.attrSet(name, value)


def address(written):
    """`text-aendern.md` is a page beside this one; everything else stays."""
    name, dot_md, fragment = written.partition(".md")
    return reverse("admin:handbook_page", args=[name]) + fragment if dot_md and "/" not in name else written


def contents_view(request, context):
    return render(request, "admin/handbook/contents.html", context | {"title": "Handbuch", "chapters": chapters()})


def chapter_view(request, context, slug):
    every = chapters()
    number = next((number for number, chapter in enumerate(every) if chapter.slug == slug), None)
    if number is None:
        raise Http404("no such page of the handbook")
    chapter = every[number]
    own = {"title": chapter.title, "text": as_html(text_of(chapter)), "following": every[number + 1 : number + 2]}
    return render(request, "admin/handbook/chapter.html", context | own)
