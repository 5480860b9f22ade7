"""How staff keep offers and calls."""

import re
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from contacts.models import Role
from offers.models import Call, Offer
from offers.standards import adopt, standards
from pages.models import PageRevision
from tests.factories import make_call, make_city, make_contact, make_focus_area, make_location, make_offer, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

CATALOGUE = "/admin/offers/offer/katalog/"


@pytest.fixture
def city():
    return make_city("hier", name="Hier")


@pytest.fixture
def other():
    return make_city("anderswo", name="Anderswo")


def sign_in(client, city, role=Role.EDITOR):
    user = make_user(city, role, languages=["ar"])
    client.force_login(user)
    return user


def address_of(page, kind="offer"):
    return reverse(f"admin:offers_{kind}_change", args=[page.pk])


def submit(client, address, button, **changes):
    return client.post(address, form_data(client.get(address)) | changes | {button: "1"})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- Offers ----------------------------------------------------------------------------------------------


def test_new_offer_is_written_and_published_in_one_form(client, city):
    sign_in(client, city)
    texts = {"title": "Beratung", "summary": "Kurz.", "body": "<p>Text.</p>", "steps": "Eins\nZwei"}
    response = submit(
        client,
        reverse("admin:offers_offer_add"),
        "_publish",
        pillar="education",
        topics=["schule"],
        **{f"translations-0-{name}": text for name, text in texts.items()},
    )
    assert said(response) == ["Deutsch: Dieser Text ist jetzt öffentlich."]
    offer = Offer.objects.get()
    assert (offer.city, offer.kind, offer.slug, offer.topics) == (city, "offer", "beratung", ["schule"])
    assert client.get("/de/hier/beratung/").status_code == 200


def test_new_offer_claims_nothing(client, city):
    sign_in(client, city)
    form = client.get(reverse("admin:offers_offer_add")).context["adminform"].form
    assert [
        form.initial.get(name) or form[name].value() for name in ("cost", "appointment_needed", "last_verified")
    ] == [
        "ask",
        None,
        None,
    ]


def test_choices_are_those_of_the_own_city(client, city, other):
    for each in (city, other):
        make_contact(each, function=f"Kontakt {each.name}")
        make_location(each, name=f"Haus {each.name}")
        make_focus_area(each, translation={"title": f"Punkt {each.name}"}, slug=f"punkt-{each.slug}")
    offer = make_offer(city, published=False)
    sign_in(client, city)
    text = client.get(address_of(offer)).text
    assert [f"{word} Hier" in text for word in ("Kontakt", "Haus", "Punkt")] == [True, True, True]
    assert "Anderswo" not in text


def test_focus_areas_are_chosen_by_their_titles(client, city):
    make_focus_area(city, translation={"title": "Bildung für alle"}, slug="bildung")
    sign_in(client, city)
    choices = client.get(reverse("admin:offers_offer_add")).context["adminform"].form.fields["focus_area"].choices
    assert [label for _value, label in choices][1:] == ["Bildung für alle"]


@pytest.mark.parametrize("field", ["advice_contact", "location", "focus_area"])
def test_another_citys_things_are_refused(client, city, other, field):
    offer = make_offer(city, published=False)
    make = {"advice_contact": make_contact, "location": make_location, "focus_area": make_focus_area}[field]
    own, strange = make(city), make(other)
    sign_in(client, city)
    assert submit(client, address_of(offer), "_save", **{field: own.pk}).status_code == 302
    response = submit(client, address_of(offer), "_save", **{field: strange.pk})
    assert list(response.context["adminform"].form.errors) == [field]


def test_who_checked_is_kept_with_the_date(client, city):
    offer = make_offer(city)
    user = sign_in(client, city)
    submit(client, address_of(offer), "_save", last_verified="2026-03-02")
    offer.refresh_from_db()
    assert (offer.last_verified, offer.verified_by) == (date(2026, 3, 2), user.username)


def test_who_checked_stays_when_somebody_else_saves(client, city):
    offer = make_offer(city)
    checked_by = sign_in(client, city)
    submit(client, address_of(offer), "_save", last_verified="2026-03-02")
    sign_in(client, city)
    submit(client, address_of(offer), "_save", age_from="3")
    offer.refresh_from_db()
    assert (offer.age_from, offer.verified_by) == (3, checked_by.username)


def test_verified_by_goes_with_the_date(client, city):
    offer = make_offer(city)
    sign_in(client, city)
    submit(client, address_of(offer), "_save", last_verified="2026-03-02")
    submit(client, address_of(offer), "_save", last_verified="")
    offer.refresh_from_db()
    assert (offer.last_verified, offer.verified_by) == (None, "")


@pytest.mark.parametrize("published", [False, True])
def test_author_changes_data_only_before_the_offer_is_public(client, city, published):
    offer = make_offer(city, published=published)
    sign_in(client, city, Role.AUTHOR)
    client.post(address_of(offer), form_data(client.get(address_of(offer))) | {"lead_time_days": "5", "_save": "1"})
    offer.refresh_from_db()
    assert offer.lead_time_days == (None if published else 5)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"age_from": "6", "age_to": "3"}, "„Alter bis“ ist kleiner als „Alter von“. Bitte prüfen Sie beide Zahlen."),
        ({"cost": "amount"}, "Wie viel kostet es? Wenn das wechselt: „bitte fragen Sie nach“."),
        (
            {"cost": "free", "cost_amount": "3"},
            "Ein Betrag gehört nur zu „kostet Geld“. Bitte löschen Sie den Betrag, oder wählen Sie „kostet Geld“.",
        ),
        (
            {"starts_at": "2026-03-02T10:00", "ends_at": "2026-03-01T10:00"},
            "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Angaben.",
        ),
        ({"leika_key": "123"}, "Der LeiKa-Schlüssel hat 14 Ziffern."),
    ],
)
def test_faults_are_explained(client, city, changes, fault):
    offer = make_offer(city, published=False)
    sign_in(client, city)
    response = submit(client, address_of(offer), "_save", **changes)
    assert [error for errors in response.context["adminform"].form.errors.values() for error in errors] == [fault]


def test_public_offer_can_be_withdrawn(client, city):
    offer = make_offer(city)
    sign_in(client, city)
    unpublish = reverse("admin:offers_offer_unpublish", args=[offer.pk])
    assert f'href="{unpublish}"' in client.get(address_of(offer)).text
    assert client.post(unpublish)["Location"] == address_of(offer)
    assert not PageRevision.objects.live().exists()


def test_draft_is_previewed_as_it_will_look(client, city):
    draft = make_offer(city, published=False, translation={"steps": "Eins\nZwei"}, lead_time_days=3)
    call = make_call(city, published=False, own_share=10)
    sign_in(client, city)
    texts = [
        client.get(reverse("admin:pages_pagetranslation_draft", args=[page.translations.get().pk])).text
        for page in (draft, call)
    ]
    assert ("Spätestens 3 Tage vorher" in texts[0], "10 Prozent" in texts[1]) == (True, True)
    assert client.get(f"/de/hier/{draft.slug}/").status_code == 404


def test_list_is_narrowed_by_pillar(client, city):
    make_offer(city, translation={"title": "Bildung"})
    make_offer(city, pillar="cross_cutting", translation={"title": "Querschnitt"})
    sign_in(client, city)
    found = client.get(reverse("admin:offers_offer_changelist") + "?pillar__exact=education").context["cl"].result_list
    assert [offer.german_title() for offer in found] == ["Bildung"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_a_constant_number_of_queries(client, city, django_assert_max_num_queries, number):
    for _ in range(number):
        make_offer(city)
    sign_in(client, city)
    with django_assert_max_num_queries(16):
        assert client.get(reverse("admin:offers_offer_changelist")).status_code == 200


# --- Calls -----------------------------------------------------------------------------------------------


def test_call_is_written_with_its_deadline(client, city):
    sign_in(client, city)
    response = submit(
        client,
        reverse("admin:offers_call_add"),
        "_save",
        programme="KOMM-AN NRW",
        starts_at="2026-03-01T09:00",
        ends_at="2026-03-31T23:59",
        **{"translations-0-title": "Geld für Projekte"},
    )
    assert response.status_code == 302
    call = Call.objects.get()
    assert (call.slug, call.ends_at.isoformat()) == ("geld-fuer-projekte", "2026-03-31T21:59:00+00:00")


def test_own_share_is_a_percentage(client, city):
    call = make_call(city, published=False)
    sign_in(client, city)
    response = submit(client, address_of(call, "call"), "_save", own_share="101")
    assert "Der Eigenanteil liegt zwischen 0 und 100 Prozent." in response.text


# --- The catalogue ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUTHOR, 302), (Role.EDITOR, 302), (Role.MANAGER, 302), (Role.TRANSLATOR, 403)]
)
def test_writers_adopt_standard_offers(client, city, role, status):
    sign_in(client, city, role)
    assert client.post(CATALOGUE, {"standard": "ehrenamt"}).status_code == status
    assert Offer.objects.filter(city=city, standard="ehrenamt").exists() is (status == 302)


def test_adopting_opens_the_form_with_what_is_to_be_checked(client, city):
    sign_in(client, city)
    response = client.post(CATALOGUE, {"standard": "griffbereit"}, follow=True)
    offer = Offer.objects.get()
    assert response.redirect_chain == [(address_of(offer), 302)]
    assert "Übernommen als Entwurf. Noch ist nichts öffentlich." in response.text
    assert all(question in response.text for question in standards()["griffbereit"].check)
    assert not PageRevision.objects.exists()


def test_check_list_goes_once_the_offer_is_public(client, city):
    sign_in(client, city)
    offer, _is_new = adopt(standards()["griffbereit"], city, None)
    sentence = "Prüfen Sie, bevor Sie veröffentlichen"
    assert sentence in client.get(address_of(offer)).text
    offer.translations.get().publish(by=None)
    assert sentence not in client.get(address_of(offer)).text


def test_adopting_twice_leads_to_the_first(client, city):
    sign_in(client, city)
    first = client.post(CATALOGUE, {"standard": "ehrenamt"})
    again = client.post(CATALOGUE, {"standard": "ehrenamt"})
    assert first["Location"] == again["Location"]
    assert said(again)[-1] == "Dieses Angebot haben Sie schon übernommen."
    assert Offer.objects.count() == 1


def test_catalogue_marks_what_is_adopted(client, city, other):
    adopt(standards()["ehrenamt"], other, None)
    sign_in(client, city)
    assert "Schon übernommen." not in client.get(CATALOGUE).text
    offer, _is_new = adopt(standards()["ehrenamt"], city, None)
    text = client.get(CATALOGUE).text
    assert text.count("Schon übernommen.") == 1
    assert f'href="{address_of(offer)}"' in text
    assert len(re.findall(r'name="standard" value="([\w-]+)"', text)) == len(standards()) - 1


def test_unknown_standard_is_not_found(client, city):
    sign_in(client, city)
    assert client.post(CATALOGUE, {"standard": "gibt-es-nicht"}).status_code == 404


def test_nothing_is_adopted_for_another_city(client, city, other):
    sign_in(client, city, Role.MANAGER)
    assert client.post(f"{CATALOGUE}?city={city.pk}", {"standard": "ehrenamt"}).status_code == 302
    assert client.get(f"{CATALOGUE}?city={other.pk}").status_code == 403
    assert client.post(f"{CATALOGUE}?city={other.pk}", {"standard": "ehrenamt"}).status_code == 403
    assert [offer.city for offer in Offer.objects.all()] == [city]


def test_who_looks_after_several_cities_chooses_one(client, city, other):
    client.force_login(make_user(is_superuser=True))
    assert f'href="?city={other.pk}"' in client.get(CATALOGUE).text
    assert client.post(f"{CATALOGUE}?city={other.pk}", {"standard": "ehrenamt"}).status_code == 302
    assert Offer.objects.get().city == other


def test_adopting_needs_the_token_of_the_form(city):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    sign_in(client, city)
    assert client.post(CATALOGUE, {"standard": "ehrenamt"}).status_code == 403
    assert not Offer.objects.exists()


def test_list_of_offers_leads_to_the_catalogue(client, city):
    address = reverse("admin:offers_offer_changelist")
    for role, shown in [(Role.EDITOR, True), (Role.TRANSLATOR, False)]:
        sign_in(client, city, role)
        assert (f'href="{CATALOGUE}"' in client.get(address).text) is shown
