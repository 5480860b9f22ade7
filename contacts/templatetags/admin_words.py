"""What Django's admin shows as icons or as columns, in words that also stand on a narrow screen."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

register = template.Library()

BOOLEAN_ICON = re.compile(r'<img src="[^"]*" alt="(True|False|None)">')
WORDS = {"True": "Ja", "False": "Nein", "None": "nicht bekannt"}


@register.filter
def in_words(html):
    """Ja and Nein in place of the admin's green and red icons, nothing in place of its mark for no value."""
    if html in ("", "-"):
        return ""
    return mark_safe(BOOLEAN_ICON.sub(lambda icon: WORDS[icon[1]], conditional_escape(html)))  # noqa: S308


@register.filter
def named_cells(cells, headers):
    """The cells of a line, each with the name of its column; a phone shows it, where a line becomes a card."""
    return [
        mark_safe(in_words(cell).replace("<td", format_html('<td data-label="{}"', header["text"]), 1))  # noqa: S308
        if header["sortable"] or "action-checkbox" not in cell
        else cell
        for cell, header in zip(cells, headers, strict=True)
    ]
