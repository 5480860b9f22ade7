"""What of a city is written into its file, and under which names: see docs/datenformat.md."""

from dataclasses import dataclass, field

from django.db import models

from contacts.models import City, CityLanguage, Contact, Funder, Location, Membership, OpeningHours
from events.models import Event, News
from inquiries.models import FormSettings, Inquiry, InterpretingRules
from legal.models import (
    AccessibilityStatement,
    Barrier,
    EasyGermanPage,
    Imprint,
    PrivacyInformation,
    SignLanguageVideo,
)
from offers.models import Call, Offer
from pages.models import Document, FocusArea, Image, Page, PageRevision, PageTranslation, SearchSynonym
from pages.models.text import Text

FORMAT, VERSION = "ki-site-city", 1

# Where a page is named: by its slug, which a city gives only once.
PAGES = "pages"


@dataclass(frozen=True)
class Kind:
    """A list of rows. `left_out` is computed anew or of no use elsewhere; `parts` are rows that belong to a row."""

    name: str
    model: type[models.Model]
    left_out: tuple = ()
    refers: dict = field(default_factory=dict)  # {field: name of the list it refers to}
    parts: dict = field(default_factory=dict)  # {related name: Kind}
    owner: str = "city"

    @property
    def fields(self):
        fields = self.model._meta.concrete_fields
        hidden = {self.owner, *self.left_out}
        return [each for each in fields if not each.primary_key and each.name not in hidden]


LOGO_SIZE = ("logo_width", "logo_height")
# An own domain leads to one installation: in the next one it is entered when it leads there.
CITY = Kind("city", City, ("is_public", "domain", *LOGO_SIZE))
HOURS_OF_LOCATION = Kind("opening_hours", OpeningHours, ("contact",), owner="location")
HOURS_OF_CONTACT = Kind("opening_hours", OpeningHours, ("location",), owner="contact")

# In an order in which whatever is referred to comes first.
LISTS = (
    Kind("languages", CityLanguage),
    Kind("locations", Location, parts={"opening_hours": HOURS_OF_LOCATION}),
    Kind(
        "contacts",
        Contact,
        ("phone_uri", "mobile_uri", "fax_uri"),
        {"location": "locations", "deputy": "contacts"},
        {"opening_hours": HOURS_OF_CONTACT},
    ),
    Kind("funders", Funder, LOGO_SIZE),
    Kind("documents", Document, ("size",)),
    Kind("images", Image, ("width", "height", "file_since")),
    Kind("search_synonyms", SearchSynonym),
    Kind("form_settings", FormSettings),
    Kind("interpreting_rules", InterpretingRules),
    Kind("imprint", Imprint),
    Kind("privacy_information", PrivacyInformation),
    Kind("easy_german_page", EasyGermanPage),
    Kind("sign_language_videos", SignLanguageVideo, ("poster_width", "poster_height")),
    Kind(
        "accessibility_statement",
        AccessibilityStatement,
        refers={"responsible": "contacts"},
        parts={"barriers": Kind("barriers", Barrier, owner="statement")},
    ),
)
# Personal data: only when asked for.
INQUIRIES = Kind("inquiries", Inquiry, ("receipt_token", "responsible"), {"page": PAGES, "contact": "contacts"})
MEMBERSHIPS = Kind("memberships", Membership, ("user",))

PAGE_REFERS = {
    "parent": PAGES,
    "successor": PAGES,
    "focus_area": PAGES,
    "advice_contact": "contacts",
    "location": "locations",
}
PAGE_MODELS = {
    Page.Kind.FOCUS_AREA: FocusArea,
    Page.Kind.OFFER: Offer,
    Page.Kind.CALL: Call,
    Page.Kind.EVENT: Event,
    Page.Kind.NEWS: News,
}
PAGE_KINDS = {
    kind.value: Kind(kind.value, PAGE_MODELS.get(kind, Page), ("id", "page_ptr", "kind"), PAGE_REFERS)
    for kind in Page.Kind
}
PAGE_LISTS = ("contacts", "funders", "documents")

OF_TEXT = (*(name for name in Text.TEXT_FIELDS), "picture", "picture_is_decorative")
OF_TRANSLATION = (*OF_TEXT, "source_digests", "block_sources", "contributor", "approved_by", "updated_at")
OF_REVISION = (
    *OF_TEXT,
    "source_digests",
    "equal_digests",
    "contributor",
    "approved_by",
    "visible_from",
    "visible_until",
    "shortens_previous",
    "previous_until",
    "created_at",
)
TEXT_REFERS = {"picture": "images"}


def only(name, model, fields):
    left_out = [each.name for each in model._meta.concrete_fields if each.name not in fields]
    return Kind(name, model, tuple(left_out), TEXT_REFERS)


TRANSLATION = only("text", PageTranslation, OF_TRANSLATION)
REVISION = only("revision", PageRevision, OF_REVISION)
