"""What people see who come by a link."""

from .links import LinkIsClosed, by_link
from .models import Invitation

Kind = Invitation.Kind


@by_link(Kind.TRANSLATE, Kind.PREVIEW, Kind.APPROVE)
def open_invitation(request, invitation):
    """Shows what the invitation is for."""
    raise LinkIsClosed(invitation)
