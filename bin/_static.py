"""Collects and compresses the static files, but only when one of them changed: it takes seconds.

Used by bin/serve and by the browser tests, which may come at the same time.
"""

import fcntl
import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def fingerprint():
    from django.contrib.staticfiles.finders import get_finders

    files = sorted(storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    states = "\n".join(f"{path} {os.stat(path).st_size} {os.stat(path).st_mtime_ns}" for path in files)
    return hashlib.sha256(states.encode()).hexdigest()


def collect_if_changed():
    from django.conf import settings
    from django.core.management import call_command

    static_root = Path(settings.STATIC_ROOT)
    static_root.parent.mkdir(parents=True, exist_ok=True)
    state = static_root.with_name("static-files-are-of")
    with state.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # whoever comes second waits, and then finds the work done
        file.seek(0)
        now = fingerprint()
        if file.read() == now and static_root.is_dir():
            return
        print("Stilvorlagen und Skripte werden gesammelt und komprimiert.", flush=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        file.truncate(0)
        file.write(now)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ki_site.settings")
    import django

    django.setup()
    collect_if_changed()
