"""The inbox as a table for a spreadsheet."""

import csv
import io
import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from contacts.models import Membership, Role
from inquiries.models import OutgoingMail, State
from tests.factories import make_city, make_inquiry, make_user

pytestmark = pytest.mark.django_db

URL = "/admin/inquiries/inquiry/export/"
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def city():
    return make_city("hier")


@pytest.fixture
def manager(city, client):
    user = make_user(city, Role.MANAGER, username="leitung")
    client.force_login(user)
    return user


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_export_is_a_german_table(client, city, manager):
    make_inquiry(
        city,
        "help",
        number="7K4M-Q29P",
        language="ar",
        message='مرحبا; "hallo"\nzweite Zeile',
        name="سارة",
        phone="+49 30 23125 011",
        email="sara@example.org",
        due_on=date(2026, 11, 25),
        answers={"topics": ["schule"], "languages": ["ar"], "child_age": ["6-9"]},
        responsible=manager,
        note="Ruft zurück",
    )
    response = client.get(URL)
    assert response.content.startswith(b'\xef\xbb\xbf"Nummer";"Formular";')
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"] == 'attachment; filename="hier-anfragen-2026-11-22.csv"'
    assert rows(response) == [
        {
            "Nummer": "7K4M-Q29P",
            "Formular": "Hilfe in Ihrer Sprache",
            "Stand": "neu",
            "Eingang": "22.11.2026 12:00",
            "Antwort bis": "25.11.2026",
            "Erledigt am": "",
            "Wird gelöscht am": "",
            "Zuständig": "leitung",
            "Sprache": "Arabisch",
            "Name": "سارة",
            "Telefon": "0049 30 23125 011",
            "E-Mail": "sara@example.org",
            "Betreff": "",
            "Nachricht": 'مرحبا; "hallo"\nzweite Zeile',
            "Worum geht es?": "Schule",
            "In welchen Sprachen können wir mit Ihnen sprechen?": "Arabisch",
            "Wie alt ist das Kind?": "6 bis 9 Jahre",
            "Wann können wir Sie erreichen?": "",
            "Interne Notiz": "Ruft zurück",
        }
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", " =", "＝"])
def test_no_cell_is_a_formula(client, city, manager, start):
    word = f"{start}HYPERLINK(1)"
    make_inquiry(city, "barrier", name=word, subject=word, message=word, note=word, answers={"page_address": word})
    (row,) = rows(client.get(URL))
    cells = [row[heading] for heading in ("Name", "Betreff", "Nachricht", "Interne Notiz")]
    cells.append(row["Auf welcher Seite ist die Barriere?"])
    assert cells == [f"'{word}"] * 5


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "＝"])
@pytest.mark.parametrize("before", ["\n", "\r\n", "\t", "\n\n"])
def test_no_line_of_a_cell_is_a_formula(client, city, manager, before, start):
    make_inquiry(city, message=f"Hallo{before}{start}HYPERLINK(1)\nEins = Eins")
    (row,) = rows(client.get(URL))
    assert row["Nachricht"] == f"Hallo{before}'{start}HYPERLINK(1)\nEins = Eins"


def test_every_cell_is_quoted(client, city, manager):
    make_inquiry(city)
    (line,) = client.get(URL).content.decode().splitlines()[1:]
    assert re.fullmatch(r'("[^"]*";)+"[^"]*"', line)


@pytest.mark.parametrize("query", ["foo=bar", "id=abc", "id=%00"])
def test_export_of_an_odd_address_leads_to_the_list(client, city, manager, query):
    response = client.get(f"{URL}?{query}")
    assert (response.status_code, response["Location"]) == (302, "/admin/inquiries/inquiry/")
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("query", ["number=%00", "id=99999999999999999999"])
def test_export_of_what_cannot_be_there_holds_nothing(client, city, manager, query):
    """The databases differ: one finds nothing, the other refuses to look."""
    make_inquiry(city)
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 302 or rows(response) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [("", ["OFFN-2222"]), ("?state=all", ["OFFN-2222", "GESC-2222"]), ("?state=closed", ["GESC-2222"]), ("?q=GE", [])],
)
def test_export_holds_what_the_list_shows(client, city, manager, query, found):
    make_inquiry(city, number="OFFN-2222")
    make_inquiry(city, number="GESC-2222", state=State.CLOSED, settled_at=NOON)
    assert f'href="{URL}{query or "?"}"' in client.get("/admin/inquiries/inquiry/" + query).text
    assert [row["Nummer"] for row in rows(client.get(URL + query))] == found


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUTHOR, 403), (Role.EDITOR, 403), (Role.TRANSLATOR, 403), (Role.MANAGER, 200)]
)
def test_export_is_for_managers(client, city, role, status):
    client.force_login(make_user(city, role, languages=["ar"]))
    assert client.get(URL).status_code == status


def test_export_holds_one_city_of_those_one_leads(client, city, manager):
    second, edited, stranger = make_city("zweite"), make_city("nur-redaktion"), make_city("fremd")
    Membership.objects.create(user=manager, city=second, role=Role.MANAGER)
    Membership.objects.create(user=manager, city=edited, role=Role.EDITOR)
    for each in (city, second, edited, stranger):
        make_inquiry(each, name=each.slug)
    assert [each.slug for each in client.get(URL).context["cities"]] == ["hier", "zweite"]
    assert [row["Name"] for row in rows(client.get(f"{URL}?city={second.pk}"))] == ["zweite"]
    for each in (edited, stranger):
        assert client.get(f"{URL}?city={each.pk}").status_code == 403


@pytest.mark.parametrize("named", ["x", "99999999999999999999", "-1", "²"])
def test_export_of_a_city_that_is_none_is_refused(client, manager, named):
    assert client.get(f"{URL}?city={named}").status_code == 403


def test_export_is_written_down_without_what_was_sent(client, city, manager):
    make_inquiry(city, name="Frau Sommer")
    client.get(URL)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.change_message) == (manager, "Hier", "Anfragen exportiert: 1")


@pytest.mark.parametrize(("days_ago", "day"), [(10, "10.02.2027"), (90, "24.08.2027")])
def test_export_says_when_an_inquiry_goes_whose_answer_was_not_sent(client, city, manager, days_ago, day):
    inquiry = make_inquiry(city, state=State.ANSWERED, settled_at=NOON - timedelta(days=days_ago))
    OutgoingMail.objects.create(city=city, inquiry=inquiry, purpose="answer", recipient="a@example.org")
    (row,) = rows(client.get(f"{URL}?state=all"))
    assert row["Wird gelöscht am"].split()[0] == day


@pytest.mark.parametrize("count", [1, 3])
def test_export_takes_the_same_queries(client, city, manager, django_assert_num_queries, count):
    for _number in range(count):
        make_inquiry(city, "help", responsible=make_user(city, Role.EDITOR))
    with django_assert_num_queries(16):
        client.get(URL)
