"""Where pages, cards and lists lead to the forms, and where they do not."""

import re

import pytest

from contacts.inquiry_kinds import FORMS_TO_CHOOSE
from offers.models import Offer
from pages.models import Page
from tests.factories import make_city, make_contact, make_offer, make_page

pytestmark = pytest.mark.django_db

ALL = [kind.value for kind in FORMS_TO_CHOOSE]
ADDRESSES = ("anfrage", "hilfe", "sprachmittlung-anfragen")


def ways(client, path="", language="de"):
    """The links to forms in the main part of a page, in order, as they stand below the city."""
    main = client.get(f"/{language}/hier/{path}").text.partition("<main")[2].partition("</main>")[0]
    links = re.findall(rf'href="/{language}/hier/(({"|".join(ADDRESSES)})/[^"]*)"', main)
    return [link.replace("&amp;", "&") for link, _address in links]


def test_card_leads_to_the_form_for_its_contact(client):
    contact = make_contact(make_city("hier", forms=["contact"]), is_main=True, email="ki@example.org")
    for path in ("", "kontakt/", f"kontakt/{contact.pk}/"):
        assert ways(client, path) == [f"anfrage/?kontakt={contact.pk}"], path
        assert 'href="mailto:ki@example.org"' in client.get(f"/de/hier/{path}").text


def test_card_on_a_page_says_from_which_page_one_comes(client):
    city = make_city("hier", forms=["contact"])
    contact = make_contact(city, is_main=True)
    make_page(city, slug="seite")
    assert ways(client, "seite/") == [f"anfrage/?kontakt={contact.pk}&seite=seite"]


def test_phone_comes_before_the_form(client):
    make_contact(make_city("hier", forms=["contact"]), is_main=True)
    page = client.get("/de/hier/").text
    assert page.index('class="button phone"') < page.index("/anfrage/")


def test_form_is_a_button_right_below_phone_and_email(client):
    make_contact(make_city("hier", forms=["contact"]), is_main=True, email="ki@example.org", fax="030 23125 099")
    card = client.get("/de/hier/").text.partition('class="contact-ways"')[2].partition("</section>")[0]
    places = [
        card.index(each) for each in ("tel:", "mailto:", 'class="button secondary" href="/de/hier/anfrage/', "Telefax")
    ]
    assert places == sorted(places)


def test_nobody_writes_to_an_invented_contact(client):
    contact = make_contact(make_city("hier", forms=["contact"]), is_main=True)
    assert ways(client) == [f"anfrage/?kontakt={contact.pk}"]
    contact.is_example = True
    contact.save()
    assert ways(client) == []


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([], []),
        (["contact"], ["anfrage/?seite=seite"]),
        (["help"], ["hilfe/"]),
        (ALL, ["hilfe/", "anfrage/?seite=seite"]),
    ],
)
def test_page_without_contact_leads_to_the_forms_that_the_city_offers(client, forms, expected):
    make_page(make_city("hier", forms=forms), slug="seite")
    assert ways(client, "seite/") == expected


def test_invented_page_leads_to_no_form(client):
    page = make_page(make_city("hier", forms=ALL), slug="seite")
    assert ways(client, "seite/") == ["hilfe/", "anfrage/?seite=seite"]
    Page.objects.filter(pk=page.pk).update(is_example=True)
    assert ways(client, "seite/") == []


@pytest.mark.parametrize(("forms", "expected"), [(["help"], ["hilfe/"]), ([], [])])
@pytest.mark.parametrize("situation", ["", "Ich bin neu hier"])
def test_start_page_offers_help_once(client, forms, expected, situation):
    city = make_city("hier", forms=forms)
    make_contact(city, is_main=True)
    make_page(city, slug="seite", translation={"situation": situation})
    assert ways(client) == expected


@pytest.mark.parametrize(("language", "position"), [("ar", 0), ("tr", 0), ("de", 2), ("de-simple", 2)])
def test_help_is_the_first_situation_for_whoever_reads_no_german(client, language, position):
    city = make_city("hier", forms=["help"], languages=("de", "de-simple", "ar", "tr"))
    for slug in ("neu", "schule"):
        make_page(city, slug=slug, translation={"situation": f"Ich bin {slug}"})
    cards = client.get(f"/{language}/hier/").text.partition('class="cards situations"')[2].partition("</ul>")[0]
    links = re.findall(r'<h3[^>]*><a href="([^"]+)"', cards)
    assert (len(links), links.index(f"/{language}/hier/hilfe/")) == (3, position)


@pytest.mark.parametrize(("forms", "expected"), [(ALL, ["hilfe/", "sprachmittlung-anfragen/"]), ([], [])])
def test_list_of_contacts_begins_with_the_forms(client, forms, expected):
    make_contact(make_city("hier", forms=forms), is_main=True, is_example=True)
    assert ways(client, "kontakt/") == expected


def make_interpreting(city, **fields):
    return make_offer(
        city, slug="dolmetschen", **{"topics": ["dolmetschen"], "access": Offer.Access.INSTITUTIONS} | fields
    )


@pytest.mark.parametrize(
    ("forms", "fields", "number"),
    [
        (["interpreter"], {}, 1),
        ([], {}, 0),
        (["interpreter"], {"topics": ["schule"]}, 0),
        (["interpreter"], {"access": Offer.Access.EVERYBODY}, 0),
        (["interpreter"], {"is_example": True}, 0),
    ],
)
def test_interpreting_offer_for_institutions_leads_to_its_form(client, forms, fields, number):
    make_interpreting(make_city("hier", forms=forms), **fields)
    assert ways(client, "dolmetschen/") == ["sprachmittlung-anfragen/"] * number


@pytest.mark.parametrize("path", ["", "seite/", "kontakt/", "angebote/"])
def test_ways_to_the_forms_cost_no_query(client, path, django_assert_num_queries):
    city = make_city("hier", forms=ALL)
    make_contact(city, is_main=True)
    make_page(city, slug="seite", translation={"situation": "Ich bin neu hier"})
    queries = {"": 6, "seite/": 5, "kontakt/": 6, "angebote/": 6}[path]
    with django_assert_num_queries(queries):
        assert ways(client, path) != []
    city.forms = []
    city.save()
    with django_assert_num_queries(queries):
        assert ways(client, path) == []
