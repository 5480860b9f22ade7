"""The preview: a bar above a frame in which the page stands as it will be, as wide as a phone or a computer."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from .pages import preview_response

# Choices of `?breite=`; only a frame of that width shows what the style sheets make of it.
WIDTHS = {"": _("Dieses Gerät"), "handy": _("Handy"), "computer": _("Computer")}


@csp_replace({"frame-src": [SELF]})
def preview_page(request, template, frame_url, languages, **context):
    """`languages` are pairs of a language and the address of the preview in it."""
    wanted = request.GET.get("breite", "")
    width = wanted if wanted in WIDTHS else ""
    query = f"?breite={width}" if width else ""
    context |= {
        "frame_url": frame_url,
        "width": width,
        "widths": [(name, label, f"?breite={name}" if name else request.path) for name, label in WIDTHS.items()],
        "languages": [(language, address + query) for language, address in languages],
    }
    return render(request, template, context)


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def framed_page(request, text):
    """The draft as it will look. Only this one answer may stand in a frame, and only in one of our own."""
    return preview_response(request, text, text, preview={"is_framed": True})
