"""Where a city wants four eyes, nobody publishes alone what they wrote last; and whose name the history gives."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from pages.models.link import rewrite_links
from tests.factories import make_city, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city(four_eyes=True)


@pytest.fixture
def writer(city):
    return make_user(city, Role.EDITOR, first_name="Erika", last_name="Beispiel")


@pytest.fixture
def colleague(city):
    return make_user(city, Role.EDITOR, first_name="Klaus", last_name="Kollege")


@pytest.fixture
def draft(city, writer):
    return make_page(city, published=False, translation={"title": "Neu", "updated_by": writer}).translations.get()


def titles(draft):
    return list(draft.revisions.values_list("title", "approved_by"))


def test_writer_publishes_alone_where_nobody_wants_four_eyes(city, draft, writer):
    city.four_eyes = False
    city.save()
    draft.publish(writer)
    assert titles(draft) == [("Neu", "")]


def test_writer_does_not_publish_alone(draft, writer):
    with pytest.raises(ValidationError) as refusal:
        draft.publish(writer)
    assert (refusal.value.code, titles(draft)) == ("four_eyes", [])


def test_writer_does_not_plan_alone(draft, writer):
    with pytest.raises(ValidationError):
        draft.publish(writer, at=timezone.now() + timedelta(days=1))
    assert titles(draft) == []


def test_operator_is_no_exception(draft):
    operator = make_user(is_superuser=True)
    draft.updated_by, draft.title = operator, "Anders"
    draft.save()
    with pytest.raises(ValidationError):
        draft.publish(operator)


@pytest.mark.parametrize("was_public", [True, False])
def test_new_address_of_a_link_makes_nobody_the_writer_of_words_that_nobody_has_seen(
    draft, writer, colleague, was_public
):
    draft.body = '<p><a href="https://alt.example/">x</a></p>'
    draft.save()
    if was_public:
        draft.publish(colleague)
    rewrite_links([draft], lambda address: "https://neu.example/", colleague)
    draft.refresh_from_db()
    assert draft.updated_by == (colleague if was_public else writer)
    with pytest.raises(ValidationError):
        draft.publish(draft.updated_by)


def test_second_person_publishes_and_the_history_names_them(draft, colleague):
    draft.publish(colleague)
    assert titles(draft) == [("Neu", "Klaus Kollege")]


def test_second_person_who_changes_a_word_is_the_writer_then(draft, writer, colleague):
    draft.title, draft.updated_by = "Noch neuer", colleague
    draft.save()
    with pytest.raises(ValidationError):
        draft.publish(colleague)
    draft.publish(writer)
    assert titles(draft) == [("Noch neuer", "Erika Beispiel")]


def test_approval_lets_the_writer_publish(draft, writer):
    assert draft.approve(draft.version, "Lea Leitung")
    draft.publish(writer)
    assert titles(draft) == [("Neu", "Lea Leitung")]


def test_approval_is_over_when_a_word_changes(draft, writer):
    draft.approve(draft.version, "Lea Leitung")
    draft.refresh_from_db()
    draft.title = "Ganz neu"
    draft.save()
    with pytest.raises(ValidationError):
        draft.publish(writer)


def test_approval_holds_when_the_same_words_are_saved(draft, writer):
    draft.approve(draft.version, "Lea Leitung")  # while a form was open that knows nothing of it
    draft.save()
    draft.publish(writer)
    assert titles(draft) == [("Neu", "Lea Leitung")]


def test_earlier_version_cannot_be_approved(draft):
    seen = draft.version
    draft.title = "Anders"
    draft.save()
    assert not draft.approve(seen, "Lea Leitung")
    draft.refresh_from_db()
    assert not draft.is_approved


def test_commands_of_the_operator_publish(draft):
    draft.publish(by=None)
    assert titles(draft) == [("Neu", "")]


def test_publishing_again_what_is_public_needs_nobody(draft, writer, colleague):
    public = draft.publish(colleague)
    assert draft.publish(writer) == public


# --- In the admin ----------------------------------------------------------------------------------


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_button_of_the_form_says_what_to_do(client, draft, writer):
    client.force_login(writer)
    address = reverse("admin:pages_page_change", args=[draft.page_id])
    response = client.post(address, form_data(client.get(address)) | {"_publish": "1"})
    assert said(response)[0] == (
        "Der Entwurf ist gespeichert, aber nicht öffentlich. Hier gilt das Vier-Augen-Prinzip: Sie haben diesen Text "
        "zuletzt geändert. Veröffentlichen kann ihn jemand anderes aus Ihrem Team. Oder Sie bitten jemanden mit "
        "„Freigabe erbitten“ um eine Freigabe per Link."
    )
    assert titles(draft) == []


def test_button_of_the_form_works_for_the_second_person(client, draft, colleague):
    client.force_login(colleague)
    address = reverse("admin:pages_page_change", args=[draft.page_id])
    client.post(address, form_data(client.get(address)) | {"_publish": "1"})
    assert titles(draft) == [("Neu", "Klaus Kollege")]


def test_button_of_the_preview_needs_a_second_person_too(client, draft, writer):
    client.force_login(writer)
    client.post(reverse("admin:pages_pagetranslation_publish", args=[draft.pk]), {"version": draft.version})
    assert titles(draft) == []


@pytest.mark.parametrize(("role", "is_on"), [(Role.EDITOR, False), (Role.MANAGER, True)])
def test_only_the_head_switches_it_on(client, role, is_on):
    city = make_city()
    client.force_login(make_user(city, role))
    address = reverse("admin:contacts_city_change", args=[city.pk])
    response = client.get(address)
    client.post(address, form_data(response) | {"four_eyes": "on"})
    city.refresh_from_db()
    assert city.four_eyes == is_on


# --- Who wrote by a link ----------------------------------------------------------------------------


def test_history_names_who_wrote_by_a_link(draft, colleague):
    draft.title = "Von Mona"
    draft.save(contributor="Mona Muster")
    assert draft.publish(colleague).contributor == "Mona Muster"


def test_name_stays_while_staff_correct_what_is_not_public_yet(draft):
    draft.title = "Von Mona"
    draft.save(contributor="Mona Muster")
    draft.title = "Von Mona, berichtigt"
    draft.save()
    assert draft.contributor == "Mona Muster"


def test_name_goes_when_staff_write_on_after_it_was_public(draft, colleague):
    draft.title = "Von Mona"
    draft.save(contributor="Mona Muster")
    draft.publish(colleague)
    draft.title = "Ohne Mona"
    draft.save()
    assert draft.contributor == ""


def test_restored_words_bring_the_name_of_who_wrote_them(draft, colleague, writer):
    draft.title = "Von Mona"
    draft.save(contributor="Mona Muster")
    revision = draft.publish(colleague)
    draft.title = "Ohne Mona"
    draft.save()
    assert draft.restore(revision, writer).contributor == "Mona Muster"
