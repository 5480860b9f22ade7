"""What every page has in common that somebody opens by a link of their own: no sign-in, no cookie, one thing."""

from functools import wraps

from django.http import Http404
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from inquiries.guard import is_from_elsewhere, read_post

from .closed import closed_page, refused_page
from .models import Invitation

# Where the links of each kind lead. Another app adds its own kind when it is ready: see `register`.
ADDRESSES = {
    Invitation.Kind.TRANSLATE: "invitations:open",
    Invitation.Kind.PREVIEW: "invitations:open",
    Invitation.Kind.APPROVE: "invitations:open",
}


class LinkIsClosed(Http404):
    """`invitation` is the one that was opened by this link once, or None for a link that never was one of ours."""

    def __init__(self, invitation=None):
        super().__init__("This link opens nothing.")
        self.invitation = invitation


def invitation_or_404(token, *kinds):
    """The open invitation of one of the kinds that the token belongs to. Raises LinkIsClosed, which is an Http404."""
    invitation = Invitation.objects.with_token(token)
    # Computed again: a row that somebody altered in the database, kind and all, opens nothing.
    if invitation is None or not constant_time_compare(invitation.token, token):
        raise LinkIsClosed
    if invitation.kind not in kinds or not invitation.is_open:
        raise LinkIsClosed(invitation)
    return invitation


def by_link(*kinds):
    """For views `(request, language, token, …)`: they get `(request, invitation, …)`, with `language` in the address.

    Nobody is signed in here whose rights another website could use, so there is no cookie: who knows the token may
    send the form. What another website sends is refused all the same.
    """

    def decorate(view):
        @csrf_exempt
        @wraps(view)
        def opened(request, language, token, **rest):
            try:
                invitation = invitation_or_404(token, *kinds)
                if request.method == "POST":
                    read_post(request)
                    if is_from_elsewhere(request):
                        return kept_secret(refused_page(request))
                note_opening(request, invitation)
                response = view(request, invitation, **rest)
            except LinkIsClosed as closed:
                response = closed_page(request, closed.invitation)
            return kept_secret(response)

        # The tests walk through every address that has it.
        opened.kinds_of_link = kinds
        return opened

    return decorate


def note_opening(request, invitation):
    """Not what a messenger or a browser fetches ahead: nobody has seen that yet."""
    if request.method == "POST" or (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
    ):
        invitation.opened()


def kept_secret(response):
    """The address is the key: it goes to no other site, into no cache and into no search engine."""
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def register(kind, view_name):
    """For apps above this one, in `ready`: the links of a kind lead to their view, made with `by_link(kind)`."""
    ADDRESSES[kind] = view_name


def path_of(invitation):
    return reverse(ADDRESSES[invitation.kind], args=[invitation.interface_language, invitation.token])
