"""Where a link stands: in which texts and in which data of its city."""

from collections import defaultdict
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from pages.admin.addresses import text_url
from pages.models import PageLink

from .checking import fields_with_addresses


class Usage(NamedTuple):
    name: str
    note: str  # the language of a text, the kind of data
    url: str  # where staff change it
    language: object = LANGUAGES[SOURCE_LANGUAGE]


def add_usages(links):
    """Sets `usages` of each link: a constant number of queries for any number of links."""
    by_link = defaultdict(dict)
    for city, address, usage in [*in_texts(links), *in_data(links)]:
        by_link[city, address][usage.url] = usage
    for link in links:
        link.usages = list(by_link[link.city_id, link.url].values())


def in_texts(links):
    wanted = {
        "address__in": {link.url for link in links},
        "translation__page__city__in": {link.city_id for link in links},
    }
    found = PageLink.objects.current(timezone.now()).filter(**wanted).select_related("translation__page", "revision")
    # What is public comes last and says so: it stays until the draft is published.
    rows = sorted(found.defer("translation__body", "revision__body"), key=lambda link: link.revision_id is not None)
    in_draft = {(row.translation_id, row.address) for row in rows if row.revision_id is None}
    for row in rows:
        text = row.translation
        waits = "" if (text.pk, row.address) in in_draft else ", im Entwurf schon ersetzt"
        usage = Usage(str(text), f"{text.info.german_name}{waits}", text_url(text), text.info)
        yield text.page.city_id, row.address, usage


def in_data(links):
    cities, urls = {link.city_id for link in links}, {link.url for link in links}
    for model, names in fields_with_addresses():
        rows = model._default_manager.all()
        for name in names:
            found = rows.filter(**{f"{name}__in": urls, f"{rows.city_path}__in": cities})
            for row in found:
                change = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
                yield row.city_id, getattr(row, name), Usage(str(row), model._meta.verbose_name, change)
