"""Domains that another process entered, and what was kept of their cities before."""

import pytest

from contacts.models import City
from ki_site.own_domains import learn_domains
from tests.factories import make_city, make_page

OWN = "hier.example"


@pytest.fixture
def city(border, settings):
    settings.SITE_URL = "http://testserver"
    border.cache.on_change.append(learn_domains(border.cache))
    city = make_city("hier")
    border.learn()
    return city


def enter_elsewhere(city, domain):
    """As another process does: nothing here hears of it but the watcher."""
    City.objects.filter(pk=city.pk).update(domain=domain)


def test_a_domain_from_another_process_is_known_once_the_watcher_has_asked(border, city):
    before = border.get("/de/", host=OWN).status
    enter_elsewhere(city, OWN)
    border.learn()

    assert (before, border.get("/de/", host=OWN).status) == (400, 200)


def test_what_was_kept_on_the_main_host_leads_to_the_own_domain(border, city):
    was_kept = border.is_kept("/de/hier/")
    enter_elsewhere(city, OWN)
    border.learn()
    response = border.get("/de/hier/")

    assert (was_kept, response.status, response["Location"]) == (True, 301, "http://hier.example/de/")


def test_a_page_of_another_city_with_a_link_to_the_domain_is_made_anew(border, city):
    target, other = make_page(city, slug="ziel"), make_city("dort")
    link = f'<p><a href="/seite/{target.pk}/">Ziel</a></p>'
    make_page(other, slug="quelle", translation={"body": link})
    border.learn()
    was_kept = border.is_kept("/de/dort/quelle/")
    enter_elsewhere(city, OWN)
    border.learn()

    assert (was_kept, 'href="http://hier.example/de/ziel/"' in border.get("/de/dort/quelle/").text) == (True, True)


def test_pages_of_two_hosts_never_mix(border, city):
    enter_elsewhere(city, OWN)
    make_page(make_city("dort"), slug="hier")
    border.learn()
    border.learn()
    kept = border.is_kept("/de/", host=OWN), border.is_kept("/de/")

    assert (kept, "Alle Zentren" in border.get("/de/").text, "KI Hier" in border.get("/de/", host=OWN).text) == (
        (True, True),
        True,
        True,
    )


def test_an_unknown_host_is_refused_before_and_after_pages_are_kept(border, city):
    enter_elsewhere(city, OWN)
    border.learn()
    statuses = [border.get("/de/", host=host).status for host in ("evil.example", OWN, "evil.example")]

    assert statuses == [400, 200, 400]


def test_parameters_that_count_on_the_main_host_do_so_whatever_the_own_domain_has_at_that_path(border, city):
    enter_elsewhere(city, OWN)
    border.learn()
    border.learn()
    border.get("/de/", host=OWN)
    border.get("/de/")

    assert border.get("/de/?ort=33602").body != border.get("/de/").body
