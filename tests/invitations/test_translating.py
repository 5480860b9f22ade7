"""Somebody without an account translates a page by a link; staff take it over, and the history says who wrote it."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from invitations.models import Suggestion
from pages.models import PageRevision, PageTranslation
from tests.factories import make_city, make_invitation, make_page, make_suggestion, make_translation, make_user

pytestmark = pytest.mark.django_db

WORDS = {"title": "عنوان", "summary": "باختصار.", "block-1": "الأول.", "block-2": "الثاني."}


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar", "tr"])


@pytest.fixture
def node(city):
    return make_page(city, slug="beratung", translation={"title": "Beratung"})


@pytest.fixture
def invitation(node):
    return make_invitation(node, "translate", "ar")


@pytest.fixture
def editor(city):
    return make_user(city, Role.EDITOR, first_name="Erika", last_name="Beispiel")


def address_of(invitation):
    return f"/ar/mitmachen/{invitation.token}/"


def send(client, invitation, **words):
    """What the form of the page sends, with these words."""
    rows = client.get(address_of(invitation)).context["rows"]
    data = {name: rows[name].value() for name in rows.fields} | words
    return client.post(address_of(invitation), {name: value for name, value in data.items() if value})


def review(suggestion):
    return reverse("admin:invitations_suggestion_change", args=[suggestion.pk])


def decide(client, suggestion, button, **changes):
    initial = client.get(review(suggestion)).context["form"].initial
    return client.post(review(suggestion), initial | {"remark": ""} | changes | {button: "1"})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- Writing ---------------------------------------------------------------------------------------


def test_page_stands_in_the_language_of_the_link(client, invitation):
    response = client.get(address_of(invitation))
    assert '<html lang="ar" dir="rtl">' in response.text


def test_what_was_written_is_a_suggestion_and_no_draft(client, invitation, node):
    response = send(client, invitation, **WORDS)
    assert (response.status_code, response["Location"]) == (302, address_of(invitation))
    suggestion = Suggestion.objects.get()
    assert suggestion.texts["body"] == "<p>الأول.</p><p>الثاني.</p>"
    assert suggestion.source_digests == node.translations.get(language="de").digests
    assert not node.translations.filter(language="ar").exists()


def test_writer_comes_back_and_goes_on(client, invitation):
    send(client, invitation, **WORDS)
    assert client.get(address_of(invitation)).context["rows"]["title"].value() == "عنوان"
    send(client, invitation, title="عنوان آخر")
    assert Suggestion.objects.get().texts["title"] == "عنوان آخر"
    assert Suggestion.objects.get().texts["body"] == "<p>الأول.</p><p>الثاني.</p>"


def test_words_stay_when_something_is_missing(client, invitation):
    response = send(client, invitation, **WORDS | {"title": ""})
    assert (response.status_code, Suggestion.objects.count()) == (422, 0)
    assert response.context["rows"]["block-1"].value() == "الأول."


def test_markup_of_strangers_is_made_harmless(client, invitation):
    send(client, invitation, **WORDS | {"block-1": "<script>alert(1)</script> [x](javascript:alert(1))"})
    body = Suggestion.objects.get().texts["body"]
    assert ("<script" in body, 'href="javascript' in body) == (False, False)


def test_present_draft_is_where_the_writer_begins(client, invitation, node):
    make_translation(node, "ar", published=False, title="قديم")
    assert client.get(address_of(invitation)).context["rows"]["title"].value() == "قديم"


def test_link_opens_no_other_page(client, invitation, city):
    other = make_page(city, published=False, translation={"title": "Geheim"})
    assert "Geheim" not in client.get(address_of(invitation)).text
    send(client, invitation, **WORDS, page_id=other.pk, token=make_invitation(other, "translate", "ar").token)
    assert Suggestion.objects.get().invitation == invitation


def test_body_that_has_no_rows_is_told_on_the_phone(client, invitation, node):
    make_translation(node, "ar", published=False, body="<blockquote><blockquote><p>x</p></blockquote></blockquote>")
    response = client.get(address_of(invitation))
    assert (response.status_code, "rows" in response.context) == (200, False)


# --- Deciding --------------------------------------------------------------------------------------


def test_staff_take_it_over_into_the_draft(client, invitation, editor, node):
    send(client, invitation, **WORDS)
    client.force_login(editor)
    response = decide(client, Suggestion.objects.get(), "_accept")
    assert said(response) == ["Der Vorschlag steht jetzt im Entwurf. Für Besucher*innen hat sich noch nichts geändert."]
    draft = node.translations.get(language="ar")
    assert (draft.title, draft.updated_by, draft.contributor) == ("عنوان", editor, "Mona Muster")
    assert not draft.revisions.exists()


def test_taken_over_and_published_it_is_current_and_the_history_names_the_writer(client, invitation, editor, node):
    send(client, invitation, **WORDS)
    client.force_login(editor)
    decide(client, Suggestion.objects.get(), "_accept")
    text = node.translations.get(language="ar")
    client.post(reverse("admin:pages_pagetranslation_publish", args=[text.pk]), {"version": text.version})
    entry = client.get("/ar/hier/beratung/").context["entry"]
    assert (entry.revision.title, entry.is_outdated) == ("عنوان", False)
    history = client.get(reverse("admin:pages_pagetranslation_history", args=[text.pk]))
    assert "Mitgeschrieben von Mona Muster" in history.text


def test_draft_that_somebody_changed_meanwhile_is_not_overwritten(client, invitation, editor, node):
    text = make_translation(node, "ar", published=False, title="قديم")
    suggestion = make_suggestion(invitation)
    client.force_login(editor)
    seen = client.get(review(suggestion)).context["form"].initial
    text.title = "أحدث"
    text.save()
    response = client.post(review(suggestion), seen | {"remark": "", "_accept": "1"})
    assert said(response)[0].startswith("Inzwischen hat sich etwas geändert")
    text.refresh_from_db()
    suggestion.refresh_from_db()
    assert (text.title, suggestion.state) == ("أحدث", "open")


def test_draft_that_somebody_began_meanwhile_is_not_overwritten(client, invitation, editor, node):
    suggestion = make_suggestion(invitation)
    client.force_login(editor)
    seen = client.get(review(suggestion)).context["form"].initial
    make_translation(node, "ar", published=False, title="أسرع")
    client.post(review(suggestion), seen | {"remark": "", "_accept": "1"})
    assert node.translations.get(language="ar").title == "أسرع"


def test_two_first_drafts_at_the_same_moment_are_told(client, invitation, editor, monkeypatch):
    suggestion = make_suggestion(invitation)
    client.force_login(editor)

    def be_second(*_):
        raise IntegrityError

    monkeypatch.setattr(Suggestion, "accept", be_second)
    assert said(decide(client, suggestion, "_accept"))[0].startswith("Inzwischen hat sich etwas geändert")


def test_words_that_came_while_staff_were_looking_are_looked_at_first(client, invitation, editor):
    suggestion = make_suggestion(invitation)
    client.force_login(editor)
    seen = client.get(review(suggestion)).context["form"].initial
    Suggestion.objects.update(saved_at=timezone.now() + timedelta(seconds=1))
    client.post(review(suggestion), seen | {"remark": "", "_accept": "1"})
    client.post(review(suggestion), seen | {"remark": "Nein", "_decline": "1"})
    suggestion.refresh_from_db()
    assert suggestion.state == "open"


def test_suggestion_is_decided_once(client, invitation, editor, node):
    suggestion = make_suggestion(invitation)
    client.force_login(editor)
    seen = client.get(review(suggestion)).context["form"].initial
    client.post(review(suggestion), seen | {"remark": "", "_accept": "1"})
    client.post(review(suggestion), seen | {"version": 1, "remark": "Doch nicht", "_decline": "1"})
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by) == ("accepted", editor)


def test_remark_is_read_at_the_link_and_the_words_are_still_there(client, invitation, editor):
    send(client, invitation, **WORDS)
    client.force_login(editor)
    decide(client, Suggestion.objects.get(), "_decline", remark="Bitte mit Sie-Form")
    client.logout()
    response = client.get(address_of(invitation))
    assert "Bitte mit Sie-Form" in response.text
    assert response.context["rows"]["title"].value() == "عنوان"


def test_writer_may_try_again_after_a_decision(client, invitation, editor):
    declined = make_suggestion(invitation, state="declined")
    send(client, invitation, title="أفضل")
    assert [each.state for each in Suggestion.objects.all()] == ["open", "declined"]
    declined.refresh_from_db()
    assert declined.texts["title"] == "عنوان"


def test_words_too_long_for_a_draft_are_refused_with_a_sentence(client, invitation, editor):
    suggestion = make_suggestion(invitation, texts={"title": "x" * 200, "body": "<p>x</p>"})
    client.force_login(editor)
    response = decide(client, suggestion, "_accept")
    assert said(response)[0].startswith("Der Vorschlag passt nicht in den Entwurf.")
    assert not PageTranslation.objects.filter(language="ar").exists()


@pytest.mark.parametrize(
    ("role", "languages", "status"),
    [
        (Role.AUTHOR, [], 200),
        (Role.EDITOR, [], 200),
        (Role.TRANSLATOR, ["ar"], 200),
        (Role.TRANSLATOR, ["tr"], 302),
    ],
)
def test_suggestions_are_for_those_who_write_the_language(client, invitation, city, role, languages, status):
    client.force_login(make_user(city, role, languages=languages))
    assert client.get(review(make_suggestion(invitation))).status_code == status


def test_nothing_of_a_suggestion_is_public(client, invitation, node):
    send(client, invitation, **WORDS)
    assert not PageRevision.objects.filter(translation__language="ar").exists()
    assert "الثاني." not in client.get("/ar/hier/beratung/").text


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_a_constant_number_of_queries(client, city, editor, number, django_assert_num_queries):
    for _ in range(number):
        make_suggestion(make_invitation(make_page(city), "translate", "ar"))
    client.force_login(editor)
    with django_assert_num_queries(12):
        client.get(reverse("admin:invitations_suggestion_changelist"))
