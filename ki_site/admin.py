from django.contrib import admin

# Apps and, inside one, models in the order of daily work; what is not named comes last, by the alphabet.
ORDER = {
    "inquiries": ["Inquiry", "FormSettings", "InterpretingRules", "OutgoingMail", "DeletionRecord"],
    "pages": [],
    "offers": [],
    "events": [],
    "contacts": [],
    "legal": [],
    "reviews": ["ReviewRequest", "ProposedChange"],
    "invitations": [],
    "links": [],
    "adoption": [],
}


def place_in(names, name):
    return names.index(name) if name in names else len(names)


class KIAdminSite(admin.AdminSite):
    site_header = "KI-Redaktion"
    site_title = "KI-Redaktion"
    index_title = "Übersicht"
    site_url = "/"
    enable_nav_sidebar = False

    def get_urls(self):
        # The stock redirect "view on site" would tell the address of any city's unpublished page.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            models = ORDER.get(app["app_label"], [])
            app["models"].sort(key=lambda model, models=models: place_in(models, model["object_name"]))
        return sorted(apps, key=lambda app: place_in([*ORDER], app["app_label"]))

    def index(self, request, extra_context=None):
        # Not above: the admin classes it asks register themselves with this site, which has to exist first.
        from .waiting import waiting_for

        return super().index(request, {"waiting": waiting_for(request)} | (extra_context or {}))
