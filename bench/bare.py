"""The least a program can do behind gunicorn: the finished bytes of one page, whatever is asked."""

import os
from pathlib import Path

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "br"),
    ("Content-Length", str(len(BODY))),
    ("Vary", "Accept-Encoding"),
]


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
