from functools import partial

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from contacts.hosts import whole_address
from contacts.languages import SOURCE_LANGUAGE

from ..linked_data import Facts, as_json

register = template.Library()

# Open Graph names a language by a language and a country.
COUNTRIES = {"de": "DE", "de-simple": "DE", "en": "GB", "tr": "TR", "ar": "AR", "uk": "UA", "ru": "RU"}


@register.simple_tag(takes_context=True)
def linked_data(context, heading="", above="", above_url=""):
    """The page for machines, or nothing where its content is invented or not public.

    Only pages without an entry have a `heading`; `above` is the name of what they stand below.
    """
    site, entry = context["site"], context.get("entry")
    is_example = (entry and entry.page.is_example) or ("contact" in context and context["contact"].is_example)
    if context.get("preview") or is_example:
        return ""
    facts = Facts(
        site=site,
        entry=entry,
        heading=heading,
        path=entry.url if entry else context["request"].path,
        contacts=contacts_of(context),
        above=[(above, above_url)] if above else trail_of(context),
        absolute=partial(whole_address, context["request"]),
    )
    # as_json leaves no character that HTML would read as its own.
    words = mark_safe(as_json(facts.nodes()))  # noqa: S308
    return format_html('<script type="application/ld+json">{}</script>', words)


def trail_of(context):
    return [(name, address) for name, address, _language in context.get("trail") or []]


def contacts_of(context):
    return [context["contact"]] if "contact" in context else context.get("contacts") or []


@register.simple_tag(takes_context=True)
def canonical_url(context):
    """The one address of what the page shows: the German one where the text is German."""
    request, site, entry = context["request"], context["site"], context.get("entry")
    if "canonical_path" in context:
        path = context["canonical_path"]
    elif entry:
        path = entry.source_url if entry.is_fallback else entry.url
    elif site.language in site.languages:
        path = request.path
    else:
        path = "/".join(["", SOURCE_LANGUAGE, *request.path.split("/")[2:]])
    return whole_address(request, path)


@register.simple_tag(takes_context=True)
def absolute_url(context, path):
    return whole_address(context["request"], path)


@register.filter
def og_locale(language):
    return f"{language.tag.partition('-')[0]}_{COUNTRIES.get(language.tag, language.tag.upper())}"
