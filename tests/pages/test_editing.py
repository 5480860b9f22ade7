"""What the buttons of the admin do, and what happens when two people press them."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from pages.models import Page, PageRevision, PageTranslation
from tests.factories import make_city, make_page, make_translation, make_user
from tests.forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city(languages=["de", "ar"])


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR, first_name="Erika", last_name="Beispiel")
    client.force_login(user)
    return user


@pytest.fixture
def advice(city):
    return make_page(city, slug="beratung", translation={"title": "Beratung"})


def address_of(page):
    return reverse("admin:pages_page_change", args=[page.pk])


def submit(client, address, button, **changes):
    return client.post(address, form_data(client.get(address)) | changes | {button: "1"})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def public_titles(page, language="de"):
    return [
        revision.title
        for revision in PageRevision.objects.live().filter(translation__page=page, translation__language=language)
    ]


def test_new_page_is_written_with_its_german_text_in_one_form(client, city, editor):
    address = reverse("admin:pages_page_add")
    response = submit(client, address, "_save", **{"translations-0-title": "Über uns: Straße & Größe"})
    assert said(response) == ["Der Entwurf ist gespeichert. Für Besucher*innen hat sich nichts geändert."]
    page = Page.objects.get()
    assert (page.city, page.slug, page.translations.get().updated_by) == (city, "ueber-uns-strasse-groesse", editor)
    assert response["Location"] == address_of(page)


def test_new_page_needs_a_heading(client, city, editor):
    response = submit(client, reverse("admin:pages_page_add"), "_save")
    assert response.status_code == 200
    assert response.context["text_form"].errors == {"title": ["Dieses Feld ist zwingend erforderlich."]}
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    ("title", "slug"), [("Kontakt", "kontakt-2"), ("Beratung", "beratung-2"), ("العربية", "seite")]
)
def test_new_page_gets_an_address_that_is_free(client, advice, editor, title, slug):
    submit(client, reverse("admin:pages_page_add"), "_save", **{"translations-0-title": title})
    assert Page.objects.latest("pk").slug == slug


def test_saving_a_draft_changes_nothing_public(client, advice, editor):
    response = submit(client, address_of(advice), "_save", **{"translations-0-title": "Neu"})
    assert said(response) == ["Der Entwurf ist gespeichert. Für Besucher*innen hat sich nichts geändert."]
    assert public_titles(advice) == ["Beratung"]


def test_publishing_makes_the_draft_public(client, advice, editor):
    response = submit(client, address_of(advice), "_publish", **{"translations-0-title": "Neu"})
    assert said(response) == ["Deutsch: Dieser Text ist jetzt öffentlich."]
    assert public_titles(advice) == ["Neu"]


def test_publishing_with_gaps_keeps_the_draft_and_says_what_is_missing(client, advice, editor):
    response = submit(
        client, address_of(advice), "_publish", **{"translations-0-title": "Neu", "translations-0-summary": ""}
    )
    assert said(response) == [
        "Der Entwurf ist gespeichert, aber nicht öffentlich. Zum Veröffentlichen fehlt noch „Kurz gesagt“."
    ]
    assert (advice.translations.get().title, public_titles(advice)) == ("Neu", ["Beratung"])


def test_publishing_at_a_time_plans_until_something_else_is_published(client, advice, editor):
    at = timezone.localtime() + timedelta(days=3)
    response = submit(
        client,
        address_of(advice),
        "_publish",
        **{"translations-0-title": "Neu", "translations-0-publish_at": at.strftime("%Y-%m-%dT%H:%M")},
    )
    [message] = said(response)
    assert message.startswith("Deutsch: Dieser Text wird am ")
    assert message.endswith(" Uhr von selbst öffentlich.")
    assert public_titles(advice) == ["Beratung"]
    planned = advice.translations.get().revisions.get(title="Neu")
    assert timezone.localtime(planned.visible_from).strftime("%Y-%m-%dT%H:%M") == at.strftime("%Y-%m-%dT%H:%M")

    again = submit(client, address_of(advice), "_publish", **{"translations-0-title": "Sofort"})
    assert said(again)[1].startswith("Die Fassung, die für den ")
    assert [revision.title for revision in advice.translations.get().revisions.all()] == ["Sofort", "Beratung"]


def test_plan_can_be_dropped(client, advice, editor):
    text = advice.translations.get()
    text.title = "Neu"
    text.save()
    text.publish(editor, at=timezone.now() + timedelta(days=3))
    assert "Geplante Fassung verwerfen" in client.get(address_of(advice)).text
    client.post(reverse("admin:pages_pagetranslation_cancel", args=[text.pk]))
    assert [revision.title for revision in text.revisions.all()] == ["Beratung"]


def test_publishing_in_the_past_is_refused_and_loses_nothing(client, advice, editor):
    response = submit(
        client,
        address_of(advice),
        "_publish",
        **{"translations-0-title": "Neu", "translations-0-publish_at": "2020-01-01T10:00"},
    )
    assert response.status_code == 200
    assert list(response.context["text_form"].errors) == ["publish_at"]
    assert response.context["text_form"]["title"].value() == "Neu"
    assert "Dieser Zeitpunkt ist schon vorbei." in response.text


def test_preview_shows_the_draft_in_the_public_look_and_stays_private(client, advice, editor):
    response = submit(client, address_of(advice), "_preview", **{"translations-0-title": "Neu"})
    preview = client.get(response["Location"])
    page = client.get(preview.context["frame_url"])
    assert (page.status_code, page.context["entry"].revision.title) == (200, "Neu")
    assert public_titles(advice) == ["Beratung"]


def test_preview_works_before_the_city_is_public(client, advice, editor):
    advice.city.is_public = False
    advice.city.save()
    text = advice.translations.get()
    assert client.get(reverse("admin:pages_pagetranslation_draft", args=[text.pk])).status_code == 200


def test_withdrawing_asks_first_and_ends_every_language(client, advice, editor):
    make_translation(advice, "ar")
    address = reverse("admin:pages_page_unpublish", args=[advice.pk])
    assert client.get(address).status_code == 200
    assert (public_titles(advice), len(public_titles(advice, "ar"))) == (["Beratung"], 1)
    response = client.post(address)
    assert said(response) == ["Die Seite ist in allen Sprachen zurückgezogen. Der Text bleibt als Entwurf erhalten."]
    assert (public_titles(advice), public_titles(advice, "ar")) == ([], [])


def test_withdrawing_one_translation_leaves_the_german_text(client, advice, editor):
    text = make_translation(advice, "ar")
    client.post(reverse("admin:pages_pagetranslation_unpublish", args=[text.pk]))
    assert (public_titles(advice), public_titles(advice, "ar")) == (["Beratung"], [])


def test_history_restores_into_the_draft(client, advice, editor):
    text = advice.translations.get()
    first = text.revisions.get()
    submit(client, address_of(advice), "_publish", **{"translations-0-title": "Neu"})
    history = client.get(reverse("admin:pages_pagetranslation_history", args=[text.pk]))
    assert [revision.title for revision in history.context["revisions"]] == ["Neu", "Beratung"]
    restore = reverse("admin:pages_pagetranslation_restore", args=[text.pk, first.pk])
    assert client.get(restore).status_code == 405
    client.post(restore)
    text.refresh_from_db()
    assert (text.title, public_titles(advice)) == ("Beratung", ["Neu"])


def test_translation_is_written_beside_the_german_text(client, advice, editor):
    address = reverse("admin:pages_pagetranslation_add") + f"?page={advice.pk}&language=ar"
    form = client.get(address)
    assert form.context["source"].title == "Beratung"
    response = submit(
        client,
        address,
        "_publish",
        title="استشارة",
        summary="باختصار",
        **{"block-1": "نص **مهم**", "block-2": "- <b>"},
    )
    assert said(response) == ["Arabisch: Dieser Text ist jetzt öffentlich."]
    text = advice.translations.get(language="ar")
    assert text.source_digests == advice.translations.get(language="de").revisions.get().digests
    assert text.body == "<p>نص <strong>مهم</strong></p><p>- &lt;b&gt;</p>"
    assert client.get(address)["Location"] == reverse("admin:pages_pagetranslation_change", args=[text.pk])


def test_saving_an_outdated_translation_does_not_make_it_current_unasked(client, advice, editor):
    source = advice.translations.get(language="de")
    text = make_translation(advice, "ar", source_digests=source.revisions.get().digests)
    submit(client, address_of(advice), "_publish", **{"translations-0-title": "Neu"})
    address = reverse("admin:pages_pagetranslation_change", args=[text.pk])

    submit(client, address, "_publish", title="Tippfehler verbessert")
    text.refresh_from_db()
    assert text.source_digests != PageRevision.objects.live().get(translation=source).digests

    submit(client, address, "_publish", renders_source="on")
    text.refresh_from_db()
    assert text.source_digests == PageRevision.objects.live().get(translation=source).digests


def test_translation_form_refuses_a_language_the_city_has_not(client, advice, editor):
    address = reverse("admin:pages_pagetranslation_add") + f"?page={advice.pk}&language=ru"
    assert client.get(address).status_code == 404


# --- Two at once ----------------------------------------------------------------------------------------


def test_second_of_two_editors_sees_both_texts_and_loses_nothing(client, advice, editor):
    opened_by_second = form_data(client.get(address_of(advice)))
    submit(
        client,
        address_of(advice),
        "_save",
        **{"translations-0-title": "Vom ersten", "translations-0-body": "<p>Eins</p>"},
    )

    mine = opened_by_second | {"translations-0-title": "Vom zweiten", "_publish": "1"}
    response = client.post(address_of(advice), mine)
    form = response.context["text_form"]
    assert response.status_code == 200
    assert form.has_error("__all__", "conflict")
    assert "Erika Beispiel hat diesen Text um" in response.text
    assert (form["title"].value(), form.conflicting.title) == ("Vom zweiten", "Vom ersten")
    assert "Vom ersten" in response.text
    assert "<p>Eins</p>" in response.text
    assert (advice.translations.get().title, public_titles(advice)) == ("Vom ersten", ["Beratung"])

    again = client.post(address_of(advice), form_data(response) | {"_save": "1"})
    assert again.status_code == 302
    assert advice.translations.get().title == "Vom zweiten"


def test_collision_is_told_in_a_translation_too(client, advice, editor):
    text = make_translation(advice, "ar")
    address = reverse("admin:pages_pagetranslation_change", args=[text.pk])
    opened_by_second = form_data(client.get(address))
    submit(client, address, "_save", title="الأول")
    response = client.post(address, opened_by_second | {"title": "الثاني", "_save": "1"})
    assert response.context["text_form"].conflicting.title == "الأول"
    assert response.context["text_form"]["title"].value() == "الثاني"


def test_saving_place_and_contacts_is_no_collision(client, advice, editor):
    submit(client, address_of(advice), "_save", position=5)
    advice.refresh_from_db()
    assert advice.position == 5


def test_restoring_while_somebody_edits_is_a_collision(client, advice, editor):
    text = PageTranslation.objects.get(page=advice)
    text.title = "Entwurf"
    text.save()
    opened = form_data(client.get(address_of(advice)))
    text.restore(text.revisions.get(), by=editor)
    response = client.post(address_of(advice), opened | {"_save": "1", "translations-0-title": "Anders"})
    assert response.context["text_form"].conflicting is not None


@pytest.mark.parametrize("number", [1, 3])
def test_page_list_with_states_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, city, editor, number
):
    for _ in range(number):
        make_translation(make_page(city), "ar")
    with django_assert_num_queries(15):
        response = client.get(reverse("admin:pages_page_changelist"))
    assert response.text.count("öffentlich") + response.text.count("eigener Text") >= 2 * number


# --- Between the roles of one city -------------------------------------------------------------------------


def test_author_cannot_change_the_place_of_a_public_page(client, city, advice):
    client.force_login(make_user(city, Role.AUTHOR))
    response = submit(client, address_of(advice), "_save", slug="weg", position=9, **{"translations-0-title": "Neu"})
    assert said(response) == ["Der Entwurf ist gespeichert. Für Besucher*innen hat sich nichts geändert."]
    advice.refresh_from_db()
    assert (advice.slug, advice.position, advice.translations.get().title) == ("beratung", 0, "Neu")


def test_author_places_a_page_that_was_never_public(client, city):
    client.force_login(make_user(city, Role.AUTHOR))
    page = make_page(city, slug="entwurf", published=False)
    submit(client, address_of(page), "_save", position=9)
    page.refresh_from_db()
    assert page.position == 9


def test_editor_is_told_that_the_place_of_a_public_page_changed_at_once(client, advice, editor):
    response = submit(client, address_of(advice), "_save", position=9)
    assert said(response) == [
        "Gespeichert. Platz, Kontakte und Förderung der Seite gelten sofort, der Text bleibt Entwurf."
    ]


def test_two_people_begin_the_same_translation_and_nothing_is_lost(client, advice, editor):
    address = reverse("admin:pages_pagetranslation_add") + f"?page={advice.pk}&language=ar"
    opened_by_second = form_data(client.get(address))
    submit(client, address, "_save", title="الأول")
    response = client.post(address, opened_by_second | {"title": "الثاني", "_publish": "1"})
    assert response.status_code == 200
    assert response.context["rows"]["title"].value() == "الثاني"
    assert response.context["text_form"].conflicting.title == "الأول"


def test_preview_publishes_only_what_it_showed(client, advice, editor):
    text = advice.translations.get()
    publish = reverse("admin:pages_pagetranslation_publish", args=[text.pk])
    seen = client.get(reverse("admin:pages_pagetranslation_preview", args=[text.pk])).context["text"].version
    text.title = "Unfertig"
    text.save()
    response = client.post(publish, {"version": seen})
    assert said(response) == [
        "Der Entwurf wurde gerade geändert. Bitte sehen Sie sich die neue Vorschau noch einmal an."
    ]
    assert public_titles(advice) == ["Beratung"]
    client.post(publish, {"version": text.version})
    assert public_titles(advice) == ["Unfertig"]


def test_german_text_goes_with_its_page_only(client, city, editor):
    page = make_page(city, published=False)
    text = page.translations.get()
    assert (
        client.post(reverse("admin:pages_pagetranslation_delete", args=[text.pk]), {"post": "yes"}).status_code == 403
    )
    assert client.post(reverse("admin:pages_page_delete", args=[page.pk]), {"post": "yes"}).status_code == 302
    assert not PageTranslation.objects.filter(pk=text.pk).exists()


def test_corrected_text_keeps_the_end_it_had(client, advice, editor):
    end = timezone.localtime().replace(second=0, microsecond=0) + timedelta(days=3)
    text = advice.translations.get()
    text.publish(editor, until=end)
    submit(client, address_of(advice), "_publish", **{"translations-0-title": "Neu"})
    live = PageRevision.objects.live().get(translation=text)
    assert (live.title, live.visible_until) == ("Neu", end)


def test_translation_that_does_not_render_the_source_says_so(client, advice, editor):
    address = reverse("admin:pages_pagetranslation_add") + f"?page={advice.pk}&language=ar"
    data = form_data(client.get(address)) | {
        "title": "عنوان",
        "summary": "باختصار",
        "block-1": "نص",
        "_publish": "1",
    }
    del data["renders_source"]
    client.post(address, data)
    page = client.get(f"/ar/{advice.city.slug}/beratung/").context["entry"]
    assert (page.is_outdated, len(page.newer_source_blocks)) == (True, 2)


@pytest.mark.parametrize("forged", ['["x"]', '{"body": ["forged"]}', "null"])
def test_fingerprints_of_the_source_cannot_be_forged(client, advice, editor, forged):
    address = reverse("admin:pages_pagetranslation_add") + f"?page={advice.pk}&language=ar"
    data = form_data(client.get(address)) | {"title": "عنوان", "source_shown": forged, "_save": "1"}
    response = client.post(address, data)
    assert list(response.context["rows"].errors) == ["renders_source"]
    again = client.post(address, form_data(response) | {"_save": "1"})
    assert again.status_code == 302


def test_translation_of_a_page_that_is_not_public_waits_for_the_german_text(client, city, editor):
    page = make_page(city, published=False)
    text = make_translation(page, "ar", published=False)
    response = client.post(reverse("admin:pages_pagetranslation_publish", args=[text.pk]), {"version": text.version})
    assert said(response)[-1] == "Zu sehen ist der Text erst, wenn auch der deutsche Text öffentlich ist."


def test_form_without_its_text_is_refused(client, advice, editor):
    data = form_data(client.get(address_of(advice))) | {"translations-TOTAL_FORMS": "0", "_save": "1"}
    assert client.post(address_of(advice), data).status_code == 200


def test_draft_is_saved_whatever_the_dates_say(client, advice, editor):
    past = {"translations-0-publish_until": "2020-01-01T10:00", "translations-0-title": "Neu"}
    assert submit(client, address_of(advice), "_save", **past).status_code == 302
    assert advice.translations.get().title == "Neu"
    assert submit(client, address_of(advice), "_publish", **past).status_code == 200


def test_preview_tells_that_the_place_changed_at_once(client, advice, editor):
    response = submit(client, address_of(advice), "_preview", position=9)
    assert response["Location"].endswith("/preview/")
    assert said(response) == [
        "Gespeichert. Platz, Kontakte und Förderung der Seite gelten sofort, der Text bleibt Entwurf."
    ]


def test_small_correction_keeps_translations_until_an_editor_takes_it_back(client, advice, editor):
    source = advice.translations.get()
    make_translation(advice, "ar", source_digests=source.revisions.get().digests)

    def arabic_is_outdated():
        return client.get(f"/ar/{advice.city.slug}/beratung/").context["entry"].is_outdated

    changes = {"translations-0-title": "Beratung!", "translations-0-small_correction": "on"}
    submit(client, address_of(advice), "_publish", **changes)
    assert (public_titles(advice), arabic_is_outdated()) == (["Beratung!"], False)
    address = reverse("admin:pages_pagetranslation_strict", args=[source.pk])
    assert f'action="{address}"' in client.get(address_of(advice)).text
    assert said(client.post(address)) == [
        "Übersetzungen, die diese Änderung noch nicht haben, gelten jetzt als veraltet."
    ]
    assert arabic_is_outdated()
    assert f'action="{address}"' not in client.get(address_of(advice)).text


def test_author_and_translator_cannot_take_a_small_correction_back(client, city, advice):
    source = advice.translations.get()
    source.title = "Beratung!"
    source.save()
    source.publish(by=None, small_correction=True)
    for role in (Role.AUTHOR, Role.TRANSLATOR):
        client.force_login(make_user(city, role, languages=["ar"]))
        assert client.post(reverse("admin:pages_pagetranslation_strict", args=[source.pk])).status_code == 403
    client.force_login(make_user(make_city(), Role.MANAGER))
    assert client.post(reverse("admin:pages_pagetranslation_strict", args=[source.pk])).status_code == 404


def test_new_page_has_no_small_correction_to_make(client, advice, editor, city):
    assert "small_correction_field" in client.get(address_of(advice)).context
    assert "small_correction_field" not in client.get(reverse("admin:pages_page_add")).context


@pytest.mark.parametrize(("language", "digests"), [("de-simple", {}), ("ar", {})])
def test_own_text_is_written_in_one_piece(client, advice, editor, language, digests):
    text = make_translation(advice, language, source_digests=digests)
    response = client.get(reverse("admin:pages_pagetranslation_change", args=[text.pk]))
    assert (response.context["rows"], response.context["other_way_url"]) == (None, "")


def test_translation_is_written_in_rows_or_in_one_piece(client, advice, editor):
    text = make_translation(advice, "ar", source_digests=advice.translations.get().revisions.get().digests)
    address = reverse("admin:pages_pagetranslation_change", args=[text.pk])
    rows = client.get(address)
    assert (rows.context["rows"].is_bound, rows.context["other_way_url"]) == (False, f"{address}?ganz=1")
    whole = client.get(f"{address}?ganz=1")
    assert (whole.context["rows"], whole.context["other_way_url"]) == (None, f"{address}?")
    response = submit(client, f"{address}?ganz=1", "_save", body="<p>In einem Stück</p>")
    assert response["Location"] == f"{address}?ganz=1"
    text.refresh_from_db()
    assert text.body == "<p>In einem Stück</p>"


def test_text_that_rows_cannot_say_is_written_in_one_piece(client, advice, editor):
    digests = advice.translations.get().revisions.get().digests
    text = make_translation(advice, "ar", body="<p>أ<em>ب</em>ج</p>", source_digests=digests)
    response = client.get(reverse("admin:pages_pagetranslation_change", args=[text.pk]))
    assert response.context["rows"] is None


def test_unfitting_words_in_a_row_are_told_there_and_kept(client, advice, editor):
    text = make_translation(advice, "ar", source_digests=advice.translations.get().revisions.get().digests)
    address = reverse("admin:pages_pagetranslation_change", args=[text.pk])
    response = submit(client, address, "_save", title="ع" * 161, **{"block-1": "باق"})
    assert list(response.context["rows"].errors) == ["title"]
    assert response.context["rows"]["block-1"].value() == "باق"
    text.refresh_from_db()
    assert text.title != "ع" * 161
