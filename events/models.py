"""What takes place at a time, and what is new."""

from datetime import UTC, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import CityScopedQuerySet, Reviewed
from pages.models import Page, Usable


def a_week_later(moment):
    """At the same time on the clock; in UTC, so that reckoning on gives real hours."""
    return (timezone.localtime(moment) + timedelta(days=7)).astimezone(UTC)


class Event(Page, Usable):
    """Something that takes place from `starts_at` to `ends_at` of its page."""

    KIND = Page.Kind.EVENT
    # What says that something changed is not itself a change.
    OF_CHANGES = ("change_number", "changed_at")
    # Who looks after it is no news for anybody's calendar, and nobody has looked at a copy yet.
    OF_REVIEWS = tuple(field.name for field in Reviewed._meta.fields)
    # What a copy for a series does not take over.
    OF_ONE_EVENT = ("id", "page_ptr", "slug", "successor", "status", "previous_start", *OF_CHANGES, *OF_REVIEWS)

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
    organiser = models.CharField("Wer lädt ein?", max_length=160, blank=True, help_text="Leer: Ihr Zentrum.")
    series = models.CharField(
        "Reihe",
        max_length=120,
        blank=True,
        help_text="Zum Beispiel „Interkulturelle Woche“. Schreiben Sie die Reihe bei jeder Veranstaltung genau gleich.",
    )
    registration = models.CharField("Anmeldung", max_length=6, choices=Registration.choices, default=Registration.NONE)
    registration_email = models.EmailField("Anmeldung an diese E-Mail-Adresse", blank=True)
    registration_url = models.URLField("Anmeldung unter diesem Link", blank=True)
    registration_until = models.DateTimeField("Anmeldung bis", null=True, blank=True)
    seats = models.PositiveSmallIntegerField(
        "Plätze", null=True, blank=True, help_text="Alle Plätze zusammen, nicht nur die freien."
    )
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
            (
                "registration_until",
                late,
                "Dann ist die Veranstaltung schon vorbei. Bitte wählen Sie einen früheren Tag.",
            ),
        ]

    @transaction.atomic
    def save(self, **kwargs):
        if self.pk:
            self._count_change()
        super().save(**kwargs)

    def _count_change(self):
        """From what is stored, which stays locked until it is written: somebody may have saved meanwhile."""
        names = [field.attname for field in self._meta.concrete_fields if field.name not in ("kind", *self.OF_REVIEWS)]
        stored = Event.objects.select_for_update().filter(pk=self.pk).values(*names).first()
        if stored is None:
            return
        self.change_number, self.changed_at = (stored.pop(name) for name in self.OF_CHANGES)
        if any(getattr(self, name) != value for name, value in stored.items()):
            self.change_number += 1
            self.changed_at = timezone.now()

    @transaction.atomic
    def copy_a_week_later(self, slug, by):
        """A draft with the same data and German text, beginning at the same time of day and as long.

        Raises ValidationError where that makes no possible event.
        """
        names = [field.name for field in self._meta.concrete_fields if field.name not in self.OF_ONE_EVENT]
        copy = Event(slug=slug, **{name: getattr(self, name) for name in names})
        copy.starts_at = a_week_later(self.starts_at)
        copy.ends_at = copy.starts_at + (self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC))
        copy.registration_until = self.registration_until and a_week_later(self.registration_until)
        copy.full_clean()
        copy.save()
        for name in ("contacts", "funders", "documents"):
            getattr(copy, name).set(getattr(self, name).all())
        german = self.translations.get(language=SOURCE_LANGUAGE)
        copy.translations.create(language=SOURCE_LANGUAGE, updated_by=by, **german.texts(), **german.pictures())
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
        help_text="Wer ist für den Inhalt verantwortlich (§ 18 Absatz 2 Medienstaatsvertrag)? "
        "Ihre Pressestelle weiß, welcher Name hier stehen muss.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
