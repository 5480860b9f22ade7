from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.guard import WordsField

from .models import LONGEST, VALID_FOR, Invitation


def end_of(day):
    """The instant at which a day is over here."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class InvitationForm(forms.ModelForm):
    """A link for somebody; what it opens is said by the address of the form."""

    ends_on = forms.DateField(
        label="Gilt bis",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Bis zum Ende dieses Tages, höchstens 90 Tage. Sie können den Link jederzeit widerrufen.",
    )

    class Meta:
        model = Invitation
        fields = ["name", "email"]
        help_texts = {
            "name": "Der Name steht später in „Frühere Fassungen“.",
            "email": "Dann schickt die Website den Link dorthin. Leer: Sie geben den Link selbst weiter.",
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.today = timezone.localdate()
        self.fields["ends_on"].initial = self.today + VALID_FOR
        self.fields["ends_on"].widget.attrs |= {"min": self.today.isoformat(), "max": self.last_day.isoformat()}

        if self.instance.goes_by_mail_only:
            self.fields["email"].required = True
            self.fields[
                "email"
            ].help_text = (
                "In Ihrer Stadt gilt das Vier-Augen-Prinzip: Der Link geht nur per E-Mail an die Person, die freigibt."
            )

    def clean_email(self):
        """Nobody approves alone what they wrote."""
        email = self.cleaned_data["email"]
        by = self.instance.created_by
        if self.instance.goes_by_mail_only and by and email.lower() == by.email.lower():
            raise forms.ValidationError("Das ist Ihre eigene Adresse. Freigeben muss eine andere Person.")
        return email

    @property
    def last_day(self):
        return self.today + LONGEST

    def clean_ends_on(self):
        day = self.cleaned_data["ends_on"]
        if not self.today <= day <= self.last_day:
            raise forms.ValidationError(
                f"Bitte wählen Sie einen Tag von heute bis zum {self.last_day:%d.%m.%Y}.", code="range"
            )
        self.instance.expires_at = end_of(day)
        return day


class RemarkForm(forms.Form):
    """What somebody says about a version that they were shown."""

    remark = WordsField(
        label=_("Ihre Anmerkung"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Bitte schreiben Sie, was wir ändern sollen.")},
    )
