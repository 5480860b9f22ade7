"""A proposal for staff: line by line what stood there, what stands there now, and what shall stand there."""

from typing import NamedTuple

from contacts.models import Contact

from .forms import ContactProposalForm, values_of
from .models import ProposedChange


class Line(NamedTuple):
    name: str
    label: str
    old: str
    now: str
    new: str

    @property
    def is_field(self):
        """Whether a click can take it over. Opening hours and languages come as text."""
        return self.name in ProposedChange.CONTACT_FIELDS

    @property
    def has_changed_meanwhile(self):
        return self.old != self.now


def lines_of(proposal):
    if proposal.contact is None:
        return []
    (card,) = Contact.objects.filter(pk=proposal.contact_id).cards()
    now = values_of(card)
    fields = ContactProposalForm.base_fields
    return [
        Line(name, fields[name].label, proposal.old.get(name, ""), now[name], new)
        for name in ContactProposalForm.FIELDS
        if (new := proposal.new.get(name)) is not None
    ]
