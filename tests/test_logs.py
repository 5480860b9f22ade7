"""Lines of the log: one object each, and nothing about anybody."""

import io
import json
import logging

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from contacts.models import City
from ki_site.logs import AsJson, WithoutSecrets, without_secrets
from ki_site.request_id import current_id
from tests.factories import make_city

TYPED = "Amina Muster braucht Hilfe"


@pytest.fixture(params=[AsJson, WithoutSecrets])
def formatter(request):
    return request.param()


@pytest.fixture
def log(monkeypatch):
    """What a handler of our own writes as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AsJson())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def record_of(message, *args, **options):
    return logging.LogRecord("a.name", logging.ERROR, "/a/path.py", 1, message, args, options.get("exc_info"))


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return type(caught), caught, caught.__traceback__


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("from 203.0.113.77", "from 203.0.113.0"),
        ("from 203.0.113.77:5432.", "from 203.0.113.0:5432."),
        ("from 2001:db8:1234:5678::9a", "from 2001:db8:1234::"),
        ("[2001:db8:1234:5678:9:a:b:c]:443", "[2001:db8:1234::]:443"),
        ("at 12:30:45", "at 12:30:45"),
        ("version 5.2.19", "version 5.2.19"),
        ("GET /de/hier/suche/?q=Asyl&seite=2 failed", "GET /de/hier/suche/?… failed"),
        ("Really? Yes.", "Really? Yes."),
        ("/de/hier/beleg/abc123/", "/de/hier/beleg/…/"),
        ("/de/mitmachen/tok-en:x/seite/?a=b", "/de/mitmachen/…/seite/?…"),
        ("to <amina@example.org>: refused", "to <…@…>: refused"),
        ("RCPT TO:amina@example.org", "RCPT TO:…@…"),
    ],
)
def test_nothing_about_anybody_is_written(said, written):
    assert without_secrets(said) == written


def test_a_line_is_one_object():
    line = AsJson().format(record_of("Zwei\nZeilen von %s", "203.0.113.77"))
    read = json.loads(line)

    assert ("\n" in line, read.keys(), read["message"], read["level"], read["logger"]) == (
        False,
        {"time", "level", "logger", "message", "process"},
        "Zwei\nZeilen von 203.0.113.0",
        "error",
        "a.name",
    )


def test_a_line_names_its_request(formatter):
    token = current_id.set("3f9a1c20b7d84e55")
    line = formatter.format(record_of("x"))
    current_id.reset(token)

    assert ("3f9a1c20b7d84e55" in line, "3f9a" in formatter.format(record_of("x"))) == (True, False)


@pytest.mark.parametrize("error", [ValueError(TYPED), KeyError(TYPED), RuntimeError(TYPED)])
def test_what_somebody_typed_does_not_stand_in_the_trace(formatter, error):
    line = formatter.format(record_of("failed", exc_info=raised(error)))

    assert (TYPED in line, type(error).__name__ in line, "test_logs.py" in line) == (False, True, True)


def test_what_the_program_got_wrong_stands_in_the_trace(formatter):
    line = formatter.format(record_of("failed", exc_info=raised(AttributeError("no attribute 'x'"))))

    assert "AttributeError: no attribute 'x'" in line


def test_what_an_error_came_from_stands_before_it(formatter):
    try:
        try:
            raise KeyError(TYPED)
        except KeyError as error:
            raise ValueError(TYPED) from error
    except ValueError as error:
        line = formatter.format(record_of("failed", exc_info=(ValueError, error, error.__traceback__)))

    assert (TYPED in line, 0 < line.index("KeyError") < line.index("ValueError")) == (False, True)


@pytest.mark.django_db
def test_no_value_of_a_row_stands_in_an_error_of_the_database(formatter):
    city = make_city("hier")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        City.objects.bulk_create(
            [City(slug="dort", ags=city.ags, name=TYPED, centre_name="x", authority="x", locative="x")]
        )
    line = formatter.format(record_of("failed", exc_info=(refused.type, refused.value, refused.tb)))

    assert ("ags" in str(refused.value), TYPED in line, city.ags in line) == (True, False, False)


@pytest.mark.django_db
def test_a_fault_is_one_line_with_its_request_and_without_its_query(client, log, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("pages.views.portal.City", None)
    response = client.get("/de/?ort=Musterhausen")
    lines = log()

    assert [(line["logger"], line["message"], line["request_id"], line["status"]) for line in lines] == [
        ("django.request", "Internal Server Error: /de/", response["X-Request-ID"], 500)
    ]


def test_no_fault_is_mailed_with_all_its_variables():
    """Django would send ADMINS every form field; nobody has to remember to leave that setting empty."""
    classes = {type(handler).__name__ for name in ("", "django") for handler in logging.getLogger(name).handlers}

    assert ("AdminEmailHandler" in classes, django_settings.ADMINS) == (False, [])


def test_the_server_in_front_of_django_writes_in_the_same_way(monkeypatch):
    logger, stream = logging.getLogger("gunicorn.error"), io.StringIO()
    console = next(each for each in logger.handlers if isinstance(each.formatter, AsJson | WithoutSecrets))
    monkeypatch.setattr(console, "stream", stream)
    logger.error("Error handling request %s", "/de/hier/suche/?q=Asyl")

    assert "/de/hier/suche/?…" in stream.getvalue()
