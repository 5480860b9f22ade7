from django.contrib import admin


class KIAdminSite(admin.AdminSite):
    site_header = "KI-Redaktion"
    site_title = "KI-Redaktion"
    index_title = "Übersicht"
    site_url = "/"
    enable_nav_sidebar = False

    def get_urls(self):
        # The stock redirect "view on site" would tell the address of any city's unpublished page.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
