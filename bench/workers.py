"""How many workers, of which class, with how many threads? One table: bench/run --only workers

Each is asked in turn for pages of which every fourth is not in the cache; and once more while twenty visitors with a
bad connection send their requests drop by drop, as somebody without a web server in front would meet them.
"""

import socket
from contextlib import ExitStack, contextmanager
from statistics import median

from . import databases, servers

CHOICES = [
    ("sync", 2, 1),
    ("sync", 3, 1),
    ("sync", 4, 1),
    ("gthread", 1, 4),
    ("gthread", 2, 2),
    ("gthread", 2, 4),
    ("gthread", 3, 2),
    ("gthread", 3, 4),
    ("gthread", 4, 2),
]
SLOW_VISITORS = 20


@contextmanager
def slow_visitors(server):
    """Connections over which the beginning of a request has come, and no more."""
    host, port = server.address.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for _visitor in range(SLOW_VISITORS):
            visitor = stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: ")
        yield


def measure(url, paths, headers, options, say):
    with ExitStack() as stack:
        found = {}
        for choice in CHOICES:
            kind, workers, threads = choice
            port = servers.free_port()
            command = servers.gunicorn("ki_site.wsgi", port, "--worker-class", kind, "--threads", str(threads))
            environment = databases.environment(url, WEB_CONCURRENCY=str(workers))
            server = stack.enter_context(servers.running(command, environment, port, paths[0]))
            found[choice] = server, [], []
        for number in range(options.rounds):
            for (kind, workers, threads), (server, usual, slow) in found.items():
                say(f"round {number + 1} of {options.rounds}: {workers} × {kind}, {threads} threads")
                usual.append(servers.ask(server.address, paths, headers, options.seconds, past_cache=4))
                with slow_visitors(server):
                    slow.append(servers.ask(server.address, paths, headers, options.seconds, past_cache=4))
        beside = f"beside {SLOW_VISITORS} slow ones"
        yield f"{'16 connections, 3 of 4 cached':34} {'answers':>11} {'p50 ms':>8} {'p99 ms':>8} {beside:>22}"
        for (kind, workers, threads), (_server, usual, slow) in found.items():
            per_second, p50, p99 = (median(getattr(each, name) for each in usual) for name in servers.Answers._fields)
            beside = median(each.per_second for each in slow)
            name = f"{workers} × {kind}, {threads} threads"
            yield f"{name:34} {per_second:>9.0f}/s {p50:>8.1f} {p99:>8.1f} {beside:>20.0f}/s"
