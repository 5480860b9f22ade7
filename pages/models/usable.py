"""Data that offers, calls and events share."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.fields import ChoiceListField
from contacts.languages import LANGUAGES, SPOKEN_LANGUAGE_CHOICES
from contacts.models import Location
from contacts.topics import Audience, Topic


class Cost(models.TextChoices):
    FREE = "free", _("kostenlos")
    AMOUNT = "amount", _("kostet Geld")
    ASK = "ask", _("bitte fragen Sie nach")


class ForPeople(models.Model):
    """By what it is found."""

    topics = ChoiceListField("Themen", options=Topic.choices)
    audiences = ChoiceListField("Für wen", options=Audience.choices)

    class Meta:
        abstract = True


class Usable(ForPeople):
    """Something people can use or go to: in which language, where, for how much."""

    languages = ChoiceListField(
        "Sprachen", options=SPOKEN_LANGUAGE_CHOICES, help_text="In welchen Sprachen gibt es das?"
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Ort"
    )
    is_online = models.BooleanField("Auch online", default=False)
    cost = models.CharField("Kosten", max_length=8, choices=Cost, default=Cost.FREE)
    cost_amount = models.DecimalField("Betrag in Euro", max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_amount_where_it_costs",
                # An unknown amount is neither greater than 0 nor not: without „isnull“ the rule would let it through.
                condition=Q(cost="amount", cost_amount__isnull=False, cost_amount__gt=0)
                | (~Q(cost="amount") & Q(cost_amount__isnull=True)),
                violation_error_message="Ein Betrag gehört nur zu „kostet Geld“. "
                "Bitte löschen Sie den Betrag, oder wählen Sie „kostet Geld“.",
            ),
        ]

    def clean(self):
        super().clean()
        if self.cost == Cost.AMOUNT and self.cost_amount is None:
            raise ValidationError({"cost_amount": "Wie viel kostet es? Wenn das wechselt: „bitte fragen Sie nach“."})

    @property
    def spoken_languages(self):
        return [LANGUAGES[tag] for tag in self.languages if tag in LANGUAGES]
