from django.conf import settings
from django.db import models
from django.utils import timezone

from contacts.models import City, CityScopedQuerySet

from .inquiry import Inquiry


class OutgoingMail(models.Model):
    """A mail that is to go out. It is stored together with what it is about, and sent afterwards: see outbox.py."""

    class Purpose(models.TextChoices):
        NOTICE = "notice", "Hinweis an das Team"
        ANSWER = "answer", "Antwort"
        INTERIM = "interim", "Zwischennachricht"
        LINK = "link", "Link zum Mitmachen"
        REVIEW = "review", "Bitte um Prüfung"
        ACCOUNT = "account", "Ihr Zugang"

    # Without a city it is about somebody's account, and only operators see it.
    city = models.ForeignKey(
        City, on_delete=models.CASCADE, null=True, blank=True, related_name="outgoing_mails", verbose_name="Stadt"
    )
    inquiry = models.ForeignKey(
        Inquiry, on_delete=models.CASCADE, null=True, blank=True, related_name="mails", verbose_name="Anfrage"
    )
    purpose = models.CharField("Zweck", max_length=8, choices=Purpose)
    recipient = models.EmailField("An")
    reply_to = models.EmailField("Antwort an", blank=True)
    subject = models.CharField("Betreff", max_length=200)
    body = models.TextField("Text")
    # Of the last parts of the text, which lines of dashes divide; without them all is German.
    languages = models.JSONField(null=True, editable=False)
    # Stands in the mail for "{link}" and opens something to whoever has it: kept no longer than the mail waits.
    secret_link = models.URLField(max_length=300, blank=True, editable=False)
    # The same for every attempt, so that mail programs can tell a repetition.
    message_id = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField("Geschrieben am", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="Geschrieben von",
    )

    attempts = models.PositiveSmallIntegerField("Versuche", default=0, editable=False)
    next_attempt_at = models.DateTimeField("Nächster Versuch", default=timezone.now, editable=False)
    # Until then another process is sending it; a process that died lets go by this.
    claimed_until = models.DateTimeField(null=True, editable=False)
    # An attempt began of which nobody knows the end: the next one says that it may be a repetition.
    is_in_doubt = models.BooleanField("Vielleicht schon angekommen", default=False, editable=False)
    last_error = models.CharField("Letzter Fehler", max_length=200, blank=True, editable=False)
    sent_at = models.DateTimeField("Verschickt am", null=True, editable=False)
    # The server refused this mail for good, for instance because there is no such address.
    refused_at = models.DateTimeField("Abgelehnt am", null=True, editable=False)

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "E-Mail"
        verbose_name_plural = "Postausgang"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                name="outgoing_mail_waiting",
                fields=["next_attempt_at"],
                condition=models.Q(sent_at__isnull=True, refused_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} vom {timezone.localtime(self.created_at):%d.%m.%Y %H:%M}"
