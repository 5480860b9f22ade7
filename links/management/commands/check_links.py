from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from links.asking import Asker
from links.checking import check, collect
from links.models import ExternalLink


class Command(BaseCommand):
    help = (
        "Prüft die Links zu anderen Websites. Einmal am Tag durch einen Timer starten; "
        "öfter oder auf mehreren Rechnern zugleich schadet nicht, ein Tag zählt einmal."
    )

    def handle(self, **options):
        collect()
        asker = Asker(f"KI-Website-Linkpruefung/1.0 ({settings.SITE_URL or 'Kommunales Integrationszentrum'})")
        noted = check(asker, timezone.localdate())
        waiting = ExternalLink.objects.exclude(checked_on__gte=timezone.localdate()).count()
        broken = ExternalLink.objects.broken().count()
        self.stdout.write(f"{noted} Links geprüft, {waiting} ohne Antwort geblieben, {broken} brauchen jemanden.")
        if waiting and not noted:
            self.stderr.write("Keine einzige Website hat geantwortet. Hat dieser Rechner Zugang zum Internet?")
