"""What the settings make of DATABASE_URL."""

import json
import os
import subprocess
import sys

import pytest

from .conftest import ROOT

CODE = "import json; from ki_site import settings; print(json.dumps(settings.DATABASES, default=str))"


def database(url):
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50, "DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, env=environment, capture_output=True, check=True)
    return json.loads(done.stdout)["default"]


@pytest.mark.parametrize(
    ("hosts", "host", "port"),
    [
        ("db1.example.org,db2.example.org", "db1.example.org,db2.example.org", ""),
        ("db1.example.org:5432,db2.example.org:5433", "db1.example.org,db2.example.org", "5432,5433"),
    ],
)
def test_of_several_servers_the_one_that_writes_is_wanted(hosts, host, port):
    found = database(f"postgresql://ki:secret@{hosts}/ki")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]["target_session_attrs"]) == (host, port, "read-write")


def test_single_server_may_be_any():
    assert "target_session_attrs" not in database("postgresql://ki:secret@db.example.org/ki")["OPTIONS"]


def test_what_the_address_says_comes_before_what_is_usual():
    url = "postgresql://ki:secret@a.example.org,b.example.org/ki?connect_timeout=9&target_session_attrs=any"
    options = database(url)["OPTIONS"]
    assert (options["connect_timeout"], options["target_session_attrs"]) == (9, "any")
    assert options["keepalives_idle"] == 5


def test_connection_is_tried_before_it_is_used():
    assert database("postgresql://ki:secret@db.example.org/ki")["CONN_HEALTH_CHECKS"] is True
