"""Where the texts of pages lead: written down with each text, so that a page knows who links to it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import CityScopedQuerySet
from freshness.public_page import reads

from ..internal_links import PREFIX, References, addresses, as_read, is_lost, page_reference, referenced_pages, rewrite
from .page import Page


def readable_pages(instant, city=None):
    """Pages that are public at an instant; those of the given city whether or not the city itself is public."""
    not_over = Q(translations__revisions__visible_until=None) | Q(translations__revisions__visible_until__gt=instant)
    return Page.objects.filter(
        not_over,
        Q(city__is_public=True) | Q(city=city),
        translations__language=SOURCE_LANGUAGE,
        translations__revisions__visible_from__lte=instant,
    )


def with_readability(pages, instant, city=None):
    """Pages with their successors, each with `is_readable` and `successor_is_readable`."""
    readable = readable_pages(instant, city)
    return pages.select_related("city", "successor__city").annotate(
        is_readable=Exists(readable.filter(pk=OuterRef("pk"))),
        successor_is_readable=Exists(readable.filter(pk=OuterRef("successor"))),
    )


def find_targets(numbers, instant, city):
    """{pk: the page to read there} for references: the page, its successor if it is withdrawn, or None. One query."""
    pages = with_readability(Page.objects.filter(pk__in=numbers), instant, city)
    for page in pages:
        reads(page.city_id)  # what another city does with its page changes the one with the link
    return dict.fromkeys(numbers) | {page.pk: target_of(page) for page in pages}


def target_of(page):
    if page.is_readable:
        return page
    return page.successor if page.successor_is_readable else None


def for_form(html, page, language):
    """A stored body with the addresses that staff see in their browser. One query, and none without references."""
    numbers = referenced_pages(html)
    pages = {}
    if numbers:
        own_or_public = Q(city=page.city_id) | Q(pk__in=readable_pages(timezone.now()).values("pk"))
        pages = {each.pk: each for each in Page.objects.filter(own_or_public, pk__in=numbers).select_related("city")}
    return rewrite(html, lambda address: as_read(address, language, pages.get) or address)


def rewrite_links(texts, change, by):
    """Gives the links in drafts the addresses that `change` says. Returns the texts that are others now, German first.

    A translation that rendered a German block still renders it after both got the new link. Whose new words nobody
    else has seen yet stays their writer.
    """
    renewed, changed = {}, []
    for text in sorted(texts, key=lambda text: (not text.is_source, text.page_id, text.language)):
        before, body = text.digests["body"], rewrite(text.body, change)
        blocks_of_page = renewed.setdefault(text.page_id, {})
        if body == text.body:
            continue
        if text.updated_by_id is None or text.has_public_words():
            text.updated_by = by
        text.body = body
        if not text.is_source and "body" in text.source_digests:
            known = [blocks_of_page.get(block, block) for block in text.source_digests["body"]]
            text.source_digests = text.source_digests | {"body": known}
        text.save()
        changed.append(text)
        if text.is_source:
            blocks_of_page.update(zip(before, text.digests["body"], strict=True))
    return changed


class PageLinkQuerySet(CityScopedQuerySet):
    city_path = "translation__page__city"

    def write(self, translation, revision=None):
        """What the draft of a text links to, or one of its revisions. What is over is never read again."""
        over = Q(revision__visible_until__lte=timezone.now())
        self.filter(over if revision else Q(revision=None), translation=translation).delete()
        text = revision or translation
        if "<a " not in text.body:
            return
        base = translation.page.get_absolute_url(translation.language)
        pages = References(Page, translation.page.city_id).pages
        known = set(pages.filter(pk__in=referenced_pages(text.body)).values_list("pk", flat=True))
        links = (link_to(address, base, known) for address in addresses(text.body))
        rows = [PageLink(translation=translation, revision=revision, **link) for link in links if link]
        self.bulk_create(rows)

    def current(self, instant):
        """Links in drafts, and in what is public or will be."""
        over = Q(revision__visible_until__lte=instant)
        return self.exclude(over)

    def leading_to(self, page, instant):
        return self.current(instant).filter(page=page).exclude(translation__page=page)

    def dead(self, instant):
        """Links of pages to this site behind which there is nothing to read.

        A draft may link to a page that will be published together with it.
        """
        readable = readable_pages(instant, OuterRef("translation__page__city"))
        somewhere = Exists(readable.filter(pk__in=[OuterRef("page"), OuterRef("page__successor")]))
        nowhere = Q(kind=PageLink.Kind.LOST) | Q(kind=PageLink.Kind.PAGE, page=None)
        return self.current(instant).filter(nowhere | Q(~somewhere, kind=PageLink.Kind.PAGE, revision__isnull=False))


def link_to(address, base, known):
    """Fields of the row of an address; None for what nobody has to look after."""
    if len(address) > PageLink.LONGEST:
        return None
    if reference := page_reference(address):
        pk = int(reference["pk"])
        return {"kind": PageLink.Kind.PAGE, "address": address, "page_id": pk if pk in known else None}
    if address.startswith(PREFIX):
        return None
    if is_lost(address, base):
        return {"kind": PageLink.Kind.LOST, "address": address}
    return {"kind": PageLink.Kind.EXTERNAL, "address": address} if address.startswith(("http://", "https://")) else None


class PageLink(models.Model):
    """A link in the draft of a text, or in a revision that is or will be public."""

    LONGEST = 1000  # characters of an address

    class Kind(models.TextChoices):
        PAGE = "page", "Seite dieser Website"
        LOST = "lost", "Adresse dieser Website, unter der nichts steht"
        EXTERNAL = "external", "andere Website"

    translation = models.ForeignKey("pages.PageTranslation", on_delete=models.CASCADE, related_name="links")
    revision = models.ForeignKey("pages.PageRevision", on_delete=models.CASCADE, null=True, related_name="links")
    kind = models.CharField(max_length=8, choices=Kind)
    address = models.CharField("Adresse", max_length=LONGEST)
    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="links_here", verbose_name="Ziel")

    objects = PageLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Link"
        verbose_name_plural = "Links"
        ordering = ["translation__page", "translation__language", "pk"]
        constraints = [models.CheckConstraint(name="page_link_page_only", condition=Q(page=None) | Q(kind="page"))]

    def __str__(self):
        return self.address
