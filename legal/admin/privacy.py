from django.contrib import admin

from ..models import PrivacyInformation
from .example import CityRecordAdmin


@admin.register(PrivacyInformation)
class PrivacyInformationAdmin(CityRecordAdmin):
    fieldsets = [
        (None, {"fields": ["controller", "controller_address", "controller_contact"]}),
        ("Datenschutzbeauftragte Stelle", {"fields": ["officer", "officer_contact"]}),
        ("Server", {"fields": ["host", "log_days"]}),
        ("Mehr", {"fields": ["further"]}),
    ]
