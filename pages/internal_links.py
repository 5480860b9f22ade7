"""Links to this site inside texts: stored as references without language, read as addresses in the reader's.

`/seite/12/` is page 12, whatever its slug is now; `/seite/bielefeld/kontakt/` is what stands at the address
/<language>/bielefeld/kontakt/.
"""

import re
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils import timezone

from contacts.hosts import called_as, on_main_host, own_domain_called, seen_from_here
from contacts.languages import SOURCE_LANGUAGE

PREFIX = "/seite/"
# Sanitised HTML has its attributes in double quotes, and no link inside a link.
LINK = re.compile(r'<a(?=\s)(?P<attributes>(?:\s+[\w-]+="[^"]*")*)\s*>(?P<words>.*?)</a>', re.DOTALL)
HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
PAGE_REFERENCE = re.compile(rf"{PREFIX}(?P<pk>[0-9]{{1,18}})/(?P<sheet>blatt/)?(?P<rest>([?#].*)?)", re.DOTALL)
CONTACT_REFERENCE = re.compile(rf"{PREFIX}(?P<city>[a-z0-9-]+)/kontakt/(?P<pk>[0-9]{{1,18}})/(?P<rest>.*)", re.DOTALL)
# As the sanitiser writes the value of an attribute: another spelling would be another text.
ESCAPES = str.maketrans({"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})
# What views of the whole portal are called; all others of interest have a city in their address.
OF_PORTAL = ("pages:portal", "pages:search_all")


def addresses(html):
    """Where the links of sanitised HTML lead, each address once, in order."""
    found = (HREF.search(link["attributes"]) for link in LINK.finditer(html))
    return list(dict.fromkeys(unescape(href[0]).strip() for href in found if href))


def rewrite(html, change):
    """Sanitised HTML with each address as `change` gives it. None takes the link away and leaves its words."""

    def rewritten(link):
        href = HREF.search(link["attributes"])
        if not href:
            return link[0]
        before = unescape(href[0])
        after = change(before.strip())
        if after is None:
            return link["words"]
        if after == before:
            return link[0]
        start, end = link.start("attributes") + href.start(), link.start("attributes") + href.end()
        return html[link.start() : start] + after.translate(ESCAPES) + html[end : link.end()]

    return LINK.sub(rewritten, html)


def page_reference(address):
    """The match of an address that is the reference of a page, or None."""
    return PAGE_REFERENCE.fullmatch(address)


def referenced_pages(*texts):
    """Primary keys of the pages to which the texts link."""
    references = (page_reference(address) for html in texts if PREFIX in html for address in addresses(html))
    return {int(reference["pk"]) for reference in references if reference}


def contact_reference(address):
    """The match of an address that is the reference of a contact, or None."""
    return CONTACT_REFERENCE.fullmatch(address)


def moved_to_city(address, pages, slugs):
    """The reference that a text copied from one city means in another: `pages` is {pk: pk}, `slugs` those of both.

    Who is asked in one city is nobody in another: what led to a contact leads to the list of all.
    """
    reference = page_reference(address)
    if reference and (pk := pages.get(int(reference["pk"]))):
        return f"{PREFIX}{pk}/{reference['sheet'] or ''}{reference['rest']}"
    before, after = (f"{PREFIX}{slug}/" for slug in slugs)
    if (contact := contact_reference(address)) and contact["city"] == slugs[0]:
        return f"{after}kontakt/"
    return after + address.removeprefix(before) if address.startswith(before) else address


def as_read(address, language, page_of):
    """The address behind a reference in a language; others as they are. None if `page_of(pk)` knows no page."""
    if reference := page_reference(address):
        page = page_of(int(reference["pk"]))
        if page is None:
            return None
        with called_as(None):
            path = page.get_absolute_url(language)
        return seen_from_here(path) + (reference["sheet"] or "") + reference["rest"]
    return seen_from_here(f"/{language}/{address.removeprefix(PREFIX)}") if address.startswith(PREFIX) else address


def is_own_host(host):
    """Whether a host with or without port is one by which this site is called."""
    domain, _port = split_domain_port(host)
    known = [each for each in settings.ALLOWED_HOSTS if each != "*"]
    is_main = bool(domain) and validate_host(domain, [*known, urlsplit(settings.SITE_URL).hostname or ""])
    return is_main or own_domain_called(host) is not None


def path_on_this_site(address, base):
    """(path, query, fragment) of what an editor typed on a page with the address `base`; None if it leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme and parts.scheme not in ("http", "https") and not is_own_host(parts.scheme):
        return None
    if parts.scheme in ("http", "https") or parts.netloc:
        path = path_on_main_host(parts.netloc, parts.path or "/")
        return (path, parts.query, parts.fragment) if is_own_host(parts.netloc) else None
    first, _slash, rest = address.partition("/")
    if first and is_own_host(first):  # as people type it: ki.example.org/de/bielefeld/
        parts = urlsplit("/" + rest.lstrip("/"))
        return path_on_main_host(first, parts.path), parts.query, parts.fragment
    if parts.scheme or not parts.path:  # an anchor on the same page
        return None
    return urljoin(base, parts.path), parts.query, parts.fragment


def path_on_main_host(host, path):
    """A path on the own domain of a city with the city in it."""
    own_domain = own_domain_called(host)
    if own_domain is None:
        return path
    with called_as(own_domain):
        match, _path = view_at(unquote(path))
        is_of_city = path == "/" or (match and "city_slug" in match.kwargs)
        return on_main_host(path) if is_of_city else path


def is_lost(address, base):
    """Whether a stored address means this site, but is no reference because nothing is there."""
    if address.startswith(PREFIX) or not (path := path_on_this_site(address, base)):
        return False
    match, _path = view_at(unquote(path[0]))
    return match is None or match.app_name == "admin" or "city_slug" in match.kwargs


def view_at(path):
    """(what answers there, the path) of a path with or without its last slash, as in a browser."""
    for candidate in (path, f"{path}/"):
        try:
            return resolve(candidate), candidate
        except Resolver404:
            continue
    return None, path


class References:
    """Makes references of addresses that editors of a city type or paste.

    Whose pages there are is asked of the given model: migrations have one of their own.
    """

    def __init__(self, page_model, city_id):
        self.city_model = page_model._meta.get_field("city").related_model
        self.city_id = city_id
        was_public = Q(
            translations__language=SOURCE_LANGUAGE, translations__revisions__visible_from__lte=timezone.now()
        )
        # Whether another city has a page that nobody could read yet is not to be found out.
        self.pages = page_model.objects.filter(Q(city=city_id) | was_public)

    def stored(self, html, base):
        """HTML as it is stored; relative addresses are meant from `base`, the address of the text's page."""
        return rewrite(html, lambda address: self.reference(address, base) or address) if "<a " in html else html

    def reference(self, address, base):
        """The reference for an address; None where there is none, and for what is one already."""
        if address.startswith(PREFIX) or (path := path_on_this_site(address, base)) is None:
            return None
        found = path[0] if path[0].startswith(PREFIX) else self.place(unquote(path[0]))
        return found and urlunsplit(("", "", quote(found), *path[1:]))

    def place(self, path):
        match, path = view_at(path)
        if match is None:
            return None
        names = match.kwargs
        if match.app_name == "admin":
            return self.page_in_admin(match)
        if match.app_name == "pages" and "slug" in names:
            page = self.page_at(names["city_slug"], names["slug"])
            if page:
                return f"{PREFIX}{page.pk}/{'blatt/' if match.url_name == 'page_sheet' else ''}"
            # A short address without language may be that of a list or a form.
            if "language" in names or view_at(f"/{SOURCE_LANGUAGE}{path}")[0].url_name == "page":
                return None
        if "token" in names or not (match.view_name in OF_PORTAL or self.has_city(names.get("city_slug"))):
            return None
        return PREFIX + path.split("/", 2 if "language" in names else 1)[-1]

    def page_at(self, city_slug, slug):
        of_city = self.pages.filter(city__slug=city_slug)
        return of_city.filter(slug=slug).first() or of_city.filter(aliases__slug=slug).first()

    def page_in_admin(self, match):
        """Editors may copy the address of a form or a preview; only pages of their own city can be meant."""
        models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in apps.get_models()}
        model = models.get(match.url_name.rpartition("_")[0])
        numbers = [match.kwargs[name] for name in ("text_id", "page_id", "object_id") if name in match.kwargs]
        if model is None or not numbers or not str(numbers[0]).isdecimal():
            return None
        if model is apps.get_model("pages", "PageTranslation"):
            of_number = Q(translations=numbers[0])
        elif issubclass(model, apps.get_model("pages", "Page")):
            of_number = Q(pk=numbers[0])
        else:
            return None
        page = self.pages.filter(of_number, city=self.city_id).first()
        return page and f"{PREFIX}{page.pk}/"

    def has_city(self, slug):
        return bool(slug) and self.city_model.objects.filter(slug=slug).exists()
