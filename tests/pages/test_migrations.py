"""What migrations do with the rows they find."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories import make_city

BEFORE = [("pages", "0002_revisions_never_overlap")]
AFTER = [("pages", "0003_offers_calls_events_and_news")]


def migrate(targets):
    """The models of that time."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


@pytest.fixture
def schema(transactional_db):
    """Tests may leave the tables in any state in which the migrations go on."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield
    migrate(newest)


def test_page_moves_from_an_address_that_a_view_needs(schema):
    here, there = make_city().pk, make_city().pk
    old = migrate(BEFORE)
    Page, PageAlias = old.get_model("pages", "Page"), old.get_model("pages", "PageAlias")
    pages = [Page.objects.create(city_id=city, slug=slug) for city in (here, there) for slug in ("termine", "beratung")]
    Page.objects.create(city_id=there, slug="termine-seite", parent=pages[2])
    PageAlias.objects.create(city_id=there, slug="termine-seite-2", page=pages[3])
    PageAlias.objects.create(city_id=here, slug="suche", page=pages[1])
    new = migrate(AFTER)
    Page, PageAlias = new.get_model("pages", "Page"), new.get_model("pages", "PageAlias")
    slugs = [Page.objects.get(pk=page.pk).slug for page in pages]
    assert slugs == ["termine-seite", "beratung", "termine-seite-3", "beratung"]
    assert sorted(PageAlias.objects.values_list("slug", flat=True)) == ["suche", "termine-seite-2"]
