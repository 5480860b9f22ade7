"""What belongs to something goes with it, also what nobody deletes by itself."""

import pytest
from django.urls import reverse

from adoption.copying import copy_pages, pages_to_copy
from adoption.models import Adoption
from contacts.models import City, Contact, Role
from invitations.models import Invitation
from pages.models import Page
from tests.factories import (
    make_city,
    make_contact,
    make_invitation,
    make_page,
    make_proposal,
    make_review_request,
    make_suggestion,
    make_user,
)

pytestmark = pytest.mark.django_db


def invite(item):
    about = {"page": item} if isinstance(item, Page) else {"contact": item}
    return Invitation.objects.create(city=item.city, kind="review", name="Mona Muster", **about)


@pytest.fixture
def editor(client):
    city = make_city()
    client.force_login(make_user(city, Role.EDITOR))
    return client, city


def delete(client, item):
    model = "pages_page" if isinstance(item, Page) else "contacts_contact"
    return client.post(reverse(f"admin:{model}_delete", args=[item.pk]), {"post": "yes"})


@pytest.mark.parametrize("add", [make_review_request, make_proposal, invite])
def test_contact_goes_with_what_was_asked_about_it(editor, add):
    client, city = editor
    contact = make_contact(city)
    add(contact)
    assert delete(client, contact).status_code == 302
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "add",
    [
        make_review_request,
        make_proposal,
        make_invitation,
        lambda page: make_suggestion(make_invitation(page, "translate", "ar")),
    ],
)
def test_draft_goes_with_what_came_by_link(editor, add):
    client, city = editor
    page = make_page(city, published=False)
    add(page)
    assert delete(client, page).status_code == 302
    assert not Page.objects.exists()


def test_adopted_draft_can_be_deleted(editor):
    client, city = editor
    state = make_city("landesweit", kind=City.Kind.STATE, ags="05", is_public=False)
    source = make_page(state)
    copy_pages(pages_to_copy(state), city, None)
    assert delete(client, Adoption.objects.get().page).status_code == 302
    assert list(Page.objects.all()) == [source]
