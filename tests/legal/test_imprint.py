"""Who answers for the site: § 5 DDG and § 18 MStV."""

import re

import pytest

from legal.models import Imprint
from tests.factories import make_city, make_contact
from tests.test_site import words

pytestmark = pytest.mark.django_db

NOTHING = "Das Zentrum hat diese Angaben noch nicht eingetragen."
VALUES = {
    "body": "Stadt Hier",
    "legal_form": "Körperschaft des öffentlichen Rechts",
    "representative_name": "Vorname Nachname",
    "representative_function": "Oberbürgermeisterin",
    "street": "Musterstraße 1",
    "postcode": "33602",
    "town": "Hier",
    "email": "ki@example.org",
    "phone": "030 23125 001",
    "supervisory_authority": "Bezirksregierung Hier",
    "vat_id": "DE123456789",
    "editor_name": "Name Vorname",
    "editor_address": "Musterstraße 2, 33602 Hier",
    "operator": "Rechenzentrum, Musterstraße 3",
    "image_credits": "Rathaus: Stadt Hier, CC BY 4.0\nMarkt: Stadt Hier, CC0",
}


def make_imprint(city, **fields):
    imprint = Imprint(city=city, **VALUES | fields)
    imprint.full_clean()
    imprint.save()
    return imprint


def imprint_of(client, language="de"):
    return client.get(f"/{language}/hier/impressum/")


def test_imprint_has_every_item(client):
    make_imprint(make_city("hier"))
    text = words(imprint_of(client))
    # The address of a mail may be broken in two lines: see below.
    items = [line for name, value in VALUES.items() if name != "email" for line in value.splitlines()]
    assert [item for item in [*items, "§ 18 Absatz 2", "Stand:"] if item not in text] == []


def test_imprint_names_the_sources_of_the_sites_own_data(client):
    make_city("hier")
    text = words(imprint_of(client))
    sources = ["GeoBasis-DE / BKG", "© OpenStreetMap-Mitwirkende", "Open Database License (ODbL) 1.0"]
    assert [source for source in sources if source not in text] == []


@pytest.mark.parametrize("is_opened", [False, True], ids=["no row", "empty row"])
def test_imprint_without_entries_says_so(client, is_opened):
    city = make_city("hier")
    if is_opened:
        Imprint.objects.create(city=city)
    response = imprint_of(client)
    text = words(response)
    assert (response.status_code, NOTHING in text, "Stand:" in text) == (200, True, False)


def test_imprint_names_what_is_missing_and_leaves_out_what_need_not_be(client):
    make_imprint(make_city("hier"), editor_name="", vat_id="")
    text = words(imprint_of(client))
    assert (text.count("noch nicht eingetragen"), "Umsatzsteuer-ID" in text, NOTHING in text) == (1, False, False)


def test_phone_and_mail_can_be_used_at_once(client):
    make_imprint(make_city("hier"))
    page = imprint_of(client).text
    assert re.findall(r'href="((?:tel|mailto):[^"]+)"', page)[:2] == ["tel:+493023125001", "mailto:ki@example.org"]


def test_nobody_calls_an_invented_number(client):
    make_imprint(make_city("hier"), example_fields=["phone", "email"])
    page = imprint_of(client)
    assert "030 23125 001" in words(page)
    assert re.findall(r'href="(?:tel:\+|mailto:)[^"]+"', page.text) == []


def test_each_invented_value_is_marked(client):
    make_imprint(make_city("hier"), example_fields=["editor_name", "operator"])
    page = imprint_of(client)
    marked = re.findall(r">([^<]+)</bdi>\s*<span class=\"badge example\">", page.text)
    assert marked == ["Name Vorname", "Rechenzentrum, Musterstraße 3"]
    assert "Diese Seite ist noch nicht fertig." in words(page)


def test_page_without_examples_has_no_notice(client):
    make_imprint(make_city("hier"))
    assert "Diese Seite ist noch nicht fertig." not in words(imprint_of(client))


def test_what_the_city_wrote_is_german_in_a_page_in_arabic(client):
    make_imprint(make_city("hier"))
    assert '<bdi lang="de" dir="ltr">Stadt Hier</bdi>' in imprint_of(client, "ar").text
    assert "<bdi>Stadt Hier</bdi>" in imprint_of(client).text


def test_imprint_leads_to_privacy_and_accessibility(client):
    make_city("hier")
    main = imprint_of(client).text.split("<main")[1].split("</main>")[0]
    further = main.split('class="further"')[1]
    assert re.findall(r'href="([^"]+)"', further)[:2] == ["/de/hier/datenschutz/", "/de/hier/barrierefreiheit/"]


def test_city_that_is_not_public_has_no_imprint(client):
    make_imprint(make_city("hier", is_public=False))
    assert imprint_of(client).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_imprint_costs_the_same_queries_with_more_to_show(client, django_assert_num_queries, number):
    city = make_city("hier")
    make_imprint(city, image_credits="\n".join(["Bild: Stadt Hier"] * number))
    for index in range(number):
        make_contact(city, is_main=index == 0)
    with django_assert_num_queries(5):
        imprint_of(client)


@pytest.mark.parametrize("slug", ["bielefeld", "bochum"])
def test_demo_imprint_is_complete_and_marks_its_examples(client, demo, slug):
    imprint = Imprint.objects.get(city__slug=slug)
    assert imprint.missing_labels() == []
    page = client.get(f"/de/{slug}/impressum/").text.partition('<section class="contacts">')[0]
    assert page.count('<span class="badge example">') == len(imprint.example_fields)
