"""Which tables visitors read, how a row of each finds its city, and which columns no visitor sees."""

from dataclasses import dataclass

from django.apps import apps

from history.tables import OF_REVIEWS

from .public_page import ALL_CITIES

OF_PAGE = "(SELECT city_id FROM pages_page WHERE id = {{row}}.{})"
OF_TRANSLATION = (
    "(SELECT page.city_id FROM pages_pagetranslation text JOIN pages_page page ON page.id = text.page_id"
    " WHERE text.id = {row}.translation_id)"
)
OF_CONTACT_OR_LOCATION = (
    "COALESCE((SELECT city_id FROM contacts_contact WHERE id = {row}.contact_id),"
    " (SELECT city_id FROM contacts_location WHERE id = {row}.location_id))"
)


@dataclass(frozen=True)
class Table:
    name: str
    cities: tuple = ("{row}.city_id",)  # in SQL, of a row
    left_out: tuple = ()

    @property
    def columns(self):
        """Those that visitors see."""
        models = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
        model = next(model for model in models if model._meta.db_table == self.name)
        return [field.column for field in model._meta.local_concrete_fields if field.column not in self.left_out]


def of_page(name, column="page_id"):
    return Table(name, (OF_PAGE.format(column),))


TABLES = (
    Table("contacts_city", ("{row}.id", str(ALL_CITIES)), left_out=("four_eyes", "deputy_after_days")),
    Table("contacts_citylanguage", ("{row}.city_id", str(ALL_CITIES))),
    Table("contacts_location"),
    Table("contacts_contact", left_out=OF_REVIEWS),
    Table("contacts_openinghours", (OF_CONTACT_OR_LOCATION,)),
    Table("contacts_funder"),
    Table("pages_document"),
    Table("pages_image", left_out=("title", "shows_people", "has_consent", "consent_note")),
    Table("pages_imagefile", ("(SELECT city_id FROM pages_image WHERE id = {row}.image_id)",)),
    Table("pages_page", left_out=OF_REVIEWS),
    Table("pages_pagealias"),
    of_page("pages_page_contacts"),
    of_page("pages_page_funders"),
    of_page("pages_page_documents"),
    Table("pages_pagerevision", (OF_TRANSLATION,)),
    of_page("pages_focusarea", "page_ptr_id"),
    of_page("offers_offer", "page_ptr_id"),
    of_page("offers_call", "page_ptr_id"),
    of_page("events_event", "page_ptr_id"),
    of_page("events_news", "page_ptr_id"),
    Table("inquiries_formsettings"),
    Table("inquiries_interpretingrules"),
    Table("legal_easygermanpage"),
    Table("legal_imprint"),
    Table("legal_privacyinformation"),
    Table("legal_signlanguagevideo"),
    Table("legal_accessibilitystatement"),
    Table("legal_barrier", ("(SELECT city_id FROM legal_accessibilitystatement WHERE id = {row}.statement_id)",)),
)
