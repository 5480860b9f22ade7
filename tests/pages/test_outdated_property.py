"""Whatever people do in whatever order: a public translation is outdated exactly when what it renders says something
else than the public German text. An oracle that knows neither fingerprints nor the database keeps the books.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from offers.models import Offer
from pages.models import PageTranslation, State
from pages.site import load_site
from tests.factories import make_city, make_offer

MONDAY = datetime(2026, 3, 2, 10, tzinfo=timezone.get_fixed_timezone(60))
HOUR = timedelta(hours=1)

# What is stored, and what it says to a reader: white space says nothing, except where lines are items.
BLOCKS = {"<p>a b</p>": "a b", "<p>a  b</p>": "a b", "<h2>a b</h2>": "h: a b", "<ul><li>c</li></ul>": "list: c"}
STEPS = {"": (), "Eins Zwei": ("Eins Zwei",), "Eins\nZwei": ("Eins", "Zwei"), "Eins \n\n Zwei": ("Eins", "Zwei")}
LANGUAGES = ("ar", "tr")

# Few, so that the same words come back often.
TEXTS = [
    ("A", ("<p>a b</p>",), ""),
    ("A", ("<p>a  b</p>",), ""),
    ("A", ("<h2>a b</h2>", "<ul><li>c</li></ul>"), ""),
    ("A", ("<ul><li>c</li></ul>", "<h2>a b</h2>"), ""),
    ("B", ("<p>a b</p>",), "Eins Zwei"),
    ("B", ("<p>a b</p>",), "Eins\nZwei"),
    ("B", ("<p>a b</p>",), "Eins \n\n Zwei"),
]
stored_texts = st.sampled_from(TEXTS)
languages = st.sampled_from(LANGUAGES)
hours = st.integers(1, 3)


def meaning(stored):
    title, body, steps = stored
    return title, tuple(BLOCKS[block] for block in body), STEPS[steps]


@dataclass
class Version:
    starts: datetime
    stored: object  # German: the text; a translation: what it renders, and its words
    ends: datetime | None = None
    corrects: object = None  # the meaning of the text before, if this is a small correction of it
    shortens: bool = False
    end_before: datetime | None = None  # the end that the version before would have without this one


@dataclass
class Book:
    """What one language of the page has: a draft, and versions one after the other."""

    draft: object = None
    versions: list = field(default_factory=list)

    def live(self, now):
        return next((v for v in self.versions if v.starts <= now and (v.ends is None or now < v.ends)), None)

    def drop_planned(self, now):
        if self.versions and self.versions[-1].starts > now:
            planned = self.versions.pop()
            if planned.shortens:
                self.versions[-1].ends = planned.end_before

    def publish(self, now, at, is_small=False):
        self.drop_planned(now)
        live = self.live(now)
        if live and at == now and live.ends is None and live.stored == self.draft:
            return
        new = Version(max(at, live.starts + timedelta(microseconds=1)) if live else at, self.draft)
        if is_small and self.versions:
            new.corrects = meaning(self.versions[-1].stored)
        if live and (live.ends is None or live.ends > new.starts):
            new.shortens, new.end_before, live.ends = True, live.ends, new.starts
        self.versions.append(new)

    def same_as(self, version):
        """All that says the same as a German version: itself, and what small corrections up to it join with it."""
        until_then = self.versions[: self.versions.index(version) + 1]
        pairs = [{meaning(each.stored), each.corrects} for each in until_then if each.corrects]
        same = {meaning(version.stored)}
        for _round in pairs:
            for pair in pairs:
                if pair & same:
                    same |= pair
        return same


class Site(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(MONDAY, tick=False)
        self.traveller = self.clock.start()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.city = make_city(languages=["de", *LANGUAGES])
        self.page = make_offer(self.city, published=False, translation={"title": "A", "body": "<p>a b</p>"})
        self.books = {tag: Book() for tag in ("de", *LANGUAGES)}
        self.german.draft = TEXTS[0]
        self.words = 0
        self.tags_at_work = LANGUAGES
        # Most of what is interesting begins with a translated page.
        self.publish_german(False)
        for tag in LANGUAGES:
            self.translate_and_publish(tag)

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.clock.stop()

    @property
    def german(self):
        return self.books["de"]

    @property
    def now(self):
        return timezone.now()

    def text(self, tag="de"):
        return self.page.translations.get(language=tag)

    def publish_in_both(self, tag, later=0, is_small=False):
        self.text(tag).publish(by=None, at=self.now + later * HOUR, small_correction=is_small)
        self.books[tag].publish(self.now, self.now + later * HOUR, is_small)

    @initialize(is_left_alone=st.booleans())
    def begin(self, is_left_alone):
        """Nobody touches the Arabic text any more, in half of the stories."""
        self.tags_at_work = LANGUAGES[is_left_alone:]

    @rule(stored=stored_texts)
    def save_german_draft(self, stored):
        text = self.text()
        text.title, text.body, text.steps = stored[0], "".join(stored[1]), stored[2]
        text.save()
        self.german.draft = stored

    @rule(is_small=st.booleans())
    def publish_german(self, is_small):
        self.publish_in_both("de", is_small=is_small)

    @rule(stored=stored_texts, is_small=st.booleans())
    def change_german(self, stored, is_small):
        self.save_german_draft(stored)
        self.publish_german(is_small)

    @rule(later=hours, is_small=st.booleans())
    def plan_german(self, later, is_small):
        self.publish_in_both("de", later, is_small)

    @rule(tag=st.sampled_from(["de", *LANGUAGES]))
    def drop_plan(self, tag):
        if text := self.page.translations.filter(language=tag).first():
            text.cancel_planned()
            self.books[tag].drop_planned(self.now)

    @rule(later=hours)
    def let_time_pass(self, later):
        self.traveller.shift(later * HOUR)

    @rule(tag=st.sampled_from(["de", *LANGUAGES]))
    def withdraw(self, tag):
        if text := self.page.translations.filter(language=tag).first():
            text.unpublish(by=None)
            self.books[tag].drop_planned(self.now)
            if live := self.books[tag].live(self.now):
                live.ends = max(self.now, live.starts + timedelta(microseconds=1))

    @rule(tag=st.sampled_from(["de", *LANGUAGES]), data=st.data())
    def restore(self, tag, data):
        if versions := self.books[tag].versions:
            number = data.draw(st.integers(0, len(versions) - 1))
            text = self.text(tag)
            text.restore(text.revisions.order_by("visible_from")[number], by=None)
            self.books[tag].draft = versions[number].stored

    @rule(data=st.data(), is_small=st.booleans())
    def make_an_earlier_german_text_public_again(self, data, is_small):
        self.restore("de", data)
        self.publish_german(is_small)

    @precondition(lambda self: len(self.german.versions) > 1)
    @rule()
    def undo(self):
        """The German text before the newest becomes public again."""
        text = self.text()
        text.restore(text.revisions.order_by("-visible_from")[1], by=None)
        self.german.draft = self.german.versions[-2].stored
        self.publish_german(False)

    @rule(tag=languages, is_complete=st.booleans())
    def translate(self, tag, is_complete):
        """Beside the public German text, or beside the draft while nothing is public."""
        if tag not in self.tags_at_work:
            return
        text = self.page.translations.filter(language=tag).first() or PageTranslation(page=self.page, language=tag)
        german, live = self.text(), self.german.live(self.now)
        self.words += 1
        text.title, text.summary, text.body = f"Wort {self.words}", "Kurz.", "<p>x</p>"
        renders = self.books[tag].draft[0] if self.books[tag].draft else "nothing"
        if is_complete:
            text.source_digests = (german.revisions.live().get() if live else german).digests
            renders = meaning(live.stored if live else self.german.draft)
        elif text.pk is None:
            text.source_digests = {"body": []}
        text.save()
        self.books[tag].draft = (renders, self.words)

    @rule(tag=languages, later=st.sampled_from([0, 0, 1]))
    def publish_translation(self, tag, later):
        if self.books[tag].draft:
            self.publish_in_both(tag, later)

    @rule(tag=languages)
    def translate_and_publish(self, tag):
        self.translate(tag, is_complete=True)
        self.publish_translation(tag, 0)

    @rule()
    def save_everything_again(self):
        for text in PageTranslation.objects.filter(page=self.page):
            text.save()
        Offer.objects.get(pk=self.page.pk).save()

    @invariant()
    def outdated_is_exactly_what_differs(self):
        german = self.german.live(self.now)
        texts = {text.language: text for text in PageTranslation.objects.with_state().filter(page=self.page)}
        source_live = texts["de"].live_revision()
        assert bool(source_live) == bool(german)
        for tag in LANGUAGES:
            live = self.books[tag].live(self.now)
            differs = bool(german and live) and live.stored[0] not in self.german.same_as(german)
            state = texts[tag].state(source_live) if tag in texts else None
            assert (tag, state == State.OUTDATED) == (tag, differs)
            if german and live and tag == LANGUAGES[0]:
                entry = load_site(tag, self.city.slug).page_at(self.page.slug)
                assert (entry.is_fallback, entry.is_outdated) == (False, differs)


def test_translation_is_outdated_exactly_when_its_source_says_something_else(db):
    run_state_machine_as_test(
        Site,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
