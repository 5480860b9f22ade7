"""The database remembers what was, and shows it again without changing anything."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Contact, Funder, Location, OpeningHours
from events.models import Event
from history.models import FormerRow
from history.rewind import as_it_was
from history.tables import REMEMBERED
from offers.models import Offer
from pages.models import Page
from tests.factories import make_city, make_contact, make_event, make_location, make_offer, make_page

pytestmark = pytest.mark.django_db

YESTERDAY = timedelta(days=1)


@pytest.fixture
def city():
    return make_city()


def long_ago():
    """What has happened so far was a week ago. Returns an instant after it."""
    FormerRow.objects.update(until=timezone.now() - timedelta(days=7))
    return timezone.now() - YESTERDAY


def seen_at(city, instant, look):
    with as_it_was(city.pk, instant):
        return look()


def test_changed_number_is_read_as_it_was_and_stays_as_it_is(city):
    contact = make_contact(city, phone="030 23125 001")
    before = long_ago()
    contact.phone = "030 23125 002"
    contact.full_clean()
    contact.save()
    then = seen_at(city, before, lambda: list(Contact.objects.values_list("phone", "phone_uri")))
    assert then == [("030 23125 001", "+493023125001")]
    assert Contact.objects.get().phone == "030 23125 002"


def test_update_without_save_is_remembered(city):
    make_contact(city, room="1")
    before = long_ago()
    Contact.objects.update(room="2")
    assert seen_at(city, before, lambda: Contact.objects.get().room) == "1"


def test_first_of_several_changes_counts(city):
    make_contact(city, room="1")
    before = long_ago()
    for room in ("2", "3", "4"):
        Contact.objects.update(room=room)
    assert seen_at(city, before, lambda: Contact.objects.get().room) == "1"


def test_deleted_contact_is_there_again_with_its_hours_and_its_pages(city):
    page = make_page(city)
    contact = make_contact(city)
    contact.opening_hours.create(weekday=1, opens="08:00", closes="12:00")
    page.contacts.add(contact)
    before = long_ago()
    contact.delete()
    cards = seen_at(city, before, lambda: Contact.objects.of_page_or_main(page).cards())
    assert [(card.function, [str(line) for line in card.hours]) for card in cards] == [
        ("Beratung", ["Dienstag 08:00–12:00, geöffnet"])
    ]
    assert not Contact.objects.exists()
    assert not OpeningHours.objects.exists()


def test_what_came_later_was_not_there(city):
    before = long_ago()
    make_contact(city)
    Funder.objects.create(city=city, name="Land")
    assert seen_at(city, before, lambda: (Contact.objects.count(), Funder.objects.count())) == (0, 0)


def test_chosen_contacts_are_those_of_then(city):
    page, first, second = make_page(city), make_contact(city), make_contact(city)
    page.contacts.set([first])
    before = long_ago()
    page.contacts.set([second])
    assert seen_at(city, before, lambda: list(page.contacts.all())) == [first]


def test_main_contact_may_have_changed_hands(city):
    first, second = make_contact(city, is_main=True), make_contact(city)
    before = long_ago()
    Contact.objects.filter(pk=first.pk).update(is_main=False)
    Contact.objects.filter(pk=second.pk).update(is_main=True)
    assert seen_at(city, before, lambda: Contact.objects.get(is_main=True)) == first


def test_data_of_a_kind_and_of_its_page_are_those_of_then(city):
    place = make_location(city)
    offer = make_offer(city, location=place, topics=["schule"], age_from=6)
    before = long_ago()
    offer.age_from, offer.topics, offer.position = 10, ["arbeit"], 5
    offer.save()
    Location.objects.update(town="Anderswo")

    def look():
        return list(Offer.objects.values_list("age_from", "topics", "position", "location__town"))

    assert seen_at(city, before, look) == [(6, ["schule"], 0, city.name)]
    assert look() == [(10, ["arbeit"], 5, "Anderswo")]


def test_instants_come_back_to_the_microsecond(city):
    start = timezone.now().replace(microsecond=123456) + YESTERDAY
    event = make_event(city, starts_at=start)
    before = long_ago()
    Page.objects.update(starts_at=None, ends_at=None)
    assert seen_at(city, before, lambda: Event.objects.get(pk=event.pk).starts_at) == start


def test_other_city_stays_as_it_is(city):
    other = make_contact(make_city())
    before = long_ago()
    Contact.objects.filter(pk=other.pk).update(room="7")
    assert seen_at(city, before, lambda: Contact.objects.get(pk=other.pk).room) == "7"


def test_looking_back_leaves_no_trace(city):
    page = make_page(city)
    page.contacts.add(make_contact(city))
    before = long_ago()
    Contact.objects.all().delete()
    rows = FormerRow.objects.count()
    with as_it_was(city.pk, before):
        assert Contact.objects.count() == 1
    assert FormerRow.objects.count() == rows


def test_looking_back_leaves_no_trace_after_a_fault(city):
    make_contact(city, room="1")
    before = long_ago()
    Contact.objects.update(room="2")
    with pytest.raises(ZeroDivisionError), as_it_was(city.pk, before):
        1 / 0  # noqa: B018
    assert Contact.objects.get().room == "2"


def test_saving_unchanged_remembers_nothing(city):
    contact = make_contact(city)
    rows = FormerRow.objects.count()
    contact.save()
    assert FormerRow.objects.count() == rows


def test_what_no_visitor_saw_is_not_remembered(city):
    contact = make_contact(city, name="Erika Muster", owner_name="Otto Muster", owner_email="otto@example.org")
    contact.owner_email = "anders@example.org"
    contact.save()
    Contact.objects.update(name="Erika Anders")
    contact.delete()
    remembered = str(list(FormerRow.objects.values_list("data", flat=True)))
    assert "Muster" not in remembered
    assert "example.org" not in remembered


def test_shown_name_is_remembered(city):
    make_contact(city, name="Erika Muster", show_name=True)
    before = long_ago()
    Contact.objects.all().delete()
    assert seen_at(city, before, lambda: Contact.objects.get().name) == "Erika Muster"


def test_every_remembered_table_has_its_triggers():
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'remember%'"
    if connection.vendor == "postgresql":
        names = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'remember_former_row'"
    with connection.cursor() as cursor:
        cursor.execute(names)
        found = sorted(name for (name,) in cursor.fetchall())
    events = (
        [""]
        if connection.vendor == "postgresql"
        else [f"remember_{event}_" for event in ("INSERT", "UPDATE", "DELETE")]
    )
    assert found == sorted(event + table.name for table in REMEMBERED for event in events)
