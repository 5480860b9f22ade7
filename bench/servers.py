"""The programs that are measured: started side by side on ports of their own, asked in turn, ended by their number."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from .databases import FOLDER, ROOT

READY_WITHIN = 120  # seconds
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--log-level", "error")


class Server(NamedTuple):
    address: str
    pid: int


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gunicorn(application, port, *more):
    return [*GUNICORN, "--bind", f"127.0.0.1:{port}", *more, application]


def granian(application, port, workers):
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    return [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error", application]


@contextmanager
def running(command, environment, port, path):
    """A program once it answers."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - every word of it is ours
            command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address + path, process, log)
            yield Server(address, process.pid)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def wait_for(address, process, log):
    for _attempt in range(READY_WITHIN * 10):
        if process.poll() is not None:
            break
        try:
            return fetch(address)
        except (URLError, ConnectionError):
            time.sleep(0.1)
    log.seek(0)
    sys.exit(f"{' '.join(map(str, process.args))}\n{log.read().decode()}\nNo answer from {address}.")


def fetch(address, **headers):
    """(status, headers, body)"""
    request = Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})  # noqa: S310
    try:
        with urlopen(request, timeout=60) as response:  # noqa: S310
            return response.status, response.headers, response.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


# --- Asking ------------------------------------------------------------------------------------------


class Answers(NamedTuple):
    per_second: float
    p50: float  # milliseconds
    p99: float


UNITS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}


def milliseconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


def script(paths, headers, past_cache=0):
    """For wrk: one address after the other, as many readers would ask. Every so many-th as somebody with a sign-in."""
    table = ", ".join(f'["{name.replace("_", "-")}"] = "{value}"' for name, value in headers.items())
    lines = ["local paths, number = {"] + [f'  "{path}",' for path in paths] + ["}, 0"]
    lines += [f"local usual, past_cache = {{{table}}}, {{{table}, Authorization = 'Bench none'}}"]
    lines += ["request = function() number = number + 1 local path = paths[number % #paths + 1]"]
    lines += [f"  if {past_cache} > 0 and number % {past_cache} == 0 then return wrk.format(nil, path, past_cache) end"]
    lines += ["  return wrk.format(nil, path, usual) end"]
    return "\n".join(lines)


def ask(address, paths, headers, seconds, connections=16, past_cache=0):
    """What wrk measures over connections that stay open. An answer that is an error ends everything."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".lua", dir=FOLDER) as file:
        file.write(script(paths, headers, past_cache))
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", file.name, address]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    if "Non-2xx" in output or re.search("connect [1-9]", output):
        sys.exit(f"{address}{paths[0]}\n{output}")
    found = re.search(r"\n\s+50%\s+(\S+).*\n\s+99%\s+(\S+).*Requests/sec:\s+(\S+)", output, re.DOTALL)
    return Answers(float(found[3]), milliseconds(found[1]), milliseconds(found[2]))


# --- Memory ------------------------------------------------------------------------------------------


def memory_of_workers(server):
    """(RSS, PSS) in MB of each worker: the children of the process that was started."""
    everybody = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [memory_of(pid) for pid in everybody if parent_of(pid) == server.pid]


def parent_of(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        return None


def memory_of(pid):
    found = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE))
    return int(found["Rss"]) / 1024, int(found["Pss"]) / 1024
