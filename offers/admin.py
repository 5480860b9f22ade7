from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from contacts.city_admin import CityScopedAdmin
from contacts.models import City
from pages.admin.pages import PageAdmin
from pages.admin.texts import page_url
from pages.models import Cost, FocusArea

from .forms import CallForm, OfferForm
from .models import Call, Offer
from .standards import adopt, standards


class ListedPageAdmin(PageAdmin):
    """A page that stands in a list of its own kind: it has no place in the menu."""

    place_fields = ["parent", "position", "slug"]


@admin.register(Offer)
class OfferAdmin(ListedPageAdmin):
    form = OfferForm
    place_fields = ["parent", "position", "icon", "slug"]
    change_form_template = "admin/offers/offer_change_form.html"
    list_display = ["title", "states", "pillar", "last_verified"]
    list_filter = [*CityScopedAdmin.list_filter, "pillar"]
    data_fieldsets = [
        (
            "Was und für wen",
            {
                "fields": [
                    "pillar",
                    "focus_area",
                    "topics",
                    "audiences",
                    "access",
                    "individual_advice",
                    "advice_contact",
                    ("age_from", "age_to"),
                ],
                "description": "Mit diesen Angaben finden Menschen das Angebot. "
                "Was Sie leer lassen, steht nicht auf der Seite.",
            },
        ),
        (
            "Wo und wann",
            {
                "fields": [
                    "languages",
                    "location",
                    "is_by_phone",
                    "is_online",
                    "appointment_needed",
                    "lead_time_days",
                    ("starts_at", "ends_at"),
                ],
                "description": "Gibt es das Angebot nur für eine bestimmte Zeit? Tragen Sie „Beginn“ und „Ende“ ein. "
                "Nach dem Ende verschwindet es von selbst aus den Listen.",
            },
        ),
        ("Kosten", {"fields": ["cost", "cost_amount"]}),
        ("Leistungskatalog", {"fields": ["leika_key"], "classes": ["collapse"]}),
    ]

    def get_changeform_initial_data(self, request):
        """Nothing is said to be free of charge before somebody says so."""
        return super().get_changeform_initial_data(request) | {"cost": Cost.ASK}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """What is to be checked stands above an adopted offer until it is public."""
        standard = standards().get(obj.standard) if obj else None
        if standard and not self.was_public(obj):
            context["check"] = standard.check
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self):
        view = self.admin_site.admin_view(self.catalogue_view)
        return [path("katalog/", view, name="offers_offer_catalogue"), *super().get_urls()]

    def catalogue_view(self, request):
        """The standard offers, each to be adopted by one click."""
        city_id = self.city_id_for_adding(request)
        if city_id is None:
            return self.choose_city(request)
        city = City.objects.get(pk=city_id)
        if request.method == "POST":
            return self.adopt(request, city)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"Angebote aus dem Katalog: {city.name}",
            "groups": self.catalogue_of(city),
        }
        return TemplateResponse(request, "admin/offers/catalogue.html", context)

    def catalogue_of(self, city):
        """(pillar, [(standard offer, address of the city's own one or nothing)])."""
        own = Offer.objects.for_city(city).exclude(standard="")
        adopted = {offer.standard: page_url(offer) for offer in own}
        return [
            (
                pillar.label,
                [(each, adopted.get(each.key)) for each in standards().values() if each.pillar == pillar],
            )
            for pillar in FocusArea.Pillar
        ]

    def adopt(self, request, city):
        standard = standards().get(request.POST.get("standard"))
        if standard is None:
            raise Http404
        offer, is_new = adopt(standard, city, request.user)
        if is_new:
            messages.success(
                request, "Übernommen als Entwurf. Noch ist nichts öffentlich. Passen Sie das Angebot jetzt an."
            )
        else:
            messages.info(request, "Dieses Angebot haben Sie schon übernommen.")
        return redirect(page_url(offer))


@admin.register(Call)
class CallAdmin(ListedPageAdmin):
    form = CallForm
    list_display = ["title", "states", "programme", "starts_at", "ends_at"]
    data_fieldsets = [
        (
            "Wann",
            {
                "fields": [("starts_at", "ends_at")],
                "description": "Von „Beginn“ bis „Ende“ kann man Geld beantragen. Die Seite zeigt das von selbst. "
                "Beispiel für das Ende: 31.01., 23:59 Uhr. Ohne Ende steht auf der Seite: „Es gibt keine Frist.“",
            },
        ),
        ("Was und für wen", {"fields": ["programme", "topics", "audiences"]}),
        ("Geld", {"fields": ["amount_max", "amount_is_fixed", "own_share", "proof_until"]}),
    ]
