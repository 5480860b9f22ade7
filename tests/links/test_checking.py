"""From day to day: what is asked, what counts, what people say about it, and what replacing does."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from contacts.models import Funder
from links.asking import Asker, Found
from links.checking import check, collect, note
from links.models import Answer, ExternalLink
from links.replacing import replace
from pages.models import PageTranslation
from tests.factories import make_city, make_event, make_page, make_translation, make_user
from tests.links.web_server import website

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 30)


@pytest.fixture
def site(settings):
    settings.ALLOWED_HOSTS = ["testserver"]  # not by the number of this machine, which is the other website's here
    with website() as server:
        yield server


@pytest.fixture
def city():
    return make_city(languages=["de", "ar"])


def linking(*addresses):
    return {"body": "".join(f'<p>Vor <a href="{address}">hier</a>.</p>' for address in addresses)}


def run(site, day):
    collect()
    asker = Asker("Test", seconds=5, may_connect=lambda address: address == "127.0.0.1")
    return check(asker, MONDAY + timedelta(days=day), pause=0)


def answers(*answers):
    """A link that got these answers, one each day."""
    link = ExternalLink(city=make_city(), url="https://example.org/")
    for number, answer in enumerate(answers):
        found = answer if isinstance(answer, Found) else Found(answer, "x")
        link.note(found, MONDAY + timedelta(days=number))
    return link


def is_broken(link):
    return ExternalLink.objects.broken().filter(pk=link.pk).exists()


# --- Days ----------------------------------------------------------------------------------------------

GONE, WORKS, REFUSED = Answer.GONE, Answer.WORKS, Answer.REFUSED
HERE, THERE = Found(Answer.MOVED, "200", "https://a.example/"), Found(Answer.MOVED, "200", "https://b.example/")


@pytest.mark.parametrize(
    ("days", "failures", "broken"),
    [
        ([GONE], 1, False),
        ([GONE, GONE], 2, False),
        ([GONE, GONE, GONE], 3, True),
        ([GONE, REFUSED, GONE], 3, True),
        ([GONE, GONE, WORKS], 0, False),
        ([GONE, GONE, WORKS, GONE], 1, False),
        ([HERE, HERE, HERE], 3, True),
        ([HERE, HERE, THERE], 1, False),
        ([GONE, GONE, HERE], 1, False),
    ],
)
def test_link_is_broken_after_three_days(days, failures, broken):
    link = answers(*days)
    assert (link.failures, is_broken(link)) == (failures, broken)


def test_since_when_it_fails_is_kept():
    assert answers(WORKS, GONE, GONE).failing_since == MONDAY + timedelta(days=1)
    assert answers(GONE, WORKS).failing_since is None


def test_a_day_counts_once(city, site):
    make_page(city, translation=linking(site.url("/fort")))
    assert (run(site, 0), run(site, 0)) == (1, 0)
    assert site.paths() == ["/fort", "/fort"]  # HEAD and GET, once
    link = ExternalLink.objects.get()
    note(link.url, Found(GONE, "404"), MONDAY)  # another machine, at the same time
    assert ExternalLink.objects.get().failures == 1


def test_three_days_of_failing_make_a_link_broken(city, site):
    make_page(city, translation=linking(site.url("/fort"), site.url("/da")))
    site.script["/da"] = 200
    for day in range(3):
        assert ExternalLink.objects.broken().count() == 0
        run(site, day)
    assert [link.url for link in ExternalLink.objects.broken()] == [site.url("/fort")]


# --- What people say ---------------------------------------------------------------------------------


def test_works_holds_until_the_answer_changes():
    link = answers(Found(REFUSED, "403"), Found(REFUSED, "403"), Found(REFUSED, "403"))
    link.vouch(make_user())
    for number in range(3, 6):
        link.note(Found(REFUSED, "403"), MONDAY + timedelta(days=number))
    assert not is_broken(link)
    link.note(Found(REFUSED, "500"), MONDAY + timedelta(days=6))
    assert (link.vouched_answer, link.vouched_by, link.failures) == ("", "", 1)
    for number in range(7, 9):
        link.note(Found(REFUSED, "500"), MONDAY + timedelta(days=number))
    assert is_broken(link)


# --- What is asked -------------------------------------------------------------------------------------


def test_links_of_texts_and_of_data_are_collected(city):
    make_page(city, translation=linking("https://a.example/", "mailto:x@example.org", "/media/x.pdf"))
    make_page(city, published=False, translation=linking("https://draft.example/", "#x"))
    Funder.objects.create(city=city, name="Land", url="https://funder.example/")
    now = timezone.now()
    make_event(city, now, registration_url="https://event.example/")
    make_event(city, now - timedelta(days=9), registration_url="https://over.example/")
    collect()
    assert {link.url for link in ExternalLink.objects.all()} == {
        "https://a.example/",
        "https://draft.example/",
        "https://funder.example/",
        "https://event.example/",
    }


def test_each_city_looks_after_its_own_and_an_address_is_asked_once(city, site):
    site.script["/da"] = 200
    for each in (city, make_city()):
        make_page(each, translation=linking(site.url("/da")))
    assert run(site, 0) == 2
    assert site.paths() == ["/da"]


def test_what_nobody_links_to_any_more_is_forgotten(city):
    page = make_page(city, translation=linking("https://a.example/"))
    collect()
    text = page.translations.get()
    text.body = "<p>Ohne.</p>"
    text.save()
    collect()
    assert ExternalLink.objects.count() == 1  # it is still public
    text.publish(by=None)
    collect()
    assert ExternalLink.objects.count() == 0


def test_a_host_that_has_enough_is_left_alone_for_the_day(city, site):
    site.script |= {"/1": (429, {"Retry-After": "3600"}), "/2": 200}
    make_page(city, translation=linking(site.url("/1"), site.url("/2")))
    assert run(site, 0) == 1
    assert site.paths() == ["/1"]
    assert ExternalLink.objects.get(url=site.url("/2")).checked_on is None


def test_hosts_are_asked_one_address_after_the_other(city, monkeypatch):
    pauses = []
    monkeypatch.setattr("links.checking.sleep", pauses.append)
    make_page(city, translation=linking(*(f"https://a.example/{number}" for number in range(3))))
    collect()

    class Asker:
        def ask(self, url):
            return Found(WORKS, "200", status=200)

    assert check(Asker(), MONDAY) == 3
    assert pauses == [1, 1]


@pytest.mark.parametrize(("hosts", "noted"), [(2, 2), (3, 0)])
def test_own_broken_network_makes_no_link_broken(city, hosts, noted):
    make_page(city, translation=linking(*(f"https://host-{number}.example/" for number in range(hosts))))
    collect()

    class NoNetwork:
        def ask(self, url):
            return Found(GONE, "Name nicht gefunden")

    assert check(NoNetwork(), MONDAY, pause=0) == noted


def test_command_asks_nothing_inside_our_own_network(city, site):
    make_page(city, translation=linking(site.url("/innen")))
    out = io.StringIO()
    call_command("check_links", stdout=out)
    assert out.getvalue() == "1 Links geprüft, 0 ohne Antwort geblieben, 0 brauchen jemanden.\n"
    assert (site.asked, ExternalLink.objects.get().detail) == ([], "nicht im Internet erreichbar")


# --- Replacing --------------------------------------------------------------------------------------------


@pytest.fixture
def moved(city):
    return ExternalLink.objects.create(
        city=city, url="https://alt.example/", answer=Answer.MOVED, moved_to="https://neu.example/?a=1&b=2", failures=3
    )


def test_replacing_changes_the_drafts_of_every_language_of_the_city(city, moved):
    user = make_user()
    page = make_page(city, translation=linking("https://alt.example/", "https://alt.example/x"))
    arabic = make_translation(page, "ar", **linking("https://alt.example/"))
    elsewhere = make_page(make_city(), translation=linking("https://alt.example/"))
    texts = replace(moved, user)
    assert [(text.page_id, text.language) for text in texts] == [(page.pk, "de"), (page.pk, "ar")]
    german = page.translations.get(language="de")
    assert german.body == linking("https://neu.example/?a=1&amp;b=2", "https://alt.example/x")["body"]
    assert german.updated_by == user
    arabic.refresh_from_db()
    assert arabic.body == linking("https://neu.example/?a=1&amp;b=2")["body"]
    assert elsewhere.translations.get().body == linking("https://alt.example/")["body"]


def test_replacing_publishes_nothing(city, moved):
    page = make_page(city, translation=linking("https://alt.example/"))
    replace(moved, None)
    assert page.translations.get().revisions.get().body == linking("https://alt.example/")["body"]


def test_translation_stays_current_when_both_are_published_after_replacing(city, moved):
    page = make_page(city, translation=linking("https://alt.example/", "https://b.example/"))
    source = page.translations.get()
    arabic = make_translation(page, "ar", source_digests=source.digests, **linking("https://alt.example/"))
    replace(moved, None)
    german = source.publish(by=None)
    assert not arabic.publish(by=None).is_outdated_against(german)


def test_translation_that_was_outdated_stays_so_after_replacing(city, moved):
    page = make_page(city, translation=linking("https://alt.example/"))
    arabic = make_translation(page, "ar", source_digests={"body": ["x"]}, **linking("https://alt.example/"))
    replace(moved, None)
    german = page.translations.get(language="de").publish(by=None)
    assert arabic.publish(by=None).is_outdated_against(german)


def test_open_form_is_told_that_the_draft_changed(city, moved):
    page = make_page(city, translation=linking("https://alt.example/"))
    before = page.translations.get().version
    replace(moved, None)
    assert PageTranslation.objects.get(page=page).version == before + 1
