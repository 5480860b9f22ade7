"""What a returned file would change: a report for each page, made without writing anything."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pages.models import Page, PageTranslation
from pages.richtext import blocks, digest

from .alignment import kept
from .codes import (
    DISPENSABLE_TAGS,
    LINE_BREAK,
    CodeError,
    as_html,
    as_line,
    plain,
    read,
    shape,
    tag_of,
    tokens_of_block,
)
from .export import original

LOOKS_LIKE_A_TAG = re.compile(r"<[/!?]?[a-z]", re.IGNORECASE)
FINISHED_STATES = ("translated", "signed-off", "final")


class Outcome(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "missing"
    CONFLICT = "conflict"
    REFUSED = "refused"

    @property
    def label(self):
        return LABELS[self]


LABELS = {
    Outcome.CHANGED: "neu oder geändert",
    Outcome.UNCHANGED: "wie im Entwurf",
    Outcome.MISSING: "fehlt in der Datei",
    Outcome.CONFLICT: "im Entwurf inzwischen geändert",
    Outcome.REFUSED: "abgelehnt",
}


@dataclass
class Line:
    """One text field or block of a page."""

    unit: object
    label: str
    outcome: Outcome = Outcome.MISSING
    text: str = ""  # what is to be stored
    shown: str = ""  # its words
    now: str = ""  # the words in the draft
    place: int | None = None  # of the block in the draft
    notes: list = field(default_factory=list)
    finished: bool = False

    @property
    def is_usable(self):
        return self.outcome in (Outcome.CHANGED, Outcome.UNCHANGED)


@dataclass
class PageReport:
    """What would become of a page; `fault` says why nothing would."""

    page: Page | None = None
    draft: PageTranslation | None = None
    lines: list = field(default_factory=list)
    strange: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    fault: str = ""
    draft_changed: bool = False
    source_changed: bool = False
    is_complete: bool = False
    newest_digests: dict = field(default_factory=dict)  # of the German text as it is now
    source_digests: dict | None = None  # to be stored: those of the German text that the file renders

    @property
    def writes(self):
        return bool(self.texts) or self.source_digests is not None

    def of(self, outcome):
        return [line for line in self.lines if line.outcome == outcome]

    @property
    def counts(self):
        return [(outcome, len(self.of(outcome))) for outcome in Outcome if self.of(outcome)]

    @property
    def has_trouble(self):
        return bool(self.of(Outcome.CONFLICT) or self.of(Outcome.REFUSED))

    @property
    def told(self):
        """The lines that staff should look at."""
        return [line for line in self.lines if line.outcome != Outcome.UNCHANGED or line.notes]


def label_of(unit):
    field_label = PageTranslation._meta.get_field(unit.field).verbose_name
    return field_label if unit.field == unit.id else f"{field_label}, Abschnitt {unit.id.partition('-')[2]}"


def compare(file, page, draft, source):
    """The report on one page. `source` is the German text as it is now, `draft` the translation, stored or new."""
    manifest = file.manifest
    if file.original != original(page):
        return PageReport(page=page, fault="Die Kennung in der Datei passt nicht zur Seite.")
    report = PageReport(page, draft)
    report.draft_changed = draft.version != manifest.version
    report.newest_digests = source.digests
    report.source_changed = source.digests != manifest.digests
    report.strange = sorted(file.units.keys() - {unit.id for unit in manifest.units})
    places = kept(manifest.blocks, [digest(block) for block in blocks(draft.body)])
    report.lines = [_line(file, unit, draft, places, source) for unit in manifest.units]
    _decide(report, manifest)
    return report


def _line(file, unit, draft, places, source):
    line = Line(unit, label_of(unit))
    _find_in_draft(line, draft, places)
    if unit.fixed:
        line.outcome, line.text, line.finished = Outcome.UNCHANGED, unit.fixed, True
        return line
    _note_changed_source(line, source)
    returned = file.units.get(unit.id)
    if unit.id in file.doubled:
        return _refused(line, "Diese Stelle kommt in der Datei doppelt vor.")
    if returned is None or returned.target is None or not "".join(returned.target.itertext()).strip():
        return line
    try:
        line.text, used = _text(unit, returned.target)
    except CodeError as error:
        line.shown = " ".join("".join(returned.target.itertext()).split())
        return _refused(line, str(error))
    line.shown = words(unit, line.text)
    _judge(line, file.manifest, draft, used)
    changed_by_agency = digest(line.text) != unit.target
    unfinished = (returned.state or "").startswith("needs") and returned.state != unit.state
    line.finished = line.is_usable and not unfinished and (changed_by_agency or _says_finished(unit, returned.state))
    return line


def _says_finished(unit, state):
    return (state or unit.state) in FINISHED_STATES


def _refused(line, sentence):
    line.outcome = Outcome.REFUSED
    line.notes.append(sentence)
    return line


def _note_changed_source(line, source):
    unit = line.unit
    now = source.digests.get(unit.field)
    if unit.source not in now if unit.field == "body" else unit.source != now:
        line.notes.append("Der deutsche Text ist hier inzwischen anders.")


def words(unit, text):
    return plain(tokens_of_block(text)[1]) if unit.field == "body" else text


def _find_in_draft(line, draft, places):
    unit = line.unit
    if unit.field != "body":
        line.now = getattr(draft, unit.field)
    elif unit.at is not None and unit.at in places:
        line.place = places[unit.at]
        line.now = words(unit, blocks(draft.body)[line.place])


def _text(unit, target):
    """The text to be stored, and which codes it has. CodeError where it would break something."""
    codes = unit.codes | unit.own_codes
    if unit.field != "body":
        text, used = read(target, codes, as_line)
        return text.strip(), used
    inside, used = read(target, codes, as_html)
    for outer in (unit.own_outer, unit.outer):
        text = f"{outer}{inside}</{tag_of(outer)}>" if outer else inside.strip()
        if shape(*tokens_of_block(text)) in unit.shapes and _is_one_clean_block(text):
            return text, used
    raise CodeError("Ein Link, ein Listenpunkt oder ein anderer geschützter Code fehlt oder steht an falscher Stelle.")


def _is_one_clean_block(text):
    return blocks(PageTranslation._meta.get_field("body").sanitize(text)) == [text]


def _judge(line, manifest, draft, used):
    """Compares what came back with the draft as it is now."""
    unit = line.unit
    if _is_in_draft(line, draft):
        line.outcome = Outcome.UNCHANGED
        return
    limit = PageTranslation._meta.get_field(unit.field).max_length
    if limit and len(line.text) > limit:
        _refused(line, f"Der Text hat {len(line.text)} Zeichen, erlaubt sind {limit}.")
    elif LOOKS_LIKE_A_TAG.search(line.shown):
        _refused(line, "Im Text stehen HTML-Befehle. Die gehören nicht in eine Übersetzung.")
    elif _was_changed_in_draft(line, manifest, draft):
        line.outcome = Outcome.CONFLICT
        line.notes.append("Der Entwurf bleibt hier, wie er ist. Übernehmen Sie von Hand, was Sie brauchen.")
    else:
        line.outcome = Outcome.CHANGED
        _note_missing_codes(line, used)


def _is_in_draft(line, draft):
    if line.unit.field != "body":
        return line.text == line.now.replace("\r\n", LINE_BREAK).strip()
    fingerprints = [digest(block) for block in blocks(draft.body)]
    if line.place is None and digest(line.text) in fingerprints:
        line.place = fingerprints.index(digest(line.text))
    return line.place is not None and fingerprints[line.place] == digest(line.text)


def _was_changed_in_draft(line, manifest, draft):
    unit = line.unit
    if unit.field != "body":
        return (digest(line.now) if line.now else "") != unit.target
    if unit.at is None:
        return manifest.blocks != [digest(block) for block in blocks(draft.body)]
    return line.place is None


def _note_missing_codes(line, used):
    lost = [
        code
        for number, code in line.unit.codes.items()
        if number not in used and (tag_of(code) in DISPENSABLE_TAGS or code == LINE_BREAK)
    ]
    if lost and not set(line.unit.own_codes) & set(used):
        line.notes.append("Fettung, Schrägschrift oder ein Zeilenumbruch des deutschen Textes fehlt.")


def _decide(report, manifest):
    """What is to be stored, and whether the translation then renders the whole German text."""
    lines = [line for line in report.lines if line.unit.field == "body"]
    current = blocks(report.draft.body)
    if manifest.blocks and all(line.unit.at is None for line in lines) and not _all_usable(lines):
        _refuse_mixture(lines)
    changed = [line for line in report.lines if line.outcome == Outcome.CHANGED]
    report.texts = {line.unit.field: line.text for line in changed if line.unit.field != "body"}
    is_finished = all(line.finished for line in report.lines)
    after = current
    if changed and (is_finished or any(line in changed for line in lines)):
        after = _rendering(lines, current) if _all_usable(lines) else _with_changes(lines, current)
    if after != current:
        report.texts["body"] = "\n".join(after)
    report.is_complete = is_finished and after == _rendering(lines, current)
    if report.is_complete and not _is_ahead(report, manifest):
        report.source_digests = manifest.digests


def _is_ahead(report, manifest):
    """Whether the draft says already that it renders this German text, or a newer one."""
    rendered = report.draft.source_digests
    return rendered == manifest.digests or bool(report.source_changed and rendered == report.newest_digests)


def _all_usable(lines):
    return all(line.is_usable for line in lines)


def _refuse_mixture(lines):
    for line in lines:
        if line.outcome == Outcome.CHANGED:
            line.finished = False
            _refused(
                line,
                "Der bisherige Text ist anders aufgebaut als der deutsche. "
                "Er kann nur im Ganzen ersetzt werden, und in der Datei fehlen Abschnitte.",
            )


def _rendering(lines, current):
    """Block for block what the German text has; what the translation had besides is left out."""
    return [
        line.text if line.place is None or line.outcome == Outcome.CHANGED else current[line.place] for line in lines
    ]


def _with_changes(lines, current):
    """The draft with what came back; new blocks stand behind the one that is before them in German."""
    placed, new, last = list(current), {}, None
    for line in lines:
        if line.outcome == Outcome.CHANGED and line.place is None:
            new.setdefault(last, []).append(line.text)
        elif line.outcome == Outcome.CHANGED:
            placed[line.place] = line.text
        last = last if line.place is None else line.place
    following = [[block, *new.get(place, [])] for place, block in enumerate(placed)]
    return [*new.get(None, []), *(block for group in following for block in group)]
