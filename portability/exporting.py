"""Writes what a city entered: the same city gives the same bytes, in this installation and in the next."""

import json
from contextlib import suppress
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from backups.archive import PIECE, ArchiveWriter, written_whole
from backups.connection import snapshot
from backups.rows import to_json
from contacts.models import City
from pages.internal_links import PREFIX, contact_reference, page_reference, rewrite
from pages.models import Page
from pages.richtext import blocks, digest

from .kinds import (
    CITY,
    FORMAT,
    INQUIRIES,
    LISTS,
    MEMBERSHIPS,
    PAGE_KINDS,
    PAGE_LISTS,
    PAGES,
    REVISION,
    TRANSLATION,
    VERSION,
)


def as_text(data):
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def export_city(slug, path, progress, with_inquiries=False, with_members=False):
    """(pages, names of files that are missing). City.DoesNotExist if there is none."""
    with written_whole(path) as file, snapshot():
        city = City.objects.get(slug=slug)
        writer = ArchiveWriter(file, timezone.now())
        try:
            export = CityExport(city, writer, progress)
            writer.add("city.json", as_text(export.city_data(with_inquiries, with_members)))
            pages = export.write_pages()
            writer.finish({"format": FORMAT, "version": VERSION, "city": slug})
        finally:
            writer.abandon()
    return pages, export.missing


def renamed_digests(data, renamed):
    """Fingerprints of blocks inside any JSON, as `renamed` says."""
    match data:
        case str():
            return renamed.get(data, data)
        case list():
            return [renamed_digests(each, renamed) for each in data]
        case dict():
            return {key: renamed_digests(value, renamed) for key, value in data.items()}
        case _:
            return data


def note_renamed(renamed, before, after):
    if before != after:
        pairs = zip(blocks(before), blocks(after), strict=False)
        renamed.update({digest(old): digest(new) for old, new in pairs})


class CityExport:
    def __init__(self, city, writer, progress):
        self.city, self.writer, self.progress = city, writer, progress
        self.numbers = {PAGES: dict(Page.objects.for_city(city).values_list("pk", "slug"))}
        self.addresses = {}  # of pages of other cities that are linked to
        self.missing = []

    # --- city.json -------------------------------------------------------------------------------

    def city_data(self, with_inquiries, with_members):
        data = {"format": FORMAT, "version": VERSION, "city": self.row_data(CITY, self.city, "city/1")}
        for kind in (*LISTS, *([INQUIRIES] if with_inquiries else ())):
            data[kind.name] = self.list_data(kind)
        if with_members:
            memberships = self.city.memberships.exclude(user__email="").select_related("user").order_by("user__email")
            data["memberships"] = [
                self.row_data(MEMBERSHIPS, row, "") | {"email": row.user.email.lower()} for row in memberships
            ]
        return data

    def list_data(self, kind):
        rows = list(kind.model.objects.filter(city=self.city).order_by("pk"))
        self.numbers[kind.name] = {row.pk: number for number, row in enumerate(rows, start=1)}
        return [self.numbered_data(kind, row, number) for number, row in enumerate(rows, start=1)]

    def numbered_data(self, kind, row, number):
        data = self.row_data(kind, row, f"{kind.name}/{number}") | {"id": number}
        for name, part in kind.parts.items():
            data[name] = [self.row_data(part, each, "") for each in getattr(row, name).order_by("pk")]
        return data

    def row_data(self, kind, row, place):
        return {field.name: self.value(kind, field, row, place) for field in kind.fields}

    def value(self, kind, field, row, place):
        value = getattr(row, field.attname)
        if target := kind.refers.get(field.name):
            return value and self.numbers[target].get(value)
        if isinstance(field, models.FileField):
            return self.copy_file(value.name, f"media/{place}-{field.name}") if value else ""
        return to_json(value)

    def copy_file(self, name, place):
        target = place + PurePosixPath(name).suffix.lower()
        try:
            with default_storage.open(name) as file, self.writer.part(target, compressed=False) as part:
                while piece := file.read(PIECE):
                    part.write(piece)
        except FileNotFoundError:
            self.missing.append(name)
        return target

    # --- pages/*.json ----------------------------------------------------------------------------

    def write_pages(self):
        rows = Page.objects.for_city(self.city).order_by("pk")
        order = 0
        for order, page in enumerate(rows.iterator(chunk_size=100), start=1):
            self.writer.add(f"pages/{page.slug}.json", as_text(self.page_data(page, order)))
            self.progress(f"{order} Seiten")
        return order

    def page_data(self, page, order):
        row = page.detail if page.kind in Page.DETAILED else page
        data = self.row_data(PAGE_KINDS[page.kind], row, "") | {"kind": page.kind, "order": order}
        for name in PAGE_LISTS:
            chosen = getattr(page, name).values_list("pk", flat=True)
            data[name] = sorted(self.numbers[name][pk] for pk in chosen)
        data["former_slugs"] = sorted(page.aliases.values_list("slug", flat=True))
        return data | {"texts": self.texts_data(page)}

    def texts_data(self, page):
        renamed, data = {}, {}
        for text in page.translations.order_by("language"):
            revisions = text.revisions.order_by("visible_from")
            data[text.language] = self.text_data(TRANSLATION, text, renamed) | {
                "is_approved": text.is_approved,
                "revisions": [self.text_data(REVISION, revision, renamed) for revision in revisions],
            }
        return renamed_of_page(data, renamed)

    def text_data(self, kind, text, renamed):
        data = self.row_data(kind, text, "")
        data["body"] = self.portable(text.body)
        note_renamed(renamed, text.body, data["body"])
        return data

    def portable(self, html):
        """Links name pages by their address and contacts by their number in the file: others mean nothing elsewhere.

        A link to nothing becomes plain words.
        """
        return rewrite(html, self.portable_address) if PREFIX in html else html

    def portable_address(self, address):
        if (contact := contact_reference(address)) and contact["city"] == self.city.slug:
            number = self.numbers["contacts"].get(int(contact["pk"]))
            return number and f"{PREFIX}{self.city.slug}/kontakt/{number}/{contact['rest']}"
        reference = page_reference(address)
        if not reference:
            return address
        number = int(reference["pk"])
        slug = self.numbers[PAGES].get(number)
        place = f"{self.city.slug}/{slug}" if slug else self.address_of(number)
        return place and f"{PREFIX}{place}/{reference['sheet'] or ''}{reference['rest']}"

    def address_of(self, number):
        if number not in self.addresses:
            self.addresses[number] = None
            with suppress(Page.DoesNotExist):
                page = Page.objects.select_related("city").get(pk=number)
                self.addresses[number] = f"{page.city.slug}/{page.slug}"
        return self.addresses[number]


def renamed_of_page(texts, renamed):
    """The same texts of a page, in which fingerprints follow their blocks."""
    for text in texts.values():
        for each in (text, *text["revisions"]):
            for name in ("source_digests", "equal_digests", "block_sources"):
                if name in each:
                    each[name] = renamed_digests(each[name], renamed)
    return texts
