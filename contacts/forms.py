from django import forms

from .city_admin import CityForm
from .languages import INTERFACE_LANGUAGE_CHOICES, LANGUAGES, SOURCE_LANGUAGE
from .models import Contact, Membership, Role


class LanguagesField(forms.MultipleChoiceField):
    """Languages as check boxes, kept as a list of tags."""

    widget = forms.CheckboxSelectMultiple


class TextPerLanguageWidget(forms.Widget):
    """One line of text per language. Value: {tag: text}."""

    template_name = "admin/widgets/text_per_language.html"
    languages = ()
    use_fieldset = True

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        texts = value or {}
        context["inputs"] = [
            {"language": language, "name": f"{name}_{language.tag}", "text": texts.get(language.tag, "")}
            for language in self.languages
        ]
        return context

    def value_from_datadict(self, data, files, name):
        texts = {language.tag: data.get(f"{name}_{language.tag}", "").strip() for language in self.languages}
        return {tag: text for tag, text in texts.items() if text}

    def value_omitted_from_data(self, data, files, name):
        return False


class TextPerLanguageField(forms.Field):
    widget = TextPerLanguageWidget

    def __init__(self, *, max_length, **kwargs):
        super().__init__(**kwargs)
        self.max_length = max_length

    def validate(self, value):
        super().validate(value)
        for tag, text in value.items():
            if len(text) > self.max_length:
                raise forms.ValidationError(
                    f"{LANGUAGES[tag].german_name}: Der Text hat {len(text)} Zeichen, erlaubt sind {self.max_length}."
                )


class ContactForm(CityForm):
    function_translations = TextPerLanguageField(
        label="Aufgabe in anderen Sprachen",
        max_length=120,
        required=False,
        help_text="Ohne Übersetzung steht die deutsche Aufgabe da.",
    )

    class Meta:
        model = Contact
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("function_translations"):
            tags = self.instance.city.languages.exclude(language=SOURCE_LANGUAGE).values_list("language", flat=True)
            field.widget.languages = [LANGUAGES[tag] for tag in tags]
        if (field := self.fields.get("deputy")) and self.instance.pk:
            field.queryset = field.queryset.exclude(pk=self.instance.pk)

    def clean_function_translations(self):
        """Words in a language that the city has switched off are kept for the day it is switched on again."""
        offered = {language.tag for language in self.fields["function_translations"].widget.languages}
        kept = {tag: text for tag, text in self.instance.function_translations.items() if tag not in offered}
        return kept | self.cleaned_data["function_translations"]


class CityLanguageFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        if SOURCE_LANGUAGE not in [form.cleaned_data.get("language") for form in kept if hasattr(form, "cleaned_data")]:
            raise forms.ValidationError("Deutsch gehört immer dazu: Es steht da, wo eine Übersetzung fehlt.")


class MembershipForm(forms.ModelForm):
    languages = LanguagesField(
        label="Sprachen",
        choices=[choice for choice in INTERFACE_LANGUAGE_CHOICES if choice[0] != SOURCE_LANGUAGE],
        required=False,
        help_text="Nur für Übersetzer*innen: in welche Sprachen die Person übersetzt.",
    )

    class Meta:
        model = Membership
        fields = ["user", "city", "role", "languages"]

    def clean(self):
        if self.cleaned_data.get("role") == Role.TRANSLATOR and not self.cleaned_data.get("languages"):
            self.add_error(
                "languages", "Bitte wählen Sie mindestens eine Sprache für die Übersetzerin oder den Übersetzer."
            )
        return self.cleaned_data
