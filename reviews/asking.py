"""Asks the owners, later their deputies: one mail for each person, whatever is due and however long nobody asked."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from inquiries.letters import new_message_id
from inquiries.models import OutgoingMail
from invitations.links import path_of
from invitations.models import Invitation
from pages.models import Page

from .due import to_be_asked_about
from .models import ProposedChange, ReviewRequest

# A link opens for so long, and twice the days until the deputy is asked.
VALID_FOR = timedelta(days=60)
# What is answered and decided is of use for nothing but looking back.
KEEP = timedelta(days=365)

# What ask() writes into requests that are there already.
ASKED_FIELDS = ["invitation", "deputy_invitation", "sent_at", "deputy_on", "deputy_sent_at", "overdue_on"]


class Question(NamedTuple):
    item: object  # a page or a contact, with its label
    request: ReviewRequest
    is_for_deputy: bool

    @property
    def email(self):
        return self.item.deputy_email if self.is_for_deputy else self.item.owner_email

    @property
    def name(self):
        return self.item.deputy_name if self.is_for_deputy else self.item.owner_name


@transaction.atomic
def ask(instant):
    """Stores a mail for everybody who is to be asked now, and says how many. The number of queries is always the same.

    Any number of machines may do so at once: one waits for the other and finds nothing left to do.
    """
    lock_cities()
    close_needless(instant)
    letters = defaultdict(list)
    for question in questions(instant):
        letters[question.item.city_id, question.email.lower()].append(question)
    invitations = [invite(letter, instant) for letter in letters.values()]
    Invitation.objects.bulk_create(invitations)
    for letter, invitation in zip(letters.values(), invitations, strict=True):
        note(letter, invitation, instant)
    store([question.request for letter in letters.values() for question in letter])
    OutgoingMail.objects.bulk_create(
        mail(letter, invitation) for letter, invitation in zip(letters.values(), invitations, strict=True)
    )
    return len(letters)


def lock_cities():
    """SQLite lets one transaction write after the other by itself."""
    list(City.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def close_needless(instant):
    """Somebody chose another day, or none, without answering."""
    day = timezone.localdate(instant)
    needless = Q()
    for name in ("page", "contact"):
        later = Q(**{f"{name}__review_on": None}) | Q(**{f"{name}__review_on__gt": day})
        needless |= Q(**{f"{name}__isnull": False}) & later
    ReviewRequest.objects.open().filter(needless).update(
        answered_at=instant, answer=ReviewRequest.Answer.NEEDLESS, answered_by=""
    )


def questions(instant):
    # Before the items: what is answered between the two queries is not due any more.
    requests = ReviewRequest.objects.open().select_related("invitation", "deputy_invitation")
    by_thing = {(request.page_id, request.contact_id): request for request in requests}
    day = timezone.localdate(instant)
    for items in to_be_asked_about(instant):
        for item in items.select_related("city"):
            page, contact = (item, None) if isinstance(item, Page) else (None, item)
            key = (page and page.pk, contact and contact.pk)
            request = by_thing.get(key) or ReviewRequest(
                city=item.city, page=page, contact=contact, due_on=item.review_on
            )
            if not was_asked(request.invitation, item.owner_email):
                yield Question(item, request, is_for_deputy=False)
            elif request.deputy_on <= day and not was_asked(request.deputy_invitation, item.deputy_email):
                yield Question(item, request, is_for_deputy=True)


def was_asked(invitation, email):
    """Or cannot be asked at all. Somebody new is asked anew."""
    return not email or (invitation is not None and invitation.email.lower() == email.lower())


def invite(letter, instant):
    first = letter[0]
    days_of_deputy = timedelta(days=2 * first.item.city.deputy_after_days)
    invitation = Invitation(
        city=first.item.city,
        kind=Invitation.Kind.REVIEW,
        page=first.request.page,
        contact=first.request.contact,
        name=first.name or first.email[:120],
        email=first.email,
        created_at=instant,
        expires_at=instant + VALID_FOR + days_of_deputy,
    )
    invitation.draw_token()
    return invitation


def note(letter, invitation, instant):
    day = timezone.localdate(instant)
    for question in letter:
        request = question.request
        if question.is_for_deputy:
            request.deputy_invitation, request.deputy_sent_at = invitation, instant
            continue
        days = timedelta(days=question.item.city.deputy_after_days)
        request.invitation, request.sent_at = invitation, instant
        request.deputy_on, request.overdue_on = day + days, day + 2 * days
        request.deputy_invitation = request.deputy_sent_at = None


def store(requests):
    ReviewRequest.objects.bulk_create(request for request in requests if request.pk is None)
    ReviewRequest.objects.bulk_update([request for request in requests if request.pk], ASKED_FIELDS)


def mail(letter, invitation):
    with override(SOURCE_LANGUAGE):
        body = render_to_string("reviews/mail/request.txt", {"letter": letter, "invitation": invitation})
    return OutgoingMail(
        city=invitation.city,
        purpose=OutgoingMail.Purpose.REVIEW,
        recipient=invitation.email,
        subject="Bitte prüfen: Stimmt das noch?",
        body=body.strip() + "\n",
        secret_link=settings.SITE_URL + path_of(invitation),
        message_id=new_message_id(),
    )


def delete_old(instant):
    """Says how many questions and answers went. Their links go with them."""
    end = instant - KEEP
    undecided = ProposedChange.objects.filter(state=ProposedChange.State.OPEN)
    requests = ReviewRequest.objects.filter(answered_at__lte=end).exclude(pk__in=undecided.values("request"))
    number, _by_model = requests.delete()
    Invitation.objects.filter(kind=Invitation.Kind.REVIEW, expires_at__lte=end).delete()
    return number
