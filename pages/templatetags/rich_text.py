import re

from django import template

register = template.Library()


@register.filter
def shift_headings(html, levels):
    """Sanitised HTML with its headings set deeper, to stand under a heading of the page."""
    return re.sub(r"(</?h)([2-4])\b", lambda tag: f"{tag[1]}{int(tag[2]) + levels}", html)


@register.simple_tag(takes_context=True)
def with_addresses(context, html, language):
    """A stored text with the addresses of the pages it links to, on a page of a site; elsewhere it is as stored."""
    site = context.get("site")
    return site.with_addresses(html, (language or site.language).tag) if site else html
