"""Where PostgreSQL and SQLite differ: asked for the same words, both give the same texts."""

from django.db import connection

from .query import SHORTEST_BEGINNING

# A row of the index also holds its city and its language as words, so that a search in one city touches
# nothing of the others.
CITY, LANGUAGE = "city{}", "language{}"

# So many more texts the index is asked for than are wanted: few of them are planned, over or switched off.
MORE_THAN_ASKED = 2
# More texts than these with one and the same word are not compared: it would take longer with every city.
MOST_COMPARED = 500


def city_word(city_id):
    return CITY.format(city_id)


def language_word(tag):
    return LANGUAGE.format("".join(letter for letter in tag.lower() if letter.isalnum()))


class PostgreSQL:
    """Full text search on a column that a trigger keeps; its words are weighted A, B, C, and D for the scope."""

    some = (
        "SELECT id, -ts_rank('{{0, 0.1, 0.4, 1}}', {column}, asked) AS rank, count(*) OVER () AS number"
        " FROM (SELECT id, {column}, asked FROM pages_searchtext, CAST(%s AS tsquery) AS asked"
        " WHERE {column} @@ asked LIMIT %s) AS found ORDER BY rank, id LIMIT %s"
    )
    anywhere, in_head = some.format(column="vector"), some.format(column="head")
    all_of, any_of = " & ", " | "

    @staticmethod
    def word(form, beginning):
        return f"'{form}':{'*' if beginning else ''}ABC"

    def expression(self, words, scope, in_head=False):
        scopes = " & ".join("(" + " | ".join(f"'{name}':D" for name in names) + ")" for names in scope)
        return f"({words}) & {scopes}"


class SQLite:
    """FTS5 on a table of its own that triggers keep."""

    anywhere = in_head = (
        "SELECT rowid, rank, count(*) OVER () AS number"
        " FROM (SELECT rowid, bm25(pages_searchindex, 0, 10, 4, 1) AS rank FROM pages_searchindex"
        " WHERE pages_searchindex MATCH %s LIMIT %s) ORDER BY rank, rowid LIMIT %s"
    )
    all_of, any_of = " AND ", " OR "

    @staticmethod
    def word(form, beginning):
        return f'"{form}"{" *" if beginning else ""}'

    def expression(self, words, scope, in_head=False):
        scopes = " AND ".join("(scope : (" + " OR ".join(f'"{name}"' for name in names) + "))" for names in scope)
        columns = "title summary" if in_head else "title summary rest"
        return f"({{{columns}}} : ({words})) AND {scopes}"


DATABASES = {"postgresql": PostgreSQL(), "sqlite": SQLite()}


def matching(revisions, columns, query, languages, city_id, limit):
    """Rows of the best revisions in which some alternative of a query is found: those whose own order puts them first.

    An alternative is a tuple of words that are all there. Give the revisions their conditions before. The index is
    asked alone, and only for the best: what each condition costs would count for every text of every city otherwise.
    """
    database = DATABASES[connection.vendor]
    words = database.any_of.join(
        "(" + database.all_of.join(any_form(database, word) for word in words) + ")" for words in query.alternatives()
    )
    scope = [sorted(map(language_word, languages))] + ([[city_word(city_id)]] if city_id else [])
    asked_for = MORE_THAN_ASKED * limit
    # Of several words a text may have one in its title and another one further down.
    head_first = not city_id and len(query.terms) == 1
    while True:
        found = best(database, words, scope, asked_for, head_first)
        rows = revisions.filter(search_text__in=found).values("search_text", *columns)
        in_order = sorted(rows, key=lambda row: (found[row["search_text"]], row["search_text"]))
        if len(in_order) >= limit or len(found) < asked_for or asked_for >= MOST_COMPARED:
            return in_order[:limit]
        asked_for *= MORE_THAN_ASKED


def best(database, words, scope, number, head_first):
    """{id: rank} of the texts that the index puts first, whether or not they can be read now.

    Where a word stands in more texts than are compared with each other, those that have it in their title or summary
    are asked for by themselves, as most of the others only mention it. In all cities together many words do: there
    `head_first` spares the other question.
    """
    in_head = database.in_head, database.expression(words, scope, in_head=True), number
    found = ask(*in_head)[0] if head_first else {}
    if len(found) == number:
        return found
    anywhere, compared = ask(database.anywhere, database.expression(words, scope), number)
    if compared == MOST_COMPARED and not head_first:
        found = ask(*in_head)[0]
    return found | anywhere


def ask(statement, expression, number):
    with connection.cursor() as cursor:
        # Query.alternatives() holds letters and digits only: see words.fold.
        cursor.execute(statement, [expression, MOST_COMPARED, number])
        rows = cursor.fetchall()
    return {pk: rank for pk, rank, _compared in rows}, rows[0][2] if rows else 0


def any_form(database, word):
    spellings = [database.word(form, len(form) >= SHORTEST_BEGINNING) for form in sorted(word.spellings)]
    return "(" + database.any_of.join([*spellings, *(database.word(form, False) for form in sorted(word.stems))]) + ")"
