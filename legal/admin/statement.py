from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.shortcuts import redirect
from django.utils import timezone

from contacts.admin import InlineOfCity

from ..models import AccessibilityStatement, Barrier
from .example import CityRecordAdmin, ExampleForm

# The button that saves the form with today as the day of the review.
REVIEWED = "_reviewed"


class StatementForm(ExampleForm):
    def __init__(self, data=None, *args, **kwargs):
        if data and REVIEWED in data:
            data = data.copy()
            data["reviewed_on"] = timezone.localdate().isoformat()
        super().__init__(data, *args, **kwargs)

    def clean(self):
        """An invented day that happens to be today is no example any more, either."""
        cleaned = super().clean()
        if REVIEWED in self.data:
            cleaned["confirmed"] = [*cleaned.get("confirmed", []), "reviewed_on"]
        return cleaned


class BarrierForm(forms.ModelForm):
    class Meta:
        model = Barrier
        fields = ["group", "what", "reason", "alternative", "criterion", "solved_by"]
        widgets = dict.fromkeys(["what", "reason", "alternative"], forms.Textarea(attrs={"rows": 5, "cols": 20}))


class BarrierFormSet(BaseInlineFormSet):
    def clean(self):
        """The statement with the status just chosen, and the barriers as they will be."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and hasattr(form, "cleaned_data")]
        exceptions = [form for form in kept if form.cleaned_data.get("group") in Barrier.EXCEPTIONS]
        exceptions = [form for form in exceptions if form.instance.pk or form.has_changed()]
        if self.instance.status == AccessibilityStatement.Status.FULL and exceptions:
            raise ValidationError("„Vollständig vereinbar“ geht nicht, solange hier eine Barriere steht.")


class BarrierInline(InlineOfCity):
    model = Barrier
    form = BarrierForm
    formset = BarrierFormSet
    fields = BarrierForm.Meta.fields


@admin.register(AccessibilityStatement)
class AccessibilityStatementAdmin(CityRecordAdmin):
    form = StatementForm
    change_form_template = "admin/legal/statement_change_form.html"
    inlines = [BarrierInline]
    fieldsets = [
        ("Ergebnis", {"fields": ["status", "standard"]}),
        ("Prüfung", {"fields": ["method", "evaluator", "evaluated_on", "report_url"]}),
        ("Erklärung", {"fields": ["prepared_on", "reviewed_on", "site_published_on"]}),
        ("Meldungen", {"fields": ["responsible", "monitoring_notified_on"]}),
    ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["is_reviewed"] = obj.reviewed_on is not None and "reviewed_on" not in obj.example_fields
        context["needs_review"] = not context["is_reviewed"] or obj.needs_review_on(timezone.localdate())
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request, statement):
        if REVIEWED not in request.POST:
            return super().response_change(request, statement)
        messages.success(request, "Gespeichert. Die Erklärung ist heute überprüft.")
        return redirect(self.address_of(statement))
