import json

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from contacts.city_admin import CityForm
from contacts.collisions import in_words
from contacts.forms import REVIEW_FIELDS, ReviewedForm
from contacts.languages import SOURCE_LANGUAGE

from .differences import compare_texts
from .models import Document, FocusArea, Image, Page, PageRevision, PageTranslation
from .models.link import for_form
from .models.page import RESERVED_SLUGS
from .translation_rows import TranslationRows, was_source
from .widgets import FocalPointInput

# German letters as a reader would write them without umlauts; slugify alone would drop the e.
TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


class DateTimeInput(forms.DateTimeInput):
    """One labelled control for day and time, drawn by the browser."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class TextForm(forms.ModelForm):
    """The words of a page in one language, with the time at which they shall become public.

    `conflicting` is the stored text when somebody else saved while this form was open.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    publish_at = forms.DateTimeField(
        label="Veröffentlichen am",
        required=False,
        widget=DateTimeInput,
        help_text="Leer: sofort. Sonst erscheint der Text zu dieser Zeit von selbst und ersetzt den bisherigen.",
    )
    publish_until = forms.DateTimeField(
        label="Öffentlich bis",
        required=False,
        widget=DateTimeInput,
        help_text="Leer: ohne Ende. Sonst verschwindet der Text zu dieser Zeit von selbst.",
    )

    conflicting = None

    class Meta:
        model = PageTranslation
        fields = [*PageTranslation.TEXT_FIELDS, "picture", "picture_is_decorative"]
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "summary": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "situation": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "for_whom": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "steps": forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
            "bring": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
            "not_here": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "cost_note": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "picture_alternative": forms.TextInput(attrs={"class": "vLargeTextField"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].required = True
        self.initial["seen_version"] = self.instance.version
        if self.instance.pk:
            self.initial["body"] = for_form(self.instance.body, self.instance.page, self.instance.language)
            self.initial["publish_until"] = self._end_of_public_text()

    def _end_of_public_text(self):
        """A corrected text keeps the end it had, unless somebody takes it out."""
        live = self.instance.revisions.live().first()
        waits = self.instance.revisions.filter(visible_from__gt=timezone.now()).first()
        return waits.previous_until if waits and waits.shortens_previous else live and live.visible_until

    def clean(self):
        super().clean()
        self._check_dates()
        self._check_nobody_saved_meanwhile()
        return self.cleaned_data

    def _check_dates(self):
        if "_publish" not in self.data:
            return  # a draft can be saved whatever the time
        starts, ends = self.cleaned_data.get("publish_at"), self.cleaned_data.get("publish_until")
        if starts and starts <= timezone.now():
            self.add_error(
                "publish_at",
                "Dieser Zeitpunkt ist schon vorbei. Lassen Sie das Feld leer, um sofort zu veröffentlichen.",
            )
        if ends and ends <= (starts or timezone.now()):
            self.add_error(
                "publish_until",
                "„Öffentlich bis“ liegt vor dem Veröffentlichen. Bitte wählen Sie einen späteren Zeitpunkt.",
            )

    def _check_nobody_saved_meanwhile(self):
        stored = PageTranslation.objects.select_for_update(of=("self",)).filter(pk=self.instance.pk).first()
        if stored is None or stored.version == self.cleaned_data.get("seen_version"):
            return
        self.conflicting = stored
        # The next save is made knowing the other text, so it may go through.
        self.data = self.data.copy()
        self.data[self.add_prefix("seen_version")] = stored.version
        who = stored.updated_by.get_full_name() or stored.updated_by.username if stored.updated_by else "Jemand"
        when = date_format(timezone.localtime(stored.updated_at), "H:i")
        raise forms.ValidationError(
            f"{who} hat diesen Text um {when} Uhr gespeichert, während Sie ihn bearbeitet haben. "
            "Ihr Text steht noch hier und ist noch nicht gespeichert. "
            "Direkt unter dieser Meldung sehen Sie den anderen Text. "
            "Übernehmen Sie daraus, was Sie brauchen, und speichern Sie dann noch einmal.",
            code="conflict",
        )

    @property
    def _text_fields(self):
        return [name for name in PageTranslation.TEXT_FIELDS if name in self.fields]

    def differences_from_conflicting(self):
        """From the other's text, which is stored, to the one in this form, which is cleaned as it would be stored."""
        return compare_texts(self.conflicting, self._own_text(), self._text_fields)

    def _own_text(self):
        mine = PageTranslation(**{name: self[name].value() or "" for name in self._text_fields})
        mine.body = PageTranslation._meta.get_field("body").clean(self.cleaned_data.get("body", mine.body), mine)
        return mine

    def words_of_conflicting(self):
        """(label, field, words) of everything that stands in the other's text."""
        labels = {name: PageTranslation._meta.get_field(name).verbose_name for name in self._text_fields}
        return [
            (label, name, getattr(self.conflicting, name))
            for name, label in labels.items()
            if getattr(self.conflicting, name)
        ]

    def pictures_unlike_conflicting(self):
        """(label, theirs, mine) of what differs about the picture besides its words."""
        names = [name for name in PageTranslation.PICTURE_FIELDS if name in self.fields]
        values = [(self.fields[name], getattr(self.conflicting, name), self.cleaned_data.get(name)) for name in names]
        return [
            (field.label, in_words(field, theirs), in_words(field, mine))
            for field, theirs, mine in values
            if theirs != mine
        ]


class SourceTextForm(TextForm):
    """The German text inside the form of its page."""

    small_correction = forms.BooleanField(
        label="Nur eine kleine Korrektur: Übersetzungen bleiben gültig",
        required=False,
        help_text="Zum Beispiel ein Tippfehler. Ohne diesen Haken gelten Übersetzungen nach einer Änderung "
        "als veraltet.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.language = SOURCE_LANGUAGE
        if self.instance.pk is None or not self.instance.revisions.exists():
            del self.fields["small_correction"]

    def has_changed(self):
        # An empty form of a new page is checked too, so that the heading is asked for.
        return self.instance.pk is None or super().has_changed()


class BesideSourceForm(TextForm):
    """A text in another language, written beside the German one. PageTranslationAdmin sets `new_text` and `source`."""

    new_text = None
    source = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.page, self.instance.language = self.new_text.page, self.new_text.language


class TranslationInRowsForm(BesideSourceForm):
    """Written block by block."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = TranslationRows(self.data or None, translation=self.instance, source=self.source)

    @property
    def _text_fields(self):
        return [*(row.name for row in self.rows.plain_rows), "body"]

    def _own_text(self):
        """Of rows that cannot be read nothing is compared: they say themselves what is wrong."""
        mine = PageTranslation(page=self.instance.page, language=self.instance.language)
        if self.rows.is_valid():
            self.rows.write_to(mine)
        return mine

    def clean(self):
        super().clean()
        if not self.rows.is_valid():
            raise forms.ValidationError("Bitte sehen Sie sich die Stellen mit einer Fehlermeldung noch einmal an.")
        return self.cleaned_data

    def _post_clean(self):
        if not self.errors:
            self.rows.write_to(self.instance)
        super()._post_clean()


class TranslationForm(BesideSourceForm):
    """Written in one piece."""

    renders_source = forms.BooleanField(
        label="Diese Übersetzung gibt den deutschen Text vollständig wieder",
        required=False,
        help_text="Setzen Sie den Haken erst, wenn nichts mehr fehlt. "
        "Nach dem Veröffentlichen gilt die Übersetzung dann nicht mehr als „veraltet“.",
    )
    source_shown = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        digests = self.source.digests if self.source else {}
        self.initial["source_shown"] = digests
        self.initial["renders_source"] = self.instance.pk is None or self.instance.source_digests == digests
        direction = {"lang": self.instance.language, "dir": self.instance.info.dir}
        for name in PageTranslation.TEXT_FIELDS:
            if name in self.fields:
                self.fields[name].widget.attrs |= direction

    def clean(self):
        super().clean()
        shown = self.cleaned_data.get("source_shown")
        if self.cleaned_data.get("renders_source") and not was_source(self.instance.page, shown):
            self.add_error(
                "renders_source", "Der deutsche Text hat sich gerade geändert. Bitte vergleichen Sie noch einmal."
            )
            self.data = self.data.copy()
            self.data[self.add_prefix("source_shown")] = json.dumps(self.initial["source_shown"])
        return self.cleaned_data


def free_slug(wanted, others):
    """An address as wanted that none of the other pages of the city has or had."""
    taken = {
        *RESERVED_SLUGS,
        *others.values_list("slug", flat=True),
        *others.values_list("aliases__slug", flat=True),
    }
    candidates = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


class PageForm(ReviewedForm):
    slug = forms.SlugField(
        label="Adresse der Seite",
        max_length=80,
        required=False,
        help_text="Leer: Die Website bildet sie aus der Überschrift. Sie gilt in allen Sprachen und kann auf "
        "Faltblättern stehen. Alte Adressen leiten weiter.",
    )

    class Meta:
        model = Page
        fields = [
            "kind",
            "slug",
            "parent",
            "position",
            "in_navigation",
            "icon",
            "contacts",
            "funders",
            "documents",
            "successor",
            "is_example",
            *REVIEW_FIELDS,
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].choices = [choice for choice in Page.Kind.choices if choice[0] not in Page.DETAILED]
        for name in ("parent", "successor"):
            if name in self.fields:
                self.fields[name].queryset = (
                    self.fields[name].queryset.exclude(pk=self.instance.pk).prefetch_related("translations")
                )
                self.fields[name].label_from_instance = Page.german_title

    def clean_slug(self):
        if slug := self.cleaned_data["slug"]:
            return slug.lower()
        title = self.data.get("translations-0-title", "")
        wanted = slugify(title.translate(TRANSLITERATION))[:70].strip("-") or "seite"
        return free_slug(wanted, Page.objects.for_city(self.instance.city).exclude(pk=self.instance.pk))


class PublicPageField(forms.ModelChoiceField):
    def label_from_instance(self, page):
        return page.german_title()


class WithdrawForm(forms.Form):
    """Where a page that is withdrawn leads to."""

    successor = PublicPageField(
        Page.objects.none(),
        label="Nachfolgeseite",
        required=False,
        empty_label="Keine",
        help_text="Wohin sollen Menschen stattdessen gehen? Zur Wahl stehen Ihre öffentlichen Seiten.",
    )

    def __init__(self, page, *args, **kwargs):
        super().__init__(*args, initial={"successor": page.successor_id}, **kwargs)
        self.page = page
        public = PageRevision.objects.live().filter(translation__language=SOURCE_LANGUAGE)
        can_follow = Q(pk__in=public.values("translation__page")) | Q(pk=page.successor_id)
        pages = Page.objects.for_city(page.city_id).filter(can_follow).exclude(pk=page.pk)
        self.fields["successor"].queryset = pages.prefetch_related("translations")

    def save(self):
        """A start page is asked for no successor."""
        if "successor" in self.data:
            Page.objects.filter(pk=self.page.pk).update(successor=self.cleaned_data["successor"])


# What pages of every kind have in their forms.
COMMON_FIELDS = [field for field in PageForm.Meta.fields if field != "kind"]


class FocusAreaForm(PageForm):
    class Meta(PageForm.Meta):
        model = FocusArea
        fields = [
            *COMMON_FIELDS,
            "pillar",
            "number",
            "valid_from",
            "valid_until",
        ]


class ImageForm(CityForm):
    forget_former = forms.BooleanField(
        label="Frühere Dateien dieses Bildes löschen",
        required=False,
        help_text="Zum Beispiel, wenn jemand die Einwilligung zurückzieht. "
        "Ohne Haken bleiben sie für „Die Seite, wie sie war“ erhalten.",
    )

    class Meta:
        model = Image
        fields = ["title", "file", "credit", "shows_people", "has_consent", "consent_note", "focal_point"]
        widgets = {"file": forms.FileInput, "focal_point": FocalPointInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "focal_point" in self.fields:
            # As it is stored: the file of this form may be one that is refused.
            self.fields["focal_point"].widget.image = Image.objects.get(pk=self.instance.pk)
            self.fields["file"].label, self.fields["file"].required = "Neue Datei", False


class DocumentForm(CityForm):
    class Meta:
        model = Document
        fields = ["title", "file", "language", "accessible", "summary", "dated"]

    def clean(self):
        super().clean()
        if self.cleaned_data.get("accessible") != Document.Accessible.YES and not self.cleaned_data.get("summary"):
            self.add_error(
                "summary",
                "Bitte schreiben Sie das Wichtigste aus dem Dokument auf, "
                "oder wählen Sie bei „Barrierefrei“ „ja“, wenn das PDF geprüft ist.",
            )
        return self.cleaned_data
