from zlib import crc32

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from ..colors import DEFAULT_ACCENT, validate_accent_color
from ..domains import DOMAIN, as_domain, validate_domain
from ..fields import ChoiceListField
from ..hosts import domains
from ..images import PictureField, validate_logo
from ..inquiry_kinds import FORMS_TO_CHOOSE_CHOICES
from ..languages import LANGUAGES, SOURCE_LANGUAGE, interface_language_choices
from ..uploads import NeutralName, OwnsFiles, owners

# Two digits are a whole Land.
AGS = r"^([0-9]{2}|[0-9]{5}|[0-9]{8})$"
AGS_MESSAGE = "Der Schlüssel hat 5 oder 8 Ziffern, der eines Landes 2."
# Patterns to wear: static/img/face-*.svg.
FACES = 8


class Role(models.TextChoices):
    AUTHOR = "author", "Autor*in: schreibt Entwürfe"
    EDITOR = "editor", "Redaktion: schreibt, veröffentlicht, pflegt Kontakte, Standorte und Fördergeber"
    TRANSLATOR = "translator", "Übersetzer*in: schreibt Übersetzungen als Entwurf"
    MANAGER = "manager", "Leitung: wie Redaktion, dazu Einstellungen der Stadt und Aufgaben der Mitglieder"


WRITERS = (Role.AUTHOR, Role.EDITOR, Role.MANAGER)
PUBLISHERS = (Role.EDITOR, Role.MANAGER)
MANAGERS = (Role.MANAGER,)
EVERYBODY = tuple(Role)


class CityScopedQuerySet(models.QuerySet):
    """The one wall between cities: every list, choice, history and action in the admin goes through it."""

    city_path = "city"

    def for_city(self, city):
        return self.filter(**{self.city_path: city})

    def editable_by(self, user, roles=EVERYBODY):
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(
            **{f"{self.city_path}__in": Membership.objects.filter(user=user, role__in=roles).values("city")}
        )


class CityQuerySet(CityScopedQuerySet):
    city_path = "pk"

    def public(self):
        return self.filter(is_public=True)

    def centres(self):
        return self.exclude(kind=City.Kind.STATE)


class City(OwnsFiles):
    """A town, district or region with its own Kommunales Integrationszentrum."""

    class Kind(models.TextChoices):
        INDEPENDENT_CITY = "independent_city", "kreisfreie Stadt"
        DISTRICT = "district", "Kreis"
        REGION = "region", "Städteregion"
        REGION_CITY = "region_city", "regionsangehörige Stadt"
        # No centre: what is published there is for the centres to adopt.
        STATE = "state", "Land (Texte für alle Zentren)"

    class GovernmentRegion(models.TextChoices):
        ARNSBERG = "arnsberg", "Arnsberg"
        DETMOLD = "detmold", "Detmold"
        DUESSELDORF = "duesseldorf", "Düsseldorf"
        KOELN = "koeln", "Köln"
        MUENSTER = "muenster", "Münster"

    class OpenDataLicence(models.TextChoices):
        ZERO = "dl-de-zero", "Datenlizenz Deutschland – Zero – Version 2.0"
        ATTRIBUTION = "dl-de-by", "Datenlizenz Deutschland – Namensnennung – Version 2.0"
        CC0 = "cc0", "Creative Commons Zero 1.0"

    LICENCE_URLS = {
        OpenDataLicence.ZERO: "https://www.govdata.de/dl-de/zero-2-0",
        OpenDataLicence.ATTRIBUTION: "https://www.govdata.de/dl-de/by-2-0",
        OpenDataLicence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    }

    name = models.CharField(
        "Name", max_length=80, help_text="Kurz, wie er in Listen steht: „Bielefeld“, „Kreis Coesfeld“."
    )
    authority = models.CharField("Behörde", max_length=120, help_text="Wie auf dem Briefkopf: „Stadt Bielefeld“.")
    kind = models.CharField("Art", max_length=20, choices=Kind.choices)
    government_region = models.CharField("Regierungsbezirk", max_length=20, choices=GovernmentRegion.choices)
    ags = models.CharField(
        "Amtlicher Gemeindeschlüssel",
        max_length=8,
        unique=True,
        validators=[RegexValidator(AGS, AGS_MESSAGE)],
    )
    slug = models.SlugField(
        "Internet-Adresse", max_length=60, unique=True, help_text="Teil der Internet-Adresse: …/de/bielefeld/"
    )
    domain = models.CharField(
        "Eigene Domain",
        max_length=253,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_domain],
        error_messages={"unique": "Diese Domain hat schon eine andere Stadt."},
        help_text="Nur der Name: „ki-bielefeld.de“. Tragen Sie ihn erst ein, wenn er zu diesem Server führt und das "
        "Zertifikat für ihn gilt: Alle Adressen der Stadt leiten dann sofort dorthin um. Leer: Die Stadt steht unter "
        "der gemeinsamen Adresse.",
    )
    centre_name = models.CharField(
        "Name des Zentrums", max_length=120, help_text="„Kommunales Integrationszentrum Bielefeld“"
    )
    locative = models.CharField(
        "Ortsangabe im Satz",
        max_length=100,
        help_text="So, wie es im Satz steht: „in Bielefeld“, „im Kreis Coesfeld“.",
    )
    organisation_unit = models.CharField(
        "Stelle in der Verwaltung", max_length=160, blank=True, help_text="Amt, Dezernat oder Fachbereich."
    )
    integration_committee = models.CharField(
        "Name des Integrationsgremiums",
        max_length=120,
        blank=True,
        help_text="Zum Beispiel „Ausschuss für Chancengerechtigkeit und Integration“. Kreise haben oft keines.",
    )
    accent_color = models.CharField(
        "Akzentfarbe",
        max_length=7,
        default=DEFAULT_ACCENT,
        validators=[validate_accent_color],
        help_text="Farbe für Links und Knöpfe. Der Kontrast wird beim Speichern geprüft.",
    )
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
    open_data_licence = models.CharField(
        "Lizenz der offenen Daten",
        max_length=12,
        choices=OpenDataLicence,
        default=OpenDataLicence.ZERO,
        help_text="Unter dieser Lizenz können andere die Angebote, Kontakte und Termine weiter benutzen.",
    )
    forms = ChoiceListField(
        "Formulare",
        options=FORMS_TO_CHOOSE_CHOICES,
        help_text="Was können Menschen Ihnen über die Website schicken? „Barriere melden“ gibt es immer.",
    )
    four_eyes = models.BooleanField(
        "Vier-Augen-Prinzip",
        default=False,
        help_text="Mit diesem Haken wird ein Text erst öffentlich, wenn eine zweite Person ihn freigibt.",
    )
    second_factor_required = models.BooleanField(
        "Zweiter Faktor ist Pflicht",
        default=False,
        help_text="Mit diesem Haken braucht jede Person außer dem Passwort einen Passkey oder eine App mit Codes. "
        "Wer noch nichts davon hat, richtet es bei der nächsten Anmeldung ein.",
    )
    deputy_after_days = models.PositiveSmallIntegerField(
        "Vertretung fragen nach",
        default=14,
        validators=[MinValueValidator(1)],
        help_text="So viele Tage nach der Bitte um Prüfung geht die Bitte auch an die Vertretung.",
    )
    is_public = models.BooleanField(
        "Öffentlich", default=False, help_text="Erst mit diesem Haken ist die Website der Stadt öffentlich zu sehen."
    )

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name = "Stadt oder Kreis"
        verbose_name_plural = "Städte und Kreise"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="city_ags_has_5_or_8_digits",
                condition=Q(ags__regex=AGS),
                violation_error_message=AGS_MESSAGE,
            ),
            models.CheckConstraint(name="city_slug_is_ascii", condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")),
            models.CheckConstraint(name="city_domain_is_host_name", condition=Q(domain=None) | Q(domain__regex=DOMAIN)),
            models.CheckConstraint(name="city_accent_color_is_hex", condition=Q(accent_color__regex=r"^#[0-9A-F]{6}$")),
        ]

    def __str__(self):
        return self.name

    def clean_fields(self, exclude=None):
        self.accent_color = self.accent_color.upper()
        self.domain = as_domain(self.domain) if self.domain else None
        super().clean_fields(exclude=exclude)

    @property
    def face(self):
        """The number of its pattern. It follows from the address, so that it stays and nobody has to choose."""
        return crc32(self.slug.encode()) % FACES + 1

    def get_absolute_url(self, language=SOURCE_LANGUAGE):
        return reverse("pages:home", args=[language, self.slug])

    def save(self, **kwargs):
        super().save(**kwargs)
        domains.changed()

    @transaction.atomic
    def delete(self, **kwargs):
        """The files of all that goes with it go, too."""
        for model in owners():
            if model is not City:
                for row in model.objects.for_city(self):
                    row.remove_files()
        domains.changed()
        return super().delete(**kwargs)

    @property
    def open_data_licence_url(self):
        return self.LICENCE_URLS[self.open_data_licence]


class CityLanguageQuerySet(CityScopedQuerySet):
    def of_public_city(self, slug):
        """The languages of a public city, each with its city: one query says whether the city exists at all."""
        return self.filter(city__slug=slug, city__is_public=True).select_related("city")


class CityLanguage(models.Model):
    """A language in which a city's pages can be read, and what the centre is called in it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="languages")
    language = models.CharField("Sprache", max_length=12, choices=interface_language_choices)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    centre_name = models.CharField(
        "Name des Zentrums in dieser Sprache",
        max_length=160,
        blank=True,
        help_text="Leer: Es steht der deutsche Name da.",
    )

    objects = CityLanguageQuerySet.as_manager()

    class Meta:
        verbose_name = "Sprache der Stadt"
        verbose_name_plural = "Sprachen der Stadt"
        ordering = ["position", "language"]
        constraints = [
            models.UniqueConstraint(
                name="city_language_once",
                fields=["city", "language"],
                violation_error_message="Diese Sprache ist schon in der Liste.",
            ),
        ]

    def __str__(self):
        return LANGUAGES[self.language].german_name

    @property
    def info(self):
        return LANGUAGES[self.language]


class Membership(models.Model):
    """What somebody may do for one city."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name="Person"
    )
    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="memberships", verbose_name="Stadt")
    role = models.CharField("Aufgabe", max_length=12, choices=Role)
    languages = models.JSONField(
        "Sprachen",
        default=list,
        blank=True,
        help_text="Nur für Übersetzer*innen: in welche Sprachen die Person übersetzt.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Mitglied"
        verbose_name_plural = "Mitglieder"
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(
                name="membership_once_per_city",
                fields=["user", "city"],
                violation_error_message="Diese Person ist in dieser Stadt schon eingetragen.",
            ),
            models.CheckConstraint(name="membership_role_is_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self):
        return f"{self.user} ({self.city})"
