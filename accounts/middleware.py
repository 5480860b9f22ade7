from django.shortcuts import redirect
from django.urls import reverse

from audit.log import origin

from .origin import shortened_address

# What somebody needs who is to set up a second factor first.
FREE_NAMES = {"account_login", "account_logout", "login", "logout", "jsi18n", "handbook", "handbook_page"}
OWN_ACCOUNT = "/admin/konto/"


def note_origin(get_response):
    """What is written into the audit trail during a request knows who and where from, without being told."""

    def middleware(request):
        with origin(lambda: getattr(request, "user", None), lambda: shortened_address(request)):
            return get_response(request)

    return middleware


def ask_for_second_factor(get_response):
    """Leads whoever needs a second factor to setting one up, before anything else of the admin."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, options):
        if not request.path_info.startswith("/admin/") or request.path_info.startswith(OWN_ACCOUNT):
            return None
        if request.resolver_match.url_name in FREE_NAMES:
            return None
        user = request.user
        if getattr(user, "needs_second_factor", False) and not user.has_second_factor:
            return redirect(reverse("mfa_index"))
        return None

    middleware.process_view = process_view
    return middleware
