"""Two people have the same form open: what each changed is kept, and where both changed the same, they are told.

The form sends along what it showed when it was opened. What is stored by now may differ from that.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.forms.models import model_to_dict


class SeenDataField(forms.JSONField):
    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


def plain(value):
    """A value of a field in a form that JSON keeps, the same whether it comes from the database or from a form."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (models.QuerySet, list, tuple)):
        return sorted((plain(each) for each in value), key=str)
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def compared_fields(form):
    return [name for name, field in form.fields.items() if not isinstance(field, (SeenDataField, forms.FileField))]


def seen_data(form):
    """What a form shows when it is opened."""
    return {name: plain(form.initial[name]) for name in compared_fields(form) if name in form.initial}


def merge(form):
    """Called while a form is cleaned: takes over what somebody else saved meanwhile in fields left untouched here."""
    seen = form.cleaned_data.get("seen_data")
    stored = stored_object(form.instance)
    if not isinstance(seen, dict) or stored is None:
        return
    values = model_to_dict(stored, fields=compared_fields(form))
    now = {name: plain(value) for name, value in values.items()}
    others = [name for name in now if name in seen and now[name] != seen[name]]
    if not others:
        return
    form.data = form.data.copy()
    form.data[form.add_prefix("seen_data")] = json.dumps(now)
    for name in others:
        mine = plain(form.cleaned_data.get(name))
        if name in form.errors or mine not in (seen[name], now[name]):
            form.add_error(name, told(form, name, values[name]))
        elif mine == seen[name]:
            form.cleaned_data[name] = as_cleaned(form, name, stored, values[name])
            show(form, name, values[name])


def stored_object(instance):
    if instance.pk is None:
        return None
    rows = type(instance)._base_manager.filter(pk=instance.pk)
    if transaction.get_connection(rows.db).in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    return rows.first()


def as_cleaned(form, name, stored, value):
    is_one = isinstance(form.fields[name], forms.ModelChoiceField) and not isinstance(value, list)
    return getattr(stored, name) if is_one else value


def told(form, name, value):
    return (
        f"Jemand hat hier inzwischen „{in_words(form.fields[name], value)}“ gespeichert. "
        "Ihre Eingabe steht noch da. Soll sie gelten? Dann speichern Sie noch einmal."
    )


def in_words(field, value):
    if isinstance(value, bool):
        return "ja" if value else "nein"
    chosen = value if isinstance(value, list) else [value]
    keys = {str(plain(each)) for each in chosen if each is not None}
    labels = [str(label) for key, label in flat_choices(field) if str(key) in keys and str(key)]
    return ", ".join(labels) or str(field.prepare_value(value) or "nichts")


def flat_choices(field):
    for key, label in getattr(field, "choices", ()):
        yield from label if isinstance(label, (list, tuple)) else [(key, label)]


def show(form, name, value):
    """Puts a value into the data of a form, so that it is shown when the form comes back."""
    field, html_name = form.fields[name], form.add_prefix(name)
    value = field.prepare_value(value)
    if isinstance(field.widget, forms.CheckboxInput):
        form.data[html_name] = "on" if value else ""
    elif isinstance(value, list):
        form.data.setlist(html_name, [str(each) for each in value])
    elif isinstance(value, dict):
        for key, text in value.items():
            form.data[f"{html_name}_{key}"] = text
    else:
        shown = field.widget.format_value(value)
        form.data[html_name] = (shown[0] if isinstance(shown, list) else shown) or ""
