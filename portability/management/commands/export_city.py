from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.log import Action, record
from backups.messages import sentence
from backups.progress import Progress
from contacts.models import City
from portability.exporting import export_city


class Command(BaseCommand):
    help = "Writes everything that a city entered into one file: see docs/datenformat.md."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("target", type=Path, help="A folder, or the name of the file with .zip at the end.")
        parser.add_argument("--inquiries", action="store_true", help="With what people sent: personal data.")
        parser.add_argument("--members", action="store_true", help="With the e-mail addresses of the members.")

    def handle(self, *, slug, target, inquiries, members, verbosity, **options):
        path = target if target.suffix == ".zip" else target / f"{slug}-{timezone.localdate()}.zip"
        progress = Progress(self.stdout, verbosity == 0)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            pages, missing = export_city(slug, path, progress, inquiries, members)
        except City.DoesNotExist as error:
            raise CommandError(f"Eine Stadt mit der Adresse {slug} gibt es hier nicht.") from error
        except OSError as error:
            raise CommandError(f"Die Datei ist nicht entstanden. {sentence(error)}") from error
        note(slug, pages, inquiries, members)
        self.stdout.write(f"{path}: {pages} Seiten, {path.stat().st_size / 1e6:.1f} MB.")
        if missing:
            self.stderr.write(f"Diese hochgeladenen Dateien fehlen auf dem Server: {', '.join(missing[:5])}")


def note(slug, pages, inquiries, members):
    """In the trail of the city, above all when the file holds personal data."""
    city = City.objects.get(slug=slug)
    parts = [f"{pages} Seiten", *(["Anfragen"] if inquiries else []), *(["Mitglieder"] if members else [])]
    record(Action.EXPORTED, city, city_id=city.pk, by="Betriebsstelle", detail=", ".join(parts))
