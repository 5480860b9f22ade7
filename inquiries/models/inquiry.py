import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind
from contacts.languages import LANGUAGES, interface_language_choices
from contacts.models import City, CityScopedQuerySet, Contact
from pages.models import Page

# § 5 BITVNRW: a report of a barrier is answered within two weeks, at the latest within six.
BARRIER_ANSWER = timedelta(weeks=2)
BARRIER_LATEST = timedelta(weeks=6)

# Read over the phone without mistakes: no 0 and O, no 1, I and L.
NUMBER_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_number():
    """Nobody can count with it how many wrote, or guess another one: `7K4M-Q29P`."""
    letters = [secrets.choice(NUMBER_LETTERS) for _letter in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


class State(models.TextChoices):
    NEW = "new", "neu"
    IN_WORK = "in_work", "in Arbeit"
    ANSWERED = "answered", "beantwortet"
    CLOSED = "closed", "abgeschlossen"


SETTLED = (State.ANSWERED, State.CLOSED)


class InquiryQuerySet(CityScopedQuerySet):
    def open(self):
        return self.exclude(state__in=SETTLED)


class Inquiry(models.Model):
    """What somebody sent by a form, with what becomes of it. Holds personal data: it is deleted after its term."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="inquiries", verbose_name="Stadt")
    kind = models.CharField("Art", max_length=12, choices=InquiryKind)
    number = models.CharField("Nummer", max_length=9, unique=True, default=new_number, editable=False)
    # Where the sender reads the receipt, and what makes sending the same words twice one inquiry: see receipts.py.
    receipt_token = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField("Sprache des Formulars", max_length=12, choices=interface_language_choices)
    received_at = models.DateTimeField("Eingang", default=timezone.now, editable=False)

    subject = models.CharField("Betreff", max_length=120, blank=True)
    message = models.TextField("Nachricht", max_length=4000, blank=True)
    # By the names of QUESTIONS in questions.py: codes of choices, or words.
    answers = models.JSONField("Angaben", default=dict, blank=True)
    name = models.CharField("Name", max_length=120, blank=True)
    phone = models.CharField("Telefon", max_length=40, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    # What the form was opened from.
    page = models.ForeignKey(
        Page, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="Seite"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="Kontakt"
    )

    state = models.CharField("Stand", max_length=8, choices=State, default=State.NEW)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Zuständig",
    )
    note = models.TextField(
        "Interne Notiz", max_length=4000, blank=True, help_text="Liest nur Ihr Team. Wird mit der Anfrage gelöscht."
    )
    due_on = models.DateField("Antwort bis", help_text="Bis zu diesem Tag soll eine Antwort da sein.")
    # Of the answer, or of closing without one; the term after which all is deleted begins here.
    settled_at = models.DateTimeField("Erledigt am", null=True, blank=True, editable=False)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "Anfrage"
        verbose_name_plural = "Anfragen"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(name="inquiry_of_city_by_state", fields=["city", "state", "due_on"])]
        constraints = [
            models.CheckConstraint(
                name="inquiry_settled_has_instant",
                condition=Q(state__in=SETTLED, settled_at__isnull=False)
                | (~Q(state__in=SETTLED) & Q(settled_at__isnull=True)),
            ),
        ]

    def __str__(self):
        # Stands in histories that outlive the inquiry: nothing of its sender.
        return self.number

    @property
    def language_info(self):
        return LANGUAGES[self.language]

    @property
    def is_settled(self):
        return self.state in SETTLED

    @property
    def latest_on(self):
        """The last day the law allows for the answer; None where there is no such law."""
        if self.kind != InquiryKind.BARRIER:
            return None
        return timezone.localdate(self.received_at) + BARRIER_LATEST

    def set_state(self, state, instant):
        """The term runs from the last step that settled the inquiry; taking it up again stops it. Does not save."""
        if state != self.state:
            self.state = state
            self.settled_at = instant if state in SETTLED else None
