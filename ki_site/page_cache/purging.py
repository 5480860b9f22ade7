"""Tells caches in front of the site which cities have changed."""

import logging
from threading import Thread
from urllib.request import Request, urlopen

from contacts.models import City
from freshness.public_page import ALL_CITIES

logger = logging.getLogger(__name__)

TIMEOUT = 2  # seconds
# The tag of pages that belong to no city; none is called so.
ALL = "alle"


class Purging:
    """`urls` are those of the caches. Each is sent `BAN <url>` with `X-Cities: bielefeld|alle`.

    By every process, when it has learnt of the change: what the cache in front has meanwhile got from a process that
    had not is gone with the last one.
    """

    def __init__(self, urls):
        self.urls = urls
        self.known = {ALL_CITIES: ALL}  # slugs by the ids of cities
        self.failed = set()
        self.threads = []  # those that tell of the last change

    def tags(self, cities):
        """For the header by which a cache in front finds the pages of a city."""
        if not self.known.keys() >= cities:
            self.learn()
        return sorted(self.known[city] for city in cities if city in self.known)

    def learn(self):
        self.known |= City.objects.values_list("pk", "slug")

    def slugs(self, cities):
        """Those of the cities, the ones before they were renamed included; of all, where it is not known which."""
        before = dict(self.known)
        self.learn()
        wanted = self.known.keys() if cities is None else cities
        return {known[city] for known in (before, self.known) for city in wanted if city in known}

    def send(self, slugs):
        """Waits for nobody: who does not answer shall not keep the watching thread from its next question."""
        cities = "|".join(sorted(slugs))
        self.threads = [Thread(target=self.tell, args=(url, cities), daemon=True) for url in self.urls]
        for thread in self.threads:
            thread.start()

    def tell(self, url, cities):
        request = Request(url, method="BAN", headers={"X-Cities": cities})  # noqa: S310
        try:
            urlopen(request, timeout=TIMEOUT).close()  # noqa: S310
            self.failed.discard(url)
        except OSError as error:
            if url not in self.failed:
                logger.warning("page cache: %s could not be told of changes: %s", url, error)
            self.failed.add(url)
