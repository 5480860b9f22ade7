"""A block of rich text as plain text that can be typed on any phone, and back, without loss.

    **fett**   _kursiv_   [Wörter](Adresse)   a new line is a line break, an empty line a new paragraph
    - item of a list       1. item of a numbered list       items below an item are indented

A backslash in front takes a mark its meaning. What cannot be written in this way has no markup.
"""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from .richtext import VOID_TAGS

INLINE_TAGS = {"strong", "em", "a", "br"}
LISTS = ("ul", "ol")
# In a tight list the words stand in the item itself, not in a paragraph.
TIGHT = "tight "
# Nobody writes more levels; what comes from elsewhere could have thousands.
DEEPEST = 12
KINDS = ("p", "h2", "h3", "blockquote", *LISTS, *(TIGHT + tag for tag in LISTS), "hr")

ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-–•*]|(?P<number>\d{1,9})[.)])[ \t]+(?P<words>.*)", re.DOTALL)
EMPTY_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*")
TOKEN = re.compile(
    r"\\(?P<escaped>[\\*_\[\]()\"\-–•.\s\d])"
    r"|(?P<new_line>\n)|(?P<strong>\*\*)|(?P<em>_)|(?P<link>\[)"
    r"|\]\([ ]{0,9}(?P<href>(?:\\.|[^\\()\s]|\([^\\()\s]*\))*)(?:[ ]{1,9}\"(?P<title>(?:\\.|[^\"\\\n])*)\")?[ ]{0,9}\)"
    r"|(?P<words>[^\\\n*_\[\]]+|.)",
    re.DOTALL,
)


@dataclass
class Element:
    tag: str
    attributes: dict = field(default_factory=dict)
    children: list = field(default_factory=list)  # elements and strings

    @property
    def elements(self):
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def is_inline(self):
        return all(isinstance(child, str) or (child.tag in INLINE_TAGS and child.is_inline) for child in self.children)

    def html(self):
        attributes = "".join(f' {name}="{_escaped(value, quote=True)}"' for name, value in self.attributes.items())
        if self.tag in VOID_TAGS:
            return f"<{self.tag}{attributes}>"
        return f"<{self.tag}{attributes}>{_html(self.children)}</{self.tag}>"


def _escaped(text, quote=False):
    return (escape(text, quote=False).replace('"', "&quot;") if quote else escape(text, quote=False)).replace(
        "\xa0", "&nbsp;"
    )


def _html(children):
    return "".join(child.html() if isinstance(child, Element) else _escaped(child) for child in children)


class _Parser(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]
        self.is_too_deep = False

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID_TAGS:
            self.open.append(element)
            self.is_too_deep |= len(self.open) > 2 * DEEPEST

    def handle_endtag(self, tag):
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data):
        children = self.open[-1].children
        data = _on_one_line(data)
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)


def _on_one_line(text):
    first, *others = text.split("\n")
    if not others:
        return text
    *inner, last = others
    return " ".join(
        [first.rstrip(" \t\r"), *filter(None, (line.strip(" \t\r") for line in inner)), last.lstrip(" \t\r")]
    )


def _parse(html):
    """The tree, or None where it is deeper than anybody writes."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    if parser.is_too_deep:
        return None
    _drop_space_between_blocks(parser.root)
    return parser.root


def _drop_space_between_blocks(element):
    holds_blocks = element.tag in ("", *LISTS) or any(child.tag not in INLINE_TAGS for child in element.elements)
    if holds_blocks:
        element.children = [child for child in element.children if isinstance(child, Element) or child.strip(" \t\n\r")]
    for child in element.elements:
        _drop_space_between_blocks(child)


def canonical(html):
    """The same HTML without the line breaks that mean nothing."""
    return _html(_parse(html).children)


# --- HTML to markup --------------------------------------------------------------------------------


def to_markup(block):
    """(kind, markup) of one top-level block, or None where the markup could not say it."""
    tree = _parse(block)
    if tree is None or len(tree.children) != 1 or not tree.elements:
        return None
    element = tree.children[0]
    kind = TIGHT + element.tag if _is_tight(element) else element.tag
    if kind not in KINDS:
        return None
    for line_break in ("\n", "\\\n"):
        markup = _markup(element, line_break)
        if markup is not None and to_html(kind, markup) == element.html():
            return kind, markup
    return None


def _is_tight(element):
    return element.tag in LISTS and not any(child.tag == "p" for item in element.elements for child in item.elements)


def _markup(element, line_break):
    if element.tag in LISTS:
        lines = _lines_of_list(element, line_break)
        return None if lines is None else "\n".join(lines)
    if element.tag == "blockquote":
        return "\n\n".join(_inline(child.children, line_break) for child in element.elements)
    return _inline(element.children, line_break)


def _lines_of_list(element, line_break, indent=""):
    lines, number = [], int(element.attributes.get("start") or 1) if element.tag == "ol" else 0
    for position, item in enumerate(element.elements):
        marker = f"{number + position}. " if element.tag == "ol" else "- "
        inner = _lines_of_item(item, line_break, indent + "  ")
        if not inner:
            return None
        lines += [indent + marker + inner[0].strip(" "), *inner[1:]]
    return lines


def _lines_of_item(item, line_break, indent):
    """The first line without its marker, the others below it, indented."""
    lines, words = [], []
    for child in [*item.children, None]:
        if isinstance(child, str) or (child is not None and child.tag in INLINE_TAGS):
            words.append(child)
            continue
        if words:
            lines += _indented(_inline(words, line_break), indent)
            words = []
        if child is None:
            break
        if child.tag == "p":
            lines += [""] * bool(lines) + _indented(_inline(child.children, line_break), indent)
        elif child.tag in LISTS:
            inner = _lines_of_list(child, line_break, indent)
            if inner is None or not lines:
                return None
            lines += inner
        else:
            return None
    return lines


def _indented(markup, indent):
    first, *others = markup.split("\n")
    return [
        indent + (f"\\{line}" if number and ITEM.fullmatch(line) else line)
        for number, line in enumerate([first, *others])
    ]


def _inline(children, line_break):
    return "".join(
        _escaped_marks(child) if isinstance(child, str) else _inline_element(child, line_break) for child in children
    )


def _inline_element(element, line_break):
    if element.tag == "br":
        return line_break
    words = _inline(element.children, line_break)
    if element.tag == "strong":
        return f"**{words}**"
    if element.tag == "em":
        return f"_{words}_"
    href = re.sub(r"([\\()\s])", r"\\\1", element.attributes.get("href", ""))
    title = re.sub(r"([\\\"])", r"\\\1", element.attributes.get("title", ""))
    return f'[{words}]({href} "{title}")' if title else f"[{words}]({href})"


def _escaped_marks(text):
    """Only where a character could be taken for a mark: „Leser*innen“ and „a_b“ stay as they are."""
    text = re.sub(r"([\\\[\]])", r"\\\1", text)
    text = re.sub(r"(?<=\*)\*|\*(?=\*)|\A\*|\*\Z", r"\\*", text)
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)


# --- Markup to HTML --------------------------------------------------------------------------------


def to_html(kind, markup):
    """The block or blocks that the markup says; nothing if it has no words."""
    if kind == "hr":
        return "<hr>"
    markup = re.sub(r"\r\n?", "\n", markup)
    if not markup.strip():
        return ""
    if kind.removeprefix(TIGHT) in LISTS:
        return _list_of(kind.removeprefix(TIGHT), markup, is_tight=kind.startswith(TIGHT)).html()
    markup = _without_empty_ends(markup)
    paragraphs = [_words(part) for part in EMPTY_LINES.split(markup) if part.strip()]
    if kind == "blockquote":
        return Element("blockquote", {}, [Element("p", {}, words) for words in paragraphs]).html()
    return "".join(Element(kind, {}, words).html() for words in paragraphs)


def _without_empty_ends(markup):
    """Without empty lines in front and behind; a backslash keeps its line break."""
    markup = re.sub(r"\A(?:[ \t]*\n)+", "", markup)
    words = markup.rstrip()
    spaces, new_line, _rest = markup[len(words) :].partition("\n")
    return words + spaces + new_line * words.endswith("\\")


class _Item:
    def __init__(self):
        self.paragraphs = [[]]  # lines
        self.lists = []  # (tag, first number, items)

    def element(self, is_tight):
        paragraphs = [_words("\n".join(lines)) for lines in self.paragraphs if lines]
        lists = [_list_element(*each, is_tight) for each in self.lists]
        if is_tight:
            return Element("li", {}, [*(word for words in paragraphs for word in (Element("br"), *words))][1:] + lists)
        return Element("li", {}, [*(Element("p", {}, words) for words in paragraphs), *lists])


def _list_element(tag, number, items, is_tight):
    attributes = {"start": str(number)} if tag == "ol" and number != 1 else {}
    return Element(tag, attributes, [item.element(is_tight) for item in items])


def _list_of(tag, markup, is_tight):
    lines = markup.split("\n")
    if not any(ITEM.fullmatch(line) for line in lines):
        lines = [f"- {line.strip()}" for line in lines if line.strip()]
    first = next(match for line in lines if (match := ITEM.fullmatch(line)))
    items, after_empty_line = [], False
    open_lists = [(-1, items)]  # (indent, items)
    for line in lines:
        if match := ITEM.fullmatch(line):
            _add_item(open_lists, match)
        elif not line.strip():
            after_empty_line = True
            continue
        else:
            _add_line(open_lists, line, after_empty_line)
        after_empty_line = False
    number = int(first["number"] or 1) if tag == "ol" else 1
    return _list_element(tag, number, items, is_tight)


def _add_item(open_lists, match):
    indent = len(match["indent"].expandtabs(4))
    if open_lists[0][0] < 0:
        open_lists[0] = (indent, open_lists[0][1])
    while len(open_lists) > 1 and indent < open_lists[-1][0]:
        open_lists.pop()
    if indent > open_lists[-1][0] and open_lists[-1][1] and len(open_lists) < DEEPEST:
        tag, number = ("ol", int(match["number"])) if match["number"] else ("ul", 1)
        open_lists[-1][1][-1].lists.append((tag, number, []))
        open_lists.append((indent, open_lists[-1][1][-1].lists[-1][2]))
    item = _Item()
    item.paragraphs[-1].append(match["words"])
    open_lists[-1][1].append(item)


def _add_line(open_lists, line, after_empty_line):
    items = open_lists[-1][1]
    if not items:
        items.append(_Item())
    if after_empty_line:
        items[-1].paragraphs.append([])
    items[-1].paragraphs[-1].append(line.strip(" \t"))


def _words(markup):
    return _Words(markup).children


class _Words:
    """The words of one paragraph. A mark that is never closed was no mark."""

    def __init__(self, markup):
        self.markup = markup
        self.open = [("", [])]  # (mark as typed, children)
        for match in TOKEN.finditer(markup):
            self.read(match)
        while len(self.open) > 1:
            self.give_up()
        self.children = _joined(self.open[0][1])

    def read(self, match):
        if match["escaped"] == "\n" or match["new_line"]:
            self.add(Element("br"))
        elif match["escaped"] is not None:
            self.add(match["escaped"])
        elif match["strong"]:
            self.switch("**", "strong", can_open=True, can_close=True)
        elif match["em"]:
            self.read_em(match)
        elif match["link"]:
            self.open_link()
        elif match["href"] is not None:
            self.read_link(match)
        else:
            self.add(match["words"])

    def open_link(self):
        while self.is_open("["):
            self.give_up()
        self.open.append(("[", []))

    def read_em(self, match):
        before = self.markup[match.start() - 1] if match.start() else ""
        after = self.markup[match.end() : match.end() + 1]
        can_open = not before.isalnum() and bool(after.strip())
        can_close = not after.isalnum() and bool(before.strip())
        self.switch("_", "em", can_open, can_close)

    def read_link(self, match):
        if not self.is_open("["):
            self.add(match[0])
            return
        attributes = {"href": re.sub(r"\\(.)", r"\1", match["href"])}
        if match["title"]:
            attributes["title"] = re.sub(r"\\(.)", r"\1", match["title"])
        self.close("[", "a", attributes)

    def switch(self, mark, tag, can_open, can_close):
        if self.is_open(mark) and can_close:
            self.close(mark, tag, {})
        elif not self.is_open(mark) and can_open:
            self.open.append((mark, []))
        else:
            self.add(mark)

    def is_open(self, mark):
        return any(mark == each for each, _children in self.open)

    def close(self, mark, tag, attributes):
        while self.open[-1][0] != mark:
            self.give_up()
        _mark, children = self.open.pop()
        self.add(Element(tag, attributes, _joined(children)))

    def give_up(self):
        mark, children = self.open.pop()
        self.open[-1][1].extend([mark, *children])

    def add(self, child):
        self.open[-1][1].append(child)


def _joined(children):
    """Strings beside each other as one."""
    result = []
    for child in children:
        if isinstance(child, str) and result and isinstance(result[-1], str):
            result[-1] += child
        else:
            result.append(child)
    return result
