"""Starts the site with the demo, opens it in Chromium and takes the pictures. See bin/screenshots."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

from . import handbook, readme, sheet
from .browser import Browsers, chromium

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 120  # seconds


class Site(NamedTuple):
    address: str
    folder: Path  # of its data

    def mails(self):
        """What was sent so far, the newest last."""
        files = sorted((self.folder / "mail").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def say(words):
    print(words, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder):
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "ki_site.settings",
        "SECRET_KEY": "only-for-the-pictures",
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "localhost,ki.example.org",
        "SITE_URL": "https://ki.example.org",  # in links that are shown
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/ki-site.sqlite3",
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "TMPDIR": str(folder),
    }


@contextmanager
def running_site(part):
    with tempfile.TemporaryDirectory(prefix="ki-pictures-") as name:
        folder, port = Path(name), free_port()
        (folder / "mail").mkdir()
        subprocess.run([sys.executable, "bin/_static.py"], cwd=ROOT, env=environment(folder), check=True)
        command = [sys.executable, "-m", "screenshots.site", str(port), part]
        log = (folder / "log").open("wb")
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=environment(folder), stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for(port, process, folder / "log")
            # By a name: browsers make no passkeys for bare numbers of machines.
            yield Site(f"http://localhost:{port}", folder)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            log.close()


def wait_for(port, process, log):
    """It listens once the demo is loaded."""
    until = time.monotonic() + READY_WITHIN
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    sys.exit(f"Die Website ist nicht gestartet:\n{log.read_text()[-3000:]}")


def arguments():
    parser = argparse.ArgumentParser(prog="bin/screenshots", description="Macht die Bilder der Dokumentation neu.")
    parser.add_argument("--all", action="store_true", help="dazu Bögen mit allen wichtigen Seiten: build/screenshots/")
    parser.add_argument("--only", choices=["handbook", "readme", "sheet"], help="nur dieser Teil")
    return parser.parse_args()


def main():
    wanted = arguments()
    parts = [wanted.only] if wanted.only else ["handbook", "readme", *(["sheet"] if wanted.all else [])]
    takers = {"handbook": handbook.take, "readme": readme.take, "sheet": sheet.take}
    say("Die Website wird mit der Demo gestartet, auf einer eigenen Datenbank.")
    for part in parts:
        # Each begins with the same content, whatever was done for the one before.
        with running_site(part) as site, chromium() as browser:
            takers[part](Browsers(browser, site), site, say)
    say("Fertig.")


if __name__ == "__main__":
    main()
