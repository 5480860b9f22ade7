"""Hands out what staff uploaded, in parts where a browser asks for them: iPhones play no video that comes whole.

In real use the web server in front does this; it is here so that the site is complete without one.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

# Every name is new and its content never changes; a week, because what was taken away shall not be kept for ever.
CACHE = "public, max-age=604800, immutable"
# A picture that somebody opens by its address runs nothing and asks for nothing. Browsers show no PDF in a sandbox.
SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

# What can be uploaded. Anything else that lies there is no page and no script: it can only be saved.
CONTENT_TYPES = {
    ".avif": "image/avif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
PIECE = 64 * 1024  # bytes in memory at a time
NAME_IN_BUCKET = re.compile(r"[a-z0-9_-]+(?:/[a-zA-Z0-9_-]+)*\.[a-z0-9]{2,5}", re.ASCII)
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class Upload(NamedTuple):
    name: str
    size: int
    changed: int  # seconds since 1970
    pieces: Callable  # of a range of its bytes


@require_safe
def media(request, path):
    try:
        upload = on_disk(path) if isinstance(default_storage, FileSystemStorage) else in_bucket(path)
    except OSError:
        # Pictures only; the page around them stands. Nobody shall keep this answer.
        return HttpResponse(status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    size, changed = upload.size, upload.changed
    headers = headers_of(upload.name) | {"Last-Modified": http_date(changed), "Accept-Ranges": "bytes"}
    if response := get_conditional_response(request, last_modified=changed):
        for name in ("Last-Modified", "Cache-Control"):
            response[name] = headers[name]
        return response
    if request.method == "HEAD":
        return HttpResponse(headers=headers | {"Content-Length": str(size)})
    part = wanted_part(request.headers, size, headers["Last-Modified"])
    if part is not None and not part:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    return answer(upload, part, headers)


def on_disk(path):
    """The upload of this name: nothing outside the folder, wherever dots and links in the name lead."""
    folder = Path(settings.MEDIA_ROOT).resolve()
    try:
        file = (folder / path).resolve()
        if file.is_relative_to(folder) and file.is_file():
            status = file.stat()
            return Upload(file.name, status.st_size, int(status.st_mtime), partial(pieces, file))
    except (OSError, ValueError):  # a name too long for the disk, a zero byte
        pass
    raise Http404


def in_bucket(path):
    """Only names as we give them: a bucket would take any."""
    if not NAME_IN_BUCKET.fullmatch(path):
        raise Http404
    found = default_storage.find(path)
    if found is None:
        raise Http404
    size, changed = found["ContentLength"], int(found["LastModified"].timestamp())
    return Upload(path, size, changed, lambda part: default_storage.pieces(path, part, PIECE))


def headers_of(name):
    content_type = CONTENT_TYPES.get(PurePosixPath(name).suffix.lower())
    headers = {
        "Content-Type": content_type or "application/octet-stream",
        "Content-Disposition": "inline" if content_type else "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": CACHE,
    }
    return headers if content_type == "application/pdf" else headers | {"Content-Security-Policy": SANDBOX}


def wanted_part(headers, size, last_modified):
    """The bytes asked for, as a range that is empty where the file has none of them; None means all of it.

    Several ranges at once, nonsense, and a part of what has changed since are answered with the whole.
    """
    match = RANGE.fullmatch(headers.get("Range", "").strip())
    is_of_this_file = headers.get("If-Range", last_modified) == last_modified
    if not match or not is_of_this_file:
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if not last:
        return range(int(first), size)
    return range(int(first), min(size, int(last) + 1)) if int(first) <= int(last) else None


def answer(upload, part, headers):
    size = upload.size
    sent = range(size) if part is None else part
    headers |= {"Content-Length": str(len(sent))}
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    content = upload.pieces(sent) if sent else ()
    return StreamingHttpResponse(content, status=200 if part is None else 206, headers=headers)


def pieces(file, part):
    with file.open("rb") as opened:
        opened.seek(part.start)
        left = len(part)
        while left and (piece := opened.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
