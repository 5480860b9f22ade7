from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone
from django_prose_editor.fields import ProseEditorField

from contacts.languages import INTERFACE_LANGUAGE_CHOICES, LANGUAGES, SOURCE_LANGUAGE
from contacts.models import CityScopedQuerySet

from .. import checks
from ..internal_links import References
from ..richtext import EXTENSIONS, blocks, digest, digest_of_lines
from .approval import approver_of
from .image import Image
from .link import PageLink
from .page import Page
from .search import SearchText

# A revision is visible for at least this long, even when two follow each other within one instant.
TICK = timedelta(microseconds=1)

LONG_FIELDS = ("body", "for_whom", "steps", "bring", "not_here")


def lines(text):
    """The lines of a plain text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def without_picture(digests):
    return {field: fingerprint for field, fingerprint in digests.items() if field != "picture_alternative"}


class Text(models.Model):
    """The words of a page in one language."""

    title = models.CharField("Überschrift", max_length=160, blank=True)
    short_title = models.CharField(
        "Kurzer Name im Menü", max_length=40, blank=True, help_text="Nur nötig, wenn die Überschrift lang ist."
    )
    summary = models.CharField(
        "Kurz gesagt",
        max_length=240,
        blank=True,
        help_text="Ein oder zwei einfache Sätze: Was finden Menschen auf dieser Seite?",
    )
    situation = models.CharField(
        "Anliegen auf der Startseite",
        max_length=80,
        blank=True,
        help_text="Ein Satz aus Sicht der Menschen, zum Beispiel „Mein Kind soll in die Schule“. "
        "Leer: Die Seite steht nicht unter den Anliegen.",
    )
    body = ProseEditorField("Text", blank=True, extensions=EXTENSIONS, sanitize=True)
    for_whom = models.TextField(
        "Für wen ist das?",
        max_length=600,
        blank=True,
        help_text="Ein oder zwei einfache Sätze, zum Beispiel „Für Eltern mit einem Kind in der Grundschule.“",
    )
    steps = models.TextField(
        "So geht es: Schritt für Schritt",
        max_length=1500,
        blank=True,
        help_text="Ein Schritt in jeder Zeile. Die Nummern kommen von selbst.",
    )
    bring = models.TextField("Das bringen Sie mit", max_length=1000, blank=True, help_text="Eine Sache in jeder Zeile.")
    not_here = models.TextField(
        "Das können wir nicht – und wer es kann",
        max_length=1000,
        blank=True,
        help_text="Was gibt es hier nicht, und wohin gehen Menschen stattdessen?",
    )
    cost_note = models.CharField(
        "Hinweis zu den Kosten",
        max_length=160,
        blank=True,
        help_text="Nur wenn die Kosten eine Erklärung brauchen, zum Beispiel „Das Geld ist für die Ausflüge.“",
    )

    # Only the German text has a picture; its translations have words for it.
    picture = models.ForeignKey(Image, on_delete=models.RESTRICT, null=True, blank=True, verbose_name="Bild")
    picture_is_decorative = models.BooleanField(
        "Das Bild ist nur Schmuck",
        default=False,
        help_text="Es zeigt nichts, was nicht auch im Text steht. Vorleseprogramme übergehen es dann.",
    )
    picture_alternative = models.CharField(
        "Was ist auf dem Bild zu sehen?",
        max_length=200,
        blank=True,
        help_text="Ein Satz für Menschen, die das Bild nicht sehen.",
    )

    COMMON_FIELDS = ("title", "short_title", "summary", "situation", "body")
    # Only some kinds of page have these. Lines of `steps` and `bring` are items of a list.
    FURTHER_FIELDS = {
        Page.Kind.OFFER: ("for_whom", "steps", "bring", "not_here", "cost_note"),
        Page.Kind.CALL: ("for_whom", "steps", "bring"),
        Page.Kind.EVENT: ("for_whom", "bring", "cost_note"),
    }
    TEXT_FIELDS = (*COMMON_FIELDS, "for_whom", "steps", "bring", "not_here", "cost_note", "picture_alternative")
    # As they stand in the form of a page.
    PICTURE_FIELDS = ("picture", "picture_alternative", "picture_is_decorative")

    class Meta:
        abstract = True

    def __str__(self):
        return self.title or "ohne Überschrift"

    @property
    def menu_title(self):
        return self.short_title or self.title

    @classmethod
    def fields_of_kind(cls, kind):
        # What comes and goes stands on the start page by its date, never as somebody's situation.
        without = {"situation"} if kind in (Page.Kind.CALL, Page.Kind.EVENT, Page.Kind.NEWS) else set()
        common = (field for field in cls.COMMON_FIELDS if field not in without)
        return (*common, *cls.FURTHER_FIELDS.get(kind, ()))

    def pictures(self):
        """What is copied with the words, by column: nobody needs the picture itself for that."""
        return {"picture_id": self.picture_id, "picture_is_decorative": self.picture_is_decorative}

    @property
    def has_picture_to_describe(self):
        return self.picture_id is not None and not self.picture_is_decorative

    @classmethod
    def fields_to_translate(cls, kind, source):
        """What a translation has words for: those of its kind of page, and for the picture where it says something."""
        of_picture = ("picture_alternative",) if source and source.has_picture_to_describe else ()
        return (*cls.fields_of_kind(kind), *of_picture)

    @property
    def step_lines(self):
        return lines(self.steps)

    @property
    def bring_lines(self):
        return lines(self.bring)

    def texts(self):
        return {field: getattr(self, field) for field in self.TEXT_FIELDS}

    def compute_digests(self):
        """Fingerprints of the words: one for each field, for the body a list with one for each block.

        A further field without words has none, so that a new kind of field outdates no text.
        """
        return {
            field: [digest(block) for block in blocks(text)] if field == "body" else digest_of_lines(text)
            for field, text in self.texts().items()
            if text or field in self.COMMON_FIELDS
        }


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
    language = models.CharField("Sprache", max_length=12, choices=INTERFACE_LANGUAGE_CHOICES)
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
            raise ValidationError("Das Ende liegt vor dem Anfang.")
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

    translation = models.ForeignKey(PageTranslation, on_delete=models.CASCADE, related_name="revisions")
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
