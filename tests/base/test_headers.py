"""How answers travel: what is compressed, and what goes as it is."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from coordination.base.headers import CompressionMiddleware

LONG = b"the same words again and again " * 100


def test_a_page_and_its_styles_are_compressed_for_who_takes_it(db: None) -> None:
    plain = Client().get("/sign-in")
    page = Client(headers={"Accept-Encoding": "gzip, br"}).get("/sign-in")
    style = Client(headers={"Accept-Encoding": "gzip"}).get("/static/fourfold/components.css")

    assert "Content-Encoding" not in plain.headers
    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]
    assert b"Sign in" in gzip.decompress(page.content)
    assert len(page.content) < len(plain.content) / 2
    assert style.headers["Content-Encoding"] == "gzip"
    assert b"button" in gzip.decompress(style.getvalue())


@pytest.mark.parametrize(
    ("kind", "is_compressed"),
    [
        ("text/html; charset=utf-8", True),
        ("text/csv", True),
        ("application/json", True),
        ("application/pdf", False),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("image/png", False),
    ],
)
def test_what_is_compressed_by_nature_goes_as_it_is(kind: str, is_compressed: bool) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(LONG, content_type=kind)

    asked = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    assert CompressionMiddleware(answer)(asked).has_header("Content-Encoding") == is_compressed
