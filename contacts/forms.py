from django import forms
from django.utils import timezone

from .city_admin import CityForm
from .languages import LANGUAGES, SOURCE_LANGUAGE
from .models import Contact
from .models.review import months_later
from .rights import name_of


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


# In the order in which they are asked.
REVIEW_FIELDS = [
    "owner_name",
    "owner_email",
    "deputy_name",
    "deputy_email",
    "review_every",
    "review_on",
    "last_verified",
]


def review_fieldset(reviewed):
    """Closed until somebody uses it."""
    is_used = reviewed is not None and any(getattr(reviewed, name) for name in REVIEW_FIELDS)
    return (
        "Zuständig und Prüfung",
        {
            "fields": [*REVIEW_FIELDS, "verified_by"],
            "classes": [] if is_used else ["collapse"],
            "description": "Ist die Prüfung fällig, bekommt die zuständige Person eine E-Mail mit einem Link. "
            "Sie sagt „Stimmt noch“ oder schlägt Ihnen eine Änderung vor. Diese Angaben veröffentlichen nichts.",
        },
    )


class ReviewedForm(CityForm):
    """A form for something that somebody looks after; who may only read it has none of these fields."""

    DAYS = ("review_on", "last_verified")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.DAYS:
            if name in self.fields:
                self.fields[name].show_hidden_initial = True

    def clean(self):
        cleaned = super().clean()
        if "review_every" in self.fields:
            self._keep_days_that_moved_meanwhile(cleaned)
            self._check_people(cleaned)
            self._check_day(cleaned)
            self._set_next_review(cleaned)
        return cleaned

    def note_who_verified(self, user):
        """Before saving: whoever writes another day into the form has looked, or knows who has."""
        if "last_verified" in self.changed_data:
            self.instance.verified_by = name_of(user) if self.instance.last_verified else ""

    def _keep_days_that_moved_meanwhile(self, cleaned):
        """While the form was open somebody may have answered by a link: days that nobody touched here are as stored."""
        for name in self.DAYS:
            if name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)

    def _check_people(self, cleaned):
        owner, deputy = (cleaned.get(name, "").lower() for name in ("owner_email", "deputy_email"))
        if (cleaned.get("review_every") or deputy) and not owner and "owner_email" not in self.errors:
            self.add_error(
                "owner_email",
                "Bitte tragen Sie die E-Mail der zuständigen Person ein. Ohne sie kann die Website niemanden bitten.",
            )
        if deputy and deputy == owner:
            self.add_error("deputy_email", "Die Vertretung braucht eine andere E-Mail als die zuständige Person.")

    def _check_day(self, cleaned):
        if (day := cleaned.get("last_verified")) and day > timezone.localdate():
            self.add_error(
                "last_verified", "Dieser Tag kommt erst noch. Bitte nehmen Sie heute oder einen früheren Tag."
            )

    def _set_next_review(self, cleaned):
        """The day follows the interval and the last review, unless somebody chose another one."""
        months, day_was_chosen = cleaned.get("review_every"), "review_on" in self.changed_data
        if months and not cleaned.get("review_on"):
            cleaned["review_on"] = months_later(timezone.localdate(), months)
        elif "last_verified" in self.changed_data and cleaned.get("last_verified") and months and not day_was_chosen:
            cleaned["review_on"] = months_later(cleaned["last_verified"], months)
        elif "review_every" in self.changed_data and not months and not day_was_chosen:
            cleaned["review_on"] = None


class ContactForm(ReviewedForm):
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
