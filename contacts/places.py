"""Which centre is there for whom: postcodes, municipalities and districts of NRW, from files, without the database."""

import csv
import re
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

DATA = Path(__file__).resolve().parent / "data"

LONGEST = 80  # characters that are looked at
MOST_CHOICES = 12
MOST_SUGGESTIONS = 3
ALIKE = 75  # percent, from which on a word may be a misspelt name

# They lie mostly in other Länder, so that the third digit is needed to tell whether a postcode can be in NRW.
BORDER_AREAS = ("34", "37", "49")

# German umlauts, and the letters that look alike in Arabic and Persian.
SAME_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ی": "ي", "ک": "ك"})


class Kind(StrEnum):
    FOUND = "found"
    SEVERAL = "several"  # places whose names begin like that
    SUGGESTION = "suggestion"  # places that may have been meant
    OUTSIDE = "outside"  # a postcode outside NRW
    UNKNOWN_POSTCODE = "unknown_postcode"
    NO_POSTCODE = "no_postcode"  # digits, but not five
    UNKNOWN = "unknown"


class Place(NamedTuple):
    name: str
    centre: str  # City.ags of the centre that is responsible


class Answer(NamedTuple):
    kind: Kind
    places: tuple[Place, ...] = ()  # found, or to choose from
    postcode: str = ""
    are_more: bool = False  # than the places named here


# --- What is known -------------------------------------------------------------------------------


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def postcodes():
    """The places of every postcode, one for each centre."""
    places = {}
    for row in rows("postcodes.csv"):
        places.setdefault(row["postcode"], []).append(Place(row["places"].replace("; ", ", "), row["ki_ags"]))
    return places


@cache
def areas():
    return {area_of(postcode) for postcode in postcodes()}


def area_of(postcode):
    return postcode[:3] if postcode.startswith(BORDER_AREAS) else postcode[:2]


@cache
def names():
    """The place of every name in every spelling. Where a town and its district share one, the town's."""
    towns = [Place(row["name"], row["kreis_ags"]) for row in rows("municipalities.csv")]
    centres = {row["ags"]: Place(row["name"], row["ags"]) for row in rows("centres.csv")}
    places = {}
    for place in [*towns, *centres.values()]:
        for spelling in spellings(place.name):
            places.setdefault(spelling, place)
    for row in rows("other_names.csv"):
        places.setdefault(folded(row["name"]), centres[row["ags"]])
    return places


def spellings(name):
    """`Halle (Westf.)` is also looked for as Halle, `Köln` as Koeln and Koln, `Kreis Lippe` as Lippe."""
    for version in (name, name.partition(" (")[0], name.removeprefix("Kreis ")):
        yield folded(version)
        yield without_marks(version)


def folded(text):
    """Small letters of the alphabet, digits and single spaces: ä is ae, ß is ss, St. is Sankt."""
    return without_marks(unicodedata.normalize("NFC", text).casefold().translate(SAME_LETTERS))


def without_marks(text):
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = re.sub(r"[\W_]+", " ", "".join(letter for letter in letters if not unicodedata.combining(letter))).split()
    if len(words) > 1 and words[0] in ("stadt", "gemeinde"):
        words = words[1:]
    return " ".join("sankt" if word == "st" else word for word in words)


# --- What is asked -------------------------------------------------------------------------------


def find(text):
    """The answer to what somebody typed into the field for a postcode or town."""
    text = in_western_digits(text[:LONGEST])
    if postcode := re.search(r"(?<!\d)\d{5}(?!\d)", text):
        return find_postcode(postcode[0], text.replace(postcode[0], " "))
    wanted = folded(text)
    if wanted.replace(" ", "").isdecimal():
        return Answer(Kind.NO_POSTCODE)
    if place := names().get(wanted):
        return Answer(Kind.FOUND, (place,))
    return find_beginning(wanted) or find_inside(wanted) or find_alike(wanted) or Answer(Kind.UNKNOWN)


def in_western_digits(text):
    """٣٣٦٠٢ and ۳۳۶۰۲ are 33602, and so is 33 602."""
    digits = "".join(str(unicodedata.decimal(character, character)) for character in text)
    return re.sub(r"(?<=\d)\s+(?=\d)", "", digits)


def find_postcode(postcode, rest):
    """A town beside the postcode decides between two centres, and helps where only the postcode is unknown."""
    town = names().get(folded(rest))
    if places := postcodes().get(postcode):
        same = [place for place in places if town and place.centre == town.centre]
        return Answer(Kind.FOUND, tuple(same or places), postcode)
    if area_of(postcode) not in areas():
        return Answer(Kind.OUTSIDE, postcode=postcode)
    if town:
        return Answer(Kind.FOUND, (town,))
    return Answer(Kind.UNKNOWN_POSTCODE, postcode=postcode)


def find_beginning(wanted):
    """`Mülheim` and `mülheim a. d. ruhr`: the words begin words of a name, in the same order."""
    if len(wanted) < 2:
        return None
    found = [place for name, place in names().items() if words_begin(wanted, name)]
    places = sorted(set(found), key=lambda place: (not folded(place.name).startswith(wanted), place.name))
    if len(places) < 2:
        return Answer(Kind.FOUND, tuple(places)) if places else None
    return Answer(Kind.SEVERAL, tuple(places[:MOST_CHOICES]), are_more=len(places) > MOST_CHOICES)


def words_begin(wanted, name):
    words = iter(name.split())  # each word of the name is used up once
    return all(any(word.startswith(beginning) for word in words) for beginning in wanted.split())


def find_inside(wanted):
    """`Köln Kalk`, `Ich wohne in Bochum`: the longest name among the words is likely to be meant, but not sure."""
    words = wanted.split()
    for length in range(len(words), 0, -1):
        parts = (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))
        if places := tuple(names()[part] for part in parts if part in names()):
            return Answer(Kind.SUGGESTION, tuple(dict.fromkeys(places))[:MOST_SUGGESTIONS])
    return None


def find_alike(wanted):
    alike = process.extract(wanted, names().keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2 * MOST_SUGGESTIONS)
    places = tuple(dict.fromkeys(names()[name] for name, _score, _index in alike))[:MOST_SUGGESTIONS]
    return Answer(Kind.SUGGESTION, places) if places else None
