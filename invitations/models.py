"""Links by which people without an account take part: each opens one thing, for a while, until it is revoked."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE, interface_language_choices
from contacts.models import City, CityScopedQuerySet, Contact
from contacts.rights import PUBLISHERS, WRITERS, Role, memberships
from pages.models import Page, PageTranslation
from pages.models.approval import name_of

VALID_FOR = timedelta(days=14)
LONGEST = timedelta(days=90)
LENGTH_OF_NONCE = 22
# Who reads and writes a page opens it many times: one note is enough.
NOTED_AGAIN_AFTER = timedelta(minutes=10)


def hash_of(token):
    return sha256(token.encode()).hexdigest()


def shortened(name):
    """So that it fits beside a revision."""
    return name[: PageTranslation._meta.get_field("approved_by").max_length]


def default_end():
    return timezone.now() + VALID_FOR


def may_be_handled_by(user, prefix=""):
    """A Q: links are made, shown and revoked by writers; those to review by publishers, and those to translate also
    by translators of that language.
    """
    if not user.is_active or user.is_superuser:
        return Q() if user.is_active else Q(pk=None)
    mine = memberships(user).values()
    allowed = Q(**{f"{prefix}city__in": [each.city_id for each in mine if each.role in PUBLISHERS]})
    written = Q(**{f"{prefix}city__in": [each.city_id for each in mine if each.role in WRITERS]})
    allowed |= written & ~Q(**{f"{prefix}kind": Invitation.Kind.REVIEW})
    for membership in mine:
        if membership.role == Role.TRANSLATOR:
            allowed |= Q(
                **{
                    f"{prefix}city": membership.city_id,
                    f"{prefix}kind": Invitation.Kind.TRANSLATE,
                    f"{prefix}language__in": membership.languages,
                }
            )
    return allowed


class InvitationQuerySet(CityScopedQuerySet):
    def open(self):
        """Those that open something now."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def handled_by(self, user):
        return self.filter(may_be_handled_by(user))

    def with_token(self, token):
        """The one that the token belongs to, whatever became of it, or None."""
        return self.filter(token_hash=hash_of(token)).select_related("city", "page__city", "contact__city").first()


class Invitation(models.Model):
    """A link for one person and one thing. The token itself is nowhere stored: only we can compute it."""

    class State(models.TextChoices):
        OPEN = "open", "noch nicht geöffnet"
        USED = "used", "geöffnet"
        EXPIRED = "expired", "abgelaufen"
        REVOKED = "revoked", "widerrufen"

    class Kind(models.TextChoices):
        TRANSLATE = "translate", "Übersetzen"
        PREVIEW = "preview", "Vorschau ansehen"
        APPROVE = "approve", "Freigeben"
        REVIEW = "review", "Inhalt prüfen"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="invitations", verbose_name="Stadt")
    kind = models.CharField("Wofür", max_length=10, choices=Kind)
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name="Seite"
    )
    language = models.CharField("Sprache", max_length=12, choices=interface_language_choices, default=SOURCE_LANGUAGE)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name="Kontakt"
    )
    name = models.CharField("Für wen", max_length=120, help_text="Der Name steht später bei dem, was die Person tut.")
    email = models.EmailField("E-Mail", blank=True)
    nonce = models.CharField(max_length=LENGTH_OF_NONCE, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("Erstellt am", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    expires_at = models.DateTimeField("Gilt bis", default=default_end)
    revoked_at = models.DateTimeField("Widerrufen am", null=True, editable=False)
    last_used_at = models.DateTimeField("Zuletzt geöffnet am", null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "Einladung"
        verbose_name_plural = "Einladungen"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_is_about_one_thing",
                condition=models.Q(page__isnull=False, contact__isnull=True)
                | models.Q(page__isnull=True, contact__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def token(self):
        """What the link carries. Computed with SECRET_KEY, so that a copy of the database opens nothing."""
        digest = salted_hmac("invitations.token", f"{self.kind}:{self.nonce}", algorithm="sha256").hexdigest()
        return f"{self.nonce}{digest[:32]}"

    def save(self, **kwargs):
        self.draw_token()
        super().save(**kwargs)

    def draw_token(self):
        """Once. By itself where nothing calls `save`: before bulk_create."""
        if not self.nonce:
            self.nonce = get_random_string(LENGTH_OF_NONCE)
            self.token_hash = hash_of(self.token)

    @property
    def info(self):
        return LANGUAGES[self.language]

    @property
    def interface_language(self):
        """Of the page around the text: who answers for the office reads German, whatever the text is written in."""
        return SOURCE_LANGUAGE if self.kind in (self.Kind.APPROVE, self.Kind.REVIEW) else self.language

    @property
    def goes_by_mail_only(self):
        """Whoever asks for an approval shall not hold it in their own hand where a second pair of eyes is needed."""
        return self.kind == self.Kind.APPROVE and self.city.four_eyes

    @property
    def is_open(self):
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def state(self):
        if self.revoked_at:
            return self.State.REVOKED
        if not self.is_open:
            return self.State.EXPIRED
        return self.State.USED if self.last_used_at else self.State.OPEN

    @property
    def can_be_shown(self):
        """With another SECRET_KEY than the one it was made with, the token cannot be computed any more."""
        return hash_of(self.token) == self.token_hash

    def text(self):
        """The draft that it is about, or None where nobody has begun one yet. One query."""
        return PageTranslation.objects.filter(page=self.page_id, language=self.language).first()

    def opened(self):
        """Nothing is used up: who has the link may come back until it ends."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - NOTED_AGAIN_AFTER:
            self.last_used_at = now
            self.save(update_fields=["last_used_at"])

    def revoke(self):
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])

    def latest_suggestion(self):
        return self.suggestions.select_related("invitation").first()

    @transaction.atomic
    def suggest(self, rows, working_copy):
        """Stores what was written in valid rows. As long as nobody has decided about it, it is one suggestion."""
        Invitation.objects.select_for_update(of=("self",)).get(pk=self.pk)
        rows.write_to(working_copy)
        suggestion = self.suggestions.waiting().first() or Suggestion(invitation=self)
        suggestion.texts = rows.texts()
        suggestion.source_digests = working_copy.source_digests
        suggestion.block_sources = working_copy.block_sources
        suggestion.saved_at = timezone.now()
        suggestion.save()

    def asked_by(self):
        """For the history: an approval by a link says who asked for it."""
        return f"{self.name} (per Link, erbeten von {name_of(self.created_by)})" if self.created_by else self.name

    @transaction.atomic
    def approve(self, version):
        """False if the text has changed since it was looked at."""
        text = self.text()
        if text is None or not text.approve(version, shortened(self.asked_by())):
            return False
        self.verdicts.create(version=version, is_approval=True)
        return True

    @transaction.atomic
    def say(self, version, remark):
        """A remark for staff. Who has something to say about a version does not approve of it any more."""
        self.verdicts.create(version=version, remark=remark)
        if text := self.text():
            text.take_back_approval(shortened(self.asked_by()))


class SuggestionQuerySet(CityScopedQuerySet):
    city_path = "invitation__city"

    def handled_by(self, user):
        return self.filter(may_be_handled_by(user, "invitation__"))

    def waiting(self):
        return self.filter(state=Suggestion.State.OPEN)


class Suggestion(models.Model):
    """A translation that somebody without an account wrote. It becomes a draft when staff take it over."""

    class State(models.TextChoices):
        OPEN = "open", "wartet auf Sie"
        ACCEPTED = "accepted", "übernommen"
        DECLINED = "declined", "nicht übernommen"

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="suggestions", verbose_name="Einladung"
    )
    texts = models.JSONField(default=dict)
    # Fingerprints of the German text that the words render.
    source_digests = models.JSONField(default=dict, blank=True)
    block_sources = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField("Gespeichert am", default=timezone.now)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.OPEN)
    remark = models.TextField(
        "Anmerkung",
        max_length=1000,
        blank=True,
        help_text="Die Person liest sie, wenn sie ihren Link wieder öffnet. Schreiben Sie einfach und freundlich.",
    )
    decided_at = models.DateTimeField("Entschieden am", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = "Übersetzungsvorschlag"
        verbose_name_plural = "Übersetzungsvorschläge"
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="suggestion_one_open_per_invitation", fields=["invitation"], condition=Q(state="open")
            )
        ]

    def __str__(self):
        return f"Vorschlag von {self.invitation.name}"

    @property
    def mark(self):
        """Another one each time it is saved: nobody decides about words they have not seen."""
        return self.saved_at.isoformat()

    def write_to(self, draft):
        for field, words in self.texts.items():
            setattr(draft, field, words)
        draft.source_digests, draft.block_sources = self.source_digests, self.block_sources

    @transaction.atomic
    def accept(self, by, mark, version):
        """Takes the words over into the draft of that version (0 where there is none yet); nothing becomes public.

        None if the suggestion, the decision about it or the draft has changed since they were looked at.
        Raises ValidationError if the words do not fit into a draft.
        """
        suggestion = self._locked()
        invitation = suggestion.invitation
        draft = PageTranslation.objects.select_for_update(of=("self",)).filter(
            page=invitation.page_id, language=invitation.language
        ).first() or PageTranslation(page=invitation.page, language=invitation.language)
        if suggestion.state != self.State.OPEN or suggestion.mark != mark or draft.version != version:
            return None
        suggestion.write_to(draft)
        draft.updated_by = by
        draft.full_clean()
        draft.save(contributor=invitation.name)
        suggestion._decide(self.State.ACCEPTED, by)
        return draft

    @transaction.atomic
    def decline(self, by, mark, remark):
        """False if the suggestion or the decision about it has changed since it was looked at."""
        suggestion = self._locked()
        if suggestion.state != self.State.OPEN or suggestion.mark != mark:
            return False
        suggestion.remark = remark
        suggestion._decide(self.State.DECLINED, by)
        return True

    def _locked(self):
        return (
            Suggestion.objects.select_for_update(of=("self",)).select_related("invitation__page__city").get(pk=self.pk)
        )

    def _decide(self, state, by):
        self.state, self.decided_by, self.decided_at = state, by, timezone.now()
        self.save()


class VerdictQuerySet(CityScopedQuerySet):
    city_path = "invitation__city"

    def waiting(self):
        """Remarks that nobody has dealt with."""
        return self.filter(is_approval=False, settled_at=None)


class Verdict(models.Model):
    """What somebody who was asked for an approval says about one version of a text."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="verdicts", verbose_name="Einladung"
    )
    version = models.PositiveIntegerField()
    is_approval = models.BooleanField("Freigabe", default=False)
    remark = models.TextField("Anmerkung", max_length=2000, blank=True)
    given_at = models.DateTimeField("Am", default=timezone.now, editable=False)
    settled_at = models.DateTimeField("Erledigt am", null=True, editable=False)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = "Rückmeldung"
        verbose_name_plural = "Rückmeldungen"
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="verdict_approves_or_says_something", condition=Q(is_approval=True) | ~Q(remark="")
            )
        ]

    def __str__(self):
        return f"{'Freigabe' if self.is_approval else 'Anmerkung'} von {self.invitation.name}"
