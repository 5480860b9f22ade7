"""Where PostgreSQL and SQLite differ: asked for the same words, both give the same texts."""

from django.db import connection

from .query import SHORTEST_BEGINNING

# A row of the index also holds its city and its language as words, so that a search in one city touches
# nothing of the others.
CITY, LANGUAGE = "city{}", "language{}"


def city_word(city_id):
    return CITY.format(city_id)


def language_word(tag):
    return LANGUAGE.format("".join(letter for letter in tag.lower() if letter.isalnum()))


class PostgreSQL:
    """Full text search on a column that a trigger keeps; its words are weighted A, B, C, and D for the scope."""

    tables = ()
    # As an array the index is asked first; otherwise the planner reads every text of every city.
    where = (
        "pages_searchtext.id = ANY (ARRAY("
        "SELECT found.id FROM pages_searchtext AS found WHERE found.vector @@ %s::tsquery))"
    )
    rank = "-ts_rank('{0, 0.1, 0.4, 1}', pages_searchtext.vector, %s::tsquery)"
    all_of, any_of = " & ", " | "

    @staticmethod
    def word(form, beginning):
        return f"'{form}':{'*' if beginning else ''}ABC"

    def expression(self, words, scope):
        scopes = " & ".join("(" + " | ".join(f"'{name}':D" for name in names) + ")" for names in scope)
        return f"({words}) & {scopes}"


class SQLite:
    """FTS5 on a table of its own that triggers keep."""

    tables = ("pages_searchindex",)
    where = "pages_searchindex.rowid = pages_searchtext.id AND pages_searchindex MATCH %s"
    rank = "bm25(pages_searchindex, 0, 10, 4, 1)"
    all_of, any_of = " AND ", " OR "

    @staticmethod
    def word(form, beginning):
        return f'"{form}"{" *" if beginning else ""}'

    def expression(self, words, scope):
        scopes = " AND ".join("(scope : (" + " OR ".join(f'"{name}"' for name in names) + "))" for names in scope)
        return f"({{title summary rest}} : ({words})) AND {scopes}"


DATABASES = {"postgresql": PostgreSQL(), "sqlite": SQLite()}


def matching(revisions, alternatives, languages, city_id, limit):
    """The best revisions in which one of the alternatives is found: those whose own order puts them first.

    An alternative is a tuple of words that are all there. Give the revisions their conditions before.
    """
    database = DATABASES[connection.vendor]
    scope = [sorted(map(language_word, languages))] + ([[city_word(city_id)]] if city_id else [])
    expression = database.expression(
        database.any_of.join(
            "(" + database.all_of.join(any_form(database, word) for word in words) + ")" for words in alternatives
        ),
        scope,
    )
    # Query.alternatives() holds letters and digits only: see words.fold.
    return revisions.filter(
        search_text__isnull=False
    ).extra(  # noqa: S610
        tables=database.tables,
        where=[database.where],
        params=[expression],
        select={"rank": database.rank},
        select_params=[expression] * database.rank.count("%s"),
        order_by=["rank", "pk"],
    )[:limit]


def any_form(database, word):
    spellings = [database.word(form, len(form) >= SHORTEST_BEGINNING) for form in sorted(word.spellings)]
    return "(" + database.any_of.join([*spellings, *(database.word(form, False) for form in sorted(word.stems))]) + ")"
