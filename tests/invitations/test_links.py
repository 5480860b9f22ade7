"""What every link has in common: what opens it, what does not, and what its pages give away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from invitations.links import LinkIsClosed, invitation_or_404
from invitations.models import Invitation
from tests.factories import make_city, make_page

pytestmark = pytest.mark.django_db
Kind = Invitation.Kind


def invite(kind=Kind.PREVIEW, language="de", **fields):
    page = fields.pop("page", None) or make_page(make_city())
    return Invitation.objects.create(
        city=page.city, page=page, kind=kind, language=language, **{"name": "Mona Muster"} | fields
    )


def test_open_link_is_found_by_its_token():
    invitation = invite()
    assert invitation_or_404(invitation.token, Kind.PREVIEW, Kind.APPROVE) == invitation


def test_forged_token_opens_nothing_and_tells_nobody():
    invite()
    with pytest.raises(LinkIsClosed) as closed:
        invitation_or_404("x" * 54, Kind.PREVIEW)
    assert closed.value.invitation is None


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"kind": Kind.APPROVE},
    ],
    ids=["expired", "revoked", "of another kind"],
)
def test_link_that_is_over_opens_nothing_and_names_what_it_was(fields):
    invitation = invite(**fields)
    with pytest.raises(LinkIsClosed) as closed:
        invitation_or_404(invitation.token, Kind.PREVIEW)
    assert closed.value.invitation == invitation


def test_kind_altered_in_the_database_opens_nothing():
    invitation = invite()
    token = invitation.token
    Invitation.objects.update(kind=Kind.APPROVE)
    with pytest.raises(LinkIsClosed) as closed:
        invitation_or_404(token, Kind.APPROVE)
    assert closed.value.invitation is None
