from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from contacts.city_admin import CityScopedAdmin
from contacts.inquiry_kinds import InquiryKind
from contacts.models import City
from contacts.rights import MANAGERS

from ..deletion import expired
from ..models import FormSettings, InterpretingRules
from .forms import FormSettingsForm


def what_goes(count):
    """What a shorter term does, for who just set it."""
    if not count:
        return "Die Frist ist jetzt kürzer. Bei der nächsten Löschung geht deshalb keine Anfrage."
    inquiries = "1 erledigte Anfrage" if count == 1 else f"{count} erledigte Anfragen"
    return (
        f"Die Frist ist jetzt kürzer. Bei der nächsten Löschung löscht die Website {inquiries} aus diesem Formular. "
        "Wollen Sie das nicht? Dann stellen Sie gleich wieder mehr Tage ein."
    )


@admin.register(FormSettings)
class FormSettingsAdmin(CityScopedAdmin):
    """One row for each form of a city. Which form it is stands in the address when adding, and is fixed then."""

    form = FormSettingsForm
    view_roles = change_roles = MANAGERS
    list_display = ["kind", "answer_days", "keep_days", "notify"]
    list_select_related = ["city"]
    fields = ["kind", "notify", "answer_days", "keep_days", "recipients"]
    readonly_fields = ["kind"]

    def get_model_perms(self, request):
        """The list offers what is not there yet; the overview would offer it for ever."""
        return super().get_model_perms(request) | {"add": False}

    def changelist_view(self, request, extra_context=None):
        may_add = self.has_add_permission(request) and self.number_missing(request) > 0
        return super().changelist_view(request, {"has_add_permission": may_add} | (extra_context or {}))

    def number_missing(self, request):
        """How many forms of the user's cities are not set yet; there is one row for each."""
        cities = City.objects.editable_by(request.user, MANAGERS)
        return cities.count() * len(InquiryKind) - self.get_queryset(request).count()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        # What is being added now is missing no more when somebody wants to add another.
        context["show_save_and_add_another"] = self.number_missing(request) > int(add)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None and self.has_add_permission(request):
            city_id = self.city_id_for_adding(request)
            if city_id is not None and (response := self.before_adding(request, city_id)):
                return response
        return super().changeform_view(request, object_id, form_url, extra_context)

    def before_adding(self, request, city_id):
        """Asks which form is meant, and goes to the row that there is."""
        city = City.objects.get(pk=city_id)
        request.kind = request.GET.get("kind")
        if request.kind not in InquiryKind:
            return self.choose_kind(request, city)
        stored = FormSettings.of(city, request.kind)
        return redirect("admin:inquiries_formsettings_change", stored.pk) if stored.pk else None

    def choose_kind(self, request, city):
        stored = {row.kind: row for row in FormSettings.objects.for_city(city)}
        add_url = reverse("admin:inquiries_formsettings_add")
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"Welches Formular von {city.name}?",
            "choices": [
                (
                    stored.get(kind) or FormSettings.default(city, kind),
                    f"{add_url}?city={city.pk}&kind={kind}",
                    kind in stored,
                )
                for kind in InquiryKind
            ],
        }
        return TemplateResponse(request, "admin/inquiries/choose_kind.html", context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.kind = getattr(request, "kind", None)
        return form

    def get_changeform_initial_data(self, request):
        """What holds without a row."""
        default = FormSettings.default(None, request.kind)
        return {"answer_days": default.answer_days, "keep_days": default.keep_days}

    def save_model(self, request, row, form, change):
        before = FormSettings.of(row.city, row.kind).keep_days
        super().save_model(request, row, form, change)
        if row.keep_days < before:
            count = len(expired(timezone.now(), city=row.city, kind=row.kind))
            messages.warning(request, what_goes(count))


@admin.register(InterpretingRules)
class InterpretingRulesAdmin(CityScopedAdmin):
    view_roles = change_roles = MANAGERS
    list_display = ["__str__", "lead_days", "is_free"]
    list_select_related = ["city"]
    fields = [
        "institutions",
        "excluded_topics",
        "languages",
        "lead_days",
        "lead_in_working_days",
        "is_free",
        "cost_note",
        "is_example",
    ]

    def get_model_perms(self, request):
        """The list offers what is not there yet; the overview would offer it for ever."""
        return super().get_model_perms(request) | {"add": False}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A city has its rules once: who adds them again changes them."""
        if object_id is None and self.has_add_permission(request):
            city_id = self.city_id_for_adding(request)
            stored = InterpretingRules.objects.for_city(city_id).first() if city_id else None
            if stored:
                return redirect("admin:inquiries_interpretingrules_change", stored.pk)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request):
        """What holds without a row."""
        city = City.objects.get(pk=request.city_id)
        return {"institutions": InterpretingRules.of(city).institutions}
