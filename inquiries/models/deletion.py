from django.db import models

from contacts.inquiry_kinds import InquiryKind
from contacts.models import City, CityScopedQuerySet


class DeletionRecord(models.Model):
    """Proves that inquiries were deleted, and holds nothing of them but how many there were."""

    class Reason(models.TextChoices):
        TERM = "term", "Frist abgelaufen"
        BY_HAND = "by_hand", "von Hand gelöscht"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="deletion_records", verbose_name="Stadt")
    kind = models.CharField("Formular", max_length=12, choices=InquiryKind)
    reason = models.CharField("Grund", max_length=8, choices=Reason)
    count = models.PositiveIntegerField("Anfragen")
    deleted_on = models.DateField("Gelöscht am")

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Löschung"
        verbose_name_plural = "Löschprotokoll"
        ordering = ["-deleted_on", "-pk"]

    def __str__(self):
        return f"{self.deleted_on:%d.%m.%Y}: {self.count}"
