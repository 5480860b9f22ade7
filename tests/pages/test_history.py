"""Earlier versions: what changed, back into the draft and back again, and the whole page as it was."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from contacts.models import Contact, Funder, Role
from history.models import FormerRow
from offers.models import Offer
from pages.models import FocusArea, Image, Page, PageRevision
from tests.factories import (
    make_city,
    make_contact,
    make_document,
    make_event,
    make_focus_area,
    make_image,
    make_location,
    make_offer,
    make_page,
    make_translation,
    make_user,
    picture_file,
)

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def city():
    return make_city("bochum", languages=("de", "ar"))


@pytest.fixture
def editor(client, city):
    user = make_user(city, Role.EDITOR, first_name="Erika", last_name="Muster")
    client.force_login(user)
    return user


@pytest.fixture
def advice(city):
    return make_page(city, slug="beratung", translation={"title": "Beratung", "body": "<p>Wir beraten Sie.</p>"})


@pytest.fixture
def text(advice):
    return advice.translations.get()


def happened(ago):
    """Everything so far took place so long ago; what is public has been so since."""
    instant = timezone.now() - ago
    FormerRow.objects.update(until=instant)
    PageRevision.objects.filter(visible_until=None).update(visible_from=instant)
    return instant


def rewrite(text, **words):
    text.refresh_from_db()
    for field, value in words.items():
        setattr(text, field, value)
    text.save()
    return text


def history_of(text):
    return reverse("admin:pages_pagetranslation_history", args=[text.pk])


def compare(client, text, former, present):
    return client.get(reverse("admin:pages_pagetranslation_compare", args=[text.pk]), {"von": former, "bis": present})


def look_back(client, text, at):
    at = at if isinstance(at, str) else at.isoformat()
    return client.get(reverse("admin:pages_pagetranslation_as_it_was", args=[text.pk]), {"am": at})


def words(response):
    return " ".join(strip_tags(re.sub(r"<(style|script).*?</\1>", "", response.content.decode(), flags=re.S)).split())


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- Compare ---------------------------------------------------------------------------------------


def test_two_revisions_are_compared_word_by_word(client, editor, text):
    rewrite(text, title="Beratung für alle", body="<p>Wir beraten Sie gern.</p>").publish(by=None)
    new, old = text.revisions.all()
    response = compare(client, text, old.pk, new.pk)
    assert [difference.field for difference in response.context["differences"]] == ["title", "body"]
    assert "<p>Wir beraten Sie<ins>" in response.content.decode()


def test_revision_is_compared_with_the_draft(client, editor, text):
    rewrite(text, summary="Anders gesagt.")
    response = compare(client, text, text.revisions.get().pk, "entwurf")
    assert [difference.label for difference in response.context["differences"]] == ["Kurz gesagt"]


def test_older_version_is_the_former_one_whatever_was_chosen(client, editor, text):
    response = compare(client, text, "entwurf", text.revisions.get().pk)
    assert response.context["present"].key == "entwurf"


def test_equal_versions_are_said_to_be_equal(client, editor, text):
    assert "Kein Unterschied" in compare(client, text, text.revisions.get().pk, "entwurf").content.decode()


@pytest.mark.parametrize(("former", "present"), [("", ""), ("entwurf", "0"), ("x", "entwurf"), ("stand-1", "²")])
def test_comparing_nothing_leads_back(client, editor, text, former, present):
    response = compare(client, text, former, present)
    assert response.url == history_of(text)


def test_history_offers_the_change_of_every_revision_by_one_click(client, editor, text):
    for number in (1, 2):
        rewrite(text, title=f"Titel {number}").publish(by=None)
    response = client.get(history_of(text))
    newest, middle, first = text.revisions.all()
    address = reverse("admin:pages_pagetranslation_compare", args=[text.pk])
    assert [version.compare_url for version in response.context["versions"]] == [
        f"{address}?von={middle.pk}&bis={newest.pk}",
        f"{address}?von={first.pk}&bis={middle.pk}",
        "",
    ]


def test_neighbouring_changes_are_one_click_away(client, editor, text):
    for number in (1, 2):
        rewrite(text, title=f"Titel {number}").publish(by=None)
    newest, middle, first = text.revisions.all()
    steps = compare(client, text, middle.pk, newest.pk).context["steps"]
    address = reverse("admin:pages_pagetranslation_compare", args=[text.pk])
    assert steps == [
        ("Die Änderung davor", f"{address}?von={first.pk}&bis={middle.pk}"),
        ("Die Änderung danach", f"{address}?von={newest.pk}&bis=entwurf"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_history_takes_a_constant_number_of_queries(client, editor, text, count, django_assert_num_queries):
    for number in range(count - 1):
        rewrite(text, title=f"Titel {number}").publish(by=None)
    client.get(history_of(text))
    with django_assert_num_queries(8):
        client.get(history_of(text))


# --- Back into the draft, and back again -----------------------------------------------------------


def test_restoring_can_be_undone_and_loses_no_draft(client, editor, text):
    rewrite(text, title="Nie veröffentlicht", body="<p>Lange Arbeit.</p>")
    restored = client.post(
        reverse("admin:pages_pagetranslation_restore", args=[text.pk, text.revisions.get().pk]), follow=True
    )
    link = re.search(r'href="([^"]*)"', said(restored)[0])[1].replace("&amp;", "&")
    comparison = client.get(link)
    assert [difference.field for difference in comparison.context["differences"]] == ["title", "body"]
    client.post(comparison.context["former"].restore_url)
    text.refresh_from_db()
    assert (text.title, text.body) == ("Nie veröffentlicht", "<p>Lange Arbeit.</p>")


def test_restoring_what_is_there_says_so(client, editor, text):
    restored = client.post(
        reverse("admin:pages_pagetranslation_restore", args=[text.pk, text.revisions.get().pk]), follow=True
    )
    assert said(restored) == ["Im Entwurf steht schon genau dieser Text."]


def test_history_lists_what_was_written_over(client, editor, text):
    rewrite(text, title="Zwei")
    rewrite(text, title="Drei")
    drafts = client.get(history_of(text)).context["drafts"]
    assert [version.words.title for version in drafts] == ["Zwei", "Beratung"]


def test_former_draft_of_another_text_is_not_found(client, editor, city, text):
    other = make_page(city).translations.get()
    rewrite(other, title="Anders")
    record = FormerRow.objects.of(other).get()
    address = reverse("admin:pages_pagetranslation_restore_draft", args=[text.pk, record.pk])
    assert client.post(address).status_code == 404
    assert client.post(address.replace(f"/{text.pk}/", f"/{other.pk}/")).status_code == 302


def test_translator_of_another_language_cannot_restore(client, city, text):
    client.force_login(make_user(city, Role.TRANSLATOR, languages=["ar"]))
    rewrite(text, title="Neu")
    record = FormerRow.objects.of(text).get()
    revision = text.revisions.get()
    addresses = [
        reverse("admin:pages_pagetranslation_restore_draft", args=[text.pk, record.pk]),
        reverse("admin:pages_pagetranslation_restore", args=[text.pk, revision.pk]),
    ]
    assert [client.post(address).status_code for address in addresses] == [403, 403]


# --- The page as it was ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "ar"])
def test_page_as_it_was_shows_the_former_number(client, editor, city, advice, language):
    text = advice.translations.get() if language == "de" else make_translation(advice, "ar", title="استشارة")
    contact = make_contact(city, phone="030 23125 001", is_main=True)
    before = happened(timedelta(days=7)) + timedelta(days=1)
    contact.phone = "030 23125 002"
    contact.full_clean()
    contact.save()
    then = look_back(client, text, before).content.decode()
    assert ("030 23125 001" in then, "030 23125 002" in then) == (True, False)
    assert f'<html lang="{language}"' in then
    now = client.get(advice.get_absolute_url(language)).content.decode()
    assert ("030 23125 001" in now, "030 23125 002" in now) == (False, True)


def test_page_as_it_was_shows_the_text_of_then(client, editor, text):
    before = happened(timedelta(days=7)) + timedelta(days=1)
    rewrite(text, title="Neu", body="<p>Ganz anders.</p>").publish(by=None)
    assert look_back(client, text, before).context["entry"].revision.title == "Beratung"


@pytest.fixture
def pictured(city):
    """A page with a picture and a contact."""
    picture = {"picture": make_image(city, credit="Foto: Alt"), "picture_alternative": "Ein Haus."}
    page = make_page(city, slug="haus", translation=picture)
    page.contacts.add(make_contact(city, phone="030 23125 001"))
    Image.objects.update(file_since=timezone.now() - timedelta(days=7))
    return page


def replace_picture(image):
    image.refresh_from_db()
    image.file, image.credit = picture_file(name="neu.png"), "Foto: Neu"
    image.save()


def shown(response):
    """The file of the picture, who made it, and the number to call."""
    text = response.content.decode()
    return {
        "picture": re.search(r'<img[^>]*src="[^"]*images/([0-9a-f]{32})', text)[1],
        "credits": re.findall("Foto: (?:Alt|Neu)", text),
        "phones": set(re.findall("030 23125 00[12]", text)),
    }


def test_page_as_it_was_has_the_former_picture_and_the_former_number(client, editor, pictured):
    text = pictured.translations.get()
    before = happened(timedelta(days=7)) + timedelta(days=1)
    old = shown(client.get(pictured.get_absolute_url()))
    replace_picture(text.picture)
    Contact.objects.update(phone="030 23125 002", phone_uri="+493023125002")
    now = shown(client.get(pictured.get_absolute_url()))
    assert shown(look_back(client, text, before)) == old
    assert (now["credits"], now["phones"], now["picture"] == old["picture"]) == (
        ["Foto: Neu"],
        {"030 23125 002"},
        False,
    )


def test_page_as_it_was_has_no_picture_that_is_forgotten(client, editor, pictured):
    text = pictured.translations.get()
    before = happened(timedelta(days=7)) + timedelta(days=1)
    replace_picture(text.picture)
    Image.objects.get().forget_former_files()
    assert "images/" not in look_back(client, text, before).content.decode()


def test_page_as_it_was_keeps_everything_that_stood_around_its_text(client, editor, city):
    place = make_location(city, name="Altes Rathaus")
    chosen = make_contact(city, function="Alte Stelle", location=place)
    place.opening_hours.create(weekday=0, opens="08:00", closes="12:00")
    funder = Funder.objects.create(city=city, name="Altes Ministerium", funds_centre=False)
    document = make_document(city, title="Altes Blatt")
    parent = make_page(city, in_navigation=False, translation={"title": "Oben"})
    area = make_focus_area(city, translation={"title": "Alter Schwerpunkt"})
    offer = make_offer(city, location=place, parent=parent, age_from=6, focus_area=area, slug="alt")
    offer.contacts.add(chosen)
    offer.funders.add(funder)
    offer.documents.add(document)
    before = happened(timedelta(days=7)) + timedelta(days=1)

    offer.slug, offer.age_from, offer.parent = "neu", 12, None
    offer.save()
    offer.contacts.set([make_contact(city, function="Neue Stelle")])
    Offer.objects.update(location=None)
    chosen.delete()
    place.delete()
    Funder.objects.update(name="Neues Ministerium")
    offer.documents.clear()
    FocusArea.objects.all().delete()

    then = words(look_back(client, offer.translations.get(), before))
    wanted = ["Altes Rathaus", "Alte Stelle", "08:00–12:00", "Altes Ministerium", "Altes Blatt", "Oben"]
    assert [word for word in wanted if word not in then] == []
    assert "Neue" not in then
    now = words(client.get(Page.objects.get(pk=offer.pk).get_absolute_url()))
    assert [word for word in wanted if word in now] == []


def test_event_as_it_was_has_its_former_time(client, editor, city):
    start = datetime(2026, 3, 3, 17, 0, tzinfo=BERLIN)
    event = make_event(city, starts_at=start)
    before = happened(timedelta(days=7)) + timedelta(days=1)
    event.starts_at, event.ends_at = start + timedelta(days=1), start + timedelta(days=1, hours=2)
    event.save()
    then = words(look_back(client, event.translations.get(), before))
    assert ("3. März 2026" in then, "4. März 2026" in then) == (True, False)


def test_start_page_as_it_was_shows_the_highlights_of_then(client, editor, city):
    home = make_page(city, kind=Page.Kind.HOME)
    event = make_event(city, starts_at=timezone.now() + timedelta(days=30), translation={"title": "Altes Fest"})
    before = happened(timedelta(days=7)) + timedelta(days=1)
    event.unpublish(None)
    assert "Altes Fest" in words(look_back(client, home.translations.get(), before))


def test_page_as_it_was_names_its_instant_in_german_time(client, editor, text):
    at = happened(timedelta(days=7)) + timedelta(days=1)
    local = timezone.localtime(at)
    assert f"So war die Seite am {local.day}. " in words(look_back(client, text, at.astimezone(UTC)))


def test_looking_back_changes_nothing(client, editor, city, advice, text):
    advice.contacts.add(make_contact(city))
    before = happened(timedelta(days=7)) + timedelta(days=1)
    Contact.objects.all().delete()
    look_back(client, text, before)
    assert not Contact.objects.exists()


def test_instant_at_which_the_page_was_not_public_says_so(client, editor, text):
    happened(timedelta(days=7))
    response = look_back(client, text, timezone.now() - timedelta(days=30))
    assert "war diese Seite nicht öffentlich" in response.context["form"].errors["am"][0]


def test_instant_to_come_is_refused(client, editor, text):
    response = look_back(client, text, timezone.now() + timedelta(days=1))
    assert response.context["form"].errors == {"am": ["Dieser Zeitpunkt liegt noch in der Zukunft."]}


@pytest.mark.parametrize("at", ["", "gestern", "2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_nonsense_as_instant_is_refused(client, editor, text, at):
    assert look_back(client, text, at).context["form"].errors


def test_hour_that_never_was_is_refused(client, editor, text):
    response = look_back(client, text, "2026-03-29T02:30")
    assert response.context["form"].errors["am"][0].startswith("Diese Uhrzeit gab es nicht")


def test_hour_that_came_twice_offers_the_other_one(client, editor, text):
    PageRevision.objects.update(visible_from=datetime(2025, 1, 1, tzinfo=UTC))
    FormerRow.objects.update(until=datetime(2025, 1, 1, tzinfo=UTC))
    first = look_back(client, text, "2026-10-25T02:30")
    assert "2:30 Uhr (Sommerzeit)" in words(first)
    other = first.context["as_it_was"]["other_hour_url"]
    assert other.endswith("?am=2026-10-25T01:30:00.000000Z")
    assert "2:30 Uhr (Winterzeit)" in words(client.get(other))


def test_data_from_before_the_recording_are_said_to_be_so(client, editor, text):
    at = happened(timedelta(days=7)) + timedelta(days=1)
    began = {"existed": False, "until": timezone.now() - timedelta(days=2)}
    FormerRow.objects.update_or_create(table_name="", row_id=0, defaults=began)
    assert "Hier stehen die ältesten, die bekannt sind" in words(look_back(client, text, at))
    assert "die ältesten" not in words(look_back(client, text, timezone.now() - timedelta(days=1)))


def test_every_revision_leads_to_the_page_as_it_looked_at_its_end(client, editor, city, text):
    contact = make_contact(city, phone="030 23125 001", is_main=True)
    happened(timedelta(days=7))
    Contact.objects.filter(pk=contact.pk).update(phone="030 23125 002", phone_uri="+493023125002")
    happened_at = timezone.now() - timedelta(days=3)
    FormerRow.objects.filter(table_name="contacts_contact", existed=True).update(until=happened_at)
    rewrite(text, title="Neu").publish(by=None)
    Contact.objects.filter(pk=contact.pk).update(phone="030 23125 003", phone_uri="+493023125003")
    now, before = (client.get(version.as_it_was_url) for version in client.get(history_of(text)).context["versions"])
    assert ("030 23125 003" in words(now), "030 23125 002" in words(before)) == (True, True)
    assert [response.context["entry"].revision.title for response in (now, before)] == ["Neu", "Beratung"]


def test_page_of_a_city_that_was_not_public_was_not_public(client, editor, city, text):
    city.is_public = False
    city.save()
    at = happened(timedelta(days=7)) + timedelta(days=1)
    city.is_public = True
    city.save()
    assert look_back(client, text, at).context["form"].errors
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert look_back(client, text, timezone.now()).context["entry"]


def test_editor_of_another_city_cannot_look_back(client, editor, text):
    happened(timedelta(days=7))
    at = timezone.now() - timedelta(days=1)
    assert look_back(client, text, at).status_code == 200
    client.force_login(make_user(make_city(), Role.MANAGER))
    responses = [look_back(client, text, at), compare(client, text, "entwurf", "entwurf"), client.get(history_of(text))]
    assert [response.status_code for response in responses] == [404, 404, 404]


def test_visitor_cannot_look_back(client, text):
    assert "/login/" in look_back(client, text, timezone.now()).url
