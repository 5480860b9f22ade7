"""The form of a text in another language than German, and what can be done with a text of any language."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from contacts.languages import SOURCE_LANGUAGE
from contacts.models.city import EVERYBODY, PUBLISHERS, WRITERS
from contacts.rights import has_role, translates_into
from history.models import FormerRow

from ..forms import TranslationForm, TranslationInRowsForm
from ..models import Page, PageRevision, PageTranslation
from ..translation_rows import NOTHING_OF_THE_SOURCE, TranslationRows
from ..views.pages import preview_response
from ..views.preview import framed_page, preview_page
from ..widgets import LOOK
from . import history
from .texts import IN_ONE_PIECE, TextAdmin, page_url, publish, text_url

# Easy German is a text of its own: it is compared with the German one only where somebody says that it renders it.
EASY_GERMAN = "de-simple"


@admin.register(PageTranslation)
class PageTranslationAdmin(TextAdmin):
    """The text of a page in another language than German, beside the German one. Reached from its page."""

    form = TranslationForm
    change_form_template = "admin/pages/translation_change_form.html"

    class Media:
        css = LOOK

    def get_fields(self, request, obj=None):
        text = obj or request.new_text
        if self.is_in_rows(request, text):
            return ["seen_version"]
        words = PageTranslation.fields_to_translate(text.page.kind, self.source_beside(text))
        return [*words, "seen_version", "source_shown"]

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

    def is_in_rows(self, request, text):
        """Whether the text is written block by block: a translation that can be, unless somebody asks otherwise."""
        if not hasattr(request, "is_in_rows"):
            request.is_in_rows = (
                "block_rows" in request.POST
                if request.method == "POST"
                else IN_ONE_PIECE not in request.GET
                and bool(text.source_digests or (text.pk is None and text.language != EASY_GERMAN))
                and translates_into(request.user, text.language, text.page.city_id)
                and TranslationRows.fits(text, self.source_beside(text))
            )
        return request.is_in_rows

    def get_form(self, request, obj=None, change=False, **kwargs):
        text = obj or request.new_text
        base = TranslationInRowsForm if self.is_in_rows(request, text) else TranslationForm
        form = admin.ModelAdmin.get_form(self, request, obj, change, form=base, **kwargs)
        form.new_text = getattr(request, "new_text", None)
        form.source = self.source_beside(text)
        return form

    def source_beside(self, translation):
        """The German text a translation is written beside: the public one, or the draft before it is public."""
        public = PageRevision.objects.live().filter(
            translation__page=translation.page_id, translation__language=SOURCE_LANGUAGE
        )
        drafts = translation.page.translations.filter(language=SOURCE_LANGUAGE)
        return public.select_related("picture").first() or drafts.select_related("picture").first()

    def save_model(self, request, text, form, change):
        request.text_form = form
        text.updated_by = request.user
        if not self.is_in_rows(request, text):
            self.note_what_is_rendered(text, form.cleaned_data, change)
        text.save()

    def note_what_is_rendered(self, text, data, change):
        """Rows do it by themselves."""
        if data.get("renders_source"):
            text.source_digests = data["source_shown"]
        elif not change and text.language != EASY_GERMAN:
            text.source_digests = NOTHING_OF_THE_SOURCE

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        text = obj or request.new_text
        form = context["adminform"].form
        source = context["source"] = form.source
        context["rows"] = getattr(form, "rows", None)
        context["other_way_url"] = self.other_way_url(request, text)
        context["source_texts"] = [
            (PageTranslation._meta.get_field(field).verbose_name, field, getattr(source, field))
            for field in PageTranslation.fields_to_translate(text.page.kind, source)
            if source and getattr(source, field)
        ]
        context["language"] = text.info
        context["page_title"] = text.page.german_title()
        context["page_url"] = page_url(text.page)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def other_way_url(self, request, text):
        """The same form in rows or in one piece; empty if there is no other way."""
        query = request.GET.copy()
        if self.is_in_rows(request, text):
            query[IN_ONE_PIECE] = "1"
        elif not query.pop(IN_ONE_PIECE, None):
            return ""
        return f"{request.path}?{query.urlencode()}"

    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(function)

        return [
            path("<int:text_id>/preview/", view(self.preview_view), name="pages_pagetranslation_preview"),
            path("<int:text_id>/draft/", view(self.draft_view), name="pages_pagetranslation_draft"),
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
            path(
                "<int:text_id>/restore-draft/<int:record_id>/",
                view(self.restore_draft_view),
                name="pages_pagetranslation_restore_draft",
            ),
            path("<int:text_id>/compare/", view(self.compare_view), name="pages_pagetranslation_compare"),
            path("<int:text_id>/as-it-was/", view(self.as_it_was_view), name="pages_pagetranslation_as_it_was"),
            path("<int:text_id>/publish/", view(self.publish_view), name="pages_pagetranslation_publish"),
            path("<int:text_id>/unpublish/", view(self.unpublish_view), name="pages_pagetranslation_unpublish"),
            path("<int:text_id>/strict/", view(self.strict_view), name="pages_pagetranslation_strict"),
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
        may_publish = has_role(request.user, PUBLISHERS, text.page.city_id)
        return preview_page(
            request,
            "admin/pages/preview.html",
            frame_url=text_url(text, "draft"),
            languages=[(each.info, text_url(each, "preview")) for each in text.page.translations.order_by("pk")],
            text=text,
            back_url=text_url(text),
            publish_url=text_url(text, "publish") if may_publish else "",
            may_invite=has_role(request.user, WRITERS, text.page.city_id),
        )

    def draft_view(self, request, text_id):
        return framed_page(request, self.text_or_404(request, text_id))

    def revision_view(self, request, text_id, revision_id):
        text = self.text_or_404(request, text_id)
        revision = get_object_or_404(text.revisions, pk=revision_id)
        preview = {"back_url": text_url(text, "history"), "revision": revision}
        return preview_response(request, text, revision, preview=preview)

    def history_view(self, request, object_id, extra_context=None):
        text = self.text_or_404(request, object_id if object_id.isdecimal() else 0)
        return history.overview(request, self, text)

    def compare_view(self, request, text_id):
        return history.compare(request, self, self.text_or_404(request, text_id))

    def as_it_was_view(self, request, text_id):
        return history.as_it_was(request, self, self.text_or_404(request, text_id))

    @method_decorator(require_POST)
    def restore_view(self, request, text_id, revision_id):
        text = self.text_or_404(request, text_id)
        if not self.has_change_permission(request, text):
            raise PermissionDenied
        revision = get_object_or_404(text.revisions, pk=revision_id)
        return history.restore(request, text, history.version_of(text, revision))

    @method_decorator(require_POST)
    def restore_draft_view(self, request, text_id, record_id):
        text = self.text_or_404(request, text_id)
        if not self.has_change_permission(request, text):
            raise PermissionDenied
        record = get_object_or_404(FormerRow.objects.of(text), pk=record_id)
        return history.restore(request, text, history.former_draft(text, record))

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
            "Ist der deutsche Text öffentlich, sehen Besucher*innen nun ihn. "
            "War das ein Versehen? Drücken Sie „Veröffentlichen“.",
        )
        return redirect(text_url(text))

    @method_decorator(require_POST)
    def strict_view(self, request, text_id):
        text = self.text_or_404(request, text_id, PUBLISHERS)
        if text.compare_strictly():
            messages.success(request, "Übersetzungen, die diese Änderung noch nicht haben, gelten jetzt als veraltet.")
        else:
            messages.info(request, "Die öffentliche Fassung war keine kleine Korrektur. Es hat sich nichts geändert.")
        return redirect(text_url(text))

    @method_decorator(require_POST)
    def cancel_view(self, request, text_id):
        text = self.text_or_404(request, text_id, PUBLISHERS)
        if text.cancel_planned():
            messages.success(request, "Die geplante Fassung ist verworfen. Der Entwurf ist noch da.")
        else:
            messages.info(request, "Es war keine Fassung geplant.")
        return redirect(text_url(text))
