"""What is remembered may name people: it ends with its term, and at once where somebody asks for it."""

import io

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from contacts.models import Contact
from history.models import FormerRow
from tests.factories import make_city, make_contact

pytestmark = pytest.mark.django_db


def said(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def contacts_remembered():
    return FormerRow.objects.filter(table_name="contacts_contact").count()


def test_former_rows_end_with_their_term():
    make_contact(make_city())
    FormerRow.objects.update(until=timezone.now() - settings.FORMER_DATA_TERM)
    old = FormerRow.objects.count()
    Contact.objects.update(room="2")
    assert f"Zu löschen: {old} frühere Stände von Daten und Entwürfen." in said("delete_expired", "--dry-run")
    said("delete_expired")
    assert (FormerRow.objects.count(), contacts_remembered()) == (1, 1)


def test_person_can_be_forgotten_at_once():
    city = make_city()
    make_contact(city, name="Erika Müller", show_name=True)
    make_contact(city, name="Otto Anders", show_name=True)
    Contact.objects.all().delete()
    assert said("forget_former_data", "erika müller", "--dry-run") == "Zu löschen: 2. Es wurde nichts gelöscht.\n"
    assert said("forget_former_data", "Erika Müller") == "Gelöscht: 2.\n"
    assert contacts_remembered() == 2
