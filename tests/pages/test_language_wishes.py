"""Languages that readers' browsers ask for and a city does not have."""

from datetime import date

import pytest
import time_machine

from contacts.models import Role
from pages.language_wishes import Wishes, wanted_language
from pages.models import LanguageWish
from tests.factories import make_city, make_user

ONE_MINUTE_LATER = "2026-03-10T12:01:00+01:00"


@pytest.fixture(autouse=True)
def wishes(monkeypatch):
    """Of this test alone."""
    fresh = Wishes()
    monkeypatch.setattr("pages.views.pages.wishes", fresh)
    return fresh


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-10T12:00:00+01:00", tick=False) as clock:
        yield clock


def rows():
    return list(LanguageWish.objects.values_list("city__slug", "language", "month", "count"))


def read(client, header, slug="hier"):
    return client.get(f"/de/{slug}/", headers={"Accept-Language": header})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ti", "ti"),
        ("ar-SY,ar;q=0.9,de;q=0.8", "ar"),
        ("de;q=0.5, ps-AF;q=0.9", "ps"),
        ("fa-AF,fa;q=0.9", "prs"),
        ("ku-TR", "kmr"),
        ("zh-CN", "zh-Hans"),
        ("sr-RS", "sr-Latn"),
        ("*", None),
        ("tlh", None),
        ("", None),
        ("x" * 10_000, None),
        (";;;=,,", None),
    ],
)
def test_wanted_language_is_the_first_choice_by_our_tag(header, language):
    assert wanted_language(header) == language


@pytest.mark.django_db
def test_missing_language_is_counted_once_a_minute(client, clock):
    make_city("hier", languages=("de", "ar"))
    for _ in range(2):
        read(client, "ti-ER,de;q=0.5")
    assert rows() == []
    clock.move_to(ONE_MINUTE_LATER)
    read(client, "ti")
    assert rows() == [("hier", "ti", date(2026, 3, 1), 3)]


@pytest.mark.django_db
def test_counts_of_a_month_are_added_and_the_next_month_begins_anew(client, clock):
    make_city("hier")
    for day in ("2026-03-11", "2026-03-12", "2026-04-01"):
        read(client, "ti")
        clock.move_to(f"{day}T12:00:00+02:00")
        read(client, "ti")
    assert sorted(rows()) == [("hier", "ti", date(2026, 3, 1), 4), ("hier", "ti", date(2026, 4, 1), 2)]


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["ar", "de", "tlh", ""])
def test_language_that_is_there_or_that_nobody_knows_is_not_counted(client, clock, header):
    make_city("hier", languages=("de", "ar"))
    read(client, header)
    clock.move_to(ONE_MINUTE_LATER)
    read(client, header)
    assert rows() == []


@pytest.mark.django_db
def test_start_page_that_only_counts_asks_and_writes_no_more(client, clock, django_assert_num_queries):
    make_city("hier")
    with django_assert_num_queries(5):
        read(client, "de")
    with django_assert_num_queries(5):
        read(client, "ti")


@pytest.mark.django_db
def test_old_counts_are_deleted(clock):
    city = make_city()
    for month in (date(2025, 1, 1), date(2025, 3, 1)):
        LanguageWish.objects.create(city=city, language="ti", month=month, count=1)
    LanguageWish.objects.old(date(2026, 3, 10)).delete()
    assert [month for *_other, month, _count in rows()] == [date(2025, 3, 1)]


@pytest.mark.django_db(transaction=True)
def test_page_is_shown_when_counting_fails(client, clock, monkeypatch, wishes):
    city = make_city("hier")
    read(client, "ti")
    wishes.counts[city.pk + 1, "ti"] = 1  # a city that was deleted meanwhile
    clock.move_to(ONE_MINUTE_LATER)
    assert read(client, "ti").status_code == 200


@pytest.mark.django_db
def test_only_members_of_the_city_read_the_counts(client):
    city = make_city("hier")
    LanguageWish.objects.create(city=city, language="ti", month=date(2026, 3, 1), count=7)
    address = "/admin/pages/languagewish/"
    assert client.get(address).status_code == 302
    client.force_login(make_user(make_city(), Role.MANAGER))
    assert "Tigrinya" not in client.get(address).text
    client.force_login(make_user(city, Role.TRANSLATOR))
    assert "Tigrinya" in client.get(address).text
