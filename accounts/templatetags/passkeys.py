import json

from django import template

from ..browsers import words_for

register = template.Library()


@register.filter
def as_json(value):
    """For a data- attribute: the template escapes it."""
    return json.dumps(value)


@register.filter
def as_browser(user_agent):
    return words_for(user_agent)
