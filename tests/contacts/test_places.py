"""Which centre is there for whom: what people type, and what the files say."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings
from django.core.management import call_command
from hypothesis import example, given
from hypothesis import strategies as st

from contacts import places
from contacts.models import City
from contacts.places import Answer, Kind, Place

BIELEFELD = Place("Bielefeld", "05711")
KOELN = Place("Köln", "05315")
MUENSTER = Place("Münster", "05515")
SANKT_AUGUSTIN = Place("Sankt Augustin", "05382")
MUELHEIM = Place("Mülheim an der Ruhr", "05117")
LIPPE = Place("Kreis Lippe", "05766")
RATINGEN = Place("Ratingen", "05158")


# --- What people type ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "33602",
        " 33602 ",
        "33 602",
        "D-33602",
        "33602 Bielefeld",
        "Bielefeld 33602",
        "Musterstraße 12, 33602 Bielefeld",
        "33602 Köln",
        "٣٣٦٠٢",
        "۳۳۶۰۲",
    ],
)
def test_postcode_finds_its_centre(typed):
    assert places.find(typed) == Answer(Kind.FOUND, (BIELEFELD,), "33602")


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Bielefeld", BIELEFELD),
        ("bielefeld", BIELEFELD),
        ("BIELEFELD ", BIELEFELD),
        ("Stadt Bielefeld", BIELEFELD),
        ("33501 Bielefeld", BIELEFELD),  # the number of a post-office box
        ("Köln", KOELN),
        ("Ko\u0308ln", KOELN),
        ("Koeln", KOELN),
        ("koln", KOELN),
        ("Cologne", KOELN),
        ("كولونيا", KOELN),
        ("كلن", KOELN),
        ("کلن", KOELN),
        ("Кёльн", KOELN),
        ("Muenster", MUENSTER),
        ("Münster", MUENSTER),
        ("St. Augustin", SANKT_AUGUSTIN),
        ("St.Augustin", SANKT_AUGUSTIN),
        ("sankt augustin", SANKT_AUGUSTIN),
        ("Mülheim", MUELHEIM),
        ("Mülheim a. d. Ruhr", MUELHEIM),
        ("muelheim ruhr", MUELHEIM),
        ("Bad Salzuflen", Place("Bad Salzuflen", "05766")),
        ("Salzuflen", Place("Bad Salzuflen", "05766")),
        ("Halle", Place("Halle (Westf.)", "05754")),
        ("Halle (Westf.)", Place("Halle (Westf.)", "05754")),
        ("Schloss Holte-Stukenbrock", Place("Schloß Holte-Stukenbrock", "05754")),
        ("Froendenberg", Place("Fröndenberg/Ruhr", "05978")),
        ("Kreis Lippe", LIPPE),
        ("Lippe", LIPPE),
        ("Hochsauerlandkreis", Place("Hochsauerlandkreis", "05958")),
        ("Rhein-Sieg", Place("Rhein-Sieg-Kreis", "05382")),
        ("Aachen", Place("Aachen", "05334002")),
        ("Alsdorf", Place("Alsdorf", "05334")),
        ("Städteregion Aachen", Place("StädteRegion Aachen", "05334")),
    ],
)
def test_name_finds_its_centre(typed, place):
    assert places.find(typed) == Answer(Kind.FOUND, (place,))


def test_postcode_on_a_border_finds_both_centres():
    assert places.find("40472") == Answer(Kind.FOUND, (Place("Düsseldorf", "05111"), RATINGEN), "40472")


def test_town_beside_the_postcode_decides_between_two_centres():
    assert places.find("40472 Ratingen") == Answer(Kind.FOUND, (RATINGEN,), "40472")


def test_postcode_names_all_its_places_of_one_centre():
    assert places.find("33154").places == (Place("Paderborn, Salzkotten", "05774"),)


@pytest.mark.parametrize("typed", ["10115", "00000", "34117", "37073 Göttingen", "49074", "10115 Neunkirchen"])
def test_postcode_elsewhere_is_outside(typed):
    assert places.find(typed).kind == Kind.OUTSIDE


@pytest.mark.parametrize("typed", ["33501", "50441", "33501 Nirgendwo"])
def test_postcode_that_could_be_in_nrw_is_unknown(typed):
    assert places.find(typed).kind == Kind.UNKNOWN_POSTCODE


@pytest.mark.parametrize("typed", ["3", "3360", "336022", "33602 33604"])
def test_number_that_is_no_postcode_is_told_so(typed):
    assert places.find(typed) == Answer(Kind.NO_POSTCODE)


@pytest.mark.parametrize(
    ("typed", "names"),
    [("Neuen", ["Neuenkirchen", "Neuenrade"]), ("hal", ["Halle (Westf.)", "Hallenberg", "Haltern am See", "Halver"])],
)
def test_beginning_of_several_names_lets_choose(typed, names):
    answer = places.find(typed)
    assert (answer.kind, [place.name for place in answer.places], answer.are_more) == (Kind.SEVERAL, names, False)


def test_names_that_begin_as_typed_come_first():
    assert [place.name for place in places.find("Bad").places][-2:] == ["Bad Wünnenberg", "Horn-Bad Meinberg"]


def test_too_many_names_are_cut():
    answer = places.find("kreis")
    assert (len(answer.places), answer.are_more) == (places.MOST_CHOICES, True)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Bilefeld", BIELEFELD),
        ("Bielefeld-Brackwede", BIELEFELD),
        ("Ich wohne in Bielefeld", BIELEFELD),
        ("Landkreis Lippe", LIPPE),
        ("Bohcum", Place("Bochum", "05911")),
        ("بوخم", Place("Bochum", "05911")),
    ],
)
def test_misspelt_name_and_part_of_a_town_get_a_suggestion(typed, place):
    assert places.find(typed) == Answer(Kind.SUGGESTION, (place,))


@pytest.mark.parametrize("typed", ["Berlin", "Hamburg", "Paris", "xyz", "!?", "", " ", "ا", "a"])
def test_other_words_are_unknown(typed):
    assert places.find(typed) == Answer(Kind.UNKNOWN)


@given(st.text(max_size=200))
@example("st")
@example("٣" * 200)
@example("Köln " * 40)
def test_whatever_is_typed_gets_an_answer(typed):
    answer = places.find(typed)
    assert (answer.kind in (Kind.FOUND, Kind.SEVERAL, Kind.SUGGESTION)) == bool(answer.places)


@given(st.sampled_from(sorted(places.postcodes())))
def test_every_postcode_finds_its_own_places(postcode):
    assert places.find(postcode) == Answer(Kind.FOUND, tuple(places.postcodes()[postcode]), postcode)


@pytest.mark.parametrize("file", ["municipalities.csv", "centres.csv"])
def test_every_name_finds_itself(file):
    """The district of Aachen and the like: nobody's name is taken by somebody else's."""
    found = {row["name"]: places.find(row["name"]) for row in places.rows(file)}
    assert {name for name, answer in found.items() if [place.name for place in answer.places] != [name]} == set()


# --- What the files say ----------------------------------------------------------------------------


@pytest.fixture
def keys(db):
    call_command("load_centres", verbosity=0)
    return set(City.objects.values_list("ags", flat=True))


def test_files_know_all_centres_and_no_others(keys):
    assert len(keys) == 54
    assert {row["ags"] for row in places.rows("centres.csv")} == keys
    assert {row["kreis_ags"] for row in places.rows("municipalities.csv")} == keys
    assert {row["ki_ags"] for row in places.rows("postcodes.csv")} == keys


def test_names_of_centres_are_those_of_the_database(keys):
    assert {(row["ags"], row["name"]) for row in places.rows("centres.csv")} == set(
        City.objects.values_list("ags", "name")
    )


def test_other_names_belong_to_centres_and_are_said_once():
    rows = places.rows("other_names.csv")
    assert {row["ags"] for row in rows} <= {row["ags"] for row in places.rows("centres.csv")}
    assert len({row["name"] for row in rows}) == len(rows)
    found = {row["name"]: {place.centre for place in places.find(row["name"]).places} for row in rows}
    assert found == {row["name"]: {row["ags"]} for row in rows}


def test_postcodes_have_five_digits():
    assert [row for row in places.rows("postcodes.csv") if not re.fullmatch(r"[0-9]{5}", row["postcode"])] == []


def test_map_has_one_shape_for_every_centre(keys):
    tree = ET.parse(settings.BASE_DIR / "static" / "img" / "nrw.svg")
    assert sorted(shape.get("id") for shape in tree.getroot()) == sorted(f"k{key}" for key in keys)


def test_map_says_whose_it_is():
    assert "© GeoBasis-DE / BKG 2021 (Daten verändert)" in (settings.BASE_DIR / "static/img/nrw.svg").read_text()
