from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind

from ..models import OutgoingMail, State
from ..models.inquiry import SETTLED

# What staff call what comes in; the labels of InquiryKind are what visitors press.
KIND_WORDS = {
    InquiryKind.CONTACT: "Nachricht",
    InquiryKind.HELP: "Bitte um Hilfe",
    InquiryKind.INTERPRETER: "Sprachmittlung",
    InquiryKind.BARRIER: "Barriere",
}

# An answer that waits longer does not go out by itself soon; until then the usual sending is under way.
USUAL_WAIT = timedelta(hours=1)

# A reply that did not go out or that the mail server refused has reached nobody: somebody still waits for it.
HAS_REACHED_NOBODY = Q(reply_refused=True) | Q(answer_is_stuck=True)
WAITS = ~Q(state__in=SETTLED) | Q(HAS_REACHED_NOBODY, state=State.ANSWERED)


def with_stuck_answers(inquiries, instant):
    """Says of each inquiry whether an answer to it has been waiting for longer than usual."""
    waiting = OutgoingMail.objects.filter(
        inquiry=OuterRef("pk"), purpose=OutgoingMail.Purpose.ANSWER, sent_at=None, refused_at=None
    )
    return inquiries.annotate(answer_is_stuck=Exists(waiting.filter(created_at__lt=instant - USUAL_WAIT)))


def is_late(today):
    return Q(due_on__lt=today) & ~Q(state__in=SETTLED)


class StateFilter(admin.SimpleListFilter):
    """Shows what waits unless something else is asked for."""

    title = "Stand"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*State.choices, ("all", "Alle")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": "offen"}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value()) if self.value() in State else queryset.filter(WAITS)


class KindFilter(admin.SimpleListFilter):
    title = "Art"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return list(KIND_WORDS.items())

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in InquiryKind else queryset


class DueFilter(admin.SimpleListFilter):
    title = "Frist"
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("late", "überfällig")]

    def queryset(self, request, queryset):
        return queryset.filter(is_late(timezone.localdate())) if self.value() == "late" else queryset


class ResponsibleFilter(admin.SimpleListFilter):
    title = "Zuständig"
    parameter_name = "who"

    def lookups(self, request, model_admin):
        return [("me", "ich"), ("nobody", "niemand")]

    def queryset(self, request, queryset):
        chosen = {"me": Q(responsible=request.user), "nobody": Q(responsible=None)}
        return queryset.filter(chosen.get(self.value(), Q()))
