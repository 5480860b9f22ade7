"""What is written into the log of the server: enough to mend what is broken, and nothing about anybody.

No addresses of visitors, no queries, no links that open something, no words of a form, however they got into a message.
"""

import ipaddress
import json
import logging
import re
import traceback
from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from .request_id import current_id

# An address below these opens something to whoever has it.
SECRET = re.compile(r"/(mitmachen|pruefen|beleg)/[^/\s?'\"]+")
QUERY = re.compile(r"(?<=[^\s?])\?[^\s?'\"<>]+")
EMAIL = re.compile(r"[^\s@<>\"'(=:]+@[^\s@<>\"')]+\.[^\s@<>\"')]+")
IPV4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?![\d.])")
IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")

# Their words are those of the program; those of other exceptions may be what somebody typed.
SPEAK_OF_THE_PROGRAM = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    RecursionError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    TypeError,
)


def without_secrets(text):
    text = SECRET.sub(r"/\1/…", text)
    text = QUERY.sub("?…", text)
    text = EMAIL.sub("…@…", text)
    return IPV6.sub(shortened, IPV4.sub(r"\1.0", text))


def shortened(match):
    """The /48 of an IPv6 address; what only looks like one stays, such as a time."""
    try:
        return str(ipaddress.IPv6Network((match[0], 48), strict=False).network_address)
    except ValueError:
        return match[0]


def told(exception):
    """The kind of an exception; of a database the code and the constraint, which hold no values."""
    name = type(exception).__name__
    if isinstance(exception, SPEAK_OF_THE_PROGRAM):
        return f"{name}: {exception}"
    diagnosis = getattr(exception.__cause__, "diag", None)
    facts = [getattr(diagnosis, fact, None) for fact in ("sqlstate", "table_name", "column_name", "constraint_name")]
    return f"{name} ({', '.join(filter(None, facts))})" if any(facts) else name


def trace(exception):
    """Where it happened, from the outermost call to the innermost, after what it came from. No values."""
    seen, parts = set(), []
    while exception is not None and id(exception) not in seen:
        seen.add(id(exception))
        frames = traceback.extract_tb(exception.__traceback__)
        lines = [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
        parts.insert(0, "\n".join([*lines, told(exception)]))
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return "\n".join(parts)


class WithoutSecrets(logging.Formatter):
    """Lines for people, as bin/serve shows them."""

    def format(self, record):
        number = f"[{current_id.get()}] " if current_id.get() else ""
        return number + without_secrets(super().format(record))

    def formatException(self, exc_info):
        return trace(exc_info[1])


class AsJson(logging.Formatter):
    """One object a line, for programs that gather logs."""

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "process": record.process,
        }
        if current_id.get():
            line["request_id"] = current_id.get()
        if isinstance(status := getattr(record, "status_code", None), int):
            line["status"] = status
        if record.exc_info and record.exc_info[1]:
            line["exception"] = without_secrets(trace(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)
