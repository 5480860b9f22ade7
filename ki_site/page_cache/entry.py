"""A finished page as it lies in the cache, in every encoding."""

from hashlib import blake2b
from math import inf
from sys import intern
from wsgiref.handlers import format_date_time

from ..encodings import ENCODERS, SMALLEST_WORTH_COMPRESSING

# A browser that asked so recently shows the page again without asking; nobody waits for a phone in a tunnel.
MAX_AGE = 10  # seconds
# A cache in front asks each second, unless it is told of changes.
SHARED_MAX_AGE = 1
# While it asks, and while the site does not answer, it hands out what it has.
MOST_STALE = 30
MOST_STALE_IF_ERROR = 24 * 60 * 60

# In seconds: after so long every process has learnt of a change made in the second in which the page was made.
# Only then that second stands for this content and no other.
LAST_MODIFIED_AFTER = 3

# Of each entry, measured in bytes: its lists of headers and its place in the store.
OVERHEAD = 5000

# Made for each answer.
OWN_HEADERS = {"content-length", "content-encoding", "vary", "cache-control", "etag", "last-modified", "date"}


def cache_control(seconds, seconds_to_end=inf):
    """`seconds` until something on the page will be different, and until a text on it may not be shown any more."""
    if_error = f"stale-if-error={max(0, int(min(MOST_STALE_IF_ERROR, seconds_to_end)))}"
    if seconds < 1:
        return f"public, max-age=0, s-maxage=0, {if_error}"
    age = min(MAX_AGE, int(seconds))
    stale = min(MOST_STALE, int(seconds) - age)
    return f"public, max-age={age}, s-maxage={SHARED_MAX_AGE}, stale-while-revalidate={stale}, {if_error}"


LONGEST = MAX_AGE + MOST_STALE
USUAL = cache_control(LONGEST)


class Variant:
    """The page in one encoding, with headers in the form in which WSGI takes them."""

    __slots__ = ("body", "etag", "fixed", "headers", "length", "not_modified")

    def __init__(self, body, encoding, digest, headers, vary):
        self.body, self.length = [body], len(body)
        self.etag = f'"{digest}-{encoding}"' if encoding else f'"{digest}"'
        common = [("ETag", self.etag), *vary]
        encoded = [("Content-Encoding", encoding)] if encoding else []
        self.fixed = [*headers, *encoded, *common, ("Content-Length", str(len(body)))], common
        self.say(None)

    def say(self, last_modified):
        """Writes the headers of the usual case, ready to be sent."""
        self.headers, self.not_modified = (self.with_age(fixed, USUAL, last_modified) for fixed in self.fixed)

    @staticmethod
    def with_age(headers, age, last_modified):
        return [*headers, ("Cache-Control", age), *([("Last-Modified", last_modified)] if last_modified else [])]


class Entry:
    """`until` is the instant at which the page will be a different one by itself.

    A copy that is older may be better than none, but not after `ends_at`: then a text on it is not public any more.
    """

    __slots__ = (
        "calm_until",
        "cities",
        "count",
        "ends_at",
        "last_modified",
        "made_at",
        "size",
        "until",
        "variants",
        "was_used",
    )

    def __init__(self, body, headers, visit, tags, made_at, until):
        self.cities, self.count = frozenset(visit.cities), visit.count
        self.made_at, self.until = made_at, until
        self.ends_at = visit.ends_at.timestamp() if visit.ends_at else inf
        self.calm_until = min(until - LONGEST, self.ends_at - MOST_STALE_IF_ERROR)
        self.last_modified = None
        self.was_used = False
        # Nearly all entries have the same: they share them.
        kept = [(intern(name), intern(value)) for name, value in headers if name.lower() not in OWN_HEADERS]
        kept.append(("Cache-Tag", ",".join(tags)))
        digest = blake2b(body, digest_size=12).hexdigest()
        is_long = len(body) >= SMALLEST_WORTH_COMPRESSING
        vary = [("Vary", "Accept-Encoding")] if is_long else []
        # As it is, too: to unpack it for each reader would take half as long as all the rest of an answer.
        bodies = {"": body} | ({name: encode(body) for name, encode in ENCODERS.items()} if is_long else {})
        variants = {name: Variant(encoded, name, digest, kept, vary) for name, encoded in bodies.items()}
        self.variants = {name: variants.get(name, variants[""]) for name in ("", *ENCODERS)}
        self.size = sum(variant.length for variant in variants.values()) + OVERHEAD

    def cache_control(self, now, is_sure=True):
        return cache_control(self.until - now if is_sure else 0, self.ends_at - now)

    def ripen(self, now):
        """Says when it was modified, once that is unmistakable. Whether it was time to."""
        if now < self.made_at + LAST_MODIFIED_AFTER:
            return False
        self.last_modified = format_date_time(int(self.made_at))
        for variant in self.variants.values():
            variant.say(self.last_modified)
        return True
