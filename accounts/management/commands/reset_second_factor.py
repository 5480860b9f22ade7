from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import trail
from accounts.backends import account_of
from audit.log import Action


class Command(BaseCommand):
    help = "Für den Tag, an dem Handy und Notfall-Codes weg sind: löscht den zweiten Faktor und beendet Anmeldungen."

    def add_arguments(self, parser):
        parser.add_argument("login", metavar="BENUTZERNAME", help="oder die E-Mail-Adresse")

    @transaction.atomic
    def handle(self, login, **options):
        user = account_of(login)
        if user is None:
            raise CommandError("Diesen Zugang gibt es nicht, oder die Adresse gehört zu mehreren.")
        count = Authenticator.objects.filter(user=user).delete()[0]
        for session in UserSession.objects.filter(user=user):
            session.end()
        trail.note(Action.ACCOUNT, user, "Zweiter Faktor von der Betriebsstelle gelöscht", by="Betriebsstelle")
        self.stdout.write(f"{user.get_username()}: {count} gelöscht, alle Anmeldungen beendet.")
