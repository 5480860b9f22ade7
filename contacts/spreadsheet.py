"""What keeps a spreadsheet from running a cell that somebody else wrote."""

import re

# A spreadsheet takes a cell that begins like this for a formula and runs it, also in the wide forms.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")

# After a break of lines or a tab, where careless programs begin another cell.
INNER_START = re.compile(r"(?<=[^\S ])(?= *[=+\-@＝＋－＠])")


def without_formula(text):
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def without_formulas(text):
    """Also for cells of several lines."""
    return INNER_START.sub("'", without_formula(text))
