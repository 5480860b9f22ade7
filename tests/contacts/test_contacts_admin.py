import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.models import CityLanguage, Contact, Membership, OpeningHours, Role
from tests.contacts.test_contact import picture
from tests.factories import make_city, make_contact, make_location, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city(languages=["de", "ar"])


def change(instance):
    return reverse(f"admin:contacts_{instance._meta.model_name}_change", args=[instance.pk])


def test_editor_keeps_a_contact_with_languages_and_its_name_in_other_languages(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    contact = make_contact(city)
    data = form_data(client.get(change(contact))) | {
        "phone": "(030) 23125-002",
        "languages": ["ar", "kmr"],
        "function_translations_ar": "استشارة",
        "opening_hours-TOTAL_FORMS": "1",
        "opening_hours-0-kind": "open",
        "opening_hours-0-weekday": "0",
        "opening_hours-0-opens": "09:00",
        "opening_hours-0-closes": "16:00",
    }
    assert client.post(change(contact), data).status_code == 302
    contact.refresh_from_db()
    assert (contact.phone, contact.phone_uri) == ("(030) 23125-002", "+493023125002")
    assert (contact.languages, contact.function_translations) == (["ar", "kmr"], {"ar": "استشارة"})
    assert OpeningHours.objects.get(contact=contact).weekday == 0


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("phone", "ruf mich an", "Das ist keine Telefonnummer. Beispiel: (05 21) 51-0"),
        ("email", "keine Adresse", "Bitte gültige E-Mail-Adresse eingeben."),
        ("function_translations_ar", "x" * 121, "Arabisch: Der Text hat 121 Zeichen, erlaubt sind 120."),
    ],
)
def test_wrong_input_gets_a_clear_message_and_is_kept(client, city, field, wrong, message):
    client.force_login(make_user(city, Role.EDITOR))
    contact = make_contact(city)
    response = client.post(change(contact), form_data(client.get(change(contact))) | {field: wrong})
    assert response.status_code == 200
    [messages] = response.context["adminform"].form.errors.values()
    assert messages == [message]
    assert wrong in response.text


def test_opening_hours_without_an_end_are_explained(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    contact = make_contact(city)
    data = form_data(client.get(change(contact))) | {
        "opening_hours-TOTAL_FORMS": "1",
        "opening_hours-0-kind": "open",
        "opening_hours-0-weekday": "0",
        "opening_hours-0-opens": "09:00",
    }
    response = client.post(change(contact), data)
    assert "Bitte geben Sie an, von wann bis wann. „Geschlossen“ hat keine Uhrzeit." in response.text


def test_a_second_main_contact_is_refused_with_a_sentence(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    make_contact(city, is_main=True)
    contact = make_contact(city)
    response = client.post(change(contact), form_data(client.get(change(contact))) | {"is_main": "on"})
    assert "Diese Stadt hat schon einen Hauptkontakt. Nehmen Sie dort zuerst den Haken heraus." in response.text


def test_manager_cannot_take_german_from_a_city(client, city):
    client.force_login(make_user(city, Role.MANAGER))
    data = form_data(client.get(change(city)))
    response = client.post(change(city), data | {"languages-0-DELETE": "on"})
    assert "Deutsch gehört immer dazu" in response.text
    assert client.post(change(city), data | {"languages-1-DELETE": "on"}).status_code == 302
    assert list(CityLanguage.objects.filter(city=city).values_list("language", flat=True)) == ["de"]


def test_manager_cannot_change_the_fixed_data_of_a_city(client, city):
    client.force_login(make_user(city, Role.MANAGER))
    data = form_data(client.get(change(city))) | {"slug": "gekapert", "ags": "99999", "centre_name": "Neuer Name"}
    assert client.post(change(city), data).status_code == 302
    slug, ags = city.slug, city.ags
    city.refresh_from_db()
    assert (city.slug, city.ags, city.centre_name) == (slug, ags, "Neuer Name")


def test_operator_makes_an_account_that_can_sign_in(client, city):
    client.force_login(make_user(is_superuser=True))
    data = {
        "username": "neu",
        "usable_password": "true",
        "password1": "ein-langes-passwort",
        "password2": "ein-langes-passwort",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-city": city.pk,
        "memberships-0-role": Role.EDITOR,
    }
    assert client.post(reverse("admin:auth_user_add"), data).status_code == 302
    assert Membership.objects.get(user__username="neu").role == Role.EDITOR
    client.logout()
    client.post(reverse("admin:login"), {"username": "neu", "password": "ein-langes-passwort"})
    assert client.get(reverse("admin:index")).status_code == 200
    assert User.objects.get(username="neu").is_staff


def test_translator_needs_a_language(client, city):
    client.force_login(make_user(is_superuser=True))
    membership = make_user(city, Role.EDITOR).memberships.get()
    response = client.post(change(membership), {"role": Role.TRANSLATOR})
    assert "Bitte wählen Sie mindestens eine Sprache" in response.text


def test_manager_keeps_the_own_role(client, city):
    manager = make_user(city, Role.MANAGER)
    client.force_login(manager)
    own, other = manager.memberships.get(), make_user(city, Role.EDITOR).memberships.get()
    assert client.post(change(own), {"role": Role.AUTHOR}).status_code == 403
    assert client.post(reverse("admin:contacts_membership_delete", args=[own.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:contacts_membership_delete", args=[other.pk]), {"post": "yes"}).status_code == 302


def test_location_in_use_is_not_deleted(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    location = make_location(city)
    contact = make_contact(city, location=location, function="Beratungsstelle")
    address = reverse("admin:contacts_location_delete", args=[location.pk])
    assert "Beratungsstelle" in client.get(address).text
    assert client.post(address, {"post": "yes"}).status_code == 200
    contact.refresh_from_db()
    assert contact.location == location


def test_words_in_a_language_that_was_switched_off_are_kept(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    contact = make_contact(city, function_translations={"ar": "استشارة", "tr": "Danışma"})
    client.post(change(contact), form_data(client.get(change(contact))) | {"function_translations_ar": "جديد"})
    contact.refresh_from_db()
    assert contact.function_translations == {"tr": "Danışma", "ar": "جديد"}


@pytest.mark.parametrize("number", [1, 3])
def test_contact_list_takes_a_constant_number_of_queries(client, django_assert_num_queries, city, number):
    client.force_login(make_user(city, Role.EDITOR))
    for _ in range(number):
        make_contact(city, location=make_location(city))
    with django_assert_num_queries(11):
        response = client.get(reverse("admin:contacts_contact_changelist"))
    assert len(response.context["cl"].result_list) == number == Contact.objects.count()


def test_logo_is_uploaded_shown_and_handed_out_as_a_picture(client, city):
    client.force_login(make_user(city, Role.MANAGER))
    logo = SimpleUploadedFile("../Wappen <b>.png", picture(size=(60, 30)), "image/png")
    data = form_data(client.get(change(city))) | {"logo": logo}
    assert client.post(change(city), data).status_code == 302
    city.refresh_from_db()
    client.logout()
    page = client.get(f"/de/{city.slug}/").text
    assert f'<img src="{city.logo.url}" width="60" height="30" alt="">' in page
    response = client.get(city.logo.url)
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert b"".join(response).startswith(b"\x89PNG")


def test_logo_that_is_no_picture_is_refused_with_a_sentence(client, city):
    client.force_login(make_user(city, Role.MANAGER))
    logo = SimpleUploadedFile("wappen.png", b"<script>alert(1)</script>", "image/png")
    response = client.post(change(city), form_data(client.get(change(city))) | {"logo": logo})
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["logo"]


def test_editor_keeps_topics_absence_and_deputy(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    contact, deputy = make_contact(city), make_contact(city, function="Vertretung")
    data = form_data(client.get(change(contact))) | {
        "topics": ["schule", "kita"],
        "organisation": "Beispielverein",
        "appointment_only": "on",
        "absent_from": "2026-03-01",
        "absent_until": "2026-03-05",
        "deputy": deputy.pk,
        "is_example": "on",
    }
    assert client.post(change(contact), data).status_code == 302
    contact.refresh_from_db()
    assert (contact.topics, contact.organisation, contact.deputy) == (["kita", "schule"], "Beispielverein", deputy)
    assert (contact.appointment_only, contact.is_example) == (True, True)


def test_deputies_to_choose_are_the_others_of_the_own_city(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    contact, colleague = make_contact(city), make_contact(city, function="Kollegin")
    stranger = make_contact(make_city(), function="Fremd")
    form = client.get(change(contact)).context["adminform"].form
    assert list(form.fields["deputy"].queryset) == [colleague]
    for wrong in (stranger, contact):
        response = client.post(change(contact), form_data(client.get(change(contact))) | {"deputy": wrong.pk})
        assert (response.status_code, list(response.context["adminform"].form.errors)) == (200, ["deputy"])


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ({"absent_from": "2026-03-05", "absent_until": "2026-03-01"}, "in dieser Reihenfolge."),
        ({"absent_from": "2026-03-05"}, "in dieser Reihenfolge."),
    ],
)
def test_absence_in_the_wrong_order_is_refused_with_a_sentence(client, city, dates, message):
    client.force_login(make_user(city, Role.EDITOR))
    contact = make_contact(city)
    response = client.post(change(contact), form_data(client.get(change(contact))) | dates)
    assert response.context["adminform"].form.non_field_errors()[0].endswith(message)


def test_who_may_only_read_sees_topics_and_languages_in_words(client, city):
    client.force_login(make_user(city, Role.AUTHOR))
    contact = make_contact(city, topics=["schule", "deutsch"], languages=["ar", "kmr"])
    page = client.get(change(contact)).text
    assert "Schule, Deutsch lernen" in page
    assert "Arabisch, Kurdisch (Kurmandschi)" in page


HUGE = "9" * 20  # no number that SQLite keeps


@pytest.mark.parametrize("model", ["contacts_contact", "offers_offer", "events_event", "pages_page", "pages_focusarea"])
def test_objects_with_a_huge_number_are_unknown_like_any_other(client, model):
    make_city("hier"), make_city("dort")
    client.force_login(make_user(is_superuser=True))
    for action in ("change", "delete", "history"):
        answers = [
            client.get(reverse(f"admin:{model}_{action}", args=[number])).status_code for number in (HUGE, 999_999_999)
        ]
        assert answers[0] == answers[1], action
        assert answers[0] in (302, 404)
    assert client.get(reverse(f"admin:{model}_changelist"), {"city": HUGE}).status_code == 200
    assert client.get(reverse(f"admin:{model}_add"), {"city": HUGE}).status_code == 403
    assert client.get(reverse(f"admin:{model}_changelist"), {"city__exact": HUGE}, follow=True).status_code == 200


@pytest.mark.parametrize("model", ["offers_offer", "pages_page"])
@pytest.mark.parametrize("number", [HUGE, 999_999_999])
def test_no_unknown_page_is_withdrawn(client, model, number):
    client.force_login(make_user(is_superuser=True))
    assert client.get(reverse(f"admin:{model}_unpublish", args=[number])).status_code == 404
