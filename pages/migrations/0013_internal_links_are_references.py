"""Links to this site in texts written before become references, and every link is written down.

The fingerprints change with the texts they belong to, in all places that know them: nothing becomes outdated by this,
and no draft newer than what is public.
"""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

from pages.internal_links import References, addresses, referenced_pages
from pages.models.link import link_to
from pages.richtext import blocks, digest

HAS_LINK = "<a "


def address_of(page, language):
    home = f"/{language}/{page.city.slug}/"
    return home if page.kind == "home" else f"{home}{page.slug}/"


def texts_of(page, apps):
    """(language, draft or revision) of all texts of a page."""
    for translation in page.translations.all():
        yield translation.language, translation
        for revision in apps.get_model("pages", "PageRevision").objects.filter(translation=translation):
            yield translation.language, revision


def rewrite_page(page, apps):
    references = References(apps.get_model("pages", "Page"), page.city_id)
    new_digests = {}  # of the German blocks that changed, by the old ones
    texts = list(texts_of(page, apps))
    for language, text in texts:
        body = references.stored(text.body, address_of(page, language))
        if body == text.body:
            continue
        before, text.body = text.digests.get("body", []), body
        text.digests = text.digests | {"body": [digest(block) for block in blocks(body)]}
        if language == "de":
            new_digests |= dict(zip(before, text.digests["body"], strict=False))
    for _language, text in texts:
        if known := text.source_digests.get("body"):
            renewed = [new_digests.get(fingerprint, fingerprint) for fingerprint in known]
            text.source_digests = text.source_digests | {"body": renewed}
        columns = {"body": text.body, "digests": text.digests, "source_digests": text.source_digests}
        type(text).objects.filter(pk=text.pk).update(**columns)


def make_references(apps, schema_editor):
    Page = apps.get_model("pages", "Page")
    linking = Q(translations__body__contains=HAS_LINK) | Q(translations__revisions__body__contains=HAS_LINK)
    for pk in Page.objects.filter(linking).order_by("pk").values_list("pk", flat=True).distinct():
        page = Page.objects.select_related("city").get(pk=pk)
        rewrite_page(page, apps)
        write_links(page, apps)


def write_links(page, apps):
    PageLink = apps.get_model("pages", "PageLink")
    pages = References(apps.get_model("pages", "Page"), page.city_id).pages
    now = timezone.now()
    for language, text in texts_of(page, apps):
        revision = text if hasattr(text, "visible_until") else None
        if revision and revision.visible_until and revision.visible_until <= now:
            continue
        known = set(pages.filter(pk__in=referenced_pages(text.body)).values_list("pk", flat=True))
        translation = revision.translation_id if revision else text.pk
        for address in addresses(text.body):
            if link := link_to(address, address_of(page, language), known):
                PageLink.objects.create(translation_id=translation, revision=revision, **link)


class Migration(migrations.Migration):
    dependencies = [("pages", "0012_page_links")]
    operations = [migrations.RunPython(make_references, migrations.RunPython.noop)]
