"""What is due for a review. Told when somebody asks, whether or not any job ran."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import Contact
from pages.models import Page, PageRevision

from .models import ProposedChange, ReviewRequest

# send_review_requests runs every day; one day may fail.
GRACE = timedelta(days=2)


def public_items(instant):
    """Two querysets: the pages and the contacts that visitors see, each with its `label`. What is over is left out."""
    german = PageRevision.objects.visible_at(instant).filter(
        translation__page=OuterRef("pk"), translation__language=SOURCE_LANGUAGE
    )
    pages = Page.objects.filter(Exists(german), Q(ends_at=None) | Q(ends_at__gt=instant), city__is_public=True)
    contacts = Contact.objects.filter(city__is_public=True)
    return [pages.annotate(label=Subquery(german.values("title")[:1])), contacts.annotate(label=F("function"))]


def due_items(instant):
    """The same of which the day has come."""
    day = timezone.localdate(instant)
    return [items.filter(review_on__lte=day) for items in public_items(instant)]


def thing(items):
    """The name of the foreign key to what the queryset holds."""
    return "page" if items.model is Page else "contact"


def to_be_asked_about(instant):
    """Those due items of which somebody is known who can be asked, unless staff have an answer to decide about."""
    for items in due_items(instant):
        proposals = ProposedChange.objects.filter(**{thing(items): OuterRef("pk")}, state=ProposedChange.State.OPEN)
        yield items.exclude(owner_email="").filter(~Exists(proposals))


def is_asking_overdue(instant):
    """Whether something is due for days and nobody was asked: the job does not run. Two queries at most."""
    return any(
        items.filter(~Exists(ReviewRequest.objects.open().filter(**{thing(items): OuterRef("pk")}))).exists()
        for items in to_be_asked_about(instant - GRACE)
    )
