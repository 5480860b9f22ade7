from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse

from .colors import for_dark_surfaces, validate_accent_color


def accent_stylesheet(request, color):
    """The few lines of CSS that give a city its colour. The colour is the address, so it can be kept for ever."""
    color = f"#{color.upper()}"
    try:
        validate_accent_color(color)
    except ValidationError:
        raise Http404 from None
    css = (
        f":root{{--accent:{color};--deep:{color}}}\n"
        f"@media(prefers-color-scheme:dark){{:root{{--accent:{for_dark_surfaces(color)}}}}}\n"
        # Paper is always light.
        f"@media print{{:root{{--accent:{color}}}}}\n"
    )
    return HttpResponse(css, content_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})
