from urllib.parse import urlencode

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..fields import ChoiceListField
from ..images import PictureField, validate_logo
from ..languages import LANGUAGES, SOURCE_LANGUAGE, SPOKEN_LANGUAGE_CHOICES
from ..topics import Topic
from ..uploads import NeutralName, OwnsFiles
from .city import City, CityScopedQuerySet
from .review import Reviewed

# The short number of all German authorities has no international form.
AUTHORITIES_NUMBER = "115"


def phone_uri(written):
    """What to dial for a number as a German city writes it: `(05 21) 51-37 89` becomes `+49521513789` (E.164)."""
    if written == AUTHORITIES_NUMBER:
        return written
    try:
        number = phonenumbers.parse(written, "DE")
    except phonenumbers.NumberParseException:
        raise ValidationError("Das ist keine Telefonnummer. Beispiel: (05 21) 51-0") from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValidationError("Diese Telefonnummer ist zu kurz oder zu lang. Bitte mit Vorwahl angeben.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Location(models.Model):
    """A place people can go to."""

    class StepFree(models.TextChoices):
        YES = "yes", "ja"
        NO = "no", "nein"
        UNKNOWN = "unknown", "nicht bekannt"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="locations", verbose_name="Stadt")
    name = models.CharField("Bezeichnung", max_length=120, help_text="Wie das Haus heißt: „Neues Rathaus“.")
    unit = models.CharField("Amt oder Hausnummer im Anschriftenfeld", max_length=40, blank=True, help_text="„– 170 –“")
    street = models.CharField("Straße und Hausnummer", max_length=120)
    postcode = models.CharField("Postleitzahl", max_length=5)
    town = models.CharField("Ort", max_length=80)
    step_free = models.CharField(
        "Ohne Stufen erreichbar", max_length=8, choices=StepFree.choices, default=StepFree.UNKNOWN
    )
    access_note = models.CharField(
        "Zugang",
        max_length=160,
        blank=True,
        help_text="Was muss man am Eingang wissen? Zum Beispiel „Eingang im Hof, Aufzug im Foyer“.",
    )
    stop = models.CharField("Haltestelle", max_length=120, blank=True, help_text="Bus oder Bahn, mit Linien.")

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Standort"
        verbose_name_plural = "Standorte"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="location_postcode_has_5_digits",
                condition=Q(postcode__regex=r"^[0-9]{5}$"),
                violation_error_message="Die Postleitzahl hat fünf Ziffern.",
            ),
            models.CheckConstraint(
                name="location_step_free_is_known", condition=Q(step_free__in=["yes", "no", "unknown"])
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.street}"

    @property
    def is_step_free(self):
        return self.step_free == self.StepFree.YES

    @property
    def map_url(self):
        address = f"{self.street}, {self.postcode} {self.town}"
        return f"https://www.openstreetmap.org/search?{urlencode({'query': address})}"


class ContactQuerySet(CityScopedQuerySet):
    def of_page_or_main(self, page):
        """The contacts chosen for a page; the main contact where none is chosen."""
        chosen = self.filter(pages=page)
        return self.filter(Q(pk__in=chosen.values("pk")) | (~Exists(chosen) & Q(is_main=True)))

    def cards(self):
        """A list of contacts as cards show them: with location, deputy and `hours`, their own or their location's."""
        contacts = list(self.select_related("location", "deputy"))
        lines = OpeningHours.objects.filter(
            Q(contact__in=contacts)
            | Q(location__in=[contact.location_id for contact in contacts if contact.location_id])
        )
        lines = list(lines) if contacts else []
        for contact in contacts:
            contact.hours = [line for line in lines if line.contact_id == contact.pk] or [
                line for line in lines if contact.location_id and line.location_id == contact.location_id
            ]
        return contacts


class Contact(Reviewed):
    """A function or person people can call, visit or write to."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="contacts", verbose_name="Stadt")
    is_main = models.BooleanField(
        "Hauptkontakt", default=False, help_text="Steht auf der Startseite und auf Seiten ohne eigenen Kontakt."
    )
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    function = models.CharField(
        "Aufgabe", max_length=120, help_text="Wofür ist dieser Kontakt da? „Beratung für Eltern“, „Zentrale“."
    )
    function_translations = models.JSONField("Aufgabe in anderen Sprachen", default=dict, blank=True)
    topics = ChoiceListField(
        "Themen", options=Topic.choices, help_text="Wobei hilft dieser Kontakt? Unter diesen Themen wird er gefunden."
    )
    organisation = models.CharField(
        "Andere Stelle",
        max_length=120,
        blank=True,
        help_text="Nur wenn der Kontakt nicht zu Ihrem Zentrum gehört: Wie heißt der Verein oder die Stelle?",
    )
    name = models.CharField("Name der Person", max_length=120, blank=True)
    show_name = models.BooleanField(
        "Name zeigen", default=False, help_text="Ohne Haken sehen Besucher*innen nur die Aufgabe."
    )
    phone = models.CharField("Telefon", max_length=40, blank=True, help_text="So, wie die Stadt die Nummer schreibt.")
    phone_uri = models.CharField(max_length=20, blank=True, editable=False)
    mobile = models.CharField("Mobil", max_length=40, blank=True)
    mobile_uri = models.CharField(max_length=20, blank=True, editable=False)
    fax = models.CharField("Telefax", max_length=40, blank=True)
    fax_uri = models.CharField(max_length=20, blank=True, editable=False)
    email = models.EmailField("E-Mail", blank=True)
    languages = ChoiceListField(
        "Gesprochene Sprachen",
        options=SPOKEN_LANGUAGE_CHOICES,
        help_text="In welchen Sprachen kann man hier sprechen?",
    )
    appointment_only = models.BooleanField(
        "Nur mit Termin",
        default=False,
        help_text="Mit diesem Haken steht „Nur mit Termin“ am Kontakt. „Jetzt erreichbar“ heißt dann: am Telefon.",
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name="Standort",
    )
    room = models.CharField("Raum", max_length=40, blank=True)
    absent_from = models.DateField("Nicht da ab", null=True, blank=True)
    absent_until = models.DateField("Nicht da bis", null=True, blank=True, help_text="Dieser Tag gehört noch dazu.")
    deputy = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in_for",
        verbose_name="Vertretung",
        help_text="Wer hilft in dieser Zeit? Aufgabe, Nummer und Sprachen der Vertretung stehen dann auf der Karte.",
    )
    is_example = models.BooleanField(
        "Beispiel", default=False, help_text="Mit diesem Haken steht am Kontakt, dass er erfunden ist."
    )
    has_example_hours = models.BooleanField(
        "Öffnungszeiten sind ein Beispiel",
        default=False,
        help_text="Mit diesem Haken steht bei den Öffnungszeiten, dass sie erfunden sind. "
        "„Jetzt erreichbar“ wird dann nicht ausgerechnet.",
    )

    objects = ContactQuerySet.as_manager()

    PHONE_FIELDS = ("phone", "mobile", "fax")

    class Meta:
        verbose_name = "Kontakt"
        verbose_name_plural = "Kontakte"
        ordering = ["-is_main", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="contact_one_main_per_city",
                fields=["city"],
                condition=Q(is_main=True),
                violation_error_message="Diese Stadt hat schon einen Hauptkontakt. "
                "Nehmen Sie dort zuerst den Haken heraus.",
            ),
            *(
                models.CheckConstraint(
                    name=f"contact_{field}_written_and_dialled",
                    condition=Q(**{field: "", f"{field}_uri": ""}) | (~Q(**{field: ""}) & ~Q(**{f"{field}_uri": ""})),
                )
                for field in ("phone", "mobile", "fax")
            ),
            models.CheckConstraint(
                name="contact_shown_name_exists",
                condition=Q(show_name=False) | ~Q(name=""),
                violation_error_message="Bitte tragen Sie den Namen ein, der gezeigt werden soll.",
            ),
            models.CheckConstraint(
                name="contact_absence_in_order",
                condition=Q(absent_from__isnull=True, absent_until__isnull=True)
                | Q(absent_from__isnull=False, absent_until__isnull=False, absent_from__lte=F("absent_until")),
                violation_error_message="„Nicht da“ braucht den ersten und den letzten Tag, in dieser Reihenfolge.",
            ),
            models.CheckConstraint(
                name="contact_is_not_its_own_deputy",
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("pk")),
                violation_error_message="Niemand kann sich selbst vertreten.",
            ),
        ]

    def __str__(self):
        return f"{self.function} ({self.name})" if self.name else self.function

    def clean_fields(self, exclude=None):
        errors = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for field in self.PHONE_FIELDS:
            written = getattr(self, field).strip()
            try:
                setattr(self, f"{field}_uri", phone_uri(written) if written else "")
            except ValidationError as error:
                errors[field] = error
        if errors:
            raise ValidationError(errors)

    def clean(self):
        if self.location and self.location.city_id != self.city_id:
            raise ValidationError({"location": "Dieser Standort gehört zu einer anderen Stadt."})
        if self.deputy and self.deputy.city_id != self.city_id:
            raise ValidationError({"deputy": "Dieser Kontakt gehört zu einer anderen Stadt."})

    def get_absolute_url(self, language=SOURCE_LANGUAGE):
        return reverse("pages:contact", args=[language, self.city.slug, self.pk])

    @property
    def is_step_free(self):
        return self.location is not None and self.location.is_step_free

    @property
    def known_hours(self):
        """The `hours` of cards() on which something may be built; none where they are invented."""
        return [] if self.has_example_hours else self.hours

    def is_absent_on(self, date):
        return self.absent_from is not None and self.absent_from <= date <= self.absent_until

    def deputy_on(self, date):
        """Who helps instead on a date; nobody if that one is absent, too."""
        if self.is_absent_on(date) and self.deputy and not self.deputy.is_absent_on(date):
            return self.deputy
        return None

    @property
    def spoken_languages(self):
        return [LANGUAGES[tag] for tag in self.languages if tag in LANGUAGES]

    def function_in(self, language):
        """The function and the language it is really written in."""
        if translated := self.function_translations.get(language):
            return translated, LANGUAGES[language]
        return self.function, LANGUAGES[SOURCE_LANGUAGE]


class OpeningHours(models.Model):
    """One line of opening hours, regular or for some days only, of a contact or of a location."""

    class Kind(models.TextChoices):
        OPEN = "open", _("geöffnet")
        PHONE = "phone", _("telefonisch erreichbar")
        APPOINTMENT = "appointment", _("nur mit Termin")
        CLOSED = "closed", _("geschlossen")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Montag"
        TUESDAY = 1, "Dienstag"
        WEDNESDAY = 2, "Mittwoch"
        THURSDAY = 3, "Donnerstag"
        FRIDAY = 4, "Freitag"
        SATURDAY = 5, "Samstag"
        SUNDAY = 6, "Sonntag"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="opening_hours")
    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, null=True, blank=True, related_name="opening_hours"
    )
    kind = models.CharField("Art", max_length=12, choices=Kind.choices, default=Kind.OPEN)
    weekday = models.PositiveSmallIntegerField(
        "Wochentag",
        choices=Weekday.choices,
        null=True,
        blank=True,
        help_text="Nur bei einer Ausnahme leer: Dann gilt sie an jedem Tag.",
    )
    opens = models.TimeField("von", null=True, blank=True)
    closes = models.TimeField("bis", null=True, blank=True)
    valid_from = models.DateField("gilt ab", null=True, blank=True)
    valid_until = models.DateField("gilt bis", null=True, blank=True, help_text="Dieser Tag gehört noch dazu.")
    is_exception = models.BooleanField(
        "Ausnahme",
        default=False,
        help_text="Gilt an diesen Tagen statt der üblichen Zeiten, zum Beispiel in den Ferien. "
        "Ohne eine solche Ausnahme ist an Feiertagen geschlossen.",
    )

    class Meta:
        verbose_name = "Öffnungszeit"
        verbose_name_plural = "Öffnungszeiten"
        ordering = ["is_exception", "weekday", "opens", "pk"]
        constraints = [
            models.CheckConstraint(
                name="opening_hours_of_contact_or_location",
                condition=Q(contact__isnull=False, location__isnull=True)
                | Q(contact__isnull=True, location__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_hours_open_before_close",
                condition=Q(kind="closed", opens__isnull=True, closes__isnull=True)
                | (~Q(kind="closed") & Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes"))),
                violation_error_message="Bitte geben Sie an, von wann bis wann. „Geschlossen“ hat keine Uhrzeit.",
            ),
            models.CheckConstraint(
                name="opening_hours_valid_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                violation_error_message="„Gilt bis“ liegt vor „gilt ab“. Bitte prüfen Sie beide Tage.",
            ),
            models.CheckConstraint(
                name="opening_hours_exception_has_dates",
                condition=Q(is_exception=False, weekday__isnull=False)
                | Q(is_exception=True, valid_from__isnull=False, valid_until__isnull=False),
                violation_error_message=(
                    "Eine Ausnahme braucht „gilt ab“ und „gilt bis“, eine übliche Zeit den Wochentag."
                ),
            ),
        ]

    def __str__(self):
        day = self.get_weekday_display() or "jeden Tag"
        hours = f" {self.opens:%H:%M}–{self.closes:%H:%M}" if self.opens else ""
        return f"{day}{hours}, {self.get_kind_display()}"


class FunderQuerySet(CityScopedQuerySet):
    def valid_on(self, date):
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=date), Q(valid_until__isnull=True) | Q(valid_until__gte=date)
        )


class Funder(OwnsFiles):
    """Who pays: ministries are renamed every few years, so a funder has dates."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="funders", verbose_name="Stadt")
    name = models.CharField("Name", max_length=200)
    abbreviation = models.CharField("Abkürzung", max_length=20, blank=True)
    sentence = models.CharField(
        "Satz dazu", max_length=300, blank=True, help_text="Wenn der Zuwendungsbescheid einen Wortlaut verlangt."
    )
    url = models.URLField("Internet-Adresse", blank=True)
    logo = PictureField(
        "Logo",
        upload_to=NeutralName("logos"),
        blank=True,
        width_field="logo_width",
        height_field="logo_height",
        validators=[validate_logo],
        help_text="PNG, WebP oder JPEG, höchstens 300 KB.",
    )
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)
    funds_centre = models.BooleanField(
        "Fördert das ganze Zentrum", default=True, help_text="Ohne Haken nur die Seiten, bei denen er ausgewählt ist."
    )
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    valid_from = models.DateField("gilt ab", null=True, blank=True)
    valid_until = models.DateField("gilt bis", null=True, blank=True, help_text="Dieser Tag gehört noch dazu.")

    objects = FunderQuerySet.as_manager()

    class Meta:
        verbose_name = "Fördergeber"
        verbose_name_plural = "Fördergeber"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="funder_valid_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                violation_error_message="„Gilt bis“ liegt vor „gilt ab“. Bitte prüfen Sie beide Tage.",
            ),
        ]

    def __str__(self):
        return self.abbreviation or self.name
