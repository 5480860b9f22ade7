"""The request for an interpreter: the rules of the city are built in."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from inquiries.guard import fresh_key
from inquiries.lead_time import earliest_date
from inquiries.models import Inquiry, InterpretingRules
from tests.factories import make_city, make_contact

TODAY = date(2026, 11, 22)  # a Sunday
DATA = {
    "institution_kind": "school",
    "institution": "Schule am Park",
    "name": "Kim Muster",
    "phone": "0521 1234567",
    "language": "ar",
    "talk_topic": "parents",
    "date": "2026-12-01",
    "time": "14:30",
    "duration": "60",
    "manner": "on_site",
    "place": "Raum 12",
    "nothing_excluded": "on",
    "no_client_data": "on",
}


@pytest.fixture
def city(db, time_machine):
    time_machine.move_to("2026-11-22 12:00+01:00")
    city = make_city("hier", forms=["interpreter", "help"])
    make_contact(city, is_main=True)
    return city


def make_rules(city, **fields):
    defaults = {
        "institutions": ["school", "daycare"],
        "excluded_topics": ["legal", "private"],
        "languages": ["ar", "tr"],
    }
    rules = InterpretingRules(city=city, **defaults | fields)
    rules.full_clean()
    rules.save()
    return rules


def send(client, reader="de", **changes):
    data = {"form_key": fresh_key(timezone.now() - timedelta(minutes=1))} | DATA | changes
    return client.post(f"/{reader}/hier/sprachmittlung-anfragen/", data)


def errors(response):
    return dict(response.context["form"].errors) if response.status_code == 422 else {}


def page(client, language="de"):
    html = client.get(f"/{language}/hier/sprachmittlung-anfragen/").text
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- Lead time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "in_working_days", "today", "earliest"),
    [
        (7, False, TODAY, "2026-11-29"),
        (0, False, TODAY, "2026-11-22"),
        (3, True, TODAY, "2026-11-25"),
        (3, True, date(2026, 11, 19), "2026-11-24"),  # Thursday: over a weekend
        (3, True, date(2026, 12, 23), "2026-12-30"),  # over Christmas: the 24th is no holiday, but nobody works
        (1, True, date(2026, 12, 30), "2027-01-04"),  # over New Year and a weekend
        (1, True, date(2026, 5, 13), "2026-05-15"),  # Ascension Day
        (0, True, date(2026, 11, 20), "2026-11-20"),
        (0, True, TODAY, "2026-11-23"),
        (0, True, date(2026, 12, 24), "2026-12-28"),
    ],
)
def test_lead_time_leaves_out_weekends_and_holidays_where_only_working_days_count(
    days, in_working_days, today, earliest
):
    rules = InterpretingRules(lead_days=days, lead_in_working_days=in_working_days)
    assert str(earliest_date(rules, today)) == earliest


def test_earliest_day_is_named_and_offered(client, city):
    make_rules(city, lead_days=3, lead_in_working_days=True)
    response = client.get("/de/hier/sprachmittlung-anfragen/")
    assert "Mindestens 3 Arbeitstage vorher." in response.text
    assert re.findall(r"[Ff]rühestens am [^<]*", response.text) == ["Frühestens am 25. November 2026."]
    assert 'min="2026-11-25"' in re.search(r'<input[^>]*name="date"[^>]*>', response.text)[0]


@pytest.mark.parametrize(("day", "status"), [("2026-11-29", 303), ("2026-11-28", 422), ("2020-01-01", 422)])
def test_day_before_the_lead_time_is_refused(client, city, day, status):
    make_rules(city)
    response = send(client, date=day)
    words = "Dieser Tag ist zu früh. Der erste mögliche Tag ist der 29. November 2026."
    assert (response.status_code, errors(response)) == (status, {} if status == 303 else {"date": [words]})


def test_day_can_be_written_by_hand(client, city):
    make_rules(city)
    assert send(client, date="1.12.2026").status_code == 303
    assert Inquiry.objects.get().answers["date"] == "01.12.2026"


# --- Rules -----------------------------------------------------------------------------------------


def test_rules_stand_before_the_form(client, city):
    make_rules(city, is_free=False, cost_note="20 Euro je Gespräch")
    before = client.get("/de/hier/sprachmittlung-anfragen/").text.partition("<form")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", before).split())
    wanted = [
        "Wer kann anfragen? Schule Kita oder Kindertagespflege",
        "Wofür gibt es keine Sprachmittlung? Gespräche mit rechtlichen Folgen, zum Beispiel vor Gericht",
        "vor Gericht private Gespräche Wie früh",
        "Mindestens 7 Tage vorher.",
        "Was kostet das? 20 Euro je Gespräch",
        "Welche Sprachen gibt es? العربية Türkçe",
    ]
    assert [each for each in wanted if each not in words] == []


def test_form_without_rules_lets_every_institution_ask_for_every_language(client, city):
    response = client.get("/de/hier/sprachmittlung-anfragen/")
    form = response.context["form"]
    assert (len(form.fields["institution_kind"].choices), "nothing_excluded" in form.fields) == (6, False)
    tags = [tag for tag, _label in form.fields["language"].choices]
    assert (len(tags), "de" in tags, "ti" in tags) == (35, False, True)


def test_invented_rules_say_so(client, city):
    rules = make_rules(city, is_example=True)
    assert "Diese Regeln sind erfunden." in page(client)
    InterpretingRules.objects.filter(pk=rules.pk).update(is_example=False)
    assert "Diese Regeln sind erfunden." not in page(client)


def test_people_are_shown_the_way_to_help_in_their_language(client, city):
    html = client.get("/ar/hier/sprachmittlung-anfragen/").text.partition("<form")[0]
    assert 'href="/ar/hier/hilfe/"' in html


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"institution_kind": "health"}, ["institution_kind"]),
        ({"institution_kind": "private"}, ["institution_kind"]),
        ({"language": "uk"}, ["language"]),
        ({"language": ""}, ["language"]),
        ({"institution": ""}, ["institution"]),
        ({"nothing_excluded": ""}, ["nothing_excluded"]),
        ({"no_client_data": ""}, ["no_client_data"]),
        ({"place": ""}, ["place"]),
        ({"place": "", "manner": "by_phone"}, []),
        ({"phone": ""}, ["phone"]),
    ],
)
def test_rules_hold_for_what_is_sent(client, city, changes, wrong):
    make_rules(city)
    response = send(client, **changes)
    assert list(errors(response)) == wrong
    assert Inquiry.objects.count() == (0 if wrong else 1)


def test_excluded_topics_are_named_where_they_are_confirmed(client, city):
    make_rules(city)
    label = re.search(r'<label for="id_nothing_excluded">([^<]*)', client.get("/de/hier/sprachmittlung-anfragen/").text)
    topics = "Gespräche mit rechtlichen Folgen, zum Beispiel vor Gericht; private Gespräche"
    assert label[1].strip() == f"Das Gespräch gehört zu keinem dieser Themen: {topics}"


def test_list_of_errors_names_what_is_to_be_confirmed_in_few_words(client, city):
    make_rules(city)
    html = send(client, nothing_excluded="", no_client_data="").text
    assert re.findall(r'<a href="#id_[^"]+">([^<]+)</a>', html) == [
        "Themen des Gesprächs – Bitte setzen Sie hier einen Haken.",
        "Keine Daten von Klient*innen – Bitte setzen Sie hier einen Haken.",
    ]


def test_rules_are_folded_when_the_form_comes_back(client, city):
    make_rules(city)
    pages = [client.get("/de/hier/sprachmittlung-anfragen/"), send(client, place="")]
    assert [re.findall(r'<(\w+) class="rules"', page.text) for page in pages] == [["section"], ["details"]]


def test_request_is_stored_in_codes_and_words(client, city):
    make_rules(city)
    send(client, wish="eine Frau", message="Bitte pünktlich")
    inquiry = Inquiry.objects.get()
    assert (inquiry.kind, inquiry.name, inquiry.message) == ("interpreter", "Kim Muster", "Bitte pünktlich")
    assert inquiry.answers == {
        "institution_kind": "school",
        "institution": "Schule am Park",
        "language": "ar",
        "wish": "eine Frau",
        "date": "01.12.2026",
        "time": "14:30",
        "duration": "60",
        "manner": "on_site",
        "place": "Raum 12",
        "talk_topic": "parents",
    }


def test_names_of_languages_are_german_for_readers_of_german(client, city):
    make_rules(city)
    labels = {}
    for language in ("de", "ar"):
        form = client.get(f"/{language}/hier/sprachmittlung-anfragen/").context["form"]
        labels[language] = [label for _tag, label in form.fields["language"].choices][1:]
    assert labels == {"de": ["Arabisch", "Türkisch"], "ar": ["العربية", "Türkçe"]}
