"""Prints one table: the site beside other programs, and beside itself with fewer cities. See bench/run."""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from statistics import median

from . import databases, front, servers, workers
from .databases import FEW, FOLDER, MANY, ROOT

CITY = "bielefeld"
BR = {"Accept_Encoding": "br"}
UNCACHED = BR | {"Authorization": "Bench none"}  # for somebody who signs in, the cache steps aside


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--pages", type=int, default=200, help="pages of each city")
    parser.add_argument("--languages", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=9, help="how often everything is asked; the middle one counts")
    parser.add_argument("--seconds", type=int, default=2, help="of asking one program in one round")
    parser.add_argument("--database", choices=databases.DATABASES, help="only this one")
    parser.add_argument("--only", choices=["programs", "cities", "workers"], help="only this part of the table")
    return parser.parse_args()


def say(words):
    sys.stderr.write(f"\r\033[K{words}\n")


# --- Our site beside other programs ----------------------------------------------------------------------


class Row:
    def __init__(self, name, server, paths, headers, compared_with=None, at_least=None):
        self.name, self.server, self.paths, self.headers = name, server, paths, headers
        self.compared_with, self.at_least = compared_with, at_least
        self.answers = []

    def ask(self, seconds):
        self.answers.append(servers.ask(self.server.address, self.paths, self.headers, seconds))

    @property
    def per_second(self):
        return median(each.per_second for each in self.answers)

    def ratio(self):
        """The middle one of the rounds: what is compared was asked within seconds."""
        pairs = zip(self.answers, self.compared_with.answers, strict=True)
        return median(mine.per_second / other.per_second for mine, other in pairs)

    def tail(self):
        return median(each.p99 / max(each.p50, 0.01) for each in self.answers)

    def cells(self):
        p50, p99 = (median(getattr(each, name) for each in self.answers) for name in ("p50", "p99"))
        numbers = f"{self.per_second:>9.0f}/s {p50:>8.1f} {p99:>8.1f} {self.tail():>6.1f}"
        if self.compared_with is None:
            return f"{self.name:34} {numbers}"
        target = f"  at least {self.at_least:.2f}: {holds(self.ratio() >= self.at_least)}" if self.at_least else ""
        return f"{self.name:34} {numbers}  {self.ratio():>5.2f} × {self.compared_with.name}{target}"


def holds(it_does):
    return "holds" if it_does else "MISSED"


def start(stack, command, port, environment, path):
    return stack.enter_context(servers.running(command, environment, port, path))


def site(stack, url, path, make=servers.gunicorn, application="ki_site.wsgi", *more, **environment):
    port = servers.free_port()
    return start(stack, make(application, port, *more), port, databases.environment(url, **environment), path)


def paths_of(pages):
    """Ordinary pages below those of the menu, one after the other."""
    return [f"/de/{CITY}/standard-{number}/" for number in range(pages - 10, pages)]


def measure_programs(url_few, url_many, options):
    paths = paths_of(options.pages)
    with ExitStack() as stack:
        few, many = (site(stack, url, paths[0]) for url in (url_few, url_many))
        memory = [servers.memory_of_workers(server) for server in (few, many)]
        body, etag = prepare(few, many, paths)
        bare = site(stack, url_few, "/", servers.gunicorn, "bench.bare:application", BENCH_BODY=str(body))
        hand_few, hand_many = (
            site(stack, url, paths[0], servers.gunicorn, "bench.handwritten.wsgi") for url in (url_few, url_many)
        )
        compare_sizes(few, hand_few, paths[0])
        word = f"/de/{CITY}/suche/?q=schule"
        of_bare = Row("bare WSGI", bare, paths, BR)
        of_hand = {
            server: Row(f"hand-written, {cities} cities", server, paths, BR)
            for server, cities in ((hand_few, FEW), (hand_many, MANY))
        }
        rows = [of_bare]
        for cities, server in ((FEW, few), (MANY, many)):
            rows.append(Row(f"cached, {cities} cities", server, paths, BR, of_bare, 0.90))
            one = paths[:1]
            rows.append(Row(f"304, {cities} cities", server, one, BR | {"If_None_Match": etag[server]}, of_bare, 0.95))
        for cities, server, hand in ((FEW, few, hand_few), (MANY, many, hand_many)):
            rows += [of_hand[hand], Row(f"uncached, {cities} cities", server, paths, UNCACHED, of_hand[hand], 1.0)]
            rows.append(Row(f"search, {cities} cities", server, [word], UNCACHED, of_hand[hand]))
        if find_spec("granian"):
            other = site(stack, url_few, paths[0], servers.granian, "ki_site.wsgi:application", cores() + 1)
            warm(other, paths)
            rows.append(Row("granian, cached", other, paths, BR, of_bare))
        rows += front_rows(stack, few, body, paths)
        for number in range(options.rounds):
            for row in rows:
                say_where(f"round {number + 1} of {options.rounds}: {row.name}")
                row.ask(options.seconds)
        return rows, memory


def cores():
    return min(os.cpu_count() or 1, 8)


def say_where(words):
    sys.stderr.write(f"\r\033[K{words}")
    sys.stderr.flush()


def prepare(few, many, paths):
    """Fills the caches of all workers, keeps the bytes of a page, and says by which ETag each server knows it."""
    etags = {}
    for server in (few, many):
        warm(server, paths)
        _status, headers, content = servers.fetch(server.address + paths[0], **BR)
        etags[server] = (headers["ETag"] or "").replace('"', '\\"')
    body = FOLDER / "page.br"
    body.write_bytes(content)
    return body, etags


def warm(server, paths):
    """Every worker has every page ready; which one answers is chance."""
    for _again in range(3):
        servers.ask(server.address, paths, BR, 2)


def compare_sizes(few, hand, path):
    """Equal work is equal bytes, within a twentieth."""
    mine, others = (len(servers.fetch(server.address + path)[2]) for server in (few, hand))
    if not 0.95 < others / mine < 1.05:
        sys.exit(f"The hand-written page has {others} bytes, ours {mine}: that is no comparison.")


def front_rows(stack, few, body, paths):
    """nginx in front of the site, beside nginx that sends the same bytes from a file."""
    nginx = front.start(stack, few.address, body)
    if nginx is None:
        say("deploy/nginx is not there: nothing is measured behind nginx.")
        return []
    static = Row("nginx, static file", nginx.static, ["/page"], BR)
    return [static, Row("behind our nginx", nginx.site, paths, BR, static, 0.5)]


# --- Few cities and many ---------------------------------------------------------------------------------

MOST = 1.5


def measure_cities(url_few, url_many, options):
    command = [sys.executable, "-m", "bench.start", "scale", str(options.rounds), url_few, url_many]
    environment = databases.environment(url_few)
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return json.loads(done.stdout)


def lines_of_cities(times):
    for name, (few, many) in times.items():
        ratio = many / few
        yield f"{name:34} {few:>9.1f} ms {many:>9.1f} ms {ratio:>6.2f} ×  at most {MOST}: {holds(ratio <= MOST)}"


# --- The table -----------------------------------------------------------------------------------------


def table(vendor, options, found):
    pages, load = options.pages, os.getloadavg()[1]
    yield f"{vendor}, {pages} pages per city in {options.languages} languages, three former texts for each"
    yield f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"
    if "programs" in found:
        rows, memory = found["programs"]
        yield f"\n{'16 connections':34} {'answers':>11} {'p50 ms':>8} {'p99 ms':>8} {'p99/p50':>6}"
        yield from (row.cells() for row in rows)
        tails = [row for row in rows if row.name.startswith(("cached", "uncached", "304"))]
        worst = max(tails, key=Row.tail)
        yield f"p99 at most 3 × p50: {holds(worst.tail() <= 3)} (worst {worst.tail():.1f}, {worst.name})"
        for cities, of_workers in zip((FEW, MANY), memory, strict=True):
            rss, pss = (max(sizes) for sizes in zip(*of_workers, strict=True))
            # What workers share counts once, in parts.
            sizes = f"{pss:.0f} MB ({rss:.0f} with all that is shared)"
            yield f"memory per worker, {cities} cities: {sizes}, at most 60: {holds(pss <= 60)}"
    if "cities" in found:
        yield f"\n{'without a server, cache aside':34} {f'{FEW} cities':>12} {f'{MANY} cities':>12}"
        yield from lines_of_cities(found["cities"])


def main():
    options = arguments()
    lines = []
    for vendor in [options.database] if options.database else databases.DATABASES:
        say(f"{vendor}: the databases are filled, or found in {FOLDER.relative_to(ROOT)}.")
        with databases.DATABASES[vendor](options.pages, options.languages) as urls:
            found = {}
            if options.only in (None, "programs"):
                found["programs"] = measure_programs(urls[FEW], urls[MANY], options)
            if options.only in (None, "cities"):
                found["cities"] = measure_cities(urls[FEW], urls[MANY], options)
            if options.only == "workers":
                lines += ["", *workers.measure(urls[FEW], paths_of(options.pages), BR, options, say_where)]
                continue
        lines += ["", *table(vendor, options, found)]
    say_where("")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
