"""What somebody typed, as words to look for; and how well a text answers it."""

from dataclasses import dataclass, field

from .synonyms import LATIN, Word, everyday_synonyms, filler_words, languages_of_script
from .words import LONGEST_WORD, fold, forms, parts, spellings, written_words

LONGEST_QUERY = 80  # characters
MOST_WORDS = 10
SHORTEST_BEGINNING = 3  # letters that find words beginning with them

TITLE, SUMMARY, REST = 100, 30, 8
SPELLED, GROUND_FORM, BEGINNING, SYNONYM = 1, 0.8, 0.6, 0.5


@dataclass
class Term:
    """One word of the query."""

    written: str
    word: Word
    parts: tuple = ()  # of a word put together with a hyphen
    meanings: list = field(default_factory=list)  # each a tuple of words to be found together

    def alternatives(self):
        return [(self.word,), *([self.parts] if self.parts else []), *self.meanings]

    def score(self, columns):
        """How well the columns of a text answer this word; 0 if not at all."""
        own = max(together((self.word,), columns), together(self.parts, columns))
        return max(own, SYNONYM * max((together(words, columns) for words in self.meanings), default=0))

    def marks(self, written, language):
        """Whether a word of a text is one that this term finds."""
        words = [word for words in self.alternatives() for word in words]
        own = spellings(written)
        if any(word.spellings & own or begins(word, own) for word in words):
            return True
        return any(not word.all.isdisjoint(forms(written, language)) for word in words)


def beginnings(word):
    return tuple(spelling for spelling in word.spellings if len(spelling) >= SHORTEST_BEGINNING)


def begins(word, spellings):
    return any(spelling.startswith(beginnings(word)) for spelling in spellings)


def quality(word, column):
    if any(f" {spelling} " in column for spelling in word.spellings):
        return SPELLED
    if any(f" {stem} " in column for stem in word.stems):
        return GROUND_FORM
    return BEGINNING if any(f" {beginning}" in column for beginning in beginnings(word)) else 0


def together(words, columns):
    """The score of words that all have to be there: that of the one found worst."""
    return min((max(weight * quality(word, column) for weight, column in columns) for word in words), default=0)


class Query:
    """The words of a query in the reader's language, each with what else it may be called."""

    def __init__(self, terms):
        self.terms = terms
        self.phrase = " ".join(fold(term.written) for term in terms)

    def alternatives(self):
        """Every combination of words that makes a text worth a look, once."""
        return list(dict.fromkeys(words for term in self.terms for words in term.alternatives()))

    def languages(self):
        """Those in whose script something is typed, beside the reader's own and German."""
        scripts = {languages_of_script(term.written) for term in self.terms} - {LATIN}
        return {language for script in scripts for language in script}

    def with_terms(self, replaced):
        """The same query with other terms in some places."""
        return Query([replaced.get(place, term) for place, term in enumerate(self.terms)])


class Reader:
    """Makes queries of what people type, in one language and with the synonyms of one place."""

    def __init__(self, language, synonyms=(), passed_over=frozenset()):
        self.language = language
        self.synonyms = (everyday_synonyms(), *synonyms)
        # Words such as "I need a" and the city's own name say nothing, unless they are all there is.
        self.passed_over = filler_words(language) | passed_over

    def read(self, asked):
        terms = self.terms(asked)
        return Query([term for term in terms if not term.word.spellings & self.passed_over] or terms)

    def terms(self, asked):
        written = [word for _start, _end, word in written_words(asked) if 0 < len(fold(word)) <= LONGEST_WORD]
        terms = [self.term(word) for word in written[:MOST_WORDS]]
        forms = [Word.of(term.written, languages_of_script(term.written)).all | term.word.all for term in terms]
        for position in range(len(terms)):
            for table in self.synonyms:
                for length, meaning in table.meanings(forms[position:]):
                    for term in terms[position : position + length]:
                        term.meanings += [words for words in meaning if words not in term.meanings]
        return terms

    def term(self, written):
        script = languages_of_script(written)
        languages = [self.language, "de"] if script == LATIN else [self.language, *script]
        pieces = tuple(Word.of(part, languages) for part in parts(written) if fold(part))
        return Term(written, Word.of(written, languages), pieces)

    def any_of(self, words):
        """One term that is answered by whatever answers one of the words."""
        terms = [term for word in words for term in self.terms(word)]
        word = Word(*(frozenset().union(*forms) for forms in zip(*(term.word for term in terms), strict=True)))
        return Term(words[0], word, (), [meaning for term in terms for meaning in term.meanings])
