"""What of a text is written down for the search, once: revisions never change."""

from .database import city_word, language_word
from .excerpt import plain
from .synonyms import compound_ends
from .words import LONGEST_WORD, fold, index_text, written_words

SHORTEST_VOCABULARY_WORD = 3  # letters
# Characters of a text that are searched. PostgreSQL keeps no vector of a megabyte; nobody writes or reads so much.
MOST_OF_A_TEXT = 100_000
# What a page of a kind is called, whether or not its German text says so.
WORDS_OF_KIND = {"call": "Förderaufruf Förderung", "event": "Veranstaltung Termin"}


def texts_of(revision):
    """The words of a text by how much they count."""
    translation = revision.translation
    kind = WORDS_OF_KIND.get(translation.page.kind, "") if translation.language == "de" else ""
    rest = (revision.for_whom, revision.steps, revision.bring, revision.not_here, revision.cost_note, kind)
    return {
        "title": f"{revision.title} {revision.short_title}",
        "summary": f"{revision.summary} {revision.situation}",
        "rest": beginning(" ".join([*rest, plain(revision.body)])),
    }


def beginning(text):
    """What of a text is searched: whole words."""
    return text if len(text) <= MOST_OF_A_TEXT else text[:MOST_OF_A_TEXT].rpartition(" ")[0]


def row_of(revision):
    translation = revision.translation
    tag, texts = translation.language, texts_of(revision)
    ends = compound_ends() if tag.startswith("de") else ()
    row = {column: beginning(index_text(text, tag, ends)) for column, text in texts.items()}
    scope = f"{city_word(translation.page.city_id)} {language_word(tag)}"
    return row | {"scope": scope, "vocabulary": vocabulary_of(" ".join(texts.values()))}


def vocabulary_of(text):
    """Every word of a text once, folded and as it is written: `strasse=Straße weg=Weg`."""
    written = {fold(word): word for _start, _end, word in written_words(text) if len(word) <= LONGEST_WORD}
    return " ".join(
        f"{word}={as_written}"
        for word, as_written in written.items()
        if word.isalpha() and len(word) >= SHORTEST_VOCABULARY_WORD
    )
