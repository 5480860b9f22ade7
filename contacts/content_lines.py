"""Texts as single lines, for files in which a line has a meaning."""

import re

# Ends of lines, control characters, and what XML cannot hold.
NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def one_line(text):
    """Nothing of a text can begin a line of its own or break a file."""
    return " ".join(NOT_IN_A_LINE.sub(" ", str(text)).split())
