from django.db import models


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
        "E-Mail der zuständigen Person", blank=True, help_text="Dorthin geht die Bitte, den Inhalt zu prüfen."
    )
    deputy_name = models.CharField("Vertretung", max_length=120, blank=True)
    deputy_email = models.EmailField(
        "E-Mail der Vertretung",
        blank=True,
        help_text="Antwortet die zuständige Person nicht, wird die Vertretung gefragt.",
    )
    review_every = models.PositiveSmallIntegerField("Prüfen", choices=Interval, null=True, blank=True)
    review_on = models.DateField("Nächste Prüfung am", null=True, blank=True)
    last_verified = models.DateField("Zuletzt geprüft am", null=True, blank=True)

    class Meta:
        abstract = True
