"""What stands beside what: the words of a translation and the German words they render, then and now."""

import dataclasses
import re
from difflib import SequenceMatcher

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.languages import SOURCE_LANGUAGE

from .differences import Change, Kind, compare, compare_plain, plain
from .markup import KINDS, LISTS, TIGHT, to_html, to_markup
from .models import PageRevision, PageTranslation
from .richtext import RULE, blocks, digest, digest_of_lines

# More is easier to write in one piece.
MOST_ROWS = 200

FIELD_LABELS = {
    "title": _("Überschrift"),
    "short_title": _("Kurzer Name im Menü"),
    "summary": _("Kurz gesagt"),
    "situation": _("Anliegen auf der Startseite"),
    "for_whom": _("Für wen ist das?"),
    "steps": _("So geht es"),
    "bring": _("Das bringen Sie mit"),
    "not_here": _("Das können wir nicht"),
    "cost_note": _("Hinweis zu den Kosten"),
    "picture_alternative": _("Was ist auf dem Bild zu sehen?"),
}
KIND_LABELS = {
    "p": _("Absatz"),
    "h2": _("Zwischentitel"),
    "h3": _("Zwischentitel"),
    "blockquote": _("Zitat"),
    "ul": _("Liste"),
    "ol": _("Liste"),
}

UNKNOWN = "unknown"  # nobody knows what the source said when the translation was made
EXTRA = "extra"  # words of the translation beside which nothing stands
NO_SOURCE = digest("")
STATUSES = (*Kind.values, UNKNOWN, EXTRA)
NOTES = {
    Kind.REMOVED: _("Diese Stelle gibt es im deutschen Text nicht mehr."),
    Kind.MOVED: _("Diese Stelle steht im deutschen Text jetzt weiter oben oder unten. Die Übersetzung zieht mit um."),
    EXTRA: _("Diese Wörter stehen nur in der Übersetzung."),
}


@dataclasses.dataclass
class Row:
    """One field of the source or one block of its body, and where its translation is typed."""

    name: str  # of the form's field
    kind: str = ""  # how a block is written; empty for other fields
    status: str = UNKNOWN
    source: str = ""  # as it is; empty if it was removed
    former: str = ""  # as it was; empty if it is new, or if nobody knows
    label: str = ""
    source_id: str = ""
    markup: str = ""
    own_kind: str = ""  # of the stored blocks of the translation; a kind that the source lost follows it
    targets: list = dataclasses.field(default_factory=list)  # stored blocks of the translation
    changes: list = dataclasses.field(default_factory=list)
    field: forms.BoundField | None = None
    drop: forms.BoundField | None = None

    @property
    def is_block(self):
        return bool(self.kind)

    @property
    def note(self):
        return NOTES.get(self.status, "")

    @property
    def status_label(self):
        if not self.is_compared:
            return ""
        return self.changes[0].label if self.is_block else Kind(self.status).label

    @property
    def is_compared(self):
        return self.status in Kind.values

    @property
    def source_html(self):
        """Safe: blocks are sanitised, lines are escaped."""
        htmls = (change.html if self.is_compared else change.present for change in self.changes)
        return "".join(htmls) if self.is_block else "".join(f"<p>{html}</p>" for html in htmls)

    @property
    def control(self):
        """Read aloud with the source beside it, and with what is wrong."""
        described_by = f"{self.source_id} {self.field.auto_id}_error" if self.field.errors else self.source_id
        return self.field.as_widget(attrs={"aria-describedby": described_by})

    def described(self):
        """What has to come back with the words so that the row can be built again, whatever changed meanwhile."""
        return [self.kind, self.status, digest(self.source), digest(self.former)]

    def renders(self, is_complete):
        """The fingerprint of the block of the source that the words of this row render."""
        if self.status == EXTRA or (is_complete and self.status == Kind.REMOVED):
            return NO_SOURCE
        return digest(self.source if is_complete or not self.former else self.former)


# --- What the source was -----------------------------------------------------------------------------


def german_texts(page):
    """The German draft and all that was ever public, the newest first."""
    yield from PageTranslation.objects.filter(page=page, language=SOURCE_LANGUAGE)
    german = PageRevision.objects.filter(translation__page=page, translation__language=SOURCE_LANGUAGE)
    yield from german.iterator(chunk_size=20)


def was_source(page, digests):
    """Whether the German text of the page has or had these fingerprints; nobody can have seen any other."""
    german = PageTranslation.objects.filter(page=page, language=SOURCE_LANGUAGE)
    known = [*german.values_list("digests", flat=True), *german.values_list("revisions__digests", flat=True)]
    return isinstance(digests, dict) and digests in known


def words_with(page, wanted):
    """The German words that belong to fingerprints, as far as they are still known."""
    wanted, found = set(wanted) - {NO_SOURCE}, {NO_SOURCE: ""}
    for text in german_texts(page) if wanted else ():
        for name, fingerprint in text.digests.items():
            words = getattr(text, name)
            pairs = zip(fingerprint, blocks(words), strict=False) if name == "body" else [(fingerprint, words)]
            found |= {each: words for each, words in pairs if each in wanted}
        if wanted <= found.keys():
            break
    return found


# --- Rows ------------------------------------------------------------------------------------------------


def has_words(block):
    return block == RULE or bool(plain(block))


def plain_rows(translation, source, known, sent=()):
    rows = []
    for name in fields_beside(translation, source):
        present, fingerprint = getattr(source, name, ""), translation.source_digests.get(name)
        if not present and not getattr(translation, name) and name not in sent:
            continue
        row = Row(name, source=present, label=FIELD_LABELS[name], markup=getattr(translation, name))
        if "title" in translation.source_digests and (fingerprint is None or fingerprint in known):
            row.former = known.get(fingerprint, "")
            row.status = _status_of_field(row.former, present)
        row.changes = compare_plain(row.former if row.is_compared else "", present)
        rows.append(row)
    return rows


def fields_beside(translation, source):
    names = PageTranslation.fields_to_translate(translation.page.kind, source)
    return [name for name in names if name != "body"]


def _status_of_field(former, present):
    if digest_of_lines(former) == digest_of_lines(present):
        return Kind.SAME
    return Kind.ADDED if not former else Kind.REMOVED if not present else Kind.CHANGED


def block_rows(translation, source):
    """Rows of the body, or None where the markup cannot say what the translation has."""
    targets = [block for block in blocks(translation.body) if has_words(block)]
    present = [on_one_line(block) for block in blocks(source.body) if has_words(block)] if source else []
    if max(len(targets), len(present)) > MOST_ROWS:
        return None
    former, positions = _former_blocks(translation, targets)
    if former is None:
        rows = [Row("", status=UNKNOWN, source=block, changes=[Change(Kind.SAME, block, block)]) for block in present]
        former_positions = range(len(present))
        positions = _positions_by_tag(present, targets)
    else:
        changes = compare(former, present)
        rows = [
            Row("", status=change.kind, source=change.present, former=change.former, changes=[change])
            for change in changes
        ]
        former_positions = [change.former_position for change in changes]
    _put_beside(rows, former_positions, targets, positions)
    rendered = translation.source_digests.get("body", [])
    for row in rows:
        if row.status == Kind.ADDED and digest(row.source) in rendered:
            row.status, row.changes = Kind.SAME, [Change(Kind.SAME, row.source, row.source)]
    rows = [row for row in rows if row.targets or row.status != Kind.REMOVED]
    return rows if all(_write(row) for row in rows) else None


def on_one_line(block):
    return " ".join(block.split())


def _former_blocks(translation, targets):
    """The blocks that the translation was made from, and for each of its own blocks the position of its source.

    (None, []) if nobody knows. What was written beside its source is remembered; else equal numbers are equal places.
    """
    rendered = translation.source_digests.get("body", [])
    remembered = translation.block_sources.get("blocks", [])
    if translation.block_sources.get("rendered") != rendered:
        remembered = []  # since then the translation was said to render another text
    fingerprints = [source for source, _own in remembered] or rendered
    words = words_with(translation.page, fingerprints)
    if not fingerprints or any(fingerprint not in words for fingerprint in fingerprints):
        return None, []
    if remembered:
        return _former_of_remembered(remembered, words, targets)
    former = [on_one_line(words[each]) for each in fingerprints if has_words(words[each])]
    if len(former) == len(targets):
        return former, range(len(targets))
    return former, _positions_by_tag(former, targets)


def _former_of_remembered(remembered, words, targets):
    own = [(fingerprint, place) for place, (_source, several) in enumerate(remembered) for fingerprint in several]
    places = [None] * len(targets)
    matcher = SequenceMatcher(
        None, [each for each, _place in own], [digest(block) for block in targets], autojunk=False
    )
    for _tag, from_own, to_own, start, end in matcher.get_opcodes():
        if to_own - from_own == end - start:
            places[start:end] = [place for _fingerprint, place in own[from_own:to_own]]
    with_source = [place for place, (source, _several) in enumerate(remembered) if source != NO_SOURCE]
    position_of = {place: position for position, place in enumerate(with_source)}
    former = [on_one_line(words[remembered[place][0]]) for place in with_source]
    return former, [position_of.get(place) for place in places]


def _positions_by_tag(sources, targets):
    """Which block probably renders which, where only the kinds of the blocks can tell."""
    positions = [None] * len(targets)
    matcher = SequenceMatcher(None, *([_tag(block) for block in each] for each in (sources, targets)), autojunk=False)
    for block in matcher.get_matching_blocks():
        positions[block.b : block.b + block.size] = range(block.a, block.a + block.size)
    return positions


def _tag(block):
    return re.match(r"<?(\w*)", block)[1]


def _put_beside(rows, former_positions, targets, positions):
    """Each block of the translation into the row of its source; what has none into a row behind the one before."""
    row_at = {position: row for position, row in zip(former_positions, rows, strict=True) if position is not None}
    before = None
    for target, position in zip(targets, positions, strict=True):
        row = row_at.get(position) if position is not None else None
        if row is None:
            row = Row("", status=EXTRA)
            place = next((number for number, each in enumerate(rows) if each is before), -1)
            rows.insert(place + 1, row)
        row.targets.append(target)
        before = row


def _write(row):
    """Sets kind and markup. False if there is no markup for what stands there."""
    written = [to_markup(block) for block in row.targets]
    kind = _kind_of(row.source)
    if None in written:
        return False
    if not written:
        row.kind = kind
        return True
    row.kind = row.own_kind = written[0][0]
    row.markup = "\n\n".join(markup for _kind, markup in written)
    if to_html(row.kind, row.markup) != "".join(to_html(*each) for each in written):
        return False
    follows = row.former and family(_kind_of(row.former)) == family(row.kind) and row.source
    if follows and family(kind) != family(row.kind) and not (_is_list(row.kind) and not _is_list(kind)):
        row.kind = kind
    return True


def _kind_of(block):
    if written := to_markup(block):
        return written[0]
    return _tag(block) if _tag(block) in KINDS else "p"


def family(kind):
    return kind.removeprefix(TIGHT)


def _is_list(kind):
    return family(kind) in LISTS
