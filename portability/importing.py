"""Builds a city from its file. Everything passes the checks that an editor's form has: the file may be forged.

Numbers of the file mean only what the file says; no row of another city can be named by it.
"""

from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import DatabaseError, models, transaction
from django.utils.crypto import get_random_string

from audit.log import Action, record
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City, Membership
from pages.internal_links import PREFIX, contact_reference, page_reference, rewrite
from pages.models import Page, PageRevision, PageTranslation

from .exporting import note_renamed, renamed_of_page
from .kinds import (
    CITY,
    INQUIRIES,
    LISTS,
    OF_REVISION,
    OF_TRANSLATION,
    PAGE_KINDS,
    PAGE_LISTS,
    PAGES,
    REVISION,
    TRANSLATION,
)
from .package import Refused

# Who imports is at the command line, without an account.
OPERATORS = "Betriebsstelle"

# Set when the pages that they name are there.
LATER = ("parent", "successor", "focus_area")


def import_city(package, progress, with_inquiries=False, with_members=False):
    """(city, number of pages, e-mails without an account). All of it or nothing; the city is not public."""
    work = CityImport(package, progress)
    try:
        with transaction.atomic():
            strangers = work.run(with_inquiries, with_members)
            pages = f"{len(work.pages)} Seiten"
            record(Action.IMPORTED, work.city, city_id=work.city.pk, by=OPERATORS, detail=pages)
    except BaseException as error:
        for row in filter(has_stored_files, work.with_files):
            row.remove_files()
        if isinstance(error, DatabaseError):
            raise Refused(f"Die Datenbank nimmt die Daten nicht an: {error}") from error
        raise
    return work.city, len(work.pages), strangers


@contextmanager
def named(place):
    """Whose fault it is that a check failed."""
    try:
        yield
    except ValidationError as error:
        raise Refused(f"{place}: {'; '.join(sentences(error))[:500]}") from error


def sentences(error):
    if hasattr(error, "message_dict"):
        return [f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()]
    return error.messages


def has_stored_files(row):
    fields = [field for field in row._meta.concrete_fields if isinstance(field, models.FileField)]
    return all(getattr(row, field.name)._committed for field in fields)


def is_set_by_saving(field):
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


class CityImport:
    def __init__(self, package, progress):
        self.package, self.progress = package, progress
        self.rows = {}  # {name of a list: {number in the file: row}}
        self.pages = {}  # {slug: pk}
        self.with_files = []
        self.city = None

    def run(self, with_inquiries, with_members):
        data = self.package.city()
        self.city = self.make_city(data["city"])
        # The statement comes last: whether it is right depends on everything else.
        *first, statement = LISTS
        for kind in first:
            self.make_list(kind, data.get(kind.name, []))
        self.set_deputies(data.get("contacts", []))
        names = self.in_their_order()
        for name in names:
            self.make_page(name, self.package.page(name))
        for name in names:
            page = self.package.page(name)
            self.relate_page(name, page)
            self.make_texts(name, page)
            self.progress(f"Texte von {name}")
        self.make_list(statement, data.get(statement.name, []))
        if with_inquiries:
            self.make_list(INQUIRIES, data.get(INQUIRIES.name, []), receipt_token=random_token)
        return self.make_members(data.get("memberships", [])) if with_members else []

    # --- Rows of any kind ------------------------------------------------------------------------

    def make_city(self, data):
        city = City.objects.select_for_update().filter(slug=data.get("slug", "")).first() or City()
        if city.pk and (held := what_holds(city)):
            raise Refused(f"Die Stadt {city.slug} gibt es schon, und sie ist nicht leer: {held}.")
        row = self.save(CITY, city, data, "city")
        row.languages.all().delete()
        return row

    def make_list(self, kind, items, **drawn):
        numbers = [item["id"] for item in items]
        if len(set(numbers)) < len(numbers):
            raise Refused(f"{kind.name}: Eine „id“ kommt zweimal vor.")
        self.rows[kind.name] = {}
        for item in sorted(items, key=lambda item: item["id"]):
            place = f"{kind.name} {item['id']}"
            owner = {"city": self.city} | {name: draw() for name, draw in drawn.items()}
            row = self.save(kind, kind.model(**owner), item, place)
            self.rows[kind.name][item["id"]] = row
            for name, part in kind.parts.items():
                for position, each in enumerate(item.get(name, []), start=1):
                    self.save(part, part.model(**{part.owner: row}), each, f"{place}, {name} {position}")

    def save(self, kind, row, data, place):
        """A row with the values of the file, checked as from a form. Days that are set by saving are set again."""
        with ExitStack() as files:
            given = [field for field in kind.fields if field.name in data and field.name not in (*LATER, "deputy")]
            for field in given:
                attribute = field.attname if field.name in kind.refers else field.name
                setattr(row, attribute, self.value(kind, field, data[field.name], place, files))
            with named(place):
                row.full_clean(exclude={"created_by", "ended_by", "size", "width", "height"})
            if any(isinstance(field, models.FileField) and data[field.name] for field in given):
                self.with_files.append(row)
            row.save()
        set_by_saving = {field.name: data[field.name] for field in given if is_set_by_saving(field)}
        if set_by_saving:
            type(row).objects.filter(pk=row.pk).update(**set_by_saving)
        return row

    def value(self, kind, field, value, place, files):
        if isinstance(field, models.FileField):
            name = PurePosixPath(value).name
            return File(files.enter_context(self.package.file(value)), name=name) if value else ""
        if field.name in kind.refers:
            return self.referred(kind.refers[field.name], value, place)
        with named(f"{place}, {field.name}"):
            return field.to_python(value)

    def referred(self, target, number, place):
        if number is None:
            return None
        rows = self.pages if target == PAGES else {key: row.pk for key, row in self.rows[target].items()}
        if number not in rows:
            raise Refused(f"{place}: verweist auf {target} {number}; das steht nicht in der Datei.")
        return rows[number]

    def set_deputies(self, items):
        for item in items:
            if item.get("deputy"):
                contact = self.rows["contacts"][item["id"]]
                place = f"contacts {item['id']}"
                contact.deputy_id = self.referred("contacts", item["deputy"], place)
                with named(place):
                    contact.full_clean()
                contact.save()

    # --- Pages -----------------------------------------------------------------------------------

    def in_their_order(self):
        return sorted(self.package.pages(), key=lambda name: (self.package.page(name)["order"], name))

    def make_page(self, name, data):
        kind = PAGE_KINDS[data["kind"]]
        page = self.save(kind, kind.model(city=self.city, kind=data["kind"]), data, name)
        self.pages[page.slug] = page.pk

    def relate_page(self, name, data):
        kind = PAGE_KINDS[data["kind"]]
        page = kind.model.objects.get(pk=self.pages[data["slug"]])
        relations = {
            f"{field}_id": self.referred(PAGES, data[field], name) for field in LATER if data.get(field) is not None
        }
        for attribute, value in relations.items():
            setattr(page, attribute, value)
        if relations:
            with named(name):
                page.full_clean()
            kind.model.objects.filter(pk=page.pk).update(**relations)
        for field in PAGE_LISTS:
            chosen = [self.referred(field, number, name) for number in data.get(field, [])]
            getattr(page, field).set(chosen)
        for slug in data.get("former_slugs", []):
            if slug in self.pages:
                raise Refused(f"{name}: Die frühere Adresse {slug} hat eine andere Seite.")
            page.aliases.create(city=self.city, slug=slug)

    # --- Texts -----------------------------------------------------------------------------------

    def make_texts(self, name, data):
        page = Page.objects.select_related("city").get(pk=self.pages[data["slug"]])
        texts, renamed = {}, {}
        for language, text in data.get("texts", {}).items():
            texts[language] = self.own_text(text, renamed) | {
                "revisions": [self.own_text(revision, renamed) for revision in text.get("revisions", [])]
            }
        renamed_of_page(texts, renamed)
        for language in sorted(texts, key=lambda each: (each != SOURCE_LANGUAGE, each)):
            self.make_text(f"{name}, {language}", page, language, texts[language])

    def own_text(self, data, renamed):
        """Sanitised, with links to the pages as they are numbered here."""
        given = data.get("body", "")
        body = PageTranslation._meta.get_field("body").clean(given, None) if given else ""
        body = rewrite(body, self.own_address) if PREFIX in body else body
        note_renamed(renamed, given, body)
        return data | {"body": body}

    def own_address(self, address):
        """A number in a file names somebody else's page: the link goes, its words stay."""
        if page_reference(address):
            return None
        if (contact := contact_reference(address)) and contact["city"] == self.city.slug:
            row = self.rows["contacts"].get(int(contact["pk"]))
            return row and f"{PREFIX}{self.city.slug}/kontakt/{row.pk}/{contact['rest']}"
        city, _slash, rest = address.removeprefix(PREFIX).partition("/")
        slug, _slash, rest = rest.partition("/")
        number = self.pages.get(slug) if address.startswith(PREFIX) and city == self.city.slug else None
        return f"{PREFIX}{number}/{rest}" if number else address

    def make_text(self, place, page, language, data):
        stored = {name: value for name, value in data.items() if name in OF_TRANSLATION}
        text = self.save(TRANSLATION, PageTranslation(page=page, language=language), stored, place)
        if data.get("is_approved"):
            PageTranslation.objects.filter(pk=text.pk).update(approved_version=text.version)
        for position, revision in enumerate(sorted(data["revisions"], key=lambda each: each["visible_from"]), start=1):
            stored = {name: value for name, value in revision.items() if name in OF_REVISION}
            row = PageRevision(translation=text)
            for field in ("body", *(each for each in PageRevision.TEXT_FIELDS if each != "body")):
                setattr(row, field, stored.get(field, ""))
            row.digests = row.compute_digests()
            self.save(REVISION, row, stored, f"{place}, Fassung {position}")

    # --- Who may do what -------------------------------------------------------------------------

    def make_members(self, items):
        """Only people who have an account here; the addresses of the others are returned."""
        strangers = []
        for item in items:
            users = get_user_model().objects.filter(email__iexact=item.get("email", ""), is_active=True)
            if not item.get("email") or users.count() != 1:
                strangers.append(item.get("email", ""))
                continue
            membership = Membership(user=users.get(), city=self.city, role=item.get("role", ""))
            membership.languages = item.get("languages", [])
            with named(f"memberships {item['email']}"):
                membership.full_clean()
            membership.save()
            record(Action.ADDED, membership, city_id=self.city.pk, by=OPERATORS)
        return strangers


def random_token():
    return get_random_string(64, "0123456789abcdef")


def what_holds(city):
    """What makes a city not empty; an empty string if nothing does."""
    if city.is_public:
        return "Sie ist öffentlich"
    held = [Page, *(kind.model for kind in LISTS if kind.name != "languages"), INQUIRIES.model]
    found = (model for model in held if model.objects.filter(city=city).exists())
    return next((f"Es gibt {model._meta.verbose_name_plural}" for model in found), "")
