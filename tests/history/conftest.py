import pytest


@pytest.fixture(autouse=True)
def nothing_remembered(db):
    """After a browser test SQLite empties the tables row by row, and the database remembers that."""
    from history.models import FormerRow  # this file is read before Django is set up

    FormerRow.objects.all().delete()
