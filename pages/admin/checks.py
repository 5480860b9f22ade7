"""The check before publishing, as the form of a text shows it."""

from .. import checks
from ..checks.readability import readability
from ..models import PageTranslation


class ShownFinding:
    """A finding with its way to the field, and the id by which the field refers to it."""

    def __init__(self, number, finding, form):
        self.id = f"finding-{number}"
        self.level = finding.level
        self.message = finding.message
        self.field = form[finding.field] if finding.field in form.fields else None
        name = PageTranslation._meta.get_field(finding.field).verbose_name
        self.where = f"{name}, {finding.place}" if finding.place else name

    @property
    def address(self):
        # The editor takes the place of its field and has no id of its own; its label is right above it.
        return self.field and f"#{self.field.auto_id}{'_label' if self.field.name == 'body' else ''}"


def check_of(form):
    """What is found in the stored draft of a form, for the template."""
    reading = checks.Reading(form.instance)
    found = [ShownFinding(number, finding, form) for number, finding in enumerate(checks.findings(reading), start=1)]
    errors = [finding for finding in found if finding.level == checks.Level.ERROR]
    for name in {finding.field.name for finding in errors if finding.field}:
        describe(form[name], [error.id for error in errors if error.field and error.field.name == name])
    return {"errors": errors, "hints": found[len(errors) :], "readability": readability(reading)}


def describe(field, ids):
    """A screen reader reads with the field what stops it from becoming public."""
    own = [field.aria_describedby] if field.aria_describedby else []
    field.field.widget.attrs["aria-describedby"] = " ".join([*own, *ids])
