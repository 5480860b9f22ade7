"""Cities that leave, inside the transaction of a test."""

from contextlib import nullcontext

from django.test import TestCase

from contacts.models import Contact
from pages.models import Page


def in_one_transaction(monkeypatch):
    """An export reads with a connection of its own, which would see nothing of a test that never commits."""
    monkeypatch.setattr("portability.exporting.snapshot", nullcontext)


def wipe(city):
    """First what protects other rows."""
    Page.objects.filter(city=city).delete()
    Contact.objects.filter(city=city).delete()
    city.delete()


def committed():
    """Files go after the commit: here, at the end of the block."""
    return TestCase.captureOnCommitCallbacks(execute=True)
