"""Where staff work on a page or a text."""

from django.urls import reverse

from ..models import Page

# Where pages of a kind with a table of its own are edited.
ADMIN_OF_KIND = {
    Page.Kind.FOCUS_AREA: "pages_focusarea",
    Page.Kind.OFFER: "offers_offer",
    Page.Kind.CALL: "offers_call",
    Page.Kind.EVENT: "events_event",
    Page.Kind.NEWS: "events_news",
}


def page_url(page, action="change"):
    return reverse(f"admin:{ADMIN_OF_KIND.get(page.kind, 'pages_page')}_{action}", args=[page.pk])


def text_url(translation, action="change", *args):
    """Where staff work on a text; German is edited in the form of its page."""
    if action == "change" and translation.is_source:
        return page_url(translation.page)
    return reverse(f"admin:pages_pagetranslation_{action}", args=[translation.pk, *args])
