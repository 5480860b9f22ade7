"""What programs ask every site for: robots.txt, security.txt and the icon."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from contacts.hosts import whole_address
from freshness.public_page import public_page

PLAIN = "text/plain; charset=utf-8"

# RFC 9116 recommends less than a year; whoever keeps a copy asks again in time.
SECURITY_CONTACT_IS_GOOD_FOR = timedelta(days=180)


@public_page()
def robots(request):
    sitemap = whole_address(request, reverse("sitemap_index"))
    return render(request, "robots.txt", {"sitemap": sitemap}, content_type=PLAIN)


def security(request):
    """Where somebody who found a hole can write; not there as long as the operator names nobody."""
    if not settings.SECURITY_CONTACTS:
        raise Http404("SECURITY_CONTACT is not set")
    last_day = (timezone.now() + SECURITY_CONTACT_IS_GOOD_FOR).date()
    lines = [
        *(f"Contact: {as_uri(contact)}" for contact in settings.SECURITY_CONTACTS),
        f"Expires: {last_day}T00:00:00Z",
        "Preferred-Languages: de, en",
        f"Canonical: {whole_address(request, request.path)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


def as_uri(contact):
    """`security@example.org` as `mailto:security@example.org`; addresses of pages and numbers as they are."""
    return contact if ":" in contact else f"mailto:{contact}"


def favicon(request):
    """Browsers ask for it where a page names no icon, as in a PDF or a feed."""
    response = redirect(static("img/icon.svg"))
    response["Cache-Control"] = "max-age=86400"
    return response
