from pages.forms import COMMON_FIELDS, PageForm
from pages.models import Page

from .models import Call, Offer

# Offers and calls stand in lists of their own, never in the menu.
LISTED_FIELDS = [field for field in COMMON_FIELDS if field != "in_navigation"]


class OfferForm(PageForm):
    class Meta(PageForm.Meta):
        model = Offer
        fields = [
            *LISTED_FIELDS,
            "pillar",
            "focus_area",
            "topics",
            "audiences",
            "access",
            "individual_advice",
            "advice_contact",
            "age_from",
            "age_to",
            "languages",
            "location",
            "is_by_phone",
            "is_online",
            "appointment_needed",
            "lead_time_days",
            "starts_at",
            "ends_at",
            "cost",
            "cost_amount",
            "leika_key",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "focus_area" in self.fields:
            self.fields["focus_area"].queryset = self.fields["focus_area"].queryset.prefetch_related("translations")
            self.fields["focus_area"].label_from_instance = Page.german_title


class CallForm(PageForm):
    class Meta(PageForm.Meta):
        model = Call
        fields = [
            *(field for field in LISTED_FIELDS if field != "icon"),
            "programme",
            "topics",
            "audiences",
            "starts_at",
            "ends_at",
            "amount_max",
            "amount_is_fixed",
            "own_share",
            "proof_until",
        ]
