from django.core.exceptions import ValidationError
from django.db import models

from contacts.models import City, CityScopedQuerySet
from contacts.models.contact import phone_uri

from .example import WithExamples


class Imprint(WithExamples):
    """Who answers for the site: § 5 DDG and § 18 MStV."""

    NEEDED = (
        "body",
        "legal_form",
        "representative_name",
        "representative_function",
        "street",
        "postcode",
        "town",
        "email",
        "phone",
        "editor_name",
        "editor_address",
    )

    city = models.OneToOneField(City, on_delete=models.CASCADE, related_name="imprint", verbose_name="Stadt")
    body = models.CharField(
        "Wer gibt die Website heraus?", max_length=120, blank=True, help_text="„Stadt Bielefeld“, „Kreis Lippe“"
    )
    legal_form = models.CharField(
        "Rechtsform", max_length=120, blank=True, help_text="Meist: „Körperschaft des öffentlichen Rechts“."
    )
    representative_name = models.CharField("Vertreten durch (Name)", max_length=120, blank=True)
    representative_function = models.CharField(
        "Vertreten durch (Funktion)",
        max_length=120,
        blank=True,
        help_text="„Oberbürgermeisterin“, „Landrat“, „Städteregionsrat“",
    )
    street = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    postcode = models.CharField("Postleitzahl", max_length=5, blank=True)
    town = models.CharField("Ort", max_length=80, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    phone = models.CharField("Telefon", max_length=40, blank=True)
    supervisory_authority = models.CharField(
        "Aufsichtsbehörde", max_length=160, blank=True, help_text="Zum Beispiel die Bezirksregierung."
    )
    vat_id = models.CharField(
        "Umsatzsteuer-ID", max_length=20, blank=True, help_text="Nur wenn es eine gibt: „DE“ und neun Ziffern."
    )
    editor_name = models.CharField(
        "Verantwortlich für Inhalte (Name)", max_length=120, blank=True, help_text="Nach § 18 Absatz 2 MStV."
    )
    editor_address = models.CharField("Verantwortlich für Inhalte (Anschrift)", max_length=240, blank=True)
    operator = models.CharField(
        "Technischer Betrieb", max_length=240, blank=True, help_text="Wer betreibt den Server? Name und Ort."
    )
    image_credits = models.TextField(
        "Bildnachweise", max_length=2000, blank=True, help_text="Ein Bild in jeder Zeile: Was, von wem, welche Lizenz."
    )
    updated_on = models.DateField("Stand", auto_now=True)

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Impressum"
        verbose_name_plural = "Impressum"
        ordering = ["city"]

    def __str__(self):
        return f"Impressum {self.city}"

    def clean(self):
        super().clean()
        try:
            self.phone_uri()
        except ValidationError as error:
            raise ValidationError({"phone": error}) from None

    def phone_uri(self):
        return phone_uri(self.phone) if self.phone else ""
