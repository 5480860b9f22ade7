"""What does not count as a change is really not to be seen on any page that may be kept."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from contacts.models import Contact
from freshness.tables import TABLES
from tests.factories import make_review_request, make_user
from tests.freshness.test_triggers import NOT_COUNTED
from tests.page_cache.test_poisoning import addresses, without_moment

SECRET = "GEHEIM"
# Never changed once the row is there; a page is read in it.
FIXED = {"pages_pagetranslation": {"language"}}


def columns_not_counted():
    """(table, column, whether it holds JSON) of every text that no trigger looks at."""
    left_out = {table.name: table.left_out for table in TABLES}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        for field in model._meta.local_concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
            counts = table not in NOT_COUNTED and field.column not in left_out.get(table, ())
            if is_text and not counts and field.column not in FIXED.get(table, ()) and not model._meta.proxy:
                yield table, field.column, isinstance(field, models.JSONField)


def overwrite(table, column, is_json):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE {table} SET "{column}" = %s', [f'"{SECRET}"' if is_json else SECRET])
            return cursor.rowcount
    except DatabaseError:
        return 0


@pytest.fixture
def lived_in(demo):
    """With people who edit, ask and answer."""
    contact = Contact.objects.filter(city__slug="bielefeld").first()
    make_user(contact.city, "editor", first_name="Kim")
    make_review_request(contact)
    Contact.objects.update(owner_name="Kim Beispiel", owner_email="kim@example.org")


def test_nothing_that_does_not_count_is_seen(lived_in, client):
    before = {path: client.get(path).content for path in addresses()}
    overwritten = {(table, column) for table, column, *rest in columns_not_counted() if overwrite(table, column, *rest)}
    assert {
        ("pages_pagetranslation", "title"),
        ("pages_pagetranslation", "body"),
        ("contacts_contact", "owner_name"),
        ("auth_user", "first_name"),
    } <= overwritten
    after = {path: client.get(path).content for path in addresses()}
    assert [path for path in before if without_moment(before[path]) != without_moment(after[path])] == []


def test_text_that_counts_would_have_been_seen(lived_in, client):
    """The test above could have failed."""
    path = "/de/bielefeld/schulberatung/"
    before = client.get(path).content
    assert overwrite("pages_pagerevision", "title", False)
    assert client.get(path).content != before
