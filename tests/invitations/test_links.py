"""What opens a link, what its page says when it is over, and what staff do with links in the admin."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from inquiries.models import OutgoingMail
from inquiries.outbox import send_due
from invitations.links import ADDRESSES, LinkIsClosed, invitation_or_404, path_of, register
from invitations.models import Invitation
from tests.factories import make_city, make_contact, make_invitation, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db
Kind = Invitation.Kind


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar"])


@pytest.fixture
def node(city):
    return make_page(city, slug="beratung", translation={"title": "Beratung"})


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR, first_name="Erika", last_name="Beispiel")
    client.force_login(user)
    return user


# --- Opening ---------------------------------------------------------------------------------------


def test_open_link_is_found_by_its_token(node):
    invitation = make_invitation(node)
    assert invitation_or_404(invitation.token, Kind.PREVIEW, Kind.APPROVE) == invitation


def test_token_stands_nowhere_in_the_database(node):
    invitation = make_invitation(node)
    stored = Invitation.objects.values().get()
    assert invitation.token not in map(str, stored.values())


def test_forged_token_opens_nothing_and_tells_nobody(node):
    make_invitation(node)
    with pytest.raises(LinkIsClosed) as closed:
        invitation_or_404("x" * 54, Kind.PREVIEW)
    assert closed.value.invitation is None


@pytest.mark.parametrize(
    "fields",
    [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()}, {"kind": Kind.APPROVE}],
    ids=["expired", "revoked", "of another kind"],
)
def test_link_that_is_over_opens_nothing_and_names_what_it_was(node, fields):
    invitation = make_invitation(node, **fields)
    with pytest.raises(LinkIsClosed) as closed:
        invitation_or_404(invitation.token, Kind.PREVIEW)
    assert closed.value.invitation == invitation


def test_kind_altered_in_the_database_opens_nothing(node):
    token = make_invitation(node).token
    Invitation.objects.update(kind=Kind.APPROVE)
    with pytest.raises(LinkIsClosed) as closed:
        invitation_or_404(token, Kind.APPROVE)
    assert closed.value.invitation is None


def test_link_ends_at_its_instant(node):
    end = timezone.now() + timedelta(hours=1)
    token = make_invitation(node, expires_at=end).token
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert invitation_or_404(token, Kind.PREVIEW)
    with time_machine.travel(end, tick=False), pytest.raises(LinkIsClosed):
        invitation_or_404(token, Kind.PREVIEW)


def test_page_of_a_link_that_is_over_says_whom_to_call(client, node, city):
    make_contact(city, is_main=True, phone="030 23125 007")
    token = make_invitation(node, revoked_at=timezone.now()).token
    response = client.get(f"/ar/mitmachen/{token}/")
    assert (response.status_code, "030 23125 007" in response.text) == (404, True)
    assert '<html lang="ar" dir="rtl">' in response.text


def test_page_of_a_link_that_never_was_names_nobody(client, node, city):
    make_contact(city, is_main=True, phone="030 23125 007")
    response = client.get(f"/de/mitmachen/{'x' * 54}/")
    assert (response.status_code, "030 23125 007" in response.text, "Hier" in response.text) == (404, False, False)


def test_links_work_before_the_city_is_public(client, node, city):
    city.is_public = False
    city.save()
    token = make_invitation(node, "translate", "ar").token
    response = client.get(f"/ar/mitmachen/{token}/")
    assert (response.status_code, city.get_absolute_url("ar") in response.text) == (200, False)


def opening(client, node, method="get", **headers):
    invitation = make_invitation(node)
    getattr(client, method)(f"/de/mitmachen/{invitation.token}/", headers=headers)
    invitation.refresh_from_db()
    return invitation.state


def test_opening_is_noted(client, node):
    assert opening(client, node, **{"Sec-Fetch-Mode": "navigate"}) == "used"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {"Sec-Fetch-Mode": "navigate"}),
        ("get", {"Sec-Fetch-Mode": "navigate", "Sec-Purpose": "prefetch;prerender"}),
        ("get", {"User-Agent": "Messenger"}),
    ],
    ids=["head", "prefetch", "machine of a messenger"],
)
def test_machines_that_look_ahead_use_nothing_up(client, node, method, headers):
    assert opening(client, node, method, **headers) == "open"


# --- Making one ------------------------------------------------------------------------------------


def make_url(node, kind="approve", language="de"):
    return reverse("admin:invitations_invitation_add") + f"?page={node.pk}&language={language}&kind={kind}"


def show_url(invitation):
    return reverse("admin:invitations_invitation_change", args=[invitation.pk])


def filled_in(**changes):
    return {"name": "Lea Leitung", "email": "", "ends_on": timezone.localdate().isoformat()} | changes


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_link_is_made_in_one_form_and_shown_afterwards(client, node, editor):
    response = client.post(make_url(node), filled_in())
    invitation = Invitation.objects.get()
    assert (response["Location"], invitation.created_by) == (show_url(invitation), editor)
    page = client.get(response["Location"])
    assert page.context["link"] == f"http://testserver/de/mitmachen/{invitation.token}/"
    assert page.context["link"] in page.context["words"]


@pytest.mark.parametrize(("role", "is_shown"), [(Role.AUTHOR, False), (Role.EDITOR, True)])
def test_link_to_review_is_for_those_who_may_review(client, node, city, role, is_shown):
    invitation = make_invitation(node, "review", name="Olga Ordner")
    client.force_login(make_user(city, role))
    listed = client.get(reverse("admin:invitations_invitation_changelist")).text
    shown = client.get(show_url(invitation), follow=True).text
    assert ("Olga Ordner" in listed, invitation.token in shown) == (is_shown, is_shown)


@time_machine.travel("2026-03-10T12:00:00+01:00", tick=False)
def test_link_holds_for_two_weeks_unless_something_else_is_said(client, node, editor):
    form = client.get(make_url(node)).context["form"]
    assert form["ends_on"].value() == date(2026, 3, 24)


@time_machine.travel("2026-03-10T12:00:00+01:00", tick=False)
@pytest.mark.parametrize(
    ("day", "is_fine"), [("2026-03-09", False), ("2026-03-10", True), ("2026-06-08", True), ("2026-06-09", False)]
)
def test_link_holds_for_ninety_days_at_most(client, node, editor, day, is_fine):
    client.post(make_url(node), filled_in(ends_on=day))
    assert Invitation.objects.exists() == is_fine


@time_machine.travel("2026-03-10T12:00:00+01:00", tick=False)
def test_link_holds_until_the_day_is_over_here(client, node, editor):
    client.post(make_url(node), filled_in(ends_on="2026-03-31"))
    assert timezone.localtime(Invitation.objects.get().expires_at).isoformat() == "2026-04-01T00:00:00+02:00"


@pytest.mark.parametrize(
    ("kind", "language"),
    [("review", "de"), ("translate", "de"), ("translate", "tr"), ("preview", "ar"), ("approve", "ar"), ("", "de")],
)
def test_there_is_no_link_to_what_is_not_there(client, node, editor, kind, language):
    assert client.get(make_url(node, kind, language)).status_code == 404


@pytest.mark.parametrize(
    ("role", "languages", "statuses"),
    [
        (Role.AUTHOR, [], [200, 200, 200]),
        (Role.EDITOR, [], [200, 200, 200]),
        (Role.MANAGER, [], [200, 200, 200]),
        (Role.TRANSLATOR, ["ar"], [200, 403, 403]),
        (Role.TRANSLATOR, ["tr"], [403, 403, 403]),
    ],
)
def test_role_decides_who_may_make_which_link(client, node, city, role, languages, statuses):
    client.force_login(make_user(city, role, languages=languages))
    asked = [("translate", "ar"), ("preview", "de"), ("approve", "de")]
    assert [client.get(make_url(node, kind, language)).status_code for kind, language in asked] == statuses


def test_translators_see_the_links_into_their_languages_only(client, node, city):
    own, other = make_invitation(node, "translate", "ar"), make_invitation(node, "preview")
    client.force_login(make_user(city, Role.TRANSLATOR, languages=["ar"]))
    listed = client.get(reverse("admin:invitations_invitation_changelist")).context["cl"].result_list
    assert list(listed) == [own]
    assert [client.get(show_url(each)).status_code for each in (own, other)] == [200, 302]


# --- The mail --------------------------------------------------------------------------------------


def test_mail_holds_the_link_only_until_it_is_sent(client, node, editor, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post(make_url(node, "translate", "ar"), filled_in(email="mona@example.org"))
    mail, token = OutgoingMail.objects.get(), Invitation.objects.get().token
    assert (token in mail.body, mail.secret_link) == (False, f"http://testserver/ar/mitmachen/{token}/")
    settings.MAIL_IS_SET_UP = True
    assert send_due() == (1, 0)
    assert mailoutbox[0].body.count(mail.secret_link) == 2  # once in each language
    mail.refresh_from_db()
    assert mail.secret_link == ""


def test_mail_is_written_in_german_and_in_the_language_of_the_link(client, node, editor):
    client.post(make_url(node, "translate", "ar"), filled_in(email="mona@example.org"))
    body = OutgoingMail.objects.get().body
    assert body.endswith("Kommunales Integrationszentrum Hier\n")
    assert body.count("{link}") == 2


def test_mail_about_an_approval_is_german_whatever_the_text_is_in(client, node, editor):
    make_translation(node, "ar", published=False)
    client.post(make_url(node, "approve", "ar"), filled_in(email="lea@example.org"))
    assert OutgoingMail.objects.get().body.count("{link}") == 1


def test_mail_of_a_revoked_link_does_not_go_out(client, node, editor):
    client.post(make_url(node), filled_in(email="lea@example.org"))
    client.post(reverse("admin:invitations_invitation_revoke", args=[Invitation.objects.get().pk]))
    assert not OutgoingMail.objects.exists()


# --- Showing and ending ----------------------------------------------------------------------------


def test_revoked_link_opens_nothing(client, node, editor):
    invitation = make_invitation(node)
    assert client.get(f"/de/mitmachen/{invitation.token}/").status_code == 200
    client.post(reverse("admin:invitations_invitation_revoke", args=[invitation.pk]))
    assert client.get(f"/de/mitmachen/{invitation.token}/").status_code == 404


def test_revoking_needs_a_button(client, node, editor):
    invitation = make_invitation(node)
    assert client.get(reverse("admin:invitations_invitation_revoke", args=[invitation.pk])).status_code == 405


def test_ended_link_is_not_shown_again(client, node, editor):
    invitation = make_invitation(node, revoked_at=timezone.now())
    assert invitation.token not in client.get(show_url(invitation)).text


def test_link_made_with_another_secret_is_not_shown(client, node, editor, settings):
    invitation = make_invitation(node)
    Invitation.objects.update(token_hash="0" * 64)
    assert "link" not in client.get(show_url(invitation)).context


def test_only_what_is_over_can_be_deleted(client, node, editor):
    open_one, ended = make_invitation(node), make_invitation(node, revoked_at=timezone.now())
    for invitation in (open_one, ended):
        client.post(reverse("admin:invitations_invitation_delete", args=[invitation.pk]), {"post": "yes"})
    assert list(Invitation.objects.all()) == [open_one]


def in_state(client, state):
    address = reverse("admin:invitations_invitation_changelist") + f"?state={state}"
    return [invitation.name for invitation in client.get(address).context["cl"].result_list]


def test_list_knows_states(client, node, editor):
    now = timezone.now()
    make_invitation(node, name="neu")
    make_invitation(node, name="benutzt", last_used_at=now)
    make_invitation(node, name="abgelaufen", expires_at=now)
    make_invitation(node, name="widerrufen", revoked_at=now)
    make_invitation(node, "approve", name="Anmerkung", last_used_at=now).say(1, "Bitte kürzer")
    assert [in_state(client, state) for state in ("open", "expired", "revoked", "remark")] == [
        ["neu"],
        ["abgelaufen"],
        ["widerrufen"],
        ["Anmerkung"],
    ]
    assert in_state(client, "used") == ["Anmerkung", "benutzt"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_a_constant_number_of_queries(client, city, editor, number, django_assert_num_queries):
    for _ in range(number):
        make_invitation(make_page(city), created_by=editor)
    with django_assert_num_queries(12):
        client.get(reverse("admin:invitations_invitation_changelist"))


def test_link_about_a_contact_is_listed_and_shown(client, city, editor):
    contact = make_contact(city, function="Beratung")
    invitation = Invitation.objects.create(city=city, contact=contact, kind="review", name="Olga Ordner")
    listed = client.get(reverse("admin:invitations_invitation_changelist"))
    assert ("Beratung" in listed.text, "Olga Ordner" in listed.text) == (True, True)
    assert client.get(show_url(invitation)).context["link"].endswith(f"/de/pruefen/{invitation.token}/")


def test_another_app_says_where_the_links_of_its_kind_lead(monkeypatch, client, city, editor):
    monkeypatch.setattr("invitations.links.ADDRESSES", dict(ADDRESSES))
    register(Kind.REVIEW, "invitations:draft")
    invitation = Invitation.objects.create(
        city=city, contact=make_contact(city), kind="review", language="ar", name="Olga Ordner"
    )
    assert path_of(invitation) == f"/de/mitmachen/{invitation.token}/seite/"
