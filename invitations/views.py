"""What people see who come by a link."""

from django.http import Http404

from .models import Invitation


def open_invitation(request, language, token):
    """Shows what the invitation of the token is for. A wrong, an expired and a revoked token are told apart nowhere."""
    invitation = Invitation.objects.with_token(token)
    if invitation is None or not invitation.is_open:
        raise Http404
    raise Http404
