"""A city sees when a state-wide text that it adopted says something else, and decides."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from adoption.copying import copy_pages, pages_to_copy
from adoption.models import Adoption
from audit.models import Entry
from contacts.models import City, Role
from pages.models import PageRevision
from tests.factories import make_city, make_page, make_translation, make_user

pytestmark = pytest.mark.django_db


class World:
    """A state-wide text, and a city that adopted it."""

    def __init__(self):
        self.state = make_city("landesweit", kind=City.Kind.STATE, ags="05", is_public=False)
        self.city = make_city("hier")
        words = {"title": "Schulpflicht", "summary": "Kurz.", "body": "<p>Eins.</p><p>Zwei.</p>"}
        self.source = make_page(self.state, slug="schulpflicht", translation=words)
        make_translation(self.source, "ar", source_digests=self.source.translations.get().digests)
        copy_pages(pages_to_copy(self.state), self.city, None)

    @property
    def adoption(self):
        return Adoption.objects.with_versions().get()

    @property
    def own(self):
        return self.adoption.page.translations.get(language="de")

    def say(self, language="de", **words):
        """Publishes the state-wide text with other words."""
        text = self.source.translations.get(language=language)
        for field, value in words.items():
            setattr(text, field, value)
        text.save()
        return text.publish(by=None)

    def news(self):
        return [revision.translation.language for revision, _known in self.adoption.news]

    @property
    def url(self):
        return reverse("admin:adoption_adoption_change", args=[self.adoption.pk])

    def decide(self, client, button, *fields, version=None, revision=None):
        revision = revision or self.source.translations.get(language="de").revisions.live().get()
        data = {"revision": revision.pk, "version": self.own.version if version is None else version}
        return client.post(self.url, data | {"field": fields, button: "1"}, follow=True)


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def editor(client, world):
    client.force_login(make_user(world.city, Role.AUTHOR))
    return client


def test_what_was_adopted_is_no_news(world):
    assert world.news() == []


def test_other_words_are_news_and_change_nothing_of_the_city(world):
    world.say(body="<p>Eins.</p><p>Drei.</p>")
    assert world.news() == ["de"]
    assert world.own.body == "<p>Eins.</p><p>Zwei.</p>"


def test_same_words_published_again_are_no_news(world):
    world.say(body="<p>Anders.</p>")
    world.say(body="<p>Eins.</p><p>Zwei.</p>")
    assert world.news() == []


def test_draft_of_the_state_is_no_news(world):
    text = world.source.translations.get(language="de")
    text.body = "<p>Entwurf</p>"
    text.save()
    assert world.news() == []


def test_own_changes_are_no_news(world):
    own = world.own
    own.title = "Schule in unserer Stadt"
    own.save()
    assert world.news() == []


def test_newer_version_is_taken_into_the_draft(world, editor):
    world.say(title="Schule", body="<p>Eins.</p><p>Drei.</p>")
    assert "Die neue Fassung steht im Entwurf." in world.decide(editor, "_take", "title", "body").text
    assert (world.own.title, world.own.body) == ("Schule", "<p>Eins.</p><p>Drei.</p>")
    assert world.news() == []
    assert not PageRevision.objects.for_city(world.city).exists()


def test_only_chosen_parts_are_taken(world, editor):
    world.say(title="Schule", body="<p>Drei.</p>")
    world.decide(editor, "_take", "body")
    assert (world.own.title, world.own.body) == ("Schulpflicht", "<p>Drei.</p>")
    assert world.news() == []


def test_own_text_can_be_kept(world, editor):
    world.say(title="Schule")
    assert "Ihr Text bleibt, wie er ist." in world.decide(editor, "_keep", "title").text
    assert world.own.title == "Schulpflicht"
    assert world.news() == []


def test_part_that_did_not_change_cannot_be_taken(world, editor):
    own = world.own
    own.summary = "Unser Satz."
    own.save()
    world.say(title="Schule")
    world.decide(editor, "_take", "title", "summary")
    assert (world.own.title, world.own.summary) == ("Schule", "Unser Satz.")


def test_draft_that_somebody_changed_meanwhile_is_not_overwritten(world, editor):
    world.say(title="Schule")
    seen = world.own.version
    own = world.own
    own.title = "Gerade geschrieben"
    own.save()
    response = world.decide(editor, "_take", "title", version=seen)
    assert "Ihr Entwurf wurde gerade geändert." in response.text
    assert world.own.title == "Gerade geschrieben"
    assert world.news() == ["de"]


def test_two_who_take_a_first_draft_at_once_are_told(world, editor, monkeypatch):
    def be_second(*_):
        raise IntegrityError

    monkeypatch.setattr("adoption.admin.take", be_second)
    world.say(title="Schule")
    assert "Ihr Entwurf wurde gerade geändert." in world.decide(editor, "_take", "title").text


def test_version_that_is_replaced_meanwhile_is_not_taken(world, editor):
    former = world.say(title="Schule")
    world.say(title="Schule für alle")
    response = world.decide(editor, "_take", "title", revision=former)
    assert "Der landesweite Text hat sich gerade geändert." in response.text
    assert world.own.title == "Schulpflicht"


def test_translation_taken_whole_is_current_again(world, editor):
    german = world.say(body="<p>Neu.</p>")
    arabic = world.source.translations.get(language="ar")
    arabic.source_digests = german.digests
    arabic.save()
    revision = world.say("ar", body="<p>جديد</p>")
    world.decide(editor, "_take", "body")
    own = world.adoption.page.translations.get(language="ar")
    world.decide(editor, "_take", "body", revision=revision, version=own.version)
    own.refresh_from_db()
    assert (own.body, own.source_digests) == ("<p>جديد</p>", world.own.digests)


def test_withdrawn_source_leaves_the_page(world, editor):
    world.source.unpublish(by=None)
    assert world.adoption.is_withdrawn
    assert "Den landesweiten Text gibt es nicht mehr." in editor.get(world.url).text
    assert world.own.title == "Schulpflicht"


def test_page_can_be_let_go(world, editor):
    url = world.url
    editor.post(url, {"_unfollow": "1"})
    assert not Adoption.objects.exists()
    assert editor.get("/admin/pages/page/").text.count("Schulpflicht") == 1


def written(city):
    return list(Entry.objects.filter(city=city).values_list("action", "kind", "object_name", "detail"))


def test_what_is_decided_is_written_into_the_trail_of_the_city(world, editor):
    world.say(title="Schule")
    world.decide(editor, "_keep", "title")
    world.say(title="Schule für alle")
    world.decide(editor, "_take", "title")
    editor.post(world.url, {"_unfollow": "1"})
    assert sorted(written(world.city)) == [
        ("changed", "pages.page", "schulpflicht", "Deutsch: Eigenen Text behalten"),
        ("changed", "pages.page", "schulpflicht", "Deutsch: Neue Fassung übernommen"),
        ("changed", "pages.page", "schulpflicht", "Folgt dem landesweiten Text nicht mehr"),
    ]


def test_adapted_part_is_told_and_not_chosen(world, editor):
    own = world.own
    own.title = "Schule bei uns"
    own.save()
    world.say(title="Schule", summary="Neu.")
    text = editor.get(world.url).text
    assert text.count("Diesen Teil haben Sie angepasst.") == 1
    assert text.count(" checked") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries(client, django_assert_num_queries, number):
    state = make_city(kind=City.Kind.STATE, is_public=False, ags="05")
    city = make_city()
    for _ in range(number):
        make_page(state)
    copy_pages(pages_to_copy(state), city, None)
    client.force_login(make_user(city, Role.EDITOR))
    with django_assert_num_queries(16):
        client.get("/admin/adoption/adoption/")


@pytest.mark.parametrize("role", [Role.TRANSLATOR, None])
def test_who_does_not_write_decides_nothing(client, world, role):
    world.say(title="Schule")
    client.force_login(make_user(world.city, role) if role else make_user(make_city(), Role.MANAGER))
    assert world.decide(client, "_take", "title").status_code == (403 if role else 404)
    assert world.own.title == "Schulpflicht"


def test_visitor_decides_nothing(client, world):
    world.say(title="Schule")
    client.post(world.url, {"_unfollow": "1"})
    assert world.news() == ["de"]


class Linked(World):
    """The state-wide text links to another one; the city adopted both."""

    def __init__(self):
        super().__init__()
        self.goal = make_page(self.state, slug="anmelden")
        copy_pages(pages_to_copy(self.state)[-1:], self.city, None)
        own_goal = Adoption.objects.get(source=self.goal).page_id
        self.link, self.own_link = (f'<p><a href="/seite/{pk}/">x</a></p>' for pk in (self.goal.pk, own_goal))

    @property
    def adoption(self):
        return Adoption.objects.with_versions().get(source=self.source)


def test_links_of_a_newer_version_lead_to_the_own_pages(client):
    linked = Linked()
    client.force_login(make_user(linked.city, Role.AUTHOR))
    german = linked.say(body=linked.link)
    linked.decide(client, "_take", "body")
    assert linked.own.body == linked.own_link

    arabic = linked.source.translations.get(language="ar")
    arabic.source_digests = german.digests
    arabic.save()
    revision = linked.say("ar", body=linked.link + "<p>جديد</p>")
    own = linked.adoption.page.translations.get(language="ar")
    linked.decide(client, "_take", "body", revision=revision, version=own.version)
    own.refresh_from_db()
    assert (own.body, own.source_digests) == (linked.own_link + "<p>جديد</p>", linked.own.digests)


def test_link_to_the_own_page_is_no_adaptation(client):
    linked = Linked()
    client.force_login(make_user(linked.city, Role.AUTHOR))
    linked.say(body=linked.link)
    linked.decide(client, "_take", "body")
    linked.say(body=linked.link + "<p>Neu.</p>")
    assert "Diesen Teil haben Sie angepasst." not in client.get(linked.url).text
