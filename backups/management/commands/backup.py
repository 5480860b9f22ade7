from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from backups.making import Changed, make_backup, rotate
from backups.messages import sentence
from backups.progress import Progress


class Command(BaseCommand):
    help = "Writes the database and all uploads into one file, while the site is in use."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BACKUP_DIR)
        parser.add_argument("--keep", type=int, help="How many backups stay in the folder; older ones are deleted.")

    def handle(self, *, folder, keep, verbosity, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep braucht eine Zahl ab 1.")
        try:
            path, manifest = make_backup(folder, Progress(self.stdout, verbosity == 0))
        except Changed as error:
            raise CommandError(f"Während der Sicherung gingen Dateien weg ({error}). Bitte noch einmal.") from error
        except OSError as error:
            raise CommandError(f"Die Sicherung ist nicht entstanden. {sentence(error)}") from error
        except DatabaseError as error:
            raise CommandError(f"Die Sicherung ist nicht entstanden. Die Datenbank antwortet: {error}") from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        media = manifest["media"]
        self.stdout.write(f"{path}: {rows} Zeilen, {media['files']} Dateien, {path.stat().st_size / 1e6:.1f} MB.")
        if media["missing"]:
            names = ", ".join(media["missing"][:5])
            self.stderr.write(f"{len(media['missing'])} Dateien fehlten schon vor der Sicherung: {names}")
        if keep and (number := rotate(folder, keep)):
            self.stdout.write(f"Ältere Sicherungen gelöscht: {number}.")
