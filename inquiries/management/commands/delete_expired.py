from collections import Counter

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from contacts.orphans import delete_orphaned_uploads
from history.models import FormerRow
from pages.models import LanguageWish, SearchMiss

from ...deletion import clear_dead_rows, delete, expired, held_back, lone_mails, overwrite_on_disk
from ...guard import delete_old_counts
from ...models import DeletionRecord


def amount(count, one, many):
    return f"{count} {one if count == 1 else many}"


def old_words(instant):
    return SearchMiss.objects.old(timezone.localdate(instant))


class Command(BaseCommand):
    help = "Löscht Anfragen, deren Frist abgelaufen ist. Einmal am Tag aufrufen; öfter schadet nicht."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Nur sagen, was gelöscht würde.")

    def handle(self, *args, dry_run, **options):
        instant = timezone.now()
        if dry_run:
            old = FormerRow.objects.old(instant)
            self.say(
                "Zu löschen", expired(instant), lone_mails(instant).count(), old_words(instant).count(), old.count()
            )
            self.say_held_back(instant)
            self.say_orphans("Zu löschen", delete_orphaned_uploads(instant, dry_run=True))
            self.stdout.write("Es wurde nichts gelöscht.")
            return
        with transaction.atomic():
            deleted = self.delete_all(instant)
        self.say("Gelöscht", *deleted)
        self.say_held_back(instant)
        if not overwrite_on_disk():
            self.stderr.write("Die Datenbank wird gerade gelesen. Ihre Reste überschreibt der nächste Aufruf.")
        clear_dead_rows()
        # Last: a folder that does not answer keeps nobody's data longer than promised.
        self.say_orphans("Gelöscht", delete_orphaned_uploads(instant))

    def delete_all(self, instant):
        inquiries = expired(instant)
        delete(inquiries, DeletionRecord.Reason.TERM, instant)
        mail_count, _by_model = lone_mails(instant).delete()
        word_count, _by_model = old_words(instant).delete()
        LanguageWish.objects.old(timezone.localdate(instant)).delete()
        delete_old_counts(instant)
        row_count, _by_model = FormerRow.objects.old(instant).delete()
        return inquiries, mail_count, word_count, row_count

    def say(self, what, inquiries, mail_count, word_count, row_count):
        self.stdout.write(f"{what}: {amount(len(inquiries), 'Anfrage', 'Anfragen')}.")
        self.say_counts(f"{inquiry.city}, {inquiry.get_kind_display()}" for inquiry in inquiries)
        if mail_count:
            self.stdout.write(f"{what}: {amount(mail_count, 'E-Mail', 'E-Mails')} ohne Anfrage.")
        if word_count:
            self.stdout.write(f"{what}: {amount(word_count, 'Suchwort', 'Suchwörter')} ohne Treffer.")
        if row_count:
            self.stdout.write(
                f"{what}: {amount(row_count, 'früherer Stand', 'frühere Stände')} von Daten und Entwürfen."
            )

    def say_orphans(self, what, count):
        if count:
            self.stdout.write(f"{what}: {amount(count, 'Datei', 'Dateien')} von Uploads, die abgebrochen sind.")

    def say_held_back(self, instant):
        held = held_back(instant)
        if held:
            number = amount(len(held), "Anfrage", "Anfragen")
            self.stdout.write(f"Noch nicht gelöscht, höchstens ein Jahr nach dem Abschluss: {number}.")
            self.say_counts(f"{inquiry.city}, {reason}" for inquiry, reason in held)

    def say_counts(self, groups):
        for group, count in sorted(Counter(groups).items()):
            self.stdout.write(f"  {group}: {count}")
