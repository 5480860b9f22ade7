from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backups.archive import Archive
from backups.making import NAME
from backups.messages import told
from backups.progress import Progress
from backups.restoring import verify


class Command(BaseCommand):
    help = "Restores a backup into a throw-away place, compares it with what was written, and remembers the success."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=settings.BACKUP_DIR, help="A folder: its newest one.")

    def handle(self, *, file, verbosity, **options):
        file = newest_in(file) if file.is_dir() else file
        with told(), Archive(file) as archive:
            done = verify(archive, file.parent, Progress(self.stdout, verbosity == 0))
        self.stdout.write(f"{file}: vollständig, {done.rows} Zeilen und {done.files} Dateien geprüft.")


def newest_in(folder):
    backups = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    if not backups:
        raise CommandError(f"In {folder} liegt keine Sicherung.")
    return backups[-1]
