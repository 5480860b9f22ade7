"""The screens for translation agencies: who may take a file along, who may bring one back, and what they read."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import etree

from contacts.models import Role
from exchange.codes import name
from pages.models import PageTranslation
from tests.exchange.agency import export, translated, translated_throughout
from tests.factories import make_city, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db

SELECT = "/admin/exchange/agencypage/"
IMPORT = reverse("admin:exchange_agencypage_import")
ACCEPT = reverse("admin:exchange_agencypage_accept")


@pytest.fixture
def city():
    return make_city("hier", languages=["de", "ar", "en"])


@pytest.fixture
def page(city):
    return make_page(city, translation={"title": "Beratung"})


def sign_in(client, city, role=Role.EDITOR, **fields):
    user = make_user(city, role, **fields)
    client.force_login(user)
    return user


def upload(client, data, language="ar"):
    return client.post(IMPORT, {"file": SimpleUploadedFile("b.xlf", data), "language": language})


def ticket_in(response):
    return re.search(r'name="ticket" value="([^"]+)"', response.text)[1]


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- The way out ------------------------------------------------------------------------------------------


def test_list_shows_what_is_missing_or_outdated_and_has_it_ticked(client, city, page):
    sign_in(client, city)
    make_translation(make_page(city, translation={"title": "Fertig"}), "ar")
    response = client.get(SELECT + "?language=ar")
    assert re.findall(r'<input type="checkbox" name="pages" value="(\d+)" checked>', response.text) == [str(page.pk)]
    assert "Fertig" not in response.text
    assert "Fertig" in client.get(SELECT + "?language=ar&which=alle").text


def test_one_page_can_be_asked_for(client, city, page):
    sign_in(client, city)
    make_page(city, translation={"title": "Andere"})
    response = client.get(f"{SELECT}?language=ar&page={page.pk}")
    assert ("Beratung" in response.text, "Andere" in response.text) == (True, False)


def test_list_says_when_nothing_is_to_be_done(client, city, page):
    sign_in(client, city)
    make_translation(page, "ar")
    assert "Arabisch: Hier fehlt nichts und nichts ist veraltet." in client.get(SELECT + "?language=ar").text


def test_list_says_when_there_is_no_second_language(client):
    sign_in(client, make_city(languages=["de"]))
    assert "hat noch keine zweite Sprache" in client.get(SELECT).text


def test_list_of_a_city_without_pages_says_so(client, city):
    sign_in(client, city)
    assert "Hier gibt es noch keine Seiten." in client.get(SELECT).text


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_pages(client, city, django_assert_num_queries, count):
    sign_in(client, city)
    for _each in range(count):
        make_page(city)
    with django_assert_num_queries(14):
        client.get(SELECT + "?language=ar")


@pytest.mark.parametrize("role", Role)
def test_whoever_reads_the_texts_may_take_them_along(client, city, page, role):
    sign_in(client, city, role, languages=["en"])
    response = client.post(SELECT + "?language=ar", {"pages": [page.pk]})
    assert response["Content-Type"] == "application/x-xliff+xml"
    assert re.fullmatch(r'attachment; filename="hier-ar-\d{4}-\d\d-\d\d\.xlf"', response["Content-Disposition"])
    files = list(etree.fromstring(response.content).iter(name("file")))
    assert [file.get("original") for file in files] == [f"hier/{page.pk}"]


@pytest.mark.parametrize("count", [1, 3])
def test_file_takes_the_same_queries_for_any_number_of_pages(client, city, django_assert_num_queries, count):
    sign_in(client, city)
    numbers = [make_page(city).pk for _each in range(count)]
    with django_assert_num_queries(11):
        client.post(SELECT + "?language=ar", {"pages": numbers})


def test_choosing_nothing_is_answered_with_a_sentence(client, city, page):
    sign_in(client, city)
    response = client.post(SELECT + "?language=ar", {})
    assert said(response) == ["Bitte wählen Sie mindestens eine Seite, die schon einen deutschen Text hat."]


@pytest.mark.parametrize("wrong", ["foreign", "999999999999999999999", "x"])
def test_no_page_of_another_city_goes_along(client, city, page, wrong):
    foreign = make_page(make_city("dort"), translation={"title": "GEHEIM"})
    number = foreign.pk if wrong == "foreign" else wrong
    client.force_login(make_user(is_superuser=True))
    there = client.post(f"{SELECT}?language=ar&city={foreign.city_id}", {"pages": [foreign.pk]})
    assert b"GEHEIM" in there.content
    sign_in(client, city)
    assert client.post(SELECT + "?language=ar", {"pages": [page.pk, number]}).status_code == 404
    assert client.get(f"{SELECT}?city={foreign.city_id}").status_code == 403


def test_operator_chooses_the_city_first(client, city, page):
    make_city("dort")
    client.force_login(make_user(is_superuser=True))
    assert f'href="?city={city.pk}"' in client.get(SELECT).text
    assert "Beratung" in client.get(f"{SELECT}?city={city.pk}").text


@pytest.mark.parametrize("address", [SELECT, IMPORT, ACCEPT])
def test_visitor_is_sent_to_the_sign_in(client, address):
    assert client.get(address)["Location"].startswith("/admin/login/")


def test_list_of_pages_leads_here(client, city, page):
    sign_in(client, city)
    assert f'href="{SELECT}"' in client.get(reverse("admin:pages_page_changelist")).text


def test_form_of_a_translation_leads_here(client, city, page):
    sign_in(client, city)
    text = make_translation(page, "ar")
    form = client.get(reverse("admin:pages_pagetranslation_change", args=[text.pk]))
    assert f'href="{SELECT}?city={city.pk}&amp;language=ar&amp;page={page.pk}"' in form.text


# --- The way back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "languages", "writes"),
    [
        (Role.AUTHOR, [], True),
        (Role.EDITOR, [], True),
        (Role.MANAGER, [], True),
        (Role.TRANSLATOR, ["ar"], True),
        (Role.TRANSLATOR, ["en"], False),
    ],
)
def test_file_is_brought_back_by_those_who_write_in_its_language(client, city, page, role, languages, writes):
    data = translated_throughout(export("ar", page))
    sign_in(client, city, role, languages=languages)
    response = upload(client, data)
    assert PageTranslation.objects.filter(language="ar").count() == 0
    if writes:
        assert "Noch ist nichts gespeichert." in response.text
        response = client.post(ACCEPT, {"ticket": ticket_in(response)}, follow=True)
        assert "Ein Text ist als Entwurf gespeichert." in response.text
    else:
        assert "Bitte eine gültige Auswahl" in str(response.context["form"].errors) or response.context["form"].errors
    assert PageTranslation.objects.filter(language="ar").count() == writes
    assert not PageTranslation.objects.filter(language="ar").exclude(revisions=None).exists()


def test_another_citys_editor_brings_nothing_and_learns_nothing(client, city):
    page = make_page(city, translation={"title": "GEHEIM"})
    data = translated(export("ar", page), summary="x")
    sign_in(client, city)
    assert "GEHEIM" in upload(client, data).text
    sign_in(client, make_city())
    response = upload(client, data)
    assert "Diese Seite gibt es bei Ihnen nicht." in response.text
    assert "GEHEIM" not in response.text
    client.post(ACCEPT, {"ticket": ticket_in(response)})
    assert not PageTranslation.objects.filter(language="ar").exists()


def test_report_of_somebody_else_is_not_accepted(client, city, page):
    sign_in(client, city)
    ticket = ticket_in(upload(client, translated_throughout(export("ar", page))))
    sign_in(client, city)
    response = client.post(ACCEPT, {"ticket": ticket})
    assert said(response) == ["Der Bericht ist abgelaufen. Bitte laden Sie die Datei noch einmal hoch."]
    assert not PageTranslation.objects.filter(language="ar").exists()


@pytest.mark.parametrize("ticket", ["", "x", "x:y:z", "\x00"])
def test_bad_tickets_are_answered_with_a_sentence(client, city, ticket):
    sign_in(client, city)
    assert said(client.post(ACCEPT, {"ticket": ticket}))[0].startswith("Der Bericht ist abgelaufen.")


def test_report_is_shown_anew_when_something_was_saved_meanwhile(client, city, page):
    text = make_translation(page, "ar")
    sign_in(client, city)
    ticket = ticket_in(upload(client, translated(export("ar", page), summary="agency")))
    text.title = "Inzwischen"
    text.save()
    response = client.post(ACCEPT, {"ticket": ticket})
    assert said(response)[0].startswith("Seit dem Bericht hat jemand etwas geändert.")
    client.post(ACCEPT, {"ticket": ticket_in(response)})
    text.refresh_from_db()
    assert text.summary == "agency"


def test_words_of_a_file_are_never_html(client, city, page):
    sign_in(client, city)
    hostile = "&lt;img src=x onerror=alert(1)&gt;"
    response = upload(client, translated(export("ar", page), title=hostile))
    assert hostile in response.text
    assert "<img src=x" not in response.text


def test_refused_file_leaves_a_sentence_at_the_field(client, city, page):
    sign_in(client, city)
    response = upload(client, b"<!DOCTYPE a><a/>")
    assert response.context["form"].errors == {
        "file": [
            "Die Datei enthält einen DOCTYPE. "
            "Bitte lassen Sie sich vom Übersetzungsbüro eine Datei ohne DOCTYPE schicken."
        ]
    }


def test_empty_upload_is_answered_at_the_field(client, city):
    sign_in(client, city)
    assert list(client.post(IMPORT, {"language": "ar"}).context["form"].errors) == ["file"]


def test_unchanged_file_has_nothing_to_save(client, city, page):
    make_translation(page, "ar")
    sign_in(client, city)
    response = upload(client, export("ar", page))
    assert "An den Entwürfen würde sich nichts ändern." in response.text
    assert "Als Entwurf speichern" not in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_report_takes_the_same_queries_for_any_number_of_pages(client, city, django_assert_num_queries, count):
    data = translated_throughout(export("ar", *[make_page(city) for _each in range(count)]))
    sign_in(client, city)
    with django_assert_num_queries(9):
        upload(client, data)
