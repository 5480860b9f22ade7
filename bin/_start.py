"""The second half of bin/serve: prepares settings, database and static files, then becomes gunicorn."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import _static

ROOT = Path(__file__).resolve().parent.parent
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--log-level", "warning"]


def say(text):
    print(text, flush=True)  # flushed, so that the lines keep their order when the output goes to a file


def read_or_make_secret_key(path):
    """The key that signs sessions. Whoever starts twice at once still gets one and the same key."""
    if not path.exists():
        descriptor, new = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(new, path)  # in one step and never over an existing file
        except FileExistsError:
            pass
        finally:
            os.unlink(new)
    return path.read_text().strip()


def names_of_this_machine(host):
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host not in ("0.0.0.0", "::"):
        return names | {f"[{host}]" if ":" in host else host}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; it only chooses the address others reach us by
            names.add(probe.getsockname()[0])
        except OSError:
            pass  # no network
    return names | {socket.gethostname()}


def set_environment():
    """What is set here comes before a developer's .env, which is meant for manage.py runserver."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ki_site.settings"
    os.environ.setdefault("DEBUG", "0")
    os.environ.setdefault("HTTPS", "0")  # a try-out has no certificate
    os.environ.setdefault("STYLE_PAGE", "1" if os.environ["HTTPS"] == "0" else "0")
    data = Path(os.environ.get("DATA_DIR") or ROOT / "data").absolute()
    os.environ["DATA_DIR"] = str(data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # personal data: nobody else on this machine reads it
        os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or read_or_make_secret_key(data / "secret-key")
    except OSError as error:
        sys.exit(f"In DATA_DIR={data} lässt sich nichts ablegen: {error.strerror}")
    names = names_of_this_machine(os.environ["HOST"])
    os.environ["ALLOWED_HOSTS"] = os.environ.get("ALLOWED_HOSTS") or ",".join(sorted(names))


def wants_demo():
    """Its cities are public with invented legal data: a site for real gets them only when asked for."""
    import environ
    from django.conf import settings

    return not settings.HTTPS or environ.Env().bool("DEMO", default=False)


def load_content():
    from django.core.management import call_command
    from django.db import transaction

    from pages.models import Page

    with transaction.atomic():  # all or nothing: load_demo would not come back for the rest
        call_command("load_centres")
        if wants_demo():
            call_command("load_demo")
        elif not Page.objects.exists():
            say("Es ist keine Demo geladen, denn HTTPS=1 ist für den echten Betrieb. Mit DEMO=1 kommt sie dazu.")


def prepare_database():
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    # The pool would try for half a minute before it says that nobody answers.
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    try:
        check_file(connection)
        connection.ensure_connection()
    except DatabaseError as error:
        if not has_snapshot():
            sys.exit(f"Die Datenbank ist nicht erreichbar. Stimmt DATABASE_URL, und läuft der Server?\n  {error}")
        say(f"Die Datenbank ist nicht erreichbar: {error}".strip())
        say("Bis sie wieder da ist, zeigt die Website die Seiten, wie sie zuletzt waren, und nimmt nichts an.")
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Die Tabellen der Datenbank werden angelegt oder geändert.")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("build_search_index", verbosity=0)  # for texts older than the search
    load_content()
    prepare_superuser()


def has_snapshot():
    from ki_site.outage.store import oldest_check

    return oldest_check() is not None


def check_file(connection):
    """SQLite would make a new one, and the site would be another."""
    from django.db import OperationalError

    from ki_site.outage.breaker import file_is_gone

    name = connection.settings_dict["NAME"]
    if has_snapshot() and file_is_gone():
        raise OperationalError(f"{name} fehlt. Für einen neuen Anfang löschen Sie auch den Ordner snapshot daneben.")


def keep_snapshot():
    """Copies of all pages for the time without database. The process ends when the site does."""
    command = [sys.executable, "manage.py", "write_snapshot", "--loop", "60"]
    subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


def prepare_superuser():
    """Tells the password once: only its hash is kept."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return
    name = os.environ.get("DJANGO_SUPERUSER_USERNAME") or "admin"
    password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
    shown = "(aus DJANGO_SUPERUSER_PASSWORD)" if password else (password := secrets.token_urlsafe(12))
    users.create_superuser(name, os.environ.get("DJANGO_SUPERUSER_EMAIL", ""), password)
    say("\n  Zugang zur Redaktion unter /admin/ – wird nur dieses eine Mal gezeigt:")
    say(f"    Name:     {name}\n    Passwort: {shown}\n")


def main():
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    set_environment()
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
        prepare_database()
    except ImproperlyConfigured as error:
        sys.exit(f"Eine Einstellung stimmt nicht: {error}")
    _static.collect_if_changed()
    host, port = os.environ["HOST"], os.environ["PORT"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    shown = address.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")
    say(f"Die Website läuft gleich unter http://{shown}/ – beenden mit Strg-C.")
    keep_snapshot()
    os.execv(sys.executable, [*GUNICORN, "--bind", address, "ki_site.wsgi"])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        say("Abgebrochen.")
        sys.exit(130)
