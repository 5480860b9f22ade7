from django.db import models


class ContentChange(models.Model):
    """Something that visitors of a city see has changed. The database writes it by itself: see triggers.py.

    On PostgreSQL one row for each city and transaction: nobody waits for anybody, as each transaction only adds rows
    of its own. On SQLite, where only one writes at a time, one row for each city with the number of its last change.
    """

    # No foreign key: the row outlives its city, whose pages have to go from the caches.
    city_id = models.BigIntegerField()
    transaction = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "Änderung des Inhalts"
        verbose_name_plural = "Änderungen des Inhalts"
        constraints = [
            models.UniqueConstraint(name="content_change_once_per_transaction", fields=["transaction", "city_id"])
        ]

    def __str__(self):
        return f"{self.city_id}: {self.transaction}"
