"""What the owner of something sees who comes by a link: that thing as visitors see it, and two ways to answer."""

from urllib.parse import urlencode

from django.db.models import Q
from django.shortcuts import redirect, render

from contacts.models import Contact
from invitations.closed import frame_of
from invitations.links import LinkIsClosed, by_link
from invitations.models import Invitation
from pages.views.contacts import contact_context
from pages.views.pages import public_context, template_for

from .forms import ContactProposalForm, ProposalForm
from .models import ReviewRequest


@by_link(Invitation.Kind.REVIEW)
def review(request, invitation):
    """One thing; a list where the link is for several and none is chosen. Only what is sent answers."""
    frame = frame_of(invitation.city)
    subjects = subjects_of(invitation, frame["site"])
    if not subjects:
        raise LinkIsClosed(invitation)
    frame |= {
        "invitation": invitation,
        "subjects": subjects,
        "open_subjects": [subject for subject in subjects if subject.is_open],
    }
    subject = chosen_of(subjects, request.GET.get("nr"))
    if subject is None:
        return render(request, "reviews/review_list.html", frame)
    if request.method == "POST":
        return take(request, subject, frame)
    if subject.is_open:
        return subject_page(request, subject, frame)
    return render(request, "reviews/answered.html", frame | {"subject": subject})


class Subject:
    """A public thing that a link asks about."""

    def __init__(self, request, site, entry):
        self.request = request
        self.site = site
        self.entry = entry  # None for a contact
        self.is_open = request.answered_at is None

    @property
    def heading(self):
        """Its words, and the language they are in."""
        if self.entry:
            return self.entry.revision.title, self.entry.language
        return self.request.contact.function_in(self.site.language.tag)

    def context(self):
        """What its public page shows."""
        if self.entry:
            entry = self.site.page_at(self.entry.page.slug)
            return public_context(self.site, entry) | {"public_template": template_for(entry.page)}
        card = Contact.objects.filter(pk=self.request.contact_id).cards()[0]
        return contact_context(self.site, card) | {"public_template": "pages/contact_detail.html"}


def subjects_of(invitation, site):
    """What of it is public now: the link shows nothing that visitors cannot see."""
    if site is None:
        return []
    requests = list(ReviewRequest.objects.of_link(invitation).order_by("pk"))
    pages = [request.page_id for request in requests if request.page_id]
    entries = {entry.page.pk: entry for entry in site.load(Q(translation__page__in=pages))} if pages else {}
    return [
        Subject(request, site, entries.get(request.page_id))
        for request in requests
        if request.contact_id or request.page_id in entries
    ]


def chosen_of(subjects, number):
    if len(subjects) == 1:
        return subjects[0]
    return next((subject for subject in subjects if str(subject.request.pk) == number), None)


def form_for(subject, context, data=None):
    return ProposalForm(data) if subject.entry else ContactProposalForm(data, contact=context["contact"])


def subject_page(request, subject, frame):
    context = subject.context()
    context |= {"subject": subject, "form": form_for(subject, context)}
    return render(request, "reviews/review.html", frame | context)


def take(request, subject, frame):
    """What was typed comes back with what is wrong with it."""
    invitation = frame["invitation"]
    if "confirm" in request.POST:
        ReviewRequest.confirm(subject.request.pk, invitation)
        return back_to(request, subject)
    context = subject.context()
    form = form_for(subject, context, request.POST)
    if not form.is_valid():
        return render(request, "reviews/review.html", frame | context | {"subject": subject, "form": form}, status=422)
    ReviewRequest.propose(subject.request.pk, invitation, form.proposal())
    return back_to(request, subject)


def back_to(request, subject):
    response = redirect(f"{request.path}?{urlencode({'nr': subject.request.pk})}")
    response.status_code = 303
    return response
