"""What a city declares about accessibility: its statement, its barriers, and those it may have forgotten."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from contacts.models import City

from .models import AccessibilityStatement, Barrier
from .models.known_barriers import KnownBarrier, known_barriers, with_facts

Status = AccessibilityStatement.Status
Method = AccessibilityStatement.Method


@dataclass
class Group:
    """One of the three groups of the law, with what belongs to it."""

    kind: Barrier.Group
    barriers: list[Barrier | KnownBarrier]

    @property
    def known(self):
        """Those that the database tells of: in our words."""
        return [barrier for barrier in self.barriers if barrier.is_known]

    @property
    def written(self):
        """Those in the words of staff."""
        return [barrier for barrier in self.barriers if not barrier.is_known]


@dataclass
class Declaration:
    statement: AccessibilityStatement
    groups: list[Group]
    today: date

    @property
    def is_evaluated(self):
        return self.statement.is_evaluated_on(self.today)

    @property
    def method(self):
        """Without an evaluation the centre itself says what it knows, whatever is planned."""
        return Method(self.statement.method) if self.is_evaluated else Method.SELF

    @property
    def status(self):
        """Never full where no human being has evaluated the site, or while anything is left to do."""
        if self.statement.status == Status.FULL and not self.may_be_full:
            return Status.PARTIAL
        return Status(self.statement.status)

    @property
    def may_be_full(self):
        return self.is_evaluated and not any(
            group.barriers for group in self.groups if group.kind in Barrier.EXCEPTIONS
        )


def declaration_of(city, instant):
    """None where the city has none yet, or one that nobody has finished. Two queries."""
    with_statement = City.objects.filter(pk=city.pk).select_related("accessibility_statement")
    city = with_facts(with_statement, instant).get()
    statement = getattr(city, "accessibility_statement", None)
    if statement is None or statement.prepared_on is None:
        return None
    written = list(statement.barriers.all())
    groups = [Group(kind, [barrier for barrier in written if barrier.group == kind]) for kind in Barrier.Group]
    groups[0].barriers += known_barriers(city)
    return Declaration(statement, groups, timezone.localdate(instant))
