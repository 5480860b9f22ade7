"""The sizes of a picture that browsers choose from, made once when it is uploaded."""

from django.core.files.storage import default_storage
from PIL import Image

from contacts.images import encode

WIDTHS = (400, 800, 1200, 1600)
# What old browsers get.
FALLBACK_WIDTH = 800
# The smallest first; every browser of the last years reads one of them.
FORMATS = {"avif": {"quality": 60, "speed": 8}, "webp": {"quality": 76, "method": 4}}


def widths_of(width):
    return [*(each for each in WIDTHS if each < width), width]


def size_name(name, width, extension):
    return f"{name.rpartition('.')[0]}-{width}.{extension}"


def fallback_name(name, width):
    return size_name(name, FALLBACK_WIDTH, "jpg") if width > FALLBACK_WIDTH else name


def names(name, width):
    """Of all files that belong to a picture: the one it is kept as, and its sizes."""
    sizes = [size_name(name, each, extension) for each in widths_of(width) for extension in FORMATS]
    return {name, fallback_name(name, width), *sizes}


def write_sizes(name):
    with default_storage.open(name) as file, Image.open(file, formats=["JPEG"]) as picture:
        picture.load()
    for width in widths_of(picture.width):
        smaller = resized(picture, width)
        for extension, options in FORMATS.items():
            default_storage.save(size_name(name, width, extension), encode(smaller, extension, **options))
    if picture.width > FALLBACK_WIDTH:
        smaller = encode(resized(picture, FALLBACK_WIDTH), "jpg", quality=82, optimize=True, progressive=True)
        default_storage.save(fallback_name(name, picture.width), smaller)


def resized(picture, width):
    if width == picture.width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def srcset(name, width, extension):
    """For an element `source`: each size with its width."""
    url = default_storage.url
    return ", ".join(f"{url(size_name(name, each, extension))} {each}w" for each in widths_of(width))
