"""What is written about accounts into the audit trail: in that of every city to which the person belongs."""

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as second_factor
from allauth.mfa.models import Authenticator

from audit.log import Action, record
from contacts.models import Membership

NAMES = {
    Authenticator.Type.TOTP: "App mit Codes",
    Authenticator.Type.WEBAUTHN: "Passkey",
    Authenticator.Type.RECOVERY_CODES: "Notfall-Code",
}
WAYS = {"password": "mit Passwort", "password_reset": "nach neuem Passwort", "socialaccount": "über die Verwaltung"}


def note(action, user, detail="", by=None):
    """Whoever belongs to no city, as operators do, is written down in the trail of the installation.

    Where somebody of several cities is, none of them learns: only the trail of the installation says it.
    """
    cities = [] if user.is_superuser else list(Membership.objects.filter(user=user).values_list("city_id", flat=True))
    is_of_several = len(cities) > 1
    for city_id in [None, *cities] if is_of_several else cities or [None]:
        with_address = city_id is None or not is_of_several
        record(action, user, city_id=city_id, by=by or user, detail=detail, with_address=with_address)


def note_failure(user):
    note(Action.FAILED, user)


def note_failure_of_nobody():
    """Without what was typed: it may be a password in the wrong field."""
    record(Action.FAILED, by="unbekannt", detail="mit einem Namen, den es nicht gibt")


def note_lock(user):
    note(Action.LOCKED, user, "für zehn Minuten, nach zehn falschen Passwörtern")


def way_of(request, user):
    """By what somebody came in: allauth keeps it in the session."""
    records = get_authentication_records(request, user)
    ways = [f"mit {NAMES[each['type']]}" if each["method"] == "mfa" else WAYS[each["method"]] for each in records]
    return ", ".join(dict.fromkeys(ways))


def signed_in(request, user, **_more):
    note(Action.SIGNED_IN, user, way_of(request, user))


def password_changed(user, **_more):
    note(Action.ACCOUNT, user, "Passwort geändert")


def password_reset(request, user, **_more):
    from allauth.account.adapter import get_adapter

    get_adapter(request).forget_wrong_passwords(request, user)
    note(Action.ACCOUNT, user, "Passwort über einen Link neu gesetzt")


def factor_added(user, authenticator, **_more):
    note(Action.ACCOUNT, user, f"{NAMES[authenticator.type]} eingerichtet")


def factor_removed(user, authenticator, **_more):
    note(Action.ACCOUNT, user, f"{NAMES[authenticator.type]} entfernt")


def factor_reset(user, authenticator, **_more):
    note(Action.ACCOUNT, user, f"{NAMES[authenticator.type]} neu gemacht")


def code_failed(user, **_more):
    note(Action.FAILED, user, "beim zweiten Faktor")


def listen():
    """allauth tells by signals what happened; they are the interface it offers for that."""
    for signal, receiver in (
        (account.user_logged_in, signed_in),
        (account.password_changed, password_changed),
        (account.password_set, password_changed),
        (account.password_reset, password_reset),
        (second_factor.authenticator_added, factor_added),
        (second_factor.authenticator_removed, factor_removed),
        (second_factor.authenticator_reset, factor_reset),
        (second_factor.authentication_failed, code_failed),
    ):
        signal.connect(receiver)
