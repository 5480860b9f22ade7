"""Takes apart a file that somebody sent. Whatever it holds, nothing outside it is read and nothing in it is run."""

import re
from dataclasses import dataclass, field

from lxml import etree

from .codes import name
from .manifest import Manifest

LARGEST_FILE = 1_500_000  # bytes: some hundred pages
DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
ENCODING = re.compile(r"encoding\s*=\s*[\"']([^\"']*)[\"']")
READABLE_ENCODINGS = ("utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be")


class FileError(Exception):
    """The file cannot be used; the message is a sentence for staff."""


@dataclass
class ReturnedUnit:
    target: etree._Element | None
    state: str | None


@dataclass
class ReturnedFile:
    """What came back of one page. `fault` says why nothing of it can be used."""

    original: str
    target_language: str
    manifest: Manifest | None = None
    units: dict = field(default_factory=dict)
    doubled: set = field(default_factory=set)
    fault: str = ""


def decode(data):
    if len(data) > LARGEST_FILE:
        raise FileError("Die Datei ist zu groß. Bitte teilen Sie sie, zum Beispiel nach Seiten.")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileError("Die Zeichen der Datei sind falsch kodiert. Das Übersetzungsbüro soll UTF-8 nehmen.") from None
    declaration = DECLARATION.match(text)
    named = ENCODING.search(declaration[0]) if declaration else None
    if named and named[1].lower() not in READABLE_ENCODINGS:
        raise FileError("Die Zeichen der Datei sind falsch kodiert. Das Übersetzungsbüro soll UTF-8 nehmen.")
    return text[declaration.end() :] if declaration else text


def parse(text):
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        # Entities could fetch other files or grow without end; XLIFF needs none.
        raise FileError(
            "Die Datei enthält einen DOCTYPE. "
            "Bitte lassen Sie sich vom Übersetzungsbüro eine Datei ohne DOCTYPE schicken."
        )
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise FileError(
            "Die Datei ist beschädigt: Sie ist kein gültiges XML. Bitte lassen Sie sie sich noch einmal schicken."
        ) from None
    if root.tag != name("xliff") or root.get("version") != "1.2":
        raise FileError("Die Datei ist kein XLIFF 1.2. Bitte nehmen Sie die Datei vom Übersetzungsbüro.")
    return root


def returned_files(data, language):
    """One ReturnedFile for each page. FileError where the whole file is refused."""
    files = [_returned_file(element) for element in parse(decode(data)).iterchildren(name("file"))]
    if not files:
        raise FileError("In der Datei steht keine Seite. Bitte prüfen Sie, ob es die richtige Datei ist.")
    for file in files:
        if file.target_language != language:
            raise FileError(
                "Diese Datei ist für eine andere Sprache. Bitte prüfen Sie, ob Datei und Sprache richtig gewählt sind."
            )
    return files


def _returned_file(element):
    file = ReturnedFile(element.get("original", ""), element.get("target-language", ""))
    try:
        file.manifest = Manifest.from_signed(
            element.findtext(f"{name('header')}/{name('skl')}/{name('internal-file')}")
        )
    except (ValueError, AttributeError, TypeError):
        file.fault = "Die Kennung dieser Seite fehlt oder ist verändert. Bitte exportieren Sie die Seite noch einmal."
        return file
    if file.manifest.language != file.target_language:
        file.fault = "Diese Seite wurde für eine andere Sprache exportiert."
    for unit in element.iter(name("trans-unit")):
        _add_unit(file, unit)
    return file


def _add_unit(file, element):
    number = element.get("id", "")
    if number in file.units:
        file.doubled.add(number)
    target = element.find(name("target"))
    file.units[number] = ReturnedUnit(target, None if target is None else target.get("state"))
