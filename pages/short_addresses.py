"""Addresses as they stand on paper: short, without language, and as people write them."""

from django.urls import reverse

from contacts.domains import as_people_write_it

from .internal_links import view_at


def short_path(entry):
    """On its own domain a city has no shorter address for a page called like a language or like a part of the site."""
    path = reverse("pages:short_page", args=[entry.page.city.slug, entry.page.slug])
    match, _path = view_at(path)
    return path if match.url_name == "short_page" else entry.url


def readable(address):
    host, _slash, path = address.partition("://")[2].rstrip("/").partition("/")
    return f"{as_people_write_it(host)}/{path}"
