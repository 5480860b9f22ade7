"""What editors keep for the search, and what they learn from it."""

import pytest
from django.urls import reverse

from contacts.models import Role
from pages.models import SearchMiss, SearchSynonym
from tests.factories import make_city, make_page, make_search_miss, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db

ADD = reverse("admin:pages_searchsynonym_add")
MISSES = reverse("admin:pages_searchmiss_changelist")


@pytest.fixture
def city():
    return make_city("hier")


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR)
    client.force_login(user)
    return user


def links(response):
    return [link for link in ("Synonym anlegen", "Löschen") if f">{link}</a>" in response.text]


def test_a_word_without_result_becomes_a_synonym_in_one_click(client, city, editor):
    make_page(city, translation={"title": "Begleitung"})
    client.get("/de/hier/suche/", {"q": "Kumpel"})
    make_search_miss(make_city("dort"), word="kumpel")
    miss = SearchMiss.objects.get(city=city)
    address = f"{ADD}?city={city.pk}&word={miss.word}"
    assert f'href="{address.replace("&", "&amp;")}"' in client.get(MISSES).text
    form = client.get(address)
    assert form_data(form) == {"word": "kumpel"}
    assert client.post(address, form_data(form) | {"meaning": "Begleitung", "_save": "1"}).status_code == 302
    assert [str(synonym) for synonym in SearchSynonym.objects.for_city(city)] == ["kumpel → Begleitung"]
    # What has a meaning now is no longer looked for in vain; another city's words are its own.
    assert [miss.city.slug for miss in SearchMiss.objects.all()] == ["dort"]
    assert client.get("/de/hier/suche/", {"q": "Kumpel"}).context["search"].count == 1


def test_words_looked_for_most_stand_first(client, city, editor):
    for word, count in (("eins", 1), ("drei", 3), ("zwei", 2)):
        make_search_miss(city, word=word, count=count)
    shown = client.get(MISSES).context["cl"].result_list
    assert [miss.word for miss in shown] == ["drei", "zwei", "eins"]


def test_a_word_is_deleted_by_editors(client, city, editor):
    miss = make_search_miss(city)
    address = reverse("admin:pages_searchmiss_delete", args=[miss.pk])
    assert f'href="{address}"' in client.get(MISSES).text
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not SearchMiss.objects.exists()


@pytest.mark.parametrize(
    ("role", "shown", "status"),
    [
        (Role.AUTHOR, [], 403),
        (Role.TRANSLATOR, [], 403),
        (Role.EDITOR, ["Synonym anlegen", "Löschen"], 200),
        (Role.MANAGER, ["Synonym anlegen", "Löschen"], 200),
    ],
)
def test_role_decides_who_makes_synonyms(client, city, role, shown, status):
    make_search_miss(city)
    client.force_login(make_user(city, role))
    assert links(client.get(MISSES)) == shown
    assert client.get(ADD).status_code == status


def test_words_searched_over_all_cities_are_for_the_operator(client, city, editor):
    make_search_miss(None, word="ueberall")
    assert "ueberall" not in client.get(MISSES).text
    client.force_login(make_user(is_superuser=True))
    response = client.get(MISSES)
    assert "ueberall" in response.text
    assert links(response) == ["Löschen"]


@pytest.mark.parametrize("words", [{"word": "***"}, {"meaning": "–, ,"}, {"word": "", "meaning": "x"}])
def test_a_synonym_needs_words(client, city, editor, words):
    response = client.post(ADD, {"word": "Kumpel", "meaning": "Begleitung", "_save": "1"} | words)
    assert response.status_code == 200
    assert not SearchSynonym.objects.exists()


def test_a_word_has_one_line(client, city, editor):
    SearchSynonym.objects.create(city=city, word="Kumpel", meaning="Begleitung")
    response = client.post(ADD, {"word": "Kumpel", "meaning": "Lotse", "_save": "1"})
    assert "Für dieses Wort gibt es schon ein Synonym." in response.text


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_a_constant_number_of_queries(client, django_assert_num_queries, city, editor, number):
    for index in range(number):
        make_search_miss(city, word=f"wort{index}")
    with django_assert_num_queries(11):
        assert client.get(MISSES).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_an_operator_takes_a_constant_number_of_queries(client, django_assert_num_queries, city, number):
    client.force_login(make_user(is_superuser=True))
    for index in range(number):
        make_search_miss(make_city(f"stadt-{index}"))
    make_search_miss(None)
    with django_assert_num_queries(8):
        assert client.get(MISSES).status_code == 200
