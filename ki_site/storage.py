"""Reads MEDIA_STORAGE_URL: where uploads lie. A mistake stops the start with a sentence that repeats no secret."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

S3_SCHEMES = {"s3": "https", "s3+http": "http"}

EXPLANATION = (
    "MEDIA_STORAGE_URL is malformed: {problem}. Write file:///srv/ki-uploads for a folder that all nodes share, or "
    "s3://key:secret@s3.example.org/bucket?region=eu-central-1 (s3+http://… without TLS, in a closed network). "
    "In key and secret, encode every character that is not a letter or digit, as %2F for /."
)


def media_folder(url, default):
    """Where uploads lie on this machine; what is local only, if they lie elsewhere."""
    parts = urlsplit(url)
    if parts.scheme in S3_SCHEMES or not url:
        return default
    if parts.scheme != "file":
        raise malformed("it begins with neither file nor s3")
    if parts.netloc or not parts.path.startswith("/") or parts.query or parts.fragment:
        raise malformed("a folder has three slashes and nothing after its name")
    return Path(unquote(parts.path))


def media_storage(url):
    """The entry of STORAGES."""
    if urlsplit(url).scheme in S3_SCHEMES:
        return {"BACKEND": "ki_site.media_on_s3.MediaOnS3", "OPTIONS": s3_options(url)}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def s3_options(url):
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise malformed("the port is no number") from None
    bucket = parts.path.strip("/")
    if not parts.hostname or not bucket or "/" in bucket or parts.fragment:
        raise malformed("it names a host and one bucket")
    if not parts.username or not parts.password:
        raise malformed("key or secret is missing")
    host = f"{parts.hostname}:{port}" if port else parts.hostname
    query = parse_qs(parts.query)
    if query.keys() - {"region"}:
        raise malformed("after the question mark only the region is known")
    return {
        "endpoint_url": f"{S3_SCHEMES[parts.scheme]}://{host}",
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "region_name": query.get("region", ["us-east-1"])[0],
    }


def malformed(problem):
    return ImproperlyConfigured(EXPLANATION.format(problem=problem))
