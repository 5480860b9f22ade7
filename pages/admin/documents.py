from django.contrib import admin, messages
from django.utils.html import format_html

from contacts.city_admin import CityScopedAdmin

from ..forms import DocumentForm
from ..models import Document
from .texts import page_url


@admin.register(Document)
class DocumentAdmin(CityScopedAdmin):
    form = DocumentForm
    change_form_template = "admin/pages/document_change_form.html"
    list_display = ["title", "language", "accessible", "dated"]
    search_fields = ["title"]
    fields = ["title", "file", "language", "accessible", "summary", "dated"]

    def uses_of(self, document):
        return [(page.german_title(), page_url(page)) for page in document.pages.prefetch_related("translations")]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["uses"] = self.uses_of(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, document, form, change):
        super().save_model(request, document, form, change)
        is_said = document.accessible == Document.Accessible.YES
        if is_said and {"file", "accessible"} & set(form.changed_data) and not document.seems_accessible():
            messages.warning(
                request,
                "Bei „Barrierefrei“ steht „ja“. In dieser Datei fehlt aber die Gliederung für Vorleseprogramme "
                "(„Tags“). Bitte prüfen Sie das PDF noch einmal.",
            )

    def get_deleted_objects(self, documents, request):
        needed = [
            format_html('<a href="{}">{}</a>', url, title)
            for document in documents
            for title, url in self.uses_of(document)
        ]
        return [str(document) for document in documents], {}, set(), needed
