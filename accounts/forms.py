"""allauth's forms in our words. The names of the fields of the sign-in stay what browsers have stored."""

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.models import User

from .backends import StaffBackend, account_of


def rename(form, **labels):
    for name, label in labels.items():
        form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def explain_password(field):
    field.help_text = (
        "Mindestens zwölf Zeichen. Drei oder vier zufällige Wörter sind gut zu merken und schwer zu erraten."
    )


class SignInForm(account_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, login="Benutzername oder E-Mail-Adresse", password="Passwort")  # noqa: S106
        self.fields["login"].widget.attrs |= {"autocomplete": "username webauthn", "autocapitalize": "none"}
        self.fields["password"].help_text = ""

    def add_prefix(self, field_name):
        return "username" if field_name == "login" else super().add_prefix(field_name)


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, password="Passwort")  # noqa: S106
        self.fields["password"].help_text = ""


class ResetPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, email="Ihre E-Mail-Adresse")

    def clean_email(self):
        """By the address of the account as it is now."""
        email = self.cleaned_data["email"].lower()
        user = account_of(email)
        is_meant = user and user.email.lower() == email and StaffBackend().user_can_authenticate(user)
        self.users = [user] if is_meant else []
        return email

    def save(self, request, **options):
        if self.users:
            return super().save(request, **options)
        email = self.cleaned_data["email"]
        context = {"user": User(), "username": "", "password_reset_url": request.build_absolute_uri("/")}
        get_adapter(request).send_mail("account/email/unknown_account", email, context)
        return email


class NewPasswordForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, password1="Neues Passwort", password2="Noch einmal dasselbe Passwort")
        explain_password(self.fields["password1"])


class FirstPasswordForm(account_forms.SetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, password1="Neues Passwort", password2="Noch einmal dasselbe Passwort")
        explain_password(self.fields["password1"])


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(
            self,
            oldpassword="Jetziges Passwort",
            password1="Neues Passwort",
            password2="Noch einmal das neue Passwort",
        )
        self.fields["oldpassword"].help_text = ""
        explain_password(self.fields["password1"])


CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none"}


class CodeForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, code="Code aus der App oder Notfall-Code")
        self.fields["code"].widget.attrs |= CODE


class ReauthenticateByCodeForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, code="Code aus der App oder Notfall-Code")
        self.fields["code"].widget.attrs |= CODE


class ActivateCodesForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rename(self, code="Code, den die App jetzt zeigt")
        self.fields["code"].widget.attrs |= CODE


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """Every passkey can be used without a password: it asks for a finger, a face or a PIN by itself."""

    name = forms.CharField(
        label="Name", max_length=60, required=False, help_text="Woran Sie das Gerät erkennen: „Diensthandy“, „Laptop“."
    )
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput, required=False)

    def clean_name(self):
        return self.cleaned_data["name"] or "Passkey"

    def clean(self):
        return super().clean() | {"passwordless": True}


class PersonCreationForm(forms.ModelForm):
    """A new account. Without a password the person gets a mail with a link to choose one."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email"]

    password1 = forms.CharField(
        label="Passwort",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Besser leer lassen: Dann bekommt die Person eine E-Mail und wählt selbst eines.",
    )
    password2 = forms.CharField(
        label="Noch einmal dasselbe Passwort",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first != second:
            self.add_error("password2", "Die beiden Passwörter sind nicht gleich. Bitte geben Sie beide neu ein.")
        if not first and not cleaned.get("email"):
            self.add_error("email", "Wohin soll die Einladung gehen? Bitte tragen Sie die E-Mail-Adresse ein.")
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if password := self.cleaned_data.get("password1"):
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password1", error)

    def save(self, commit=True):
        self.instance.set_password(self.cleaned_data["password1"] or None)
        return super().save(commit)
