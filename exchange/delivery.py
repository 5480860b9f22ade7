"""A file on its way in: reported on first, stored as drafts when somebody has confirmed exactly that report."""

import json
from collections import Counter

from django.core import signing
from django.db import transaction

from audit.log import Action, record
from contacts.languages import LANGUAGES
from contacts.rights import translates_into
from pages.admin.translations import EASY_GERMAN, NOTHING_OF_THE_SOURCE
from pages.models import Page, PageTranslation
from pages.richtext import digest

from .comparison import PageReport, compare
from .export import load_works
from .reading import FileError, decode, returned_files

SALT = "exchange.delivery"
KEPT_FOR = 60 * 60 * 2  # seconds between report and confirmation
# Below the limit that Django sets for what a form may send.
LONGEST_TICKET = 2_300_000

UNKNOWN_PAGE = "Diese Seite gibt es bei Ihnen nicht."


def report_on(data, language, user):
    """One PageReport for each page of the file; nothing is written. FileError where the whole file is refused."""
    files = returned_files(data, language)
    numbers = Counter(file.manifest.page for file in files if file.manifest)
    pages = Page.objects.editable_by(user).filter(pk__in=numbers)
    works = {work.page.pk: work for work in load_works(pages, language)}
    return [_report(file, works, numbers, language, user) for file in files]


def _report(file, works, numbers, language, user):
    if file.fault:
        return PageReport(fault=file.fault)
    work = works.get(file.manifest.page)
    if work is None:
        return PageReport(fault=UNKNOWN_PAGE)
    if numbers[work.page.pk] > 1:
        return PageReport(page=work.page, fault="Die Seite steht mehrmals in der Datei.")
    if not translates_into(user, language, work.page.city_id):
        return PageReport(page=work.page, fault="In dieser Sprache dürfen Sie hier keine Texte schreiben.")
    return compare(file, work.page, work.translation, work.source)


def fingerprint(reports):
    """The same for the same report on the same drafts."""
    told = [
        [
            report.page and report.page.pk,
            report.draft and report.draft.version,
            report.fault,
            report.texts,
            report.source_digests,
        ]
        for report in reports
    ]
    return digest(json.dumps(told, sort_keys=True))


def ticket(data, language, user, reports):
    """What the page of the report carries along: the file itself, signed, with the report that was shown."""
    content = {
        "file": decode(data),
        "language": language,
        "user": user.pk,
        "report": fingerprint(reports),
    }
    signed = signing.dumps(content, salt=SALT, compress=True)
    if len(signed) > LONGEST_TICKET:
        raise FileError("Die Datei ist zu groß. Bitte teilen Sie sie, zum Beispiel nach Seiten.")
    return signed


class ReportChanged(Exception):
    """Something was saved since the report; `reports` are the new ones."""

    def __init__(self, data, language, reports):
        super().__init__()
        self.data, self.language, self.reports = data, language, reports


def accept(signed, user):
    """Stores as drafts what the report said, all or nothing. Returns the reports of the pages that were written."""
    content = _content(signed, user)
    data, language = content["file"].encode(), content["language"]
    with transaction.atomic():
        _lock(data, language, user)
        reports = report_on(data, language, user)
        if fingerprint(reports) != content["report"]:
            raise ReportChanged(data, language, reports)
        written = [report for report in reports if report.writes]
        for report in written:
            _store(report, user)
            draft = report.draft
            name = f"{draft.title} ({LANGUAGES[language].german_name})"
            record(Action.IMPORTED, draft, city_id=draft.page.city_id, by=user, name=name)
    return written


def _content(signed, user):
    try:
        content = signing.loads(signed, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        content = {}
    if content.get("user") != user.pk:
        raise FileError("Der Bericht ist abgelaufen. Bitte laden Sie die Datei noch einmal hoch.")
    return content


def _lock(data, language, user):
    """Whoever saves one of these texts waits until we are done, or we for them."""
    numbers = [file.manifest.page for file in returned_files(data, language) if file.manifest]
    pages = Page.objects.editable_by(user).filter(pk__in=numbers)
    list(Page.objects.select_for_update().filter(pk__in=pages).order_by("pk").values("pk"))
    texts = PageTranslation.objects.select_for_update(of=("self",)).filter(page__in=pages, language=language)
    list(texts.order_by("pk").values("pk"))


def _store(report, user):
    draft = report.draft
    for field, text in report.texts.items():
        setattr(draft, field, text)
    if report.source_digests is not None:
        draft.source_digests = report.source_digests
    elif draft.pk is None and draft.language != EASY_GERMAN:
        draft.source_digests = NOTHING_OF_THE_SOURCE
    draft.updated_by = user
    draft.full_clean()
    draft.save()
