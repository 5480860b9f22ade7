from django import forms

from contacts.languages import INTERFACE_LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City
from contacts.rights import translates_into

from .reading import LARGEST_FILE

TRANSLATED_LANGUAGES = [language for language in INTERFACE_LANGUAGES if language.tag != SOURCE_LANGUAGE]


def languages_written_by(user):
    """In which languages the user may write in at least one city."""
    cities = City.objects.editable_by(user).values_list("pk", flat=True)
    return [
        language
        for language in TRANSLATED_LANGUAGES
        if any(translates_into(user, language.tag, city_id) for city_id in cities)
    ]


class UploadForm(forms.Form):
    language = forms.ChoiceField(label="Sprache der Übersetzung")
    file = forms.FileField(
        label="Datei vom Übersetzungsbüro",
        widget=forms.FileInput(attrs={"accept": ".xlf,.xliff"}),
        help_text="Eine XLIFF-Datei (.xlf), die hier exportiert wurde.",
        error_messages={"required": "Bitte wählen Sie die Datei aus, die das Übersetzungsbüro zurückgegeben hat."},
    )

    def __init__(self, *args, languages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(language.tag, language.german_name) for language in languages]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("Die Datei ist zu groß. Bitte teilen Sie sie, zum Beispiel nach Seiten.")
        return file
