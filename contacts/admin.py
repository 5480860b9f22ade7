from functools import partial

from django.contrib import admin
from django.forms import ModelForm
from django.urls import path
from django.utils.html import format_html_join

from .city_admin import CityScopedAdmin
from .forms import CityLanguageFormSet, ContactForm, review_fieldset
from .languages import LANGUAGES
from .models import City, CityLanguage, Contact, Funder, Location, OpeningHours
from .replacing_views import replace_view, replaced_view
from .rights import MANAGERS


class InlineOfCity(admin.TabularInline):
    """Lines of a form; who may change the form may change its lines."""

    extra = 0
    formfield_overrides = CityScopedAdmin.formfield_overrides

    def _parent_allows(self, request, obj=None):
        return obj is None or self.admin_site.get_model_admin(self.parent_model).has_change_permission(request, obj)

    has_add_permission = has_change_permission = has_delete_permission = _parent_allows

    def has_view_permission(self, request, obj=None):
        return True


class OpeningHoursInline(InlineOfCity):
    model = OpeningHours
    fields = ["weekday", "opens", "closes", "kind", "is_exception", "valid_from", "valid_until"]


class CityLanguageInline(InlineOfCity):
    model = CityLanguage
    formset = CityLanguageFormSet
    fields = ["position", "language", "centre_name"]


# What only the operator changes.
FIXED_FIELDS = ["name", "authority", "locative", "kind", "government_region", "ags", "slug", "domain"]


@admin.register(City)
class CityAdmin(CityScopedAdmin):
    form = ModelForm
    change_roles = MANAGERS
    list_display = ["name", "kind", "government_region", "is_public"]
    list_filter = ["is_public", "government_region"]
    search_fields = ["name", "slug"]
    inlines = [CityLanguageInline]
    fieldsets = [
        (None, {"fields": ["is_public", "centre_name", "organisation_unit", "integration_committee"]}),
        ("Veröffentlichen", {"fields": ["four_eyes"]}),
        ("Anmeldung", {"fields": ["second_factor_required"]}),
        ("Offene Daten", {"fields": ["open_data_licence"]}),
        ("Prüfung der Inhalte", {"fields": ["deputy_after_days"]}),
        ("Aussehen", {"fields": ["accent_color", "logo"]}),
        ("Feste Angaben", {"fields": FIXED_FIELDS}),
    ]

    def city_id_of(self, obj):
        return obj.pk

    def get_list_filter(self, request):
        """Only the operator sees more than a few cities."""
        return self.list_filter if request.user.is_superuser else []

    def get_readonly_fields(self, request, obj=None):
        return () if request.user.is_superuser else FIXED_FIELDS

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # A city is not inside a city: nothing to choose before adding one.
        return admin.ModelAdmin.changeform_view(self, request, object_id, form_url, extra_context)


@admin.register(Location)
class LocationAdmin(CityScopedAdmin):
    list_display = ["name", "street", "town", "step_free"]
    search_fields = ["name", "street"]
    inlines = [OpeningHoursInline]
    fields = ["name", "unit", "street", "postcode", "town", "step_free", "access_note", "stop"]


@admin.register(Contact)
class ContactAdmin(CityScopedAdmin):
    form = ContactForm
    list_display = ["function", "name", "phone", "email", "is_main", "last_verified"]
    search_fields = ["function", "name", "email", "organisation"]
    inlines = [OpeningHoursInline]
    readonly_fields = ["verified_by"]
    fieldsets = [
        (None, {"fields": ["function", "function_translations", "topics", "organisation", "is_main", "position"]}),
        ("Person", {"fields": ["name", "show_name"]}),
        ("Erreichbar", {"fields": ["phone", "mobile", "fax", "email", "languages", "appointment_only"]}),
        ("Ort", {"fields": ["location", "room"]}),
        (
            "Abwesenheit",
            {
                "fields": ["absent_from", "absent_until", "deputy"],
                "description": "Auf der Karte steht nur, bis wann der Kontakt nicht da ist und wer hilft, kein Grund.",
            },
        ),
        ("Beispiel", {"fields": ["is_example", "has_example_hours"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Who may only read sees words, not what the database holds."""
        fieldsets = [*self.fieldsets[:-1], review_fieldset(obj), self.fieldsets[-1]]
        if self.has_change_permission(request, obj):
            return fieldsets
        shown = {
            "languages": "languages_shown",
            "topics": "topics_shown",
            "function_translations": "functions_shown",
        }
        return [
            (name, options | {"fields": [shown.get(field, field) for field in options["fields"]]})
            for name, options in fieldsets
        ]

    def save_model(self, request, obj, form, change):
        form.note_who_verified(request.user)
        super().save_model(request, obj, form, change)

    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(partial(function, self))

        return [
            path("<int:object_id>/ersetzen/", view(replace_view), name="contacts_contact_replace"),
            path("ersetzt/<int:replacement_id>/", view(replaced_view), name="contacts_contact_replaced"),
            *super().get_urls(),
        ]

    @admin.display(description="Gesprochene Sprachen")
    def languages_shown(self, contact):
        return ", ".join(contact.get_languages_display())

    @admin.display(description="Themen")
    def topics_shown(self, contact):
        return ", ".join(map(str, contact.get_topics_display()))

    @admin.display(description="Aufgabe in anderen Sprachen")
    def functions_shown(self, contact):
        return format_html_join(
            "; ",
            '{}: <span lang="{}" dir="{}">{}</span>',
            [
                (LANGUAGES[tag].german_name, tag, LANGUAGES[tag].dir, text)
                for tag, text in contact.function_translations.items()
            ],
        )


@admin.register(Funder)
class FunderAdmin(CityScopedAdmin):
    list_display = ["name", "abbreviation", "funds_centre", "valid_from", "valid_until"]
    search_fields = ["name", "abbreviation"]
    fields = [
        "name",
        "abbreviation",
        "sentence",
        "url",
        "logo",
        "funds_centre",
        "position",
        "valid_from",
        "valid_until",
    ]
