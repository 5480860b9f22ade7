"""A walk over every address that a link opens: with tokens that open nothing, and from another website."""

import io
import logging

import pytest
from django.core import serializers

from contacts.models import City
from inquiries.models import OutgoingMail
from invitations.models import Invitation, Suggestion, Verdict
from ki_site.logs import WithoutSecrets
from pages.models import PageRevision, PageTranslation
from tests.factories import make_city, make_contact, make_invitation, make_page, make_review_request, make_translation
from tests.invitations.doors import DOORS, closed_tokens, doors_of, registered_doors

pytestmark = pytest.mark.django_db
Kind = Invitation.Kind
EACH_KIND = [(Kind.TRANSLATE, "ar"), (Kind.PREVIEW, "de"), (Kind.APPROVE, "de"), (Kind.REVIEW, "de")]
# What a form of any of these pages could send.
SENT = {"title": "Fremd", "approve": "1", "remark": "Fremd", "version": "1", "renders_source": "on"}


@pytest.fixture
def node():
    city = make_city("hier", languages=["de", "ar"])
    make_contact(city, is_main=True)
    return make_page(city, slug="seite", published=False, translation={"title": "Geheimer Entwurf"})


def open_link(node, kind, language):
    """A link that opens its page; what owners are asked about has to be public and theirs."""
    invitation = make_invitation(node, kind, language, email="kim@example.org")
    if kind == Kind.REVIEW:
        node.owner_email = invitation.email
        node.save()
        node.translations.get().publish(by=None)
        make_review_request(node, invitation=invitation)
    return invitation


def rows():
    """Everything that a link could change, but when it was opened."""
    models = (City, PageTranslation, PageRevision, Suggestion, Verdict, OutgoingMail)
    return [serializers.serialize("json", model.objects.order_by("pk")) for model in models]


def test_walk_knows_every_address():
    assert registered_doors() == DOORS


@pytest.mark.parametrize(("kind", "language"), EACH_KIND)
def test_open_links_open_what_the_walk_finds_closed(client, node, kind, language):
    """So the next tests mean something."""
    token = open_link(node, kind, language).token
    answers = {address: client.get(address).status_code for address in doors_of(kind, token)}
    assert set(answers.values()) == {200}


@pytest.mark.parametrize(("kind", "language"), EACH_KIND)
def test_closed_links_show_and_change_nothing(client, node, kind, language):
    tokens = closed_tokens(node, kind, language)
    before = rows()
    for why, token in tokens.items():
        for address in doors_of(kind, token):
            for response in (client.get(address), client.post(address, SENT)):
                assert (why, response.status_code in (404, 405)) == (why, True)
                assert "Geheimer Entwurf" not in response.text
    assert rows() == before


@pytest.mark.parametrize(("kind", "language"), EACH_KIND)
def test_links_open_no_other_kind_of_page(client, node, kind, language):
    token = make_invitation(node, kind, language).token
    before = rows()
    for name, kinds in DOORS.items():
        if kind not in kinds:
            address = doors_of(next(iter(kinds)), token)[-1]
            assert (name, client.get(address).status_code) == (name, 404)
    assert rows() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
    ],
)
@pytest.mark.parametrize(("kind", "language"), EACH_KIND)
def test_other_websites_send_nothing(client, node, kind, language, headers):
    token = make_invitation(node, kind, language).token
    before = rows()
    for address in doors_of(kind, token)[:1]:
        assert client.post(address, SENT, headers=headers).status_code == 403
    assert rows() == before


@pytest.mark.parametrize(("kind", "language"), EACH_KIND)
def test_pages_keep_their_address_secret_and_set_no_cookie(client, node, kind, language):
    make_translation(node, "ar", published=False)
    token = make_invitation(node, kind, language).token
    for address in doors_of(kind, token):
        response = client.get(address)
        headers = [response[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")]
        assert headers == ["no-referrer", "no-store", "noindex, nofollow"]
        assert (response.cookies.output(), "csrfmiddlewaretoken" in response.text) == ("", False)


@pytest.mark.parametrize(("kind", "language"), EACH_KIND)
def test_no_link_to_elsewhere_carries_the_token(client, node, kind, language):
    token = open_link(node, kind, language).token
    for address in doors_of(kind, token):
        text = client.get(address).text
        for kept in (f"/mitmachen/{token}/", f"/pruefen/{token}/"):
            text = text.replace(kept, "")
        assert token not in text


def test_page_in_the_frame_has_no_link_back(client, node):
    token = make_invitation(node, Kind.PREVIEW, "de").token
    assert token not in client.get(f"/de/mitmachen/{token}/seite/").text


def policy_of(response):
    return dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("kind", [Kind.PREVIEW, Kind.APPROVE])
def test_only_the_framed_page_may_stand_in_a_frame_of_ours(client, node, kind):
    token = make_invitation(node, kind, "de").token
    outer, inner = (client.get(address) for address in doors_of(kind, token))
    assert (outer["X-Frame-Options"], inner["X-Frame-Options"]) == ("DENY", "SAMEORIGIN")
    policies = [
        dict(part.split(" ", 1) for part in each["Content-Security-Policy"].split("; ")) for each in (outer, inner)
    ]
    assert [(policy["frame-ancestors"], policy.get("frame-src")) for policy in policies] == [
        ("'none'", "'self'"),
        ("'self'", None),
    ]


def test_faults_are_logged_without_the_token(client, node, monkeypatch):
    """Whoever reads the log of the server must not be able to use somebody's link."""
    token = make_invitation(node, Kind.APPROVE, "de").token

    def fail(request, invitation):
        raise ValueError(request.path)

    monkeypatch.setattr("invitations.views.VIEWS", {Kind.APPROVE: fail})
    client.raise_request_exception = False
    console = next(handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, WithoutSecrets))
    log = io.StringIO()
    monkeypatch.setattr(console, "stream", log)
    assert client.get(f"/de/mitmachen/{token}/").status_code == 500
    assert log.getvalue().count("/de/mitmachen/…") == 1
    assert token not in log.getvalue()
