"""Who may do what in which city."""

from .models.city import MANAGERS, PUBLISHERS, WRITERS, Membership, Role

__all__ = ["MANAGERS", "PUBLISHERS", "WRITERS", "Role", "has_role", "memberships", "name_of", "translates_into"]


def memberships(user):
    """The user's memberships by city id; asked once per request."""
    if not hasattr(user, "_memberships_by_city"):
        found = Membership.objects.filter(user=user) if user.is_active else []
        user._memberships_by_city = {membership.city_id: membership for membership in found}
    return user._memberships_by_city


def name_of(user):
    """As staff know each other."""
    return user.get_full_name() or user.get_username()


def has_role(user, roles, city_id=None):
    """Whether the user has one of the roles in the city, or in any city if none is given."""
    if user.is_active and user.is_superuser:
        return True
    mine = memberships(user)
    candidates = mine.values() if city_id is None else [mine[city_id]] if city_id in mine else []
    return any(membership.role in roles for membership in candidates)


def translates_into(user, language, city_id):
    """Writers write in every language; translators in theirs."""
    if has_role(user, WRITERS, city_id):
        return True
    membership = memberships(user).get(city_id)
    return bool(membership and membership.role == Role.TRANSLATOR and language in membership.languages)
