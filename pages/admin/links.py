"""What the forms of pages say about links: who links here, what can be linked, what leads nowhere."""

from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import Contact

from ..models import Page, PageLink, PageTranslation
from ..site import LISTS
from .addresses import text_url


class Place(NamedTuple):
    """A text with a link to a page."""

    text: PageTranslation
    url: str
    is_public: bool


class LinkedFrom(NamedTuple):
    places: list[Place]  # of the same city
    elsewhere: int  # public pages of other centres; no more is told of them


def linked_from(page):
    """Where a page is linked: one query."""
    links = PageLink.objects.leading_to(page, timezone.now())
    public, places, elsewhere = set(), {}, set()
    for link in links.select_related("translation__page", "revision").defer("translation__body", "revision__body"):
        text = link.translation
        if text.page.city_id == page.city_id:
            places[text.pk] = text
            if link.revision:
                public.add(text.pk)
        elif link.revision:
            elsewhere.add(text.page_id)
    german_first = sorted(places.values(), key=lambda text: (text.page_id, not text.is_source, text.language))
    return LinkedFrom([Place(text, text_url(text), text.pk in public) for text in german_first], len(elsewhere))


def dead_links(translation):
    """Links of a text to this site behind which there is nothing, as staff know them."""
    dead = PageLink.objects.dead(timezone.now()).filter(translation=translation).values_list("address", "page__slug")
    return list(dict.fromkeys(slug or address for address, slug in dead))


def link_targets(city):
    """(address, name) of what an editor may want to link: two queries."""
    lists = [("pages:contact_list", "Kontakt"), *LISTS.values()]
    german = PageTranslation.objects.for_city(city).filter(language=SOURCE_LANGUAGE)
    titled = german.exclude(page__kind=Page.Kind.HOME).values_list("page__slug", "title").order_by("title")
    functions = Contact.objects.for_city(city).values_list("pk", "function")
    return [
        *((reverse(name, args=[SOURCE_LANGUAGE, city.slug]), label) for name, label in lists),
        *((reverse("pages:contact", args=[SOURCE_LANGUAGE, city.slug, pk]), name) for pk, name in functions),
        *((reverse("pages:page", args=[SOURCE_LANGUAGE, city.slug, slug]), title) for slug, title in titled),
    ]
