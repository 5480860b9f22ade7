"""First steps: by phase of arrival, each step with whom to ask."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pages.admin.links import link_targets
from pages.checks import Reading, findings
from pages.models import Page
from tests.factories import make_city, make_contact, make_page, make_translation

pytestmark = pytest.mark.django_db

BODY = """<p>Vorab.</p><h2>In den ersten <strong>Tagen</strong></h2><ol><li><p>Eins</p></li></ol>
<h2>Später</h2><p>Zwei</p>"""


def make_guide(city, body=BODY, **fields):
    return make_page(city, kind=Page.Kind.GUIDE, slug="erste-schritte", translation={"body": body}, **fields)


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def make_guide_with_contact(city, **fields):
    contact = make_contact(city, function="Beratung", phone="030 23125 011", **fields)
    link = f'<a href="/de/{city.slug}/kontakt/{contact.pk}/">Beratung</a>'
    body = f"<h2>Zuerst</h2><ol><li><p>Zuständig: {link}</p></li></ol>"
    return make_guide(city, body=body), contact


def phones(response):
    """What stands behind the links to contacts in the steps."""
    step = response.text.partition('<section class="phase"')[2].partition("</section>")[0]
    return re.findall(r'</a> (<(?:a|bdi) class="step-phone".*?)</p>', step)


def test_guide_shows_its_phases_and_leads_to_each(client):
    make_guide(make_city("hier"))
    page = client.get("/de/hier/erste-schritte/").text
    nav = page.partition('<nav class="phases"')[2].partition("</nav>")[0]
    assert re.findall(r'<a href="#([\w-]+)">([^<]*)</a>', nav) == [
        ("zeit-1", "In den ersten Tagen"),
        ("zeit-2", "Später"),
    ]
    sections = re.findall(r'<section class="phase" id="([\w-]+)" tabindex="-1">(.*?)</section>', page, re.DOTALL)
    assert [(anchor, text_of(html)) for anchor, html in sections] == [
        ("zeit-1", "In den ersten Tagen Eins"),
        ("zeit-2", "Später Zwei"),
    ]


def test_guide_without_phases_is_a_page_like_others(client):
    make_guide(make_city("hier"), body="<p>Noch leer.</p>")
    page = client.get("/de/hier/erste-schritte/").text
    assert ("Noch leer." in page, '<nav class="phases"' in page) == (True, False)


def test_german_guide_is_marked_as_german_for_others(client):
    city = make_city("hier")
    guide = make_guide(city)
    assert '<h2 lang="de" dir="ltr">Später</h2>' in client.get("/ar/hier/erste-schritte/").text
    make_translation(guide, "ar", body="<h2>لاحقًا</h2><p>اثنان</p>")
    assert "<h2>لاحقًا</h2>" in client.get("/ar/hier/erste-schritte/").text


@pytest.mark.parametrize("language", ["de", "ar"])
def test_step_gives_the_number_of_its_contact(client, language):
    city = make_city("hier")
    make_contact(city, is_main=True, phone="030 23125 099")
    make_guide_with_contact(city)
    response = client.get(f"/{language}/hier/erste-schritte/")
    assert phones(response) == ['<a class="step-phone" href="tel:+493023125011"><bdi>030 23125 011</bdi></a>']
    # Below the text those whom the steps name take the place of the main contact.
    assert ("030 23125 011" in response.text, "030 23125 099" in response.text) == (True, False)


def test_number_of_a_step_is_always_the_current_one(client):
    _guide, contact = make_guide_with_contact(make_city("hier"))
    contact.phone = "030 23125 012"
    contact.full_clean()
    contact.save()
    assert "tel:+493023125012" in phones(client.get("/de/hier/erste-schritte/"))[0]


def test_step_gives_the_number_of_who_stands_in(client):
    city = make_city("hier")
    deputy = make_contact(city, phone="030 23125 013")
    today = timezone.localdate()
    make_guide_with_contact(city, deputy=deputy, absent_from=today, absent_until=today + timedelta(days=1))
    assert "tel:+493023125013" in phones(client.get("/de/hier/erste-schritte/"))[0]


def test_invented_number_of_a_step_cannot_be_called(client):
    make_guide_with_contact(make_city("hier"), is_example=True)
    assert phones(client.get("/de/hier/erste-schritte/")) == ['<bdi class="step-phone">030 23125 011</bdi>']


def test_contact_of_another_city_gives_no_number(client):
    other = make_contact(make_city("dort"), phone="030 23125 014")
    link = f'<p><a href="/de/dort/kontakt/{other.pk}/">Dort</a> <a href="/de/hier/kontakt/{other.pk}/">Hier</a></p>'
    make_guide(make_city("hier"), body=f"<h2>Zuerst</h2>{link}")
    assert "030 23125 014" not in client.get("/de/hier/erste-schritte/").text


def test_other_pages_keep_links_to_contacts_as_they_are(client):
    city = make_city("hier")
    contact = make_contact(city, phone="030 23125 011")
    make_page(city, slug="seite", translation={"body": f'<p><a href="/de/hier/kontakt/{contact.pk}/">Beratung</a></p>'})
    assert "step-phone" not in client.get("/de/hier/seite/").text


def test_guide_takes_as_many_queries_with_one_step_as_with_three(client, django_assert_num_queries):
    city = make_city("hier")
    contacts = [make_contact(city, function=f"Beratung {number}") for number in range(3)]
    links = [f'<h2>Dann</h2><p><a href="/de/hier/kontakt/{each.pk}/">Wer</a></p>' for each in contacts]
    guide = make_guide(city, body=links[0])
    client.get("/de/hier/erste-schritte/")
    with django_assert_num_queries(5):
        client.get("/de/hier/erste-schritte/")
    draft = guide.translations.get()
    draft.body = "".join(links)
    draft.save()
    draft.publish(by=None)
    with django_assert_num_queries(5):
        client.get("/de/hier/erste-schritte/")


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("<ol><li><p>Eins</p></li></ol>", "Schreiben Sie für jede Zeit einen Zwischentitel"),
        ("<h2>Zuerst</h2><p>Eins</p>", "Schreiben Sie die Schritte als Liste mit Zahlen"),
    ],
)
def test_editor_of_a_guide_learns_what_it_needs(body, hint):
    draft = make_guide(make_city("hier")).translations.get()
    for text, is_said in ((BODY, False), (body, True)):
        draft.body = text
        assert any(each.message.startswith(hint) for each in findings(Reading(draft))) == is_said


def test_editor_can_choose_the_contacts_of_the_city_as_the_aim_of_a_link():
    city = make_city("hier")
    contact = make_contact(city, function="Beratung")
    make_contact(make_city("dort"), function="Anderswo")
    targets = link_targets(city)
    assert (f"/de/hier/kontakt/{contact.pk}/", "Beratung") in targets
    assert "Anderswo" not in dict(targets).values()
