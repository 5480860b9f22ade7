from django import forms
from django.core.exceptions import ValidationError
from django.db import models


class ChoiceListField(models.JSONField):
    """Some values of `options` ((value, label) pairs), kept as a list in that order; check boxes in forms.

    The options are words of the program, not of the database: they are not part of migrations.
    """

    def __init__(self, *args, options=(), **kwargs):
        super().__init__(*args, **{"default": list, "blank": True} | kwargs)
        self.options = options

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, f"get_{name}_display", lambda instance: self._labels(instance))

    def _labels(self, instance):
        """The labels of the chosen options, in the active language."""
        chosen = getattr(instance, self.attname)
        return [label for option, label in self.options if option in chosen]

    def formfield(self, **kwargs):
        return models.Field.formfield(
            self,
            form_class=forms.MultipleChoiceField,
            choices=self.options,
            widget=forms.CheckboxSelectMultiple,
            **{name: value for name, value in kwargs.items() if name != "widget"},
        )

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        known = [option for option, _label in self.options]
        unknown = [each for each in value if each not in known] if isinstance(value, list) else [value]
        if unknown:
            raise ValidationError(f"Unbekannt: {', '.join(map(str, unknown))}")

    def clean(self, value, model_instance):
        value = super().clean(value, model_instance)
        return [option for option, _label in self.options if option in value]
