"""Looking at a draft by a link, approving it, or saying what is to be changed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from contacts.models import Role
from inquiries.models import OutgoingMail
from invitations.models import Invitation, Verdict
from tests.factories import make_city, make_invitation, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar"], four_eyes=True)


@pytest.fixture
def writer(city):
    return make_user(city, Role.EDITOR, first_name="Erika", last_name="Beispiel")


@pytest.fixture
def text(city, writer):
    node = make_page(city, slug="beratung", published=False, translation={"title": "Entwurf", "updated_by": writer})
    return node.translations.get()


@pytest.fixture
def invitation(text, writer):
    return make_invitation(text.page, "approve", name="Lea Leitung", created_by=writer)


def address_of(invitation):
    return f"/de/mitmachen/{invitation.token}/"


def approve(client, invitation, version):
    return client.post(address_of(invitation), {"version": version, "approve": "1"})


def test_page_shows_the_draft_in_a_frame(client, invitation):
    frame = client.get(address_of(invitation)).context["frame_url"]
    assert client.get(frame).context["entry"].revision.title == "Entwurf"


def test_approval_lets_the_writer_publish_and_the_history_says_who_asked_for_it(client, invitation, text, writer):
    approve(client, invitation, text.version)
    client.force_login(writer)
    client.post(reverse("admin:pages_pagetranslation_publish", args=[text.pk]), {"version": text.version})
    assert text.revisions.get().approved_by == "Lea Leitung (per Link, erbeten von Erika Beispiel)"


def test_approval_does_not_publish(client, invitation, text):
    approve(client, invitation, text.version)
    assert not text.revisions.exists()


def test_version_that_changed_meanwhile_is_shown_again(client, invitation, text):
    seen = text.version
    text.title = "Anders"
    text.save()
    response = approve(client, invitation, seen)
    text.refresh_from_db()
    assert (response.status_code, response.context["has_changed"], text.is_approved) == (409, True, False)
    assert response.context["text"].version == text.version


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30, "٣"])
def test_forged_versions_approve_nothing(client, invitation, text, version):
    assert approve(client, invitation, version).status_code == 409
    text.refresh_from_db()
    assert (text.is_approved, Verdict.objects.count()) == (False, 0)


def test_remark_reaches_staff_on_the_form(client, invitation, text, writer):
    client.post(address_of(invitation), {"version": text.version, "remark": "Bitte kürzer"})
    client.force_login(writer)
    form = client.get(reverse("admin:pages_page_change", args=[text.page_id]))
    assert ("Lea Leitung" in form.text, "Bitte kürzer" in form.text) == (True, True)


def test_remark_that_is_settled_leaves_the_form(client, invitation, text, writer):
    invitation.say(text.version, "Bitte kürzer")
    client.force_login(writer)
    client.post(reverse("admin:invitations_invitation_settle", args=[invitation.pk]))
    assert "Bitte kürzer" not in client.get(reverse("admin:pages_page_change", args=[text.page_id])).text


def test_settling_remarks_is_written_down_once(client, invitation, text, writer):
    invitation.say(text.version, "Bitte kürzer")
    client.force_login(writer)
    for _click in range(2):
        client.post(reverse("admin:invitations_invitation_settle", args=[invitation.pk]))
    entry = Entry.objects.get(kind="invitations.invitation")
    assert (entry.city, entry.action, entry.detail) == (invitation.city, "changed", "Anmerkungen erledigt")


def test_remark_takes_the_own_approval_back(client, invitation, text):
    approve(client, invitation, text.version)
    client.post(address_of(invitation), {"version": text.version, "remark": "Doch nicht"})
    text.refresh_from_db()
    assert (text.is_approved, text.approved_by) == (False, "")


def test_remark_leaves_the_approval_of_somebody_else(client, invitation, text):
    text.approve(text.version, "Klaus Kollege")
    client.post(address_of(invitation), {"version": text.version, "remark": "Bitte kürzer"})
    text.refresh_from_db()
    assert text.is_approved


def test_empty_remark_is_asked_for(client, invitation, text):
    response = client.post(address_of(invitation), {"version": text.version, "remark": " "})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["remark"])


def test_approval_link_shows_no_other_language(client, invitation, text):
    make_translation(text.page, "ar", published=False, title="سر")
    assert client.get(f"/ar/mitmachen/{invitation.token}/seite/").context["entry"].revision.title == "Entwurf"


def test_preview_link_shows_every_language_of_its_page(client, text):
    make_translation(text.page, "ar", published=False, title="مسودة")
    token = make_invitation(text.page).token
    response = client.get(f"/de/mitmachen/{token}/")
    assert [address for _language, address in response.context["languages"]] == [
        f"/de/mitmachen/{token}/",
        f"/ar/mitmachen/{token}/",
    ]
    frame = client.get(f"/ar/mitmachen/{token}/").context["frame_url"]
    assert client.get(frame).context["entry"].revision.title == "مسودة"


def test_preview_link_shows_no_other_draft(client, text, city):
    other = make_page(city, slug="anderes", published=False, parent=text.page, translation={"title": "Geheim"})
    token = make_invitation(text.page).token
    assert "Geheim" not in client.get(f"/de/mitmachen/{token}/seite/").text
    assert client.get(f"/de/hier/{other.slug}/").status_code == 404


def test_preview_link_takes_no_approval(client, text):
    token = make_invitation(text.page).token
    client.post(f"/de/mitmachen/{token}/", {"version": text.version, "approve": "1"})
    text.refresh_from_db()
    assert (text.is_approved, Verdict.objects.count()) == (False, 0)


# --- Nobody approves alone ---------------------------------------------------------------------------


def ask(client, text, **fields):
    """What comes of asking for an approval in the admin."""
    query = {"page": text.page_id, "language": "de", "kind": "approve"}
    address = reverse("admin:invitations_invitation_add", query=query)
    ends_on = timezone.localdate() + timedelta(days=3)
    return client.post(address, {"name": "Lea Leitung", "ends_on": ends_on} | fields, follow=True)


def test_link_to_approve_goes_by_mail_and_is_not_shown_to_who_asks(client, text, writer):
    client.force_login(writer)
    response = ask(client, text, email="leitung@example.org")
    invitation = Invitation.objects.get()
    assert invitation.token in OutgoingMail.objects.get().secret_link
    assert invitation.token not in response.text
    assert "Deshalb geht dieser Link nur per E-Mail an Lea Leitung." in response.text


def test_link_to_approve_is_shown_where_two_pairs_of_eyes_are_not_needed(client, city, text, writer):
    city.four_eyes = False
    city.save()
    client.force_login(writer)
    response = ask(client, text)
    assert Invitation.objects.get().token in response.text


@pytest.mark.parametrize("email", ["", "Erika@Example.org"])
def test_link_to_approve_needs_the_address_of_another_person(client, text, writer, email):
    writer.email = "erika@example.org"
    writer.save()
    client.force_login(writer)
    assert "email" in ask(client, text, email=email).context["form"].errors
    assert not Invitation.objects.exists()
