"""Contrast of a city's accent colour, by the formulas of WCAG 2.2."""

import colorsys
import re

from django.core.exceptions import ValidationError

DEFAULT_ACCENT = "#2044AA"
LIGHT_SURFACES = ("#FFFFFF", "#F3F4F7")
DARK_SURFACES = ("#131525", "#1D2034")
MINIMUM_TEXT_CONTRAST = 4.5


def relative_luminance(color):
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    """Contrast ratio between 1 and 21 of two colours written `#RRGGBB`."""
    darker, lighter = sorted((relative_luminance(first), relative_luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def lowest_contrast(color, surfaces):
    return min(contrast(color, surface) for surface in surfaces)


def for_dark_surfaces(color):
    """The same hue, lightened until text in it is readable on the dark theme."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)))
    while lowest_contrast(color, DARK_SURFACES) < 6 and lightness < 0.98:
        lightness = min(lightness + 0.02, 0.98)
        color = "#" + "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return color


def validate_accent_color(color):
    if not re.fullmatch(r"#[0-9A-F]{6}", color, re.IGNORECASE):
        raise ValidationError("Bitte geben Sie die Farbe als # und sechs Zeichen an, zum Beispiel #2044AA.")
    ratio = lowest_contrast(color, LIGHT_SURFACES)
    if ratio < MINIMUM_TEXT_CONTRAST:
        raise ValidationError(
            "Diese Farbe ist auf hellem Grund zu schwach: Kontrast %(ratio)s, nötig sind 4,5. "
            "Bitte wählen Sie einen dunkleren Ton.",
            params={"ratio": f"{ratio:.1f}".replace(".", ",")},
        )
