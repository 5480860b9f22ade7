"""What migrations do with the rows they find."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils import timezone

import freshness.triggers
import history.triggers
from pages.models import PageLink, PageRevision, PageTranslation, State
from pages.richtext import blocks, digest
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
    # What `manage.py migrate` does by itself before and after.
    history.triggers.drop()
    freshness.triggers.drop()
    yield
    migrate(newest)
    history.triggers.create()
    freshness.triggers.create()


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


def test_texts_of_legal_pages_stay_as_pages_that_are_not_public(schema):
    city = make_city().pk
    old = migrate([("pages", "0005_wording")])
    Page, PageTranslation = old.get_model("pages", "Page"), old.get_model("pages", "PageTranslation")
    PageRevision = old.get_model("pages", "PageRevision")
    imprint = Page.objects.create(city_id=city, slug="impressum", kind="imprint")
    page = Page.objects.create(city_id=city, slug="beratung")
    now = timezone.now()
    for each in (imprint, page):
        text = PageTranslation.objects.create(page=each, language="de", title="Titel")
        PageRevision.objects.create(
            translation=text, visible_from=now - timedelta(days=1), visible_until=now + timedelta(days=1)
        )
        PageRevision.objects.create(translation=text, visible_from=now + timedelta(days=1))
    new = migrate([("pages", "0007_legal_pages_are_data")])
    Page, PageRevision = new.get_model("pages", "Page"), new.get_model("pages", "PageRevision")
    assert list(Page.objects.order_by("pk").values_list("slug", "kind", "in_navigation")) == [
        ("impressum-seite", "standard", False),
        ("beratung", "standard", True),
    ]
    not_over = PageRevision.objects.filter(Q(visible_until=None) | Q(visible_until__gt=timezone.now()))
    assert set(not_over.values_list("translation__page__slug", flat=True)) == {"beratung"}
    assert PageRevision.objects.filter(translation__page=imprint.pk).count() == 1


def link(address):
    return f'<p>Vor <a href="{address}">hier</a>.</p>'


def text_of_that_time(apps, page, language, body, source_digests=()):
    """A published text as it was stored before links were references."""
    fingerprints = {"title": "t", "body": [digest(block) for block in blocks(body)]}
    fields = {"title": "T", "body": body, "digests": fingerprints, "source_digests": dict(source_digests)}
    text = apps.get_model("pages", "PageTranslation").objects.create(page=page, language=language, **fields)
    apps.get_model("pages", "PageRevision").objects.create(translation=text, visible_from=timezone.now(), **fields)
    return text


def test_links_become_references_and_nothing_becomes_outdated(schema):
    city = make_city("bielefeld")
    old = migrate([("pages", "0009_language_wishes")])
    OldPage = old.get_model("pages", "Page")
    target = OldPage.objects.create(city_id=city.pk, slug="beratung")
    old.get_model("pages", "PageAlias").objects.create(city_id=city.pk, page=target, slug="frueher")
    source = OldPage.objects.create(city_id=city.pk, slug="quelle")
    plain = "<p>Ohne Link.</p>"
    german = text_of_that_time(old, source, "de", plain + link("../beratung/") + link("https://example.org/"))
    text_of_that_time(old, source, "ar", plain + link("/ar/bielefeld/frueher/"), german.digests)
    text_of_that_time(old, source, "en", plain, {"title": "t", "body": ["anders"]})
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    texts = {text.language: text for text in PageTranslation.objects.with_state().filter(page=source.pk)}
    live = texts["de"].live_revision()
    assert [texts[tag].state(live) for tag in ("de", "ar", "en")] == [State.PUBLIC, State.PUBLIC, State.OUTDATED]
    assert PageRevision.objects.get(pk=live.pk).body == plain + link(f"/seite/{target.pk}/") + link(
        "https://example.org/"
    )
    assert texts["ar"].body == plain + link(f"/seite/{target.pk}/")
    for text in texts.values():
        assert text.compute_digests()["body"] == text.digests["body"]
        assert text.revisions.get().compute_digests()["body"] == text.revisions.get().digests["body"]
    expected = [("ar", "page", target.pk), ("de", "external", None), ("de", "page", target.pk)]
    for links in (PageLink.objects.filter(revision=None), PageLink.objects.exclude(revision=None)):
        rows = links.order_by("translation__language", "kind").values_list("translation__language", "kind", "page")
        assert list(rows) == expected
