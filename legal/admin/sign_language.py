from django.contrib import admin

from contacts.city_admin import CityScopedAdmin
from contacts.rights import PUBLISHERS

from ..models import SignLanguageVideo


@admin.register(SignLanguageVideo)
class SignLanguageVideoAdmin(CityScopedAdmin):
    view_roles = PUBLISHERS
    change_roles = PUBLISHERS
    list_display = ["subject", "recorded_on"]
    list_select_related = ["city"]
    fields = ["subject", "file", "poster", "transcript", "recorded_on"]
