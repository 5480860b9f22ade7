from django.core.management.base import BaseCommand
from django.db.models import TextField
from django.db.models.functions import Cast

from ...models import FormerRow


class Command(BaseCommand):
    help = (
        "Löscht frühere Stände von Daten und Entwürfen, in denen ein Name, eine Nummer oder eine E-Mail-Adresse steht. "
        "Für Menschen, die verlangen, dass ihre Daten gelöscht werden. Was heute gilt, ändern Sie vorher."
    )

    def add_arguments(self, parser):
        parser.add_argument("words", help="Zum Beispiel der Name, so wie er geschrieben war.")
        parser.add_argument("--dry-run", action="store_true", help="Nur sagen, was gelöscht würde.")

    def handle(self, *args, words, dry_run, **options):
        found = FormerRow.objects.annotate(text=Cast("data", TextField())).filter(text__icontains=words)
        if dry_run:
            self.stdout.write(f"Zu löschen: {found.count()}. Es wurde nichts gelöscht.")
            return
        count, _by_model = FormerRow.objects.filter(pk__in=found.values("pk")).delete()
        self.stdout.write(f"Gelöscht: {count}.")
