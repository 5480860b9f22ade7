from django.contrib import admin
from django.urls import path

from . import handbook

# The cards of the first screen: as staff see their work, in the order of the day. Several apps may share a card;
# what is not named here comes last, under the name of its app.
CARDS = {
    "inquiries": (
        "Anfragen",
        [
            "inquiries.Inquiry",
            "inquiries.FormSettings",
            "inquiries.InterpretingRules",
            "inquiries.OutgoingMail",
            "inquiries.DeletionRecord",
        ],
    ),
    "pages": (
        "Seiten und Bilder",
        ["pages.Page", "pages.FocusArea", "pages.Image", "pages.Document", "adoption.Adoption"],
    ),
    "translating": (
        "Übersetzen und freigeben",
        ["invitations.Suggestion", "invitations.Invitation", "exchange.AgencyPage"],
    ),
    "checking": (
        "Aktuell halten",
        ["reviews.ReviewRequest", "reviews.ProposedChange", "links.DeadLink", "links.ExternalLink"],
    ),
    "events": ("Termine und Nachrichten", ["events.Event", "events.News"]),
    "offers": ("Angebote und Förderung", ["offers.Offer", "offers.Call"]),
    "contacts": (
        "Zentrum und Kontakte",
        ["contacts.Contact", "contacts.Location", "contacts.Funder", "contacts.City"],
    ),
    "readers": (
        "Was Besucher*innen suchen",
        ["pages.SearchMiss", "pages.SearchSynonym", "pages.LanguageWish"],
    ),
    "legal": (
        "Pflichtseiten",
        [
            "legal.Imprint",
            "legal.PrivacyInformation",
            "legal.AccessibilityStatement",
            "legal.EasyGermanPage",
            "legal.SignLanguageVideo",
        ],
    ),
    "accounts": ("Konten", ["contacts.Membership", "auth.User", "audit.Entry"]),
}


def cards(apps):
    """The apps that Django lists, dealt to the cards."""
    models = {model["model"]._meta.label: model for app in apps for model in app["models"]}
    for label, (name, labels) in CARDS.items():
        if own := [models.pop(each) for each in labels if each in models]:
            yield {"name": name, "app_label": label, "models": own}
    for app in apps:
        if rest := [model for model in app["models"] if model["model"]._meta.label in models]:
            yield app | {"models": rest}


class KIAdminSite(admin.AdminSite):
    site_header = "KI-Redaktion"
    site_title = "KI-Redaktion"
    index_title = "Übersicht"
    site_url = "/"
    enable_nav_sidebar = False

    def get_urls(self):
        # The stock redirect "view on site" would tell the address of any city's unpublished page.
        stock = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        contents, chapter = (self.handbook_view(each) for each in (handbook.contents_view, handbook.chapter_view))
        return [
            path("handbuch/", contents, name="handbook"),
            path("handbuch/<slug:slug>/", chapter, name="handbook_page"),
            *stock,
        ]

    def handbook_view(self, view):
        """For everybody who may sign in; it shows nothing of any city."""

        def with_context(request, **kwargs):
            return view(request, self.each_context(request), **kwargs)

        return self.admin_view(with_context)

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        return apps if app_label else [*cards(apps)]

    def index(self, request, extra_context=None):
        # Not above: the admin classes it asks register themselves with this site, which has to exist first.
        from .waiting import waiting_for

        return super().index(request, {"waiting": waiting_for(request)} | (extra_context or {}))
