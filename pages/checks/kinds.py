"""What the pages for first steps and for official words need in their text, so that the website can show it well."""

from contacts.languages import SOURCE_LANGUAGE

from ..glossary import HEADING, anchor_of, entered
from .findings import hint, quoted
from .headings import headings
from .reading import Passage

BODY = Passage("body")


def is_guide(text):
    return text.page.kind == text.page.Kind.GUIDE and bool(text.body)


def is_glossary(text):
    return text.page.kind == text.page.Kind.GLOSSARY and bool(text.body)


def words(text):
    """(heading, the word in it) of a glossary."""
    large = [heading for heading in headings(text) if heading.tag == "h2" and heading.words]
    parts = ((heading, HEADING.fullmatch(heading.words)) for heading in large)
    return [(heading, found["word"] if found else heading.words) for heading, found in parts]


def guide_without_phases(text):
    if is_guide(text) and not any(heading.tag == "h2" for heading in headings(text)):
        yield hint(
            "Schreiben Sie für jede Zeit einen Zwischentitel, zum Beispiel „In den ersten Tagen“. "
            "Dann finden Menschen gleich, was jetzt wichtig ist.",
            BODY,
        )


def guide_without_steps(text):
    if is_guide(text) and not any(passage.tag == "ol" for passage in text.body):
        yield hint("Schreiben Sie die Schritte als Liste mit Zahlen: in jedem Punkt ein Schritt.", BODY)


def glossary_without_words(text):
    if is_glossary(text) and not words(text):
        yield hint("Schreiben Sie jedes Wort als Zwischentitel und darunter die Erklärung.", BODY)


def word_twice(text):
    seen = set()
    for heading, word in words(text) if is_glossary(text) else ():
        if (anchor := anchor_of(word)) and anchor in seen:
            yield hint(f"{quoted(word)} steht zweimal da. Die Website zeigt nur die erste Erklärung.", heading)
        seen.add(anchor)


def word_without_german(text):
    """In translations, of what no German word is known for: nobody would be led to it."""
    if not is_glossary(text) or text.language == SOURCE_LANGUAGE:
        return
    german = text.page.translations.filter(language=SOURCE_LANGUAGE).first()
    known = entered(german.body, german.info) if german else {}
    for heading, word in words(text):
        if anchor_of(word) not in known:
            yield hint(
                f"Zu {quoted(word)} gibt es im deutschen Text kein Wort. Schreiben Sie zuerst das deutsche Wort "
                "und dahinter in Klammern das Wort Ihrer Sprache.",
                heading,
            )
