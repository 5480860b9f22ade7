"""Puts the new address of a link that moved into every draft of a city. Nothing becomes public by it."""

from django.db import transaction

from pages.internal_links import rewrite
from pages.models import PageLink, PageTranslation


@transaction.atomic
def replace(link, by):
    """Returns the texts whose drafts have the new address now, German first."""
    drafts = PageLink.objects.for_city(link.city_id).filter(address=link.url, revision=None)
    texts = PageTranslation.objects.select_for_update(of=("self",)).filter(pk__in=drafts.values("translation"))
    texts = sorted(texts.select_related("page__city"), key=lambda text: (not text.is_source, text.page_id))
    renewed = {}
    for text in texts:
        before = text.digests["body"]
        text.body = rewrite(text.body, lambda address: link.moved_to if address == link.url else address)
        if not text.is_source:
            # A translation whose link is replaced too renders the new German block as it did the old one.
            text.source_digests = with_renewed_blocks(text.source_digests, renewed.get(text.page_id, {}))
        text.updated_by = by
        text.save()
        if text.is_source:
            renewed[text.page_id] = dict(zip(before, text.digests["body"], strict=True))
    return texts


def with_renewed_blocks(source_digests, renewed):
    if "body" not in source_digests:
        return source_digests
    return source_digests | {"body": [renewed.get(block, block) for block in source_digests["body"]]}
