from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pages.models import PageRevision, SearchText

AT_ONCE = 200


class Command(BaseCommand):
    help = "Writes what the search reads for texts that lack it; with --all for all, after its rules have changed."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="Erst alles löschen, dann neu schreiben.")

    def handle(self, **options):
        with transaction.atomic():
            if options["all"]:
                SearchText.objects.all().delete()
            number = self.write_missing()
        if options["verbosity"]:
            self.stdout.write(f"{number} Texte in die Suche geschrieben.")

    def write_missing(self):
        not_over = Q(visible_until=None) | Q(visible_until__gt=timezone.now())
        missing = PageRevision.objects.filter(not_over, search_text=None)
        ids = list(missing.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), AT_ONCE):
            some = PageRevision.objects.filter(pk__in=ids[start : start + AT_ONCE])
            SearchText.objects.write_all(some.select_related("translation__page"))
        return len(ids)
