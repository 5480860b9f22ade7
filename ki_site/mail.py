"""Reads EMAIL_URL. A mistake in it stops the start with a sentence that does not repeat the password."""

from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# smtps is missing on purpose: everywhere else it means TLS from the first byte, for django-environ STARTTLS.
PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
OTHER_SCHEMES = ("consolemail", "dummymail", "filemail", "memorymail")

EXPLANATION = (
    "EMAIL_URL is malformed: {problem}. Write smtp+tls://user:password@host:587, or smtp+ssl://… for TLS from the "
    "first byte. In user and password, encode every character that is not a letter or digit, as %40 for @, %23 for # "
    "(python -c 'import urllib.parse; print(urllib.parse.quote(input(), safe=\"\"))')."
)


def mail_settings(url):
    """Django's EMAIL_… settings. Without an address mails go nowhere."""
    url = url.strip() or "dummymail://"
    try:
        found = environ.Env.email_url_config(url)
        parts = urlsplit(url)
        scheme = parts.scheme
    except (ImproperlyConfigured, ValueError):
        raise malformed("it is no address, or begins with an unknown scheme") from None
    if scheme in OTHER_SCHEMES:
        return found
    if scheme not in PORTS:
        raise malformed("smtps can mean two things")
    if "#" in url or "?" in url or parts.path not in ("", "/"):
        raise malformed("#, ? and / end the host, and inside a password they have to be %23, %3F and %2F")
    if not found["EMAIL_HOST"]:
        raise malformed("the host is missing")
    if (found["EMAIL_HOST_USER"] is None) != (found["EMAIL_HOST_PASSWORD"] is None):
        raise malformed("user or password is missing")
    if found["EMAIL_PORT"] == 0:
        raise malformed("the port is 0")
    return found | {"EMAIL_PORT": found["EMAIL_PORT"] or PORTS[scheme]}


def malformed(problem):
    return ImproperlyConfigured(EXPLANATION.format(problem=problem))
