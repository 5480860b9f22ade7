"""What stands in the address decides what is found, and every choice says what it would leave."""

from types import SimpleNamespace

import pytest

from contacts.finder import Finder, audience_facet, language_facet, open_now_switch, topic_facet


def thing(name, topics=(), languages=(), is_open=False, audiences=()):
    return SimpleNamespace(name=name, topics=topics, languages=languages, is_open=is_open, audiences=audiences)


THINGS = [
    thing("Schulberatung", ["schule"], ["ar", "de"], is_open=True),
    thing("Kita", ["kita", "schule"], ["de"], is_open=True),
    thing("Dolmetschen", ["dolmetschen"], ["ar", "uk"]),
]


def find(**query):
    facets = [
        topic_facet(lambda each: each.topics),
        language_facet(lambda each: each.languages),
        audience_facet(lambda each: each.audiences),
    ]
    return Finder(THINGS, facets, [open_now_switch(lambda each: each.is_open)], query)


def names(finder):
    return [each.name for each in finder.found]


def counts(finder, parameter):
    facet = next(facet for facet in finder.facets if facet.parameter == parameter)
    return {choice.value: choice.count for choice in facet.choices}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Schulberatung", "Kita", "Dolmetschen"]),
        ({"thema": "schule"}, ["Schulberatung", "Kita"]),
        ({"thema": "schule", "sprache": "ar"}, ["Schulberatung"]),
        ({"sprache": "ar", "jetzt": "1"}, ["Schulberatung"]),
        ({"sprache": "uk", "jetzt": "1"}, []),
        ({"thema": "ehrenamt"}, []),
        ({"thema": "gibt-es-nicht", "sprache": "xx", "jetzt": "ja", "fremd": "1"}, [each.name for each in THINGS]),
    ],
)
def test_finder_keeps_what_fits_every_choice(query, found):
    assert names(find(**query)) == found


def test_choices_count_what_they_would_leave_with_all_other_choices_kept():
    finder = find(thema="schule", sprache="ar")
    assert counts(finder, "thema") == {"schule": 1, "dolmetschen": 1}
    assert counts(finder, "sprache") == {"de": 2, "ar": 1}
    assert [switch.count for switch in finder.switches] == [1]


def test_choice_without_result_stays_while_it_is_chosen():
    finder = find(thema="ehrenamt")
    assert counts(finder, "thema") == {"kita": 1, "schule": 2, "dolmetschen": 1, "ehrenamt": 0}


def test_question_without_answers_is_not_asked():
    assert [facet.parameter for facet in find().shown_facets] == ["thema", "sprache"]


def test_every_choice_can_be_taken_back_alone():
    links = {str(label): query for label, query in find(thema="schule", sprache="ar", jetzt="1").chosen}
    assert links == {
        "Schule": "?sprache=ar&jetzt=1",
        "العربية": "?thema=schule&jetzt=1",
        "Jetzt erreichbar": "?thema=schule&sprache=ar",
    }
