import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Action(models.TextChoices):
    ADDED = "added", "angelegt"
    CHANGED = "changed", "geändert"
    DELETED = "deleted", "gelöscht"
    PUBLISHED = "published", "veröffentlicht"
    PLANNED = "planned", "für später eingeplant"
    WITHDRAWN = "withdrawn", "zurückgezogen"
    EXPORTED = "exported", "heruntergeladen"
    IMPORTED = "imported", "eingelesen"
    SIGNED_IN = "signed_in", "angemeldet"
    FAILED = "failed", "falsches Passwort oder falscher Code"
    LOCKED = "locked", "Anmeldung gesperrt"
    ACCOUNT = "account", "Zugang geändert"


class EntryQuerySet(models.QuerySet):
    def for_city(self, city):
        return self.filter(city=city)

    def editable_by(self, user, roles):
        """Nobody edits an entry; the name is that of the wall between cities (contacts/city_admin.py)."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(city__memberships__user=user, city__memberships__role__in=roles)


class Entry(models.Model):
    """Who did what and when. Never what somebody wrote: fields are named, not quoted.

    City and account are kept as numbers that may have nothing behind them any more: an entry outlives both.
    """

    city = models.ForeignKey(
        "contacts.City",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name="Stadt",
    )
    at = models.DateTimeField("Wann", default=timezone.now)
    action = models.CharField("Was", max_length=9, choices=Action)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name="Konto",
    )
    actor_name = models.CharField("Wer", max_length=200)
    kind = models.CharField("Art", max_length=80, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    object_name = models.CharField("Woran", max_length=200, blank=True)
    fields = models.JSONField("Felder", default=list)
    detail = models.CharField("Genauer", max_length=200, blank=True)
    address = models.CharField("Adresse, gekürzt", max_length=45, blank=True)

    # What makes a change visible: see chain.py.
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    seal = models.CharField(max_length=64)
    position = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "Eintrag"
        verbose_name_plural = "Protokoll"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="audit_of_city", fields=["city", "-at"]),
            models.Index(name="audit_not_chained", fields=["city"], condition=models.Q(position=None)),
        ]
        constraints = [
            models.UniqueConstraint(name="audit_position_once", fields=["city", "position"], nulls_distinct=True),
        ]

    def __str__(self):
        return f"{timezone.localtime(self.at):%d.%m.%Y %H:%M} {self.actor_name}: {self.get_action_display()}"


class Chain(models.Model):
    """How far the entries of a city are chained; the chain 0 is that of the whole installation."""

    number = models.BigIntegerField(primary_key=True)
    length = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    # The last entry that was deleted because its term was over.
    expired = models.BigIntegerField(default=0)
    expired_digest = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = "Kette"
        verbose_name_plural = "Ketten"

    def __str__(self):
        return f"Kette {self.number}: {self.length}"
