from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_POST
from js_asset import Media

from contacts.city_admin import CityScopedAdmin
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models.city import EVERYBODY, PUBLISHERS, WRITERS
from contacts.rights import has_role, translates_into

from ..forms import DateTimeInput, FocusAreaForm, PageForm, SourceTextForm, TranslationForm
from ..models import Document, FocusArea, Page, PageRevision, PageTranslation, State
from ..views.pages import preview_response

# Easy German is a text of its own: it is compared with the German one only where somebody says that it renders it.
EASY_GERMAN = "de-simple"
NOTHING_OF_THE_SOURCE = {"body": []}


def moment(instant):
    return date_format(timezone.localtime(instant), "j. F Y, H:i") + " Uhr"


# Where pages of a kind with a table of its own are edited.
ADMIN_OF_KIND = {
    Page.Kind.FOCUS_AREA: "pages_focusarea",
    Page.Kind.OFFER: "offers_offer",
    Page.Kind.CALL: "offers_call",
    Page.Kind.EVENT: "events_event",
    Page.Kind.NEWS: "events_news",
}


def page_url(page, action="change"):
    return reverse(f"admin:{ADMIN_OF_KIND.get(page.kind, 'pages_page')}_{action}", args=[page.pk])


def text_url(translation, action="change", *args):
    """Where staff work on a text; German is edited in the form of its page."""
    if action == "change" and translation.is_source:
        return page_url(translation.page)
    return reverse(f"admin:pages_pagetranslation_{action}", args=[translation.pk, *args])


def german_is_public(page):
    return PageRevision.objects.live().filter(translation__page=page, translation__language=SOURCE_LANGUAGE).exists()


def publish(request, translation, at=None, until=None):
    """Publishes and says what happened; a text with gaps stays a draft and staff learn what is missing."""
    if not has_role(request.user, PUBLISHERS, translation.page.city_id):
        raise PermissionDenied
    planned = translation.revisions.filter(visible_from__gt=timezone.now()).first()
    try:
        revision = translation.publish(request.user, at=at, until=until)
    except ValidationError as error:
        messages.warning(request, "Der Entwurf ist gespeichert, aber nicht öffentlich. " + " ".join(error.messages))
        return
    language = translation.info.german_name
    if revision.visible_from > timezone.now():
        messages.success(
            request, f"{language}: Dieser Text wird am {moment(revision.visible_from)} von selbst öffentlich."
        )
    else:
        messages.success(request, f"{language}: Dieser Text ist jetzt öffentlich.")
    if not translation.is_source and not german_is_public(translation.page):
        messages.warning(request, "Zu sehen ist der Text erst, wenn auch der deutsche Text öffentlich ist.")
    if not translation.page.city.is_public:
        messages.warning(request, "Zu sehen ist der Text erst, wenn die Website der Stadt öffentlich ist.")
    if planned:
        messages.info(
            request, f"Die Fassung, die für den {moment(planned.visible_from)} geplant war, ist damit verworfen."
        )
    if revision.visible_until:
        messages.info(request, f"Der Text bleibt bis {moment(revision.visible_until)} öffentlich.")


class LanguageState:
    """One language of a page in lists and at the head of its form: state, and where to work on it."""

    def __init__(self, page, tag, translation, source_live):
        self.language = LANGUAGES[tag]
        self.translation = translation
        self.state = translation.state(source_live) if translation else State.MISSING
        self.url = (
            text_url(translation)
            if translation
            else reverse("admin:pages_pagetranslation_add") + f"?page={page.pk}&language={tag}"
        )


def language_states(page):
    """States in the city's languages. The page's translations must be prefetched `with_state`."""
    by_tag = {translation.language: translation for translation in page.translations.all()}
    source = by_tag.get(SOURCE_LANGUAGE)
    source_live = source.live_revision() if source else None
    tags = [city_language.language for city_language in page.city.languages.all()]
    # A text in a language that the city has switched off is still there to be worked on.
    tags += sorted(by_tag.keys() - set(tags))
    return [LanguageState(page, tag, by_tag.get(tag), source_live) for tag in tags]


def shown_states(page, states, user):
    """For the template: the languages there are, and the missing ones, with a link for those who may write them."""
    missing = [state for state in states if state.state == State.MISSING]
    for state in missing:
        state.may_write = translates_into(user, state.language.tag, page.city_id)
    return {"states": [state for state in states if state.state != State.MISSING], "missing": missing}


def pages_with_states(queryset):
    return queryset.select_related("city").prefetch_related(
        Prefetch("translations", PageTranslation.objects.with_state()), "city__languages"
    )


class TextAdmin(CityScopedAdmin):
    """What a page's form and a translation's form share: the buttons under the text.

    Each says which text its object is about (`translation_of`) and which form holds the words (`text_form_in`).
    """

    change_form_template = "admin/pages/text_change_form.html"

    def response_add(self, request, obj, post_url_continue=None):
        return self.after_saving(request, self.translation_of(obj))

    def response_change(self, request, obj):
        return self.after_saving(request, self.translation_of(obj))

    def after_saving(self, request, translation):
        if "_publish" in request.POST:
            dates = request.text_form.cleaned_data
            publish(request, translation, at=dates.get("publish_at"), until=dates.get("publish_until"))
        elif getattr(request, "place_changed", False):
            messages.success(
                request, "Gespeichert. Platz, Kontakte und Förderung der Seite gelten sofort, der Text bleibt Entwurf."
            )
        elif "_preview" not in request.POST:
            messages.success(request, "Der Entwurf ist gespeichert. Für Besucher*innen hat sich nichts geändert.")
        return redirect(text_url(translation, "preview" if "_preview" in request.POST else "change"))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        # The editor's import map is the only inline script of the whole site.
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        context["may_publish"] = has_role(request.user, PUBLISHERS, request.city_id)
        form = context["text_form"] = self.text_form_in(context)
        if form and "publish_at" in form.fields:
            context["publish_fields"] = [form["publish_at"], form["publish_until"]]
        if obj:
            page = pages_with_states(Page.objects).get(pk=self.translation_of(obj).page_id)
            states = language_states(page)
            tag = self.translation_of(obj).language
            context["title"], context["subtitle"] = page.german_title(), None
            context |= shown_states(page, states, request.user)
            context["current"] = next((state for state in states if state.language.tag == tag), None)
            context["text"] = context["current"].translation if context["current"] else None
            context["unpublish_url"] = page_url(page, "unpublish")
            context["delete_url"] = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_delete", args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)


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
    place_fields = ["kind", "parent", "position", "in_navigation", "slug"]
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
            return self.form.Meta.fields
        return ()

    def was_public(self, page):
        return PageRevision.objects.filter(translation__page=page).exists()

    def save_model(self, request, page, form, change):
        request.place_changed = change and bool(form.changed_data) and self.was_public(page)
        super().save_model(request, page, form, change)

    def has_delete_permission(self, request, obj=None):
        """What visitors have seen is withdrawn, not deleted."""
        if obj and self.was_public(obj):
            return False
        return super().has_delete_permission(request, obj)

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
        return [
            path("<int:page_id>/unpublish/", self.admin_site.admin_view(self.unpublish_view), name=name),
            *super().get_urls(),
        ]

    def unpublish_view(self, request, page_id):
        """Asks, then takes the page off the site in every language."""
        page = self.get_object(request, page_id)
        if page is None:
            raise Http404
        if not has_role(request.user, PUBLISHERS, page.city_id):
            raise PermissionDenied
        if request.method == "POST":
            if page.unpublish(request.user):
                messages.success(
                    request, "Die Seite ist in allen Sprachen zurückgezogen. Der Text bleibt als Entwurf erhalten."
                )
            else:
                messages.info(request, "Die Seite war in keiner Sprache öffentlich. Es hat sich nichts geändert.")
            return redirect(page_url(page))
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": "Seite zurückziehen?",
            "page": page,
            "heading": page.german_title(),
            "back_url": page_url(page),
        }
        return TemplateResponse(request, "admin/pages/unpublish.html", context)


@admin.register(FocusArea)
class FocusAreaAdmin(PageAdmin):
    form = FocusAreaForm
    list_display = ["title", "states", "pillar", "number"]
    list_filter = [*CityScopedAdmin.list_filter, "pillar"]
    place_fields = ["pillar", "number", "valid_from", "valid_until", "parent", "position", "in_navigation", "slug"]


@admin.register(Document)
class DocumentAdmin(CityScopedAdmin):
    list_display = ["title", "language", "accessible", "dated"]
    search_fields = ["title"]
    fields = ["title", "file", "language", "accessible", "summary", "dated"]


@admin.register(PageTranslation)
class PageTranslationAdmin(TextAdmin):
    """The text of a page in another language than German, beside the German one. Reached from its page."""

    form = TranslationForm
    change_form_template = "admin/pages/translation_change_form.html"

    def get_fields(self, request, obj=None):
        page = (obj or request.new_text).page
        return [*PageTranslation.fields_of_kind(page.kind), "seen_version", "source_shown"]

    def city_id_of(self, translation):
        return translation.page.city_id

    def translation_of(self, translation):
        return translation

    def text_form_in(self, context):
        return context["adminform"].form

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("page__city", "updated_by")

    def get_model_perms(self, request):
        # Not in menus: there is no list of its own.
        return {}

    def has_add_permission(self, request):
        return has_role(request.user, EVERYBODY)

    def has_change_permission(self, request, obj=None):
        return translates_into(request.user, obj.language, obj.page.city_id) if obj else True

    def has_delete_permission(self, request, obj=None):
        return obj is not None and has_role(request.user, WRITERS, obj.page.city_id) and not obj.revisions.exists()

    def delete_view(self, request, object_id, extra_context=None):
        """The German text goes with its page only: no page can be without."""
        text = self.get_object(request, object_id)
        if text and text.is_source:
            raise PermissionDenied
        return super().delete_view(request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        return redirect("admin:pages_page_changelist")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None:
            request.new_text = self.text_to_add(request)
            if request.new_text.pk and request.method != "POST":
                return redirect(text_url(request.new_text))
            if request.new_text.pk:
                # Somebody else was quicker: the form is told so and keeps its words.
                object_id = str(request.new_text.pk)
            request.city_id = request.new_text.page.city_id
        else:
            text = self.get_object(request, object_id)
            if text and text.is_source:
                return redirect(text_url(text))
            request.city_id = text.page.city_id if text else None
        return admin.ModelAdmin.changeform_view(self, request, object_id, form_url, extra_context)

    def text_to_add(self, request):
        """The page and language named in the address, as a new text; the stored one if there is one."""
        pages = Page.objects.editable_by(request.user).select_related("city")
        page = get_object_or_404(pages, pk=request.GET["page"] if request.GET.get("page", "").isdecimal() else 0)
        tag = request.GET.get("language")
        if not page.city.languages.filter(language=tag).exists():
            raise Http404
        stored = page.translations.filter(language=tag).first()
        if not stored and not translates_into(request.user, tag, page.city_id):
            raise PermissionDenied
        return stored or PageTranslation(page=page, language=tag)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = admin.ModelAdmin.get_form(self, request, obj, change, **kwargs)
        form.new_text = getattr(request, "new_text", None)
        form.source = self.source_beside(obj or form.new_text)
        return form

    def source_beside(self, translation):
        """The German text a translation is written beside: the public one, or the draft before it is public."""
        public = PageRevision.objects.live().filter(
            translation__page=translation.page_id, translation__language=SOURCE_LANGUAGE
        )
        return public.first() or translation.page.translations.filter(language=SOURCE_LANGUAGE).first()

    def save_model(self, request, text, form, change):
        request.text_form = form
        text.updated_by = request.user
        if form.cleaned_data.get("renders_source"):
            text.source_digests = form.cleaned_data["source_shown"]
        elif not change and text.language != EASY_GERMAN:
            text.source_digests = NOTHING_OF_THE_SOURCE
        text.save()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        text = obj or request.new_text
        source = context["source"] = context["adminform"].form.source
        context["source_texts"] = [
            (PageTranslation._meta.get_field(field).verbose_name, field, getattr(source, field))
            for field in PageTranslation.fields_of_kind((obj or request.new_text).page.kind)
            if source and getattr(source, field)
        ]
        context["language"] = text.info
        context["page_title"] = text.page.german_title()
        context["page_url"] = page_url(text.page)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(function)

        return [
            path("<int:text_id>/preview/", view(self.preview_view), name="pages_pagetranslation_preview"),
            path(
                "<int:text_id>/revision/<int:revision_id>/",
                view(self.revision_view),
                name="pages_pagetranslation_revision",
            ),
            path(
                "<int:text_id>/restore/<int:revision_id>/",
                view(self.restore_view),
                name="pages_pagetranslation_restore",
            ),
            path("<int:text_id>/publish/", view(self.publish_view), name="pages_pagetranslation_publish"),
            path("<int:text_id>/unpublish/", view(self.unpublish_view), name="pages_pagetranslation_unpublish"),
            path("<int:text_id>/cancel/", view(self.cancel_view), name="pages_pagetranslation_cancel"),
            *super().get_urls(),
        ]

    def text_or_404(self, request, text_id, roles=EVERYBODY):
        text = get_object_or_404(self.get_queryset(request), pk=text_id)
        if not has_role(request.user, roles, text.page.city_id):
            raise PermissionDenied
        return text

    def preview_view(self, request, text_id):
        text = self.text_or_404(request, text_id)
        preview = {
            "back_url": text_url(text),
            "version": text.version,
            "publish_url": text_url(text, "publish") if has_role(request.user, PUBLISHERS, text.page.city_id) else "",
        }
        return preview_response(request, text, text, preview=preview)

    def revision_view(self, request, text_id, revision_id):
        text = self.text_or_404(request, text_id)
        revision = get_object_or_404(text.revisions, pk=revision_id)
        preview = {"back_url": text_url(text, "history"), "revision": revision}
        return preview_response(request, text, revision, preview=preview)

    def history_view(self, request, object_id, extra_context=None):
        text = self.text_or_404(request, object_id if object_id.isdecimal() else 0)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"Frühere Fassungen: {text}",
            "text": text,
            "now": timezone.now(),
            "revisions": text.revisions.select_related("created_by", "ended_by").defer("body"),
            "may_restore": self.has_change_permission(request, text),
            "edit_url": text_url(text),
        }
        return TemplateResponse(request, "admin/pages/history.html", context)

    @method_decorator(require_POST)
    def restore_view(self, request, text_id, revision_id):
        text = self.text_or_404(request, text_id)
        if not self.has_change_permission(request, text):
            raise PermissionDenied
        revision = get_object_or_404(text.revisions, pk=revision_id)
        text.restore(revision, request.user)
        messages.success(
            request,
            f"Die Fassung vom {moment(revision.visible_from)} steht jetzt im Entwurf. "
            "Für Besucher*innen hat sich noch nichts geändert.",
        )
        return redirect(text_url(text))

    @method_decorator(require_POST)
    def publish_view(self, request, text_id):
        text = self.text_or_404(request, text_id, PUBLISHERS)
        with transaction.atomic():
            stored = PageTranslation.objects.select_for_update().get(pk=text.pk)
            if request.POST.get("version") != str(stored.version):
                messages.warning(
                    request, "Der Entwurf wurde gerade geändert. Bitte sehen Sie sich die neue Vorschau noch einmal an."
                )
                return redirect(text_url(text, "preview"))
            publish(request, text)
        return redirect(text_url(text))

    @method_decorator(require_POST)
    def unpublish_view(self, request, text_id):
        text = self.text_or_404(request, text_id, PUBLISHERS)
        text.unpublish(request.user)
        messages.success(
            request,
            f"{text.info.german_name}: Der Text ist zurückgezogen und bleibt als Entwurf erhalten. "
            "Ist der deutsche Text öffentlich, sehen Besucher*innen nun ihn.",
        )
        return redirect(text_url(text))

    @method_decorator(require_POST)
    def cancel_view(self, request, text_id):
        text = self.text_or_404(request, text_id, PUBLISHERS)
        if text.cancel_planned():
            messages.success(request, "Die geplante Fassung ist verworfen. Der Entwurf ist noch da.")
        else:
            messages.info(request, "Es war keine Fassung geplant.")
        return redirect(text_url(text))
