"""What stands around a page: only what it needs of its city is loaded with it."""

import pytest

from pages.site import load_site
from tests.factories import make_city, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier")


def slugs(entries):
    return [entry.page.slug for entry in entries]


def make_branch(city, *slugs, **fields):
    """Pages, each below the one before. Returns the last."""
    page = None
    for slug in slugs:
        page = make_page(city, slug=slug, parent=page, **fields)
    return page


def test_page_brings_its_menu_and_its_neighbours_and_no_other_page(city):
    make_branch(city, "oben", "seite", "unten", "tiefer", in_navigation=True)
    make_branch(city, "anderes", "darunter")
    make_page(city, slug="ohne-menue", in_navigation=False)
    site = load_site("de", "hier")
    site.page_at("seite")
    assert sorted(slugs(site.entries)) == ["anderes", "oben", "seite", "unten"]


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize("in_navigation", [True, False])
def test_all_pages_above_are_known_however_deep_the_tree(city, depth, in_navigation):
    above = [f"stufe-{number}" for number in range(depth)]
    make_branch(city, *above, "seite", in_navigation=in_navigation)
    site = load_site("de", "hier")
    assert slugs(site.ancestors(site.page_at("seite"))) == above


def test_the_way_up_ends_at_a_page_that_is_not_public(city):
    hidden = make_page(city, slug="oben", published=False)
    make_page(city, slug="seite", parent=make_page(city, slug="mitte", parent=hidden))
    site = load_site("de", "hier")
    assert slugs(site.ancestors(site.page_at("seite"))) == ["mitte"]


def test_other_views_load_the_menu_and_what_they_want(city):
    make_branch(city, "oben", "unten")
    make_page(city, slug="anliegen", in_navigation=False, translation={"situation": "Ich suche Hilfe"})
    site = load_site("de", "hier")
    site.want_situations()
    assert (slugs(site.entries), slugs(site.situations)) == (["oben", "anliegen"], ["anliegen"])
