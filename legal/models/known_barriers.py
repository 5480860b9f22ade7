"""Barriers that the database tells of by itself, so that no statement can leave them out."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from pages.models import Document, PageRevision

from .easy_german import EasyGermanPage
from .sign_language import SignLanguageVideo

EASY_WAYS_RULE = "BITVNRW § 3 (2)"


class KnownBarrier(NamedTuple):
    """Reads like a Barrier; its words are ours and therefore in the reader's language."""

    what: str
    reason: str
    alternative: str
    easy: str  # in Easy German, one sentence in each line; in no other language, and therefore without gettext
    criterion: str
    is_certain: bool  # or nobody has looked yet
    is_known: bool = True
    solved_by: None = None


NO_EASY_GERMAN = KnownBarrier(
    what=_("Es gibt noch keine Seite in Leichter Sprache."),
    reason=_("Wir schreiben die Texte noch."),
    alternative=_("Fragen Sie uns. Wir erklären Ihnen alles in einfachen Worten."),
    easy="Diese Seite in Leichter Sprache ist noch nicht fertig.",
    criterion=EASY_WAYS_RULE,
    is_certain=True,
)
EASY_GERMAN_UNCHECKED = KnownBarrier(
    what=_("Die Texte in Leichter Sprache sind nicht geprüft."),
    reason=_("Menschen, die Leichte Sprache brauchen, haben die Texte noch nicht geprüft."),
    alternative=_("Fragen Sie uns, wenn ein Text schwer ist. Wir erklären ihn Ihnen."),
    easy="Unsere Texte in Leichter Sprache hat noch keine Prüf-Gruppe gelesen.",
    criterion=EASY_WAYS_RULE,
    is_certain=False,
)
NO_SIGN_LANGUAGE = KnownBarrier(
    what=_("Es gibt noch keine Videos in Deutscher Gebärdensprache."),
    reason=_("Die Videos sind noch nicht aufgenommen."),
    alternative=_("Alles steht als Text auf der Website. Sie können uns auch schreiben."),
    easy="Es gibt noch keine Videos in Gebärden-Sprache.",
    criterion=EASY_WAYS_RULE,
    is_certain=True,
)
UNCHECKED_DOCUMENTS = KnownBarrier(
    what=_("Manche PDF-Dokumente sind nicht barrierefrei oder nicht geprüft."),
    reason=_("Wir haben sie noch nicht überarbeitet."),
    alternative=_("Das Wichtigste daraus steht als Text unter dem Dokument."),
    easy="Manche Dokumente sind noch nicht barriere-frei.\nOder wir haben sie noch nicht geprüft.",
    criterion="EN 301 549, 10",
    is_certain=False,
)


def with_facts(cities, instant):
    """The cities, each with what their known barriers follow from."""
    easy_german = EasyGermanPage.objects.filter(city=OuterRef("pk")).exclude(what_we_do="").exclude(whom_we_help="")
    documents_to_read = PageRevision.objects.visible_at(instant).filter(translation__page__city=OuterRef("pk"))
    unchecked = [Document.Accessible.NO, Document.Accessible.UNKNOWN]
    return cities.annotate(
        has_easy_german=Exists(easy_german),
        has_checked_easy_german=Exists(easy_german.exclude(checked_by="")),
        has_sign_language=Exists(SignLanguageVideo.objects.filter(city=OuterRef("pk"))),
        has_unchecked_documents=Exists(
            documents_to_read.filter(translation__page__documents__accessible__in=unchecked)
        ),
    )


def known_barriers(city):
    """Of a city from `with_facts`."""
    barriers = []
    if not city.has_easy_german:
        barriers.append(NO_EASY_GERMAN)
    elif not city.has_checked_easy_german:
        barriers.append(EASY_GERMAN_UNCHECKED)
    if not city.has_sign_language:
        barriers.append(NO_SIGN_LANGUAGE)
    if city.has_unchecked_documents:
        barriers.append(UNCHECKED_DOCUMENTS)
    return barriers
