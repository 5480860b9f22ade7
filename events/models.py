"""What takes place at a time, and what is new."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import CityScopedQuerySet
from pages.models import Page, Usable


class Event(Page, Usable):
    """Something that takes place from `starts_at` to `ends_at` of its page."""

    KIND = Page.Kind.EVENT
    # What says that something changed is not itself a change.
    OF_CHANGES = ("change_number", "changed_at")
    # What a copy for a series does not take over.
    OF_ONE_EVENT = ("id", "page_ptr", "slug", "successor", "status", "previous_start", *OF_CHANGES)

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
    changed_at = models.DateTimeField(null=True, editable=False)

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
        self.is_online = self.is_online or bool(self.online_url)
        if faults := {field: sentence for field, is_wrong, sentence in self._rules() if is_wrong}:
            raise ValidationError(faults)

    def _rules(self):
        """Field, whether it is wrong, and what to say: editors learn of all faults at once."""
        by_mail = self.registration == self.Registration.MAIL
        by_link = self.registration == self.Registration.LINK
        late = self.registration_until and self.ends_at and self.registration_until > self.ends_at
        elsewhere = self.location and self.location.city_id != self.city_id
        return [
            ("starts_at", not self.starts_at, "Wann beginnt die Veranstaltung?"),
            ("ends_at", not self.ends_at, "Wann endet die Veranstaltung?"),
            ("location", elsewhere, "Dieser Ort gehört zu einer anderen Stadt."),
            ("previous_start", self.is_moved and not self.previous_start, "Wann sollte die Veranstaltung zuerst sein?"),
            (
                "registration_email",
                by_mail and not self.registration_email,
                "An welche E-Mail-Adresse meldet man sich an?",
            ),
            ("registration_url", by_link and not self.registration_url, "Unter welchem Link meldet man sich an?"),
            ("registration_until", late, "Da ist die Veranstaltung schon vorbei."),
        ]

    def save(self, **kwargs):
        if self.pk and self._differs_from_what_is_stored():
            self.change_number += 1
            self.changed_at = timezone.now()
        super().save(**kwargs)

    def _differs_from_what_is_stored(self):
        names = [field.attname for field in self._meta.concrete_fields if field.name not in ("kind", *self.OF_CHANGES)]
        stored = Event.objects.filter(pk=self.pk).values(*names).first()
        return stored is not None and any(getattr(self, name) != value for name, value in stored.items())

    @transaction.atomic
    def copy_a_week_later(self, slug, by):
        """A draft with the same data and German text, at the same time of day."""
        names = [field.name for field in self._meta.concrete_fields if field.name not in self.OF_ONE_EVENT]
        copy = Event(slug=slug, **{name: getattr(self, name) for name in names})
        for name in ("starts_at", "ends_at", "registration_until"):
            if moment := getattr(self, name):
                setattr(copy, name, timezone.localtime(moment) + timedelta(days=7))
        copy.save()
        for name in ("contacts", "funders", "documents"):
            getattr(copy, name).set(getattr(self, name).all())
        german = self.translations.get(language=SOURCE_LANGUAGE)
        copy.translations.create(language=SOURCE_LANGUAGE, updated_by=by, **german.texts())
        return copy

    @property
    def is_cancelled(self):
        return self.status == self.Status.CANCELLED

    @property
    def is_moved(self):
        return self.status == self.Status.MOVED

    @property
    def needs_registration(self):
        return self.registration != self.Registration.NONE

    def registration_is_open(self, instant):
        """Until its last moment, and where none is given until the event begins."""
        return instant < (self.registration_until or self.starts_at)


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
