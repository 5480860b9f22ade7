"""What takes place at a time, and what is new."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import CityScopedQuerySet
from pages.models import Page, Usable


class Event(Page, Usable):
    """Something that takes place from `starts_at` to `ends_at` of its page."""

    KIND = Page.Kind.EVENT

    class Status(models.TextChoices):
        PLANNED = "planned", _("findet statt")
        MOVED = "moved", _("verschoben")
        CANCELLED = "cancelled", _("abgesagt")

    class Registration(models.TextChoices):
        NONE = "none", _("ohne Anmeldung")
        MAIL = "mail", _("Anmeldung per E-Mail")
        LINK = "link", _("Anmeldung im Internet")

    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.PLANNED)
    previous_start = models.DateTimeField(
        "Früherer Beginn", null=True, blank=True, help_text="Bei einem verschobenen Termin: wann er zuerst sein sollte."
    )
    online_url = models.URLField("Link zum Online-Termin", blank=True)
    organiser = models.CharField("Wer lädt ein?", max_length=160, blank=True, help_text="Leer: das Zentrum.")
    series = models.CharField("Reihe", max_length=120, blank=True, help_text="Zum Beispiel „Interkulturelle Woche“.")
    registration = models.CharField("Anmeldung", max_length=6, choices=Registration.choices, default=Registration.NONE)
    registration_email = models.EmailField("Anmeldung an diese E-Mail-Adresse", blank=True)
    registration_url = models.URLField("Anmeldung unter diesem Link", blank=True)
    registration_until = models.DateTimeField("Anmeldung bis", null=True, blank=True)
    seats = models.PositiveSmallIntegerField("Plätze", null=True, blank=True)
    # Calendars take over a change only if this number rose (SEQUENCE of RFC 5545).
    change_number = models.PositiveIntegerField(default=0, editable=False)

    objects = CityScopedQuerySet.as_manager()

    class Meta(Usable.Meta):
        verbose_name = "Veranstaltung"
        verbose_name_plural = "Veranstaltungen"
        constraints = [
            *Usable.Meta.constraints,
            models.CheckConstraint(
                name="event_registration_is_possible",
                condition=Q(registration="none")
                | (Q(registration="mail") & ~Q(registration_email=""))
                | (Q(registration="link") & ~Q(registration_url="")),
                violation_error_message="Bitte geben Sie an, wo man sich anmeldet.",
            ),
        ]

    def clean(self):
        super().clean()
        missing = {
            field: "Eine Veranstaltung braucht Beginn und Ende."
            for field in ("starts_at", "ends_at")
            if getattr(self, field) is None
        }
        if missing:
            raise ValidationError(missing)
        if self.location and self.location.city_id != self.city_id:
            raise ValidationError({"location": "Dieser Ort gehört zu einer anderen Stadt."})
        if self.status == self.Status.MOVED and self.previous_start is None:
            raise ValidationError({"previous_start": "Wann sollte die Veranstaltung zuerst sein?"})

    def save(self, **kwargs):
        self.change_number = self.change_number + 1 if self.pk else 0
        super().save(**kwargs)


class News(Page):
    """A message. `ends_at` of its page is the instant at which it leaves the site's lists."""

    KIND = Page.Kind.NEWS

    responsible = models.CharField(
        "Verantwortlich",
        max_length=120,
        help_text="Wer verantwortet den Inhalt (§ 18 Absatz 2 Medienstaatsvertrag)? Name oder Stelle.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
