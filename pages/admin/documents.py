from django.contrib import admin

from contacts.city_admin import CityScopedAdmin

from ..models import Document


@admin.register(Document)
class DocumentAdmin(CityScopedAdmin):
    list_display = ["title", "language", "accessible", "dated"]
    search_fields = ["title"]
    fields = ["title", "file", "language", "accessible", "summary", "dated"]
