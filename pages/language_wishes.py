"""Counts which languages browsers ask for and a city does not have, without cookies and addresses.

What the browser sends anyway with every page is read; nothing more is asked. The counts wait in the process and are
written once a minute, so that a page that is read does not write.
"""

import threading
from collections import Counter
from datetime import timedelta
from functools import lru_cache, partial

from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header

from contacts.languages import language_of_browser
from freshness.public_page import for_each_reader

from .models import LanguageWish

WRITE_EVERY = timedelta(minutes=1)
LONGEST_HEADER = 500


@lru_cache(maxsize=500)
def wanted_language(header):
    """The tag of the language that `Accept-Language` wants most, None where that is none we know by name."""
    preferences = parse_accept_lang_header(header[:LONGEST_HEADER])
    return language_of_browser(preferences[0][0]) if preferences else None


class Wishes:
    def __init__(self):
        self.lock = threading.Lock()
        self.counts = Counter()
        self.written_at = None

    def note(self, request, site):
        """Counts the request if the city lacks the language, and from now on those for which a copy is kept."""
        count = partial(self.count, site.city.pk, frozenset(each.tag for each in site.languages))
        count(request.headers.get("Accept-Language", ""))
        for_each_reader(request, count)
        self.write_if_due(site.instant)

    def count(self, city_id, present, header):
        language = wanted_language(header[:LONGEST_HEADER])
        if language is None or language in present:
            return
        with self.lock:
            self.counts[city_id, language] += 1

    def write_if_due(self, instant):
        if not self.counts:
            return
        with self.lock:
            self.written_at = self.written_at or instant
            if instant - self.written_at < WRITE_EVERY:
                return
            counts, self.counts, self.written_at = self.counts, Counter(), instant
        LanguageWish.objects.add(counts, timezone.localdate(instant))


wishes = Wishes()
