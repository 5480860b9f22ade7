"""Rich text: what an editor can write, what is kept of it, and its top-level blocks."""

import re
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

# One list makes both the buttons of the editor and the allow-list of the sanitiser. Headings start at h2:
# the page's title is its only h1.
EXTENSIONS = {
    "Heading": {"levels": [2, 3]},
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "HardBreak": True,
}

RULE = "<hr>"
TAG = re.compile(r"<[^>]*>")
VOID_TAGS = {"br", "hr"}


class _BlockSplitter(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.blocks = []
        self.depth = 0

    def _add(self, text, starts_block):
        if starts_block and self.depth == 0:
            self.blocks.append("")
        if self.blocks:
            self.blocks[-1] += text

    def handle_starttag(self, tag, attrs):
        self._add(self.get_starttag_text(), starts_block=True)
        self.depth += tag not in VOID_TAGS

    def handle_endtag(self, tag):
        self._add(f"</{tag}>", starts_block=False)
        self.depth = max(self.depth - 1, 0)

    def handle_data(self, data):
        self._add(data, starts_block=bool(data.strip()))

    def handle_entityref(self, name):
        self._add(f"&{name};", starts_block=True)

    def handle_charref(self, name):
        self._add(f"&#{name};", starts_block=True)


def blocks(html):
    """The top-level elements of sanitised HTML, in order, each as HTML."""
    splitter = _BlockSplitter()
    splitter.feed(html)
    splitter.close()
    return [block.strip() for block in splitter.blocks]


def split_at_rule(html):
    """What stands before and after the first top-level rule; without a rule everything stands before."""
    parts = blocks(html)
    if RULE not in parts:
        return html, ""
    position = parts.index(RULE)
    return "\n".join(parts[:position]), "\n".join(parts[position + 1 :])


def sections(html):
    """(words of the heading, blocks below it) of each large heading, in order. What stands above them comes first."""
    found = [("", [])]
    for block in blocks(html):
        if block.startswith("<h2") and (words := " ".join(unescape(TAG.sub("", block)).split())):
            found.append((words, []))
        else:
            found[-1][1].append(block)
    return found


def digest_of_lines(text):
    """A fingerprint of plain text, in which every line may be an item of a list."""
    return digest_of("\n".join(words for line in text.splitlines() if (words := " ".join(line.split()))))


def digest(text):
    """A short fingerprint: the same text gives the same, whenever and by whomever it was written."""
    return digest_of(" ".join(text.split()))


def digest_of(words):
    return sha256(words.encode()).hexdigest()[:16]
