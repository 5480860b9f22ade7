"""The standard offers: every text can be published as it is, and none says what only a city can know."""

import re
from html import unescape

import pytest

from contacts.topics import Audience, Topic
from offers.models import Offer
from offers.standards import CATALOGUE, adopt, standards
from pages.models import Cost, FocusArea, PageRevision, PageTranslation
from tests.factories import make_city, make_user

KEYS = list(standards())
SENTENCE = re.compile(r"[^.!?:]+[.!?:]?")
OFFICIALESE = (
    "bzw",
    "ggf",
    "gemäß",
    "hinsichtlich",
    "bezüglich",
    "diesbezüglich",
    "erfolgt",
    "zwecks",
    "seitens",
    "mittels",
    "im Rahmen",
    "Maßnahme",
    "Inanspruchnahme",
    "Antragsteller",
    "Zielgruppe",
    "in Kenntnis",
)


def plain(text):
    return unescape(re.sub(r"<[^>]+>", "\n", text))


def all_words(standard):
    return "\n".join(plain(text) for text in standard.texts.values())


def test_catalogue_has_about_twenty_offers_in_all_pillars():
    assert 18 <= len(KEYS) <= 25
    assert {standard.pillar for standard in standards().values()} == set(FocusArea.Pillar)


def test_every_text_belongs_to_an_offer():
    assert sorted(path.name for path in CATALOGUE.glob("*.html")) == sorted(f"{key}.de.html" for key in KEYS)


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_standard_can_be_published_as_it_is(client, key):
    city = make_city("hier")
    offer, _is_new = adopt(standards()[key], city, by=None)
    text = offer.translations.get()
    text.publish(by=None)
    response = client.get(f"/de/hier/{offer.slug}/")
    assert response.status_code == 200
    assert text.title in response.text.replace("&amp;", "&")


@pytest.mark.parametrize("key", KEYS)
def test_standard_is_complete(key):
    texts = standards()[key].texts
    lists = ("steps", "bring")
    assert {"title", "summary", "for_whom", "steps", "not_here", "body"} <= texts.keys() - {"bring", "cost_note"}
    assert all(line.strip() for name in lists if name in texts for line in texts[name].splitlines())
    assert len(texts["steps"].splitlines()) >= 3
    assert len(texts["summary"]) <= 200


@pytest.mark.parametrize("key", KEYS)
def test_standard_is_found(key):
    data = standards()[key].data
    assert data["topics"]
    assert data["audiences"]
    assert set(data["topics"]) <= set(Topic.values)
    assert set(data["audiences"]) <= set(Audience.values)


@pytest.mark.parametrize("key", KEYS)
def test_standard_knows_no_city_and_no_number(key):
    """Telephone numbers, addresses and e-mails are data of a city; so are sums of money."""
    words = all_words(standards()[key])
    assert re.findall(r"\d[\d /()-]{4,}\d|\+49|@|https?:|www\.|€|Euro\b", words) == []
    assert re.findall("Bielefeld|Bochum|Köln|Düsseldorf|Essen|Krefeld|Borken", words.replace("Essen,", "")) == []


@pytest.mark.parametrize("key", KEYS)
def test_standard_is_written_in_plain_german(key):
    words = all_words(standards()[key])
    assert [word for word in OFFICIALESE if re.search(rf"\b{word}", words, re.IGNORECASE)] == []
    sentences = [sentence.split() for line in words.splitlines() for sentence in SENTENCE.findall(line)]
    assert [" ".join(sentence) for sentence in sentences if len(sentence) > 22] == []
    assert re.search(r"\b(Sie|Ihnen|Ihr|Ihre)\b", words)


@pytest.mark.parametrize("key", KEYS)
def test_standard_asks_the_city_what_it_has_to_check(key):
    check = standards()[key].check
    assert 2 <= len(check) <= 5
    assert all(question[-1] in ".?" for question in check)


@pytest.mark.parametrize("key", KEYS)
def test_standard_is_free_only_where_the_state_says_so(key):
    standard = standards()[key]
    is_free = standard.data["cost"] == Cost.FREE
    assert is_free is (key in ("fit-in-deutsch", "case-management"))
    assert ("cost_note" in standard.texts) is is_free
    assert is_free or any("Kostet" in question or "ostet" in question for question in standard.check)


# --- Adopting --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_adopting_makes_a_german_draft_and_nothing_public():
    city, user = make_city(), make_user()
    offer, is_new = adopt(standards()["griffbereit"], city, user)
    text = PageTranslation.objects.get()
    assert (is_new, offer.city, offer.standard, offer.slug) == (True, city, "griffbereit", "griffbereit")
    assert (offer.age_from, offer.age_to, offer.cost, offer.is_example) == (1, 3, "ask", False)
    assert (text.page_id, text.language, text.updated_by) == (offer.pk, "de", user)
    assert text.title == "Griffbereit: Eltern und kleine Kinder lernen zusammen"
    assert not PageRevision.objects.exists()


@pytest.mark.django_db
def test_adopting_twice_gives_the_same_offer():
    city = make_city()
    first, _is_new = adopt(standards()["ehrenamt"], city, None)
    assert adopt(standards()["ehrenamt"], city, None) == (first, False)
    assert Offer.objects.count() == 1


@pytest.mark.django_db
def test_every_city_adopts_its_own():
    one, two = (adopt(standards()["ehrenamt"], make_city(), None)[0] for _ in range(2))
    assert one.pk != two.pk
    assert one.slug == two.slug == "ehrenamt"


@pytest.mark.django_db
def test_adopting_takes_another_address_where_the_wanted_one_is_taken():
    from tests.factories import make_page

    city = make_city()
    make_page(city, slug="ehrenamt")
    assert adopt(standards()["ehrenamt"], city, None)[0].slug == "ehrenamt-2"


@pytest.mark.django_db
def test_deleted_draft_can_be_adopted_again():
    city = make_city()
    adopt(standards()["ehrenamt"], city, None)[0].delete()
    assert adopt(standards()["ehrenamt"], city, None)[1] is True
