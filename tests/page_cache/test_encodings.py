import gzip

import brotli
import pytest

from ki_site.encodings import best_encoding
from tests.factories import make_city


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("identity", ""),
        ("", ""),
        ("brotli", ""),
        ("gzip;q=0.000", ""),
        ("br," * 200, ""),
    ],
)
def test_best_encoding_is_what_the_browser_accepts(header, encoding):
    assert best_encoding(header) == encoding


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_page_is_the_same_in_every_encoding(border, encoding):
    make_city("hier")
    border.learn()
    plain = border.get("/de/hier/")
    answer = border.get("/de/hier/", HTTP_ACCEPT_ENCODING=encoding)
    read = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](answer.body)
    assert (read, answer.headers.get("Content-Encoding", ""), answer["Vary"]) == (
        plain.body,
        encoding,
        "Accept-Encoding",
    )
    assert int(answer["Content-Length"]) == len(answer.body)
    assert border.rendered == 1


def test_short_answer_is_the_same_for_every_browser(border):
    for encoding in ("br", ""):
        answer = border.get("/robots.txt", HTTP_ACCEPT_ENCODING=encoding)
        assert (answer.headers.get("Vary"), answer.headers.get("Content-Encoding")) == (None, None)


def test_pages_that_are_not_kept_are_compressed_all_the_same(border):
    make_city("hier")
    answer = border.get("/de/hier/", HTTP_ACCEPT_ENCODING="br", HTTP_COOKIE="sessionid=x")
    assert (answer["Content-Encoding"], answer["ETag"]) == ("br", None)
    assert border.get("/de/hier/nichts/", HTTP_ACCEPT_ENCODING="br")["Content-Encoding"] == "br"
