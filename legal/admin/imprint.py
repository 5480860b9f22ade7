from django.contrib import admin

from ..models import Imprint
from .example import CityRecordAdmin


@admin.register(Imprint)
class ImprintAdmin(CityRecordAdmin):
    fieldsets = [
        (
            "Wer gibt die Website heraus?",
            {"fields": ["body", "legal_form", "representative_name", "representative_function"]},
        ),
        ("Anschrift", {"fields": ["street", "postcode", "town", "email", "phone"]}),
        ("Aufsicht und Steuern", {"fields": ["supervisory_authority", "vat_id"]}),
        ("Verantwortlich für die Inhalte", {"fields": ["editor_name", "editor_address"]}),
        ("Technik und Bilder", {"fields": ["operator", "image_credits"]}),
    ]
