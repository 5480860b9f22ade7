"""A browser without pictures: keeps its cookies, and sends forms back as they are."""

import io
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from lxml import html
from PIL import Image as PillowImage

from tests.failures.nodes import HOST, PASSWORD

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{HOST}/"}


class Visitor:
    def __init__(self, address="203.0.113.9"):
        self.address = address
        self.cookies = {}

    def ask(self, node, path, **options):
        headers = options.pop("headers", {}) | {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        status, answered, text = node.ask(path, visitor=self.address, headers=headers, **options)
        for line in answered.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return status, answered, text

    def get(self, node, path):
        """(path, text) of what comes in the end, after redirects."""
        for _redirect in range(5):
            status, headers, text = self.ask(node, path)
            if status not in (301, 302, 303):
                return status, path, text
            there = urlsplit(headers["Location"])
            path = f"{there.path}?{there.query}" if there.query else there.path
        raise AssertionError(f"redirects for ever: {path}")

    def post(self, node, path, fields):
        return self.ask(node, path, method="POST", body=urlencode(fields), headers=FORM)

    def sign_in(self, node):
        """Whatever the form looks like: it asks for a name and a password."""
        _status, path, text = self.get(node, "/admin/")
        form = form_with(text, "password")
        fields = dict(form.form_values())
        name = next(field for field in ("username", "login", "email") if field in form.fields)
        status, headers, text = self.post(node, form.action or path, fields | {name: "probe", "password": PASSWORD})
        assert status == 302, text[:2000]
        return headers

    def is_signed_in(self, node):
        status, path, _text = self.get(node, "/admin/")
        return status == 200 and path == "/admin/"


# --- Forms -----------------------------------------------------------------------------------------


def form_with(text, field):
    return next(form for form in html.fromstring(text).forms if field in form.fields)


def form_to(text, end):
    return next(form for form in html.fromstring(text).forms if (form.action or "").endswith(end))


def photo():
    data = io.BytesIO()
    PillowImage.effect_noise((900, 600), 60).convert("RGB").save(data, "JPEG", quality=90)
    return data.getvalue()


def upload(staff, node, title):
    """(address, body, headers) of a picture that is sent to the admin."""
    choice = staff.get(node, "/admin/pages/image/add/")[2]
    (query,) = html.fromstring(choice).xpath("//a[text() = 'Bielefeld'][starts-with(@href, '?city=')]/@href")
    _status, address, text = staff.get(node, f"/admin/pages/image/add/{query}")
    form = form_with(text, "title")
    fields = [(name, value) for name, value in form.form_values() if name not in ("title", "credit", "file")]
    body = multipart([*fields, ("title", title), ("credit", "Foto: Stadt"), ("_save", "1")], photo())
    return address, body, {"Content-Type": "multipart/form-data; boundary=grenze", "Referer": FORM["Referer"]}


def multipart(fields, content):
    lines = []
    for name, value in fields:
        lines += [b"--grenze", f'Content-Disposition: form-data; name="{name}"'.encode(), b"", str(value).encode()]
    head = b'Content-Disposition: form-data; name="file"; filename="foto.jpg"'
    lines += [b"--grenze", head, b"Content-Type: image/jpeg", b"", content, b"--grenze--", b""]
    return b"\r\n".join(lines)
