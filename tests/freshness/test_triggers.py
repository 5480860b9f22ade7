"""Whatever changes what visitors see of a city is noted for that city, and for no other."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

import freshness.triggers
from contacts.models import City, Contact, Funder
from freshness.models import ContentChange
from freshness.public_page import ALL_CITIES
from freshness.tables import TABLES
from pages.models import ImageFile, Page, PageAlias, PageRevision, PageTranslation
from tests.factories import make_city, make_contact, make_document, make_image, make_offer, make_page, make_video

# What a visitor never sees.
NOT_COUNTED = {
    "account_emailaddress": "people who edit",
    "account_emailconfirmation": "people who edit",
    "adoption_adoption": "from which city a page was copied: for editors",
    "adoption_adoptedtext": "the same",
    "audit_chain": "who did what",
    "audit_entry": "who did what",
    "auth_group": "rights",
    "auth_group_permissions": "rights",
    "auth_permission": "rights",
    "auth_user": "people who edit",
    "auth_user_groups": "rights",
    "auth_user_user_permissions": "rights",
    "backups_verification": "for the operator",
    "contacts_contactreplacement": "what was replaced; the rows it changed count by themselves",
    "contacts_membership": "who edits",
    "django_admin_log": "who did what",
    "django_content_type": "the models",
    "django_session": "signed-in people",
    "freshness_contentchange": "the notes themselves",
    "history_formerrow": "what was; pages as they were are for editors",
    "inquiries_deletionrecord": "for editors",
    "inquiries_inquiry": "what people sent",
    "inquiries_outgoingmail": "mails",
    "inquiries_submissioncount": "protection of the forms",
    "invitations_invitation": "links for single people",
    "invitations_suggestion": "drafts",
    "invitations_verdict": "opinions about drafts",
    "links_externallink": "whether other websites answer: for editors",
    "mfa_authenticator": "people who edit",
    "pages_languagewish": "for editors",
    "pages_pagelink": "who links to whom, made of texts that count by themselves",
    "pages_pagetranslation": "drafts; page and language of one never change",
    "pages_searchmiss": "for editors",
    "pages_searchsynonym": "search is not kept",
    "pages_searchtext": "search is not kept",
    "reviews_proposedchange": "for editors",
    "reviews_reviewrequest": "for editors",
    "socialaccount_socialaccount": "people who edit",
    "socialaccount_socialapp": "where they sign in",
    "socialaccount_socialtoken": "people who edit",
    "usersessions_usersession": "signed-in people",
}

# Of a row to its city; said here once more in another way than in the triggers.
PATHS = {
    "contacts_city": "pk",
    "contacts_openinghours": ("contact__city", "location__city"),
    "pages_imagefile": "image__city",
    "pages_page_contacts": "page__city",
    "pages_page_funders": "page__city",
    "pages_page_documents": "page__city",
    "pages_pagerevision": "translation__page__city",
    "legal_barrier": "statement__city",
}
LISTED = ("contacts_city", "contacts_citylanguage")


def changed(action):
    """The cities that are noted while something happens."""
    ContentChange.objects.all().delete()
    action()
    return set(ContentChange.objects.values_list("city_id", flat=True))


def execute(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def everything(demo, settings, tmp_path):
    """The demo, and what it lacks."""
    settings.MEDIA_ROOT = tmp_path
    city = City.objects.get(slug="bielefeld")
    page = Page.objects.filter(city=city).first()
    page.documents.add(make_document(city))
    page.funders.add(Funder.objects.filter(city=city).first())
    PageAlias.objects.create(city=city, page=page, slug="frueher")
    make_video(city)
    now = timezone.now()
    ImageFile.objects.create(
        image=make_image(city), file="x.png", width=1, height=1, valid_from=now - timedelta(days=1), valid_until=now
    )
    return city


@pytest.fixture
def without_checks(everything):
    """Any value goes into any column."""
    if connection.vendor == "sqlite":
        execute("PRAGMA ignore_check_constraints = ON")
        yield
        execute("PRAGMA ignore_check_constraints = OFF")
        return
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    execute("SET CONSTRAINTS ALL DEFERRED")
    yield


def model_of(table):
    models = apps.get_models(include_auto_created=True)
    return next(model for model in models if model._meta.db_table == table.name and not model._meta.proxy)


def city_of(table, key):
    paths = PATHS.get(table.name, "city")
    rows = model_of(table)._base_manager.filter(pk=key)
    found = [rows.values_list(path, flat=True).first() for path in ([paths] if isinstance(paths, str) else paths)]
    return next(filter(None, found), None)


def expected(table, *cities):
    return {*cities, *([ALL_CITIES] if table.name in LISTED else [])}


def candidates(field, row, others):
    """Values that a column might take instead of the one it has."""
    yield from (other[field.column] for other in others if other[field.column] != row[field.column])
    yield from (
        json.dumps(["de"]),
        json.dumps({}),
        "x",
        1,
        987654,
        True,
        False,
        None,
        "2030-01-01",
        "2030-01-01 10:00:00+00",
    )


def update(table, column, value, key):
    """Whether the database takes the value for another one."""
    name = model_of(table)._meta.pk.column
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'SELECT "{column}" FROM {table.name} WHERE {name} = %s', [key])
            before = cursor.fetchone()
            cursor.execute(f'UPDATE {table.name} SET "{column}" = %s WHERE {name} = %s', [value, key])
            cursor.execute(f'SELECT "{column}" FROM {table.name} WHERE {name} = %s', [key])
            return cursor.fetchone() != before
    except DatabaseError:
        return False


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table.name} ORDER BY 1 LIMIT 20")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_table_counts_or_has_its_reason():
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if not model._meta.proxy}
    assert names - NOT_COUNTED.keys() == {table.name for table in TABLES}
    assert NOT_COUNTED.keys() <= names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_that_visitors_see_counts_and_no_other(everything, without_checks, table):
    model = model_of(table)
    row, *others = rows_of(table)
    key = row[model._meta.pk.column]
    unchangeable = set()
    for field in model._meta.local_concrete_fields:
        if field.primary_key:
            continue
        for value in candidates(field, row, others):
            savepoint = transaction.savepoint()
            before = city_of(table, key)
            took = []
            noted = changed(lambda: took.append(update(table, field.column, value, key)))  # noqa: B023
            after = city_of(table, key)
            transaction.savepoint_rollback(savepoint)
            if took[0]:
                is_seen = field.column not in table.left_out
                assert (field.column, noted) == (
                    field.column,
                    expected(table, *filter(None, (before, after))) if is_seen else set(),
                )
                break
        else:
            unchangeable.add(field.column)
    assert unchangeable == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_row_that_comes_or_goes_counts(everything, table):
    model = model_of(table)
    row = rows_of(table)[0]
    name = model._meta.pk.column
    city = city_of(table, row[name])
    columns = ", ".join(f'"{column}"' for column in row)
    savepoint = transaction.savepoint()
    execute(f"CREATE TEMPORARY TABLE copy AS SELECT * FROM {table.name} WHERE {name} = {row[name]}")
    gone = changed(lambda: execute(f"DELETE FROM {table.name} WHERE {name} = {row[name]}"))
    come = changed(lambda: execute(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM copy"))
    execute("DROP TABLE copy")
    transaction.savepoint_rollback(savepoint)
    assert (gone, come) == (expected(table, city), expected(table, city))


@pytest.fixture
def city(db):
    return make_city("hier")


def test_publishing_counts_and_drafting_does_not(city):
    page = make_page(city, published=False)
    translation = page.translations.get()
    translation.title = "Anders"
    assert changed(translation.save) == set()
    assert changed(lambda: translation.publish(by=None)) == {city.pk}


def test_bulk_update_chosen_contacts_and_cascades_count(city):
    page, contact = make_page(city), make_contact(city)
    assert changed(lambda: Contact.objects.update(phone="030 23125 002", phone_uri="+493023125002")) == {city.pk}
    assert changed(lambda: page.contacts.add(contact)) == {city.pk}
    assert changed(lambda: page.contacts.clear()) == {city.pk}
    assert changed(page.delete) == {city.pk}


def test_saving_the_same_again_is_no_change(city):
    make_offer(city)
    assert changed(lambda: Page.objects.update(slug="gleich")) == {city.pk}
    assert changed(lambda: Page.objects.update(slug="gleich")) == set()


def test_several_cities_in_one_statement_all_count(city):
    there = make_city("dort")
    for each in (city, there):
        make_page(each)
    assert changed(lambda: Page.objects.update(position=7)) == {city.pk, there.pk}


def test_city_that_is_deleted_counts(city):
    number = city.pk
    assert changed(city.delete) >= {number, ALL_CITIES}


def test_rows_written_with_on_conflict_count(city):
    page = make_page(city, published=False)
    translation = PageTranslation.objects.get(page=page)
    revision = PageRevision(
        translation=translation, visible_from=timezone.now(), digests=translation.digests, **translation.texts()
    )
    assert changed(lambda: PageRevision.objects.bulk_create([revision], ignore_conflicts=True)) == {city.pk}
    assert changed(lambda: City.objects.filter(pk=city.pk).update(name="Anders")) == {city.pk, ALL_CITIES}


def test_triggers_made_twice_note_nothing_by_themselves(city):
    assert changed(freshness.triggers.create) == set()
