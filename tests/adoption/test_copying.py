"""A city begins with the pages of another one."""

import pytest
from django.urls import reverse

from adoption.copying import copy_pages, pages_to_copy, sources
from adoption.models import Adoption
from audit.models import Entry
from contacts.models import City, CityLanguage, Role
from offers.models import Offer
from pages.internal_links import addresses
from pages.models import Page, PageRevision, State
from tests.factories import (
    make_city,
    make_contact,
    make_image,
    make_news,
    make_offer,
    make_page,
    make_translation,
    make_user,
)

pytestmark = pytest.mark.django_db


def make_state(**fields):
    return make_city("landesweit", kind=City.Kind.STATE, ags="05", is_public=False, **fields)


def copy_all(source, city, by=None):
    return copy_pages(pages_to_copy(source), city, by)


def test_copy_is_a_draft_with_the_words_of_what_is_public():
    source, city = make_city(), make_city()
    page = make_page(source, slug="beratung", translation={"title": "Beratung", "body": "<p>Öffentlich.</p>"})
    draft = page.translations.get()
    draft.body = "<p>Noch nicht öffentlich.</p>"
    draft.save()
    [copy] = copy_all(source, city)
    text = copy.translations.get()
    assert (copy.city, copy.slug, text.title, text.body) == (city, "beratung", "Beratung", "<p>Öffentlich.</p>")
    assert not PageRevision.objects.for_city(city).exists()


def test_copy_keeps_translations_current():
    source, city = make_city(), make_city()
    page = make_page(source)
    digests = page.translations.get().digests
    make_translation(page, "ar", title="عنوان", source_digests=digests)
    [copy] = copy_all(source, city)
    german, arabic = copy.translations.get(language="de"), copy.translations.get(language="ar")
    for text in (german, arabic):
        text.publish(by=None)
    loaded = {text.language: text for text in copy.translations.with_state()}
    assert loaded["ar"].state(loaded["de"].live_revision()) == State.PUBLIC


def test_copy_with_a_picture_leaves_the_picture_and_keeps_translations_current():
    source, city = make_city(), make_city()
    words = {"picture": make_image(source), "picture_alternative": "Ein Haus"}
    page = make_page(source, translation=words)
    make_translation(page, "ar", source_digests=page.translations.get().digests)
    [copy] = copy_all(source, city)
    german, arabic = copy.translations.get(language="de"), copy.translations.get(language="ar")
    assert (german.picture, german.picture_alternative) == (None, "")
    assert arabic.source_digests == german.digests


def test_copied_pages_link_to_each_other_and_stay_current():
    source, city = make_city("dort"), make_city("hier")
    other = make_page(source, slug="ziel")
    news = make_news(source, slug="nachricht")
    body = "".join(f'<p><a href="/de/dort/{slug}/">x</a></p>' for slug in ("ziel", "nachricht", "termine"))
    page = make_page(source, slug="quelle", translation={"body": body})
    make_translation(page, "ar", body=body, source_digests=page.translations.get().digests)
    copies = {copy.slug: copy for copy in copy_all(source, city)}
    german = copies["quelle"].translations.get(language="de")
    assert addresses(german.body) == [f"/seite/{copies['ziel'].pk}/", f"/seite/{news.pk}/", "/seite/hier/termine/"]
    assert addresses(page.translations.get(language="de").body)[0] == f"/seite/{other.pk}/"
    arabic = copies["quelle"].translations.get(language="ar")
    assert (arabic.body, arabic.source_digests) == (german.body, german.digests)


def test_copy_has_only_languages_of_the_city():
    source, city = make_city(languages=("de", "ar", "uk")), make_city(languages=("de", "uk"))
    page = make_page(source)
    make_translation(page, "ar")
    make_translation(page, "uk")
    [copy] = copy_all(source, city)
    assert sorted(copy.translations.values_list("language", flat=True)) == ["de", "uk"]


def test_copy_takes_data_and_leaves_what_leads_to_the_other_city():
    source, city = make_city(), make_city()
    contact = make_contact(source)
    offer = make_offer(
        source,
        advice_contact=contact,
        age_from=6,
        topics=["schule"],
        owner_email="jemand@example.org",
        owner_name="Sie",
    )
    offer.contacts.add(contact)
    [copy] = copy_all(source, city)
    copied = Offer.objects.get(pk=copy.pk)
    assert (copied.age_from, copied.topics, copied.pillar) == (6, ["schule"], "education")
    assert (copied.advice_contact, copied.owner_email, list(copied.contacts.all())) == (None, "", [])


def test_copies_stand_under_one_another_like_their_sources():
    source, city = make_city(), make_city()
    above = make_page(source, slug="oben")
    make_page(source, slug="unten", parent=above)
    copy_all(source, city)
    assert Page.objects.for_city(city).get(slug="unten").parent.slug == "oben"


def test_address_that_the_city_has_stays_with_its_page():
    source, city = make_city(), make_city()
    own = make_page(city, slug="beratung")
    make_page(source, slug="beratung")
    [copy] = copy_all(source, city)
    assert (own.slug, copy.slug) == ("beratung", "beratung-2")


def test_start_page_is_copied_only_where_there_is_none():
    source, city, other = make_city(), make_city(), make_city()
    make_page(source, kind=Page.Kind.HOME)
    make_page(city, kind=Page.Kind.HOME)
    assert copy_all(source, city) == []
    assert [page.kind for page in copy_all(source, other)] == [Page.Kind.HOME]


def test_what_comes_and_goes_and_what_is_not_public_is_not_offered():
    source = make_city()
    make_news(source)
    make_page(source, published=False)
    withdrawn = make_page(source)
    withdrawn.unpublish(by=None)
    public = make_page(source)
    assert pages_to_copy(source) == [public]


def test_sources_are_public_cities_and_the_state():
    state, city, public = make_state(), make_city("a-hier"), make_city("b-dort")
    make_city("c-heimlich", is_public=False)
    assert list(sources(city)) == [state, public]


def test_only_pages_of_the_state_go_on_being_known():
    state, other, city = make_state(), make_city(), make_city()
    make_page(state, slug="land")
    make_page(other, slug="stadt")
    copy_all(state, city)
    copy_all(other, city)
    assert list(Adoption.objects.values_list("page__slug", flat=True)) == ["land"]


# --- In the admin ----------------------------------------------------------------------------------


def add_url(city, source=None):
    return reverse("admin:adoption_adoption_add", query={"city": city.pk} | ({"source": source.pk} if source else {}))


def test_author_copies_chosen_pages(client):
    source, city = make_city(name="Anderswo"), make_city()
    wanted = make_page(source, slug="ja", translation={"title": "Beratung in Anderswo"})
    make_page(source, slug="nein")
    client.force_login(make_user(city, Role.AUTHOR))
    assert "Beratung in Anderswo" in client.get(add_url(city, source)).text
    response = client.post(add_url(city, source), {"page": [wanted.pk]}, follow=True)
    assert list(Page.objects.for_city(city).values_list("slug", flat=True)) == ["ja"]
    assert "„Anderswo“ steht noch in diesen Texten: Beratung in Anderswo." in response.text


def test_copies_are_written_into_the_trail_of_the_city_that_has_them(client):
    source, city = make_city(), make_city()
    page, offer = make_page(source, slug="seite"), make_offer(source, slug="angebot")
    client.force_login(make_user(city, Role.AUTHOR))
    client.post(add_url(city, source), {"page": [page.pk, offer.pk]})
    assert sorted(Entry.objects.filter(action="added").values_list("city", "kind", "object_name")) == [
        (city.pk, "offers.offer", "angebot"),
        (city.pk, "pages.page", "seite"),
    ]


def test_nothing_chosen_copies_nothing(client):
    source, city = make_city(), make_city()
    make_page(source)
    client.force_login(make_user(city, Role.AUTHOR))
    response = client.post(add_url(city, source), {}, follow=True)
    assert "Wählen Sie mindestens eine Seite aus." in response.text
    assert not Page.objects.for_city(city).exists()


def test_draft_of_another_city_cannot_be_copied_by_its_number(client):
    source, city = make_city(), make_city()
    public = make_page(source)
    draft = make_page(source, published=False)
    client.force_login(make_user(city, Role.MANAGER))
    client.post(add_url(city, source), {"page": [public.pk, draft.pk]})
    assert list(Page.objects.for_city(city).values_list("slug", flat=True)) == [public.slug]


def test_city_that_is_not_public_is_no_source(client):
    city, hidden = make_city(), make_city(is_public=False)
    make_page(hidden)
    client.force_login(make_user(city, Role.MANAGER))
    assert client.get(add_url(city, hidden)).status_code == 404
    City.objects.filter(pk=hidden.pk).update(is_public=True)
    assert client.get(add_url(city, hidden)).status_code == 200


@pytest.mark.parametrize("role", [Role.TRANSLATOR, None])
def test_who_does_not_write_copies_nothing(client, role):
    source, city = make_city(), make_city()
    page = make_page(source)
    client.force_login(make_user(city, role) if role else make_user(make_city(), Role.MANAGER))
    assert client.post(add_url(city, source), {"page": [page.pk]}).status_code == 403
    assert not Page.objects.for_city(city).exists()


def test_visitor_copies_nothing(client):
    source, city = make_city(), make_city()
    page = make_page(source)
    assert client.post(add_url(city, source), {"page": [page.pk]}).status_code == 302
    assert not Page.objects.for_city(city).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_to_copy_from_takes_the_same_queries(client, django_assert_num_queries, number):
    source, city = make_city(), make_city()
    for _ in range(number):
        make_translation(make_page(source), "ar")
    client.force_login(make_user(city, Role.AUTHOR))
    with django_assert_num_queries(12):
        client.get(add_url(city, source))


def test_state_is_no_centre_of_the_portal(client):
    make_state(name="Landesweite Texte")
    make_city("hier", name="Hierstadt")
    text = client.get("/de/").text
    assert "Hierstadt" in text
    assert "Landesweite Texte" not in text


def test_languages_switched_on_later_come_with_the_next_version():
    state, city = make_state(languages=("de", "ar")), make_city(languages=("de",))
    make_translation(make_page(state), "ar")
    [copy] = copy_all(state, city)
    assert Adoption.objects.with_versions().get().news == []
    CityLanguage.objects.create(city=city, language="ar")
    [(revision, known)] = Adoption.objects.with_versions().get().news
    assert (revision.translation.language, known) == ("ar", None)
    assert not copy.translations.filter(language="ar").exists()


def test_contact_of_a_copied_guide_becomes_the_list_of_the_citys_own():
    source, city = make_city("quelle"), make_city("ziel")
    contact = make_contact(source)
    body = f'<h2>Zuerst</h2><p><a href="/de/quelle/kontakt/{contact.pk}/">Beratung</a></p>'
    make_page(source, kind=Page.Kind.GUIDE, slug="schritte", translation={"body": body})
    [copy] = copy_all(source, city)
    assert (copy.kind, addresses(copy.translations.get().body)) == (Page.Kind.GUIDE, ["/seite/ziel/kontakt/"])
