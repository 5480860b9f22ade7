"""The entries of one process, bounded in bytes."""

from collections import OrderedDict
from threading import Lock

# Addresses with a query can be invented without end; they shall not drive out the pages themselves.
SHARE_OF_QUERIES = 4
# A page larger than this part of the whole is not kept.
SHARE_OF_ONE = 8


class Store:
    """Reading takes no lock and changes nothing but a mark; what was not read since it came to the front goes first."""

    def __init__(self, most_bytes):
        self.most_bytes = most_bytes
        self.start_anew()

    def start_anew(self):
        self.lock = Lock()
        self.entries = OrderedDict()
        self.bytes = 0
        # The number of the answer with which a city was last seen to have changed.
        self.changed, self.all_changed = {}, 0

    def get(self, key):
        return self.entries.get(key)

    def put(self, key, entry, number):
        """Keeps it, unless one of its cities was seen to have changed since answer `number`."""
        if entry.size > self.most_bytes // SHARE_OF_ONE:
            return False
        with self.lock:
            if number < self.last_change(entry.cities):
                return False
            self.remove(key)
            self.entries[key] = entry
            self.bytes += entry.size
            while self.bytes > self.most_bytes:
                self.drop_one()
            return True

    def last_change(self, cities):
        return max(self.all_changed, *(self.changed.get(city, 0) for city in cities))

    def drop_one(self):
        key, entry = self.entries.popitem(last=False)
        if entry.was_used:
            entry.was_used = False
            self.entries[key] = entry
        else:
            self.bytes -= entry.size

    def remove(self, key):
        if entry := self.entries.pop(key, None):
            self.bytes -= entry.size

    def forget(self, cities, number):
        """Drops what shows something of these cities; `cities` is None where anything may have changed."""
        with self.lock:
            if cities is None:
                self.all_changed = number
                self.entries.clear()
                self.bytes = 0
                return
            self.changed.update(dict.fromkeys(cities, number))
            for key in [key for key, entry in self.entries.items() if not cities.isdisjoint(entry.cities)]:
                self.remove(key)
