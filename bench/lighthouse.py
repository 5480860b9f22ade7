"""Lighthouse (mobile) on the demo, served as bin/serve does. See bench/lighthouse.

There is no TLS on one's own machine. Lighthouse takes 127.0.0.1 for a safe origin, so that no audit fails for it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import servers
from .databases import ROOT

PAGES = {
    "start page": "/de/bielefeld/",
    "mission": "/de/bielefeld/wer-wir-sind/",
    "offer": "/de/bielefeld/schulberatung/",
    "contact": "/de/bielefeld/kontakt/",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LIGHTHOUSE = ROOT / "build" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"


def look(address):
    """The report of Lighthouse about one page."""
    command = [LIGHTHOUSE, address, "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    environment = os.environ | {"CHROME_PATH": os.environ["CHROMIUM"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def findings(report):
    """What costs points, and what Lighthouse would have done otherwise."""
    for category in CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"    {category}: {audit['title']} ({audit.get('displayValue', '')})"


def main():
    with tempfile.TemporaryDirectory(prefix="ki-lighthouse-") as folder:
        port = servers.free_port()
        environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "DATA_DIR": folder, "HTTPS": "0"}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, str(Path("bin", "_start.py"))]
        with servers.running(command, environment, port, "/health/live") as server:
            print(f"{'':12}" + "".join(f"{name:>16}" for name in CATEGORIES) + f"{'layout shift':>16}")
            for name, path in PAGES.items():
                servers.fetch(server.address + path)
                report = look(server.address + path)
                scores = [f"{report['categories'][category]['score'] * 100:.0f}" for category in CATEGORIES]
                shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
                print(f"{name:12}" + "".join(f"{score:>16}" for score in scores) + f"{shift:>16.3f}")
                print("\n".join(findings(report)), end="", flush=True)


if __name__ == "__main__":
    main()
