"""A city begins with the pages of another one, as drafts of its own."""

from django.db import models, transaction

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from pages.forms import free_slug
from pages.internal_links import moved_to_city
from pages.models import Page, PageRevision, PageTranslation
from pages.models.link import rewrite_links

from .models import TEXTS, Adoption, source_digests_of

# What comes and goes is of one city and one moment.
KINDS = (
    Page.Kind.HOME,
    Page.Kind.MISSION,
    Page.Kind.STANDARD,
    Page.Kind.GUIDE,
    Page.Kind.GLOSSARY,
    Page.Kind.FOCUS_AREA,
    Page.Kind.OFFER,
)

# What only the other city can know, beside everything that leads to people, places and pages of it.
OF_ONE_CITY = {
    "slug",
    "kind",
    "starts_at",
    "ends_at",
    "valid_from",
    "valid_until",
    "owner_name",
    "owner_email",
    "deputy_name",
    "deputy_email",
    "review_every",
    "review_on",
    "last_verified",
    "last_checked",
}


def sources(city):
    """Where pages can be copied from: the state-wide texts first, then the cities that are public."""
    shown = models.Q(is_public=True) | models.Q(kind=City.Kind.STATE)
    is_state = models.Case(models.When(kind=City.Kind.STATE, then=0), default=1)
    return City.objects.filter(shown).exclude(pk=city.pk).order_by(is_state, "name")


def pages_to_copy(source):
    """The pages of a city that are public in German, each with what is public of it as `live_texts`: two queries."""
    live = PageRevision.objects.live().filter(translation__page__city=source)
    german = live.filter(translation__page=models.OuterRef("pk"), translation__language=SOURCE_LANGUAGE)
    pages = Page.objects.for_city(source).filter(models.Exists(german), kind__in=KINDS).order_by("position", "pk")
    texts = {}
    for revision in live.select_related("translation"):
        texts.setdefault(revision.translation.page_id, {})[revision.translation.language] = revision
    pages = list(pages)
    for page in pages:
        page.live_texts = texts[page.pk]
    return pages


def data_of(page):
    """The fields of a page and of its kind that are no relations and of no city in particular."""
    kind = page.detail if page.kind in Page.DETAILED else page
    fields = [field for field in kind._meta.concrete_fields if not field.is_relation and not field.primary_key]
    return type(kind), {field.name: getattr(kind, field.name) for field in fields if field.name not in OF_ONE_CITY}


@transaction.atomic
def copy_pages(pages, city, by):
    """Drafts in the city of pages from `pages_to_copy`. Returns them, without what there can be only once.

    Languages that the city has not switched on are left out, too. Pages that stand under one another still do.
    """
    city = City.objects.select_for_update().get(pk=city.pk)
    languages = set(city.languages.values_list("language", flat=True))
    taken = set(Page.objects.for_city(city).values_list("kind", flat=True)).intersection(Page.ONCE_PER_CITY)
    copies = {page.pk: copy_page(page, city, languages, by) for page in pages if page.kind not in taken}
    for page in pages:
        if page.parent_id in copies and page.pk in copies:
            copies[page.pk].parent_id = copies[page.parent_id].pk
            copies[page.pk].save()
    link_to_each_other(pages, copies, city, by)
    return list(copies.values())


def link_to_each_other(pages, copies, city, by):
    """Where a copied text links to a page that was copied as well, or to a list, it means the city's own one."""
    if not copies:
        return
    numbers = {pk: copy.pk for pk, copy in copies.items()}
    slugs = pages[0].city.slug, city.slug
    texts = PageTranslation.objects.filter(page__in=numbers.values()).select_related("page__city")
    rewrite_links(texts, lambda address: moved_to_city(address, numbers, slugs), by)


def copy_page(page, city, languages, by):
    model, data = data_of(page)
    slug = free_slug(page.slug, Page.objects.for_city(city))
    copy = model(city=city, slug=slug, kind=page.kind, **data)
    copy.full_clean()
    copy.save()
    follows = page.city.kind == City.Kind.STATE
    adoption = Adoption.objects.create(page_id=copy.pk, source=page) if follows else None
    for language in sorted(languages & page.live_texts.keys() | {SOURCE_LANGUAGE}):
        revision = page.live_texts[language]
        text = PageTranslation(page_id=copy.pk, language=language, updated_by=by)
        for field in TEXTS:
            setattr(text, field, getattr(revision, field))
        text.source_digests = source_digests_of(revision)
        text.full_clean()
        text.save()
        if adoption:
            adoption.texts.create(language=language, revision=revision)
    return copy
