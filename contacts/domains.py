"""The own domain of a city: how it is written, and which name can be one."""

import re
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.core.exceptions import ValidationError

# Two parts at least, and the last one no number: neither an address of a machine nor a bare name.
DOMAIN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"


def as_domain(typed):
    """As it stands in the Host header: „KI-Köln.de.“ is xn--ki-kln-zxa.de. What is no name stays as it is."""
    typed = typed.strip().rstrip(".").lower()
    try:
        return idna.encode(typed, uts46=True).decode("ascii")
    except idna.IDNAError:
        return typed


def as_people_write_it(host):
    """With its umlauts; a port stays. What is no name stays as it is."""
    name, colon, port = host.partition(":")
    try:
        return idna.decode(name) + colon + port
    except idna.IDNAError:
        return host


def validate_domain(domain):
    if not re.fullmatch(DOMAIN, domain):
        raise ValidationError(
            "Schreiben Sie nur den Namen: „ki-bielefeld.de“, ohne „https://“ davor und ohne „/“ dahinter."
        )
    if not settings.SITE_URL:
        raise ValidationError("Dafür muss auf dem Server erst die gemeinsame Adresse eingestellt sein (SITE_URL).")
    if domain == urlsplit(settings.SITE_URL).hostname:
        raise ValidationError("So heißt schon die gemeinsame Adresse aller Zentren.")
