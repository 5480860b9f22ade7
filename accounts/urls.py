"""The addresses of django-allauth that staff need, and no other of it."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as codes
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as municipality
from allauth.usersessions import views as sessions
from django.contrib import admin
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from . import views

addresses = [
    # These three before the admin's own, under the same addresses.
    path("login/", views.sign_in, name="account_login"),
    path("logout/", admin.site.logout, name="account_logout"),
    path("password_change/", account.password_change, name="account_change_password"),
    path("konto/", second_factor.index, name="mfa_index"),
    path("konto/gesperrt/", account.account_inactive, name="account_inactive"),
    path("konto/bestaetigen/", account.reauthenticate, name="account_reauthenticate"),
    path("konto/bestaetigen/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("konto/bestaetigen/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("konto/neu-anmelden/", views.sign_in_again, name="account_sign_in_again"),
    path("konto/passwort/", account.password_set, name="account_set_password"),
    path("konto/passwort/vergessen/", account.password_reset, name="account_reset_password"),
    path("konto/passwort/vergessen/gesendet/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "konto/passwort/neu/gesetzt/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^konto/passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("konto/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("konto/app/", codes.activate_totp, name="mfa_activate_totp"),
    path("konto/app/entfernen/", codes.deactivate_totp, name="mfa_deactivate_totp"),
    path("konto/notfall-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("konto/notfall-codes/neu/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("konto/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("konto/passkeys/neu/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("konto/passkeys/anmelden/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("konto/passkeys/<int:pk>/entfernen/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("konto/anmeldungen/", sessions.list_usersessions, name="usersessions_list"),
    # 404 where no municipality is set up.
    path("konto/verwaltung/<slug:provider_id>/", views.to_municipality, name="openid_connect_login"),
    path("konto/verwaltung/<slug:provider_id>/zurueck/", municipality.callback, name="openid_connect_callback"),
]

# What is said about an account stays in no browser and no proxy.
for address in addresses:
    address.callback = never_cache(address.callback)

urlpatterns = addresses
