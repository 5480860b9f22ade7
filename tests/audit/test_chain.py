"""The audit trail shows whatever is done to it in the database, and is written by many at once."""

import io
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import chain
from audit.log import Action, record
from audit.models import Chain, Entry
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


def write(city, count=5):
    for number in range(count):
        record(Action.CHANGED, city, city_id=city.pk, by="Kim", detail=f"Nummer {number}")
    chain.link(city.pk)


def problem(city):
    return chain.problem_of(city.pk, timezone.now())


def at(city, position):
    return Entry.objects.filter(city=city, position=position)


def test_an_untouched_trail_is_right(city):
    write(city)
    assert problem(city) == ""
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor_name", "Jemand anders"),
        ("actor_id", 7),
        ("action", "deleted"),
        ("detail", "Nummer 99"),
        ("object_name", "Etwas anderes"),
        ("object_id", "99"),
        ("kind", "pages.page"),
        ("fields", ["Titel"]),
        ("address", "192.0.2.0"),
        ("at", timezone.now() - timedelta(days=1)),
        ("seal", "0" * 64),
    ],
)
def test_a_changed_entry_is_named(city, field, value):
    write(city)
    at(city, 3).update(**{field: value})
    assert problem(city) == "Eintrag 3 wurde verändert."


def test_a_deleted_entry_is_named(city):
    write(city)
    at(city, 2).delete()
    assert problem(city) == "Eintrag 2 fehlt."


def test_the_first_entry_does_not_vanish(city):
    write(city)
    at(city, 1).delete()
    assert problem(city) == "Eintrag 1 fehlt."


def test_a_shortened_trail_is_noticed(city):
    write(city)
    Entry.objects.filter(city=city, position__gt=3).delete()
    assert problem(city) == "Eintrag 4 fehlt, und alle danach bis 5."


def test_a_shortened_trail_is_noticed_when_the_chain_was_shortened_too(city):
    write(city)
    Entry.objects.filter(city=city, position__gt=3).delete()
    Chain.objects.filter(number=city.pk).update(length=3, head=at(city, 3).get().digest)
    assert problem(city) == "Die Angaben über Länge und Ende der Kette wurden verändert."


@pytest.mark.parametrize("count", [0, 2])
def test_an_entry_that_is_linked_during_the_check_is_no_tampering(city, count, monkeypatch):
    write(city, count)
    real = chain.entries_of

    def busy(number):
        monkeypatch.setattr(chain, "entries_of", real)
        write(city, 1)
        return real(number)

    monkeypatch.setattr(chain, "entries_of", busy)
    assert problem(city) == ""
    assert chain.entries_of is real


def test_a_trail_that_was_put_back_is_noticed_by_an_anchor(city, tmp_path):
    write(city, 3)
    then = Chain.objects.values().get(number=city.pk)
    write(city, 2)
    anchors = tmp_path / "anker"
    call_command("verify_audit", anchors=anchors, stdout=io.StringIO())
    Entry.objects.filter(city=city, position__gt=3).delete()
    Chain.objects.filter(number=city.pk).update(**then)
    assert problem(city) == ""
    with pytest.raises(CommandError, match="Eintrag 5 war schon einmal da und fehlt jetzt am Ende"):
        call_command("verify_audit", anchors=anchors, stdout=io.StringIO())


def test_a_trail_that_vanished_whole_is_noticed_by_an_anchor(city, tmp_path):
    write(city)
    anchors = tmp_path / "anker"
    call_command("verify_audit", anchors=anchors, stdout=io.StringIO())
    Entry.objects.all().delete()
    Chain.objects.all().delete()
    with pytest.raises(CommandError, match="Eintrag 5 war schon einmal da"):
        call_command("verify_audit", anchors=anchors, stdout=io.StringIO())


def test_swapped_entries_are_noticed(city):
    write(city)
    first, second = at(city, 2).get(), at(city, 3).get()
    at(city, 2).update(position=99)
    at(city, 3).update(position=2)
    at(city, 99).update(position=3)
    assert (first.seal, second.seal) != ("", "")
    assert problem(city) == "Eintrag 2 passt nicht zu dem davor: Er wurde eingefügt oder vertauscht."


def test_an_invented_entry_is_noticed(city):
    write(city)
    invented = at(city, 5).get()
    invented.pk, invented.position, invented.detail = None, None, "erfunden"
    invented.token = "12345678-1234-5678-1234-567812345678"
    invented.save(force_insert=True)
    assert problem(city).endswith("wurde verändert oder eingefügt.")
    chain.link(city.pk)
    assert problem(city).endswith("wurde verändert oder eingefügt.")


def test_an_entry_from_another_city_is_noticed(city):
    other = make_city()
    write(city, 2)
    write(other, 2)
    at(city, 2).update(city=other, position=3)
    assert problem(other) == "Eintrag 3 wurde verändert."
    assert problem(city) == "Eintrag 2 fehlt, und alle danach bis 2."


def test_another_key_proves_nothing(city, settings):
    write(city)
    settings.AUDIT_KEY = "another"
    assert problem(city) == "Die Angaben über Länge und Ende der Kette wurden verändert."


def test_with_a_key_of_its_own_the_trail_outlives_the_secret_key(city, settings):
    settings.AUDIT_KEY = "its-own"
    write(city)
    settings.SECRET_KEY = "a-new-one"
    assert problem(city) == ""


@given(
    steps=st.lists(st.sampled_from(["write", "link", "expire"]), max_size=12),
    spoil=st.sampled_from(["delete", "change", "insert", "swap", "truncate"]),
    place=st.integers(min_value=0, max_value=30),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_written_linked_and_expired_every_spoiling_shows(db, steps, spoil, place):
    with transaction.atomic():
        city, instant = make_city(), timezone.now() - timedelta(days=800)
        for step in [*steps, "write", "write", "link"]:
            instant += timedelta(days=60)
            with time_machine.travel(instant, tick=False):
                if step == "write":
                    record(Action.CHANGED, city, city_id=city.pk, by="Kim")
                elif step == "link":
                    chain.link(city.pk)
                else:
                    chain.link(city.pk)
                    chain.expire_chain(city.pk, instant)
        assert chain.problem_of(city.pk, instant) == ""
        spoil_one(city, spoil, place)
        assert chain.problem_of(city.pk, instant) != ""
        transaction.set_rollback(True)


def spoil_one(city, spoil, place):
    entries = list(Entry.objects.filter(city=city).order_by("position"))
    entry, last = entries[place % len(entries)], entries[-1]
    if spoil == "delete":
        entry.delete()
    elif spoil == "truncate":
        last.delete()
    elif spoil == "change":
        Entry.objects.filter(pk=entry.pk).update(actor_name="Jemand")
    elif spoil == "insert":
        Entry.objects.create(city=city, action="changed", actor_name="Kim", seal="0" * 64, position=last.position + 1)
    else:
        other = entries[(place + 1) % len(entries)]
        Entry.objects.filter(pk=entry.pk).update(position=None)
        Entry.objects.filter(pk=other.pk).update(position=entry.position)
        Entry.objects.filter(pk=entry.pk).update(position=other.position)


# --- Term ------------------------------------------------------------------------------------------


def test_what_is_older_than_its_term_goes_and_the_rest_stays_provable(city, settings):
    settings.AUDIT_TERM = timedelta(days=365)
    now = timezone.now()
    for days in (400, 370, 300, 1):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            record(Action.CHANGED, city, city_id=city.pk, by="Kim")
            chain.link(city.pk)
    assert chain.expire(now) == 2
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == [3, 4]
    assert problem(city) == ""
    at(city, 3).delete()
    assert problem(city) == "Eintrag 3 fehlt."


def test_a_trail_that_is_old_as_a_whole_goes_and_goes_on(city):
    with time_machine.travel(timezone.now() - timedelta(days=500), tick=False):
        write(city, 2)
    assert chain.expire(timezone.now()) == 2
    assert problem(city) == ""
    write(city, 1)
    assert at(city, 3).exists()
    assert problem(city) == ""


def test_a_trail_that_was_changed_is_not_shortened(city, caplog):
    with time_machine.travel(timezone.now() - timedelta(days=500), tick=False):
        write(city, 2)
    at(city, 1).update(actor_name="Jemand")
    assert chain.expire(timezone.now()) == 0
    assert "is not shortened: Eintrag 1 wurde verändert." in caplog.text


# --- Many at once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain(city):
    write(city, 1)
    failures = []

    def work(number):
        try:
            for turn in range(5):
                with transaction.atomic():
                    record(Action.CHANGED, city, city_id=city.pk, by=f"Person {number}", detail=str(turn))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Entry.objects.filter(city=city, position=None).count() == 0
    assert Chain.objects.get(number=city.pk).length == 31
    assert problem(city) == ""


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_is_not_in_the_trail(city):
    with transaction.atomic():
        record(Action.CHANGED, city, city_id=city.pk, by="Kim")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_writer_does_not_hold_up_another(city):
    """Who has written but not yet committed keeps nobody else from writing: on SQLite there is one writer anyway."""
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    done = []

    def work():
        with transaction.atomic():
            record(Action.CHANGED, city, city_id=city.pk, by="zweite")
        done.append(True)
        connection.close()

    with transaction.atomic():
        record(Action.CHANGED, city, city_id=city.pk, by="erste")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(10)
        assert done == [True]
    assert problem(city) == ""


# --- The command -----------------------------------------------------------------------------------


def test_the_command_names_what_is_wrong_and_fails(city):
    write(city)
    at(city, 4).update(actor_name="Jemand")
    with pytest.raises(CommandError, match=f"Kette {city.pk}: Eintrag 4 wurde verändert"):
        call_command("verify_audit", stdout=io.StringIO())


def test_the_command_prints_how_each_chain_ends(city):
    write(city)
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    head = Chain.objects.get(number=city.pk).head
    assert out.getvalue() == f"Kette {city.pk}: 5 Einträge, Ende 5 {head}\nDas Protokoll ist unverändert.\n"


def test_an_account_that_is_gone_stays_named(city):
    user = make_user(city, "editor", first_name="Kim", last_name="Beispiel")
    record(Action.CHANGED, city, city_id=city.pk, by=user)
    chain.link(city.pk)
    user.delete()
    assert Entry.objects.get().actor_name == "Kim Beispiel"
    assert problem(city) == ""
