"""What of a text is written down for the search, once: revisions never change."""

from .database import city_word, language_word
from .excerpt import plain
from .synonyms import compound_ends
from .words import LONGEST_WORD, fold, index_text, written_words

SHORTEST_VOCABULARY_WORD = 3  # letters
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
        "rest": " ".join([plain(revision.body), *rest]),
    }


def write(revisions, text_model, word_model):
    """Makes the rows of revisions and adds their words to the vocabularies. Migrations give their own models."""
    text_model.objects.bulk_create([text_model(revision=revision, **row_of(revision)) for revision in revisions])
    vocabulary = {}
    for revision in revisions:
        vocabulary |= words_of(revision)
    rows = [
        word_model(city_id=city_id, language=language, word=word, written=written)
        for (city_id, language, word), written in vocabulary.items()
    ]
    word_model.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def row_of(revision):
    translation = revision.translation
    tag = translation.language
    ends = compound_ends() if tag.startswith("de") else ()
    row = {column: index_text(text, tag, ends) for column, text in texts_of(revision).items()}
    return row | {"scope": f"{city_word(translation.page.city_id)} {language_word(tag)}"}


def words_of(revision):
    """{(city, language, folded): as written} of every word, once for its city and once for all cities together."""
    translation = revision.translation
    text = " ".join(texts_of(revision).values())
    written = {fold(word): word for _start, _end, word in written_words(text) if len(word) <= LONGEST_WORD}
    return {
        (city_id, translation.language, word): as_written
        for word, as_written in written.items()
        for city_id in (translation.page.city_id, None)
        if word.isalpha() and len(word) >= SHORTEST_VOCABULARY_WORD
    }
