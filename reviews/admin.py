from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from contacts.city_admin import CityFilter, CityScopedAdmin
from contacts.models import City, Contact
from contacts.models.city import PUBLISHERS
from pages.models import Page

from .due_list import CHOICES, DueList, item_url
from .models import ContactChangedMeanwhile, ProposedChange, ReviewRequest, verify_by_staff
from .proposals import lines_of

LIST = "admin:reviews_reviewrequest_changelist"


class ReviewAdmin(CityScopedAdmin):
    """For those who may say in a city's name that something is right. Nothing is written or deleted by hand."""

    view_roles = change_roles = PUBLISHERS

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ReviewRequest)
class ReviewRequestAdmin(ReviewAdmin):
    """The list of what is due. It does not need the requests: it is right also where no mails are sent."""

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("seite/<int:reviewed_page_id>/", view(self.verify_page_view), name="reviews_verify_page"),
            path("kontakt/<int:contact_id>/", view(self.verify_contact_view), name="reviews_verify_contact"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        cities = list(City.objects.editable_by(request.user, PUBLISHERS))
        city = next((city for city in cities if str(city.pk) == request.GET.get("city")), None)
        due_list = DueList(
            request.user, timezone.now(), request.GET.get("stand", ""), city, request.GET.get("seite", 1)
        )
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": "Prüfungen",
            "due_list": due_list,
            "choices": CHOICES.items(),
            "cities": cities if len(cities) > 1 else [],
            "city": city,
        }
        return TemplateResponse(request, "admin/reviews/due_list.html", context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A request itself says nothing that the list does not say: the thing it is about opens."""
        review_request = self.get_object(request, object_id)
        return redirect(item_url(review_request.item) if review_request else LIST)

    @method_decorator(require_POST)
    def verify_page_view(self, request, reviewed_page_id):
        return self.verify(request, Page.objects, reviewed_page_id)

    @method_decorator(require_POST)
    def verify_contact_view(self, request, contact_id):
        return self.verify(request, Contact.objects, contact_id)

    def verify(self, request, items, pk):
        item = get_object_or_404(items.editable_by(request.user, PUBLISHERS), pk=pk)
        verify_by_staff(item, request.user)
        self.log_change(request, item, "Heute geprüft")
        messages.success(request, f"Gespeichert: heute geprüft. {next_review(item)}")
        return redirect(LIST if "list" in request.POST else item_url(item))


def next_review(item):
    if item.review_on:
        return f"Nächste Prüfung am {date_format(item.review_on, 'j. F Y')}."
    return "Einen Tag für die nächste Prüfung gibt es nicht."


@admin.register(ProposedChange)
class ProposedChangeAdmin(ReviewAdmin):
    """What people without an account think is wrong."""

    list_display = ["about", "proposed_by", "created_at", "state"]
    list_filter = ["state", CityFilter]
    ordering = [Case(When(state="open", then=Value(0)), default=Value(1)), "-created_at", "-pk"]

    def get_queryset(self, request):
        proposals = super().get_queryset(request).select_related("city", "page__city", "contact__city", "decided_by")
        return proposals.prefetch_related("page__translations")

    @admin.display(description="Worum")
    def about(self, proposal):
        return proposal.about

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Old and new side by side, and what can become of it."""
        proposal = self.get_object(request, object_id)
        if proposal is None:
            raise Http404
        lines = lines_of(proposal)
        if request.method == "POST":
            if self.decide(request, proposal, lines):
                return redirect("admin:reviews_proposedchange_changelist")
            proposal.refresh_from_db()
            lines = lines_of(proposal)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"Vorschlag: {proposal.about}",
            "proposal": proposal,
            "lines": lines,
            "can_take_over": any(line.is_field for line in lines),
            "item_url": item_url(proposal.item),
        }
        return TemplateResponse(request, "admin/reviews/proposal.html", context)

    def decide(self, request, proposal, lines):
        """Whether it is decided now."""
        if "_take" in request.POST:
            return self.take_over(request, proposal, lines)
        states = {"_done": ProposedChange.State.DONE, "_refuse": ProposedChange.State.REFUSED}
        state = next((state for button, state in states.items() if button in request.POST), None)
        if state is None:
            return False
        if ProposedChange.decide(proposal.pk, state, request.user):
            messages.success(request, f"Der Vorschlag ist abgeschlossen: {state.label}. {self.told(proposal)}")
        else:
            messages.info(request, "Jemand anderes hat über diesen Vorschlag gerade schon entschieden.")
        return True

    def take_over(self, request, proposal, lines):
        chosen = [line for line in lines if line.is_field and line.name in request.POST.getlist("take")]
        if not chosen:
            messages.warning(request, "Bitte wählen Sie aus, was Sie übernehmen wollen.")
            return False
        seen = {line.name: request.POST.get(f"seen-{line.name}", "") for line in chosen}
        try:
            contact = ProposedChange.take_over(proposal.pk, seen, request.user)
        except ContactChangedMeanwhile:
            messages.warning(
                request,
                "Jemand hat den Kontakt gerade geändert. Es ist noch nichts übernommen. "
                "Bitte vergleichen Sie noch einmal: Unter „Jetzt“ steht der neue Stand.",
            )
            return False
        except ValidationError as error:
            messages.error(request, f"Es ist noch nichts übernommen. {' '.join(error.messages)}")
            return False
        if contact is None:
            messages.info(request, "Jemand anderes hat über diesen Vorschlag gerade schon entschieden.")
            return True
        taken = ", ".join(str(line.label) for line in chosen)
        self.log_change(request, contact, f"Vorschlag von {proposal.proposed_by} übernommen: {taken}")
        messages.success(request, f"Übernommen und öffentlich: {taken}. {self.told(proposal)}")
        return True

    def told(self, proposal):
        proposal.refresh_from_db()
        return f"Der Inhalt gilt als heute geprüft. {next_review(proposal.item)}"
