"""The check before publishing in the forms of the admin: it shows, it stops, it keeps what was typed."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from pages.checks import Reading, findings
from pages.models import PageRevision
from tests.factories import make_city, make_contact, make_page, make_translation, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

WITH_ERROR = "<p>Zum <a>Kurs</a>.</p>"
WITH_HINT = "<p>ACHTUNG!</p>"
NOWHERE = "Der Link „Kurs“ führt nirgendwohin. Tragen Sie die Adresse ein, oder entfernen Sie den Link."
NOT_PUBLIC = f"Der Entwurf ist gespeichert, aber nicht öffentlich. {NOWHERE}"


@pytest.fixture
def city():
    return make_city(languages=["de", "en"])


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def german(city, editor):
    return make_page(city, published=False).translations.get()


@pytest.fixture
def english(german):
    return make_translation(german.page, "en", published=False)


# (text, name of its body in the form)
FORMS = [("german", "translations-0-body"), ("english", "body")]


@pytest.fixture(params=FORMS, ids=[text for text, _field in FORMS])
def edited(request):
    """A text, the address of its form, the name of its body there."""
    name, field = request.param
    text = request.getfixturevalue(name)
    kind, key = ("page", text.page_id) if text.is_source else ("pagetranslation", text.pk)
    return text, reverse(f"admin:pages_{kind}_change", args=[key]), field


def submit(client, address, button, **changes):
    return client.post(address, form_data(client.get(address)) | changes | {button: "1"})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def revisions(text):
    return list(PageRevision.objects.filter(translation=text).values_list("body", flat=True))


def messages_of(client, address):
    check = client.get(address).context["found"]
    return [finding.message for finding in check["errors"]], [finding.message for finding in check["hints"]]


def test_error_stops_publishing_and_keeps_what_was_typed(client, edited):
    text, address, field = edited
    response = submit(client, address, "_publish", **{field: WITH_ERROR})
    assert (said(response), revisions(text)) == ([NOT_PUBLIC], [])
    text.refresh_from_db()
    assert (text.body, messages_of(client, address)) == (WITH_ERROR, ([NOWHERE], []))


def test_error_stops_planned_publishing(client, edited):
    text, address, field = edited
    at = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    prefix = field.removesuffix("body")
    response = submit(client, address, "_publish", **{field: WITH_ERROR, f"{prefix}publish_at": at})
    assert (said(response), revisions(text)) == ([NOT_PUBLIC], [])


def test_error_stops_publishing_from_the_preview(client, edited):
    text, address, field = edited
    submit(client, address, "_preview", **{field: WITH_ERROR})
    text.refresh_from_db()
    response = client.post(
        reverse("admin:pages_pagetranslation_publish", args=[text.pk]), {"version": text.version}, follow=True
    )
    assert (said(response), revisions(text)) == ([NOT_PUBLIC], [])
    assert [error.message for error in response.context["found"]["errors"]] == [NOWHERE]


def test_error_never_stops_a_draft(client, edited):
    text, address, field = edited
    response = submit(client, address, "_save", **{field: WITH_ERROR})
    text.refresh_from_db()
    assert text.body == WITH_ERROR
    assert said(response) == ["Der Entwurf ist gespeichert. Für Besucher*innen hat sich nichts geändert."]


def test_hint_stops_nothing(client, edited):
    text, address, field = edited
    submit(client, address, "_publish", **{field: WITH_HINT})
    errors, hints = messages_of(client, address)
    assert (revisions(text), errors, len(hints)) == ([WITH_HINT], [], 1)


def test_no_way_of_publishing_goes_past_the_check(german):
    german.body = WITH_ERROR
    german.save()
    with pytest.raises(ValidationError) as raised:
        german.publish(by=None, at=timezone.now() + timedelta(days=3))
    assert raised.value.message_dict == {"body": [NOWHERE]}


def test_form_says_when_there_is_nothing_to_find(client, edited):
    _text, address, _field = edited
    page = client.get(address).content.decode()
    assert page.count("<p>Nichts gefunden.</p>") == 1


def test_findings_lead_to_their_fields(client, edited):
    text, address, _field = edited
    text.title, text.summary, text.body = "ACHTUNG", "", WITH_ERROR
    text.save()
    form = client.get(address).context["text_form"]
    check = client.get(address).context["found"]
    shown = [(finding.where, finding.address) for finding in (*check["errors"], *check["hints"])]
    assert shown == [
        ("Kurz gesagt", f"#{form['summary'].auto_id}"),
        ("Text, 1. Absatz", f"#{form['body'].auto_id}_label"),
        ("Überschrift", f"#{form['title'].auto_id}"),
    ]


def test_field_is_described_by_its_errors_and_its_help(client, edited):
    text, address, _field = edited
    text.title, text.summary, text.body = "ACHTUNG", "", "<p><a>Kurs</a></p><p><a>Treff</a></p>"
    text.save()
    form = client.get(address).context["text_form"]
    described = {name: form.fields[name].widget.attrs.get("aria-describedby") for name in ("title", "summary", "body")}
    assert described == {
        "title": None,
        "summary": f"{form['summary'].auto_id}_helptext finding-1",
        "body": "finding-2 finding-3",
    }


def test_gaps_of_a_field_that_the_form_does_not_have_are_shown_without_link(client, german, monkeypatch):
    monkeypatch.setattr("pages.admin.pages.SourceTextInline.get_fields", lambda *_arguments: ["title", "seen_version"])
    german.summary = ""
    german.save()
    [error] = client.get(reverse("admin:pages_page_change", args=[german.page_id])).context["found"]["errors"]
    assert (error.where, error.address) == ("Kurz gesagt", None)


def test_who_may_not_write_sees_no_check(client, city, german):
    client.force_login(make_user(city, Role.TRANSLATOR, languages=["en"]))
    response = client.get(reverse("admin:pages_page_change", args=[german.page_id]))
    assert (response.status_code, "found" in response.context) == (200, False)


def test_form_with_typed_words_that_are_not_saved_shows_no_check(client, edited):
    _text, address, field = edited
    response = submit(client, address, "_save", **{field.removesuffix("body") + "title": ""})
    assert (response.status_code, "found" in response.context) == (200, False)


def test_form_of_a_new_page_shows_no_check(client, editor):
    assert "found" not in client.get(reverse("admin:pages_page_add")).context


def test_words_in_quotations_are_escaped(client, german):
    german.body = "<p><a>&lt;script&gt;</a></p>"
    german.save()
    page = client.get(reverse("admin:pages_page_change", args=[german.page_id])).content.decode()
    assert "Der Link „&lt;script&gt;“ führt nirgendwohin." in page


def test_number_of_another_city_is_no_known_number(client, city, german):
    german.body = "<p>Tel. 030 23125 007</p>"
    german.save()
    address = reverse("admin:pages_page_change", args=[german.page_id])
    make_contact(make_city(), function="Fremde Beratung", phone="030 23125 007")
    foreign = client.get(address).content.decode()
    make_contact(city, function="Eigene Beratung", phone="030 23125 007")
    own = client.get(address).content.decode()
    assert ("Fremde Beratung" in foreign, "steht schon beim Kontakt „Eigene Beratung“" in own) == (False, True)


def test_check_takes_the_same_queries_however_many_contacts_there_are(client, edited):
    text, address, _field = edited
    text.body = "<p>Erika Beispiel, 030 23125 007, ACHTUNG</p>"
    text.save()

    def queries_of_form():
        make_contact(text.page.city, name="Erika Beispiel")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    assert len({queries_of_form() for _each in range(3)}) == 1


@pytest.mark.parametrize(("name", "number"), [("german", 1), ("english", 2)])
def test_check_takes_few_queries(request, name, number, django_assert_num_queries):
    """One for contacts; for a translation one more for the words of the German picture."""
    text = request.getfixturevalue(name)
    with django_assert_num_queries(number):
        findings(Reading(text))
