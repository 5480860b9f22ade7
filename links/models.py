"""Addresses of other websites in what a city publishes, and what they answered."""

from django.db import models

from contacts.models import City, CityScopedQuerySet
from pages.models import PageLink


class Answer(models.TextChoices):
    WORKS = "works", "geht"
    GONE = "gone", "gibt es nicht mehr"
    MOVED = "moved", "umgezogen"
    REFUSED = "refused", "bitte selbst ansehen"


class ExternalLinkQuerySet(CityScopedQuerySet):
    def broken(self):
        """What failed on enough different days, and nobody said that it works all the same."""
        return self.filter(failures__gte=ExternalLink.DAYS_UNTIL_BROKEN, vouched_answer="")


class ExternalLink(models.Model):
    """An address of another website that a city's texts or data name. Each city looks after its own."""

    # One bad day, or a weekend of repairs, is no reason to bother anybody.
    DAYS_UNTIL_BROKEN = 3

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="external_links", verbose_name="Stadt")
    url = models.CharField("Adresse", max_length=PageLink.LONGEST)
    answer = models.CharField("Antwort", max_length=8, choices=Answer, blank=True)
    # What was answered in detail: the status code, or why there was none.
    detail = models.CharField("Genauer", max_length=80, blank=True)
    moved_to = models.CharField("Neue Adresse", max_length=PageLink.LONGEST, blank=True)
    checked_on = models.DateField("Zuletzt geprüft", null=True)
    failing_since = models.DateField("Seit", null=True)
    failures = models.PositiveSmallIntegerField("Tage mit Fehler", default=0)
    # The answer of which somebody said that the link works for people; it holds until the answer is another.
    vouched_answer = models.CharField(max_length=100, blank=True)
    vouched_by = models.CharField("Angesehen von", max_length=150, blank=True)

    objects = ExternalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Link zu einer anderen Website"
        verbose_name_plural = "Links zu anderen Websites"
        ordering = ["-failures", "url"]
        constraints = [models.UniqueConstraint(name="external_link_once_per_city", fields=["city", "url"])]

    def __str__(self):
        return self.url

    @property
    def given_answer(self):
        return f"{self.answer} {self.detail}".strip()

    def note(self, found, day):
        """Takes down the answer of a day. A day counts once, however often and by how many machines it is asked."""
        if self.checked_on and self.checked_on >= day:
            return
        is_another_place = found.answer == Answer.MOVED and self.moved_to != found.moved_to
        self.answer, self.detail, self.moved_to = found.answer, found.detail, found.moved_to
        if found.answer == Answer.WORKS or is_another_place:
            self.failures, self.failing_since = 0, None
        if self.vouched_answer and self.vouched_answer != self.given_answer:
            # Not the answer that somebody looked at: the days are counted anew.
            self.vouched_answer, self.vouched_by, self.failures, self.failing_since = "", "", 0, None
        if found.answer != Answer.WORKS:
            self.failures += 1
            self.failing_since = self.failing_since or day
        self.checked_on = day
        self.save()

    def vouch(self, by):
        self.vouched_answer, self.vouched_by = self.given_answer, by.get_full_name() or by.get_username()
        self.save(update_fields=["vouched_answer", "vouched_by"])


class DeadLink(PageLink):
    """A link of a page to this site behind which there is nothing, for the list of them."""

    class Meta:
        proxy = True
        verbose_name = "Link ins Leere"
        verbose_name_plural = "Links ins Leere"
