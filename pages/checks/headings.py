"""Headings are how people with a screen reader find their way through a page."""

from itertools import pairwise

from .findings import error, hint, quoted
from .reading import HEADINGS


def headings(text):
    return [passage for passage in text.body if passage.tag in HEADINGS]


def empty(text):
    for heading in headings(text):
        if not heading.words:
            yield error("Ein Zwischentitel ist leer. Löschen Sie ihn, oder schreiben Sie etwas hinein.", heading)


def jumping(text):
    """Once a larger heading has come, smaller ones may follow anywhere."""
    for heading in filter(lambda heading: heading.words, headings(text)):
        if heading.tag == "h2":
            return
        yield error(
            f"{quoted(heading.words)} ist ein kleiner Zwischentitel, aber darüber steht kein großer. "
            "Wählen Sie hier „Zwischentitel“ statt „Kleiner Zwischentitel“.",
            heading,
        )
        return


def without_text(text):
    """Below each heading stands something, if only a smaller heading."""
    blocks = [passage for passage in text.body if passage.words or passage.tag == "hr"]
    for heading, following in pairwise([*blocks, None]):
        if heading.tag not in HEADINGS or not ends_without_text(heading, following, text.page):
            continue
        yield hint(
            f"Unter dem Zwischentitel {quoted(heading.words)} steht kein Text. "
            "Schreiben Sie etwas darunter, oder löschen Sie ihn.",
            heading,
        )


def ends_without_text(heading, following, page):
    if following is None:
        # The focus areas of the centre stand below the text of this page.
        return page.kind != page.Kind.MISSION
    return following.tag in HEADINGS and following.tag <= heading.tag
