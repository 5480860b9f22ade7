"""What people can send: one form for each kind of inquiry."""

import phonenumbers
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from contacts.inquiry_kinds import InquiryKind
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE, SPOKEN_LANGUAGE_CHOICES
from contacts.templatetags.local_words import long_date

from .guard import EmailAddressField, GuardedForm, LineField, SomeChoicesField, WordsField
from .lead_time import earliest_date
from .models import Inquiry
from .models.settings import ExcludedTopic, Institution
from .questions import GERMAN, QUESTIONS, QUESTIONS_OF_KIND, option_label

LONGEST_ADDRESS = 300
FEWEST_DIGITS = 5

MISSING = {"required": _("Bitte füllen Sie dieses Feld aus.")}
NOT_CHOSEN = {
    "required": _("Bitte wählen Sie etwas aus."),
    "invalid_choice": _("Bitte wählen Sie etwas aus der Liste."),
}
# Browsers without a calendar let people write.
WAYS_TO_WRITE_A_DATE = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]


class PhoneField(LineField):
    """Kept as it was typed: whoever calls back knows what to make of `0521 / 123 (ab 18 Uhr)`."""

    widget = forms.TextInput(
        {"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr", "class": "written-ltr"}
    )
    default_error_messages = {"invalid": _("Das ist keine Telefonnummer. Bitte prüfen Sie die Ziffern.")}

    def __init__(self, **options):
        super().__init__(max_length=40, **options)

    def validate(self, value):
        super().validate(value)
        if value and not could_be_called(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


def could_be_called(written):
    """Also without area code: staff call from the same town."""
    if sum(letter.isdigit() for letter in written) < FEWEST_DIGITS:
        return False
    try:
        number = phonenumbers.parse(written, "DE")
    except phonenumbers.NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason not in (phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.TOO_LONG)


def email_field():
    return EmailAddressField(
        label=_("E-Mail"),
        required=False,
        error_messages={"invalid": _("Diese E-Mail-Adresse stimmt nicht. Richtig ist zum Beispiel: name@example.org")},
        widget=forms.EmailInput(
            {"autocomplete": "email", "inputmode": "email", "dir": "ltr", "class": "written-ltr", "spellcheck": "false"}
        ),
    )


class ConfirmationField(forms.BooleanField):
    """What is confirmed may be long. `summary_label` names it in the list of errors."""

    default_error_messages = {"required": _("Bitte setzen Sie hier einen Haken.")}

    def __init__(self, *, summary_label, **options):
        super().__init__(**options)
        self.summary_label = summary_label


def name_field(label, **options):
    return LineField(label=label, max_length=120, widget=forms.TextInput({"autocomplete": "name"}), **options)


def one_of(name, choices=None):
    """A question of questions.py to which there is one answer."""
    question = QUESTIONS[name]
    return forms.ChoiceField(
        label=question.label,
        choices=choices or question.options,
        widget=forms.RadioSelect({"class": "in-columns"}),
        error_messages=NOT_CHOSEN,
    )


def some_of(name, **options):
    """A question of questions.py to which there may be several answers."""
    question = QUESTIONS[name]
    defaults = {"widget": forms.CheckboxSelectMultiple({"class": "in-columns"}), "error_messages": NOT_CHOSEN}
    return SomeChoicesField(label=question.label, choices=question.options, **defaults | options)


class LanguageCheckboxes(forms.CheckboxSelectMultiple):
    """Every language by its own name; those that are asked for less stand in a part that opens."""

    template_name = "inquiries/widgets/languages.html"
    first = 0  # so many choices are always seen

    def create_option(self, name, value, *args, **options):
        language = LANGUAGES[str(value)]
        return super().create_option(name, value, *args, **options) | {"language": language}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        every = [option for _group, options, _index in context["widget"]["optgroups"] for option in options]
        shown, more = every[: self.first], every[self.first :]
        return context | {
            "shown": shown,
            "more": more,
            "is_open": any(option["selected"] for option in more),
            "is_german": get_language() in GERMAN,
        }


class InquiryForm(GuardedForm):
    """What all forms have in common: how it is drawn, and what becomes of it."""

    kind = None

    def __init__(self, *args, site, **options):
        super().__init__(*args, instant=site.instant, **options)
        self.site = site
        for field in self.fields.values():
            if isinstance(field, LineField | WordsField):
                # German and Arabic look right as soon as they are typed.
                field.widget.attrs.setdefault("dir", "auto")
                field.error_messages |= MISSING
        self.helper = FormHelper()
        self.helper.form_tag = False
        # The page shows their summary above all else.
        self.helper.form_show_errors = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("form_key", Field("website", template="inquiries/_trap.html"), *self.layout())

    def layout(self):
        raise NotImplementedError

    def typed(self):
        """What was sent, as it was, for a fresh form."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
            if name not in ("form_key", "website")
        }

    def answers(self):
        given = ((name, self.cleaned_data.get(name)) for name in QUESTIONS_OF_KIND[self.kind])
        return {name: answer for name, answer in given if answer}

    def inquiry(self):
        """Not saved yet."""
        words = ("subject", "message", "name", "phone", "email")
        return Inquiry(
            city=self.site.city,
            kind=self.kind,
            language=self.site.language.tag,
            received_at=self.site.instant,
            answers=self.answers(),
            **{name: self.cleaned_data.get(name, "") for name in words},
        )


class AnsweredForm(InquiryForm):
    """People can only be answered if they say how."""

    phone = PhoneField(label=_("Telefon"), required=False)
    email = email_field()
    name = name_field(_("Wie dürfen wir Sie nennen?"), required=False)

    def clean(self):
        cleaned = super().clean()
        tried = cleaned.get("phone") or cleaned.get("email") or {"phone", "email"} & self.errors.keys()
        if not tried:
            self.add_error(
                "phone", ValidationError(_("Bitte schreiben Sie Ihre Telefonnummer oder Ihre E-Mail-Adresse."))
            )
        return cleaned

    @staticmethod
    def ways_to_answer(legend, *more):
        return Fieldset(legend, "phone", "email", *more, template="inquiries/_ways_to_answer.html")


class ContactForm(AnsweredForm):
    kind = InquiryKind.CONTACT
    field_order = ("subject", "message")

    subject = LineField(label=_("Betreff"), required=False, max_length=120)
    message = WordsField(
        label=_("Ihre Nachricht"),
        widget=forms.Textarea({"rows": 7}),
        help_text=_("Schreiben Sie in Ihrer Sprache. Es muss nicht perfekt sein."),
    )

    def layout(self):
        return ["subject", "message", self.ways_to_answer(gettext("Wie sollen wir antworten?"), "name")]


class HelpForm(AnsweredForm):
    kind = InquiryKind.HELP
    field_order = ("topics", "languages", "child_age", "message", "phone", "email", "reachable", "name")

    topics = some_of(
        "topics",
        required=False,
        help_text=format_lazy(
            "{} {}",
            _("Bitte wählen Sie ein Thema. Oder schreiben Sie unten, worum es geht."),
            _("Sie können mehrere Themen wählen."),
        ),
    )
    languages = some_of("languages", widget=LanguageCheckboxes)
    child_age = some_of(
        "child_age",
        required=False,
        help_text=_("Nur wenn es um ein Kind geht. Bei mehreren Kindern können Sie mehrere wählen."),
    )
    reachable = some_of("reachable", required=False, help_text=_("Sie können mehrere Zeiten wählen."))
    message = WordsField(
        label=_("Möchten Sie noch etwas sagen?"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Schreiben Sie in Ihrer Sprache. Es muss nicht perfekt sein."),
    )

    def __init__(self, *args, site, **options):
        super().__init__(*args, site=site, **options)
        first, more = asked_most(site)
        self.fields["languages"].widget.first = len(first)
        self.fields["languages"].choices = [(tag, LANGUAGES[tag].german_name) for tag in [*first, *more]]
        # Whoever fills in the German form for somebody else has to say which language it is.
        if site.language.tag in first and site.language.tag not in GERMAN:
            self.fields["languages"].initial = [site.language.tag]

    def layout(self):
        contact = self.ways_to_answer(gettext("Wie erreichen wir Sie?"), "reachable", "name")
        return ["topics", Field("languages"), "child_age", "message", contact]

    def clean(self):
        cleaned = super().clean()
        tried = cleaned.get("topics") or cleaned.get("message") or {"topics", "message"} & self.errors.keys()
        if not tried:
            words = _("Bitte wählen Sie ein Thema. Oder schreiben Sie unten, worum es geht.")
            self.add_error("topics", ValidationError(words))
        return cleaned


# As many as a phone shows without much scrolling.
SHOWN_AT_ONCE = 10


def asked_most(site):
    """Tags of the languages to choose: the reader's and those of the city's pages, and then all others."""
    spoken = [tag for tag, _name in SPOKEN_LANGUAGE_CHOICES]
    pages = [language.tag for language in [site.language, *site.languages] if language.tag in spoken]
    first = list(dict.fromkeys(pages))[:SHOWN_AT_ONCE]
    return first, [tag for tag in spoken if tag not in first]


class InterpreterForm(AnsweredForm):
    kind = InquiryKind.INTERPRETER
    field_order = (
        *("institution_kind", "institution", "name", "phone", "email"),
        *("language", "wish", "talk_topic", "date", "time", "duration", "manner", "place", "message"),
    )

    institution_kind = one_of("institution_kind")
    institution = LineField(
        label=QUESTIONS["institution"].label, max_length=160, widget=forms.TextInput({"autocomplete": "organization"})
    )
    language = forms.ChoiceField(label=QUESTIONS["language"].label, error_messages=NOT_CHOSEN)
    wish = LineField(
        label=QUESTIONS["wish"].label,
        required=False,
        max_length=160,
        help_text=_("Zum Beispiel: Arabisch aus dem Irak, oder eine Frau soll dolmetschen."),
    )
    date = forms.DateField(
        label=QUESTIONS["date"].label,
        input_formats=WAYS_TO_WRITE_A_DATE,
        error_messages=MISSING | {"invalid": _("Diesen Tag gibt es nicht. Schreiben Sie zum Beispiel: 24.03.2027")},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    time = forms.TimeField(
        label=QUESTIONS["time"].label,
        error_messages=MISSING | {"invalid": _("Diese Uhrzeit gibt es nicht. Schreiben Sie zum Beispiel: 14:30")},
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    duration = one_of("duration")
    manner = one_of("manner")
    place = LineField(
        label=QUESTIONS["place"].label,
        required=False,
        max_length=160,
        help_text=_("Straße, Hausnummer und Raum. Nur wenn jemand zu Ihnen kommen soll."),
    )
    talk_topic = one_of("talk_topic")
    message = WordsField(
        label=_("Was müssen wir noch wissen?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Bitte nennen Sie keine Namen und keine Daten der Menschen, um die es geht."),
    )
    nothing_excluded = ConfirmationField(summary_label=_("Themen des Gesprächs"))
    no_client_data = ConfirmationField(
        summary_label=_("Keine Daten von Klient*innen"),
        label=_(
            "In dieser Anfrage stehen keine Daten von Klient*innen: keine Namen, keine Geburtsdaten, keine Adressen."
        ),
    )

    def __init__(self, *args, site, rules, **options):
        self.rules = rules
        super().__init__(*args, site=site, **options)
        self.fields["name"].label = _("Mit wem können wir sprechen?")
        self.fields["name"].required = True
        self.earliest = earliest_date(rules, site.today)
        self.ask_only_what_the_rules_allow()

    def ask_only_what_the_rules_allow(self):
        fields = self.fields
        fields["institution_kind"].choices = [
            each for each in Institution.choices if each[0] in self.rules.institutions
        ]
        tags = self.rules.languages or [tag for tag, _name in SPOKEN_LANGUAGE_CHOICES if tag != SOURCE_LANGUAGE]
        languages = [(tag, option_label("language", tag)) for tag in tags]
        fields["language"].choices = [("", _("Bitte wählen Sie")), *languages]
        fields["date"].widget.attrs["min"] = self.earliest.isoformat()
        fields["date"].help_text = _("Frühestens am %(date)s.") % {"date": long_date(self.earliest, self.site.language)}
        topics = [str(label) for value, label in ExcludedTopic.choices if value in self.rules.excluded_topics]
        if topics:
            label = _("Das Gespräch gehört zu keinem dieser Themen: %(topics)s")
            fields["nothing_excluded"].label = label % {"topics": "; ".join(topics)}
        else:
            del fields["nothing_excluded"]

    def layout(self):
        confirmations = ["nothing_excluded"] if self.rules.excluded_topics else []
        return [
            Fieldset(gettext("Ihre Einrichtung"), "institution_kind", "institution", "name"),
            self.ways_to_answer(gettext("Wie erreichen wir Sie?")),
            Fieldset(
                gettext("Das Gespräch"),
                *("language", "wish", "talk_topic", "date", "time", "duration", "manner", "place", "message"),
            ),
            Fieldset(gettext("Bitte bestätigen Sie"), *confirmations, "no_client_data"),
        ]

    def clean_date(self):
        date = self.cleaned_data["date"]
        if date < self.earliest:
            words = _("Dieser Tag ist zu früh. Der erste mögliche Tag ist der %(date)s.")
            raise ValidationError(words, params={"date": long_date(self.earliest, self.site.language)})
        return date

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("manner") == "on_site" and not cleaned.get("place") and "place" not in self.errors:
            self.add_error("place", ValidationError(_("Bitte schreiben Sie, wohin jemand kommen soll.")))
        return cleaned

    def answers(self):
        """Day and time as they are read in every language of the site."""
        written = {"date": f"{self.cleaned_data['date']:%d.%m.%Y}", "time": f"{self.cleaned_data['time']:%H:%M}"}
        return super().answers() | written


class BarrierForm(InquiryForm):
    kind = InquiryKind.BARRIER

    page_address = LineField(
        label=QUESTIONS["page_address"].label,
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Die Adresse der Seite, oder wie sie heißt."),
    )
    message = WordsField(
        label=_("Was können Sie nicht lesen oder nicht benutzen?"),
        widget=forms.Textarea({"rows": 7}),
        help_text=_("Wenn Sie möchten, schreiben Sie auch: Welches Gerät und welche Hilfsmittel benutzen Sie?"),
    )
    phone = PhoneField(label=_("Telefon"), required=False)
    email = email_field()
    name = name_field(_("Wie dürfen wir Sie nennen?"), required=False)

    def layout(self):
        legend = gettext("Wie sollen wir antworten?")
        ways = Fieldset(legend, "phone", "email", "name", template="inquiries/_free_to_answer.html")
        return ["page_address", "message", ways]


FORMS = {form.kind: form for form in (ContactForm, HelpForm, InterpreterForm, BarrierForm)}
