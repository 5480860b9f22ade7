"""The two pictures of the README: the start page on a desk, and in Arabic on a phone."""

from pathlib import Path

from PIL import Image

from .camera import as_image

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
DESK, PHONE = (1280, 960), (360, 760)
COLOURS = 128


def take(browsers, site, say):
    say("README: Startseite auf Deutsch und auf Arabisch")
    desk = browsers.visitor(*DESK)
    desk.goto("/de/bielefeld/")
    save(as_image(desk.screenshot(animations="disabled")).resize((800, 600), Image.Resampling.LANCZOS), "start-de")
    phone = browsers.visitor(*PHONE, locale="ar")
    phone.goto("/ar/bielefeld/")
    save(as_image(phone.screenshot(animations="disabled")), "start-ar")


def save(picture, name):
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
