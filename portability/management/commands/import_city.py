from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from backups.messages import sentence
from backups.progress import Progress
from portability.importing import import_city
from portability.package import Package, Refused


class Command(BaseCommand):
    help = "Builds a city from the file of export_city. The city must not exist or be empty; it does not get public."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--inquiries", action="store_true", help="With what people sent, if the file has it.")
        parser.add_argument("--members", action="store_true", help="Members who have an account here get their role.")

    def handle(self, *, file, inquiries, members, verbosity, **options):
        try:
            with Package(file) as package:
                city, pages, strangers = import_city(package, Progress(self.stdout, verbosity == 0), inquiries, members)
        except Refused as error:
            raise CommandError(f"Es wurde nichts eingespielt. {error}") from error
        except OSError as error:
            raise CommandError(f"Es wurde nichts eingespielt. {sentence(error)}") from error
        self.stdout.write(f"{city}: {pages} Seiten eingespielt. Die Stadt ist noch nicht öffentlich.")
        if strangers:
            self.stdout.write(f"Kein Konto haben hier: {', '.join(strangers)}")
