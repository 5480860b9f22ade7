from django.conf import settings
from django.db import models
from django.utils import timezone


class FormerRowQuerySet(models.QuerySet):
    def old(self, instant):
        """What is remembered no longer: it may hold names and numbers of people."""
        return self.filter(until__lt=instant - settings.FORMER_DATA_TERM)

    def of(self, row):
        """What a row was before each of its changes, the newest first."""
        changes = self.filter(table_name=row._meta.db_table, row_id=row.pk, existed=True)
        return changes.order_by("-pk")

    def recorded_since(self):
        """From when on every change is known. The first row of all says when the table was made."""
        kept_since = timezone.now() - settings.FORMER_DATA_TERM
        began = self.filter(table_name="").values_list("until", flat=True).first()
        return max(began, kept_since) if began else kept_since


class FormerRow(models.Model):
    """What a row of another table was until an instant. The database writes it by itself: see triggers.py."""

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    # The columns by name; of a row that began to exist at that instant, what it began with.
    data = models.JSONField(null=True)
    existed = models.BooleanField()
    until = models.DateTimeField()

    objects = FormerRowQuerySet.as_manager()

    class Meta:
        verbose_name = "früherer Stand"
        verbose_name_plural = "frühere Stände"
        indexes = [
            models.Index(name="former_row_of_table", fields=["table_name", "until"]),
            models.Index(name="former_row_of_row", fields=["table_name", "row_id"]),
        ]

    def __str__(self):
        return f"{self.table_name} {self.row_id} bis {self.until:%Y-%m-%d %H:%M}"
