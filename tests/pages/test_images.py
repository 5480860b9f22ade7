"""Pictures of a city: one library, any number of places, each with its own words in every language."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import RestrictedError
from django.utils import timezone
from PIL import Image as PillowImage

from contacts.models import Role
from pages.models import Image, PageTranslation, State
from tests.factories import make_city, make_event, make_image, make_news, make_page, make_translation, make_user
from tests.forms import form_data
from tests.uploads import encoded, upload

pytestmark = pytest.mark.django_db

WORDS = "Ein Haus mit rotem Dach."


@pytest.fixture
def city():
    return make_city("hier")


def page_with_picture(city, image=None, model=None, **fields):
    words = {"picture": image or make_image(city), "picture_alternative": WORDS} | fields.pop("translation", {})
    make = model or make_page
    return make(city, translation=words, **fields)


def text_of(page, language="de"):
    return page.translations.get(language=language)


def replace(image, color="blue"):
    image.file = upload(encoded(color=color))
    image.full_clean()
    image.save()


# --- Files --------------------------------------------------------------------------------------------


def test_sizes_are_made_when_a_picture_is_uploaded(city):
    image = make_image(city, file=upload(encoded("JPEG", size=(2400, 1200)), "a.jpg"))
    sizes = {}
    for name in image.file_names():
        with default_storage.open(name) as file:
            picture = PillowImage.open(file)
            sizes.setdefault(picture.format, []).append(picture.size)
    assert {kind: sorted(found) for kind, found in sizes.items()} == {
        "JPEG": [(800, 400), (1600, 800)],
        "AVIF": [(400, 200), (800, 400), (1200, 600), (1600, 800)],
        "WEBP": [(400, 200), (800, 400), (1200, 600), (1600, 800)],
    }
    assert (image.width, image.height) == (1600, 800)


def test_small_picture_is_not_made_larger(city):
    image = make_image(city)
    assert (image.avif_sizes.count("w"), image.fallback_url) == (1, image.file.url)
    assert image.avif_sizes.endswith("-320.avif 320w")


def test_very_narrow_picture_keeps_its_shape(city):
    image = make_image(city, file=upload(encoded(size=(100, 20_000))))
    assert (image.width, image.height) == (8, 1600)


def test_replaced_picture_shows_everywhere_and_the_former_file_is_kept_with_its_time(city):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        image = make_image(city)
        first = image.file.name
    with time_machine.travel(now + timedelta(days=2), tick=False):
        replace(image)
    [former] = image.former_files.all()
    assert (former.file.name, former.width, former.valid_from, former.valid_until) == (
        first,
        320,
        now,
        now + timedelta(days=2),
    )
    assert all(default_storage.exists(name) for name in image.file_names() | former.file_names())
    shown = [image.file_at(now + timedelta(days=days)) for days in (-1, 0, 1, 2, 3)]
    assert shown == [None, former, former, image, image]


def test_words_about_a_picture_change_without_a_new_file(city):
    image = Image.objects.get(pk=make_image(city).pk)
    since, name = image.file_since, image.file.name
    image.title = "Neu"
    image.save()
    assert (image.file_since, image.file.name, image.former_files.count()) == (since, name, 0)


def test_former_files_are_forgotten_when_somebody_does_not_want_to_be_seen(city, django_capture_on_commit_callbacks):
    image = make_image(city)
    former = image.file_names()
    replace(image)
    with django_capture_on_commit_callbacks(execute=True):
        image.forget_former_files()
    assert [name for name in former if default_storage.exists(name)] == []
    assert all(default_storage.exists(name) for name in image.file_names())
    assert image.file_at(image.file_since - timedelta(microseconds=1)) is None


def test_deleted_picture_takes_all_its_files_along(city, django_capture_on_commit_callbacks):
    image = make_image(city)
    names = image.file_names()
    replace(image)
    names |= image.file_names()
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert [name for name in names if default_storage.exists(name)] == []


# --- Texts --------------------------------------------------------------------------------------------


def test_published_text_has_the_picture_of_its_draft(city):
    image = make_image(city)
    page = page_with_picture(city, image)
    revision = text_of(page).revisions.get()
    assert (revision.picture, revision.picture_alternative, revision.picture_is_decorative) == (image, WORDS, False)


def test_publishing_the_same_picture_again_changes_nothing(city):
    text = text_of(page_with_picture(city))
    assert text.publish(by=None) == text.revisions.get()


def test_other_picture_is_a_newer_draft_and_outdates_no_translation(city):
    page = page_with_picture(city)
    german = text_of(page)
    make_translation(page, "ar", source_digests=german.digests)
    german.picture = make_image(city, title="Anderes")
    german.save()
    assert states(page) == {"de": State.CHANGED, "ar": State.PUBLIC}
    german.publish(by=None)
    assert states(page) == {"de": State.PUBLIC, "ar": State.PUBLIC}


def test_other_words_about_a_picture_outdate_translations(city):
    page = page_with_picture(city)
    german = text_of(page)
    make_translation(page, "ar", source_digests=german.digests)
    german.picture_alternative = "Ein Haus mit blauem Dach."
    german.save()
    german.publish(by=None)
    assert states(page) == {"de": State.PUBLIC, "ar": State.OUTDATED}


@pytest.mark.parametrize("change", [{"picture": None}, {"picture_is_decorative": True}])
def test_picture_that_says_nothing_any_more_outdates_no_translation(city, change):
    page = page_with_picture(city)
    german = text_of(page)
    make_translation(page, "ar", source_digests=german.digests)
    for name, value in change.items():
        setattr(german, name, value)
    german.full_clean()
    german.save()
    german.publish(by=None)
    assert (german.picture_alternative, states(page)) == ("", {"de": State.PUBLIC, "ar": State.PUBLIC})


def states(page):
    texts = {text.language: text for text in PageTranslation.objects.filter(page=page).with_state()}
    live = texts["de"].live_revision()
    return {language: text.state(live) for language, text in texts.items()}


def test_restored_text_has_its_picture_again(city):
    page = page_with_picture(city)
    german = text_of(page)
    first = german.revisions.get()
    german.picture, german.picture_alternative = None, ""
    german.save()
    german.restore(first, by=None)
    german.refresh_from_db()
    assert (german.picture, german.picture_alternative) == (first.picture, WORDS)


def test_copy_of_an_event_has_its_picture(city):
    event = make_event(
        city, timezone.now(), translation={"picture": make_image(city), "picture_alternative": WORDS}, slug="fest"
    )
    copy = text_of(event.copy_a_week_later("fest-2", None))
    assert (copy.picture, copy.picture_alternative) == (text_of(event).picture, WORDS)


@pytest.mark.parametrize(
    ("fields", "image", "field"),
    [
        ({"picture_alternative": " "}, {}, "picture_alternative"),
        ({"picture_alternative": WORDS}, {"shows_people": True}, "picture"),
        ({"picture_is_decorative": True}, {}, None),
        ({"picture_alternative": WORDS}, {"shows_people": True, "has_consent": True}, None),
    ],
)
def test_picture_is_published_with_words_and_consent_only(city, fields, image, field):
    picture = make_image(city, **image)
    page = make_page(city, published=False, translation={"picture": picture} | fields)
    if field is None:
        assert text_of(page).publish(by=None).picture == picture
        return
    with pytest.raises(ValidationError) as refused:
        text_of(page).publish(by=None)
    assert list(refused.value.message_dict) == [field]


def test_picture_of_another_city_is_refused(city):
    with pytest.raises(ValidationError) as refused:
        page_with_picture(city, make_image(make_city()))
    assert refused.value.message_dict == {"picture": ["Dieses Bild gehört zu einer anderen Stadt."]}


def test_used_picture_cannot_be_deleted_and_one_of_the_past_can(city):
    page = page_with_picture(city)
    german, image = text_of(page), text_of(page).picture
    with pytest.raises(RestrictedError):
        image.delete()
    german.picture, german.picture_alternative = None, ""
    german.save()
    with pytest.raises(RestrictedError):
        Image.objects.get().delete()
    german.publish(by=None)
    Image.objects.get().delete()
    assert [revision.picture for revision in german.revisions.all()] == [None, None]


# --- What visitors see --------------------------------------------------------------------------------


def test_page_shows_its_picture_in_sizes_with_words_and_credit(client, city):
    image = make_image(city, credit="Foto: Beispiel", focal_point="top-left")
    page_with_picture(city, image, slug="seite")
    text = client.get("/de/hier/seite/").text
    assert f'<source type="image/avif" srcset="{image.avif_sizes}" sizes="' in text
    assert f'src="{image.file.url}" width="320" height="180" alt="{WORDS}" class="focal-top-left"' in text
    assert '<figcaption lang="de" dir="ltr">Foto: Beispiel</figcaption>' in text
    assert f'<meta property="og:image" content="http://testserver{image.file.url}">' in text


def test_page_without_picture_has_nothing_of_it(client, city):
    make_page(city, slug="seite")
    text = client.get("/de/hier/seite/").text
    assert ("<figure" in text, "picture.css" in text, "share.png" in text) == (False, False, True)


@pytest.mark.parametrize(
    ("arabic", "expected"),
    [
        ({"picture_alternative": "بيت"}, 'alt="بيت" class'),
        ({}, f'alt="{WORDS}" lang="de" dir="ltr" class'),
        (None, f'alt="{WORDS}" lang="de" dir="ltr" class'),
    ],
    ids=["translated", "words missing", "translation missing"],
)
def test_words_of_a_picture_are_in_the_readers_language_or_marked_as_german(client, city, arabic, expected):
    page = page_with_picture(city, slug="seite")
    if arabic is not None:
        make_translation(page, "ar", source_digests=text_of(page).digests, **arabic)
    assert expected in client.get("/ar/hier/seite/").text


def test_words_about_another_picture_are_not_shown(client, city):
    page = page_with_picture(city, slug="seite")
    german = text_of(page)
    make_translation(page, "ar", source_digests=german.digests, picture_alternative="بيت")
    german.picture, german.picture_alternative = make_image(city), "Ein Garten."
    german.save()
    german.publish(by=None)
    text = client.get("/ar/hier/seite/").text
    assert 'alt="Ein Garten." lang="de" dir="ltr"' in text
    assert "بيت" not in text


def test_decorative_picture_has_no_words(client, city):
    page = make_page(city, slug="seite", translation={"picture": make_image(city), "picture_is_decorative": True})
    make_translation(page, "ar", picture_alternative="alt")
    for language in ("de", "ar"):
        assert 'alt="" class="focal-center"' in client.get(f"/{language}/hier/seite/").text


def test_words_of_a_picture_cannot_leave_their_attribute(client, city):
    page_with_picture(city, slug="seite", translation={"picture_alternative": '"><script>alert(1)</script>'})
    assert 'alt="&quot;&gt;&lt;script&gt;' in client.get("/de/hier/seite/").text


def test_high_picture_is_cut(client, city):
    image = make_image(city, file=upload(encoded(size=(200, 400))))
    page_with_picture(city, image, slug="seite")
    assert 'class="focal-center tall"' in client.get("/de/hier/seite/").text


@pytest.mark.parametrize("with_picture", [False, True])
def test_picture_costs_no_query(client, city, django_assert_num_queries, with_picture):
    (page_with_picture if with_picture else make_page)(city, slug="seite")
    with django_assert_num_queries(4):  # no contact, so no opening hours are asked for
        client.get("/de/hier/seite/")


def test_start_page_shows_its_picture(client, city):
    page_with_picture(city, kind="home", slug="start")
    assert f'alt="{WORDS}"' in client.get("/de/hier/").text


def test_news_tell_machines_of_their_picture(client, city):
    image = make_image(city, credit="Foto: Beispiel")
    make_news(city, slug="neu", translation={"picture": image, "picture_alternative": WORDS})
    node = (
        f'"image":{{"@type":"ImageObject","url":"http://testserver{image.file.url}","width":320,"height":180,'
        f'"caption":"{WORDS}","creditText":"Foto: Beispiel"}}'
    )
    assert node in client.get("/de/hier/neu/").text


# --- The library ---------------------------------------------------------------------------------------


@pytest.fixture
def editor(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    return client


def change(image, action="change"):
    return f"/admin/pages/image/{image.pk}/{action}/"


def test_editor_uploads_a_picture(editor, city):
    address = "/admin/pages/image/add/"
    data = form_data(editor.get(address)) | {"title": "Haus", "credit": "Foto: Stadt", "file": upload(encoded())}
    assert editor.post(address, data).status_code == 302
    image = Image.objects.get()
    assert (image.city, image.title, image.width, image.focal_point) == (city, "Haus", 320, "center")


@pytest.mark.parametrize(
    ("role", "used", "status"),
    [
        (Role.EDITOR, True, 302),
        (Role.MANAGER, True, 302),
        (Role.AUTHOR, False, 302),
        (Role.AUTHOR, True, 403),
        (Role.TRANSLATOR, False, 403),
    ],
)
def test_picture_that_visitors_see_is_changed_by_those_who_publish(client, city, role, used, status):
    image = make_image(city)
    if used:
        page_with_picture(city, image)
    user = make_user(city, role, languages=["ar"])
    client.force_login(user)
    response = client.post(change(image), {"title": "Neu", "credit": "Foto: Neu", "focal_point": "top", "_save": "1"})
    image.refresh_from_db()
    assert (response.status_code, image.title) == (status, "Neu" if status == 302 else "Bild")


def test_editor_of_another_city_finds_no_picture(client, city):
    image = make_image(city, title="Geheimes Bild")
    client.force_login(make_user(make_city(), Role.EDITOR))
    assert "Geheimes" not in client.get("/admin/pages/image/").text
    assert client.get(change(image), follow=True).redirect_chain != []
    client.force_login(make_user(city, Role.EDITOR))
    assert "Geheimes Bild" in client.get("/admin/pages/image/").text


def test_replacing_asks_whether_the_words_still_fit(editor, city):
    image = make_image(city)
    page = page_with_picture(city, image, translation={"title": "Beratung"})
    arabic = make_translation(page, "ar", title="استشارة", picture_alternative="بيت")
    data = form_data(editor.get(change(image))) | {"file": upload(encoded(color="blue")), "_save": "1"}
    text = editor.post(change(image), data, follow=True).text
    assert "Das neue Bild steht jetzt überall. Passt die Beschreibung noch?" in text
    assert f'<a href="/admin/pages/page/{page.pk}/change/">Beratung (Deutsch)</a>' in text
    assert f'<a href="/admin/pages/pagetranslation/{arabic.pk}/change/">استشارة (Arabisch)</a>' in text
    assert text_of(page).revisions.get().picture.former_files.count() == 1


def test_form_forgets_former_files(editor, city):
    image = make_image(city)
    data = form_data(editor.get(change(image))) | {
        "file": upload(encoded(color="blue")),
        "forget_former": "on",
        "_save": "1",
    }
    assert (editor.post(change(image), data).status_code, image.former_files.count()) == (302, 0)


def test_library_says_where_a_picture_is_used(editor, city):
    image = make_image(city)
    page_with_picture(city, image, translation={"title": "Jetzt"})
    make_page(city, published=False, translation={"title": "Entworfen", "picture": image})
    past = page_with_picture(city, image, translation={"title": "Einst"})
    text_of(past).unpublish(by=None)
    PageTranslation.objects.filter(page=past).update(picture=None)
    later = make_page(
        city, published=False, translation={"title": "Bald", "picture": image, "picture_alternative": "x"}
    )
    text_of(later).publish(by=None, at=timezone.now() + timedelta(days=1))
    PageTranslation.objects.filter(page=later).update(picture=None)
    uses = editor.get(change(image)).context["uses"]
    assert [(use.title, use.states) for use in uses] == [
        ("Jetzt", ["öffentlich", "Entwurf"]),
        ("Bald", ["geplant"]),
        ("Entworfen", ["Entwurf"]),
        ("Einst", ["frühere Fassung"]),
    ]


def test_used_picture_is_not_deleted_in_the_admin_and_the_places_are_named(editor, city):
    image = make_image(city)
    page = page_with_picture(city, image, translation={"title": "Beratung"})
    response = editor.post(change(image, "delete"), {"post": "yes"})
    assert f'<a href="/admin/pages/page/{page.pk}/change/">Beratung</a> (öffentlich, Entwurf)' in response.text
    assert Image.objects.exists()
    page.translations.update(picture=None)
    page.unpublish(by=None)
    assert editor.post(change(image, "delete"), {"post": "yes"}).status_code == 302
    assert not Image.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_pictures_costs_the_same(editor, city, django_assert_num_queries, number):
    for _ in range(number):
        page_with_picture(city)
    with django_assert_num_queries(11):
        editor.get("/admin/pages/image/")


@pytest.mark.parametrize("number", [1, 3])
def test_form_of_a_picture_costs_the_same(editor, city, django_assert_num_queries, number):
    image = make_image(city)
    for _ in range(number):
        page_with_picture(city, image)
    with django_assert_num_queries(14):
        editor.get(change(image))


# --- The form of a page --------------------------------------------------------------------------------


def page_form(page):
    return f"/admin/pages/page/{page.pk}/change/"


def test_editor_chooses_a_picture_of_the_city_only(editor, city):
    page, mine, foreign = make_page(city), make_image(city, title="Eigenes"), make_image(make_city(), title="Fremdes")
    response = editor.get(page_form(page))
    assert ("Eigenes" in response.text, "Fremdes" in response.text) == (True, False)
    data = form_data(response) | {"translations-0-picture_alternative": WORDS, "_save": "1"}
    refused = editor.post(page_form(page), data | {"translations-0-picture": foreign.pk})
    assert (refused.status_code, text_of(page).picture) == (200, None)
    taken = editor.post(page_form(page), data | {"translations-0-picture": mine.pk})
    assert (taken.status_code, text_of(page).picture, text_of(page).picture_alternative) == (302, mine, WORDS)


def test_new_page_can_have_a_picture_at_once(editor, city):
    image = make_image(city)
    address = "/admin/pages/page/add/"
    data = form_data(editor.get(address)) | {
        "translations-0-title": "Neu",
        "translations-0-summary": "Kurz.",
        "translations-0-body": "<p>Text.</p>",
        "translations-0-picture": image.pk,
        "translations-0-picture_alternative": WORDS,
        "_publish": "1",
    }
    editor.post(address, data)
    assert [revision.picture_alternative for revision in image.pagerevision_set.all()] == [WORDS]


def test_draft_without_words_for_its_picture_is_saved_and_not_published(editor, city):
    page, image = make_page(city), make_image(city)
    data = form_data(editor.get(page_form(page))) | {"translations-0-picture": image.pk, "_publish": "1"}
    response = editor.post(page_form(page), data, follow=True)
    assert "Das Bild hat noch keine Beschreibung." in response.text
    assert (text_of(page).picture, image.pagerevision_set.count()) == (image, 0)


def test_preview_shows_the_picture_of_the_draft(editor, city):
    page = make_page(city)
    german = text_of(page)
    german.picture, german.picture_alternative = make_image(city), "Nur im Entwurf."
    german.save()
    assert 'alt="Nur im Entwurf."' in editor.get(f"/admin/pages/pagetranslation/{german.pk}/draft/").text


def test_preview_of_a_translation_shows_the_picture_before_the_german_text_is_public(editor, city):
    page = page_with_picture(city, published=False)
    arabic = make_translation(page, "ar", published=False, picture_alternative="بيت")
    assert 'alt="بيت"' in editor.get(f"/admin/pages/pagetranslation/{arabic.pk}/draft/").text


def test_translation_has_words_only_for_a_picture_that_says_something(editor, city):
    described = make_translation(page_with_picture(city), "ar")
    decorated = make_translation(
        make_page(city, translation={"picture": make_image(city), "picture_is_decorative": True}), "ar"
    )
    plain = make_translation(make_page(city), "ar")
    fields = [
        "picture_alternative"
        in editor.get(f"/admin/pages/pagetranslation/{text.pk}/change/").context["adminform"].form.fields
        for text in (described, decorated, plain)
    ]
    assert fields == [True, False, False]


def test_two_who_save_at_once_see_each_others_picture(editor, city):
    page, image = page_with_picture(city), make_image(city, title="Mein Bild")
    opened = form_data(editor.get(page_form(page)))
    other = text_of(page)
    other.picture = make_image(city, title="Anderes Bild")
    other.picture_alternative = "Andere Worte."
    other.save()
    response = editor.post(page_form(page), opened | {"translations-0-picture": image.pk, "_save": "1"})
    conflict = response.text.partition("Der andere Text")[2].partition("</dl>")[0]
    assert ("Anderes Bild" in conflict, "Andere Worte." in conflict) == (True, True)
