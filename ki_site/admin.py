from django.contrib import admin


class KIAdminSite(admin.AdminSite):
    site_header = "KI-Redaktion"
    site_title = "KI-Redaktion"
    index_title = "Übersicht"
