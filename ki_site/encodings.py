"""Brotli, gzip or as it is: what a browser accepts, and how an answer becomes shorter."""

import gzip
from functools import lru_cache

import brotli

SMALLEST_WORTH_COMPRESSING = 500  # bytes
LONGEST_HEADER = 300  # characters; whoever writes more gets the answer as it is


def accepted_encodings(header):
    """`gzip, br;q=0.5, deflate;q=0` accepts gzip and br."""
    choices = (choice.replace(" ", "").partition(";q=") for choice in header.lower().split(","))
    return {encoding for encoding, _separator, quality in choices if quality.strip("0.") or not quality}


@lru_cache(maxsize=256)
def _best(header):
    accepted = accepted_encodings(header)
    return next((encoding for encoding in ENCODERS if encoding in accepted), "")


def best_encoding(header):
    """`br`, `gzip` or nothing."""
    return _best(header) if len(header) <= LONGEST_HEADER else ""


# The one that browsers like best stands first. Both take about as long as each other.
ENCODERS = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, compresslevel=6, mtime=0),
}
