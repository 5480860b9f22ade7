from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError, models, transaction
from django.db.models import F

from contacts.languages import LANGUAGES
from contacts.models import City, CityScopedQuerySet


class LanguageWishQuerySet(CityScopedQuerySet):
    KEPT = timedelta(days=400)

    def old(self, day):
        return self.filter(month__lt=day - self.KEPT)

    def add(self, counts, day):
        """Writes what was counted by (city id, language). Counting is never a reason to fail."""
        month = day.replace(day=1)
        with suppress(DatabaseError), transaction.atomic():
            for (city_id, language), count in counts.items():
                wish, is_new = self.get_or_create(
                    city_id=city_id, language=language, month=month, defaults={"count": count}
                )
                if not is_new:
                    self.filter(pk=wish.pk).update(count=F("count") + count)


class LanguageWish(models.Model):
    """How often a browser asked a city's site for a language that it does not have. Nothing is kept about whose."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="language_wishes", verbose_name="Stadt")
    language = models.CharField(
        "Sprache", max_length=12, choices=[(tag, language.german_name) for tag, language in LANGUAGES.items()]
    )
    month = models.DateField("Monat")
    count = models.PositiveIntegerField("So oft gewünscht")

    objects = LanguageWishQuerySet.as_manager()

    class Meta:
        verbose_name = "Gewünschte Sprache"
        verbose_name_plural = "Gewünschte Sprachen"
        ordering = ["-month", "-count", "language"]
        constraints = [models.UniqueConstraint(name="language_wish_once_a_month", fields=["city", "language", "month"])]

    def __str__(self):
        return LANGUAGES[self.language].german_name
