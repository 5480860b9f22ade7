from django.core.validators import MaxValueValidator
from django.db import models

from contacts.models import City, CityScopedQuerySet

from .example import WithExamples


class PrivacyInformation(WithExamples):
    """What the privacy page cannot know by itself: Art. 13 DSGVO."""

    NEEDED = (
        "controller",
        "controller_address",
        "controller_contact",
        "officer",
        "officer_contact",
        "host",
        "log_days",
    )

    city = models.OneToOneField(
        City, on_delete=models.CASCADE, related_name="privacy_information", verbose_name="Stadt"
    )
    controller = models.CharField(
        "Wer ist verantwortlich?",
        max_length=120,
        blank=True,
        help_text="Die Behörde: „Stadt Bielefeld“, „Kreis Lippe“.",
    )
    controller_address = models.CharField("Anschrift", max_length=240, blank=True)
    controller_contact = models.CharField("Telefon oder E-Mail", max_length=160, blank=True)
    officer = models.CharField(
        "Datenschutzbeauftragte Person oder Stelle",
        max_length=160,
        blank=True,
        help_text="Die Stelle genügt; ein Name muss nicht sein.",
    )
    officer_contact = models.CharField("Kontakt der datenschutzbeauftragten Stelle", max_length=240, blank=True)
    host = models.CharField(
        "Wer betreibt den Server?",
        max_length=240,
        blank=True,
        help_text="Name und Ort, zum Beispiel des Rechenzentrums.",
    )
    log_days = models.PositiveSmallIntegerField(
        "Protokoll des Servers: Tage",
        null=True,
        blank=True,
        validators=[MaxValueValidator(90)],
        help_text="Nach so vielen Tagen löscht der Server das Protokoll. Fragen Sie die Stelle, die ihn betreibt. "
        "0: Es gibt kein Protokoll.",
    )
    further = models.TextField(
        "Weitere Hinweise",
        max_length=3000,
        blank=True,
        help_text="Nur wenn bei Ihnen noch mehr geschieht, zum Beispiel ein Rundbrief.",
    )
    updated_on = models.DateField("Stand", auto_now=True)

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Angaben zum Datenschutz"
        verbose_name_plural = "Angaben zum Datenschutz"
        ordering = ["city"]

    def __str__(self):
        return f"Datenschutz {self.city}"
