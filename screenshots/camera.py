"""Pictures of a part of a page, small enough to be kept in the repository."""

import io

from PIL import Image, ImageDraw

MARK = "#c2185b"
AROUND = 14  # pixels of the page that stay visible beside what is shown
LARGEST = 60_000  # bytes


def shoot(page, path, first, last=None, marked=()):
    """What lies from the first element to the last one, with a frame around what is to be clicked."""
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo(0, 0)")
    area = cut(page, [first, last or first, *marked])
    clip = dict(zip(("x", "y", "width", "height"), (area[0], area[1], area[2] - area[0], area[3] - area[1]), strict=True))
    picture = as_image(page.screenshot(full_page=True, clip=clip, animations="disabled"))
    pen = ImageDraw.Draw(picture)
    for element in marked:
        left, top, right, bottom = box_of(element)
        frame = (left - area[0] - 6, top - area[1] - 6, right - area[0] + 6, bottom - area[1] + 6)
        pen.rounded_rectangle(frame, radius=8, outline=MARK, width=4)
    save(picture, path)


def as_image(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def box_of(element):
    box = element.bounding_box()
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def cut(page, elements):
    """Whole pixels around all of them, inside the page."""
    boxes = [box_of(element) for element in elements]
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    return (
        max(0, int(min(box[0] for box in boxes)) - AROUND),
        max(0, int(min(box[1] for box in boxes)) - AROUND),
        min(width, int(max(box[2] for box in boxes)) + AROUND),
        min(height, int(max(box[3] for box in boxes)) + AROUND),
    )


def save(picture, path):
    """Without loss where that stays small: words stay sharp."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "WEBP", lossless=True, quality=100, method=6)
    if path.stat().st_size > LARGEST:
        picture.save(path, "WEBP", quality=80, method=6)
