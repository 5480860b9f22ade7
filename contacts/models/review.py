from calendar import monthrange
from datetime import date

from django.db import models


def months_later(day, months):
    """The same day of a later month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Reviewed(models.Model):
    """Who looks after something, and when somebody looks at it again. The owner needs no account."""

    class Interval(models.IntegerChoices):
        """In months."""

        QUARTER = 3, "alle 3 Monate"
        HALF_YEAR = 6, "alle 6 Monate"
        YEAR = 12, "jedes Jahr"
        TWO_YEARS = 24, "alle 2 Jahre"

    owner_name = models.CharField(
        "Zuständig",
        max_length=120,
        blank=True,
        help_text="Wer weiß, ob das hier stimmt? Die Person braucht kein Konto.",
    )
    owner_email = models.EmailField(
        "E-Mail der zuständigen Person",
        blank=True,
        help_text="Dorthin geht die Bitte, den Inhalt zu prüfen. Auf der Website steht die Adresse nie.",
    )
    deputy_name = models.CharField("Vertretung bei der Prüfung", max_length=120, blank=True)
    deputy_email = models.EmailField(
        "E-Mail der Vertretung",
        blank=True,
        help_text="Antwortet die zuständige Person nicht, wird die Vertretung gefragt.",
    )
    review_every = models.PositiveSmallIntegerField(
        "Prüfen",
        choices=Interval,
        null=True,
        blank=True,
        help_text="So oft bittet die Website die zuständige Person um eine Prüfung.",
    )
    review_on = models.DateField(
        "Nächste Prüfung am", null=True, blank=True, help_text="Leer: Die Website rechnet den Tag selbst aus."
    )
    last_verified = models.DateField(
        "Zuletzt geprüft am",
        null=True,
        blank=True,
        help_text="An diesem Tag hat jemand nachgesehen, ob alles stimmt. Der Tag steht öffentlich auf der Website.",
    )
    verified_by = models.CharField("Geprüft von", max_length=150, blank=True, editable=False)

    class Meta:
        abstract = True

    def verify(self, day, by):
        """Somebody looked, and it is right. Without an interval nobody is asked again."""
        self.last_verified = day
        self.verified_by = by
        self.review_on = months_later(day, self.review_every) if self.review_every else None
        self.save(update_fields=["last_verified", "verified_by", "review_on"])
