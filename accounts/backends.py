from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, Value

from contacts.models import Membership


def account_of(login):
    """Whom somebody means who types a user name or an e-mail address; None if nobody or several."""
    found = list(User.objects.filter(Q(username=login) | Q(email__iexact=login))[:3])
    named = [user for user in found if user.username == login]
    if named:
        return named[0]
    return found[0] if len(found) == 1 else None


def demands_second_factor():
    demanded = Exists(Membership.objects.filter(user=OuterRef("pk"), city__second_factor_required=True))
    if settings.SECOND_FACTOR_FOR_OPERATORS:
        return demanded | Q(is_superuser=Value(True))
    return demanded


class StaffBackend(AuthenticationBackend):
    """Accounts are for the admin only. One query and one hash, whoever is named: no clock tells who has an account."""

    def _authenticate(self, request, **credentials):
        login = credentials.get("username") or credentials.get("email") or ""
        return self._check_password(account_of(login), credentials["password"])

    def user_can_authenticate(self, user):
        return user.is_active and user.is_staff

    def get_user(self, user_id):
        """With what middleware.ask_for_second_factor wants to know, so that no page costs a query more."""
        user = User.objects.annotate(
            needs_second_factor=demands_second_factor(),
            has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
        ).filter(pk=user_id)
        user = user.first()
        return user if user and self.user_can_authenticate(user) else None
