"""The form of a city, with the gate in front of its public site."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils import timezone
from django.utils.html import format_html

from contacts import admin as contacts_admin
from contacts.models import City

from .. import gate

NOT_READY = "not_ready"


class CityForm(ModelForm):
    def clean_is_public(self):
        """Going public needs everything; staying public and leaving are always allowed."""
        is_public = self.cleaned_data["is_public"]
        if is_public and not self.initial.get("is_public"):
            self.refuse_unless_ready()
        return is_public

    def refuse_unless_ready(self):
        if self.instance.pk is None:
            raise ValidationError("Speichern Sie zuerst ohne diesen Haken. Dann sehen Sie, was noch fehlt.")
        if gate.refusals(self.instance, timezone.now()):
            where = format_html('<a href="#{}">{}</a>', "gate-refused", "Oben steht, was noch fehlt.")
            raise ValidationError(format_html("{} {}", "Das geht noch nicht.", where), code=NOT_READY)


admin.site.unregister(City)


@admin.register(City)
class CityAdmin(contacts_admin.CityAdmin):
    form = CityForm
    change_form_template = "admin/legal/city_change_form.html"
    fieldsets = [
        *contacts_admin.CityAdmin.fieldsets[:1],
        ("Formulare", {"fields": ["forms"]}),
        *contacts_admin.CityAdmin.fieldsets[1:],
    ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and self.has_change_permission(request, obj):
            # As it is stored: the form on the screen may have been refused with another value.
            form = context["adminform"].form
            context["is_public"] = form.initial["is_public"]
            context["was_refused"] = form.has_error("is_public", NOT_READY)
            context["gate_items"] = gate.items(obj, timezone.now())
            states = {hint.state for item in context["gate_items"] for hint in item.hints}
            context["red_items"] = [item for item in context["gate_items"] if item.refusals]
            context["is_complete"] = not states.intersection(gate.REFUSING)
            context["has_examples"] = gate.State.EXAMPLE in states
        return super().render_change_form(request, context, add, change, form_url, obj)
