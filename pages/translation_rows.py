"""The form of a translation beside its source, block by block.

It knows nothing of the admin and of who writes: staff and people without an account use the same.
"""

import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .checks.complete import LONGEST_BODY
from .differences import Change, Kind, plain
from .markup import KINDS, to_html
from .models import PageTranslation
from .richtext import RULE, blocks, digest
from .source_rows import (
    EXTRA,
    FIELD_LABELS,
    KIND_LABELS,
    MOST_ROWS,
    STATUSES,
    UNKNOWN,
    Row,
    block_rows,
    family,
    on_one_line,
    plain_rows,
    was_source,
    words_with,
)

__all__ = ["NOTHING_OF_THE_SOURCE", "TranslationRows", "was_source"]

# The fingerprints of a translation that renders nothing of the source yet.
NOTHING_OF_THE_SOURCE = {"body": []}
LONGEST_BLOCK = 20_000  # characters
ONE_LINE = ("title", "short_title", "situation", "cost_note", "picture_alternative")


class TranslationRows(forms.Form):
    """The words of a translation, each beside the German words they render.

    `rows` are to be shown (includes/_translation_rows.html). After `is_valid()`, `texts()` are the words by field and
    `write_to(translation)` puts them into a draft. Ask `fits` first: not every text can be written in rows.
    """

    source_shown = forms.JSONField(widget=forms.HiddenInput, required=False)
    block_rows = forms.JSONField(widget=forms.HiddenInput, required=False)
    renders_source = forms.BooleanField(
        label=_("Diese Übersetzung gibt den deutschen Text vollständig wieder"),
        required=False,
        help_text=_(
            "Setzen Sie den Haken erst, wenn nichts mehr fehlt. "
            "Nach dem Veröffentlichen gilt die Übersetzung dann nicht mehr als „veraltet“."
        ),
    )

    def __init__(self, data=None, *, translation, source, **kwargs):
        super().__init__(data, **kwargs)
        self.translation, self.source = translation, source
        digests = source.digests if source else {}
        self.initial["source_shown"] = digests
        self.initial["renders_source"] = translation.pk is None or translation.source_digests == digests
        known = words_with(translation.page, self._fingerprints_of_fields())
        self.plain_rows = plain_rows(translation, source, known, self._names_sent())
        self.stored_rows = block_rows(translation, source)
        self.block_rows = self._rows_sent() if self.is_bound else self.stored_rows or []
        self.initial["block_rows"] = [row.described() for row in self.block_rows]
        self._add_fields()

    def _names_sent(self):
        return [name for name in FIELD_LABELS if self.add_prefix(name) in self.data]

    def _fingerprints_of_fields(self):
        return [each for name, each in self.translation.source_digests.items() if name != "body"]

    @classmethod
    def fits(cls, translation, source):
        return block_rows(translation, source) is not None

    @property
    def rows(self):
        return [*self.plain_rows, *self.block_rows]

    @property
    def language(self):
        return self.translation.info

    @property
    def is_unknown_source(self):
        """Whether there are words of which nobody knows what they render."""
        rows = self.block_rows if self.translation.block_sources else self.rows
        return any(row.status == UNKNOWN and row.markup for row in rows)

    def _rows_sent(self):
        """The rows as they were shown, whatever became of the texts since then."""
        try:
            described = self.fields["block_rows"].to_python(self.data.get(self.add_prefix("block_rows")))
            rows = [Row("", kind=kind, status=status) for kind, status, _source, _former in described]
            fingerprints = [(str(source), str(former)) for _kind, _status, source, former in described]
        except (ValidationError, TypeError, ValueError):
            return self.stored_rows or []
        if not 0 < len(rows) <= 3 * MOST_ROWS or not all(row.kind in KINDS and row.status in STATUSES for row in rows):
            return self.stored_rows or []
        words = words_with(self.translation.page, {each for pair in fingerprints for each in pair})
        for row, (source, former) in zip(rows, fingerprints, strict=True):
            row.source, row.former = (on_one_line(words.get(each, "")) for each in (source, former))
            kind = Kind(row.status) if row.is_compared else Kind.SAME
            row.changes = [Change(kind, row.former, row.source)] if row.status != EXTRA else []
        return rows

    def _add_fields(self):
        for row in self.plain_rows:
            model_field = PageTranslation._meta.get_field(row.name)
            self.fields[row.name] = model_field.formfield(
                required=row.name == "title", label=row.label, help_text="", widget=self._widget(row)
            )
            self.initial[row.name] = row.markup
        numbered = [row for row in self.block_rows if row.kind != "hr"]
        for number, row in enumerate(numbered, start=1):
            row.name, row.label = f"block-{number}", f"{number}. {KIND_LABELS[family(row.kind)]}"
            self.fields[row.name] = forms.CharField(
                label=row.label, required=False, strip=False, max_length=LONGEST_BLOCK, widget=self._widget(row)
            )
            self.initial[row.name] = row.markup
            if row.status == Kind.REMOVED:
                self.fields[f"drop-{number}"] = forms.BooleanField(label=_("Diese Stelle weglassen"), required=False)
                row.drop = self[f"drop-{number}"]
        for row in self.rows:
            row.field = self[row.name] if row.name else None

    def _widget(self, row):
        row.source_id = f"id_{self.add_prefix(row.name)}_source"
        attributes = {"lang": self.language.tag, "dir": self.language.dir}
        if row.name in ONE_LINE:
            return forms.TextInput(attrs=attributes)
        length = max(len(plain(row.source)) if row.is_block else len(row.source), len(row.markup))
        lines = max(row.markup.count("\n") + 1, row.source.count("<li") + row.source.count("\n"), length // 60 + 1)
        return forms.Textarea(attrs=attributes | {"rows": min(lines + 1, 14)})

    def clean(self):
        super().clean()
        if self.errors:
            return self.cleaned_data
        shown = self.cleaned_data.get("source_shown")
        if self.cleaned_data.get("renders_source") and not was_source(self.translation.page, shown):
            self.add_error(
                "renders_source", _("Der deutsche Text hat sich gerade geändert. Bitte vergleichen Sie noch einmal.")
            )
            self.data = self.data.copy()
            self.data[self.add_prefix("source_shown")] = json.dumps(self.initial["source_shown"])
        self._html_of_rows = [self._html_of(row) for row in self.block_rows]
        if len(self._body()) > LONGEST_BODY:
            self.add_error(None, _("Der Text ist zu lang. Bitte verteilen Sie ihn auf mehrere Seiten."))
        return self.cleaned_data

    def _html_of(self, row):
        if row.kind == "hr":
            return "" if row.status == Kind.REMOVED else RULE
        if row.drop and self.cleaned_data[row.drop.name]:
            return ""
        markup = self.cleaned_data[row.name].replace("\r\n", "\n")
        for stored in self.stored_rows or []:
            if stored.targets and (stored.own_kind, stored.markup) == (row.kind, markup):
                return "".join(stored.targets)
        return PageTranslation._meta.get_field("body").clean(to_html(row.kind, markup), None)

    def _body(self):
        parts = self._html_of_rows
        if not any(part not in ("", RULE) for part in parts):
            return ""
        is_as_stored = [block for part in parts for block in blocks(part)] == blocks(self.translation.body)
        return self.translation.body if is_as_stored else "".join(parts)

    def texts(self):
        return {row.name: self.cleaned_data[row.name] for row in self.plain_rows} | {"body": self._body()}

    @property
    def renders(self):
        return self.cleaned_data["renders_source"]

    def write_to(self, translation):
        """Puts the words into a draft, with what they render; saving it is up to the caller."""
        for name, words in self.texts().items():
            setattr(translation, name, words)
        if self.renders:
            translation.source_digests = self.cleaned_data["source_shown"]
        elif translation.pk is None:
            translation.source_digests = NOTHING_OF_THE_SOURCE
        if self.renders or not any(row.status == UNKNOWN and row.targets for row in self.stored_rows or []):
            translation.block_sources = {
                "rendered": translation.source_digests.get("body", []),
                "blocks": [
                    [row.renders(self.renders), [digest(block) for block in blocks(html)]]
                    for row, html in zip(self.block_rows, self._html_of_rows, strict=True)
                    if html
                ],
            }
