"""Pictures of a part of a page, small enough to be kept in the repository."""

import io

from PIL import Image, ImageChops, ImageDraw

MARK = "#c2185b"
AROUND = 12  # pixels of the page above and below
LARGEST = 60_000  # bytes
# Chromium draws the edges of letters differently now and then: of squares of 4 pixels that changes the mean by so much.
EDGES = 24


def shoot(page, path, first, last=None, marked=()):
    """The page from the first element down to the last one, with a frame around what is to be clicked."""
    lay_flat(page)
    # A ring around what was filled in last would be mistaken for our frame.
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    top, bottom = box_of(first)[1] - AROUND, box_of(last or first)[3] + AROUND
    clip = {"x": 0, "y": max(0, top), "width": page.viewport_size["width"], "height": bottom - max(0, top)}
    picture = as_image(page.screenshot(full_page=True, clip=clip, animations="disabled"))
    pen = ImageDraw.Draw(picture)
    for element in marked:
        left, upper, right, lower = box_of(element)
        frame = (left - 6, upper - clip["y"] - 6, right + 6, lower - clip["y"] + 6)
        pen.rounded_rectangle(frame, radius=8, outline=MARK, width=4)
    save(picture, path)


def lay_flat(page):
    """On a screen buttons follow the reader, in a picture of the whole page they belong to their place."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    page.evaluate("document.querySelectorAll('.sticky-buttons').forEach(row => { row.style.position = 'static' })")


def as_image(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def box_of(element):
    """Left, top, right, bottom, in whole pixels."""
    box = element.bounding_box()
    left, top = round(box["x"]), round(box["y"])
    return left, top, left + round(box["width"]), top + round(box["height"])


def save(picture, path):
    """Without loss where that stays small: words stay sharp."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "WEBP", lossless=True, quality=100, method=6)
    if path.stat().st_size > LARGEST:
        picture.save(path, "WEBP", quality=80, method=6)


def look_alike(new, old):
    if not old.exists():
        return False
    with Image.open(new) as picture, Image.open(old) as former:
        if picture.size != former.size:
            return False
        difference = ImageChops.difference(picture.convert("L").reduce(4), former.convert("L").reduce(4))
    return difference.getextrema()[1] < EDGES
