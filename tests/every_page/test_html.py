"""Every public page in every language, read by the Nu Html Checker of the W3C."""

import json
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import ROOT

from .crawl import pages_in

CHECKER = ROOT / "build" / "vnu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def faults_in(folder):
    """One line for each error; a file that could not be read is one too."""
    assert CHECKER.exists(), "Der HTML-Prüfer fehlt. Einmal bin/test aufrufen, es holt ihn."
    checker = subprocess.run(
        ["java", "-jar", CHECKER, "--format", "json", "--exit-zero-always", "--skip-non-html", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    messages = json.loads(checker.stderr)["messages"]
    return [f"{Path(each['url']).name}: {each['message']}" for each in messages if each["type"] != "info"]


def test_checker_finds_what_is_wrong(tmp_path):
    (tmp_path / "page.html").write_text('<!doctype html><html lang="de"><title>Seite</title><p id="a"><p id="a">')
    assert faults_in(tmp_path) == ["page.html: Duplicate ID “a”."]


@pytest.mark.either_database
@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_every_page_is_valid_html(demo, tmp_path, language):
    pages = pages_in(language)
    assert len(pages) > 120
    names = {}
    for number, (path, response) in enumerate(pages.items()):
        (tmp_path / f"{number}.html").write_bytes(response.content)
        names[f"{number}.html"] = path
    assert [f"{names[line.partition(':')[0]]}{line.partition(':')[2]}" for line in faults_in(tmp_path)] == []
