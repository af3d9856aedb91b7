"""How answers travel: what is compressed, and what goes as it is."""

import gzip
from typing import Any

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


def test_a_file_of_the_browser_has_the_same_policy_as_a_page(db: None) -> None:
    style, page = Client().get("/static/fourfold/components.css"), Client().get("/sign-in")

    assert style.getvalue()
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert sorted(style.headers[name].split("; ")) == sorted(page.headers[name].split("; "))


@pytest.mark.parametrize("path", ["/api/v1/lab-results", "/messages/answers/x", "/practice-calendar/x.ics"])
def test_a_machine_without_tls_is_refused_and_not_led_on(settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    refused = Client().post(path)
    assert (refused.status_code, refused.content) == (403, b"Call by HTTPS.")
    assert Client().get("/sign-in").status_code == 301


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
