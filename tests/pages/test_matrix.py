"""Pages by languages: what stands in which cell, what can be selected, and who sees what."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Membership, Role
from tests.factories import make_city, make_event, make_focus_area, make_offer, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city(languages=["de", "ar", "tr"])


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR)
    client.force_login(user)
    return user


def source_digests(page):
    return page.translations.get(language="de").revisions.latest("visible_from").digests


def outdate(page):
    german = page.translations.get(language="de")
    german.title += " neu"
    german.save()
    german.publish(by=None)


def show(client, query=""):
    return client.get(reverse("admin:pages_page_matrix") + query)


def cells(response):
    return {
        line.title: {language.tag: state.label for language, state in line.cells if state}
        for line in response.context["lines"]
    }


def titles(response):
    return [line.title for line in response.context["lines"]]


def test_cells_say_where_each_page_stands_in_each_language(client, city, editor):
    current = make_page(city, translation={"title": "Aktuell"})
    make_translation(current, "ar", source_digests=source_digests(current))
    own = make_translation(current, "tr")
    old = make_page(city, translation={"title": "Alt"})
    outdated = make_translation(old, "ar", source_digests=source_digests(old))
    make_translation(old, "tr", published=False)
    outdate(old)
    outdated.title = "Neuer Entwurf"
    outdated.save()
    draft = make_page(city, published=False, translation={"title": "Entwurf"})
    make_translation(draft, "ar").unpublish(None)
    planned = make_page(city, published=False, translation={"title": "Geplant"})
    planned.translations.get().publish(by=None, at=timezone.now() + timedelta(days=1))
    assert cells(show(client)) == {
        "Aktuell": {"de": "öffentlich", "ar": "aktuell", "tr": "eigener Text"},
        "Alt neu": {"de": "öffentlich", "ar": "veraltet, Entwurf ist neuer", "tr": "Entwurf"},
        "Entwurf": {"de": "Entwurf", "ar": "nicht mehr öffentlich", "tr": "fehlt"},
        "Geplant": {"de": "geplant", "ar": "fehlt", "tr": "fehlt"},
    }
    own.title = "Neu"
    own.save()
    assert cells(show(client))["Aktuell"]["tr"] == "öffentlich, Entwurf ist neuer"


def test_pages_of_every_kind_are_there(client, city, editor):
    make_page(city, translation={"title": "Seite"})
    make_focus_area(city, translation={"title": "Schwerpunkt"})
    make_offer(city, translation={"title": "Angebot"})
    make_event(city, timezone.now(), translation={"title": "Termin"})
    response = show(client)
    assert sorted(titles(response)) == ["Angebot", "Schwerpunkt", "Seite", "Termin"]
    for line in response.context["lines"]:
        assert client.get(line.url).status_code == 200


def test_every_cell_leads_to_the_work(client, city, editor):
    page = make_page(city, translation={"title": "Seite"})
    text = make_translation(page, "ar")
    urls = {state.language.tag: state.url for _language, state in show(client).context["lines"][0].cells}
    assert urls == {
        "de": reverse("admin:pages_page_change", args=[page.pk]),
        "ar": reverse("admin:pages_pagetranslation_change", args=[text.pk]),
        "tr": reverse("admin:pages_pagetranslation_add") + f"?page={page.pk}&language=tr",
    }
    for url in urls.values():
        assert f'href="{url}"'.replace("&", "&amp;") in show(client).text
        assert client.get(url).status_code == 200


@pytest.fixture
def several(city):
    """One page that is complete, one outdated in Arabic, one without Turkish."""
    for title, languages in {"Fertig": ["ar", "tr"], "Veraltet": ["ar", "tr"], "Ohne Türkisch": ["ar"]}.items():
        page = make_page(city, translation={"title": title})
        for language in languages:
            make_translation(page, language, title=f"{title} {language}", source_digests=source_digests(page))
        if title == "Veraltet":
            outdate(page)
    make_offer(city, published=False, translation={"title": "Angebot im Entwurf"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=outdated", ["Veraltet neu"]),
        ("?state=missing&language=tr", ["Ohne Türkisch", "Angebot im Entwurf"]),
        ("?state=missing&language=ar", ["Angebot im Entwurf"]),
        ("?state=work", ["Veraltet neu", "Ohne Türkisch", "Angebot im Entwurf"]),
        ("?state=draft", ["Angebot im Entwurf"]),
        ("?kind=offer", ["Angebot im Entwurf"]),
        ("?q=OHNE+tür", ["Ohne Türkisch"]),
        ("?q=fertig+ar", ["Fertig"]),
        ("?q=nichts", []),
        (
            "?state=unfug&kind=unfug&language=xx&city=0&p=99",
            ["Fertig", "Veraltet neu", "Ohne Türkisch", "Angebot im Entwurf"],
        ),
    ],
)
def test_selection_shows_what_fits(client, city, editor, several, query, found):
    assert titles(show(client, query)) == found


def test_one_language_stands_beside_german(client, city, editor, several):
    assert [language.tag for language in show(client, "?language=tr").context["columns"]] == ["de", "tr"]


def test_translator_finds_the_work_in_the_own_languages_first(client, city, several):
    client.force_login(make_user(city, Role.TRANSLATOR, languages=["tr"]))
    response = show(client)
    assert [language.tag for language in response.context["columns"]] == ["de", "tr", "ar"]
    assert titles(response) == ["Veraltet neu", "Ohne Türkisch", "Angebot im Entwurf", "Fertig"]
    missing = {language.tag: bool(state.may_write) for language, state in response.context["lines"][2].cells}
    assert missing == {"de": True, "tr": True, "ar": False}


def test_language_that_was_switched_off_keeps_its_texts_in_sight(client, city, editor):
    page = make_page(city, translation={"title": "Seite"})
    make_translation(page, "ar")
    make_page(city, translation={"title": "Andere"})
    city.languages.filter(language="ar").delete()
    assert cells(show(client)) == {
        "Seite": {"de": "öffentlich", "tr": "fehlt", "ar": "eigener Text"},
        "Andere": {"de": "öffentlich", "tr": "fehlt"},
    }


def test_one_city_at_a_time_and_only_the_own_ones(client, city, editor):
    second, stranger = make_city(languages=["de"]), make_city()
    for each in (city, second, stranger):
        make_page(each, translation={"title": each.name})
    assert titles(show(client, f"?city={second.pk}")) == [city.name]
    assert "city" not in show(client).context["selection"].fields
    Membership.objects.create(user=editor, city=second, role=Role.AUTHOR)
    assert titles(show(client, f"?city={second.pk}")) == [second.name]
    assert titles(show(client, f"?city={stranger.pk}")) != [stranger.name]
    client.force_login(make_user(is_superuser=True))
    assert titles(show(client, f"?city={stranger.pk}")) == [stranger.name]


def test_nobody_without_a_city_gets_in(client, city):
    client.force_login(make_user())
    assert show(client).status_code == 403


def test_empty_city_says_what_comes_first(client, city, editor):
    assert "Die erste Seite schreiben" in show(client).text
    client.force_login(make_user(city, Role.TRANSLATOR, languages=["ar"]))
    assert "Die erste Seite schreiben" not in show(client).text


def test_nothing_left_to_do_says_so(client, city, editor):
    city.languages.exclude(language="de").delete()
    make_page(city)
    assert "Hier braucht gerade nichts Arbeit." in show(client, "?state=work").text


def test_many_pages_come_in_parts_that_keep_the_selection(client, city, editor):
    for number in range(26):
        make_page(city, published=False, translation={"title": f"Seite {number}"})
    response = show(client, "?state=draft")
    assert len(titles(response)) == 25
    assert '<a href="?state=draft&amp;p=2">2</a>' in response.text
    assert titles(show(client, "?state=draft&p=2")) == ["Seite 25"]


@pytest.mark.parametrize("number", [1, 3])
def test_matrix_takes_a_constant_number_of_queries(client, django_assert_num_queries, city, editor, number):
    for _ in range(number):
        page = make_page(city)
        make_translation(page, "ar", source_digests=source_digests(page))
    with django_assert_num_queries(11):
        show(client)


def test_lists_and_forms_of_pages_lead_to_the_matrix(client, city, editor):
    page = make_page(city)
    address = reverse("admin:pages_page_matrix")
    assert f'href="{address}' in client.get(reverse("admin:pages_page_changelist")).text
    assert f'href="{address}?city={city.pk}"' in client.get(reverse("admin:pages_page_change", args=[page.pk])).text
