from django import template
from django.conf import settings

from .. import hosts

register = template.Library()

register.filter("at_home", hosts.at_home)


@register.simple_tag
def portal_url(language_tag, name="pages:portal"):
    return hosts.portal_address(name, language_tag)


@register.simple_tag
def operator_page(kind):
    """The address of a legal page of who runs the installation, or nothing."""
    return settings.OPERATOR_PAGES[kind]


@register.simple_tag
def home_url(city, language_tag):
    return hosts.at_home(city.get_absolute_url(language_tag))
