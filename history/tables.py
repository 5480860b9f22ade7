"""Which tables are remembered, so that a page can be shown as it was; parents stand before what belongs to them."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import JSONField, Q

# Who looks after something is nobody's business but the centre's, and no visitor ever saw it.
OF_REVIEWS = ("owner_name", "owner_email", "deputy_name", "deputy_email", "review_every", "review_on", "verified_by")

# How staff of a city work.
OF_WORK_IN_A_CITY = ("four_eyes", "deputy_after_days", "second_factor_required")


@dataclass(frozen=True)
class Table:
    """A table that belongs to a city, by itself (`owners` is empty) or by columns that name rows of tables above."""

    name: str
    owners: dict = field(default_factory=dict)
    city_column: str = "city_id"
    left_out: tuple = ()  # columns that no visitor sees
    shown_if: tuple = ()  # (column, column that says whether visitors see it)

    @property
    def model(self):
        # Proxies of other apps have the same table, and no column of their own.
        models = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
        return next(model for model in models if model._meta.db_table == self.name)

    @property
    def key(self):
        return self.model._meta.pk.column

    @property
    def columns(self):
        """Those that are remembered, with whether they hold JSON."""
        local = self.model._meta.local_concrete_fields
        return {each.column: isinstance(each, JSONField) for each in local if each.column not in self.left_out}

    def of_city(self, city_id, known):
        """Condition for the remembered rows of a city; `known` are the ids of its rows in the tables above."""
        if not self.owners:
            return Q(**{f"data__{self.city_column}": city_id})
        condition = Q()
        for column, owner in self.owners.items():
            condition |= Q(**{f"data__{column}__in": sorted(known[owner])})
        return condition

    def ids(self, city_id):
        """Of the rows of a city in a table that names its city."""
        field_name = "pk" if self.city_column == "id" else "city"
        return set(self.model._base_manager.filter(**{field_name: city_id}).values_list("pk", flat=True))


def of_page(name, **options):
    return Table(name, {"page_ptr_id": "pages_page"}, **options)


TABLES = (
    Table("contacts_city", city_column="id", left_out=(*OF_WORK_IN_A_CITY, "domain")),
    Table("contacts_citylanguage"),
    Table("contacts_location"),
    Table("contacts_contact", left_out=OF_REVIEWS, shown_if=("name", "show_name")),
    Table("contacts_openinghours", {"contact_id": "contacts_contact", "location_id": "contacts_location"}),
    Table("contacts_funder"),
    Table("pages_document"),
    Table("pages_image", left_out=("title", "shows_people", "has_consent", "consent_note")),
    Table("pages_page", left_out=OF_REVIEWS),
    Table("pages_page_contacts", {"page_id": "pages_page"}),
    Table("pages_page_funders", {"page_id": "pages_page"}),
    Table("pages_page_documents", {"page_id": "pages_page"}),
    of_page("pages_focusarea"),
    of_page("offers_offer"),
    of_page("offers_call"),
    of_page("events_event"),
    of_page("events_news"),
)

# Remembered but never put back: what stood in a draft before somebody wrote over it.
DRAFTS = Table(
    "pages_pagetranslation",
    {"page_id": "pages_page"},
    left_out=(
        "digests",
        "block_sources",
        "version",
        "updated_at",
        "updated_by_id",
        "contributor",
        "approved_version",
        "approved_by",
    ),
)
REMEMBERED = (*TABLES, DRAFTS)
