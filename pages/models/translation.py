from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from audit.log import Action, record
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE, interface_language_choices
from contacts.models import CityScopedQuerySet

from .. import checks
from ..internal_links import References
from .approval import approver_of
from .link import PageLink
from .page import Page
from .revision import PageRevision
from .text import Text

# A revision is visible for at least this long, even when two follow each other within one instant.
TICK = timedelta(microseconds=1)

# What lists do not load.
LONG_FIELDS = ("body", "for_whom", "steps", "bring", "not_here")


class State(models.TextChoices):
    """Where a page stands in one language, as staff see it in lists."""

    MISSING = "missing", "fehlt"
    DRAFT = "draft", "Entwurf"
    PLANNED = "planned", "geplant"
    PUBLIC = "public", "öffentlich"
    CHANGED = "changed", "öffentlich, Entwurf ist neuer"
    OUTDATED = "outdated", "veraltet"
    OWN = "own", "eigener Text"
    WITHDRAWN = "withdrawn", "nicht mehr öffentlich"


class TranslationQuerySet(CityScopedQuerySet):
    city_path = "page__city"

    def with_state(self):
        """Without bodies, with what `state` needs: the revisions that are or will be visible. Two queries."""
        now = timezone.now()
        not_over = PageRevision.objects.filter(Q(visible_until__isnull=True) | Q(visible_until__gt=now)).defer(
            *LONG_FIELDS
        )
        return (
            self.defer(*LONG_FIELDS)
            .annotate(was_public=Exists(PageRevision.objects.filter(translation=OuterRef("pk"), visible_from__lte=now)))
            .prefetch_related(Prefetch("revisions", not_over, to_attr="current_revisions"))
        )


class PageTranslation(Text):
    """The working copy that staff edit. Visitors never see it; `publish` makes a revision of it."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="translations", verbose_name="Seite")
    language = models.CharField("Sprache", max_length=12, choices=interface_language_choices)
    version = models.PositiveIntegerField(default=0, editable=False)
    digests = models.JSONField(default=dict, editable=False)
    # Fingerprints of the German text that this translation renders; empty for German itself.
    source_digests = models.JSONField(default=dict, blank=True, editable=False)
    # What was written beside what, by fingerprints: {"rendered": [German blocks rendered in whole],
    # "blocks": [[German block, [own blocks]], …]}. Only a help for the translator's form.
    block_sources = models.JSONField(default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField("geändert", auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # Who wrote the words without an account, by a link; what staff write after these were public is their own.
    contributor = models.CharField("Mitgeschrieben von", max_length=120, blank=True, editable=False)
    # The version somebody else than its writer has approved: it holds for that version only.
    approved_version = models.PositiveIntegerField(null=True, editable=False)
    approved_by = models.CharField(max_length=120, blank=True, editable=False)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        verbose_name = "Text"
        verbose_name_plural = "Texte"
        ordering = ["page", "language"]
        constraints = [models.UniqueConstraint(name="translation_once_per_language", fields=["page", "language"])]

    @property
    def info(self):
        return LANGUAGES[self.language]

    @property
    def is_source(self):
        return self.language == SOURCE_LANGUAGE

    def live_revision(self):
        """What is public now, of a translation loaded `with_state`."""
        now = timezone.now()
        return next((revision for revision in self.current_revisions if revision.visible_from <= now), None)

    def planned_revision(self):
        now = timezone.now()
        return next((revision for revision in self.current_revisions if revision.visible_from > now), None)

    def state(self, source_live):
        """The state of a translation loaded `with_state`; `source_live` is the public German revision or None."""
        live = self.live_revision()
        if live and source_live and not self.is_source and live.is_outdated_against(source_live):
            return State.OUTDATED
        if self.planned_revision():
            return State.PLANNED
        if live is None:
            return State.WITHDRAWN if self.was_public else State.DRAFT
        if self.draft_is_newer():
            return State.CHANGED
        return State.PUBLIC if self.is_source or live.source_digests else State.OWN

    def draft_is_newer(self):
        """Whether publishing would change what is or will be public, of a translation loaded `with_state`."""
        latest = self.planned_revision() or self.live_revision()
        return latest is not None and self.is_newer_than(latest)

    def is_newer_than(self, revision):
        """Whether publishing would change what visitors see. Another picture is no other text for translations."""
        mine, public = ((each.digests, each.source_digests, each.pictures()) for each in (self, revision))
        return mine != public

    def clean(self):
        """What is not shown has no words, so that nobody translates them."""
        super().clean()
        if not self.picture:
            self.picture_is_decorative = False
        elif self.page_id and self.picture.city_id != self.page.city_id:
            raise ValidationError({"picture": "Dieses Bild gehört zu einer anderen Stadt."})
        if self.is_source and not self.has_picture_to_describe:
            self.picture_alternative = ""

    def save(self, *, contributor=None, **kwargs):
        """Whoever saves the same words has written nothing: the writer stays who it was, and an approval holds.

        `contributor` names who wrote by a link what is saved; left out, the name stays for as long as it is due.
        Links to this site are stored as references, whoever writes.
        """
        if "<a " in self.body:
            references = References(Page, self.page.city_id)
            self.body = references.stored(self.body, self.page.get_absolute_url(self.language))
        stored = None if self._state.adding else PageTranslation.objects.filter(pk=self.pk).first()
        if stored:
            # Only `approve` and `take_back_approval` change these, perhaps since this object was loaded.
            self.approved_version, self.approved_by = stored.approved_version, stored.approved_by
        if stored and stored._content() == self._content():
            self.version, self.updated_by_id = stored.version, stored.updated_by_id
        else:
            self.version = stored.version + 1 if stored else 1
            if self.contributor and stored and stored.has_public_words():
                self.contributor = ""
        self.digests = self.compute_digests()
        self.contributor = self.contributor if contributor is None else contributor
        with transaction.atomic():
            super().save(**kwargs)
            PageLink.objects.write(self)

    def _content(self):
        """What a change of makes another version."""
        return self.texts(), self.picture_id, self.picture_is_decorative, self.source_digests

    def has_public_words(self):
        """Whether these words are or were public."""
        return self.digests in self.revisions.values_list("digests", flat=True)

    @property
    def is_approved(self):
        return self.approved_version == self.version

    def approve(self, version, name):
        """By somebody else than the writer, for the words of that version only. False if they are others by now."""
        row = PageTranslation.objects.filter(pk=self.pk, version=version)
        return bool(row.update(approved_version=version, approved_by=name))

    def take_back_approval(self, name):
        PageTranslation.objects.filter(pk=self.pk, approved_by=name).update(approved_version=None, approved_by="")

    def _locked(self):
        """The stored row, locked until the transaction ends, so that two editors act one after the other."""
        return PageTranslation.objects.select_for_update(of=("self",)).select_related("page__city").get(pk=self.pk)

    def check_complete(self):
        """A draft may be as it is, a public page has no gaps and no errors. Sanitises the body on the way."""
        self.clean_fields(exclude={"page", "updated_by"})
        errors = {}
        for finding in checks.errors(checks.Reading(self)):
            errors.setdefault(finding.field, []).append(finding.message)
        if errors:
            raise ValidationError(errors)

    @transaction.atomic
    def publish(self, by, at=None, until=None, small_correction=False):
        """Makes the stored text public from `at` (aware datetime, now if None or past) until `until`.

        After a small correction of the German text, translations of the text before it stay current.
        What is public ends at that instant. A version that was still waiting for its time is dropped.
        Publishing what is already public changes nothing. Returns the revision.
        Raises ValidationError with one message per field that is missing, or if it takes a second person.
        """
        draft = self._locked()
        draft.check_complete()
        now = timezone.now()
        starts = max(at or now, now)
        if until and until <= starts:
            raise ValidationError(
                "„Öffentlich bis“ liegt vor dem Veröffentlichen. Bitte wählen Sie einen späteren Zeitpunkt."
            )
        draft._drop_planned(now)
        live = draft.revisions.visible_at(now).first()
        former_end = {}
        if live:
            if starts == now and until is None and live.visible_until is None and live.same_words_as(draft):
                return live
            starts = max(starts, live.visible_from + TICK)
            if live.visible_until is None or live.visible_until > starts:
                former_end = {"shortens_previous": True, "previous_until": live.visible_until}
                live.visible_until = starts
                live.save(update_fields=["visible_until"])
        draft._note(Action.PLANNED if starts > now + TICK else Action.PUBLISHED, by)
        return draft.revisions.create(
            **draft.texts(),
            **draft.pictures(),
            digests=draft.compute_digests(),
            source_digests=draft.source_digests,
            equal_digests=draft._equal_digests(small_correction) if draft.is_source else [],
            visible_from=starts,
            visible_until=until,
            created_by=by,
            contributor=draft.contributor,
            approved_by=approver_of(draft, by),
            **former_end,
        )

    def _note(self, action, by):
        by = by or (f"per Link: {self.contributor}" if self.contributor else None)
        name = f"{self.title} ({self.info.german_name})"
        record(action, self, city_id=self.page.city_id, by=by, name=name)

    def _equal_digests(self, small_correction):
        """Fingerprints of earlier public texts that say the same as this one, as small corrections of each other.

        Written down with the revision: whether it becomes public now, later or never, nothing else has to change.
        """
        groups = [[digests, *equal] for digests, equal in self.revisions.values_list("digests", "equal_digests")]
        same = [self.compute_digests(), *(groups[0] if small_correction and groups else [])]
        waiting = groups
        while touching := [group for group in waiting if any(each in same for each in group)]:
            same += [each for group in touching for each in group]
            waiting = [group for group in waiting if group not in touching]
        return [each for position, each in enumerate(same) if each not in same[:position]][1:]

    @transaction.atomic
    def compare_strictly(self):
        """The public German text was no small correction after all: translations of the one before are outdated.

        False if nobody had called it one.
        """
        draft, now = self._locked(), timezone.now()
        live = draft.revisions.visible_at(now).first()
        if live is None or not live.equal_digests:
            return False
        for revision in draft.revisions.all():
            if revision.digests == live.digests:
                revision.equal_digests = []
            elif revision.visible_from > now:
                revision.equal_digests = [live.digests] if live.digests in revision.equal_digests else []
            revision.save(update_fields=["equal_digests"])
        return True

    @transaction.atomic
    def unpublish(self, by):
        """Takes this language off the site now and drops what was planned. False if there was nothing to take off."""
        draft = self._locked()
        now = timezone.now()
        dropped = draft._drop_planned(now)
        live = draft.revisions.visible_at(now).first()
        if live:
            live.visible_until = max(now, live.visible_from + TICK)
            live.ended_by = by
            live.save(update_fields=["visible_until", "ended_by"])
        if dropped or live:
            draft._note(Action.WITHDRAWN, by)
        return bool(dropped or live)

    @transaction.atomic
    def cancel_planned(self):
        """Drops a version that waits for its time; what is public stays public. False if none was waiting."""
        return self._locked()._drop_planned(timezone.now())

    def _drop_planned(self, now):
        """Deletes what waits for its time and gives the public version back the end it had. False if nothing waited."""
        planned = self.revisions.filter(visible_from__gt=now).first()
        if planned is None:
            return False
        planned.delete()
        if planned.shortens_previous:
            self.revisions.visible_at(now).update(visible_until=planned.previous_until)
        return True

    @transaction.atomic
    def restore(self, revision, by):
        """Puts the words of an earlier revision into the draft; nothing becomes public."""
        draft = self._locked()
        for field, value in {**revision.texts(), **revision.pictures()}.items():
            setattr(draft, field, value)
        draft.source_digests = revision.source_digests
        draft.updated_by = by
        draft.save(contributor=revision.contributor)
        return draft
