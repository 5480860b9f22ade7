"""What a translation agency does with a file."""

from copy import deepcopy

from lxml import etree

from exchange.codes import NAMESPACE, name
from exchange.export import load_works, to_xliff
from pages.models import Page


def export(language="ar", *pages):
    chosen = Page.objects.filter(pk__in=[page.pk for page in pages]) if pages else Page.objects.all()
    return to_xliff(load_works(chosen, language), language)


def target(unit, xml, state="translated"):
    """A <target> with the given words and codes, as XML."""
    for old in unit.findall(name("target")):
        unit.remove(old)
    state = f' state="{state}"' if state else ""
    unit.append(etree.fromstring(f'<target xmlns="{NAMESPACE}"{state}>{xml}</target>'))


def units(root):
    return {unit.get("id"): unit for unit in root.iter(name("trans-unit"))}


def translated(data, *, state="translated", **targets):
    """The file with these targets; `body_1` is the unit body-1. A target of None is taken out."""
    root = etree.fromstring(data)
    for field, xml in targets.items():
        unit = units(root)[field.replace("_", "-") if field.startswith("body") else field]
        if xml is None:
            unit.getparent().remove(unit)
        else:
            target(unit, xml, state)
    return etree.tostring(root)


def translated_throughout(data, word="X"):
    """Every unit with the German words and codes as its target, with a word in front or in its first code."""
    root = etree.fromstring(data)
    for unit in root.iter(name("trans-unit")):
        for old in unit.findall(name("target")):
            unit.remove(old)
        new = deepcopy(unit.find(name("source")))
        new.tag = name("target")
        new.set("state", "translated")
        unit.append(new)
        place = new
        while not (place.text or "").strip() and len(place):
            place = place[0]
        place.text = f"{word} {place.text or ''}"
    return etree.tostring(root)
