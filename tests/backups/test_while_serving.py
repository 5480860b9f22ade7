"""A backup is of one instant, though people publish and write all the time."""

import threading
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q
from django.test import Client

from backups.archive import Archive
from backups.making import make_backup
from backups.restoring import restore
from inquiries.models import Inquiry
from pages.models import Document, PageLink, PageRevision, PageTranslation, SearchText
from tests.backups.places import empty_place
from tests.factories import make_city, make_document, make_page, make_translation


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


class Writer(threading.Thread):
    """Publishes, uploads and deletes, as fast as it can, until it is told to stop."""

    def __init__(self, city):
        super().__init__()
        self.city, self.rounds, self.stopping, self.failure = city, 0, threading.Event(), None

    def run(self):
        try:
            while not self.stopping.is_set():
                self.write(self.rounds)
                self.rounds += 1
        except BaseException as error:
            self.failure = error
        finally:
            connection.close()

    def write(self, number):
        text = PageTranslation.objects.get(page__slug="seite")
        text.title = f"Fassung {number}"
        text.body = f'<p>{number} <a href="/seite/{text.page_id}/">hier</a></p>'
        text.save()
        text.publish(by=None)
        with transaction.atomic():  # as the admin does it
            page = make_page(self.city, slug=f"neu-{number}", language="de")
            make_translation(page, "ar")
        page.documents.add(make_document(self.city, title=f"Dokument {number}"))
        if number > 2:
            Document.objects.filter(title=f"Dokument {number - 2}").first().delete()
            self.city.pages.get(slug=f"neu-{number - 1}").delete()
        Inquiry.objects.create(
            city=self.city,
            kind="contact",
            language="de",
            message=f"{number}",
            due_on="2030-01-01",
            receipt_token=number,
        )

    def waits_for(self, rounds):
        end = monotonic() + 60
        while self.rounds < rounds and self.failure is None and monotonic() < end:
            sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_backup_made_while_somebody_writes_is_of_one_instant(tmp_path):
    city = make_city("hier")
    make_page(city, slug="seite")
    writer = Writer(city)
    writer.start()
    seen = []

    def progress(text):
        """Called after every row: so the writer does a lot between one table and the next."""
        table = text.partition(":")[0]
        if table not in seen and len(seen) < 12:
            seen.append(table)
            writer.waits_for(writer.rounds + 1)

    try:
        writer.waits_for(4)
        began = writer.rounds
        path, manifest = make_backup(tmp_path / "backups", progress)
        done = writer.rounds - began
    finally:
        writer.stopping.set()
        writer.join()
    assert writer.failure is None
    assert done > 8
    assert manifest["media"]["missing"] == []
    with empty_place(tmp_path / "new"), Archive(path) as archive:
        restore(archive, lambda text: None)
        assert_whole()


def assert_whole():
    revisions = list(PageRevision.objects.all())
    assert [each.digests for each in revisions] == [each.compute_digests() for each in revisions]
    open_ended = PageTranslation.objects.annotate(number=Count("revisions", Q(revisions__visible_until=None)))
    assert {each.number for each in open_ended} == {1}
    live = PageRevision.objects.filter(visible_until=None)
    assert SearchText.objects.filter(revision__in=live).count() == live.count()
    draft = PageTranslation.objects.get(page__slug="seite")
    assert PageLink.objects.filter(translation=draft, revision=None).count() == int("href" in draft.body)
    for document in Document.objects.all():
        with document.file.open() as file:
            assert file.read() == b"%PDF-1.7 %%EOF"
    sent = sorted(int(inquiry.message) for inquiry in Inquiry.objects.all())
    assert sent == list(range(len(sent)))
    public = Client().get("/de/hier/seite/")
    assert public.status_code == 200
