"""The forms of what the law asks of a city: one row each, which says what is invented and what is missing."""

from typing import NamedTuple

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from contacts.city_admin import CityForm, CityScopedAdmin
from contacts.models import City
from contacts.rights import MANAGERS, PUBLISHERS


class OpenField(NamedTuple):
    """A field somebody still has to fill in before the city's site may become public."""

    name: str
    label: str
    state: str


def open_fields(record):
    """What is missing and what is invented, in the order of the model's fields."""
    states = dict.fromkeys(record.example_fields, "Beispiel – bitte ersetzen")
    states |= dict.fromkeys(record.missing_fields(), "fehlt noch")
    return [
        OpenField(field.name, str(field.verbose_name), states[field.name])
        for field in record._meta.fields
        if field.name in states
    ]


class ExampleForm(CityForm):
    """Says at each field whether it is missing or invented. What is missing does not stop saving."""

    confirmed = forms.MultipleChoiceField(
        label="Diese Angaben stimmen schon so",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Dann sind sie kein Beispiel mehr. Wer eine Angabe ändert, braucht hier keinen Haken.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_to_confirm()
        for open_field in open_fields(self.instance):
            if field := self.fields.get(open_field.name):
                badge = format_html('<strong class="open-field">{}</strong>', open_field.state)
                field.help_text = format_html("{} {}", badge, field.help_text) if field.help_text else badge

    def offer_to_confirm(self):
        """What was invented may happen to be right."""
        record = self.instance
        invented = [
            (field.name, field.verbose_name) for field in record._meta.fields if field.name in record.example_fields
        ]
        if invented:
            self.fields["confirmed"].choices = invented
        else:
            del self.fields["confirmed"]

    def save(self, commit=True):
        """Whoever changes or confirms an invented value has replaced it."""
        settled = {*self.changed_data, *self.cleaned_data.get("confirmed", ())}
        self.instance.example_fields = [name for name in self.instance.example_fields if name not in settled]
        return super().save(commit)


class CityRecordAdmin(CityScopedAdmin):
    """Of a model with one row for each city. Nobody adds or deletes it: it is there as soon as it is opened."""

    form = ExampleForm
    view_roles = PUBLISHERS
    change_roles = MANAGERS
    change_form_template = "admin/legal/record_change_form.html"
    list_display = ["__str__", "what_is_open"]
    list_select_related = ["city"]

    def has_delete_permission(self, request, obj=None):
        return False

    def get_model_perms(self, request):
        # No link "Hinzufügen" in menus: who has one city always finds its form behind the name.
        return super().get_model_perms(request) | {"add": False}

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj and obj.example_fields and self.has_change_permission(request, obj):
            return [*fieldsets, ("Beispiele", {"fields": ["confirmed"]})]
        return fieldsets

    def get_list_display(self, request):
        # The name of a row is that of its city.
        return self.list_display

    def changelist_view(self, request, extra_context=None):
        """Who has one city comes straight to its form."""
        first_two = list(City.objects.editable_by(request.user, self.view_roles)[:2])
        if len(first_two) == 1 and (record := self.record_of(request, first_two[0].pk)):
            return redirect(self.address_of(record))
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Adding means opening: `…/add/?city=5` leads to the form of that city."""
        if object_id is None and self.has_add_permission(request) and (city_id := self.city_id_for_adding(request)):
            return redirect(self.address_of(self.record_of(request, city_id)))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def record_of(self, request, city_id):
        """The row of a city; an empty one is made for those who may fill it in."""
        if self.has_add_permission(request):
            return self.model.objects.get_or_create(city_id=city_id)[0]
        return self.model.objects.filter(city=city_id).first()

    def address_of(self, record):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {"open_fields": open_fields(obj), "show_save_and_add_another": False}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="Noch offen")
    def what_is_open(self, record):
        return ", ".join(open_field.label for open_field in open_fields(record)) or "nichts"
