import tomllib
from datetime import datetime, time, timedelta
from itertools import chain
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.utils import timezone

from contacts.languages import INTERFACE_LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City, CityLanguage, Contact, Funder, Location, OpeningHours
from pages.models import FocusArea, Image, Page, PageTranslation
from pages.text_files import read_text

DEMO = Path(settings.BASE_DIR) / "demo"

# What of a page's lines belongs to its texts. `texts_of` names the city in whose folder they stand.
OF_TEXTS = ("short_titles", "picture", "texts_of")

# Fields of pages that are moments, written as `instant` reads them.
INSTANTS = {"starts_at", "ends_at", "registration_until", "previous_start"}


def instant(written):
    """`12 18:00` is six in the evening in twelve days: a demo is always about the time in which it is loaded."""
    days, clock = written.split()
    return timezone.make_aware(
        datetime.combine(timezone.localdate() + timedelta(days=int(days)), time.fromisoformat(clock))
    )


def create(model, **fields):
    instance = model(**fields)
    instance.full_clean()
    instance.save()
    return instance


WEEKDAYS = {"Mo": 0, "Di": 1, "Mi": 2, "Do": 3, "Fr": 4, "Sa": 5, "So": 6}


def lines_of_hours(written):
    """`Mo–Do 09:00–12:00 phone`: one line for each weekday; the kind is one of the model's, open if none is given."""
    days, times, kind = [*written.split(), OpeningHours.Kind.OPEN][:3]
    first, last = (WEEKDAYS[day] for day in (days.split("–") * 2)[:2])
    opens, closes = map(time.fromisoformat, times.split("–"))
    return [OpeningHours(weekday=weekday, opens=opens, closes=closes, kind=kind) for weekday in range(first, last + 1)]


def load_contact(city, opening_hours=(), **fields):
    contact = create(Contact, city=city, **fields)
    for line in chain.from_iterable(map(lines_of_hours, opening_hours)):
        line.contact = contact
        line.full_clean()
        line.save()


def with_contacts(body, city):
    """Texts of the demo call a contact by its function: `../kontakt/Beratung/`."""
    for contact in Contact.objects.for_city(city) if "../kontakt/" in body else ():
        body = body.replace(f'"../kontakt/{contact.function}/"', f'"../kontakt/{contact.pk}/"')
    return body


def load_image(folder, city, file, **fields):
    with (folder / file).open("rb") as opened:
        return create(Image, city=city, file=File(opened, name=file), **fields)


def load_record(city, label, **fields):
    """A row of any model that belongs to a city; `barriers` and the like are rows that belong to it in turn.

    Dates are written as days from today, contacts by their function.
    """
    model = apps.get_model(label)
    parts = {
        name: fields.pop(name) for name in list(fields) if isinstance(fields[name], list) and is_related(model, name)
    }
    for name in list(fields):
        if isinstance(model._meta.get_field(name), models.DateField):
            fields[name] = timezone.localdate() + timedelta(days=fields[name])
        elif model._meta.get_field(name).related_model is Contact:
            fields[name] = Contact.objects.get(city=city, function=fields[name])
    record = create(model, city=city, **fields)
    for name, rows in parts.items():
        for position, row in enumerate(rows):
            relation = model._meta.get_field(name)
            create(relation.related_model, **{relation.field.name: record, "position": position} | row)


def is_related(model, name):
    return model._meta.get_field(name).is_relation


class Command(BaseCommand):
    help = "Fills an empty database with the complete sites of Bielefeld and Bochum."

    def handle(self, **options):
        if Page.objects.exists():
            self.stdout.write("Es gibt schon Seiten; die Demo-Inhalte werden nicht geladen.")
            return
        for folder in sorted(path for path in DEMO.iterdir() if path.is_dir()):
            with transaction.atomic():
                pages = self.load_city(folder)
            self.stdout.write(f"{folder.name}: {pages} Seiten veröffentlicht.")

    def load_city(self, folder):
        data = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
        city = City.objects.filter(slug=folder.name).first() or City(slug=folder.name)
        for field, value in data["city"].items():
            setattr(city, field, value)
        city.full_clean()
        city.save()
        known = {language.tag for language in INTERFACE_LANGUAGES}
        wanted = {language: name for language, name in data["languages"].items() if language in known}
        for position, (language, centre_name) in enumerate(wanted.items()):
            CityLanguage.objects.update_or_create(
                city=city, language=language, defaults={"position": position, "centre_name": centre_name}
            )
        locations = {fields["name"]: create(Location, city=city, **fields) for fields in data.get("locations", [])}
        for fields in data.get("contacts", []):
            load_contact(city, **fields | {"location": locations.get(fields.get("location"))})
        for position, fields in enumerate(data.get("funders", [])):
            create(Funder, city=city, position=position, **fields)
        pictures = {fields["file"]: load_image(folder, city, **fields) for fields in data.get("images", [])}
        # All pages before the first text: a text links to any of them.
        pages = [(self.load_page(city, position, fields), fields) for position, fields in enumerate(data["pages"])]
        for page, fields in pages:
            texts = DEMO / fields.get("texts_of", folder.name)
            self.load_texts(texts, page, fields.get("short_titles", {}), pictures.get(fields.get("picture")))
        for label, rows in data.get("records", {}).items():
            for fields in rows:
                load_record(city, label, **fields)
        return len(data["pages"])

    def load_page(self, city, position, fields):
        fields = {name: value for name, value in fields.items() if name not in OF_TEXTS}
        parent = Page.objects.for_city(city).get(slug=fields.pop("parent")) if "parent" in fields else None
        model = apps.get_model(fields.pop("model", "pages.page"))
        contacts = Contact.objects.for_city(city).filter(function__in=fields.pop("contacts", []))
        fields |= {name: instant(fields[name]) for name in INSTANTS & fields.keys()}
        if "location" in fields:
            fields["location"] = Location.objects.get(city=city, name=fields["location"])
        if "focus_area" in fields:
            fields["focus_area"] = FocusArea.objects.get(city=city, slug=fields["focus_area"])
        page = create(model, city=city, position=position, parent=parent, **fields)
        page.contacts.set(contacts)
        return page

    def load_texts(self, folder, page, short_titles, picture):
        source_digests = {}
        languages = set(page.city.languages.values_list("language", flat=True))
        # German first: the translations refer to it.
        paths = sorted(folder.glob(f"{page.slug}.*.html"), key=lambda path: path.suffixes[0] != f".{SOURCE_LANGUAGE}")
        for path in paths:
            language = path.suffixes[0].removeprefix(".")
            if language not in languages:
                continue
            fields = read_text(path)
            fields["body"] = with_contacts(fields["body"], page.city)
            translation = create(
                PageTranslation,
                page=page,
                language=language,
                short_title=short_titles.get(language, ""),
                source_digests=source_digests,
                picture=picture if language == SOURCE_LANGUAGE else None,
                **fields,
            )
            revision = translation.publish(by=None)
            if translation.is_source:
                source_digests = revision.digests
