"""The wall between cities in the admin: a ModelAdmin and a form that know of one city only."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from audit.admin_log import Audited

from .collisions import SeenDataField, merge, seen_data
from .models import City
from .models.city import EVERYBODY, PUBLISHERS
from .rights import has_role


class CityForm(forms.ModelForm):
    """A form for something that belongs to a city, whose choices are only that city's. CityScopedAdmin sets `city`."""

    city = None

    seen_data = SeenDataField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.city_id is None:
            self.instance.city = self.city
        if self.instance.pk is None:
            del self.fields["seen_data"]  # nobody else can have what is new
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and hasattr(field.queryset, "for_city"):
                field.queryset = field.queryset.for_city(self.instance.city_id)

    def get_initial_for_field(self, field, field_name):
        if field_name == "seen_data":
            return seen_data(self)
        return super().get_initial_for_field(field, field_name)

    def clean(self):
        super().clean()
        merge(self)
        return self.cleaned_data

    def _get_validation_exclusions(self):
        # The city is no field of the form, yet rules such as "one address per city" must be checked with it.
        return super()._get_validation_exclusions() - {"city"}


def plain_choice(field):
    """Without the small pop-up links beside a choice."""
    if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


class CityFilter(admin.SimpleListFilter):
    title = "Stadt"
    parameter_name = "city"

    def lookups(self, request, model_admin):
        cities = City.objects.editable_by(request.user)
        return [(city.pk, city.name) for city in cities] if len(cities) > 1 else []

    def queryset(self, request, queryset):
        known = {str(city_id) for city_id, _name in self.lookup_choices}
        return queryset.for_city(self.value()) if self.value() in known else queryset


class CityScopedAdmin(Audited, admin.ModelAdmin):
    """Lists, opens and changes only what belongs to cities in which the user has a fitting role."""

    form = CityForm
    view_roles = EVERYBODY
    change_roles = PUBLISHERS
    list_filter = [CityFilter]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = None
    view_on_site = False
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})},
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
        models.URLField: {"assume_scheme": "https"},
    }

    def city_id_of(self, obj):
        return obj.city_id

    def get_fields(self, request, obj=None):
        # What the form saw is sent along outside its sections: see templates/admin/change_form.html.
        return [name for name in super().get_fields(request, obj) if name != "seen_data"]

    def get_queryset(self, request):
        return super().get_queryset(request).editable_by(request.user, self.view_roles)

    def get_object(self, request, object_id, from_field=None):
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:  # SQLite knows no such large numbers
            return None

    def _allowed(self, request, roles, obj):
        return has_role(request.user, roles, self.city_id_of(obj) if obj else None)

    def has_module_permission(self, request):
        return self._allowed(request, self.view_roles, None)

    def has_view_permission(self, request, obj=None):
        return self._allowed(request, self.view_roles, obj)

    def has_change_permission(self, request, obj=None):
        return self._allowed(request, self.change_roles, obj)

    def has_add_permission(self, request):
        return self._allowed(request, self.change_roles, None)

    def has_delete_permission(self, request, obj=None):
        return self._allowed(request, self.change_roles, obj)

    def city_id_for_trail(self, obj):
        return obj.pk if isinstance(obj, City) else self.city_id_of(obj)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_deleted_objects(self, objs, request):
        """What belongs to something goes with it; that nobody deletes that by itself is no obstacle."""
        deleted, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except OverflowError:
            return redirect(request.path)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Everything in a form belongs to one city: that of the object, or the one chosen before adding."""
        obj = self.get_object(request, object_id) if object_id else None
        request.city_id = self.city_id_of(obj) if obj else self.city_id_for_adding(request)
        if object_id is None and request.city_id is None:
            return self.choose_city(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def city_id_for_adding(self, request):
        """The only city the user may add to, or the one named in the address; None if it has to be chosen."""
        cities = City.objects.editable_by(request.user, self.change_roles)
        if named := request.GET.get("city", ""):
            city = cities.filter(pk=named).first() if named.isdecimal() else None
            if city is None:
                raise PermissionDenied
            return city.pk
        first_two = list(cities[:2])
        return first_two[0].pk if len(first_two) == 1 else None

    def choose_city(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"{self.opts.verbose_name} hinzufügen: für welche Stadt?",
            "cities": City.objects.editable_by(request.user, self.change_roles),
        }
        return TemplateResponse(request, "admin/choose_city.html", context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.city = City.objects.get(pk=request.city_id) if getattr(request, "city_id", None) else None
        return form

    def get_list_display(self, request):
        """The city is a column only for those who look after several."""
        columns = list(super().get_list_display(request))
        return (
            [*columns, "city"]
            if City.objects.editable_by(request.user)[1:2] and hasattr(self.model, "city")
            else columns
        )
