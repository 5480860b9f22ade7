"""Links by which people without an account take part: each opens one thing, for a while, until it is revoked."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from contacts.languages import INTERFACE_LANGUAGE_CHOICES, LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City, CityScopedQuerySet, Contact
from pages.models import Page

VALID_FOR = timedelta(days=14)
LENGTH_OF_NONCE = 22
# Who reads and writes a page opens it many times: one note is enough.
NOTED_AGAIN_AFTER = timedelta(minutes=10)


def hash_of(token):
    return sha256(token.encode()).hexdigest()


def default_end():
    return timezone.now() + VALID_FOR


class InvitationQuerySet(CityScopedQuerySet):
    def open(self):
        """Those that open something now."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def with_token(self, token):
        """The one that the token belongs to, whatever became of it, or None."""
        return self.filter(token_hash=hash_of(token)).select_related("city", "page__city", "contact__city").first()


class Invitation(models.Model):
    """A link for one person and one thing. The token itself is nowhere stored: only we can compute it."""

    class Kind(models.TextChoices):
        TRANSLATE = "translate", "Übersetzen"
        PREVIEW = "preview", "Vorschau ansehen"
        APPROVE = "approve", "Freigeben"
        REVIEW = "review", "Inhalt prüfen"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="invitations", verbose_name="Stadt")
    kind = models.CharField("Wofür", max_length=10, choices=Kind)
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name="Seite"
    )
    language = models.CharField("Sprache", max_length=12, choices=INTERFACE_LANGUAGE_CHOICES, default=SOURCE_LANGUAGE)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name="Kontakt"
    )
    name = models.CharField("Für wen", max_length=120, help_text="Der Name steht später bei dem, was die Person tut.")
    email = models.EmailField("E-Mail", blank=True)
    nonce = models.CharField(max_length=LENGTH_OF_NONCE, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("Erstellt am", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    expires_at = models.DateTimeField("Gilt bis", default=default_end)
    revoked_at = models.DateTimeField("Widerrufen am", null=True, editable=False)
    last_used_at = models.DateTimeField("Zuletzt geöffnet am", null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "Einladung"
        verbose_name_plural = "Einladungen"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_is_about_one_thing",
                condition=models.Q(page__isnull=False, contact__isnull=True)
                | models.Q(page__isnull=True, contact__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def token(self):
        """What the link carries. Computed with SECRET_KEY, so that a copy of the database opens nothing."""
        digest = salted_hmac("invitations.token", f"{self.kind}:{self.nonce}", algorithm="sha256").hexdigest()
        return f"{self.nonce}{digest[:32]}"

    def save(self, **kwargs):
        self.draw_token()
        super().save(**kwargs)

    def draw_token(self):
        """Once. By itself where nothing calls `save`: before bulk_create."""
        if not self.nonce:
            self.nonce = get_random_string(LENGTH_OF_NONCE)
            self.token_hash = hash_of(self.token)

    @property
    def info(self):
        return LANGUAGES[self.language]

    @property
    def interface_language(self):
        """Of the page around the text: who answers for the office reads German, whatever the text is written in."""
        return SOURCE_LANGUAGE if self.kind in (self.Kind.APPROVE, self.Kind.REVIEW) else self.language

    @property
    def is_open(self):
        return self.revoked_at is None and self.expires_at > timezone.now()

    def opened(self):
        """Nothing is used up: who has the link may come back until it ends."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - NOTED_AGAIN_AFTER:
            self.last_used_at = now
            self.save(update_fields=["last_used_at"])

    def revoke(self):
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
