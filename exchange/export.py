"""XLIFF 1.2 for translation agencies: the version that all of their tools read."""

from dataclasses import dataclass

from django.db.models import Prefetch
from lxml import etree

from contacts.languages import SOURCE_LANGUAGE
from pages.models import Page, PageRevision, PageTranslation
from pages.richtext import blocks, digest

from .alignment import Match, align
from .codes import NAMESPACE, Numbers, name, plain, shape, tag_of, tokens_of_block, tokens_of_lines, write
from .manifest import Manifest, Unit

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TRANSLATED, CHECK, ADAPT = "translated", "needs-review-translation", "needs-adaptation"


@dataclass
class Work:
    """A page to be translated: its German text as visitors read it, and the draft in the other language."""

    page: Page
    source: PageTranslation | PageRevision
    translation: PageTranslation

    @property
    def units(self):
        return [*self._fields(), *self._blocks()]

    @property
    def fields(self):
        """Those of the text fields that say something in German, without the body."""
        names = PageTranslation.fields_to_translate(self.page.kind, self.source)
        return [field for field in names if field != "body" and getattr(self.source, field).strip()]

    def _fields(self):
        for field in self.fields:
            known = self.translation.source_digests.get(field)
            state = TRANSLATED if known and known == self.source.digests.get(field) else ADAPT if known else CHECK
            yield self._unit(field, getattr(self.source, field), getattr(self.translation, field), state)

    def _unit(self, field, german, text, state):
        numbers = Numbers()
        tokens = tokens_of_lines(german)
        unit = Unit(field, self.source.digests.get(field, ""))
        own = tokens_of_lines(text) if text else []
        if text:
            unit.target, unit.state = digest(text), state
        return self._element(unit, "x-text", numbers, tokens, own)

    def _blocks(self):
        german, existing = blocks(self.source.body), blocks(self.translation.body)
        matches = align(self.source, self.translation) if existing else [Match() for _block in german]
        for number, (block, match) in enumerate(zip(german, matches, strict=True)):
            unit = Unit(f"body-{number + 1}", self.source.digests["body"][number])
            yield self._block(unit, block, "" if match.at is None else existing[match.at], match)

    def _block(self, unit, block, text, match):
        numbers = Numbers()
        outer, tokens = tokens_of_block(block)
        unit.outer, unit.at, unit.shapes = outer, match.at, [shape(outer, tokens)]
        own = []
        if text:
            unit.own_outer, own = tokens_of_block(text)
            unit.shapes.append(shape(unit.own_outer, own))
            unit.target, unit.state = digest(text), TRANSLATED if match.certain else CHECK
        if not plain(tokens):
            unit.fixed = block
            return unit, None
        return self._element(unit, f"x-html-{tag_of(outer) or 'text'}", numbers, tokens, own)

    def _element(self, unit, kind, numbers, tokens, own):
        element = etree.Element(name("trans-unit"), {"id": unit.id, "resname": unit.field, "restype": kind})
        element.set(XML_SPACE, "preserve")
        if length := PageTranslation._meta.get_field(unit.field).max_length:
            element.attrib.update({"maxwidth": str(length), "size-unit": "char"})
        write(etree.SubElement(element, name("source")), tokens, numbers)
        unit.codes = numbers.given
        if own:
            own_numbers = Numbers(german=unit.codes)
            write(etree.SubElement(element, name("target"), state=unit.state), own, own_numbers)
            unit.own_codes = {number: code for number, code in own_numbers.given.items() if number not in unit.codes}
        return unit, element


def load_works(pages, language):
    """What is to be translated of the pages, in their order: four queries. Pages that say nothing yet are left out."""
    texts = PageTranslation.objects.filter(language__in=[SOURCE_LANGUAGE, language])
    live = PageRevision.objects.live().filter(translation__language=SOURCE_LANGUAGE)
    pages = pages.select_related("city").prefetch_related(
        Prefetch("translations", texts.prefetch_related(Prefetch("revisions", live, to_attr="public_german")))
    )
    works = (_work(page, language) for page in pages)
    return [work for work in works if work and (work.fields or work.source.body)]


def _work(page, language):
    by_tag = {text.language: text for text in page.translations.all()}
    draft = by_tag.get(SOURCE_LANGUAGE)
    if draft is None:
        return None
    source = draft.public_german[0] if draft.public_german else draft
    return Work(page, source, by_tag.get(language) or PageTranslation(page=page, language=language))


def to_xliff(works, language):
    """One `<file>` for each page, as bytes."""
    root = etree.Element(name("xliff"), {"version": "1.2"}, nsmap={None: NAMESPACE})
    for work in works:
        _write_file(root, work, language)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def original(page):
    return f"{page.city.slug}/{page.pk}"


def _write_file(root, work, language):
    units = work.units
    manifest = Manifest(
        page=work.page.pk,
        language=language,
        version=work.translation.version,
        digests=work.source.digests,
        blocks=[digest(block) for block in blocks(work.translation.body)],
        units=[unit for unit, _element in units],
    )
    file = etree.SubElement(
        root,
        name("file"),
        {
            "original": original(work.page),
            "source-language": SOURCE_LANGUAGE,
            "target-language": language,
            "datatype": "html",
        },
    )
    header = etree.SubElement(file, name("header"))
    skeleton = etree.SubElement(header, name("skl"))
    # What the tool of the agency gives back untouched.
    etree.SubElement(skeleton, name("internal-file"), form="text/plain").text = manifest.signed()
    etree.SubElement(header, name("note")).text = f"{work.page.german_title()} ({work.page.city.name})"
    body = etree.SubElement(file, name("body"))
    body.extend(element for _unit, element in units if element is not None)
