"""The inbox in the admin: what came in, what is to be done, and what becomes of it."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from inquiries import outbox
from inquiries.admin import inbox
from inquiries.admin.due import due_words
from inquiries.admin.replies import PLACE
from inquiries.models import DeletionRecord, FormSettings, Inquiry, InterpretingRules, OutgoingMail, State
from tests.factories import make_city, make_contact, make_inquiry, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

LIST = "/admin/inquiries/inquiry/"
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def city():
    return make_city("hier")


@pytest.fixture
def editor(city, client):
    user = make_user(city, Role.EDITOR, first_name="Emil", last_name="Beispiel", username="emil")
    client.force_login(user)
    return user


def change_url(inquiry, action="change"):
    return reverse(f"admin:inquiries_inquiry_{action}", args=[inquiry.pk])


def press(client, inquiry, button, **changes):
    """What happens when somebody opens the inquiry, fills in something and presses a button."""
    data = form_data(client.get(change_url(inquiry)))
    return client.post(change_url(inquiry), data | changes | {button: "1"})


def write(client, inquiry, text, action="answer"):
    url = change_url(inquiry, action)
    seen = client.get(url).context["form"].initial["seen"]
    return client.post(url, {"text": text, "seen": seen})


def numbers(response):
    return [inquiry.number for inquiry in response.context["cl"].result_list]


def mail_of(inquiry, **fields):
    defaults = {"purpose": "answer", "recipient": "a@example.org", "subject": "Antwort", "body": "Text"}
    return OutgoingMail.objects.create(
        city=inquiry.city, inquiry=inquiry, message_id="<1@example.org>", **defaults | fields
    )


# --- The list -----------------------------------------------------------------------------------------


def test_list_shows_what_is_open_the_oldest_due_first(client, city, editor):
    for number, due_on in [("SPAT-2222", 25), ("FRUH-2222", 20), ("NUNN-2222", 22)]:
        make_inquiry(city, number=number, due_on=date(2026, 11, due_on))
    make_inquiry(city, state=State.CLOSED, settled_at=timezone.now())
    assert numbers(client.get(LIST)) == ["FRUH-2222", "NUNN-2222", "SPAT-2222"]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-2, "seit 2 Tagen überfällig"),
        (-1, "seit 1 Tag überfällig"),
        (0, "heute fällig"),
        (1, "morgen fällig"),
        (5, "in 5 Tagen"),
    ],
)
def test_due_date_is_told_in_words(days, words):
    assert due_words(days) == words


@pytest.mark.parametrize(("days", "level"), [(-1, "late"), (0, "near"), (2, "near"), (3, "far")])
def test_due_date_has_a_colour(client, city, editor, days, level):
    make_inquiry(city, due_on=timezone.localdate() + timedelta(days=days))
    assert re.findall(r'class="due due-(\w+)"', client.get(LIST).text) == [level]


def test_settled_inquiry_shows_when_it_is_deleted(client, city, editor):
    FormSettings.objects.create(city=city, kind="help", answer_days=3, keep_days=10)
    for kind in ("help", "contact"):
        make_inquiry(city, kind, state=State.CLOSED, settled_at=NOON)
    text = client.get(LIST + "?state=closed").text
    assert sorted(re.findall(r"wird am ([\d.]+) gelöscht", text)) == ["02.12.2026", "20.02.2027"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"neu", "in Arbeit"}),
        ("?state=new", {"neu"}),
        ("?state=in_work", {"in Arbeit"}),
        ("?state=answered", {"beantwortet"}),
        ("?state=closed", {"abgeschlossen"}),
        ("?state=all", {"neu", "in Arbeit", "beantwortet", "abgeschlossen"}),
        ("?state=nonsense", {"neu", "in Arbeit"}),
        ("?kind=help", {"neu"}),
        ("?who=me", {"in Arbeit"}),
        ("?who=nobody", {"neu"}),
    ],
)
def test_list_is_filtered(client, city, editor, query, found):
    make_inquiry(city, "help")
    make_inquiry(city, state=State.IN_WORK, responsible=editor)
    make_inquiry(city, state=State.ANSWERED, settled_at=NOON)
    make_inquiry(city, state=State.CLOSED, settled_at=NOON)
    shown = client.get(LIST + query).context["cl"].result_list
    assert {inquiry.get_state_display() for inquiry in shown} == found


@pytest.mark.parametrize("query", ["7K4M-Q29P", "7k4m", "Sommer", "Schulplatz"])
def test_search_finds_number_name_and_message_of_the_own_city_only(client, city, editor, query):
    fields = {"name": "Frau Sommer", "message": "Ich suche einen Schulplatz."}
    make_inquiry(city, number="7K4M-Q29P", **fields)
    make_inquiry(make_city("anderswo"), number="7K4M-AAAA", **fields | {"message": "Schulplatz 7K4M-Q29P"})
    assert numbers(client.get(f"{LIST}?q={query}")) == ["7K4M-Q29P"]
    client.force_login(make_user(is_superuser=True))
    assert len(numbers(client.get(f"{LIST}?q={query}"))) == 2


def test_search_without_a_find_offers_to_search_everywhere(client, city, editor):
    make_inquiry(city, number="7K4M-Q29P", state=State.CLOSED, settled_at=NOON)
    assert 'href="?state=all&amp;q=7K4M"' in client.get(f"{LIST}?q=7K4M").text
    assert numbers(client.get(f"{LIST}?state=all&q=7K4M")) == ["7K4M-Q29P"]


def test_empty_inbox_says_so(client, editor):
    assert "Gerade wartet keine Anfrage." in client.get(LIST).text


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries(client, city, editor, settings, django_assert_num_queries, count):
    settings.MAIL_IS_SET_UP = True
    for number in range(count):
        responsible = make_user(city, Role.EDITOR)
        inquiry = make_inquiry(city, responsible=responsible, email=f"a{number}@example.org")
        mail_of(inquiry, sent_at=NOON)
    with django_assert_num_queries(14):
        client.get(LIST)


def test_answer_that_was_refused_is_still_waiting(client, city, editor):
    inquiry = make_inquiry(city, state=State.ANSWERED, settled_at=NOON)
    mail = mail_of(inquiry, sent_at=NOON)
    assert numbers(client.get(LIST)) == []
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=None, refused_at=NOON)
    response = client.get(LIST)
    assert numbers(response) == [inquiry.number]
    assert "E-Mail kam nicht an</span>" in response.text
    press(client, inquiry, "_close")
    assert numbers(client.get(LIST)) == []


STUCK = {"created_at": NOON - timedelta(minutes=61)}
STUCK_WORDS = "Antwort noch nicht verschickt</span>"


def test_answer_that_does_not_go_out_is_still_waiting(client, city, editor):
    inquiry = make_inquiry(city, state=State.ANSWERED, settled_at=NOON)
    mail = mail_of(inquiry, created_at=NOON - timedelta(minutes=59))
    assert numbers(client.get(LIST)) == []
    OutgoingMail.objects.filter(pk=mail.pk).update(**STUCK)
    response = client.get(LIST)
    assert (numbers(response), response.text.count(STUCK_WORDS)) == ([inquiry.number], 1)
    press(client, inquiry, "_close")
    assert numbers(client.get(LIST)) == []


@pytest.mark.parametrize("fields", [{"sent_at": NOON}, {"purpose": "interim"}, {"purpose": "notice"}])
def test_only_an_answer_that_waits_keeps_an_inquiry_open(client, city, editor, fields):
    mail_of(make_inquiry(city, "barrier", state=State.ANSWERED, settled_at=NOON), **STUCK | fields)
    assert numbers(client.get(LIST)) == []


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("contact", {"subject": "Kita <b>"}, '<span lang="ar" dir="auto">Kita &lt;b&gt;</span>'),
        ("help", {"answers": {"topics": ["schule", "arbeit"]}}, "Schule, Ausbildung und Arbeit"),
        (
            "interpreter",
            {"answers": {"institution": "Schule am Park", "date": "03.12.2026"}},
            '<span lang="ar" dir="auto">Schule am Park</span>, 03.12.2026',
        ),
        ("contact", {"message": "مرحبا\n\nأنا"}, '<span lang="ar" dir="auto">مرحبا أنا</span>'),
        ("contact", {"message": "ab " * 25}, f'<span lang="ar" dir="auto">{"ab " * 20}…</span>'),
        ("contact", {"message": "x" * 61}, f'<span lang="ar" dir="auto">{"x" * 60} …</span>'),
        ("contact", {"message": "x" * 60}, f'<span lang="ar" dir="auto">{"x" * 60}</span>'),
        ("contact", {"message": " "}, "ohne Nachricht"),
    ],
)
def test_list_says_what_an_inquiry_is_about(client, city, editor, kind, fields, words):
    inquiry = make_inquiry(city, kind, language="ar", **fields)
    links = re.findall(rf'<a href="{change_url(inquiry)}[^"]*">(.*?)</a>', client.get(LIST).text)
    assert links == [inquiry.number, words]


@pytest.mark.parametrize(("state", "shown"), [(State.NEW, 1), (State.IN_WORK, 0)])
def test_new_inquiries_stand_out(client, city, editor, state, shown):
    make_inquiry(city, state=state)
    assert client.get(LIST).text.count("<strong>neu</strong>") == shown


def test_filters_spell_all_in_one_way(client, city, editor):
    words = re.findall(r"<a href=[^>]*>(alle)</a>", client.get(LIST).text, re.IGNORECASE)
    assert set(words) == {"Alle"}


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ({}, "noch nicht gelöscht: E-Mail noch nicht verschickt"),
        ({"refused_at": NOON}, "noch nicht gelöscht: E-Mail kam nicht an"),
        ({"sent_at": NOON}, "wird am 22.11.2026 gelöscht"),
    ],
)
def test_staff_read_why_an_inquiry_is_not_deleted(client, city, editor, fate, words):
    inquiry = make_inquiry(city, state=State.ANSWERED, settled_at=NOON - timedelta(days=90))
    mail_of(inquiry, **fate)
    assert words in client.get(f"{LIST}?state=answered").text
    says_so = "aber die Website wartet noch" in client.get(change_url(inquiry)).text
    assert says_so is not ("sent_at" in fate)


# --- When mail does not go out ------------------------------------------------------------------------


def banner(client):
    return [state for _city, state in client.get(LIST).context["outboxes"]]


def test_nothing_is_told_of_an_outbox_that_works(client, city, editor, settings):
    settings.MAIL_IS_SET_UP = True
    mail_of(make_inquiry(city))
    assert banner(client) == []
    assert "E-Mails gehen" not in client.get(LIST).text


def test_list_says_that_mail_is_not_set_up(client, city, editor, settings):
    settings.MAIL_IS_SET_UP = False
    assert "E-Mails gehen noch nicht hinaus." in client.get(LIST).text


def test_list_says_that_mail_does_not_go_out(client, city, editor, settings):
    settings.MAIL_IS_SET_UP = True
    mail_of(make_inquiry(city), attempts=3, last_error=f"{outbox.NO_CONNECTION}: ConnectionRefusedError")
    text = client.get(LIST).text
    assert "E-Mails gehen gerade nicht hinaus." in text
    assert "Der Mailserver ist nicht zu erreichen. Eine E-Mail wartet, die älteste seit 22. November, 12:00" in text


def test_list_says_that_a_mail_was_refused(client, city, editor, settings):
    settings.MAIL_IS_SET_UP = True
    mail_of(make_inquiry(city), refused_at=NOON, last_error="abgelehnt: SMTPRecipientsRefused 550")
    assert "Eine E-Mail kam nicht an," in client.get(LIST).text


def test_trouble_of_another_city_is_not_told(client, city, editor, settings):
    settings.MAIL_IS_SET_UP = True
    mail_of(make_inquiry(make_city("anderswo")), refused_at=NOON)
    assert banner(client) == []
    client.force_login(make_user(is_superuser=True))
    assert [state.refused for state in banner(client)] == [1]


NOT_SET_UP = "E-Mails gehen noch nicht hinaus."


@pytest.mark.parametrize("action", ["change", "answer", "interim"])
@pytest.mark.parametrize("is_set_up", [True, False])
def test_who_answers_is_told_that_mail_is_not_set_up(client, city, editor, settings, action, is_set_up):
    settings.MAIL_IS_SET_UP = is_set_up
    inquiry = make_inquiry(city, "barrier", email="a@example.org")
    assert (NOT_SET_UP in client.get(change_url(inquiry, action)).text) is not is_set_up


@pytest.mark.parametrize("action", ["change", "answer"])
def test_who_answers_is_told_that_mail_of_the_own_city_does_not_go_out(client, city, editor, settings, action):
    settings.MAIL_IS_SET_UP = True
    inquiry = make_inquiry(city, email="a@example.org")
    failing = {"attempts": 3, "last_error": f"{outbox.NO_CONNECTION}: OSError"}
    mail_of(make_inquiry(make_city("anderswo")), **failing)
    mail_of(make_inquiry(city), refused_at=NOON)
    assert client.get(change_url(inquiry, action)).context["outboxes"] == []
    mail_of(make_inquiry(city), **failing)
    text = client.get(change_url(inquiry, action)).text
    assert ("E-Mails gehen gerade nicht hinaus." in text, "kam nicht an" in text) == (True, False)


def test_who_can_only_call_is_told_nothing_of_mail(client, city, editor, settings):
    settings.MAIL_IS_SET_UP = False
    inquiry = make_inquiry(city, phone="030 23125 011")
    assert NOT_SET_UP not in client.get(change_url(inquiry)).text


# --- One inquiry ----------------------------------------------------------------------------------------


def test_page_shows_german_labels_and_the_own_words_as_they_are(client, city, editor):
    page = make_page(city, translation={"title": "Schule und Eltern"})
    inquiry = make_inquiry(
        city,
        "help",
        language="ar",
        message="مرحبا <b>ابنتي</b>",
        phone="030 23125 011",
        email="sara@example.org",
        page=page,
        contact=make_contact(city, function="Beratung für Eltern"),
        answers={"topics": ["schule"], "languages": ["ar", "kmr"], "child_age": ["6-9"], "reachable": ["morning"]},
    )
    text = client.get(change_url(inquiry)).text
    for label in ("Worum geht es?", "Arabisch, Kurdisch (Kurmandschi)", "6 bis 9 Jahre", "vormittags"):
        assert label in text
    assert '<p class="written" lang="ar" dir="auto">مرحبا &lt;b&gt;ابنتي&lt;/b&gt;</p>' in text
    assert 'href="tel:+493023125011"' in text
    assert 'href="mailto:sara@example.org"' in text
    assert f'href="{page.get_absolute_url()}">Schule und Eltern</a>' in text
    assert "Beratung für Eltern</a>" in text


def test_report_of_a_barrier_shows_the_last_day_of_the_law(client, city, editor):
    inquiry = make_inquiry(city, "barrier", due_on=date(2026, 12, 6), answers={"page_address": "/de/hier/angebote/"})
    text = client.get(change_url(inquiry)).text
    assert "Nach dem Gesetz spätestens am 3. Januar 2027" in text
    assert 'href="/de/hier/angebote/">Diese Seite öffnen</a>' in text


@pytest.mark.parametrize("address", ["https://böse.example/", "//böse.example/", "/\\böse.example", "javascript:x"])
def test_address_that_leads_elsewhere_is_no_link(client, city, editor, address):
    inquiry = make_inquiry(city, "barrier", answers={"page_address": address})
    assert client.get(change_url(inquiry)).context["barrier_path"] == ""


NOT_SENT = "Die Antwort ist gespeichert, aber noch nicht verschickt."


@pytest.mark.parametrize(
    ("state", "mail", "is_told"),
    [
        (State.ANSWERED, {}, True),
        (State.ANSWERED, {"sent_at": NOON}, False),
        (State.ANSWERED, {"refused_at": NOON}, False),
        (State.ANSWERED, {"purpose": "interim"}, False),
        (State.CLOSED, {}, False),
    ],
)
def test_page_says_that_the_answer_is_not_sent_yet(client, city, editor, state, mail, is_told):
    inquiry = make_inquiry(city, state=state, settled_at=NOON)
    mail_of(inquiry, **mail)
    text = client.get(change_url(inquiry)).text
    assert (NOT_SENT in text, 'class="status status-waiting"' in text) == (is_told, is_told)


@pytest.mark.parametrize(("state", "is_asked"), [(State.NEW, True), (State.ANSWERED, False), (State.CLOSED, False)])
def test_settled_inquiry_has_no_day_to_edit(client, city, editor, state, is_asked):
    inquiry = make_inquiry(city, due_on=date(2026, 11, 20))
    inquiry.set_state(state, NOON)
    inquiry.save()
    assert ("due_on" in client.get(change_url(inquiry)).context["adminform"].form.fields) is is_asked
    assert press(client, inquiry, "_save", due_on="2026-12-24", note="Notiz").status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.due_on, inquiry.note) == (date(2026, 12, 24) if is_asked else date(2026, 11, 20), "Notiz")


def test_opening_a_new_inquiry_does_not_change_it(client, city, editor):
    inquiry = make_inquiry(city)
    before = Inquiry.objects.values().get()
    client.get(change_url(inquiry))
    assert Inquiry.objects.values().get() == before


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (State.NEW, ["_take", "_answered", "_close"]),
        (State.IN_WORK, ["_take", "_answered", "_close"]),
        (State.ANSWERED, ["_close", "_reopen"]),
        (State.CLOSED, ["_reopen"]),
    ],
)
def test_buttons_fit_the_state(client, city, editor, state, buttons):
    inquiry = make_inquiry(city)
    inquiry.set_state(state, NOON)
    inquiry.save()
    assert [step.name for step in client.get(change_url(inquiry)).context["steps"]] == buttons


@pytest.mark.parametrize(
    ("before", "button", "after", "settled_at"),
    [
        (State.NEW, "_take", State.IN_WORK, None),
        (State.IN_WORK, "_answered", State.ANSWERED, NOON),
        (State.NEW, "_close", State.CLOSED, NOON),
        (State.CLOSED, "_reopen", State.IN_WORK, None),
        (State.NEW, "_save", State.NEW, None),
    ],
)
def test_buttons_change_the_state(client, city, editor, before, button, after, settled_at):
    inquiry = make_inquiry(city)
    inquiry.set_state(before, NOON - timedelta(days=1))
    inquiry.save()
    assert press(client, inquiry, button).status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.settled_at) == (after, settled_at)


def test_who_takes_an_inquiry_is_responsible(client, city, editor):
    inquiry = make_inquiry(city, responsible=make_user(city, Role.MANAGER))
    press(client, inquiry, "_take")
    inquiry.refresh_from_db()
    assert inquiry.responsible == editor


def test_a_button_saves_what_was_typed_too(client, city, editor):
    inquiry = make_inquiry(city)
    press(client, inquiry, "_answered", note="Am Telefon geklärt")
    inquiry.refresh_from_db()
    assert inquiry.note == "Am Telefon geklärt"


def test_buttons_need_the_token_of_the_form(city):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(city, Role.EDITOR))
    inquiry = make_inquiry(city, email="a@example.org")
    data = form_data(client.get(change_url(inquiry)))
    for url in (change_url(inquiry), change_url(inquiry, "answer")):
        assert client.post(url, data | {"_close": "1", "text": "x"}).status_code == 403


def test_who_did_not_see_the_newest_state_is_asked_again_and_keeps_the_words(client, city, editor):
    inquiry = make_inquiry(city)
    data = form_data(client.get(change_url(inquiry)))
    colleague = make_user(city, Role.MANAGER, first_name="Mina", last_name="Muster")
    Inquiry.objects.update(state=State.IN_WORK, responsible=colleague, note="Ich rufe an")

    response = client.post(change_url(inquiry), data | {"note": "Meine Notiz", "_close": "1"})
    assert response.status_code == 200
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.note) == (State.IN_WORK, "Ich rufe an")
    assert response.context["adminform"].form["note"].value() == "Meine Notiz"
    assert response.context["stored"].note == "Ich rufe an"
    assert "Mina Muster" in response.text
    assert "Stand: in Arbeit." in response.text

    again = form_data(response) | {"_close": "1"}
    assert client.post(change_url(inquiry), again).status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.note) == (State.CLOSED, "Meine Notiz")


def test_inquiry_deleted_meanwhile_does_not_come_back(client, city, editor):
    inquiry = make_inquiry(city)
    data = form_data(client.get(change_url(inquiry)))
    inquiry.delete()
    assert client.post(change_url(inquiry), data | {"note": "Notiz"}).status_code == 302
    assert Inquiry.objects.count() == 0


def test_only_people_who_work_on_inquiries_of_the_city_can_be_responsible(client, city, editor):
    manager = make_user(city, Role.MANAGER, username="leitung")
    author = make_user(city, Role.AUTHOR)
    stranger = make_user(make_city(), Role.EDITOR)
    make_user(city, Role.EDITOR, is_active=False)
    inquiry = make_inquiry(city)
    field = client.get(change_url(inquiry)).context["adminform"].form.fields["responsible"]
    assert {label for _value, label in field.choices} == {"niemand", "Emil Beispiel", "leitung"}
    for user, status in [(author, 200), (stranger, 200), (manager, 302)]:
        assert press(client, inquiry, "_save", responsible=user.pk).status_code == status


def test_report_of_a_barrier_cannot_be_put_off_beyond_the_law(client, city, editor):
    inquiry = make_inquiry(city, "barrier")
    assert press(client, inquiry, "_save", due_on="2027-01-04").status_code == 200
    assert press(client, inquiry, "_save", due_on="2027-01-03").status_code == 302


def test_history_holds_nothing_of_what_was_written(client, city, editor):
    inquiry = make_inquiry(city, number="7K4M-Q29P", message="Wildwort", name="Wildwort", email="wildwort@example.org")
    press(client, inquiry, "_take", note="Wildwort")
    write(client, inquiry, "Wildwort")
    entries = [(entry.object_repr, entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")]
    assert entries == [
        ("7K4M-Q29P", "Interne Notiz geändert. Stand geändert."),
        ("7K4M-Q29P", "Antwort und Stand geändert."),
    ]


def test_saving_without_a_change_writes_no_history(client, city, editor):
    press(client, make_inquiry(city, email="a@example.org"), "_write")
    assert LogEntry.objects.count() == 0


def test_nobody_adds_an_inquiry(client, city):
    client.force_login(make_user(is_superuser=True))
    assert client.get(f"{LIST}add/").status_code == 403


# --- Writing to the sender ---------------------------------------------------------------------------------


def test_answer_goes_to_the_outbox_and_settles_the_inquiry(client, city, editor):
    inquiry = make_inquiry(city, email="frage@example.org")
    assert write(client, inquiry, "Ja, es gibt noch Plätze.").status_code == 303
    inquiry.refresh_from_db()
    mail = inquiry.mails.get()
    assert (mail.purpose, mail.recipient, mail.created_by) == ("answer", "frage@example.org", editor)
    assert mail.body.startswith("Ja, es gibt noch Plätze.\n")
    assert (inquiry.state, inquiry.settled_at, inquiry.responsible) == (State.ANSWERED, NOON, editor)


@pytest.mark.parametrize(
    ("is_set_up", "level", "words"),
    [
        (True, "success", "und wird jetzt verschickt. Unten steht, ob es geklappt hat."),
        (False, "warning", ", aber sie wartet: Für diese Website ist noch kein Mailserver eingerichtet."),
    ],
)
def test_who_sent_an_answer_is_told_whether_it_goes_out(client, city, editor, settings, is_set_up, level, words):
    settings.MAIL_IS_SET_UP = False
    inquiry = make_inquiry(city, number="7K4M-Q29P", email="a@example.org")
    url = change_url(inquiry, "answer")
    data = {"text": "Antwort", "seen": client.get(url).context["form"].initial["seen"]}
    settings.MAIL_IS_SET_UP = is_set_up
    request = client.post(url, data).wsgi_request
    said = [(message.level_tag, str(message)) for message in request._messages._queued_messages]
    space = " " if is_set_up else ""
    assert said == [(level, f"Ihre E-Mail zu 7K4M-Q29P ist gespeichert{space}{words}")]


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("de", []),
        ("ar", ["Diese Person liest Arabisch. Schreiben Sie kurz und einfach."]),
        ("de-simple", ["Diese Person liest Leichte Sprache. Schreiben Sie kurz und einfach."]),
    ],
)
def test_who_writes_is_told_what_the_person_reads(client, city, editor, language, hint):
    inquiry = make_inquiry(city, language=language, email="a@example.org")
    assert re.findall("Diese Person liest .*? einfach\\.", client.get(change_url(inquiry, "answer")).text) == hint


def test_mail_and_state_are_stored_together_or_not_at_all(client, city, editor, monkeypatch):
    inquiry = make_inquiry(city, email="frage@example.org")

    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(inbox.InquiryAdmin, "log_change", fail)
    client.raise_request_exception = False
    assert write(client, inquiry, "Antwort").status_code == 500
    inquiry.refresh_from_db()
    assert (inquiry.state, OutgoingMail.objects.count()) == (State.NEW, 0)


def test_template_greets_names_the_number_and_leaves_a_place(client, city, editor):
    inquiry = make_inquiry(city, name="Frau Sommer", number="7K4M-Q29P", email="a@example.org")
    assert client.get(change_url(inquiry, "answer")).context["form"]["text"].value() == (
        "Guten Tag Frau Sommer,\n\n"
        "Sie haben uns am 22.11.2026 geschrieben. Die Nummer Ihrer Nachricht ist 7K4M-Q29P.\n\n"
        f"{PLACE}\n\n"
        "Mit freundlichen Grüßen\n\n"
        "Kommunales Integrationszentrum Hier"
    )


def test_template_for_a_barrier_repeats_the_report_and_shows_the_ombuds_hint(client, city, editor, settings):
    inquiry = make_inquiry(
        city,
        "barrier",
        email="a@example.org",
        message="Das Menü\ngeht nicht auf.",
        answers={"page_address": "/de/hier/"},
    )
    context = client.get(change_url(inquiry, "answer")).context
    assert "Sie haben gemeldet:\nSeite: /de/hier/\n> Das Menü\n> geht nicht auf.\n" in context["form"]["text"].value()
    assert settings.OMBUDS_OFFICE_URL in context["appended"]
    write(client, inquiry, "Repariert.")
    assert settings.OMBUDS_OFFICE_URL in inquiry.mails.get().body


@pytest.mark.parametrize("text", ["", "   ", f"Guten Tag,\n\n{PLACE}\n"])
def test_template_without_an_answer_is_not_sent(client, city, editor, text):
    inquiry = make_inquiry(city, email="a@example.org")
    response = write(client, inquiry, text)
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["text"])
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize("action", ["answer", "interim"])
def test_pressing_twice_writes_one_mail(client, city, editor, action):
    inquiry = make_inquiry(city, "barrier", email="a@example.org")
    url = change_url(inquiry, action)
    data = {"text": "Antwort", "seen": client.get(url).context["form"].initial["seen"]}
    responses = [client.post(url, data) for _time in range(2)]
    assert [(response.status_code, response["Location"]) for response in responses] == [(303, change_url(inquiry))] * 2
    assert OutgoingMail.objects.count() == 1
    said = {str(message) for message in client.get(change_url(inquiry)).context["messages"]}
    assert len(said) == 1


def write_again(client, inquiry, text="Antwort", minutes=0):
    """What is stored after the same was written anew, knowing the first mail."""
    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        assert write(client, inquiry, text).status_code == 303
    return OutgoingMail.objects.count()


def test_same_words_are_another_answer_after_a_while(client, city, editor):
    inquiry = make_inquiry(city, email="a@example.org")
    assert [write_again(client, inquiry, minutes=minutes) for minutes in (0, 9, 10)] == [1, 1, 2]


def test_other_words_are_another_answer(client, city, editor):
    inquiry = make_inquiry(city, email="a@example.org")
    assert [write_again(client, inquiry, text) for text in ("Antwort", "Noch etwas", "Antwort")] == [1, 2, 3]


def test_same_words_of_somebody_else_are_another_answer(client, city, editor):
    inquiry = make_inquiry(city, email="a@example.org")
    write_again(client, inquiry)
    client.force_login(make_user(city, Role.EDITOR))
    assert write_again(client, inquiry) == 2


def test_same_words_can_be_sent_again_after_a_refusal(client, city, editor):
    inquiry = make_inquiry(city, email="a@example.org")
    write_again(client, inquiry)
    OutgoingMail.objects.update(refused_at=NOON)
    assert write_again(client, inquiry) == 2


def test_other_words_without_the_newest_state_are_not_sent(client, city, editor):
    inquiry = make_inquiry(city, email="a@example.org")
    url = change_url(inquiry, "answer")
    seen = client.get(url).context["form"].initial["seen"]
    assert [client.post(url, {"text": text, "seen": seen}).status_code for text in ("Eins", "Zwei")] == [303, 200]
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("state", [State.ANSWERED, State.CLOSED])
def test_every_answer_begins_the_term_anew(client, city, editor, state):
    inquiry = make_inquiry(city, email="a@example.org", state=state, settled_at=NOON - timedelta(days=50))
    assert write(client, inquiry, "Noch etwas").status_code == 303
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.settled_at) == (State.ANSWERED, NOON)


def test_long_report_is_quoted_in_part(client, city, editor):
    inquiry = make_inquiry(city, "barrier", email="a@example.org", message="x" * 999 + " yz")
    text = client.get(change_url(inquiry, "answer")).context["form"]["text"].value()
    assert f"> {'x' * 999} …\n" in text
    assert write(client, inquiry, text.replace(PLACE, "Ja")).status_code == 303


def test_place_for_the_answer_in_a_quoted_report_hinders_nobody(client, city, editor):
    inquiry = make_inquiry(city, "barrier", email="a@example.org", message=f"Da steht\n{PLACE}!")
    text = client.get(change_url(inquiry, "answer")).context["form"]["text"].value().replace("\n", "\r\n")
    assert write(client, inquiry, text).status_code == 200
    assert write(client, inquiry, text.replace(f"\n{PLACE}", "\nDanke")).status_code == 303


def test_interim_message_has_no_place_for_an_answer(client, city, editor):
    inquiry = make_inquiry(city, "barrier", email="a@example.org")
    assert write(client, inquiry, f"Was heißt {PLACE}?", "interim").status_code == 303


def test_interim_message_gives_time_until_the_last_day_and_settles_nothing(client, city, editor):
    inquiry = make_inquiry(city, "barrier", email="a@example.org", due_on=date(2026, 12, 6))
    url = change_url(inquiry, "interim")
    assert "bis zum 03.01.2027 eine Antwort" in client.get(url).context["form"]["text"].value()
    assert write(client, inquiry, "Es dauert noch.", "interim").status_code == 303
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.settled_at, inquiry.due_on) == (State.IN_WORK, None, date(2027, 1, 3))
    assert inquiry.mails.get().purpose == "interim"


@pytest.mark.parametrize(("kind", "status"), [("contact", 404), ("barrier", 200)])
def test_interim_messages_are_for_reports_of_barriers(client, city, editor, kind, status):
    inquiry = make_inquiry(city, kind, email="a@example.org")
    assert client.get(change_url(inquiry, "interim")).status_code == status


LAST_DAY = NOON + timedelta(weeks=6)


@pytest.mark.parametrize(("days", "status"), [(0, 200), (1, 302)])
def test_interim_message_never_promises_a_past_day(client, city, editor, days, status):
    inquiry = make_inquiry(city, "barrier", email="a@example.org", received_at=NOON)
    with time_machine.travel(LAST_DAY + timedelta(days=days), tick=False):
        client.force_login(editor)
        has_button = "Zwischennachricht schreiben" in client.get(change_url(inquiry)).text
        response = client.get(change_url(inquiry, "interim"))
    assert (has_button, response.status_code) == (status == 200, status)


def test_interim_message_of_a_settled_report_is_not_begun(client, city, editor):
    inquiry = make_inquiry(city, "barrier", email="a@example.org", state=State.CLOSED, settled_at=NOON)
    response = client.get(change_url(inquiry, "interim"), follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Diese Meldung ist schon erledigt. Eine Zwischennachricht passt nicht mehr."
    ]
    assert "Zwischennachricht schreiben" not in response.text


@pytest.mark.parametrize("days", [0, 1])
def test_interim_message_that_came_too_late_is_not_sent_and_keeps_the_words(client, city, editor, days):
    inquiry = make_inquiry(city, "barrier", email="a@example.org", received_at=NOON)
    url = change_url(inquiry, "interim")
    seen = client.get(url).context["form"].initial["seen"]
    if not days:
        Inquiry.objects.update(state=State.ANSWERED, settled_at=NOON)
    with time_machine.travel(LAST_DAY + timedelta(days=days) if days else NOON, tick=False):
        client.force_login(editor)
        # Whoever presses again knows the newest state; that does not make it fit.
        for _time in range(2):
            response = client.post(url, {"text": "Es dauert noch.", "seen": seen})
            form = response.context["form"]
            assert (response.status_code, form["text"].value()) == (200, "Es dauert noch.")
            seen = form["seen"].value()
    assert form.non_field_errors().as_data()[0].code == "too_late"
    assert OutgoingMail.objects.count() == 0


def test_who_left_a_phone_number_only_is_called(client, city, editor):
    inquiry = make_inquiry(city, phone="030 23125 011")
    text = client.get(change_url(inquiry)).text
    assert "Am Telefon antworten" in text
    assert "Sie haben uns am 22.11.2026 geschrieben." in text
    assert "Antwort schreiben" not in text
    assert client.get(change_url(inquiry, "answer")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sent_at": NOON}, "verschickt am 22.11.2026 um 12:00 Uhr"),
        ({}, "wartet."),
        ({"last_error": "keine Verbindung: OSError"}, "wartet. Der Mailserver ist nicht zu erreichen."),
        (
            {"refused_at": NOON, "last_error": "abgelehnt: SMTPRecipientsRefused 550"},
            "abgelehnt. Der Mailserver nimmt diese Empfänger-Adresse nicht an.",
        ),
    ],
)
def test_page_tells_the_fate_of_every_mail(client, city, editor, fields, words):
    inquiry = make_inquiry(city)
    mail_of(inquiry, **fields)
    assert [fate for _mail, _level, fate in client.get(change_url(inquiry)).context["mails"]] == [words]
    assert words in client.get(change_url(inquiry)).text


# --- Settings and records ---------------------------------------------------------------------------------


@pytest.fixture
def manager(city, client):
    user = make_user(city, Role.MANAGER, username="leitung")
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("kind", "answer_days", "keep_days"),
    [("contact", 7, 90), ("help", 3, 90), ("interpreter", 3, 90), ("barrier", 14, 365)],
)
def test_settings_of_a_form_begin_with_its_defaults(client, city, manager, kind, answer_days, keep_days):
    url = f"/admin/inquiries/formsettings/add/?kind={kind}"
    response = client.get(url)
    assert client.post(url, form_data(response)).status_code == 302
    stored = FormSettings.objects.get()
    assert (stored.city, stored.kind, stored.answer_days, stored.keep_days) == (city, kind, answer_days, keep_days)


def test_form_is_chosen_before_its_settings_are_added(client, city, manager):
    response = client.get("/admin/inquiries/formsettings/add/")
    assert [url for _settings, url, _stored in response.context["choices"]] == [
        f"/admin/inquiries/formsettings/add/?city={city.pk}&kind={kind}"
        for kind in ("contact", "help", "interpreter", "barrier")
    ]


def offers_to_add(client, path):
    text = client.get(f"/admin/inquiries/formsettings/{path}").text
    return "Formular hinzufügen" in text, "_addanother" in text


def store_forms(city, *kinds):
    rows = [FormSettings.default(city, kind) for kind in kinds]
    return FormSettings.objects.bulk_create(rows)


def test_no_more_forms_are_offered_than_there_are(client, city, manager):
    store_forms(make_city(), "contact", "help", "interpreter", "barrier")
    stored, *_others = store_forms(city, "contact", "help", "interpreter")
    change = f"{stored.pk}/change/"
    assert [offers_to_add(client, path)[0] for path in ("", change)] == [True, False]
    assert [offers_to_add(client, path)[1] for path in (change, "add/?kind=barrier")] == [True, False]
    store_forms(city, "barrier")
    assert [offers_to_add(client, path) for path in ("", change)] == [(False, False)] * 2


def test_operator_may_add_forms_until_every_city_has_all(client, city):
    client.force_login(make_user(is_superuser=True))
    store_forms(city, "contact", "help", "interpreter", "barrier")
    assert offers_to_add(client, "")[0] is False
    make_city()
    assert offers_to_add(client, "")[0] is True


def test_form_of_settings_is_fixed(client, city, manager):
    stored = FormSettings.objects.create(city=city, kind="help", answer_days=3, keep_days=90)
    url = reverse("admin:inquiries_formsettings_change", args=[stored.pk])
    assert client.get("/admin/inquiries/formsettings/add/?kind=help").headers["Location"] == url
    assert client.post(url, form_data(client.get(url)) | {"kind": "contact", "keep_days": 30}).status_code == 302
    stored.refresh_from_db()
    assert (stored.kind, stored.keep_days) == ("help", 30)


def test_reports_of_barriers_are_promised_an_answer_in_two_weeks(client, city, manager):
    url = "/admin/inquiries/formsettings/add/?kind=barrier"
    response = client.post(url, form_data(client.get(url)) | {"answer_days": 15})
    assert (response.status_code, FormSettings.objects.count()) == (200, 0)
    assert "Bei „Barriere melden“ gehen höchstens 14 Tage." in response.text


@pytest.mark.parametrize(("keep_days", "status"), [(89, 200), (90, 302)])
def test_reports_of_barriers_are_kept_for_three_months(client, city, manager, keep_days, status):
    url = "/admin/inquiries/formsettings/add/?kind=barrier"
    response = client.post(url, form_data(client.get(url)) | {"keep_days": keep_days})
    assert response.status_code == status
    said = "Bei „Barriere melden“ müssen es mindestens 90 Tage sein: Die Ombudsstelle kann danach fragen."
    assert (said in response.text) is (status == 200)


@pytest.mark.parametrize("is_stored", [False, True])
@pytest.mark.parametrize(
    ("keep_days", "said"),
    [
        (91, []),
        (90, []),
        (60, ["Bei der nächsten Löschung geht deshalb keine Anfrage."]),
        (40, ["Bei der nächsten Löschung löscht die Website 1 erledigte Anfrage aus diesem Formular."]),
        (1, ["Bei der nächsten Löschung löscht die Website 2 erledigte Anfragen aus diesem Formular."]),
    ],
)
def test_shorter_term_says_how_many_inquiries_go(client, city, manager, is_stored, keep_days, said):
    for days in (40, 10):
        make_inquiry(city, "help", state=State.CLOSED, settled_at=NOON - timedelta(days=days))
    make_inquiry(city, "contact", state=State.CLOSED, settled_at=NOON - timedelta(days=50))
    make_inquiry(make_city(), "help", state=State.CLOSED, settled_at=NOON - timedelta(days=50))
    if is_stored:
        FormSettings.objects.create(city=city, kind="help", answer_days=3, keep_days=90)
    url = "/admin/inquiries/formsettings/add/?kind=help"
    response = client.get(url, follow=True)
    address = response.redirect_chain[-1][0] if is_stored else url
    response = client.post(address, form_data(response) | {"keep_days": keep_days}, follow=True)
    warnings = [str(message) for message in response.context["messages"] if message.level_tag == "warning"]
    assert [sentence in warning for warning, sentence in zip(warnings, said, strict=True)] == [True] * len(said)


@pytest.mark.parametrize(("lead_days", "status"), [(90, 302), (91, 200)])
def test_interpreters_are_asked_for_three_months_ahead_at_most(client, city, manager, lead_days, status):
    url = "/admin/inquiries/interpretingrules/add/"
    response = client.post(url, form_data(client.get(url)) | {"lead_days": lead_days})
    assert response.status_code == status


def test_rules_of_interpreting_are_there_once(client, city, manager):
    url = "/admin/inquiries/interpretingrules/add/"
    data = form_data(client.get(url))
    assert len(data["institutions"]) == 6
    assert client.post(url, data).status_code == 302
    rules = InterpretingRules.objects.get()
    change = reverse("admin:inquiries_interpretingrules_change", args=[rules.pk])
    assert [client.get(url).headers["Location"], client.post(url, data).headers["Location"]] == [change, change]


@pytest.mark.parametrize(("role", "status"), [(Role.AUTHOR, 403), (Role.EDITOR, 403), (Role.MANAGER, 200)])
@pytest.mark.parametrize("model", ["formsettings", "interpretingrules", "deletionrecord", "outgoingmail"])
def test_settings_and_records_are_for_managers(client, city, model, role, status):
    client.force_login(make_user(city, role))
    assert client.get(f"/admin/inquiries/{model}/").status_code == status


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.AUTHOR, 403), (Role.TRANSLATOR, 403), (Role.EDITOR, 200), (Role.MANAGER, 200)],
)
def test_inbox_is_for_those_who_publish(client, city, role, status):
    client.force_login(make_user(city, role, languages=["ar"]))
    assert client.get(LIST).status_code == status


@pytest.mark.parametrize(
    ("model", "words"), [("deletionrecord", "ist keine Anfrage gelöscht"), ("outgoingmail", "gibt es keine E-Mail")]
)
def test_empty_records_say_what_will_stand_there(client, city, manager, model, words):
    text = client.get(f"/admin/inquiries/{model}/").text
    assert (f"Bis jetzt {words}. Später steht hier" in text, "Hier gibt es noch nichts" in text) == (True, False)


@pytest.mark.parametrize(("count", "words"), [(0, "0 Einträge"), (1, "1 Eintrag"), (2, "2 Einträge")])
@pytest.mark.parametrize("model", ["deletionrecord", "outgoingmail"])
def test_records_are_counted_as_entries(client, city, manager, model, count, words):
    inquiry = make_inquiry(city)
    for _time in range(count):
        mail_of(inquiry)
        DeletionRecord.objects.create(city=city, kind="help", reason="term", count=3, deleted_on=NOON.date())
    paginator = re.search('class="paginator">(.*?)</p>', client.get(f"/admin/inquiries/{model}/").text, re.DOTALL)
    assert paginator[1].split() == words.split()


def test_records_cannot_be_changed(client, city, manager):
    mail = mail_of(make_inquiry(city))
    url = reverse("admin:inquiries_outgoingmail_change", args=[mail.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"body": "anders"}).status_code == 403
    assert client.post(reverse("admin:inquiries_outgoingmail_delete", args=[mail.pk])).status_code == 403


def test_text_of_a_mail_is_shown_as_text(client, city, manager):
    mail = mail_of(make_inquiry(city), body="> <img src=x>\n\nGuten Tag")
    text = client.get(reverse("admin:inquiries_outgoingmail_change", args=[mail.pk])).text
    assert '<p class="written" dir="auto">&gt; &lt;img src=x&gt;\n\nGuten Tag</p>' in text
