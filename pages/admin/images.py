from django.contrib import admin

from contacts.city_admin import CityScopedAdmin

from ..models import Image


@admin.register(Image)
class ImageAdmin(CityScopedAdmin):
    list_display = ["title", "credit"]
    search_fields = ["title", "credit"]
    fields = ["title", "file", "credit", "focal_x", "focal_y"]
