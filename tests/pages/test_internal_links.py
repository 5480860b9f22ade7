"""Links to pages of this site: stored as references, read as addresses, known to the page they lead to."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.models import Role
from pages.admin.links import linked_from
from pages.internal_links import References, addresses, rewrite
from pages.models import Page, PageLink, PageTranslation
from pages.models.link import for_form
from tests.factories import (
    make_city,
    make_contact,
    make_event,
    make_page,
    make_translation,
    make_user,
)
from tests.forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("bielefeld", languages=["de", "ar"])


@pytest.fixture
def target(city):
    return make_page(city, slug="beratung", translation={"title": "Beratung"})


def linking(address, words="hier"):
    return f'<p>Lesen Sie <a href="{address}">{words}</a>.</p>'


def body_of(address):
    return {"body": linking(address)}


def stored(city, address, **fields):
    page = make_page(city, slug=fields.pop("slug", "quelle"), translation=body_of(address), **fields)
    return addresses(page.translations.get(language="de").body)


# --- What editors type ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "/de/bielefeld/beratung/",
        "/ar/bielefeld/beratung/",
        "/de/bielefeld/beratung",
        "/bielefeld/beratung/",
        "/bielefeld/beratung",
        "../beratung/",
        " /de/bielefeld/beratung/ ",
        "http://testserver/de/bielefeld/beratung/",
        "http://TESTSERVER:8000/tr/bielefeld/beratung/",
        "//testserver/de/bielefeld/beratung/",
        "https://ki.example.org/de/bielefeld/beratung/",
        "ki.example.org/de/bielefeld/beratung/",
        "/de/bielefeld/frueher/",
        "/bielefeld/frueher/",
        "/seite/{pk}/",
        "http://testserver/seite/{pk}/",
        "/admin/pages/page/{pk}/change/",
        "http://testserver/admin/pages/page/{pk}/change/?_popup=1#x",
        "/admin/pages/pagetranslation/{text}/preview/",
    ],
)
def test_address_of_a_page_becomes_its_reference(city, target, typed):
    target.aliases.create(city=city, slug="frueher")
    address = typed.format(pk=target.pk, text=target.translations.get().pk)
    with override_settings(SITE_URL="https://ki.example.org"):
        [reference] = stored(city, address)
    assert reference.partition("?")[0] == f"/seite/{target.pk}/"


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("/de/bielefeld/kontakt/", "/seite/bielefeld/kontakt/"),
        ("/bielefeld/kontakt/", "/seite/bielefeld/kontakt/"),
        ("../kontakt/", "/seite/bielefeld/kontakt/"),
        ("/ar/bielefeld/kontakt/5/", "/seite/bielefeld/kontakt/5/"),
        ("/bielefeld/kontakt/5/", "/seite/bielefeld/kontakt/5/"),
        ("/de/bielefeld/", "/seite/bielefeld/"),
        ("/bielefeld/", "/seite/bielefeld/"),
        ("/de/bielefeld/angebote/?thema=a&sprache=ar#x", "/seite/bielefeld/angebote/?thema=a&sprache=ar#x"),
        ("/de/bielefeld/termine.atom", "/seite/bielefeld/termine.atom"),
        ("/de/bielefeld/impressum/", "/seite/bielefeld/impressum/"),
        ("/de/bielefeld/suche/?q=schule", "/seite/bielefeld/suche/?q=schule"),
        ("/de/", "/seite/"),
        ("/tr/suche/", "/seite/suche/"),
        ("/de/bielefeld/beratung/#content", "/seite/{pk}/#content"),
        ("/de/bielefeld/beratung/blatt/", "/seite/{pk}/blatt/"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_stored_without_language(city, target, typed, reference):
    assert stored(city, typed) == [reference.format(pk=target.pk)]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/de/bielefeld/beratung/",
        "mailto:ki@example.org",
        "tel:+4952151",
        "/media/documents/blatt.pdf",
        "/de/bielefeld/gibt-es-nicht/",
        "/de/gibt-es-nicht/kontakt/",
        "/admin/",
        "/admin/contacts/city/1/change/",
        "/admin/pages/page/99999999999999999999/change/",
    ],
)
def test_other_addresses_stay_as_they_are(city, target, address):
    assert stored(city, address) == [address]


def test_place_on_the_page_stays_as_it_is_in_a_draft(city, target):
    assert stored(city, "#content", published=False) == ["#content"]


@pytest.mark.parametrize(
    "address", ["http://[kaputt", "testserver//[kaputt", "//[", "http://testserver:x/", "/%00/", "//"]
)
def test_broken_address_is_nobodys(city, address):
    assert References(Page, city.pk).reference(address, "/de/bielefeld/quelle/") is None


def test_star_among_the_hosts_makes_no_website_our_own(city, target):
    with override_settings(ALLOWED_HOSTS=["*"]):
        assert stored(city, "https://example.org/de/bielefeld/beratung/") == [
            "https://example.org/de/bielefeld/beratung/"
        ]


def test_page_of_another_centre_is_linked_only_if_it_can_be_read(city):
    other = make_city("bochum")
    public = make_page(other, slug="offen")
    make_page(other, slug="geheim", published=False)
    assert stored(city, "/de/bochum/offen/") == [f"/seite/{public.pk}/"]
    assert stored(city, "/de/bochum/geheim/", slug="zwei") == ["/de/bochum/geheim/"]


def test_form_tells_nothing_of_another_centres_draft(city):
    secret = make_page(make_city("bochum"), slug="geheim", published=False)
    page = make_page(city, translation=body_of(f"/seite/{secret.pk}/"))
    assert "geheim" not in for_form(page.translations.get().body, page, "de")
    assert not secret.links_here.exists()
    other = make_page(city, translation=body_of(f"/admin/pages/page/{secret.pk}/change/"))
    assert str(secret.pk) in addresses(other.translations.get().body)[0]
    assert "geheim" not in for_form(other.translations.get().body, other, "de")


PIECES = st.sampled_from(
    [
        "/de/bielefeld/beratung/",
        "/ar/bielefeld/beratung/blatt/",
        "../beratung/?x=1&y=2#z",
        "/bielefeld/kontakt/",
        "/de/bielefeld/nichts/",
        "https://example.org/?a=1&b=%22",
        "mailto:a@example.org",
    ]
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(PIECES | st.text(max_size=20), st.text(max_size=10)), max_size=4))
def test_storing_showing_and_storing_again_changes_nothing(django_db_blocker, links):
    """With the field's own sanitiser in between, as in the form."""
    with django_db_blocker.unblock():
        from django.db import transaction
        from django.utils.html import escape

        with transaction.atomic():
            city = make_city("bielefeld")
            make_page(city, slug="beratung")
            html = "".join(f'<p><a href="{escape(address)}">{escape(words)}</a></p>' for address, words in links)
            page = make_page(city, slug="quelle", published=False, translation={"body": html})
            text = page.translations.get()
            first = text.body
            for language in ("de", "ar", "tr"):
                text.body = for_form(text.body, page, language)
                text.full_clean()
                text.save()
                assert text.body == first
            transaction.set_rollback(True)


def test_rewriting_touches_nothing_but_the_address():
    html = '<p><a title="a &gt; b" href="/x?a=1&amp;b=2">Wort <strong>fett</strong></a> und <a>nichts</a></p>'
    assert rewrite(html, lambda address: address) == html
    assert rewrite(html, lambda address: '/y?"&') == html.replace("/x?a=1&amp;b=2", "/y?&quot;&amp;")
    assert rewrite(html, lambda address: None) == "<p>Wort <strong>fett</strong> und <a>nichts</a></p>"


# --- What visitors read -----------------------------------------------------------------------------


def read(client, city, language="de", slug="quelle"):
    return client.get(f"/{language}/{city.slug}/{slug}/")


def links_in_text(response):
    text = response.text.partition('<div class="rich-text"')[2].partition("</div>")[0]
    return addresses(text)


def test_link_follows_the_page_and_is_in_the_readers_language(client, city, target):
    stored(city, "/de/bielefeld/beratung/")
    target.slug = "beratung-neu"
    target.save()
    assert links_in_text(read(client, city)) == ["/de/bielefeld/beratung-neu/"]
    assert links_in_text(read(client, city, "ar")) == ["/ar/bielefeld/beratung-neu/"]


def test_lists_are_linked_in_the_readers_language(client, city):
    stored(city, "/de/bielefeld/termine/")
    assert links_in_text(read(client, city, "ar")) == ["/ar/bielefeld/termine/"]


def test_link_to_another_centre_is_in_the_readers_language(client, city):
    make_page(make_city("bochum"), slug="offen")
    stored(city, "/de/bochum/offen/")
    assert links_in_text(read(client, city, "ar")) == ["/ar/bochum/offen/"]


def test_link_to_a_withdrawn_page_is_only_words(client, city, target):
    stored(city, "/de/bielefeld/beratung/")
    target.unpublish(by=None)
    response = read(client, city)
    assert links_in_text(response) == []
    assert "<p>Lesen Sie hier.</p>" in response.text


def test_link_to_a_withdrawn_page_leads_to_its_successor(client, city, target):
    stored(city, "/de/bielefeld/beratung/")
    target.successor = make_page(city, slug="nachfolge")
    target.save()
    target.unpublish(by=None)
    assert links_in_text(read(client, city)) == ["/de/bielefeld/nachfolge/"]
    target.successor.unpublish(by=None)
    assert links_in_text(read(client, city)) == []


def test_link_to_a_deleted_page_is_only_words(client, city, target):
    stored(city, "/de/bielefeld/beratung/")
    target.delete()
    assert links_in_text(read(client, city)) == []


def test_link_to_a_centre_that_is_not_public_is_only_words(client, city):
    other = make_city("bochum")
    make_page(other, slug="offen")
    stored(city, "/de/bochum/offen/")
    type(other).objects.update(is_public=False)
    type(other).objects.filter(pk=city.pk).update(is_public=True)
    assert links_in_text(read(client, city)) == []


@pytest.mark.parametrize(("kind", "queries"), [("page", 4), ("event", 5)])
@pytest.mark.parametrize("number", [0, 1, 3])
def test_links_to_the_menu_cost_no_query_and_others_one(client, city, django_assert_num_queries, kind, queries, number):
    make = make_page if kind == "page" else lambda city, **fields: make_event(city, timezone.now(), **fields)
    slugs = [make(city, slug=f"ziel-{index}").slug for index in range(number)]
    make_page(
        city, slug="quelle", translation={"body": "".join(linking(f"/de/bielefeld/{slug}/") for slug in slugs) or "x"}
    )
    with django_assert_num_queries(queries if number else 4):
        response = read(client, city)
    assert len(links_in_text(response)) == number


def test_sheet_and_preview_show_addresses(client, city, target):
    stored(city, "/de/bielefeld/beratung/")
    assert '/bielefeld/beratung/">hier' in client.get("/de/bielefeld/quelle/blatt/").text
    client.force_login(make_user(city, Role.AUTHOR))
    text = PageTranslation.objects.get(page__slug="quelle")
    preview = client.get(reverse("admin:pages_pagetranslation_draft", args=[text.pk]))
    assert links_in_text(preview) == ["/de/bielefeld/beratung/"]


# --- The reference met raw ----------------------------------------------------------------------------


def test_reference_leads_to_the_page_in_the_language_of_the_browser(client, city, target):
    response = client.get(f"/seite/{target.pk}/", headers={"Accept-Language": "ar"})
    assert (response.status_code, response["Location"]) == (302, "/ar/bielefeld/beratung/")
    assert "Accept-Language" in response["Vary"]
    assert client.get(f"/seite/{target.pk}/blatt/")["Location"] == "/de/bielefeld/beratung/blatt/"


def test_reference_to_a_list_leads_to_it(client, city):
    response = client.get("/seite/bielefeld/kontakt/", headers={"Accept-Language": "ar"})
    assert response["Location"] == "/ar/bielefeld/kontakt/"
    assert client.get("/seite/gibt/es/nicht/").status_code == 404
    assert client.get("/seite/", headers={"Accept-Language": "tr"})["Location"] == "/tr/"


def test_reference_is_honest_about_what_is_gone(client, city, target):
    target.unpublish(by=None)
    assert client.get(f"/seite/{target.pk}/", follow=True).status_code == 410
    draft = make_page(city, published=False)
    assert client.get(f"/seite/{draft.pk}/").status_code == 404
    assert client.get("/seite/999999999999999999999/").status_code == 404


# --- Digests -------------------------------------------------------------------------------------------


def test_typing_the_address_anew_is_no_new_text(city, target):
    page = make_page(city, slug="quelle", translation=body_of("/de/bielefeld/beratung/"))
    text = page.translations.get()
    before = text.digests
    text.body = linking("http://testserver/ar/bielefeld/beratung/")
    text.full_clean()
    text.save()
    assert text.digests == before
    assert text.revisions.get().same_words_as(text)


def test_translation_stays_current_when_the_target_is_renamed(client, city, target):
    page = make_page(city, slug="quelle", translation=body_of("/de/bielefeld/beratung/"))
    source = page.translations.get(language="de")
    arabic = make_translation(page, "ar", source_digests=source.digests, **body_of("/ar/bielefeld/beratung/"))
    target.slug = "neu"
    target.save()
    assert not arabic.revisions.get().is_outdated_against(source.revisions.get())
    assert arabic.body == source.body


# --- The form ------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR)
    client.force_login(user)
    return user


def test_form_shows_the_present_address_and_stores_the_reference(client, city, target, editor):
    page = make_page(city, slug="quelle", translation=body_of("/de/bielefeld/beratung/"))
    target.slug = "neu"
    target.save()
    address = reverse("admin:pages_page_change", args=[page.pk])
    data = form_data(client.get(address))
    assert addresses(data["translations-0-body"]) == ["/de/bielefeld/neu/"]
    before = page.translations.get()
    client.post(address, data | {"_publish": "1"})
    after = page.translations.get()
    assert (after.body, after.digests) == (before.body, before.digests)
    assert page.translations.get().revisions.count() == 1


# --- Where is this page linked? --------------------------------------------------------------------------


def sources(page):
    links = PageLink.objects.leading_to(page, timezone.now())
    return sorted({link.translation.page.slug for link in links})


def test_links_are_known_to_the_page_they_lead_to(city, target):
    stored(city, "/de/bielefeld/beratung/")
    stored(city, "/ar/bielefeld/beratung/#x", slug="entwurf", published=False)
    assert sources(target) == ["entwurf", "quelle"]


def test_link_taken_out_of_the_draft_counts_while_it_is_public(city, target):
    page = make_page(city, slug="quelle", translation=body_of("/de/bielefeld/beratung/"))
    text = page.translations.get()
    text.body = "<p>Ohne.</p>"
    text.save()
    assert sources(target) == ["quelle"]
    text.publish(by=None)
    assert sources(target) == []


def test_only_what_leads_nowhere_is_dead(city, target):
    gone = make_page(city, slug="fort")
    planned = make_page(city, slug="spaeter", published=False)
    make_page(
        city,
        slug="quelle",
        translation={
            "body": linking("/de/bielefeld/fort/")
            + linking("/de/bielefeld/beratung/")
            + linking("/de/bielefeld/nichts/")
            + linking("/de/bielefeld/kontakt/")
            + linking("https://example.org/")
        },
    )
    make_page(city, slug="entwurf", published=False, translation=body_of("/de/bielefeld/spaeter/"))
    now = timezone.now() + timedelta(seconds=1)
    assert {link.address for link in PageLink.objects.dead(now)} == {"/de/bielefeld/nichts/"}
    gone.unpublish(by=None)
    now = timezone.now() + timedelta(seconds=1)
    assert {link.address for link in PageLink.objects.dead(now)} == {"/de/bielefeld/nichts/", f"/seite/{gone.pk}/"}
    Page.objects.filter(pk=planned.pk).delete()
    assert PageLink.objects.dead(now).filter(page=None, kind="page").count() == 1


def test_copy_of_a_text_keeps_its_references(city, target):
    page = make_page(city, slug="quelle", translation=body_of("/de/bielefeld/beratung/"))
    text = page.translations.get()
    revision = text.revisions.get()
    text.body = "<p>Anders.</p>"
    text.save()
    assert text.restore(revision, None).body == linking(f"/seite/{target.pk}/")
    assert sources(target) == ["quelle"]


def test_contact_page_is_linked_in_the_readers_language(client, city):
    contact = make_contact(city)
    stored(city, f"/de/bielefeld/kontakt/{contact.pk}/")
    assert links_in_text(read(client, city, "ar")) == [f"/ar/bielefeld/kontakt/{contact.pk}/"]


def test_form_says_who_links_here_and_what_leads_nowhere(client, city, target, editor):
    make_page(city, slug="quelle", translation={"title": "Quelle", **body_of("/de/bielefeld/beratung/")})
    make_page(city, slug="zwei", published=False, translation={"title": "Zwei", **body_of("/de/bielefeld/beratung/")})
    make_page(make_city("bochum"), translation={"title": "GEHEIM", **body_of("/de/bielefeld/beratung/")})
    make_page(make_city("essen"), published=False, translation=body_of("/de/bielefeld/beratung/"))
    context = client.get(reverse("admin:pages_page_change", args=[target.pk])).context
    places = [(place.text.title, place.is_public) for place in context["linked_from"].places]
    assert (places, context["linked_from"].elsewhere) == ([("Quelle", True), ("Zwei", False)], 1)
    assert context["dead_links"] == []
    lost = make_page(city, translation=body_of("/de/bielefeld/nichts/"))
    page = client.get(reverse("admin:pages_page_change", args=[lost.pk]))
    assert page.context["dead_links"] == ["/de/bielefeld/nichts/"]
    assert "GEHEIM" not in page.text


def test_withdrawing_and_deleting_say_where_the_page_is_linked(client, city, target, editor):
    draft = make_page(city, slug="entwurf", published=False)
    make_page(
        city,
        translation={"title": "Die Quelle", "body": linking("/bielefeld/beratung/") + linking("/bielefeld/entwurf/")},
    )
    for address in (
        reverse("admin:pages_page_unpublish", args=[target.pk]),
        reverse("admin:pages_page_delete", args=[draft.pk]),
    ):
        assert "Die Quelle" in client.get(address).text
    client.post(reverse("admin:pages_page_delete", args=[draft.pk]), {"post": "yes"})
    assert not Page.objects.filter(pk=draft.pk).exists()


def test_renaming_says_that_links_follow(client, city, target, editor):
    address = reverse("admin:pages_page_change", args=[target.pk])
    response = client.post(address, form_data(client.get(address)) | {"slug": "neu", "_save": "1"}, follow=True)
    assert "Die alte Adresse „beratung“ leitet zur neuen weiter." in response.text


@pytest.mark.parametrize("number", [1, 3])
def test_who_links_here_costs_one_query(city, target, number, django_assert_num_queries):
    for _ in range(number):
        make_page(city, translation=body_of("/bielefeld/beratung/"))
    with django_assert_num_queries(1):
        assert len(linked_from(target).places) == number


def test_links_of_the_demo_are_references(demo):
    drafts = PageLink.objects.filter(revision=None)
    assert drafts.filter(kind=PageLink.Kind.PAGE).count() == 60
    assert not drafts.filter(kind=PageLink.Kind.LOST).exists()
    assert not PageLink.objects.dead(timezone.now()).exists()
