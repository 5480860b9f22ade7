"""Who was asked whether something is still right, and what they answered."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import City, CityScopedQuerySet, Contact
from contacts.rights import name_of
from invitations.models import Invitation
from pages.models import Page

ABOUT_ONE_THING = Q(page__isnull=False, contact__isnull=True) | Q(page__isnull=True, contact__isnull=False)


class ReviewRequestQuerySet(CityScopedQuerySet):
    def open(self):
        return self.filter(answered_at=None)

    def about(self, item):
        return self.filter(**{"page_id" if isinstance(item, Page) else "contact_id": item.pk})

    def of_link(self, invitation):
        """What a link asks about: only as long as its address is still that of the owner or of the deputy."""
        same_owner = Q(page__owner_email__iexact=invitation.email) | Q(contact__owner_email__iexact=invitation.email)
        same_deputy = Q(page__deputy_email__iexact=invitation.email) | Q(contact__deputy_email__iexact=invitation.email)
        return self.filter(
            Q(same_owner, invitation=invitation) | Q(same_deputy, deputy_invitation=invitation)
        ).select_related("city", "page__city", "contact__city")


class ReviewRequest(models.Model):
    """One question about one thing. It is open until the first answer, of the owner, the deputy or staff."""

    class Answer(models.TextChoices):
        RIGHT = "right", "Stimmt noch"
        CHANGE = "change", "Änderung vorgeschlagen"
        STAFF = "staff", "In der Redaktion geprüft"
        NEEDLESS = "needless", "Nicht mehr nötig"

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="review_requests", verbose_name="Stadt")
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, null=True, blank=True, related_name="review_requests", verbose_name="Seite"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="review_requests", verbose_name="Kontakt"
    )
    due_on = models.DateField("Fällig am")
    # One link may be that of several requests: who has to look at five things gets one mail.
    invitation = models.ForeignKey(Invitation, on_delete=models.SET_NULL, null=True, related_name="review_requests")
    deputy_invitation = models.ForeignKey(Invitation, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField("Gefragt am")
    deputy_on = models.DateField("Vertretung fragen am")
    deputy_sent_at = models.DateTimeField("Vertretung gefragt am", null=True)
    overdue_on = models.DateField("Überfällig ab")
    answered_at = models.DateTimeField("Beantwortet am", null=True)
    answer = models.CharField("Antwort", max_length=8, choices=Answer, blank=True)
    answered_by = models.CharField("Von", max_length=150, blank=True)

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "Prüfung"
        verbose_name_plural = "Prüfungen"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="review_request_about_one_thing", condition=ABOUT_ONE_THING),
            *(
                models.UniqueConstraint(
                    name=f"review_request_one_open_per_{thing}", fields=[thing], condition=Q(answered_at=None)
                )
                for thing in ("page", "contact")
            ),
            models.CheckConstraint(
                name="review_request_answer_has_its_instant",
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self):
        return f"{self.item}, fällig am {self.due_on:%d.%m.%Y}"

    @property
    def item(self):
        return self.page or self.contact

    @classmethod
    @transaction.atomic
    def confirm(cls, pk, invitation):
        """It is right as it is. Only the first answer counts."""
        request = cls.objects.select_for_update().get(pk=pk)
        if request.answered_at is None:
            request.item.verify(timezone.localdate(), invitation.name)
            request.close(cls.Answer.RIGHT, invitation.name)

    @classmethod
    @transaction.atomic
    def propose(cls, pk, invitation, proposal):
        """Words for staff, once for each link; also after somebody else said that all is right: nothing gets lost."""
        request = cls.objects.select_for_update().get(pk=pk)
        about = {"city_id": request.city_id, "page_id": request.page_id, "contact_id": request.contact_id}
        request.proposals.get_or_create(
            invitation=invitation, defaults=about | {"proposed_by": invitation.name} | proposal
        )
        if request.answered_at is None:
            request.close(cls.Answer.CHANGE, invitation.name)

    def close(self, answer, by):
        self.answered_at, self.answer, self.answered_by = timezone.now(), answer, by
        self.save(update_fields=["answered_at", "answer", "answered_by"])


class ContactChangedMeanwhile(Exception):
    """Since staff opened the proposal."""


class ProposedChange(models.Model):
    """What somebody without an account thinks is wrong. Staff decide; nothing changes by itself."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        TAKEN_OVER = "taken_over", "übernommen"
        DONE = "done", "erledigt"
        REFUSED = "refused", "nicht übernommen"

    # Those that a click can take over; opening hours and languages come as text, which staff enter themselves.
    CONTACT_FIELDS = ("phone", "mobile", "email", "room")

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="proposed_changes", verbose_name="Stadt")
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, null=True, blank=True, related_name="proposed_changes", verbose_name="Seite"
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="proposed_changes",
        verbose_name="Kontakt",
    )
    request = models.ForeignKey(ReviewRequest, on_delete=models.CASCADE, related_name="proposals")
    invitation = models.ForeignKey(Invitation, on_delete=models.SET_NULL, null=True, related_name="+")
    # {name of the field: what stood there, or what shall stand there}; only what differs.
    old = models.JSONField(default=dict, blank=True)
    new = models.JSONField(default=dict, blank=True)
    remark = models.TextField("Was ist nicht mehr richtig?", max_length=4000, blank=True)
    proposed_by = models.CharField("Von", max_length=120)
    created_at = models.DateTimeField("Eingegangen am", default=timezone.now)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField("Entschieden am", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Änderungsvorschlag"
        verbose_name_plural = "Änderungsvorschläge"
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="proposed_change_about_one_thing", condition=ABOUT_ONE_THING),
            # Pressed twice it is still one, and nobody fills the list by a link.
            models.UniqueConstraint(name="proposed_change_once_per_link", fields=["request", "invitation"]),
        ]

    def __str__(self):
        return f"Vorschlag von {self.proposed_by}"

    @property
    def item(self):
        return self.page or self.contact

    @property
    def about(self):
        return self.contact.function if self.contact else self.page.german_title()

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    @classmethod
    @transaction.atomic
    def decide(cls, pk, state, user):
        """Whatever staff decide, they have looked: what it is about counts as reviewed. False if it was decided."""
        proposal = cls.objects.select_for_update().get(pk=pk)
        if not proposal.is_open:
            return False
        proposal.state, proposal.decided_at, proposal.decided_by = state, timezone.now(), user
        proposal.save(update_fields=["state", "decided_at", "decided_by"])
        verify_by_staff(proposal.item, user)
        return True

    @classmethod
    @transaction.atomic
    def take_over(cls, pk, seen, user):
        """Writes the proposed values of the named fields into the contact, which has to be as staff have seen it.

        `seen` is {name of the field: what stood there}. Returns the contact, or None if it was decided already.
        """
        proposal = cls.objects.select_for_update().get(pk=pk)
        contact = Contact.objects.select_for_update().get(pk=proposal.contact_id)
        if not proposal.is_open:
            return None
        if any(getattr(contact, name) != value for name, value in seen.items()):
            raise ContactChangedMeanwhile
        for name in seen:
            setattr(contact, name, proposal.new[name])
        contact.full_clean()
        contact.save()
        cls.decide(pk, cls.State.TAKEN_OVER, user)
        return contact


def verify_by_staff(item, user):
    """Somebody with an account says that it is right, whether or not anybody was asked."""
    item.verify(timezone.localdate(), name_of(user))
    for request in ReviewRequest.objects.open().about(item):
        request.close(ReviewRequest.Answer.STAFF, name_of(user))
