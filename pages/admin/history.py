"""Earlier versions of a text: what changed between them, back into the draft, and the whole page as it was."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest
from operator import attrgetter

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html

from history.models import FormerRow
from history.rewind import values_of

from ..differences import compare_texts
from ..forms import DateTimeInput
from ..models import Image, PageRevision, PageTranslation
from ..views.former import page_as_it_was
from .texts import moment, text_url

EARLIEST_YEAR = 2000
# How many former states of the draft are offered.
DRAFTS = 10
# What is saved and published by one press of a button is written within this time.
ONE_PRESS = timedelta(seconds=1)


class InstantField(forms.DateTimeField):
    """A day and time on German clocks, or an instant with its offset."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
        # Twice a year the clocks are changed. Of the hour that comes twice the first one is meant.
        local = parse_datetime(value)
        instant = timezone.make_aware(local)
        if timezone.localtime(instant.astimezone(UTC)).replace(tzinfo=None) != local:
            raise ValidationError(
                "Diese Uhrzeit gab es nicht: In dieser Nacht wurden die Uhren um eine Stunde vorgestellt."
            )
        return instant


class InstantForm(forms.Form):
    """When to look back to."""

    am = InstantField(label="Tag und Uhrzeit", widget=DateTimeInput, help_text="Auf deutschen Uhren.")

    def clean_am(self):
        if self.cleaned_data["am"] > timezone.now():
            raise ValidationError("Dieser Zeitpunkt liegt noch in der Zukunft.")
        if self.cleaned_data["am"].year < EARLIEST_YEAR:
            raise ValidationError("Bitte prüfen Sie die Jahreszahl.")
        return self.cleaned_data["am"]


@dataclass
class Version:
    """The words of a text at some time: its draft now, a former draft or a revision."""

    key: str  # in addresses
    name: str
    words: PageTranslation | PageRevision
    instant: datetime
    restore_url: str = ""


def draft(text):
    """Newer than any other, also than what waits for its time."""
    return Version("entwurf", "Entwurf", text, datetime.max.replace(tzinfo=UTC))


def version_of(text, revision):
    return Version(
        str(revision.pk),
        f"Fassung vom {moment(revision.visible_from)}",
        revision,
        revision.visible_from,
        text_url(text, "restore", revision.pk),
    )


def former_drafts(text, records):
    drafts = [(PageTranslation(**values_of(PageTranslation, record.data)), record) for record in records]
    pictures = Image.objects.filter(pk__in={words.picture_id for words, _record in drafts if words.picture_id})
    kept = set(pictures.values_list("pk", flat=True))
    for words, _record in drafts:
        words.picture_id = words.picture_id if words.picture_id in kept else None
    return [
        Version(
            f"stand-{record.pk}",
            f"Entwurf, wie er bis {moment(record.until)} war",
            words,
            record.until,
            text_url(text, "restore_draft", record.pk),
        )
        for words, record in drafts
    ]


def former_draft(text, record):
    return former_drafts(text, [record])[0]


def version_named(text, name):
    """None if there is no such version of this text."""
    kind, _dash, number = name.rpartition("-")
    if name == "entwurf":
        return draft(text)
    if not number.isdecimal() or kind not in ("", "stand") or len(number) > 18:
        return None
    if kind == "stand":
        record = FormerRow.objects.of(text).filter(pk=number).first()
        return record and former_draft(text, record)
    revision = text.revisions.select_related("picture").filter(pk=number).first()
    return revision and version_of(text, revision)


def compare_url(text, former, present):
    return f"{text_url(text, 'compare')}?von={former.key}&bis={present.key}"


def as_it_was_url(text, instant):
    return f"{text_url(text, 'as_it_was')}?am={instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


# --- The list --------------------------------------------------------------------------------------


def overview(request, model_admin, text, form=None):
    now = timezone.now()
    revisions = list(text.revisions.select_related("created_by", "ended_by").defer("body"))
    versions = [version_of(text, revision) for revision in revisions]
    for version, former in zip_longest(versions, versions[1:]):
        version.compare_url = compare_url(text, former, version) if former else ""
        version.last_instant = last_instant(version.words, now)
        version.as_it_was_url = as_it_was_url(text, version.last_instant) if version.instant <= now else ""
    context = page_of_history(request, model_admin, text) | {
        "title": f"Frühere Fassungen: {text}",
        "now": now,
        "versions": versions,
        "draft_compare_url": compare_url(text, versions[0], draft(text)) if versions else "",
        "drafts": former_drafts(text, FormerRow.objects.of(text)[:DRAFTS]),
        "form": form or InstantForm(initial={"am": now}),
        "may_restore": model_admin.has_change_permission(request, text),
    }
    return TemplateResponse(request, "admin/pages/history.html", context)


def page_of_history(request, model_admin, text):
    return model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "text": text,
        "edit_url": text_url(text),
        "history_url": text_url(text, "history"),
    }


def last_instant(revision, now):
    """When the page looked as it did at the end of this revision, before the next one was prepared."""
    if revision.visible_until is None or revision.visible_until > now:
        return now
    return max(revision.visible_from, revision.visible_until - ONE_PRESS)


# --- Compare ---------------------------------------------------------------------------------------


def compare(request, model_admin, text):
    """Any two versions, the older one first."""
    found = [version_named(text, request.GET.get(name, "")) for name in ("von", "bis")]
    if None in found:
        messages.warning(request, "Bitte wählen Sie zwei Fassungen aus.")
        return redirect(text_url(text, "history"))
    former, present = sorted(found, key=attrgetter("instant"))
    context = page_of_history(request, model_admin, text) | {
        "title": "Was hat sich geändert?",
        "former": former,
        "present": present,
        "differences": compare_texts(former.words, present.words, PageTranslation.TEXT_FIELDS),
        "pictures": pictures(former.words, present.words),
        "steps": neighbours(text, former, present),
        "may_restore": model_admin.has_change_permission(request, text),
    }
    return TemplateResponse(request, "admin/pages/compare.html", context)


def pictures(former, present):
    """(label, was, is) of what differs about the picture besides its words."""
    found = []
    if former.picture_id != present.picture_id:
        found.append(("Bild", former.picture or "kein Bild", present.picture or "kein Bild"))
    if former.picture_is_decorative != present.picture_is_decorative:
        was, now = ("ja" if text.picture_is_decorative else "nein" for text in (former, present))
        found.append((PageTranslation._meta.get_field("picture_is_decorative").verbose_name, was, now))
    return found


def neighbours(text, former, present):
    """(label, address) of the changes before and after this one."""
    versions = [*(version_of(text, revision) for revision in text.revisions.order_by("visible_from")), draft(text)]
    steps = {
        **{("Die Änderung davor", now.key): (then, now) for then, now in pairwise(versions)},
        **{("Die Änderung danach", then.key): (then, now) for then, now in pairwise(versions)},
    }
    wanted = (("Die Änderung davor", former.key), ("Die Änderung danach", present.key))
    return [(step[0], compare_url(text, *steps[step])) for step in wanted if step in steps]


# --- Back into the draft ---------------------------------------------------------------------------


def restore(request, text, version):
    """Puts the words of a version into the draft and shows the way back."""
    before = FormerRow.objects.of(text).first()
    text.restore(version.words, request.user)
    overwritten = FormerRow.objects.of(text).first()
    if overwritten == before:
        messages.info(request, "Im Entwurf steht schon genau dieser Text.")
        return redirect(text_url(text))
    messages.success(
        request,
        format_html(
            "{} steht jetzt im Entwurf. Für Besucher*innen hat sich noch nichts geändert. "
            '<a href="{}">Ansehen, was im Entwurf jetzt anders ist, oder rückgängig machen</a>',
            version.name,
            compare_url(text, former_draft(text, overwritten), draft(text)),
        ),
    )
    return redirect(text_url(text))


# --- The page as it was ----------------------------------------------------------------------------


def as_it_was(request, model_admin, text):
    form = InstantForm(request.GET)
    if not form.is_valid():
        return overview(request, model_admin, text, form)
    instant = form.cleaned_data["am"]
    bar = {
        "instant": spoken(instant),
        "other_hour_url": as_it_was_url(text, other_hour(instant)) if other_hour(instant) else "",
        "unknown_before": unknown_before(instant),
        "back_url": text_url(text, "history"),
    }
    response = page_as_it_was(request, text, instant, as_it_was=bar)
    if response is None:
        form.add_error("am", f"Am {spoken(instant)} war diese Seite nicht öffentlich.")
        return overview(request, model_admin, text, form)
    return response


def other_hour(instant):
    """The other instant at which German clocks show the same, in the night in which an hour comes twice."""
    local = timezone.localtime(instant)
    other = local.replace(fold=1 - local.fold).astimezone(UTC)
    same = timezone.localtime(other).replace(tzinfo=None) == local.replace(tzinfo=None)
    return other if same and other != instant else None


def spoken(instant):
    if other_hour(instant):
        return f"{moment(instant)} ({'Sommerzeit' if timezone.localtime(instant).dst() else 'Winterzeit'})"
    return moment(instant)


def unknown_before(instant):
    """From when on the data around the text are known, if the instant lies before."""
    since = FormerRow.objects.recorded_since()
    return moment(since) if instant < since else ""
