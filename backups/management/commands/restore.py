from pathlib import Path

from django.core.management.base import BaseCommand

from backups.archive import Archive
from backups.messages import told
from backups.progress import Progress
from backups.restoring import restore


class Command(BaseCommand):
    help = "Puts a backup into an empty database and an empty folder of uploads."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, verbosity, **options):
        progress = Progress(self.stdout, verbosity == 0)
        with told(), Archive(file) as archive:
            archive.check_parts(progress)
            restore(archive, progress)
            manifest = archive.manifest
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"Eingespielt und geprüft: {rows} Zeilen in {len(manifest['tables'])} Tabellen, "
            f"{manifest['media']['files']} Dateien, Stand {manifest['made_at']}.\n"
            "Bevor die Website wieder öffnet: manage.py delete_expired – die Sicherung enthält, was seither zu "
            "löschen war. Mails, die damals noch warteten, gehen vielleicht ein zweites Mal hinaus."
        )
