"""What a city needs before its site may be public: each item, its sentence, its link, and who is asked."""

import re
from datetime import date, time, timedelta
from typing import NamedTuple

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from contacts.models import City, OpeningHours, Role
from legal.gate import State, items
from legal.models import AccessibilityStatement, EasyGermanPage, Imprint, PrivacyInformation, SignLanguageVideo
from pages.models import Page, PageRevision
from tests.factories import make_city, make_contact, make_image, make_location, make_page, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
REFUSED = 'Das geht noch nicht. <a href="#gate-refused">Oben steht, was noch fehlt.</a>'


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-10T12:00:00+01:00", tick=False):
        yield


def make_ready_city(**fields):
    """A city with everything and no examples, not public yet."""
    city = make_city(**{"is_public": False} | fields)
    main = make_contact(city, function="Zentrale", is_main=True)
    OpeningHours.objects.create(contact=main, weekday=0, opens=time(9), closes=time(12))
    make_page(city, kind=Page.Kind.HOME, slug="start")
    Imprint.objects.create(
        city=city,
        **dict.fromkeys(Imprint.NEEDED, "da")
        | {"postcode": "33602", "email": "ki@example.org", "phone": "030 23125 001"},
    )
    PrivacyInformation.objects.create(city=city, **dict.fromkeys(PrivacyInformation.NEEDED, "da") | {"log_days": 0})
    EasyGermanPage.objects.create(
        city=city, what_we_do="Wir helfen.", whom_we_help="Eltern", checked_by="Prüfgruppe", checked_on=TODAY
    )
    AccessibilityStatement.objects.create(
        city=city,
        prepared_on=TODAY,
        reviewed_on=TODAY,
        monitoring_notified_on=TODAY,
        responsible=make_contact(city, function="Webredaktion", email="web@example.org"),
    )
    return city


@pytest.fixture
def city():
    return make_ready_city(slug="hier")


def address(city):
    return reverse("admin:contacts_city_change", args=[city.pk])


def switch(client, city, **changes):
    """Ticks the box in the form as it is, and sends it."""
    data = form_data(client.get(address(city))) | {"is_public": "on"} | changes
    return client.post(address(city), data)


def errors_of(response):
    return list(response.context["adminform"].form.errors.get("is_public", []))


class Notice(NamedTuple):
    """What stands above the form after a refused switch."""

    words: str
    items: list  # (name, its sentences with their links as they stand in the list below)


def notice(response):
    if 'id="gate-refused"' not in response.text:
        return None
    html = response.text.split('id="gate-refused"')[1].split("</section>")[0]
    links = re.findall(r'<li><a href="#(gate-item-\d)">([^<]+)</a></li>', html)
    words = re.search("<p>(Nichts ist gespeichert[^<]+)</p>", html)[1]
    return Notice(words, [(name, red_sentences(response, target, name)) for target, name in links])


def red_sentences(response, target, name):
    """Of the item to which the notice leads, which has to be the one it names."""
    item = panel(response).split(f'id="{target}"')[1].split('<li class="gate-item')[0]
    assert f"<h3>{name}</h3>" in item
    found = re.findall(r"<li>\s*([^<]+?:)\s*<ul>(.*?)</ul>", item, re.DOTALL)
    return [f"{sentence} {', '.join(re.findall('<a .*?</a>', links))}" for sentence, links in found]


def is_public(city):
    return City.objects.get(pk=city.pk).is_public


def change_of(record):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


# --- Each thing that may be missing: how to take it away, and what the manager then reads --------------


def put(record, **values):
    type(record).objects.filter(pk=record.pk).update(**values)
    return change_of(record)


def put_main(city, **values):
    return put(city.contacts.get(is_main=True), **values)


def put_responsible(city, **values):
    return put(city.accessibility_statement.responsible, **values)


def take(record, model, city):
    record.delete()
    return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_add')}?city={city.pk}"


def take_contacts(city):
    AccessibilityStatement.objects.update(responsible=make_contact(make_city(), function="Anderswo"))
    city.contacts.all().delete()
    return f"{reverse('admin:contacts_contact_add')}?city={city.pk}"


def take_hours(city):
    OpeningHours.objects.all().delete()
    return put_main(city)


def end_hours(city):
    OpeningHours.objects.update(valid_until=TODAY - timedelta(days=1))
    return put_main(city)


def only_exceptions(city):
    OpeningHours.objects.update(is_exception=True, valid_from=TODAY, valid_until=TODAY)
    return put_main(city)


def show_mute_image(city):
    page = city.pages.get()
    PageRevision.objects.filter(translation__page=page).update(body='<p><img src="x.png"></p>', title="Bilder")
    return change_of(page)


def show_undescribed_picture(city):
    page = city.pages.get()
    PageRevision.objects.filter(translation__page=page).update(picture=make_image(city), title="Bilder")
    return change_of(page)


def show_people_without_consent(city):
    page, image = city.pages.get(), make_image(city, shows_people=True)
    words = {"picture": image, "picture_alternative": "Zwei Menschen."}
    PageRevision.objects.filter(translation__page=page).update(title="Bilder", **words)
    return change_of(page)


def show_mute_video(city):
    return change_of(SignLanguageVideo.objects.create(city=city, subject="content", file="videos/x.mp4"))


def take_home(city):
    return take(city.pages.get(), Page, city)


def withdraw_home(city):
    now = timezone.now()
    PageRevision.objects.update(visible_from=now - timedelta(days=1), visible_until=now)
    return change_of(city.pages.get())


REMOVALS = {
    "imprint": (
        lambda city: take(city.imprint, Imprint, city),
        'Im Impressum fehlt noch: <a href="{url}#id_body">Wer gibt die Website heraus?</a>, '
        '<a href="{url}#id_legal_form">Rechtsform</a>, '
        '<a href="{url}#id_representative_name">Vertreten durch (Name)</a>, '
        '<a href="{url}#id_representative_function">Vertreten durch (Funktion)</a>, '
        '<a href="{url}#id_street">Straße und Hausnummer</a>, <a href="{url}#id_postcode">Postleitzahl</a>, '
        '<a href="{url}#id_town">Ort</a>, <a href="{url}#id_email">E-Mail</a>, <a href="{url}#id_phone">Telefon</a>, '
        '<a href="{url}#id_editor_name">Verantwortlich für Inhalte (Name)</a>, '
        '<a href="{url}#id_editor_address">Verantwortlich für Inhalte (Anschrift)</a>',
    ),
    "field of the imprint": (
        lambda city: put(city.imprint, phone=""),
        'Im Impressum fehlt noch: <a href="{url}#id_phone">Telefon</a>',
    ),
    "example in the imprint": (
        lambda city: put(city.imprint, example_fields=["operator"], operator="Erfunden"),
        'Im Impressum stehen noch Beispiele: <a href="{url}#id_operator">Technischer Betrieb</a>',
    ),
    "privacy": (
        lambda city: put(city.privacy_information, host=""),
        'In den Angaben zum Datenschutz fehlt noch: <a href="{url}#id_host">Wer betreibt den Server?</a>',
    ),
    "days of the log": (
        lambda city: put(city.privacy_information, log_days=None),
        'In den Angaben zum Datenschutz fehlt noch: <a href="{url}#id_log_days">Protokoll des Servers: Tage</a>',
    ),
    "example in the privacy information": (
        lambda city: put(city.privacy_information, example_fields=["officer"]),
        "In den Angaben zum Datenschutz stehen noch Beispiele: "
        '<a href="{url}#id_officer">Datenschutzbeauftragte Person oder Stelle</a>',
    ),
    "statement": (
        lambda city: take(city.accessibility_statement, AccessibilityStatement, city),
        'In der Erklärung zur Barrierefreiheit fehlt noch: <a href="{url}#id_prepared_on">Erklärung erstellt am</a>, '
        '<a href="{url}#id_reviewed_on">Erklärung zuletzt überprüft am</a>, '
        '<a href="{url}#id_responsible">Zuständig für Meldungen</a>',
    ),
    "somebody for reports": (
        lambda city: put(city.accessibility_statement, responsible=None),
        'In der Erklärung zur Barrierefreiheit fehlt noch: <a href="{url}#id_responsible">Zuständig für Meldungen</a>',
    ),
    "example in the statement": (
        lambda city: put(city.accessibility_statement, example_fields=["evaluator"]),
        "In der Erklärung zur Barrierefreiheit stehen noch Beispiele: "
        '<a href="{url}#id_evaluator">Wer hat geprüft?</a>',
    ),
    "review of the statement": (
        lambda city: put(city.accessibility_statement, prepared_on=date(2025, 3, 9), reviewed_on=date(2025, 3, 9)),
        "Bitte überprüfen Sie die Erklärung zur Barrierefreiheit. "
        "Zuletzt war das am 9. März 2025, vor über einem Jahr: "
        '<a href="{url}#id_reviewed_on">Erklärung zuletzt überprüft am</a>',
    ),
    "way to who answers reports": (
        lambda city: put_responsible(city, phone="", phone_uri="", email=""),
        "Wer auf Meldungen von Barrieren antwortet, braucht Telefon oder E-Mail: "
        '<a href="{url}#id_phone">Webredaktion</a>',
    ),
    "example for reports": (
        lambda city: put_responsible(city, is_example=True),
        'Für Meldungen von Barrieren ist noch ein Beispiel eingetragen: <a href="{url}#id_is_example">Webredaktion</a>',
    ),
    "Easy German": (
        lambda city: take(city.easy_german_page, EasyGermanPage, city),
        "Auf der Seite in Leichter Sprache fehlt noch: "
        '<a href="{url}#id_what_we_do">Das macht unser Zentrum</a>, '
        '<a href="{url}#id_whom_we_help">Diesen Menschen helfen wir</a>',
    ),
    "example in Easy German": (
        lambda city: put(city.easy_german_page, example_fields=["whom_we_help"]),
        "Auf der Seite in Leichter Sprache stehen noch Beispiele: "
        '<a href="{url}#id_whom_we_help">Diesen Menschen helfen wir</a>',
    ),
    "contact": (take_contacts, 'Es fehlt ein Hauptkontakt: <a href="{url}">Kontakt eintragen</a>'),
    "main contact": (
        lambda city: put_main(city, is_main=False),
        'Kein Kontakt ist als Hauptkontakt markiert: <a href="{url}#id_is_main">Hauptkontakt</a>',
    ),
    "number of the main contact": (
        lambda city: put_main(city, phone="", phone_uri=""),
        'Beim Hauptkontakt fehlt: <a href="{url}#id_phone">Telefon</a>',
    ),
    "hours": (take_hours, 'Beim Hauptkontakt fehlen: <a href="{url}#opening_hours-group">Öffnungszeiten</a>'),
    "hours that are over": (
        end_hours,
        'Beim Hauptkontakt fehlen: <a href="{url}#opening_hours-group">Öffnungszeiten</a>',
    ),
    "hours of some days only": (
        only_exceptions,
        'Beim Hauptkontakt fehlen: <a href="{url}#opening_hours-group">Öffnungszeiten</a>',
    ),
    "main contact as example": (
        lambda city: put_main(city, is_example=True),
        'Der Hauptkontakt ist noch ein Beispiel: <a href="{url}#id_is_example">Zentrale</a>',
    ),
    "invented hours": (
        lambda city: put_main(city, has_example_hours=True),
        'Beim Hauptkontakt stehen noch Beispiele: <a href="{url}#id_has_example_hours">Öffnungszeiten</a>',
    ),
    "description of a picture": (
        show_mute_image,
        'Auf diesen Seiten hat ein Bild keine Beschreibung: <a href="{url}">Bilder</a>',
    ),
    "description of the picture of a page": (
        show_undescribed_picture,
        'Auf diesen Seiten hat ein Bild keine Beschreibung: <a href="{url}">Bilder</a>',
    ),
    "consent of people in a picture": (
        show_people_without_consent,
        'Auf diesen Seiten sind Menschen zu sehen, deren Einwilligung fehlt: <a href="{url}">Bilder</a>',
    ),
    "words of a video": (
        show_mute_video,
        'Bei einem Video in Gebärdensprache fehlt: <a href="{url}#id_transcript">Text zum Video</a>',
    ),
    "home page": (take_home, 'Es fehlt die Startseite: <a href="{url}">Startseite schreiben</a>'),
    "public home page": (
        withdraw_home,
        "Die Startseite ist noch nicht auf Deutsch veröffentlicht: "
        '<a href="{url}#id_translations-0-title">Startseite veröffentlichen</a>',
    ),
    "home page as example": (
        lambda city: put(city.pages.get(), is_example=True),
        'Die Startseite ist noch ein Beispiel: <a href="{url}#id_is_example">Startseite</a>',
    ),
}


def test_city_with_everything_becomes_public(client, city):
    client.force_login(make_user(city, Role.MANAGER))
    assert {item.state for item in items(city, timezone.now())} == {State.DONE}
    assert switch(client, city).status_code == 302
    assert is_public(city)


@pytest.mark.parametrize("name", REMOVALS)
def test_switch_is_refused_while_something_is_missing(client, city, name):
    remove, sentence = REMOVALS[name]
    client.force_login(make_user(city, Role.MANAGER))
    url = remove(city)
    stored = City.objects.filter(pk=city.pk).values().get()
    response = switch(client, city, centre_name="Neuer Name")
    assert errors_of(response) == [REFUSED]
    told = notice(response)
    assert told.words == "Nichts ist gespeichert. Noch ein Punkt ist rot:"
    assert [sentences for _name, sentences in told.items] == [[sentence.format(url=url)]]
    assert City.objects.filter(pk=city.pk).values().get() == stored
    assert 'value="Neuer Name"' in response.text  # nothing that was typed is lost


@pytest.mark.parametrize("name", ["imprint", "example in the imprint", "hours"])
def test_operator_has_no_back_door(client, city, name):
    remove, sentence = REMOVALS[name]
    client.force_login(make_user(is_superuser=True))
    url = remove(city)
    response = switch(client, city)
    assert errors_of(response) == [REFUSED]
    assert [sentences for _name, sentences in notice(response).items] == [[sentence.format(url=url)]]
    assert not is_public(city)


def test_notice_counts_what_is_red_and_is_where_the_reader_is_taken(client, city):
    url = take_hours(city)
    put(city.imprint, phone="", example_fields=["operator"], operator="Erfunden")
    put(city.easy_german_page, checked_by="", checked_on=None)  # yellow: not in the notice
    client.force_login(make_user(city, Role.MANAGER))
    assert notice(client.get(address(city))) is None
    response = switch(client, city)
    imprint = change_of(city.imprint)
    assert notice(response) == Notice(
        "Nichts ist gespeichert. Noch 2 Punkte sind rot:",
        [
            (
                "Impressum",
                [
                    f'Im Impressum fehlt noch: <a href="{imprint}#id_phone">Telefon</a>',
                    f'Im Impressum stehen noch Beispiele: <a href="{imprint}#id_operator">Technischer Betrieb</a>',
                ],
            ),
            (
                "Kontakt mit Öffnungszeiten",
                [f'Beim Hauptkontakt fehlen: <a href="{url}#opening_hours-group">Öffnungszeiten</a>'],
            ),
        ],
    )
    start = response.text.split('id="gate-refused"')[1].split(">")[0]
    assert 'tabindex="-1" autofocus' in start
    assert response.text.index('id="gate-refused"') < response.text.index('class="gate"')


@pytest.mark.parametrize("name", [name for name in REMOVALS if name not in ("contact", "main contact")])
def test_links_of_refusals_lead_to_what_they_name(client, city, name):
    remove, sentence = REMOVALS[name]
    client.force_login(make_user(city, Role.MANAGER))
    url = remove(city)
    response = client.get(url, follow=True)
    assert response.status_code == 200
    for fragment in [part.split('"')[0] for part in sentence.split("{url}#")[1:]]:
        assert f'id="{fragment}"' in response.text


def test_operator_adds_no_public_city(client):
    client.force_login(make_user(is_superuser=True))
    add = reverse("admin:contacts_city_add")
    response = client.post(add, form_data(client.get(add)) | {"is_public": "on"})
    assert errors_of(response) == [
        "Speichern Sie zuerst ohne diesen Haken. Dann sehen Sie, was noch fehlt.",
    ]


def test_public_city_is_saved_and_withdrawn_whatever_is_missing(client):
    city = make_city(is_public=True)
    client.force_login(make_user(city, Role.MANAGER))
    assert switch(client, city, centre_name="Neu").status_code == 302
    assert (is_public(city), City.objects.get(pk=city.pk).centre_name) == (True, "Neu")
    data = form_data(client.get(address(city)))
    del data["is_public"]
    assert client.post(address(city), data).status_code == 302
    assert not is_public(city)


def test_city_that_is_not_public_is_saved_without_the_box(client):
    city = make_city(is_public=False)
    client.force_login(make_user(city, Role.MANAGER))
    data = form_data(client.get(address(city))) | {"centre_name": "Neu", "forms": ["help"]}
    assert client.post(address(city), data).status_code == 302
    city.refresh_from_db()
    assert (city.centre_name, city.forms, city.is_public) == ("Neu", ["help"], False)


def test_hours_may_be_those_of_the_location(client, city):
    take_hours(city)
    location = make_location(city)
    OpeningHours.objects.create(location=location, weekday=1, opens=time(9), closes=time(12))
    put_main(city, location=location)
    client.force_login(make_user(city, Role.MANAGER))
    assert switch(client, city).status_code == 302


# --- What warns without refusing -----------------------------------------------------------------------


def hints(city, name):
    [item] = [item for item in items(city, timezone.now()) if item.name == name]
    return item.state, [hint.sentence for hint in item.hints]


@pytest.mark.parametrize(
    ("reviewed_on", "expected"),
    [
        (date(2025, 4, 11), (State.DONE, [])),
        (
            date(2025, 4, 10),
            (
                State.WARNING,
                ["Bitte überprüfen Sie die Erklärung zur Barrierefreiheit bis zum 10. April 2026:"],
            ),
        ),
        (
            date(2025, 3, 10),
            (
                State.WARNING,
                ["Bitte überprüfen Sie die Erklärung zur Barrierefreiheit bis zum 10. März 2026:"],
            ),
        ),
    ],
)
def test_review_is_yellow_after_eleven_months(client, city, reviewed_on, expected):
    put(city.accessibility_statement, prepared_on=reviewed_on, reviewed_on=reviewed_on)
    assert hints(city, "Erklärung zur Barrierefreiheit") == expected
    client.force_login(make_user(city, Role.MANAGER))
    assert switch(client, city).status_code == 302


@pytest.mark.parametrize(
    ("warn", "name", "sentence"),
    [
        (
            lambda city: put(city.easy_german_page, checked_by="", checked_on=None),
            "Leichte Sprache",
            "Den Text in Leichter Sprache hat noch keine Prüfgruppe gelesen:",
        ),
        (
            lambda city: put(city.accessibility_statement, monitoring_notified_on=None),
            "Erklärung zur Barrierefreiheit",
            "Bitte melden Sie die Erklärung der Überwachungsstelle und tragen Sie den Tag ein:",
        ),
    ],
)
def test_warnings_are_named_and_do_not_refuse(client, city, warn, name, sentence):
    warn(city)
    assert hints(city, name) == (State.WARNING, [sentence])
    client.force_login(make_user(city, Role.MANAGER))
    assert switch(client, city).status_code == 302


def test_picture_with_a_description_is_fine(city):
    PageRevision.objects.update(body='<p><img src="x.png" alt="Das Rathaus"></p>')
    assert hints(city, "Beschreibungen für Bilder und Videos") == (State.DONE, [])


def test_picture_that_only_decorates_is_fine(city):
    PageRevision.objects.update(picture=make_image(city), picture_is_decorative=True)
    assert hints(city, "Beschreibungen für Bilder und Videos") == (State.DONE, [])


# --- The list in the form ------------------------------------------------------------------------------


def panel(response):
    return response.text.split('class="gate"')[1].split("</section>")[0] if 'class="gate"' in response.text else None


def states_shown(response):
    return [part.split("</p>")[0] for part in panel(response).split('<p class="gate-state">')[1:]]


def test_list_says_each_state_in_words(client, city):
    put(city.imprint, example_fields=["operator"])
    put(city.easy_german_page, checked_by="", checked_on=None)
    take_hours(city)
    client.force_login(make_user(city, Role.MANAGER))
    response = client.get(address(city))
    assert "Bereit für die Öffentlichkeit?" in panel(response)
    assert states_shown(response) == [
        "Noch Beispiele",
        "Fertig",
        "Fertig",
        "Bitte ansehen",
        "Fehlt",
        "Fertig",
        "Fertig",
    ]


@pytest.mark.parametrize(
    ("break_something", "heading", "sentence"),
    [
        (lambda city: None, "Nichts fehlt", "Die Website ist online, und alles Nötige ist da."),
        (take_hours, "Was noch fehlt", "Die Website ist online. Was rot ist, muss bald da sein."),
        (
            lambda city: put(city.imprint, example_fields=["operator"]),
            "Was noch fehlt",
            "Die Website ist online, aber mit Beispielen. Was rot ist, muss bald da sein.",
        ),
    ],
)
def test_list_stays_after_going_public(client, break_something, heading, sentence):
    city = make_ready_city(is_public=True)
    break_something(city)
    client.force_login(make_user(city, Role.MANAGER))
    shown = panel(client.get(address(city)))
    assert (f">{heading}</h2>" in shown, f"<p>{sentence}</p>" in shown) == (True, True)


def test_list_says_not_public_after_a_refused_switch(client, city):
    take_hours(city)
    client.force_login(make_user(city, Role.MANAGER))
    assert "Bereit für die Öffentlichkeit?" in panel(switch(client, city))


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_a_constant_number_of_queries(django_assert_num_queries, city, number):
    for _ in range(number):
        make_page(city)
        make_contact(city)
        make_ready_city()
    with django_assert_num_queries(4):
        assert len(items(city, timezone.now())) == 7


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR, Role.TRANSLATOR])
def test_others_than_managers_see_no_list_and_switch_nothing(client, city, role):
    client.force_login(make_user(city, role))
    response = client.get(address(city))
    assert (response.status_code, panel(response)) == (200, None)
    assert client.post(address(city), {"is_public": "on"}).status_code == 403
    assert not is_public(city)


def test_manager_of_another_city_and_visitor_switch_nothing(client, city):
    assert client.post(address(city), {"is_public": "on"}).status_code == 302  # to the sign-in
    client.force_login(make_user(make_city(), Role.MANAGER))
    assert client.post(address(city), {"is_public": "on"}).status_code == 302  # to the overview: unknown
    assert client.get(address(city)).status_code == 302
    assert not is_public(city)


def test_contact_of_another_city_does_not_count(city):
    stranger = make_ready_city()
    city.contacts.update(is_main=False)
    assert hints(city, "Kontakt mit Öffnungszeiten")[0] == State.MISSING
    assert hints(stranger, "Kontakt mit Öffnungszeiten") == (State.DONE, [])


@pytest.fixture
def after_the_demo(demo):
    """Tomorrow: the demo is about the day on which it was loaded."""
    loaded = AccessibilityStatement.objects.get(city__slug="bielefeld").reviewed_on
    with time_machine.travel(f"{loaded + timedelta(days=1)}T12:00:00+01:00", tick=False):
        yield


def test_demo_is_online_with_examples_and_says_so(client, after_the_demo):
    client.force_login(make_user(is_superuser=True))
    bielefeld = City.objects.get(slug="bielefeld")
    response = client.get(address(bielefeld))
    assert "Die Website ist online, aber mit Beispielen." in panel(response)
    assert states_shown(response) == [
        "Noch Beispiele",
        "Noch Beispiele",
        "Noch Beispiele",
        "Bitte ansehen",
        "Noch Beispiele",
        "Fertig",
        "Fertig",
    ]
    [contact] = [item for item in items(City.objects.get(slug="bochum"), timezone.now()) if "Kontakt" in item.name]
    assert [hint.sentence for hint in contact.hints] == ["Der Hauptkontakt ist noch ein Beispiel:"]
