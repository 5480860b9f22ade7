from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class Verification(models.Model):
    """A backup that was restored into a throw-away place and found whole."""

    verified_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField()  # the backup
    file_digest = models.CharField(max_length=64)
    rows = models.PositiveBigIntegerField()
    files = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "geprüfte Sicherung"
        verbose_name_plural = "geprüfte Sicherungen"

    def __str__(self):
        return f"{self.made_at:%Y-%m-%d %H:%M}"


def backup_state(instant):
    """What can surely be restored: one query. Its age counts, not only that of the last look at it."""
    found = Verification.objects.aggregate(verified=models.Max("verified_at"), made=models.Max("made_at"))
    if found["verified"] is None:
        return {"state": "never"}
    overdue = instant - found["made"] > settings.BACKUP_VERIFIED_WITHIN
    hours = {name: max(0, (instant - found[name]) // timedelta(hours=1)) for name in ("verified", "made")}
    return {
        "state": "overdue" if overdue else "ok",
        "verified_hours": hours["verified"],
        "made_hours": hours["made"],
    }
