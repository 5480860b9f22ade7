"""The file of a city as it comes from elsewhere: nothing in it is believed, and nothing is unpacked by its name."""

import json
import re
import tempfile
import zipfile
from contextlib import contextmanager

from jsonschema.exceptions import best_match

from .schema import validator

CITY_FILE = "city.json"
OUR_NAMES = re.compile(
    r"city\.json|manifest\.json|SHA256SUMS|pages/[a-z0-9-]{1,80}\.json|media/[a-z0-9_]+/[0-9]{1,9}-[a-z_]+\.[a-z0-9]{2,5}"
)
MOST_PARTS = 100_000
LARGEST_JSON = 64 * 1024 * 1024  # bytes
LARGEST_FILE = 220 * 1024 * 1024  # bytes; each field of a file has a limit of its own below this
LARGEST_WHOLE = 10 * 1024 * 1024 * 1024  # bytes
PIECE = 1024 * 1024
# What no text can hold on every database.
ZERO_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
SYMBOLIC_LINK = 0o120000


class Refused(Exception):
    """Why a file is not imported. Nothing of it is left then."""


class Package:
    def __init__(self, path):
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError) as error:
            raise Refused("Die Datei ist kein ZIP-Archiv, oder sie ist beschädigt.") from error
        self.left = LARGEST_WHOLE
        self.checked = set()  # names of parts: a page is read more than once
        self.validators = {name: validator(name) for name in ("city", "page")}
        self._check_names()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.zip.close()

    def _check_names(self):
        entries = self.zip.infolist()
        names = [entry.filename for entry in entries]
        if len(names) > MOST_PARTS or len(set(names)) < len(names):
            raise Refused("Das Archiv hat zu viele Teile, oder einen Teil zweimal.")
        for entry in entries:
            is_link = (entry.external_attr >> 16) & 0o170000 == SYMBOLIC_LINK
            if not OUR_NAMES.fullmatch(entry.filename) or is_link or entry.flag_bits & 1:
                raise Refused(f"Der Teil {entry.filename[:80]!r} gehört nicht in die Datei einer Stadt.")
        if CITY_FILE not in names:
            raise Refused("Im Archiv fehlt city.json.")

    def pages(self):
        return sorted(name for name in self.zip.namelist() if name.startswith("pages/"))

    def city(self):
        return self._json(CITY_FILE, "city")

    def page(self, name):
        data = self._json(name, "page")
        if f"pages/{data['slug']}.json" != name:
            raise Refused(f"{name}: „slug“ ist ein anderer als der Name der Datei.")
        return data

    def _json(self, name, schema):
        with self.file(name, LARGEST_JSON) as file:
            try:
                data = json.loads(file.read().decode(), parse_constant=refuse_constant)
                written = json.dumps(data, ensure_ascii=False)
                written.encode()
                error = None if name in self.checked else best_match(self.validators[schema].iter_errors(data))
            except (ValueError, RecursionError) as error:
                raise Refused(f"{name} ist kein gültiges JSON.") from error
        if ZERO_BYTE.search(written):
            raise Refused(f"{name} enthält ein Zeichen, das kein Text ist.")
        if error:
            place = "/".join(map(str, error.absolute_path))
            raise Refused(f"{name}, {place or 'ganz oben'}: {error.message[:200]}")
        self.checked.add(name)
        return data

    @contextmanager
    def file(self, name, largest=LARGEST_FILE):
        """A part, unpacked into a file without a name. What it claims about its size is not believed either."""
        with tempfile.TemporaryFile() as file:
            try:
                with self.zip.open(name) as stream:
                    self._copy(stream, file, largest, name)
            except KeyError as error:
                raise Refused(f"Im Archiv fehlt {name}.") from error
            except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
                raise Refused(f"{name} ist beschädigt.") from error
            file.seek(0)
            yield file

    def _copy(self, stream, file, largest, name):
        largest = min(largest, self.left)
        while piece := stream.read(PIECE):
            largest -= len(piece)
            self.left -= len(piece)
            if largest < 0:
                raise Refused(f"{name} ist zu groß.")
            file.write(piece)


def refuse_constant(name):
    raise ValueError(name)
