"""Ends with a clear sentence when bin/serve could not listen on HOST and PORT. Runs before anything is installed."""

import errno
import os
import socket
import sys

host, port = os.environ["HOST"], os.environ["PORT"]
if not port.isdecimal() or not 0 < int(port) < 65536:
    sys.exit(f"PORT={port} ist keine Portnummer.")
try:
    [(family, _type, _protocol, _name, address), *_others] = socket.getaddrinfo(
        host, int(port), type=socket.SOCK_STREAM
    )
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen()
except OSError as error:
    sys.exit(
        {
            errno.EADDRINUSE: f"Port {port} auf {host} ist schon belegt. Läuft die Website schon?\n"
            f"Ein anderer Port geht so: PORT={int(port) + 1} bin/serve",
            errno.EACCES: f"Port {port} darf hier nur der Administrator benutzen. So geht es: PORT=8000 bin/serve",
        }.get(error.errno, f"HOST={host} ist keine Adresse dieses Rechners ({error.strerror}).")
    )
