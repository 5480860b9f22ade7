"""What the rules of Easy German ask of words that staff wrote without marks."""

import re

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()

NEGATION = re.compile(r"\b(nicht|nichts|nie|niemals|niemand\w*|kein\w*)\b", re.IGNORECASE)


@register.filter
def easy_lines(text):
    """The lines that are not empty, each with its negations in bold: whoever reads slowly must not miss them."""
    return [with_bold_negation(line.strip()) for line in text.splitlines() if line.strip()]


def with_bold_negation(line):
    # The words found stand at every other place.
    parts = NEGATION.split(line)
    return format_html_join(
        "",
        "{}",
        ((format_html("<strong>{}</strong>", part) if place % 2 else part,) for place, part in enumerate(parts)),
    )
