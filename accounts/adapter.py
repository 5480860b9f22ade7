"""What django-allauth asks us: who may come in, what is said, and how mails go out."""

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from inquiries.letters import address_of_site

from . import browsers, letters, trail
from .backends import StaffBackend, account_of
from .origin import NOWHERE, shortened_address

WRONG = "Benutzername oder Passwort stimmt nicht. Bitte prüfen Sie die Schreibweise, auch groß und klein."
LOCKED = (
    "Das Passwort war zu oft falsch. Bitte warten Sie zehn Minuten. Mit einem Passkey kommen Sie auch jetzt hinein."
)
WRONG_CODE = "Der Code stimmt nicht. Bitte geben Sie den neuesten Code ein."

PER_ACCOUNT = settings.ACCOUNT_RATE_LIMITS["login_failed"].rpartition(",")[2]
# So many names that nobody has are written down in an hour: nobody fills the audit trail from outside.
PER_HOUR = "100/h/key"


def may_fail(request, rate, key, dry_run=False):
    """Whether there is one attempt left, of this rate alone."""
    limit = {"app": "allauth.account", "action": "login_failed", "config": {"login_failed": rate}}
    return ratelimit.consume(request, **limit, key=key, dry_run=dry_run) is not None


class StaffAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "too_many_login_attempts": LOCKED,
        "incorrect_password": "Das Passwort stimmt nicht. Bitte geben Sie es noch einmal ein.",
        "enter_current_password": "Das ist nicht Ihr jetziges Passwort. Bitte geben Sie es noch einmal ein.",
        "invalid_password_reset": "Dieser Link gilt nicht mehr.",
        "rate_limited": "Das waren zu viele Versuche. Bitte warten Sie einige Minuten.",
        "account_inactive": "Dieser Zugang ist gesperrt. Bitte fragen Sie die Leitung Ihres Zentrums.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """By it strangers are counted. Where nobody can be told apart, none of them uses up what is left for staff.

        Of who is signed in it is kept beside the session, and has to be an address.
        """
        address = shortened_address(request)
        if address == NOWHERE and not request.user.is_authenticated:
            return f"unknown-{secrets.token_hex(8)}"
        return address

    def is_safe_url(self, url):
        """After the sign-in one is led to the admin of this very host, and nowhere else."""
        url = url or ""
        is_admin = url.startswith("/admin/") and "\\" not in url
        return is_admin and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def is_reauthentication_required(self, *, app, **options):
        """Who has just signed in need not do so again at once."""
        records = get_authentication_records(self.request, self.request.user)
        just_now = bool(records) and timezone.now().timestamp() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT
        return not just_now and super().is_reauthentication_required(app=app, **options)

    def get_reauthentication_methods(self, user):
        """Who comes by the account of a municipality only has neither password nor code: signing in anew is left."""
        methods = super().get_reauthentication_methods(user)
        if methods or not user.is_authenticated:
            return methods
        return [{"id": "sign_in_again", "description": "Neu anmelden", "url": reverse("account_sign_in_again")}]

    # --- Wrong passwords ---

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Counted per account, by whatever name it is called.

        A browser by which the person signed in before has a count of its own: no stranger locks that one.
        """
        login = credentials.get("username") or credentials.get("email") or ""
        user = account_of(login)
        if user is None:
            return f"name:{login.lower()}"
        return f"account:{user.pk}:{'known' if browsers.is_known(request, user) else 'unknown'}"

    def authentication_failed(self, request, **credentials):
        """The same work, whether there is such an account or not: no clock tells."""
        user = account_of(credentials.get("username") or credentials.get("email") or "")
        if user is None:
            if may_fail(request, PER_HOUR, "nobody"):
                trail.note_failure_of_nobody()
            return
        key = self._get_login_attempts_cache_key(request, **credentials)
        is_locked = not may_fail(request, PER_ACCOUNT, key, dry_run=True)
        with transaction.atomic():
            trail.note_failure(user)
            if is_locked:
                trail.note_lock(user)
                letters.tell(user, "locked", request)

    def forget_wrong_passwords(self, request, user):
        for known in ("known", "unknown"):
            key = f"account:{user.pk}:{known}"
            ratelimit.clear(request, app="allauth.account", action="login_failed", key=key)

    # --- After the sign-in ---

    def pre_login(self, request, user, **options):
        """By whatever way somebody comes: accounts are for staff."""
        if not StaffBackend().user_can_authenticate(user):
            user.is_active = False  # allauth leads to the page that says so
        return super().pre_login(request, user, **options)

    def post_login(self, request, user, **options):
        response = super().post_login(request, user, **options)
        if not browsers.is_known(request, user):
            letters.tell(user, "new_browser", request)
        browsers.remember(request, response, user)
        return response

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")

    # --- Mails ---

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        letters.tell(user, template_prefix.rpartition("/")[2], self.request, **(context or {}))

    def send_mail(self, template_prefix, email, context):
        """Of the links in mails none is built from the name by which somebody called us."""
        template = template_prefix.rpartition("/")[2]
        link = context.get("password_reset_url", "")
        words = {"days": letters.days_of_link(), "password_reset_url": "{link}"}
        mail = letters.write(template, email, letters.circumstances(self.request) | context | words, secret_link=link)
        if template == "unknown_account":
            # The same work as for an account, so that no clock tells; but nobody gets mails by it.
            with transaction.atomic():
                mail.save()
                mail.delete()
        else:
            letters.post(mail)

    def get_reset_password_from_key_url(self, key):
        return address_of_site(self.request) + letters.path_of_key(key)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "Sie brauchen einen zweiten Faktor. Richten Sie zuerst einen anderen ein.",
    }

    def _get_site_name(self):
        return "KI-Redaktion"

    def _get_user_identifier(self, user):
        return user.get_username()

    def build_totp_svg(self, url):
        return ""  # the template draws the square itself

    def generate_authenticator_name(self, user, type):
        return ""


def is_of_municipality(email):
    """Whether the server may speak for this address."""
    domains = settings.OIDC_EMAIL_DOMAINS
    return not domains or email.rpartition("@")[2] in domains


class MunicipalAccountAdapter(DefaultSocialAccountAdapter):
    """Who comes by the account of a municipality has to have an account here: none is made."""

    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        if sociallogin.is_existing:
            user = sociallogin.user
        else:
            user = self.member_of_staff(sociallogin)
            if user:
                sociallogin.connect(request, user)
        if user is None or not StaffBackend().user_can_authenticate(user):
            self.refuse(request)

    def member_of_staff(self, sociallogin):
        """By an address that the municipality vouches for, if exactly one account has it.

        Never an operator: that server would hold the keys to the whole installation.
        """
        verified = [each.email.lower() for each in sociallogin.email_addresses if each.verified]
        if len(verified) != 1 or not is_of_municipality(verified[0]):
            return None
        user = account_of(verified[0])
        return user if user and user.email.lower() == verified[0] and not user.is_superuser else None

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        self.refuse(
            request, "Die Anmeldung über Ihre Verwaltung hat nicht geklappt. Bitte versuchen Sie es noch einmal."
        )

    def refuse(self, request, words=""):
        words = words or (
            "Zu diesem Konto Ihrer Verwaltung gibt es hier keinen Zugang. "
            "Bitten Sie die Leitung Ihres Zentrums um eine Einladung."
        )
        messages.error(request, words)
        raise ImmediateHttpResponse(redirect("account_login"))

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        letters.tell(user, template_prefix.rpartition("/")[2], self.request)
