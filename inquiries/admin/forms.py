import json

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from contacts.city_admin import CityForm
from contacts.models import Membership
from contacts.rights import PUBLISHERS

from ..models import FormSettings, Inquiry, OutgoingMail
from .replies import PLACE, has_place_left, why_no_interim

Purpose = OutgoingMail.Purpose


def person(user):
    return user.get_full_name() or user.get_username()


def version_of(inquiry):
    """Another one as soon as somebody worked on the inquiry; tells nothing of what it stands for."""
    worked_on = [inquiry.state, inquiry.responsible_id, str(inquiry.due_on), inquiry.note, inquiry.mails.count()]
    return salted_hmac("inquiries.version", json.dumps(worked_on)).hexdigest()[:32]


def people_of(inquiry):
    """Who may be responsible: members who work on inquiries, and an operator who took it."""
    members = Membership.objects.for_city(inquiry.city_id).filter(role__in=PUBLISHERS)
    operator = Q(is_superuser=True, pk=inquiry.responsible_id)
    found = User.objects.filter(Q(pk__in=members.values("user")) | operator, is_active=True)
    return found.order_by("last_name", "first_name", "username")


def lock(inquiry):
    return Inquiry.objects.select_for_update(of=("self",)).select_related("responsible").filter(pk=inquiry.pk).first()


class SeenMixin:
    """A form that saves only what was written knowing the newest state of the inquiry. Needs a transaction."""

    def check_nobody_was_quicker(self, inquiry):
        """The inquiry as it is stored, locked."""
        stored = lock(inquiry)
        if stored is None:
            raise ValidationError(
                "Diese Anfrage ist inzwischen gelöscht. Ihre Eingaben kann die Website nicht mehr speichern.",
                code="conflict",
            )
        if version_of(stored) == self.cleaned_data.get("seen"):
            return stored
        # The next save is made knowing the other one, so it may go through.
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = version_of(stored)
        self.stored = stored
        # The page tells where things stand now, and offers the buttons that fit.
        inquiry.state, inquiry.settled_at = stored.state, stored.settled_at
        raise ValidationError(
            "Jemand anderes hat diese Anfrage gerade bearbeitet. Ihre Eingaben stehen noch hier "
            "und sind noch nicht gespeichert. Sehen Sie nach, was neu ist. Drücken Sie den Knopf dann noch einmal.",
            code="conflict",
        )


class InquiryForm(SeenMixin, CityForm):
    """What staff write down about an inquiry. `stored` is what somebody else saved while this form was open."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    stored = None

    class Meta:
        model = Inquiry
        fields = ["responsible", "due_on", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = version_of(self.instance)
        responsible = self.fields["responsible"]
        responsible.queryset = people_of(self.instance)
        responsible.empty_label = "niemand"
        responsible.label_from_instance = person
        self.fields["note"].widget.attrs["rows"] = 4

    def clean_due_on(self):
        due_on, latest_on = self.cleaned_data["due_on"], self.instance.latest_on
        if latest_on and due_on > latest_on and "due_on" in self.changed_data:
            raise ValidationError(f"Wer eine Barriere meldet, bekommt spätestens am {latest_on:%d.%m.%Y} eine Antwort.")
        return due_on

    def clean(self):
        super().clean()
        self.check_nobody_was_quicker(self.instance)
        return self.cleaned_data


class ReplyForm(SeenMixin, forms.Form):
    """What is written to the sender of an inquiry."""

    text = forms.CharField(
        label="Ihre E-Mail",
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": "Bitte schreiben Sie etwas."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    stored = None

    def __init__(self, *args, inquiry, purpose, **kwargs):
        super().__init__(*args, **kwargs)
        self.inquiry, self.purpose = inquiry, purpose
        self.initial["seen"] = version_of(inquiry)

    def clean_text(self):
        text = self.cleaned_data["text"]
        if self.purpose == Purpose.ANSWER and has_place_left(text):
            raise ValidationError(f"Bitte schreiben Sie Ihre Antwort an die Stelle, an der „{PLACE}“ steht.")
        return text

    def clean(self):
        super().clean()
        stored = self.check_nobody_was_quicker(self.inquiry)
        if self.purpose == Purpose.INTERIM and (reason := why_no_interim(stored, timezone.localdate())):
            raise ValidationError(reason, code="too_late")
        return self.cleaned_data


class FormSettingsForm(CityForm):
    """FormSettingsAdmin sets `kind` for a new one; afterwards it is fixed."""

    kind = None

    class Meta:
        model = FormSettings
        fields = ["notify", "answer_days", "keep_days", "recipients"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.kind = self.kind

    def _get_validation_exclusions(self):
        # No field of the form either, yet there is one row for each.
        return super()._get_validation_exclusions() - {"kind"}
