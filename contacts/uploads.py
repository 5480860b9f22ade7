"""What every upload has: a name that tells nothing, and an owner that takes it along when it goes."""

from functools import partial
from pathlib import Path
from uuid import uuid4

from django.apps import apps
from django.db import models, transaction
from django.utils.deconstruct import deconstructible


@deconstructible
class NeutralName:
    """Nothing of the name somebody gave the file on their machine: it may hold a person's name."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, instance, name):
        return f"{self.folder}/{uuid4().hex}{Path(name).suffix.lower()}"

    def __eq__(self, other):
        return isinstance(other, NeutralName) and self.folder == other.folder

    def __hash__(self):
        return hash(self.folder)


class OwnsFiles(models.Model):
    """A row with uploads. What is replaced, and what is deleted, cannot be downloaded any more."""

    class Meta:
        abstract = True

    def file_names(self):
        fields = [field for field in self._meta.get_fields() if isinstance(field, models.FileField)]
        return {getattr(self, field.name).name for field in fields} - {"", None}

    @transaction.atomic
    def save(self, **kwargs):
        former = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        super().save(**kwargs)
        if former and former.file_names() - self.file_names():
            self.let_go_of(former)

    def let_go_of(self, former):
        """Of the row as it was before another file took the place of its own."""
        former.remove_files(except_for=self.file_names())

    @transaction.atomic
    def delete(self, **kwargs):
        self.remove_files()
        return super().delete(**kwargs)

    def remove_files(self, except_for=frozenset()):
        """After the commit: if the transaction fails, the row still needs them."""
        storage = next(field for field in self._meta.get_fields() if isinstance(field, models.FileField)).storage
        for name in self.file_names() - except_for:
            transaction.on_commit(partial(storage.delete, name), robust=True)


def owners():
    """The models whose rows own files, of every app."""
    return [model for model in apps.get_models() if issubclass(model, OwnsFiles)]
