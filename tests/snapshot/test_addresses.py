"""Every view of the site has a copy in the snapshot, or it is said here why not."""

import pytest
from django.urls import get_resolver, resolve

from ki_site.outage import addresses as listed
from ki_site.outage.addresses import addresses_of, addresses_of_portal
from ki_site.outage.answers import FORMS, LISTS, REFERENCES, SEARCHES, SHEETS, SHORT, WITHOUT_DATABASE
from tests.invitations.doors import DOORS
from tests.test_every_view import ACCOUNT_VIEWS, public_patterns

COPIED = {
    *listed.OF_CITY,
    *listed.OF_CONTACT,
    *listed.OF_DATA,
    *listed.OF_FORMS,
    *listed.OF_PORTAL,
    *listed.WITHOUT_LANGUAGE,
    "events:event_ics",
    "pages:page",
    "sitemap_of_city",
}
# They lead to a page of which there is a copy.
REDIRECTS = {*SHEETS, *SHORT, *REFERENCES}
# What is meant for one person: no copy of it may lie anywhere.
FOR_ONE_PERSON = {"inquiries:receipt", *DOORS}  # and what accounts have of their own


def test_every_view_has_a_copy_or_a_reason_to_have_none():
    lists = [COPIED, WITHOUT_DATABASE, REDIRECTS, FOR_ONE_PERSON, ACCOUNT_VIEWS]

    assert sorted(name for names in lists for name in names) == sorted(public_patterns(get_resolver().url_patterns))


def test_what_is_said_of_forms_searches_and_lists_is_said_of_copies():
    assert FORMS | SEARCHES | LISTS <= COPIED


def test_addresses_of_a_city_and_of_the_portal_are_of_every_view_with_a_copy(demo):
    addresses, _references = addresses_of("bielefeld")

    assert {resolve(each.path).view_name for each in addresses + addresses_of_portal()} == COPIED


@pytest.mark.parametrize("slug", ["bielefeld", "bochum"])
def test_no_address_is_listed_twice(demo, slug):
    paths = [each.path for each in addresses_of(slug)[0]]

    assert len(paths) == len(set(paths))


def test_addresses_take_the_same_queries_however_many_pages(demo, django_assert_num_queries):
    with django_assert_num_queries(5):
        addresses_of("bochum")
    with django_assert_num_queries(5):
        addresses_of("bielefeld")
