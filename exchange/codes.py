"""Words with protected inline codes: what XLIFF makes of a block of rich text or of a plain text, and back again."""

import html
import re
from collections import Counter
from html.parser import HTMLParser

from lxml import etree

from pages.richtext import digest

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"

VOID_TAGS = {"br", "hr"}
# A translation may do without these; everything else holds the text together or leads somewhere.
DISPENSABLE_TAGS = {"strong", "b", "em", "i", "br"}
NAMES_OF_CODES = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "a": "link", "br": "lb", "\n": "lb"}
LINE_BREAK = "\n"
# XML has no way to write these characters.
NOT_IN_XML = re.compile("([\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff])")


class CodeError(Exception):
    """The inline codes of a translation do not fit; the message is a sentence for staff."""


def name(tag):
    return f"{{{NAMESPACE}}}{tag}"


def tag_of(code):
    """`a` of `<a href="…">`; a code that is no tag is its own name."""
    found = re.match(r"<(\w+)", code)
    return found[1].lower() if found else code


class _Tokens(HTMLParser):
    """A list of (kind, raw): kind is open, close, alone or text."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append(("alone" if tag in VOID_TAGS else "open", self.get_starttag_text()))

    def handle_endtag(self, tag):
        self.found.append(("close", tag))

    def handle_data(self, data):
        self.found.append(("text", data))

    def handle_entityref(self, name):
        self.found.append(("text", html.unescape(f"&{name};")))

    def handle_charref(self, name):
        self.found.append(("text", html.unescape(f"&#{name};")))


def tokens_of_block(block):
    """(outer tag or nothing, tokens inside): a paragraph comes without its `<p>`, so that only words are left."""
    reader = _Tokens()
    reader.feed(block)
    reader.close()
    tokens = reader.found
    depth = 0
    for position, (kind, _raw) in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if depth == 0:
            wraps_all = kind == "close" and position == len(tokens) - 1
            return (tokens[0][1], tokens[1:-1]) if wraps_all else ("", tokens)
    return "", tokens


def tokens_of_lines(text):
    tokens = []
    for line in text.replace("\r\n", LINE_BREAK).split(LINE_BREAK):
        tokens += [("text", line), ("alone", LINE_BREAK)]
    return tokens[:-1]


class Numbers:
    """Gives codes their ids. Those of a translation take the ids of equal codes in the German text, if any are left."""

    def __init__(self, german=None):
        self.known = dict(german or {})
        self.prefix = "" if german is None else "t"
        self.given = {}

    def of(self, code):
        free = (number for number, known in self.known.items() if known == code and number not in self.given)
        number = next(free, None) or f"{self.prefix}{len(self.given) + 1}"
        self.given[number] = code
        return number


def write(element, tokens, numbers):
    """Puts words and codes into a `<source>` or `<target>`."""
    place = element
    for kind, raw in tokens:
        if kind == "text":
            _write_text(place, raw, numbers)
        elif kind == "close":
            place = place.getparent()
        else:
            code = _write_code(place, raw, numbers, "g" if kind == "open" else "x")
            place = code if kind == "open" else place


def _write_text(place, text, numbers):
    for position, part in enumerate(NOT_IN_XML.split(text)):
        if position % 2:
            _write_code(place, part, numbers, "x")
        elif len(place):
            place[-1].tail = (place[-1].tail or "") + part
        else:
            place.text = (place.text or "") + part


def _write_code(place, raw, numbers, kind):
    code = etree.SubElement(place, name(kind), id=numbers.of(raw))
    tag = tag_of(raw)
    code.set("ctype", NAMES_OF_CODES.get(tag, f"x-html-{tag}" if raw.startswith("<") else "x-character"))
    return code


def as_html(text):
    """As the sanitiser writes it."""
    return html.escape(text, quote=False).replace("\xa0", "&nbsp;")


def as_line(text):
    """What a tool broke into lines is still one line; line breaks that are meant are codes."""
    # Only from the first of several spaces: trying from each of them would take hours in a hostile file.
    return re.sub(r"(?<![ \t])[ \t]*[\r\n][ \t\r\n]*", " ", text)


def read(element, codes, write_text):
    """(text, ids of the codes in it) of a `<target>`. CodeError where something stands in it that was not given out."""
    used = []
    text = _read(element, codes, write_text, used)
    if doubled := [number for number, count in Counter(used).items() if count > 1]:
        raise CodeError(f"Der geschützte Code {doubled[0]} kommt mehr als einmal vor.")
    return text, used


def _read(element, codes, write_text, used):
    parts = [write_text(element.text or "")]
    for child in element:
        parts += [_read_child(child, codes, write_text, used), write_text(child.tail or "")]
    return "".join(parts)


def _read_child(child, codes, write_text, used):
    if child.tag == name("mrk"):  # tools mark sentences with it
        return _read(child, codes, write_text, used)
    number = child.get("id")
    if child.tag not in (name("g"), name("x")) or number not in codes:
        raise CodeError("Im Text steht etwas, das nicht aus dem deutschen Text kommt: ein fremder Code.")
    code = codes[number]
    stands_alone = not code.startswith("<") or tag_of(code) in VOID_TAGS
    if stands_alone != (child.tag == name("x")):
        raise CodeError(f"Der geschützte Code {number} ist verändert.")
    used.append(number)
    return code if stands_alone else f"{code}{_read(child, codes, write_text, used)}</{tag_of(code)}>"


def shape(outer, tokens):
    """What holds a block together, as a fingerprint: lists and paragraphs in their order, and where links lead."""
    frame, links, around = [tag_of(outer)], [], [tag_of(outer)]
    for kind, raw in tokens:
        tag = raw if kind == "close" else tag_of(raw)
        if kind == "open":
            around.append(tag)
        elif kind == "close":
            around.pop()
        if kind == "text":
            # Words between the points of a list belong to none of them.
            frame += ["words"] if raw.strip() and around[-1] in ("ul", "ol") else []
        elif tag == "a":
            links += [raw] if kind == "open" else []
        elif tag not in DISPENSABLE_TAGS and raw != LINE_BREAK and not NOT_IN_XML.match(raw):
            frame.append(f"{kind} {tag}")
    return digest(" ".join([*frame, *sorted(links)]))


def plain(tokens):
    """The words alone."""
    return " ".join(NOT_IN_XML.sub("", "".join(raw if kind == "text" else " " for kind, raw in tokens)).split())
