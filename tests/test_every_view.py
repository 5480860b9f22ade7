"""Every view of the project stands in a list here that says who guards it; a new one fails until somebody says so.

`tests/test_city_wall.py` walks the admin's by every role, `tests/invitations/test_doors.py` those that a link opens by
every token that opens nothing. What is left is for everybody, and shows nothing but what is public.
"""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from tests.invitations.doors import DOORS

STOCK_VIEWS = {"changelist", "add", "history", "delete", "change"}

# Of the admin, beside Django's own views of each model: walked by tests/test_city_wall.py.
ADMIN_VIEWS = {
    "contacts_contact_replace",
    "contacts_contact_replaced",
    "events_event_copy",
    "events_event_unpublish",
    "events_news_unpublish",
    "exchange_agencypage_accept",
    "exchange_agencypage_import",
    "inquiries_inquiry_answer",
    "inquiries_inquiry_export",
    "inquiries_inquiry_interim",
    "invitations_invitation_revoke",
    "invitations_invitation_settle",
    "links_externallink_replace",
    "links_externallink_vouch",
    "offers_call_unpublish",
    "offers_offer_catalogue",
    "offers_offer_unpublish",
    "pages_focusarea_unpublish",
    "pages_page_matrix",
    "pages_page_unpublish",
    "pages_pagetranslation_as_it_was",
    "pages_pagetranslation_cancel",
    "pages_pagetranslation_compare",
    "pages_pagetranslation_draft",
    "pages_pagetranslation_preview",
    "pages_pagetranslation_publish",
    "pages_pagetranslation_restore",
    "pages_pagetranslation_restore_draft",
    "pages_pagetranslation_revision",
    "pages_pagetranslation_strict",
    "pages_pagetranslation_unpublish",
    "reviews_verify_contact",
    "reviews_verify_page",
}

# Of the admin site itself: they belong to no object. `autocomplete` answers for no field, as no form asks it.
SITE_VIEWS = {
    "app_list",
    "autocomplete",
    "handbook",
    "handbook_page",
    "index",
    "jsi18n",
    "login",
    "logout",
    "password_change",
    "password_change_done",
}

# Of the sign-in, under the admin: tests/accounts/ walks them. Everything else of django-allauth is not there.
ACCOUNT_VIEWS = {
    "account_change_password",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "account_sign_in_again",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "openid_connect_callback",
    "openid_connect_login",
    "usersessions_list",
}

PUBLIC_VIEWS = {
    "accent_stylesheet",
    "events:call_atom",
    "events:event_atom",
    "events:event_feed",
    "events:event_ics",
    "events:event_list",
    "events:news_atom",
    "events:news_list",
    "favicon",
    "inquiries:barrier",
    "inquiries:contact",
    "inquiries:help",
    "inquiries:interpreter",
    "inquiries:receipt",
    "legal:easy_german",
    "legal:imprint",
    "legal:privacy",
    "legal:sign_language",
    "legal:statement",
    "legal:statement_earl",
    "media",
    "offers:call_list",
    "offers:offer_list",
    "open_data",
    "open_data_catalogue",
    "open_data_csv",
    "open_data_json",
    "pages:choose_language",
    "pages:contact",
    "pages:contact_list",
    "pages:contact_sheet",
    "pages:contact_vcard",
    "pages:home",
    "pages:page",
    "pages:page_sheet",
    "pages:portal",
    "pages:qr_code",
    "pages:reference",
    "pages:reference_to_list",
    "pages:reference_to_portal",
    "pages:reference_to_sheet",
    "pages:search",
    "pages:search_all",
    "pages:short_contact",
    "pages:short_home",
    "pages:short_page",
    "robots",
    "security",
    "style_page",
    "sitemap_index",
    "sitemap_of_city",
    "sitemap_of_portal",
}


def public_patterns(patterns, namespace=""):
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name
        elif pattern.app_name != "admin":
            yield from public_patterns(pattern.url_patterns, pattern.app_name or namespace)


def test_every_view_of_the_admin_is_listed():
    names = {pattern.name for each in admin.site._registry.values() for pattern in each.get_urls() if pattern.name}
    assert {name for name in names if name.rpartition("_")[2] not in STOCK_VIEWS} == ADMIN_VIEWS


def test_every_view_of_the_admin_site_is_listed():
    patterns = (pattern for pattern in admin.site.get_urls() if isinstance(pattern, URLPattern))
    assert {pattern.name for pattern in patterns if pattern.name} == SITE_VIEWS


def test_every_other_view_is_listed():
    assert set(public_patterns(get_resolver().url_patterns)) == PUBLIC_VIEWS | ACCOUNT_VIEWS | set(DOORS)


def test_no_form_asks_for_completions():
    """So nobody can ask `autocomplete` for another city's names."""
    assert [each for each in admin.site._registry.values() if each.autocomplete_fields] == []
