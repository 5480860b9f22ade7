"""Each public view has decided whether its page may be kept, and which parameters of the address count."""

from django.urls import URLResolver, get_resolver

from tests.test_every_view import ACCOUNT_VIEWS

FINDER_OF_OFFERS = ("thema", "zielgruppe", "sprache", "jetzt", "barrierefrei")
FINDER_OF_CONTACTS = ("thema", "sprache", "jetzt", "barrierefrei")

KEPT = {
    "events:call_atom": (),
    "events:event_atom": (),
    "events:event_feed": (),
    "events:event_ics": (),
    "events:event_list": ("reihe",),
    "events:news_atom": (),
    "events:news_list": (),
    "legal:easy_german": (),
    "legal:imprint": (),
    "legal:privacy": (),
    "legal:sign_language": (),
    "legal:statement": (),
    "legal:statement_earl": (),
    "offers:call_list": (),
    "offers:offer_list": FINDER_OF_OFFERS,
    "open_data": (),
    "open_data_catalogue": (),
    "open_data_csv": (),
    "open_data_json": (),
    "pages:contact": (),
    "pages:contact_list": FINDER_OF_CONTACTS,
    "pages:contact_sheet": (),
    "pages:contact_vcard": (),
    "pages:home": (),
    "pages:page": (),
    "pages:page_sheet": (),
    "pages:portal": ("ort",),
    "robots": (),
    "sitemap_index": (),
    "sitemap_of_city": (),
    "sitemap_of_portal": (),
}

NOT_KEPT = {
    "accent_stylesheet": "any colour is an address; browsers keep it for ever",
    "favicon": "a redirect that browsers keep for a day",
    "inquiries:barrier": "a form",
    "inquiries:contact": "a form",
    "inquiries:help": "a form",
    "inquiries:interpreter": "a form",
    "inquiries:receipt": "for one person",
    "invitations:draft": "for one person",
    "invitations:open": "for one person",
    "media": "files: streamed, and handed out by the web server in front",
    "pages:choose_language": "a redirect to what Accept-Language says",
    "pages:qr_code": "any path is an address; browsers keep it for ever",
    "pages:reference": "a redirect to what Accept-Language says",
    "pages:reference_to_list": "a redirect to what Accept-Language says",
    "pages:reference_to_portal": "a redirect to what Accept-Language says",
    "pages:reference_to_sheet": "a redirect to what Accept-Language says",
    "pages:search": "words without end, and each search in vain is counted",
    "pages:search_all": "words without end, and each search in vain is counted",
    "pages:short_contact": "a redirect to what Accept-Language says",
    "pages:short_home": "a redirect to what Accept-Language says",
    "pages:short_page": "a redirect to what Accept-Language says",
    "reviews:review": "for one person",
    "style_page": "for development",
    "security": "its date is that of the asking",
}


def patterns(resolver, namespace=""):
    for pattern in resolver:
        if not isinstance(pattern, URLResolver):
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name, pattern.callback
        elif pattern.app_name != "admin":
            yield from patterns(pattern.url_patterns, pattern.app_name or namespace)


def test_every_public_view_has_decided():
    views = dict(patterns(get_resolver().url_patterns))
    declared = {name: view.public_parameters for name, view in views.items() if hasattr(view, "public_parameters")}
    assert declared == KEPT
    assert views.keys() - declared.keys() == NOT_KEPT.keys() | ACCOUNT_VIEWS


def test_no_view_of_the_admin_is_kept():
    admin = next(each for each in get_resolver().url_patterns if getattr(each, "app_name", "") == "admin")
    stack, found = [admin], []
    while stack:
        each = stack.pop()
        if isinstance(each, URLResolver):
            stack += each.url_patterns
        elif hasattr(each.callback, "public_parameters"):
            found.append(each.name)
    assert found == []
