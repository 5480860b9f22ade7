"""Checks the audit trail: `manage.py verify_audit`, every night, with an anchor file that lies on another machine."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import chain
from audit.models import Chain


class Command(BaseCommand):
    help = "Prüft das Protokoll und nennt je Kette den ersten Eintrag, an dem etwas nicht stimmt."

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchors",
            type=Path,
            metavar="DATEI",
            help="Was frühere Läufe hier notiert haben, muss noch stimmen; das neue Ende kommt dazu.",
        )

    def handle(self, anchors=None, **options):
        chain.link_all()
        instant = timezone.now()
        known = read_anchors(anchors)
        problems, lines = [], []
        for number in sorted({*chain.numbers(), *known}):
            problem = chain.problem_of(number, instant) or problem_with_anchors(number, known.get(number, {}))
            if problem:
                problems.append(f"Kette {number}: {problem}")
                continue
            row = Chain.objects.get(number=number)
            lines.append(f"{number} {row.length} {row.head}")
            self.stdout.write(f"Kette {number}: {row.length - row.expired} Einträge, Ende {row.length} {row.head}")
        if anchors and not problems:
            with anchors.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
        if problems:
            raise CommandError("Das Protokoll stimmt nicht.\n" + "\n".join(problems))
        self.stdout.write("Das Protokoll ist unverändert.")


def read_anchors(path):
    """By chain and position, the digest that stood there."""
    known = {}
    for line in path.read_text("utf-8").splitlines() if path and path.exists() else []:
        number, position, head = line.split()
        known.setdefault(int(number), {})[int(position)] = head
    return known


def problem_with_anchors(number, anchors):
    row = Chain.objects.filter(number=number).first()
    for position, head in sorted(anchors.items()):
        if row is None or position > row.length:
            return f"Eintrag {position} war schon einmal da und fehlt jetzt am Ende."
        if position <= row.expired:
            continue
        found = chain.entries_of(number).filter(position=position).values_list("digest", flat=True).first()
        if found != head:
            return f"Eintrag {position} war bei einer früheren Prüfung ein anderer."
    return ""
