"""Finds by what people need: choices that stand in the address, each with the number of things it would leave."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from .languages import LANGUAGES
from .topics import Audience, Topic


@dataclass
class Choice:
    """One value of a facet."""

    value: str
    label: str
    count: int  # what would be found with it, all other choices kept
    is_chosen: bool
    language: object = None  # of the label, where it is not the reader's


@dataclass
class Facet:
    """A question with several answers, of which one can be chosen. `values_of` gives those that fit a thing."""

    parameter: str
    label: str
    any_label: str
    options: list  # (value, label) pairs
    values_of: object
    chosen: str = ""
    choices: list = ()

    def fits(self, thing):
        return not self.chosen or self.chosen in self.values_of(thing)

    @property
    def chosen_label(self):
        return next((str(label) for value, label in self.options if value == self.chosen), "")


@dataclass
class Switch:
    """A question answered with yes or not at all."""

    parameter: str
    label: str
    fits_when_on: object
    is_on: bool = False
    count: int = 0

    def fits(self, thing):
        return not self.is_on or self.fits_when_on(thing)


class Finder:
    """The things that fit what stands in the address, and the form that asks.

    Unknown parameters and values are passed over: an old or mistyped link still shows something.
    """

    def __init__(self, things, facets, switches, query):
        self.facets, self.switches = facets, switches
        for facet in facets:
            asked = query.get(facet.parameter, "")
            facet.chosen = asked if asked in dict(facet.options) else ""
        for switch in switches:
            switch.is_on = query.get(switch.parameter) == "1"
        self.found = [thing for thing in things if self.fits(thing)]
        for question in (*facets, *switches):
            self._count(question, [thing for thing in things if self.fits(thing, but=question)])

    def fits(self, thing, but=None):
        """Whether a thing fits every choice, that of the question `but` left out."""
        return all(question.fits(thing) for question in (*self.facets, *self.switches) if question is not but)

    def _count(self, question, things):
        if isinstance(question, Switch):
            question.count = sum(bool(question.fits_when_on(thing)) for thing in things)
            return
        choices = [
            Choice(
                value=value,
                label=label,
                count=sum(value in question.values_of(thing) for thing in things),
                is_chosen=value == question.chosen,
            )
            for value, label in question.options
        ]
        question.choices = [choice for choice in choices if choice.count or choice.is_chosen]

    @property
    def shown_facets(self):
        """A question without answers is not asked."""
        return [facet for facet in self.facets if facet.choices]

    @property
    def shown_switches(self):
        return [switch for switch in self.switches if switch.count or switch.is_on]

    @property
    def chosen(self):
        """(label, query without it) of everything that is chosen: links that take one choice back."""
        parameters = self.parameters
        labels = {facet.parameter: facet.chosen_label for facet in self.facets}
        labels |= {switch.parameter: switch.label for switch in self.switches}
        return [
            (labels[name], "?" + urlencode({other: value for other, value in parameters.items() if other != name}))
            for name in parameters
        ]

    @property
    def chosen_words(self):
        return ", ".join(str(label) for label, _query in self.chosen)

    @property
    def parameters(self):
        return {facet.parameter: facet.chosen for facet in self.facets if facet.chosen} | {
            switch.parameter: "1" for switch in self.switches if switch.is_on
        }


def topic_facet(values_of):
    return Facet("thema", _("Worum geht es?"), _("alle Themen"), Topic.choices, values_of)


def audience_facet(values_of):
    return Facet("zielgruppe", _("Wer sind Sie?"), _("alle"), Audience.choices, values_of)


def language_facet(values_of):
    """Languages by the names their speakers call them."""
    options = [(tag, language.endonym) for tag, language in LANGUAGES.items() if tag != "de-simple"]
    return Facet("sprache", _("Welche Sprache sprechen Sie?"), _("alle Sprachen"), options, values_of)


def open_now_switch(is_open):
    return Switch("jetzt", _("Jetzt erreichbar"), is_open)


def step_free_switch(is_step_free):
    return Switch("barrierefrei", _("Ohne Stufen erreichbar"), is_step_free)
