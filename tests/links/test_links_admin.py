"""The lists of links: who reads them, who decides, what they cost."""

from datetime import date

import pytest
from django.urls import reverse

from contacts.models import Role
from links.models import Answer, ExternalLink
from tests.factories import make_city, make_page, make_user

pytestmark = pytest.mark.django_db

LIST = reverse("admin:links_externallink_changelist")
DEAD = reverse("admin:links_deadlink_changelist")


@pytest.fixture
def city():
    return make_city(languages=["de", "ar"])


def make_link(city, url="https://alt.example/", **fields):
    defaults = {
        "answer": Answer.MOVED,
        "detail": "200",
        "moved_to": "https://neu.example/",
        "failures": 3,
        "failing_since": date(2026, 11, 27),
        "checked_on": date(2026, 11, 30),
    }
    return ExternalLink.objects.create(city=city, url=url, **defaults | fields)


def linking(*addresses):
    return {"title": "Die Quelle", "body": "".join(f'<p><a href="{address}">x</a></p>' for address in addresses)}


def shown(response):
    return [link.url for link in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("role", "reads", "decides"),
    [
        (Role.AUTHOR, True, False),
        (Role.TRANSLATOR, True, False),
        (Role.EDITOR, True, True),
        (Role.MANAGER, True, True),
        ("other", False, False),
        ("nobody", False, False),
    ],
)
def test_role_decides_about_links(client, city, role, reads, decides):
    link = make_link(city)
    page = make_page(city, translation=linking(link.url))
    if role in Role:
        client.force_login(make_user(city, role, languages=["ar"]))
    elif role == "other":
        client.force_login(make_user(make_city(), Role.MANAGER))
    response = client.get(LIST, follow=True)
    assert (link.url in response.text) is reads
    assert (reverse("admin:links_externallink_vouch", args=[link.pk]) in response.text) is decides
    for action in ("replace", "vouch"):
        client.post(reverse(f"admin:links_externallink_{action}", args=[link.pk]))
    link.refresh_from_db()
    assert bool(link.vouched_answer) is decides
    assert ("neu.example" in page.translations.get().body) is decides


def test_buttons_are_no_links(client, city):
    link = make_link(city)
    client.force_login(make_user(city, Role.EDITOR))
    for action in ("replace", "vouch"):
        assert client.get(reverse(f"admin:links_externallink_{action}", args=[link.pk])).status_code == 405


def test_list_shows_what_is_to_be_done_and_the_rest_on_demand(client, city):
    make_link(city, "https://gone.example/", answer=Answer.GONE, moved_to="")
    make_link(city, "https://new.example/", failures=1)
    make_link(city, "https://works.example/", answer=Answer.WORKS, failures=0)
    make_link(city, "https://vouched.example/", vouched_answer="moved 200", vouched_by="Erika Beispiel")
    make_link(city)
    client.force_login(make_user(city, Role.AUTHOR))
    assert shown(client.get(LIST)) == ["https://alt.example/", "https://gone.example/"]
    assert shown(client.get(LIST, {"state": "gone"})) == ["https://gone.example/"]
    assert shown(client.get(LIST, {"state": "new"})) == ["https://new.example/"]
    assert shown(client.get(LIST, {"state": "vouched"})) == ["https://vouched.example/"]
    assert len(shown(client.get(LIST, {"state": "all"}))) == 5


def test_list_says_where_a_link_stands_and_what_waits(client, city):
    link = make_link(city)
    make_page(city, translation=linking(link.url))
    client.force_login(make_user(city, Role.EDITOR))
    assert [(usage.name, usage.note) for usage in client.get(LIST).context["cl"].result_list[0].usages] == [
        ("Die Quelle", "Deutsch")
    ]
    response = client.post(reverse("admin:links_externallink_replace", args=[link.pk]), follow=True)
    assert "Bitte veröffentlichen Sie noch diese Texte: „Die Quelle“ (Deutsch)." in response.text
    [usage] = response.context["cl"].result_list[0].usages
    assert usage.note == "Deutsch, im Entwurf schon ersetzt"


def test_link_without_new_address_is_not_replaced(client, city):
    link = make_link(city, answer=Answer.GONE, moved_to="")
    page = make_page(city, translation=linking(link.url))
    client.force_login(make_user(city, Role.EDITOR))
    client.post(reverse("admin:links_externallink_replace", args=[link.pk]))
    assert page.translations.get().version == 1


def test_empty_lists_say_that_all_is_well(client, city):
    client.force_login(make_user(city, Role.EDITOR))
    assert "Hier ist nichts zu tun." in client.get(LIST).text
    assert "Alle Links zwischen Ihren Seiten führen zu einer öffentlichen Seite." in client.get(DEAD).text


def test_links_between_pages_that_lead_nowhere_are_listed(client, city):
    target = make_page(city, slug="ziel")
    make_page(city, translation=linking(f"/de/{city.slug}/ziel/", f"/de/{city.slug}/nichts/"))
    target.unpublish(by=None)
    client.force_login(make_user(city, Role.AUTHOR))
    text = client.get(DEAD).text
    assert "Die Seite ist nicht öffentlich." in text
    assert "Unter dieser Adresse gibt es keine Seite." in text


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_for_every_number_of_links(client, city, number, django_assert_num_queries):
    urls = [make_link(city, f"https://alt-{index}.example/").url for index in range(number)]
    for _ in range(number):
        make_page(city, translation=linking(*urls, "/de/nirgends/kontakt/"))
    client.force_login(make_user(city, Role.EDITOR))
    with django_assert_num_queries(16):
        assert len(shown(client.get(LIST))) == number
    with django_assert_num_queries(11):
        assert len(client.get(DEAD).context["cl"].result_list) == 2 * number
