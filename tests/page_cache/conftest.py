"""The page cache as the server calls it, one for each test."""

import io
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pytest


@dataclass
class Response:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    def __getitem__(self, name):
        return self.headers.get(name)


def environ_of(path, method="GET", host="testserver", scheme="http", **variables):
    """As gunicorn makes it; further variables by their names in WSGI."""
    parts = urlsplit(path)
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "HTTP_HOST": host,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return {name: value for name, value in (environ | variables).items() if value is not None}


def call(application, path, **options):
    answer = {}

    def start_response(status, headers, exc_info=None):
        answer.update(status=int(status.split()[0]), headers=dict(headers))

    result = application(environ_of(path, **options), start_response)
    try:
        return Response(body=b"".join(result), **answer)
    finally:
        if hasattr(result, "close"):
            result.close()


class Border:
    """The cache, with the question of its thread asked when the test says so."""

    def __init__(self, cache):
        self.cache, self.watcher = cache, cache.watcher
        self.django = cache.application
        self.rendered = 0
        cache.application = self.count

    def count(self, environ, start_response):
        self.rendered += 1
        return self.django(environ, start_response)

    def get(self, path, **options):
        return call(self.cache, path, **options)

    def learn(self):
        self.watcher.ask()

    def is_there(self, path, **options):
        """Whether a reader gets the page without Django."""
        before = self.rendered
        self.get(path, **options)
        return self.rendered == before

    def is_kept(self, path, **options):
        """Whether a second reader does."""
        self.get(path, **options)
        return self.is_there(path, **options)


@pytest.fixture
def border(transactional_db, monkeypatch):
    from ki_site.page_cache import PageCache
    from ki_site.wsgi import django_application

    cache = PageCache(django_application)
    monkeypatch.setattr(cache.watcher, "ensure_started", lambda: None)
    border = Border(cache)
    border.learn()
    return border
