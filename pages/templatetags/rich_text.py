import re

from django import template

register = template.Library()


@register.filter
def shift_headings(html, levels):
    """Sanitised HTML with its headings set deeper, to stand under a heading of the page."""
    return re.sub(r"(</?h)([2-4])\b", lambda tag: f"{tag[1]}{int(tag[2]) + levels}", html)
