"""What somebody without an account sees and does by a link, and what the link does not open."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import gettext, override

from contacts.languages import LANGUAGES
from contacts.models import Contact, OpeningHours
from contacts.templatetags.local_words import long_date
from inquiries.models import OutgoingMail
from invitations.models import Invitation
from pages.models import Page, PageRevision
from reviews.asking import ask
from reviews.models import ProposedChange, ReviewRequest
from tests.factories import make_city, make_contact, make_offer, make_page, make_translation

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.SITE_URL = "https://ki.example.org"
    with time_machine.travel("2026-11-03T10:00:00+01:00", tick=False):
        yield


@pytest.fixture
def city():
    return make_city("hier")


def owned(make, city, **fields):
    defaults = {"owner_name": "Anna Beispiel", "owner_email": "anna@example.org", "review_on": TODAY, "review_every": 6}
    return make(city, **defaults | fields)


def link(email="anna@example.org"):
    """The path that the newest mail to somebody leads to."""
    ask(timezone.now())
    mail = OutgoingMail.objects.filter(recipient=email).first()
    return mail.secret_link.removeprefix("https://ki.example.org")


def state(item):
    item.refresh_from_db()
    return item.last_verified, item.verified_by, item.review_on


def form_of(client, path):
    """What the form of the page holds, as a browser would send it."""
    form = client.get(path).context["form"]
    return {name: json.dumps(value) if name == "seen" else value for name, value in form.initial.items()}


UNTOUCHED = (None, "", TODAY)
CONFIRMED = (TODAY, "Anna Beispiel", date(2027, 5, 3))


# --- What it shows -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_page, make_offer])
def test_page_is_shown_as_visitors_see_it_and_nothing_else(client, city, make):
    owned(make, city, translation={"title": "Beratung", "body": "<p>Jeden Montag.</p>"})
    make_page(city, translation={"title": "Geheim"}, published=False)
    text = client.get(link()).text
    assert "<p>Jeden Montag.</p>" in text
    assert "Geheim" not in text


def test_draft_of_the_page_is_not_shown(client, city):
    page = owned(make_page, city)
    draft = page.translations.get()
    draft.title = "Noch geheim"
    draft.save()
    assert "Noch geheim" not in client.get(link()).text


def test_contact_is_shown_as_its_card(client, city):
    owned(make_contact, city, function="Zentrale", phone="030 23125 011", name="Gerd Geheim")
    text = client.get(link()).text
    assert 'href="tel:+493023125011"' in text
    assert "Gerd Geheim" not in text


def test_addresses_of_owner_and_deputy_are_shown_nowhere(client, city):
    page = owned(make_page, city, deputy_email="dora@example.org")
    contact = owned(make_contact, city, deputy_email="dora@example.org")
    path = link()
    paths = [path, page.get_absolute_url(), contact.get_absolute_url(), "/de/hier/kontakt/"]
    paths += ["/de/hier/daten/kontakte.json", "/de/hier/daten/angebote.json", f"/de/hier/kontakt/{contact.pk}.vcf"]
    for each in paths:
        text = client.get(each).text
        assert [word for word in ("anna@", "dora@") if word in text] == [], each


def test_several_things_come_as_a_list_and_one_by_one(client, city):
    owned(make_page, city, translation={"title": "Beratung"}, in_navigation=False)
    contact = owned(make_contact, city, function="Zentrale")
    path = link()
    text = client.get(path).text
    assert [word in text for word in ("Beratung", "Zentrale", "Ja, stimmt noch")] == [True, True, False]
    request = ReviewRequest.objects.get(contact=contact)
    text = client.get(f"{path}?nr={request.pk}").text
    assert [word in text for word in ("Beratung", "Zentrale", "Ja, stimmt noch")] == [False, True, True]


@pytest.mark.parametrize("nr", ["0", "x", "9" * 40, "²"])
def test_number_of_something_else_shows_the_list(client, city, nr):
    for _number in range(2):
        owned(make_contact, city)
    assert "Öffnen Sie bitte jeden Punkt" in client.get(link(), {"nr": nr}).text


def test_number_of_another_links_request_opens_nothing(client, city):
    for function in ("Eins", "Zwei"):
        owned(make_contact, city, function=function)
    foreign = owned(make_contact, city, function="Fremd", owner_email="berta@example.org")
    path = link()
    text = client.get(path, {"nr": ReviewRequest.objects.get(contact=foreign).pk}).text
    assert [word in text for word in ("Eins", "Fremd")] == [True, False]


@pytest.mark.parametrize("count", [2, 4])
def test_list_costs_the_same_for_any_number(client, city, count, django_assert_num_queries):
    for _number in range(count // 2):
        owned(make_page, city)
        owned(make_contact, city)
    path = link()
    with django_assert_num_queries(5):
        client.get(path)


def test_words_are_in_the_language_of_the_address(client, city):
    page = owned(make_page, city)
    make_translation(page, "ar", title="استشارة")
    response = client.get(link().replace("/de/", "/ar/"))
    assert "استشارة" in response.text
    assert '<html lang="ar" dir="rtl">' in response.text


# --- What stands around it -----------------------------------------------------------------------


def test_link_stays_secret(client, city):
    owned(make_page, city)
    path = link()
    response = client.get(path)
    headers = ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")
    assert [response[name] for name in headers] == ["no-referrer", "no-store", "noindex, nofollow"]
    assert response.cookies == {}
    token = Invitation.objects.get().token
    # Only in the switch of languages, which stays on the page.
    assert response.text.count(token) == response.text.count(f'/pruefen/{token}/" hreflang=')


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_answers_nothing(client, city, method):
    page = owned(make_page, city)
    path = link()
    response = getattr(client, method)(f"{path}?confirm=1")
    assert response.status_code == 200
    assert state(page) == UNTOUCHED
    assert ReviewRequest.objects.open().count() == 1


@pytest.mark.parametrize(
    "headers", [{"origin": "https://boese.example.org"}, {"sec-fetch-site": "cross-site"}], ids=["origin", "fetch"]
)
def test_another_website_cannot_answer(client, city, headers):
    page = owned(make_page, city)
    assert client.post(link(), {"confirm": "1"}, headers=headers).status_code == 403
    assert state(page) == UNTOUCHED


# --- Stimmt noch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_page, make_offer, make_contact])
def test_confirming_sets_the_day_and_the_next_one(client, city, make):
    item = owned(make, city)
    response = client.post(link(), {"confirm": "1"}, follow=True)
    assert response.redirect_chain[0][1] == 303
    assert "Wir fragen wieder am 3. Mai 2027." in response.text
    assert state(item) == CONFIRMED


def test_confirming_twice_counts_once(client, city):
    page = owned(make_page, city)
    path = link()
    client.post(path, {"confirm": "1"})
    with time_machine.travel("2026-11-20T10:00:00+01:00"):
        client.post(path, {"confirm": "1"})
    assert state(page) == CONFIRMED


def test_only_the_first_answer_counts(client, city):
    page = owned(make_page, city, deputy_name="Dora", deputy_email="dora@example.org")
    owners = link()
    with time_machine.travel("2026-11-20T10:00:00+01:00"):
        deputys = link("dora@example.org")
        client.post(deputys, {"confirm": "1"})
        response = client.post(owners, {"confirm": "1"}, follow=True)
    assert "Alles stimmt noch" in response.text
    assert state(page)[:2] == (date(2026, 11, 20), "Dora")


def test_without_an_interval_nobody_is_asked_again(client, city):
    page = owned(make_page, city, review_every=None)
    client.post(link(), {"confirm": "1"})
    assert state(page) == (TODAY, "Anna Beispiel", None)


def test_each_of_several_is_answered_for_itself(client, city):
    first, second = (owned(make_contact, city, function=function) for function in ("Eins", "Zwei"))
    path = link()
    request = ReviewRequest.objects.get(contact=first)
    response = client.post(f"{path}?nr={request.pk}", {"confirm": "1"}, follow=True)
    assert [state(first), state(second)] == [CONFIRMED, UNTOUCHED]
    assert "Zwei" in response.text
    assert "Eins" in client.get(path).text


def test_confirming_publishes_nothing(client, city):
    page = owned(make_page, city)
    draft = page.translations.get()
    draft.title = "Noch nicht fertig"
    draft.save()
    client.post(link(), {"confirm": "1"})
    assert draft.revisions.count() == 1


# --- A proposed change ---------------------------------------------------------------------------


def test_proposed_number_changes_nothing_by_itself(client, city):
    contact = owned(make_contact, city, phone="030 23125 001")
    path = link()
    client.post(path, form_of(client, path) | {"phone": "030 23125 099", "propose": "1"})
    contact.refresh_from_db()
    proposal = ProposedChange.objects.get()
    assert (contact.phone, state(contact)) == ("030 23125 001", UNTOUCHED)
    assert (proposal.old, proposal.new) == ({"phone": "030 23125 001"}, {"phone": "030 23125 099"})
    assert (proposal.contact, proposal.city, proposal.proposed_by) == (contact, city, "Anna Beispiel")
    assert ReviewRequest.objects.get().answer == "change"


def test_hours_and_languages_are_proposed_as_text(client, city):
    contact = owned(make_contact, city, languages=["de", "ar"])
    OpeningHours.objects.create(contact=contact, weekday=0, opens="08:00", closes="12:00")
    path = link()
    data = form_of(client, path)
    assert (data["hours"], data["languages"]) == ("Montag 08:00–12:00, geöffnet", "Arabisch, Deutsch")
    client.post(path, data | {"hours": "Montag 8–12\r\nDienstag 8–12", "propose": "1"})
    assert ProposedChange.objects.get().new == {"hours": "Montag 8–12\nDienstag 8–12"}


def test_what_staff_changed_meanwhile_is_not_proposed_back(client, city):
    contact = owned(make_contact, city)
    path = link()
    data = form_of(client, path)
    Contact.objects.filter(pk=contact.pk).update(phone="030 23125 005", phone_uri="+493023125005")
    client.post(path, data | {"room": "12", "propose": "1"})
    assert ProposedChange.objects.get().new == {"room": "12"}


def test_remark_about_a_page_waits_for_staff(client, city):
    page = owned(make_page, city)
    client.post(link(), {"remark": "Der Kurs heißt jetzt anders.", "propose": "1"})
    proposal = ProposedChange.objects.get()
    assert (proposal.page, proposal.remark) == (page, "Der Kurs heißt jetzt anders.")
    assert state(page) == UNTOUCHED


@pytest.mark.parametrize("make", [make_page, make_contact])
def test_proposal_without_a_change_is_sent_back(client, city, make):
    owned(make, city)
    path = link()
    data = {"remark": " "} if make is make_page else form_of(client, path)
    assert client.post(path, data | {"propose": "1"}).status_code == 422
    assert ProposedChange.objects.count() == 0


def test_faulty_number_comes_back_with_all_that_was_typed(client, city):
    owned(make_contact, city)
    path = link()
    response = client.post(path, form_of(client, path) | {"phone": "12", "remark": "Bitte ändern", "propose": "1"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["phone"]
    assert [word in response.text for word in ('value="12"', "Bitte ändern</textarea>")] == [True, True]


@pytest.mark.parametrize("seen", ["", "[]", "{", '{"phone": 5}', '{"x": "y"}'])
def test_tampered_state_of_the_form_is_no_fault(client, city, seen):
    owned(make_contact, city)
    response = client.post(link(), {"phone": "030 23125 099", "seen": seen, "propose": "1"})
    assert response.status_code in (303, 422)


def test_pressing_twice_proposes_once(client, city):
    owned(make_page, city)
    path = link()
    for _press in range(2):
        client.post(path, {"remark": "Falsch", "propose": "1"})
    assert ProposedChange.objects.count() == 1


def test_words_of_the_deputy_are_kept_when_the_owner_was_quicker(client, city):
    page = owned(make_page, city, deputy_email="dora@example.org")
    owners = link()
    with time_machine.travel("2026-11-20T10:00:00+01:00"):
        deputys = link("dora@example.org")
        client.post(owners, {"confirm": "1"})
        client.post(deputys, {"remark": "Der Ort ist falsch.", "propose": "1"})
    assert ProposedChange.objects.get().remark == "Der Ort ist falsch."
    assert state(page)[1] == "Anna Beispiel"


# --- What opens nothing --------------------------------------------------------------------------


def forge(invitation, path):
    return path.replace(invitation.token, "x" * len(invitation.token))


def expire(invitation, path):
    Invitation.objects.update(expires_at=timezone.now())
    return path


def revoke(invitation, path):
    invitation.revoke()
    return path


def make_it_another_kind(invitation, path):
    Invitation.objects.update(kind="approve")
    return path


def withdraw(invitation, path):
    now = timezone.now()
    PageRevision.objects.update(visible_from=now - timedelta(hours=1), visible_until=now)
    return path


def hide_the_city(invitation, path):
    type(invitation.city).objects.update(is_public=False)
    return path


def choose_another_owner(invitation, path):
    Page.objects.update(owner_email="neu@example.org")
    return path


@pytest.mark.parametrize(
    "close", [forge, expire, revoke, make_it_another_kind, withdraw, hide_the_city, choose_another_owner]
)
def test_closed_link_shows_and_changes_nothing(client, city, close):
    page = owned(make_page, city, translation={"body": "<p>Jeden Montag.</p>"})
    path = link()
    assert "Jeden Montag." in client.get(path).text
    path = close(Invitation.objects.get(), path)
    for response in (client.get(path), client.post(path, {"confirm": "1"}), client.post(path, {"remark": "x"})):
        assert response.status_code == 404
        assert "Dieser Link geht nicht mehr" in response.text
        assert "Jeden Montag." not in response.text
        assert response["Referrer-Policy"] == "no-referrer"
    assert state(page) == UNTOUCHED
    assert ProposedChange.objects.count() == 0


def test_link_of_the_deputy_is_closed_before_the_deputy_is_asked(client, city):
    """The deputy of today was the owner of something else: that link shows nothing of this."""
    owned(make_contact, city, function="Annas", deputy_email="dora@example.org")
    owned(make_contact, city, function="Doras", owner_email="dora@example.org")
    text = client.get(link("dora@example.org")).text
    assert [word in text for word in ("Annas", "Doras")] == [False, True]


def test_links_for_previews_do_not_open_a_review(client, city):
    page = owned(make_page, city)
    link()
    preview = Invitation.objects.create(city=city, page=page, kind="preview", name="Anna", email="anna@example.org")
    assert client.get(f"/de/pruefen/{preview.token}/").status_code == 404


def test_day_of_the_review_is_public_in_the_readers_language(client, city):
    page = owned(make_page, city)
    make_translation(page, "ar", title="استشارة")
    client.post(link(), {"confirm": "1"})
    assert "Zuletzt geprüft am 3. November 2026" in client.get(page.get_absolute_url()).text
    assert '"lastReviewed":"2026-11-03"' in client.get(page.get_absolute_url()).text
    with override("ar"):
        words = gettext("Zuletzt geprüft am %(date)s") % {"date": long_date(TODAY, LANGUAGES["ar"])}
    assert words in client.get(page.get_absolute_url("ar")).text


def test_page_that_was_never_reviewed_says_nothing_about_it(client, city):
    page = make_page(city)
    assert "geprüft" not in client.get(page.get_absolute_url()).text
