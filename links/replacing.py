"""Puts the new address of a link that moved into every draft of a city. Nothing becomes public by it."""

from django.db import transaction

from pages.models import PageLink, PageTranslation
from pages.models.link import rewrite_links


@transaction.atomic
def replace(link, by):
    """Returns the texts whose drafts have the new address now, German first."""
    drafts = PageLink.objects.for_city(link.city_id).filter(address=link.url, revision=None)
    texts = PageTranslation.objects.select_for_update(of=("self",)).filter(pk__in=drafts.values("translation"))
    new_address = {link.url: link.moved_to}
    return rewrite_links(texts.select_related("page__city"), lambda url: new_address.get(url, url), by)
