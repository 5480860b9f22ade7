"""Texts of pages in files: those of the demo, and the standard offers."""

import re
from html import unescape

# A page's file begins with these lines; what follows them is the body.
HEAD = re.compile(
    r"<h1>(?P<title>.*?)</h1>"
    r'|<p class="(?P<name>summary|situation|for_whom|not_here|cost_note|picture_alternative)">(?P<text>.*?)</p>'
    r'|<(?P<tag>ol|ul) class="(?P<list>steps|bring)">(?P<items>.*?)</(?P=tag)>',
    re.DOTALL,
)
ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)


def read_text(path):
    """Fields of a text from an HTML file: those of its head, and the body."""
    fields, position, html = {}, 0, path.read_text(encoding="utf-8")
    while head := HEAD.match(html, position):
        if head["list"]:
            fields[head["list"]] = "\n".join(unescape(item).strip() for item in ITEM.findall(head["items"]))
        else:
            fields[head["name"] or "title"] = unescape(head["text"] or head["title"]).strip()
        position = head.end() + len(html[head.end() :]) - len(html[head.end() :].lstrip())
    return fields | {"body": html[position:].strip()}
