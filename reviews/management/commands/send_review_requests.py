import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from inquiries.outbox import send_due

from ...asking import ask, delete_old


class Command(BaseCommand):
    help = (
        "Bittet die Zuständigen per E-Mail um fällige Prüfungen, später ihre Vertretungen. Einmal am Tag aufrufen; "
        "öfter, gar nicht oder auf mehreren Rechnern zugleich schadet nicht."
    )

    def handle(self, **options):
        instant = timezone.now()
        if deleted := delete_old(instant):
            self.stdout.write(f"Gelöscht, weil über ein Jahr alt: {deleted}.")
        if not settings.MAIL_IS_SET_UP:
            self.stdout.write("Kein Mailserver eingerichtet (EMAIL_URL fehlt). Es wurde niemand gebeten.")
            return
        if not settings.SITE_URL:
            self.stderr.write("SITE_URL fehlt: Ohne sie kann in einer E-Mail kein Link zur Website stehen.")
            sys.exit(1)
        number = ask(instant)
        self.stdout.write(f"{number} {'Person' if number == 1 else 'Personen'} um eine Prüfung gebeten.")
        send_due()
