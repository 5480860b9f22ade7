from django import forms
from django.contrib.auth.models import User

from contacts.forms import LanguagesField
from contacts.languages import SOURCE_LANGUAGE, interface_language_choices
from contacts.models import Membership, Role


class MembershipForm(forms.ModelForm):
    languages = LanguagesField(
        label="Sprachen",
        choices=[choice for choice in interface_language_choices() if choice[0] != SOURCE_LANGUAGE],
        required=False,
        help_text="Nur für Übersetzer*innen: in welche Sprachen die Person übersetzt.",
    )

    class Meta:
        model = Membership
        fields = ["user", "city", "role", "languages"]

    def clean(self):
        if self.cleaned_data.get("role") == Role.TRANSLATOR and not self.cleaned_data.get("languages"):
            self.add_error("languages", "Bitte wählen Sie mindestens eine Sprache, in die diese Person übersetzt.")
        return self.cleaned_data


class ColleagueForm(MembershipForm):
    """Invites somebody by an e-mail address. CityScopedAdmin sets `city`."""

    city = None

    first_name = forms.CharField(label="Vorname", max_length=150)
    last_name = forms.CharField(label="Nachname", max_length=150)
    email = forms.EmailField(label="E-Mail", max_length=150, help_text="Dorthin geht die Einladung.")

    class Meta:
        model = Membership
        fields = ["role", "languages"]

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        self.known = User.objects.filter(email__iexact=email).order_by("pk").first()
        self.known = self.known or User.objects.filter(username=email).first()
        if self.known and self.known.memberships.filter(city=self.city).exists():
            raise forms.ValidationError("Diese Person ist in Ihrer Stadt schon eingetragen.")
        return email

    def _post_clean(self):
        self.instance.city = self.city
        super()._post_clean()

    def person(self):
        """Who has an account already, as in another city, keeps it: the mail says that there is one task more."""
        if self.known:
            return self.known
        data = self.cleaned_data
        return User.objects.create_user(
            data["email"], data["email"], first_name=data["first_name"], last_name=data["last_name"], is_staff=True
        )
