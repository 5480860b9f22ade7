from django.db import models


class SubmissionCount(models.Model):
    """How many inquiries came from one address in one hour. The address itself is nowhere: only its keyed hash."""

    address_digest = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "Zähler"
        verbose_name_plural = "Zähler"
        constraints = [models.UniqueConstraint(name="submission_count_once_an_hour", fields=["address_digest", "hour"])]

    def __str__(self):
        return f"{self.hour}: {self.count}"
