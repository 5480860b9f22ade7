from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


class WithExamples(models.Model):
    """A city's record some of whose values are invented until somebody replaces them."""

    # Names of fields. A field leaves the list when its value changes: see ExampleForm in admin.
    example_fields = models.JSONField(default=list, blank=True, editable=False)

    # Names of days that can only have passed.
    PAST = ()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        today = timezone.localdate()
        future = [name for name in self.PAST if (day := getattr(self, name)) and day > today]
        if future:
            raise ValidationError(
                {name: f"„{self.label_of(name)}“ darf nicht in der Zukunft liegen." for name in future}
            )

    def label_of(self, name):
        return str(self._meta.get_field(name).verbose_name)

    def example_labels(self):
        return [self.label_of(name) for name in self.example_fields]

    def missing_fields(self):
        """What the law asks for and nobody has entered. A zero is an answer."""
        return [name for name in self.NEEDED if getattr(self, name) in (None, "")]

    def missing_labels(self):
        return [self.label_of(name) for name in self.missing_fields()]
