"""Hands out what staff uploaded, in parts where a browser asks for them: iPhones play no video that comes whole.

In real use the web server in front does this; it is here so that the site is complete without one.
"""

import re
from pathlib import Path

from django.conf import settings
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
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


@require_safe
def media(request, path):
    file = file_at(path)
    status = file.stat()
    size, changed = status.st_size, int(status.st_mtime)
    headers = headers_of(file) | {"Last-Modified": http_date(changed), "Accept-Ranges": "bytes"}
    if response := get_conditional_response(request, last_modified=changed):
        for name in ("Last-Modified", "Cache-Control"):
            response[name] = headers[name]
        return response
    if request.method == "HEAD":
        return HttpResponse(headers=headers | {"Content-Length": str(size)})
    part = wanted_part(request.headers, size, headers["Last-Modified"])
    if part is not None and not part:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    return answer(file, part, size, headers)


def file_at(path):
    """The upload of this name: nothing outside the folder, wherever dots and links in the name lead."""
    folder = Path(settings.MEDIA_ROOT).resolve()
    try:
        file = (folder / path).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    except (OSError, ValueError):  # a name too long for the disk, a zero byte
        pass
    raise Http404


def headers_of(file):
    content_type = CONTENT_TYPES.get(file.suffix.lower())
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


def answer(file, part, size, headers):
    sent = range(size) if part is None else part
    headers |= {"Content-Length": str(len(sent))}
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return StreamingHttpResponse(pieces(file, sent), status=200 if part is None else 206, headers=headers)


def pieces(file, part):
    with file.open("rb") as opened:
        opened.seek(part.start)
        left = len(part)
        while left and (piece := opened.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
