"""deploy/environment.example names every setting that the code reads, and no other."""

import os
import re
import string
import subprocess
import sys

import environ
import pytest

from .conftest import DEPLOY, ROOT

EXAMPLE = DEPLOY / "environment.example"
# env("NAME"), env.bool("NAME"), Env().bool("NAME"), os.environ["NAME"], os.environ.get("NAME")
READ = re.compile(r"""(?:\b[eE]nv(?:\(\))?(?:\.\w+)?\(|\bos\.environ(?:\.\w+\(|\[))\s*["']([A-Z][A-Z0-9_]+)["']""")
ENTRY = re.compile(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
# Django's own, what gunicorn tells its new server, what deploy/gunicorn.conf.py tells the site.
NOT_FOR_OPERATORS = {"DJANGO_SETTINGS_MODULE", "GUNICORN_PID", "WEB_THREADS"}
NOT_THE_SITE = {"tests", "bench", "screenshots", ".venv", "build", "data", "test-results"}


def names_in_code():
    files = [file for file in ROOT.rglob("*.py") if not NOT_THE_SITE & set(file.relative_to(ROOT).parts[:-1])]
    assert {"settings.py", "_start.py", "gunicorn.conf.py"} <= {file.name for file in files}
    return {name for file in files for name in READ.findall(file.read_text())} - NOT_FOR_OPERATORS


def names_in_example():
    return [name for name, _value in ENTRY.findall(EXAMPLE.read_text())]


@pytest.mark.parametrize(
    "code",
    [
        'env("NAME", default="")',
        'env.bool("NAME", default=True)',
        "env.list(\n    'NAME',\n)",
        'environ.Env().bool("NAME")',
        'os.environ["NAME"]',
        'os.environ.get("NAME") or 1',
        'os.environ.setdefault("NAME", "0")',
    ],
)
def test_reading_of_a_setting_is_recognised(code):
    assert READ.findall(code) == ["NAME"]


def test_every_setting_is_in_the_example():
    missing = names_in_code() - set(names_in_example())
    assert not missing, (
        f"deploy/environment.example does not know {sorted(missing)}: add a line NAME=value (or #NAME=default, where "
        "the default is right for most), and above it say in German what it means and when somebody changes it."
    )


def test_example_names_no_setting_that_nobody_reads():
    unknown = set(names_in_example()) - names_in_code()
    assert not unknown, f"Nothing reads {sorted(unknown)} any more: delete the lines from deploy/environment.example."


def test_example_names_every_setting_once():
    names = names_in_example()
    assert sorted(names) == sorted(set(names))


def test_every_setting_is_explained():
    """A comment stands above it, or above the group that it is in."""
    groups = EXAMPLE.read_text().split("\n\n")
    unexplained = [group for group in groups if ENTRY.search(group) and not re.match(r"# [^-]", group)]
    assert unexplained == []


def test_site_starts_with_the_example(tmp_path):
    """As systemd and django-environ read it: no quotes, nothing behind a value."""
    text = EXAMPLE.read_text().replace("SECRET_KEY=\n", f"SECRET_KEY={string.ascii_letters + string.digits}\n")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    as_systemd = dict(line.split("=", 1) for line in lines)
    file = tmp_path / "environment"
    file.write_text(text)
    read = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environ.Env, "ENVIRON", read)
        environ.Env.read_env(file)
    assert read == as_systemd
    base = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=base | as_systemd,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
