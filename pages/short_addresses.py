"""Addresses as they stand on paper: short, without language, and as people write them."""

from django.urls import Resolver404, resolve, reverse

from contacts.domains import as_people_write_it

from .internal_links import view_at

SHORT = ("pages:short_home", "pages:short_page", "pages:short_contact")


def short_path(entry):
    """On its own domain a city has no shorter address for a page called like a language or like a part of the site."""
    path = reverse("pages:short_page", args=[entry.page.city.slug, entry.page.slug])
    match, _path = view_at(path)
    return path if match.url_name == "short_page" else entry.url


def is_for_everybody(path):
    """Whether it may be printed, with a code. Other addresses lead nowhere, or may be secret."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return hasattr(match.func, "public_parameters") or match.view_name in SHORT


def readable(address):
    host, _slash, path = address.partition("://")[2].rstrip("/").partition("/")
    return f"{as_people_write_it(host)}/{path}"
