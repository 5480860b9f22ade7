"""What the owner of something can propose. Nothing of it changes what visitors see."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contacts.languages import SOURCE_LANGUAGE
from contacts.models.contact import phone_uri
from inquiries.forms import MISSING
from inquiries.guard import EmailAddressField, LineField, WordsField

from .models import ProposedChange

LTR = {"dir": "ltr", "class": "written-ltr", "autocomplete": "off"}


class PhoneField(LineField):
    widget = forms.TextInput({"type": "tel", "inputmode": "tel"} | LTR)

    def validate(self, value):
        super().validate(value)
        if value:
            try:
                phone_uri(value)
            except ValidationError:
                raise ValidationError(_("Das ist keine Telefonnummer. Bitte prüfen Sie die Ziffern.")) from None


class ProposalForm(forms.Form):
    remark = WordsField(
        label=_("Was ist nicht mehr richtig?"), widget=forms.Textarea({"rows": 6}), error_messages=MISSING
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False

    def proposal(self):
        """For a ProposedChange."""
        return {"remark": self.cleaned_data["remark"]}


class ContactProposalForm(ProposalForm):
    """The ways to reach somebody as they stand on the website, to be written over."""

    phone = PhoneField(label=_("Telefon"), required=False, max_length=40)
    mobile = PhoneField(label=_("Mobil"), required=False, max_length=40)
    email = EmailAddressField(
        label=_("E-Mail"),
        required=False,
        error_messages={"invalid": _("Diese E-Mail-Adresse stimmt nicht. Richtig ist zum Beispiel: name@example.org")},
        widget=forms.EmailInput({"spellcheck": "false"} | LTR),
    )
    room = LineField(label=_("Raum"), required=False, max_length=40)
    hours = WordsField(label=_("Öffnungszeiten"), required=False, widget=forms.Textarea({"rows": 6}))
    languages = WordsField(label=_("Sprachen"), required=False, widget=forms.Textarea({"rows": 2}))
    remark = WordsField(label=_("Was sonst noch?"), required=False, widget=forms.Textarea({"rows": 4}))
    # What stood in the fields when the page was opened: staff may change the contact meanwhile.
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    FIELDS = (*ProposedChange.CONTACT_FIELDS, "hours", "languages")
    field_order = [*FIELDS, "remark", "seen"]

    def __init__(self, *args, contact, **options):
        values = values_of(contact)
        super().__init__(*args, initial=values | {"seen": values}, **options)

    def clean_seen(self):
        seen = self.cleaned_data["seen"]
        if not isinstance(seen, dict):
            return {}
        return {name: text[:4000] for name in self.FIELDS if isinstance(text := seen.get(name), str)}

    def clean(self):
        seen = self.cleaned_data.get("seen", {})
        self.new = {
            name: self.cleaned_data[name]
            for name in self.FIELDS
            if name in self.cleaned_data and self.cleaned_data[name] != seen.get(name, "")
        }
        if not self.errors and not self.new and not self.cleaned_data.get("remark"):
            raise ValidationError(
                _("Sie haben noch nichts geändert. Ist alles richtig? Dann drücken Sie „Ja, stimmt noch“.")
            )
        return self.cleaned_data

    def proposal(self):
        seen = self.cleaned_data["seen"]
        return super().proposal() | {"new": self.new, "old": {name: seen.get(name, "") for name in self.new}}


def values_of(contact):
    """Of a contact of cards(): what the form asks, as text in German."""
    with override(SOURCE_LANGUAGE):
        return {name: getattr(contact, name) for name in ProposedChange.CONTACT_FIELDS} | {
            "hours": "\n".join(hours_line(line) for line in contact.hours),
            "languages": ", ".join(language.german_name for language in contact.spoken_languages),
        }


def hours_line(line):
    days = [f"{name} {day:%d.%m.%Y}" for name, day in (("ab", line.valid_from), ("bis", line.valid_until)) if day]
    return ", ".join([str(line), *days])
