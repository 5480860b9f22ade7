import segno
from django import template

from contacts.hosts import whole_address

from ..short_addresses import readable, short_path

register = template.Library()

QUIET_ZONE = 4  # modules of white that a reader needs around the code


def dark_runs(row):
    """(start, length) of the dark modules of a row that stand side by side."""
    start = None
    for position, is_dark in enumerate((*row, 0)):
        if is_dark and start is None:
            start = position
        elif not is_dark and start is not None:
            yield start, position - start
            start = None


@register.inclusion_tag("includes/_qr_code.html")
def qr_code(text, label):
    """A QR code as one SVG path; `label` says in words what it leads to."""
    rows = segno.make_qr(text, error="m").matrix
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in dark_runs(row))
    return {"path": path, "label": label, "start": -QUIET_ZONE, "size": len(rows) + 2 * QUIET_ZONE}


@register.inclusion_tag("includes/_address_on_paper.html", takes_context=True)
def address_on_paper(context):
    """Where a printed page is found. Only of pages that are for everybody: other addresses may be secret."""
    request, entry = context.get("request"), context.get("entry")
    match = getattr(request, "resolver_match", None)
    if not match or not hasattr(match.func, "public_parameters"):
        return {}
    path = short_path(entry) if entry and entry.has_sheet else request.path
    return {"path": path.removeprefix("/"), "address": readable(whole_address(request, path))}
