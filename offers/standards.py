"""The standard offers of a centre, from which a city adopts what it has."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from pages.forms import free_slug
from pages.models import FocusArea, Page, PageTranslation
from pages.text_files import read_text

from .models import Offer

CATALOGUE = Path(__file__).parent / "catalogue"


@dataclass(frozen=True)
class Standard:
    key: str
    texts: dict  # the German text
    check: list  # what staff look at after adopting it
    data: dict  # fields of an offer

    @property
    def pillar(self):
        return FocusArea.Pillar(self.data["pillar"])


@cache
def standards():
    """All standard offers by key, in the order of the catalogue."""
    entries = tomllib.loads((CATALOGUE / "catalogue.toml").read_text(encoding="utf-8"))["offers"]
    return {entry["key"]: read_standard(**entry) for entry in entries}


def read_standard(key, check, **data):
    return Standard(key, read_text(CATALOGUE / f"{key}.{SOURCE_LANGUAGE}.html"), check, data)


@transaction.atomic
def adopt(standard, city, by):
    """(offer, whether it is new): the city's own draft of a standard offer. Nothing becomes public."""
    # Two who press the button at once get the same offer.
    city = City.objects.select_for_update().get(pk=city.pk)
    if adopted := Offer.objects.for_city(city).filter(standard=standard.key).first():
        return adopted, False
    slug = free_slug(standard.key, Page.objects.for_city(city))
    offer = Offer(city=city, slug=slug, standard=standard.key, **standard.data)
    offer.full_clean()
    offer.save()
    text = PageTranslation(page=offer, language=SOURCE_LANGUAGE, updated_by=by, **standard.texts)
    text.full_clean()
    text.save()
    return offer, True
