"""Asks other websites whether an address still works: politely, for a limited time, and never inside our own network.

The standard library's client is used because the address that was checked must be the one that is connected to:
a client that looks up the name by itself could be led elsewhere between the two.
"""

import ipaddress
import socket
import ssl
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from threading import Timer
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from pages.models import PageLink

from .models import Answer

MOST_REDIRECTS = 6
PERMANENT = (301, 308)
REDIRECTS = (*PERMANENT, 302, 303, 307)
GONE = (404, 410)
NAT64 = ipaddress.ip_network("64:ff9b::/96")
TOO_MANY = 429
PORTS = {"http": 80, "https": 443}
# Characters of an address that are sent as they stand there.
LEFT_AS_IT_IS = "%/:?#[]@!$&'()*+,;=~"


class Found(NamedTuple):
    """What an address answered."""

    answer: str
    detail: str = ""
    moved_to: str = ""
    status: int | None = None  # of the last answer; None if there was none


class Forbidden(OSError):
    """The name leads into a network that visitors cannot reach."""


def is_public(address):
    """Whether an IP address belongs to the internet, and not to this machine, its network or its provider."""
    address = ipaddress.ip_address(address.partition("%")[0])
    if address in NAT64:  # an address of the old internet, seen from a network that has only the new one
        address = ipaddress.ip_address(int(address) & 0xFFFFFFFF)
    inside = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return all(
        each.is_global and not (each.is_multicast or each.is_reserved or getattr(each, "is_site_local", False))
        for each in (address, inside)
    )


class Connection(HTTPSConnection):
    """A connection, with or without TLS, to an address that was looked at first."""

    def __init__(self, scheme, host, port, seconds, may_connect):
        super().__init__(host, port, timeout=seconds, context=ssl.create_default_context())
        self.has_tls = scheme == "https"
        self.may_connect = may_connect

    def connect(self):
        addresses = [found[4][0] for found in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)]
        if not all(map(self.may_connect, addresses)):
            raise Forbidden("not a public address")
        self.sock = self.first_that_answers(addresses)
        if self.has_tls:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def first_that_answers(self, addresses):
        """Of the numbers of a name: a machine without IPv6 finds the one without it."""
        for address in addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self.timeout)
        return socket.create_connection((addresses[-1], self.port), self.timeout)

    def hang_up(self):
        with suppress(OSError):
            if self.sock:
                self.sock.shutdown(socket.SHUT_RDWR)


class Asker:
    """Asks for addresses. `may_connect` is there for tests, whose server runs on the machine itself."""

    def __init__(self, user_agent, seconds=10, longest=30, may_connect=is_public):
        self.headers = {"User-Agent": user_agent, "Accept": "text/html,*/*;q=0.8", "Connection": "close"}
        self.seconds = seconds  # without a word
        self.longest = longest  # for an answer that comes in drops
        self.may_connect = may_connect

    def ask(self, url):
        """What people find at an address, redirects included."""
        try:
            return self.follow(*url.partition("#")[::2])
        except (OSError, HTTPException, ValueError) as error:
            return self.failure(error)

    def follow(self, start, fragment):
        here = permanent = start
        seen, is_permanent = {start}, True
        for _ in range(MOST_REDIRECTS):
            status, location = self.answer_of(here)
            if status not in REDIRECTS or not location:
                moved_to = f"{permanent}#{fragment}" if fragment else permanent
                return self.result(status, moved_to if permanent != start else "")
            here = urljoin(here, location).partition("#")[0]
            if here in seen:
                return Found(Answer.REFUSED, "leitet im Kreis", status=status)
            seen.add(here)
            # Behind the first one that is not for ever, the address is right as it is.
            is_permanent = is_permanent and status in PERMANENT
            permanent = here if is_permanent else permanent
        return Found(Answer.REFUSED, "leitet zu oft weiter", status=status)

    @staticmethod
    def result(status, moved_to):
        if status in GONE:
            return Found(Answer.GONE, str(status), status=status)
        if not 200 <= status < 300:
            return Found(Answer.REFUSED, str(status), status=status)
        if moved_to and len(moved_to) <= PageLink.LONGEST:
            return Found(Answer.MOVED, str(status), moved_to, status)
        return Found(Answer.WORKS, str(status), status=status)

    @staticmethod
    def failure(error):
        if isinstance(error, socket.gaierror):
            is_unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            return Found(Answer.GONE if is_unknown else Answer.REFUSED, "Name nicht gefunden")
        if isinstance(error, Forbidden):
            return Found(Answer.REFUSED, "nicht im Internet erreichbar")
        if isinstance(error, ssl.SSLError):
            return Found(Answer.REFUSED, "Zertifikat ungültig")
        if isinstance(error, TimeoutError):
            return Found(Answer.REFUSED, "antwortet zu langsam")
        return Found(Answer.REFUSED, "keine brauchbare Antwort")

    def answer_of(self, url):
        """(status, address to which it redirects) without reading what is there. Not every server knows HEAD."""
        status, location = self.request("HEAD", url)
        if status >= 400 and status != TOO_MANY:
            status, location = self.request("GET", url)
        return status, location

    def request(self, method, url):
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("not an address of the web")
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        port = parts.port or PORTS[parts.scheme]
        path = quote(parts.path or "/", safe=LEFT_AS_IT_IS)
        query = f"?{quote(parts.query, safe=LEFT_AS_IT_IS)}" if parts.query else ""
        connection = Connection(parts.scheme, host, port, self.seconds, self.may_connect)
        watch = Timer(self.longest, connection.hang_up)
        watch.start()
        try:
            connection.request(method, path + query, headers=self.headers)
            response = connection.getresponse()
            return response.status, response.headers.get("Location")
        finally:
            watch.cancel()
            connection.close()
