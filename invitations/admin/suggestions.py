"""What people wrote by link: staff see it beside the present text, take it over or say why not."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Prefetch
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from contacts.city_admin import CityScopedAdmin
from contacts.languages import SOURCE_LANGUAGE
from pages.admin.texts import text_url
from pages.differences import compare_texts
from pages.models import PageRevision, PageTranslation

from ..models import Suggestion
from .links import may_handle

State = Suggestion.State

CHANGED_MEANWHILE = (
    "Inzwischen hat sich etwas geändert: am Vorschlag, am Entwurf oder an der Entscheidung. "
    "Bitte sehen Sie sich alles noch einmal an. Es ist nichts verloren."
)


class StateFilter(admin.SimpleListFilter):
    """Shows what waits unless something else is asked for."""

    title = "Stand"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*State.choices[1:], ("all", "Alle")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": State.OPEN.label}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() if self.value() in State else State.OPEN)


class DecisionForm(forms.ModelForm):
    """`mark` and `version` say what was looked at."""

    mark = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Suggestion
        fields = ["remark"]
        widgets = {"remark": forms.Textarea({"rows": 3, "class": "vLargeTextField"})}


@admin.register(Suggestion)
class SuggestionAdmin(CityScopedAdmin):
    list_display = ["about", "language", "person", "saved_at", "state"]
    list_filter = [*CityScopedAdmin.list_filter, StateFilter]
    list_select_related = ["invitation__page", "invitation__city"]

    def city_id_of(self, suggestion):
        return suggestion.invitation.city_id

    def get_queryset(self, request):
        german = PageTranslation.objects.filter(language=SOURCE_LANGUAGE).only("page", "language", "title")
        suggestions = admin.ModelAdmin.get_queryset(self, request).handled_by(request.user)
        return suggestions.prefetch_related(Prefetch("invitation__page__translations", german))

    def has_view_permission(self, request, obj=None):
        return may_handle(request.user, obj.invitation) if obj else super().has_view_permission(request)

    def has_add_permission(self, request):
        return False

    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="Seite")
    def about(self, suggestion):
        return suggestion.invitation.page.german_title()

    @admin.display(description="Sprache")
    def language(self, suggestion):
        return suggestion.invitation.info.german_name

    @admin.display(description="Von")
    def person(self, suggestion):
        return suggestion.invitation.name

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None:
            raise PermissionDenied
        suggestion = self.get_object(request, object_id)
        if suggestion is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        text = suggestion.invitation.text()
        seen = {"mark": suggestion.mark, "version": text.version if text else 0}
        form = DecisionForm(request.POST or None, instance=suggestion, initial=seen)
        if request.method == "POST" and form.is_valid():
            return self.decide(request, suggestion, form.cleaned_data)
        return self.show(request, suggestion, text, form)

    def decide(self, request, suggestion, decision):
        if "_decline" in request.POST:
            is_done = suggestion.decline(request.user, decision["mark"], decision["remark"])
            done = "Der Vorschlag ist nicht übernommen. Die Person liest Ihre Anmerkung, wenn sie ihren Link öffnet."
        else:
            try:
                is_done = suggestion.accept(request.user, decision["mark"], decision["version"])
            except ValidationError as error:
                messages.warning(request, "Der Vorschlag passt nicht in den Entwurf. " + " ".join(error.messages))
                return redirect(request.path)
            except IntegrityError:  # two first drafts at the same moment
                is_done = None
            done = "Der Vorschlag steht jetzt im Entwurf. Für Besucher*innen hat sich noch nichts geändert."
        if not is_done:
            messages.warning(request, CHANGED_MEANWHILE)
            return redirect(request.path)
        messages.success(request, done)
        self.log_change(request, suggestion, done.split(". ")[0])
        if "_decline" in request.POST:
            return redirect("admin:invitations_suggestion_changelist")
        return redirect(text_url(is_done))

    def show(self, request, suggestion, text, form):
        invitation = suggestion.invitation
        suggested = PageTranslation(page=invitation.page, language=invitation.language, **suggestion.texts)
        present = text or PageTranslation(page=invitation.page, language=invitation.language)
        source = PageRevision.objects.live().filter(
            translation__page=invitation.page_id, translation__language=SOURCE_LANGUAGE
        )
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": str(suggestion),
            "suggestion": suggestion,
            "invitation": invitation,
            "heading": invitation.page.german_title(),
            "form": form,
            "text": text,
            "text_url": text_url(text) if text else "",
            "rows": [
                (difference, getattr(present, difference.field), getattr(suggested, difference.field))
                for difference in compare_texts(present, suggested, list(suggestion.texts))
            ],
            "is_behind": any(
                suggestion.source_digests not in (revision.digests, *revision.equal_digests) for revision in source
            ),
        }
        return TemplateResponse(request, "admin/invitations/suggestion.html", context)
