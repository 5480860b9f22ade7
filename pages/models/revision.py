from django.conf import settings
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from contacts.models import CityScopedQuerySet

from ..richtext import blocks
from .link import PageLink
from .search import SearchText
from .text import Text


def without_picture(digests):
    return {field: fingerprint for field, fingerprint in digests.items() if field != "picture_alternative"}


class RevisionQuerySet(CityScopedQuerySet):
    city_path = "translation__page__city"

    def visible_at(self, instant):
        return self.filter(Q(visible_until__isnull=True) | Q(visible_until__gt=instant), visible_from__lte=instant)

    def live(self):
        return self.visible_at(timezone.now())

    def in_languages(self, languages):
        return self.filter(translation__language__in=languages)

    def with_first_instant(self):
        """Each with `first_visible_from`: when its page was first public in its language; a correction keeps it."""
        first = PageRevision.objects.filter(translation=OuterRef("translation")).order_by("visible_from")
        return self.annotate(first_visible_from=Subquery(first.values("visible_from")[:1]))


class PageRevision(Text):
    """An unchanging copy of a text that visitors read from `visible_from` until just before `visible_until`."""

    translation = models.ForeignKey("PageTranslation", on_delete=models.CASCADE, related_name="revisions")
    digests = models.JSONField(default=dict)
    source_digests = models.JSONField(default=dict, blank=True)
    # Of a German text: fingerprints of earlier ones whose translations render this one, too.
    equal_digests = models.JSONField(default=list, blank=True)
    visible_from = models.DateTimeField("öffentlich ab")
    visible_until = models.DateTimeField("öffentlich bis", null=True, blank=True)
    # What the revision before would have done without this one; dropping a planned one gives it back.
    shortens_previous = models.BooleanField(default=False)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    contributor = models.CharField("Mitgeschrieben von", max_length=120, blank=True)
    approved_by = models.CharField("Freigegeben von", max_length=120, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "Fassung"
        verbose_name_plural = "Fassungen"
        ordering = ["-visible_from"]
        constraints = [
            models.UniqueConstraint(
                name="revision_one_open_ended", fields=["translation"], condition=Q(visible_until__isnull=True)
            ),
            models.CheckConstraint(
                name="revision_ends_after_start",
                condition=Q(visible_until__isnull=True) | Q(visible_from__lt=F("visible_until")),
            ),
        ]
        indexes = [models.Index(name="revision_visible", fields=["translation", "visible_from", "visible_until"])]

    def save(self, **kwargs):
        """What the search reads is written with it, and where it links to."""
        is_new = self._state.adding
        with transaction.atomic():
            super().save(**kwargs)
            if is_new:
                SearchText.objects.write(self, timezone.now())
                PageLink.objects.write(self.translation, self)

    @property
    def page(self):
        return self.translation.page

    @property
    def language(self):
        return self.translation.info

    def same_words_as(self, text):
        mine, others = ((each.texts(), each.pictures(), each.source_digests) for each in (self, text))
        return mine == others

    def is_outdated_against(self, source):
        """Whether the German text says something else than what this translation renders."""
        known, *equal = self.source_digests, source.digests, *source.equal_digests
        if "picture_alternative" not in source.digests:
            # The picture is gone or only decorates: its words are shown in no language.
            known, *equal = map(without_picture, (known, *equal))
        return bool(self.source_digests) and known not in equal

    def texts_unknown_to(self, translation):
        """Further texts of this German revision, plain, that a translation does not render yet."""
        further = [field for field in self.TEXT_FIELDS if field not in (*self.COMMON_FIELDS, "picture_alternative")]
        return [getattr(self, field) for field in further if self._is_unknown_to(translation, field)]

    def picture_words_are_known_to(self, translation):
        """Whether what a translation says about the picture is about the picture of this German revision."""
        known = translation.source_digests.get("picture_alternative")
        return known in (None, self.digests.get("picture_alternative"))

    def head_unknown_to(self, translation):
        """(title, summary) of this German revision, each empty if a translation renders it."""
        return tuple(
            getattr(self, field) if self._is_unknown_to(translation, field) else "" for field in ("title", "summary")
        )

    def _is_unknown_to(self, translation, field):
        return field in self.digests and self.digests[field] != translation.source_digests.get(field)

    def blocks_unknown_to(self, translation):
        """Blocks of this German body that a translation does not render yet."""
        known = set(translation.source_digests.get("body", []))
        return [
            block
            for block, fingerprint in zip(blocks(self.body), self.digests["body"], strict=True)
            if fingerprint not in known
        ]
