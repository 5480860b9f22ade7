"""Forms and lists of pages, with the German text."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html

from contacts.city_admin import CityScopedAdmin, plain_choice
from contacts.forms import REVIEW_FIELDS, review_fieldset
from contacts.languages import SOURCE_LANGUAGE
from contacts.models.city import PUBLISHERS, WRITERS
from contacts.rights import has_role

from ..forms import DateTimeInput, FocusAreaForm, PageForm, SourceTextForm, WithdrawForm
from ..models import FocusArea, Image, Page, PageRevision, PageTranslation
from ..widgets import PictureChoice
from .links import linked_from
from .matrix import matrix_view
from .texts import TextAdmin, language_states, page_url, pages_with_states, shown_states, text_url

# What visitors never learn of.
UNSEEN = {*REVIEW_FIELDS} - {"last_verified"}


class SourceTextInline(admin.StackedInline):
    """The German text, as part of its page's form."""

    model = PageTranslation
    form = SourceTextForm
    template = "admin/pages/source_text.html"
    verbose_name = verbose_name_plural = "Deutscher Text"
    extra = 0
    min_num = max_num = 1
    can_delete = False

    def get_fields(self, request, obj=None):
        fields = list(PageTranslation.fields_of_kind(self.parent_model.KIND))
        return [*fields, "seen_version"] if self.has_change_permission(request, obj) else fields

    def get_fieldsets(self, request, obj=None):
        words = (None, {"fields": self.get_fields(request, obj)})
        return [words, ("Bild", {"fields": PageTranslation.PICTURE_FIELDS})]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "picture":
            kwargs |= {"queryset": Image.objects.for_city(request.city_id), "widget": PictureChoice}
            kwargs["empty_label"] = "Kein Bild"
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, validate_min=True, validate_max=True, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(language=SOURCE_LANGUAGE).select_related("updated_by")

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return has_role(request.user, WRITERS, request.city_id)

    def has_change_permission(self, request, obj=None):
        return has_role(request.user, WRITERS, request.city_id)


@admin.register(Page)
class PageAdmin(TextAdmin):
    form = PageForm
    change_roles = WRITERS
    inlines = [SourceTextInline]
    list_display = ["title", "states", "kind", "in_navigation"]
    search_fields = ["slug", "translations__title"]
    place_fields = ["kind", "parent", "position", "in_navigation", "icon", "slug"]
    # What a kind with a table of its own asks for, in front of the rest.
    data_fieldsets = []
    formfield_overrides = CityScopedAdmin.formfield_overrides | {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": DateTimeInput},
    }

    @admin.display(description="Überschrift")
    def title(self, page):
        return page.german_title()

    @admin.display(description="Sprachen")
    def states(self, page):
        return render_to_string("admin/pages/states.html", shown_states(page, language_states(page), page.reader))

    def get_queryset(self, request):
        pages = super().get_queryset(request)
        return pages if self.model.KIND else pages.exclude(kind__in=Page.DETAILED)

    def get_fieldsets(self, request, obj=None):
        return [
            *self.data_fieldsets,
            ("Platz der Seite", {"fields": self.place_fields}),
            ("Kontakte, Förderung, Dokumente", {"fields": ["contacts", "funders", "documents"]}),
            review_fieldset(obj),
            ("Selten gebraucht", {"fields": ["is_example", "successor"], "classes": ["collapse"]}),
        ]

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        # Only what is shown is loaded with its states; opening one page needs less.
        changelist.queryset = pages_with_states(changelist.queryset)
        changelist.result_list = pages_with_states(changelist.result_list) if changelist.result_list else []
        for page in changelist.result_list:
            page.reader = request.user
        return changelist

    def get_readonly_fields(self, request, page=None):
        """The place of a page and what stands around its text change at once; on a public page that is publishing."""
        if page and self.was_public(page) and not has_role(request.user, PUBLISHERS, page.city_id):
            return [*self.form.Meta.fields, "verified_by"]
        return ["verified_by"]

    def was_public(self, page):
        return PageRevision.objects.filter(translation__page=page).exists()

    def save_model(self, request, page, form, change):
        form.note_who_verified(request.user)
        request.place_changed = change and bool({*form.changed_data} - UNSEEN) and self.was_public(page)
        super().save_model(request, page, form, change)
        if change and "slug" in form.changed_data:
            messages.info(
                request,
                f"Die alte Adresse „{form.initial['slug']}“ leitet zur neuen weiter. Links in Texten führen von selbst "
                "zur neuen Adresse.",
            )

    def has_delete_permission(self, request, obj=None):
        """What visitors have seen is withdrawn, not deleted."""
        if obj and self.was_public(obj):
            return False
        return super().has_delete_permission(request, obj)

    def delete_view(self, request, object_id, extra_context=None):
        page = self.get_object(request, object_id)
        return super().delete_view(request, object_id, {"linked_from": page and linked_from(page)})

    def translation_of(self, page):
        return page.translations.select_related("page").get(language=SOURCE_LANGUAGE)

    def text_form_in(self, context):
        # A request that was not made by the form may lack it.
        return next(iter(context["inline_admin_formsets"][0].formset.forms), None)

    def save_formset(self, request, form, formset, change):
        request.text_form = formset.forms[0]
        for text in formset.save(commit=False):
            text.updated_by = request.user
            text.save()

    def history_view(self, request, object_id, extra_context=None):
        page = self.get_object(request, object_id)
        if page is None:
            raise Http404
        return redirect(text_url(self.translation_of(page), "history"))

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_unpublish"
        matrix = path("uebersetzungen/", self.admin_site.admin_view(self.matrix_view), name="pages_page_matrix")
        return [
            # Of pages of every kind, so there is one.
            *([] if self.model.KIND else [matrix]),
            path("<int:page_id>/unpublish/", self.admin_site.admin_view(self.unpublish_view), name=name),
            *super().get_urls(),
        ]

    def matrix_view(self, request):
        return matrix_view(request, self)

    def unpublish_view(self, request, page_id):
        """Asks, then takes the page off the site in every language."""
        page = self.get_object(request, page_id)
        if page is None:
            raise Http404
        if not has_role(request.user, PUBLISHERS, page.city_id):
            raise PermissionDenied
        form = WithdrawForm(page, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            form.save()
            self.tell_withdrawn(request, page, page.unpublish(request.user))
            return redirect(page_url(page))
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": "Seite zurückziehen?",
            "page": page,
            "heading": page.german_title(),
            "back_url": page_url(page),
            "linked_from": linked_from(page),
            "form": form,
        }
        return TemplateResponse(request, "admin/pages/unpublish.html", context)

    def tell_withdrawn(self, request, page, languages):
        if not languages:
            messages.info(request, "Die Seite war in keiner Sprache öffentlich. Es hat sich nichts geändert.")
            return
        messages.success(
            request,
            format_html(
                "Die Seite ist in allen Sprachen zurückgezogen. Der Text bleibt als Entwurf erhalten. "
                "War das ein Versehen? Drücken Sie „Veröffentlichen“. "
                '<a href="{}">Was zuletzt öffentlich war, steht unter „Frühere Fassungen“.</a>',
                text_url(self.translation_of(page), "history"),
            ),
        )


@admin.register(FocusArea)
class FocusAreaAdmin(PageAdmin):
    form = FocusAreaForm
    list_display = ["title", "states", "pillar", "number"]
    list_filter = [*CityScopedAdmin.list_filter, "pillar"]
    place_fields = [
        "pillar",
        "number",
        "valid_from",
        "valid_until",
        "parent",
        "position",
        "in_navigation",
        "icon",
        "slug",
    ]
