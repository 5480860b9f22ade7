from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from contacts.city_admin import CityScopedAdmin
from contacts.models.city import WRITERS
from contacts.rights import has_role
from pages.admin.pages import PageAdmin
from pages.admin.texts import page_url
from pages.forms import free_slug
from pages.models import Page

from .forms import EventForm, NewsForm
from .models import Event, News


class WhenFilter(admin.SimpleListFilter):
    title = "Zeit"
    parameter_name = "wann"

    def lookups(self, request, model_admin):
        return [("kommend", "läuft oder kommt noch"), ("vorbei", "vorbei")]

    def queryset(self, request, queryset):
        now = timezone.now()
        if self.value() == "kommend":
            return queryset.filter(ends_at__gt=now).order_by("starts_at")
        return queryset.filter(ends_at__lte=now) if self.value() == "vorbei" else queryset


@admin.register(Event)
class EventAdmin(PageAdmin):
    form = EventForm
    change_form_template = "admin/events/event_change_form.html"
    list_display = ["title", "states", "starts_at", "status"]
    list_filter = [*CityScopedAdmin.list_filter, WhenFilter, "status"]
    search_fields = [*PageAdmin.search_fields, "series"]
    ordering = ["-starts_at", "-pk"]
    data_fieldsets = [
        ("Wann", {"fields": ["starts_at", "ends_at"]}),
        ("Wo", {"fields": ["location", "is_online", "online_url"]}),
        (
            "Für wen und was es kostet",
            {"fields": ["audiences", "topics", "languages", "cost", "cost_amount", "organiser", "series"]},
        ),
        (
            "Anmeldung",
            {"fields": ["registration", "registration_email", "registration_url", "registration_until", "seats"]},
        ),
        ("Stand", {"fields": ["status", "previous_start"]}),
    ]
    place_fields = ["slug"]

    def get_urls(self):
        copy = self.admin_site.admin_view(self.copy_view)
        return [path("<int:page_id>/copy/", copy, name="events_event_copy"), *super().get_urls()]

    @method_decorator(require_POST)
    def copy_view(self, request, page_id):
        """A draft of the same event a week later, for series."""
        event = get_object_or_404(self.get_queryset(request), pk=page_id)
        if not has_role(request.user, WRITERS, event.city_id):
            raise PermissionDenied
        slug = free_slug(event.slug, Page.objects.for_city(event.city_id))
        try:
            copy = event.copy_a_week_later(slug, request.user)
        except ValidationError as faults:
            messages.error(request, f"Das Kopieren hat nicht geklappt: {' '.join(faults.messages)}")
            return redirect(page_url(event))
        messages.success(
            request,
            "Das ist die Kopie: eine Woche später und noch ein Entwurf. Bitte prüfen Sie Tag, Uhrzeit und Anmeldung.",
        )
        return redirect(page_url(copy))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_copy"] = bool(obj) and has_role(request.user, WRITERS, obj.city_id)
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(News)
class NewsAdmin(PageAdmin):
    form = NewsForm
    list_display = ["title", "states", "responsible", "ends_at"]
    ordering = ["-pk"]
    data_fieldsets = [("Nachricht", {"fields": ["responsible", "ends_at"]})]
    place_fields = ["slug"]
