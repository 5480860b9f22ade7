"""Every address that a link opens, and the links that open nothing any more: for the walks of the tests."""

from datetime import timedelta

from django.urls import get_resolver, reverse
from django.utils import timezone

from invitations.models import Invitation
from tests.factories import make_invitation

Kind = Invitation.Kind

# Every view that is opened by a link, and by which kinds. A new one has to be entered here: see test_doors.py.
DOORS = {
    "invitations:open": {Kind.TRANSLATE, Kind.PREVIEW, Kind.APPROVE},
    "invitations:draft": {Kind.PREVIEW, Kind.APPROVE},
    "reviews:review": {Kind.REVIEW},
}


def registered_doors():
    """Name and pattern of every address that is made with `by_link`, or looks as if it were."""
    found = {}
    for resolver in get_resolver().url_patterns:
        for pattern in getattr(resolver, "url_patterns", []):
            kinds = getattr(pattern.callback, "kinds_of_link", None)
            if kinds or "<str:token>" in str(pattern.pattern).removesuffix("beleg/<str:token>/"):
                found[f"{resolver.app_name}:{pattern.name}"] = set(kinds or ())
    return found


def doors_of(kind, token, language="de"):
    return [reverse(name, args=[language, token]) for name, kinds in DOORS.items() if kind in kinds]


def closed_tokens(page, kind, language):
    """What opens nothing, each with a word for it; the page's own open link of that kind goes by the word "open"."""
    now = timezone.now()

    def token(**fields):
        return make_invitation(page, kind, language, **fields).token

    forged = token()
    another_kind = next(other for other in (Kind.TRANSLATE, Kind.PREVIEW, Kind.APPROVE) if other != kind)
    return {
        "forged": forged[:-1] + ("0" if forged[-1] != "0" else "1"),
        "forged, of another length": forged + "0",
        "empty but for a dot": ".",
        "expired": token(expires_at=now - timedelta(seconds=1)),
        "revoked": token(revoked_at=now),
        "with the signature of another kind": forged[:22]
        + make_invitation(page, another_kind, language, nonce="").token[22:],
    }
