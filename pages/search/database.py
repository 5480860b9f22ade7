"""Where PostgreSQL and SQLite differ: asked for the same words, both give the same texts."""

from django.db import connection

from .query import SHORTEST_BEGINNING

# A row of the index also holds its city and its language as words, so that a search in one city touches
# nothing of the others.
CITY, LANGUAGE = "city{}", "language{}"

# So many more texts the index is asked for than are wanted: few of them are planned, over or switched off.
MORE_THAN_ASKED = 2


def city_word(city_id):
    return CITY.format(city_id)


def language_word(tag):
    return LANGUAGE.format("".join(letter for letter in tag.lower() if letter.isalnum()))


class PostgreSQL:
    """Full text search on a column that a trigger keeps; its words are weighted A, B, C, and D for the scope."""

    best = (
        "SELECT id, -ts_rank('{0, 0.1, 0.4, 1}', vector, asked) AS rank"
        " FROM pages_searchtext, CAST(%s AS tsquery) AS asked WHERE vector @@ asked ORDER BY rank, id LIMIT %s"
    )
    all_of, any_of = " & ", " | "

    @staticmethod
    def word(form, beginning):
        return f"'{form}':{'*' if beginning else ''}ABC"

    def expression(self, words, scope):
        scopes = " & ".join("(" + " | ".join(f"'{name}':D" for name in names) + ")" for names in scope)
        return f"({words}) & {scopes}"


class SQLite:
    """FTS5 on a table of its own that triggers keep."""

    best = (
        "SELECT rowid, bm25(pages_searchindex, 0, 10, 4, 1) AS rank"
        " FROM pages_searchindex WHERE pages_searchindex MATCH %s ORDER BY rank, rowid LIMIT %s"
    )
    all_of, any_of = " AND ", " OR "

    @staticmethod
    def word(form, beginning):
        return f'"{form}"{" *" if beginning else ""}'

    def expression(self, words, scope):
        scopes = " AND ".join("(scope : (" + " OR ".join(f'"{name}"' for name in names) + "))" for names in scope)
        return f"({{title summary rest}} : ({words})) AND {scopes}"


DATABASES = {"postgresql": PostgreSQL(), "sqlite": SQLite()}


def matching(revisions, columns, alternatives, languages, city_id, limit):
    """Rows of the best revisions in which one of the alternatives is found: those whose own order puts them first.

    An alternative is a tuple of words that are all there. Give the revisions their conditions before. The index is
    asked alone, and only for the best: what each condition costs would count for every text of every city otherwise.
    """
    database = DATABASES[connection.vendor]
    scope = [sorted(map(language_word, languages))] + ([[city_word(city_id)]] if city_id else [])
    expression = database.expression(
        database.any_of.join(
            "(" + database.all_of.join(any_form(database, word) for word in words) + ")" for words in alternatives
        ),
        scope,
    )
    asked_for = MORE_THAN_ASKED * limit
    while True:
        found = best(database, expression, asked_for)
        rows = revisions.filter(search_text__in=found).values("search_text", *columns)
        in_order = sorted(rows, key=lambda row: (found[row["search_text"]], row["search_text"]))
        if len(in_order) >= limit or len(found) < asked_for:
            return in_order[:limit]
        asked_for *= MORE_THAN_ASKED


def best(database, expression, number):
    """{id: rank} of the texts that the index puts first, whether or not they can be read now: one query."""
    with connection.cursor() as cursor:
        # Query.alternatives() holds letters and digits only: see words.fold.
        cursor.execute(database.best, [expression, number])
        return dict(cursor.fetchall())


def any_form(database, word):
    spellings = [database.word(form, len(form) >= SHORTEST_BEGINNING) for form in sorted(word.spellings)]
    return "(" + database.any_of.join([*spellings, *(database.word(form, False) for form in sorted(word.stems))]) + ")"
