from django.contrib.admin import apps


class KIAdminConfig(apps.AdminConfig):
    default_site = "ki_site.admin.KIAdminSite"
