"""What a city's site needs before it may be public, and afterwards what is missing again."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City, Contact, OpeningHours
from pages.admin.texts import text_url
from pages.models import Page, PageRevision

from .models import AccessibilityStatement, EasyGermanPage, Imprint, PrivacyInformation, SignLanguageVideo


class State(models.TextChoices):
    """In the order of what weighs most."""

    MISSING = "missing", "Fehlt"
    EXAMPLE = "example", "Noch Beispiele"
    WARNING = "warning", "Bitte ansehen"
    DONE = "done", "Fertig"


REFUSING = (State.MISSING, State.EXAMPLE)


class Link(NamedTuple):
    url: str
    label: str


class Hint(NamedTuple):
    """What to do, in one sentence, with the fields it is about."""

    state: State
    sentence: str
    links: list[Link]


@dataclass
class GateItem:
    name: str
    hints: list[Hint]

    @property
    def state(self):
        return next((state for state in State if state in {hint.state for hint in self.hints}), State.DONE)

    @property
    def refusals(self):
        return [hint for hint in self.hints if hint.state in REFUSING]


def items(city, instant):
    """The whole list, in the order in which it is shown. Four queries."""
    city = city_with_everything(city, instant)
    today = timezone.localdate(instant)
    return [
        GateItem("Impressum", hints_of_record(city, Imprint, "Im Impressum")),
        GateItem("Datenschutz", hints_of_record(city, PrivacyInformation, "In den Angaben zum Datenschutz")),
        GateItem("Erklärung zur Barrierefreiheit", hints_of_statement(city, today)),
        GateItem("Leichte Sprache", hints_of_easy_german(city)),
        GateItem("Kontakt mit Öffnungszeiten", hints_of_main_contact(city, today)),
        GateItem("Beschreibungen für Bilder und Videos", hints_of_alternatives(city, instant)),
        GateItem("Startseite auf Deutsch", hints_of_home_page(city)),
    ]


def refusals(city, instant):
    return [hint for item in items(city, instant) for hint in item.refusals]


def city_with_everything(city, instant):
    """The city with its legal records, and with the keys of what is to be looked at: one query."""
    home = Page.objects.filter(city=OuterRef("pk"), kind=Page.Kind.HOME)
    live_home = PageRevision.objects.visible_at(instant).filter(
        translation__page__city=OuterRef("pk"),
        translation__page__kind=Page.Kind.HOME,
        translation__language=SOURCE_LANGUAGE,
    )
    mute_videos = SignLanguageVideo.objects.filter(city=OuterRef("pk"), transcript="")
    return (
        City.objects.select_related(
            "imprint", "privacy_information", "easy_german_page", "accessibility_statement__responsible"
        )
        .annotate(
            home_id=Subquery(home.values("pk")[:1]),
            home_is_example=Subquery(home.values("is_example")[:1]),
            home_is_public=Exists(live_home),
            mute_video_id=Subquery(mute_videos.values("pk")[:1]),
        )
        .get(pk=city.pk)
    )


# --- Where to mend it ------------------------------------------------------------------------------


def form_url(model, city, pk=None):
    """Of an object of the city, or of the form that adds one."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"{name}_change", args=[pk]) if pk else f"{reverse(f'{name}_add')}?city={city.pk}"


def field_link(record, name):
    label = str(record._meta.get_field(name).verbose_name)
    return Link(f"{form_url(type(record), record.city, record.pk)}#id_{name}", label)


def field_links(record, names):
    """In the order of the form; none of the names may be twice."""
    order = [field.name for field in record._meta.fields]
    return [field_link(record, name) for name in sorted(names, key=order.index)]


# --- One item after the other ------------------------------------------------------------------------


def record_of(city, model):
    """The city's row, or an empty one."""
    return getattr(city, model._meta.get_field("city").remote_field.related_name, None) or model(city=city)


def hints_of_record(city, model, where):
    """What every legal record has: fields that must be filled in, and values that are invented."""
    record = record_of(city, model)
    missing = record.missing_fields()
    invented = [name for name in record.example_fields if name not in missing]
    hints = []
    if missing:
        hints.append(Hint(State.MISSING, f"{where} fehlt noch:", field_links(record, missing)))
    if invented:
        hints.append(Hint(State.EXAMPLE, f"{where} stehen noch Beispiele:", field_links(record, invented)))
    return hints


def hints_of_statement(city, today):
    statement = record_of(city, AccessibilityStatement)
    hints = hints_of_record(city, AccessibilityStatement, "In der Erklärung zur Barrierefreiheit")
    if statement.responsible:
        hints += hints_of_responsible(city, statement.responsible)
    if statement.reviewed_on and statement.needs_review_on(today):
        hints.append(hint_of_review(statement, today))
    if statement.pk and not statement.monitoring_notified_on:
        sentence = "Bitte melden Sie die Erklärung der Überwachungsstelle und tragen Sie den Tag ein:"
        hints.append(Hint(State.WARNING, sentence, [field_link(statement, "monitoring_notified_on")]))
    return hints


def hints_of_responsible(city, contact):
    url = form_url(Contact, city, contact.pk)
    hints = []
    if not (contact.phone or contact.email):
        sentence = "Wer auf Meldungen von Barrieren antwortet, braucht Telefon oder E-Mail:"
        hints.append(Hint(State.MISSING, sentence, [Link(f"{url}#id_phone", str(contact))]))
    if contact.is_example:
        sentence = "Für Meldungen von Barrieren ist noch ein Beispiel eingetragen:"
        hints.append(Hint(State.EXAMPLE, sentence, [Link(f"{url}#id_is_example", str(contact))]))
    return hints


def hint_of_review(statement, today):
    """Yellow a month before the year is over, red afterwards."""
    is_over = today > statement.review_due_on
    last, due = (date_format(day, "j. F Y") for day in (statement.reviewed_on, statement.review_due_on))
    sentence = (
        f"Bitte überprüfen Sie die Erklärung zur Barrierefreiheit. Zuletzt war das am {last}, vor über einem Jahr:"
        if is_over
        else f"Bitte überprüfen Sie die Erklärung zur Barrierefreiheit bis zum {due}:"
    )
    return Hint(State.MISSING if is_over else State.WARNING, sentence, [field_link(statement, "reviewed_on")])


def hints_of_easy_german(city):
    page = record_of(city, EasyGermanPage)
    hints = hints_of_record(city, EasyGermanPage, "Auf der Seite in Leichter Sprache")
    if not hints and not page.checked_by:
        sentence = "Den Text in Leichter Sprache hat noch keine Prüfgruppe gelesen:"
        hints.append(Hint(State.WARNING, sentence, [field_link(page, "checked_by")]))
    return hints


def hints_of_main_contact(city, today):
    first = next(iter(Contact.objects.for_city(city)[:1].cards()), None)
    if first is None:
        return [Hint(State.MISSING, "Es fehlt ein Hauptkontakt:", [Link(form_url(Contact, city), "Kontakt eintragen")])]
    url = form_url(Contact, city, first.pk)
    if not first.is_main:
        return [
            Hint(
                State.MISSING,
                "Kein Kontakt ist als Hauptkontakt markiert:",
                [Link(f"{url}#id_is_main", "Hauptkontakt")],
            )
        ]
    hints = []
    if not first.phone:
        hints.append(Hint(State.MISSING, "Beim Hauptkontakt fehlt:", [Link(f"{url}#id_phone", "Telefon")]))
    if not any(is_regular(line, today) for line in first.hours):
        hours = Link(f"{url}#opening_hours-group", "Öffnungszeiten")
        hints.append(Hint(State.MISSING, "Beim Hauptkontakt fehlen:", [hours]))
    elif first.has_example_hours and not first.is_example:
        hours = Link(f"{url}#id_has_example_hours", "Öffnungszeiten")
        hints.append(Hint(State.EXAMPLE, "Beim Hauptkontakt stehen noch Beispiele:", [hours]))
    if first.is_example:
        example = Link(f"{url}#id_is_example", str(first))
        hints.append(Hint(State.EXAMPLE, "Der Hauptkontakt ist noch ein Beispiel:", [example]))
    return hints


def is_regular(line, today):
    """Not the exception of some days, and not over."""
    is_over = line.valid_until is not None and line.valid_until < today
    return not line.is_exception and not is_over and line.kind != OpeningHours.Kind.CLOSED


class ImageFinder(HTMLParser):
    """Whether a text holds a picture without a description."""

    found = False

    def handle_starttag(self, tag, attrs):
        self.found = self.found or (tag == "img" and not (dict(attrs).get("alt") or "").strip())


def has_mute_image(html):
    finder = ImageFinder()
    finder.feed(html)
    return finder.found


def is_mute(revision):
    has_no_words = revision.has_picture_to_describe and not revision.picture_alternative.strip()
    return has_no_words or has_mute_image(revision.body)


def hints_of_alternatives(city, instant):
    """Logos stand beside their names, and documents cannot lack a summary.

    The editor offers no pictures inside a text, yet what was imported or written by another program may hold one.
    """
    suspects = PageRevision.objects.visible_at(instant).for_city(city)
    suspects = suspects.filter(Q(body__icontains="<img") | Q(picture__isnull=False))
    suspects = list(suspects.select_related("translation__page", "picture"))
    mute = [revision for revision in suspects if is_mute(revision)]
    without_consent = [revision for revision in suspects if revision.picture_id and not revision.picture.may_be_shown]
    hints = []
    for revisions, sentence in (
        (mute, "Auf diesen Seiten hat ein Bild keine Beschreibung:"),
        (without_consent, "Auf diesen Seiten sind Menschen zu sehen, deren Einwilligung fehlt:"),
    ):
        links = [Link(text_url(revision.translation), revision.title) for revision in revisions]
        if links:
            hints.append(Hint(State.MISSING, sentence, links))
    if city.mute_video_id:
        video = Link(f"{form_url(SignLanguageVideo, city, city.mute_video_id)}#id_transcript", "Text zum Video")
        hints.append(Hint(State.MISSING, "Bei einem Video in Gebärdensprache fehlt:", [video]))
    return hints


def hints_of_home_page(city):
    if city.home_id is None:
        return [Hint(State.MISSING, "Es fehlt die Startseite:", [Link(form_url(Page, city), "Startseite schreiben")])]
    url = form_url(Page, city, city.home_id)
    hints = []
    if not city.home_is_public:
        heading = Link(f"{url}#id_translations-0-title", "Startseite veröffentlichen")
        hints.append(Hint(State.MISSING, "Die Startseite ist noch nicht auf Deutsch veröffentlicht:", [heading]))
    if city.home_is_example:
        example = Link(f"{url}#id_is_example", "Startseite")
        hints.append(Hint(State.EXAMPLE, "Die Startseite ist noch ein Beispiel:", [example]))
    return hints
