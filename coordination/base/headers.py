"""How answers travel: out of caches, shared workstations and other sites, and text compressed."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

UNUSED_POWERS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
MACHINE_DOORS = ("/api/v1/", "/messages/status/", "/messages/answers/", "/practice-calendar/")
TEXT = ("text/", "image/svg+xml", "application/json", "application/problem+json")


class PlainHttpMiddleware:
    """Refuse a machine that calls without TLS where browsers are sent to it (SECURE_SSL_REDIRECT).

    A redirect would go unnoticed, and its token would travel readable with every call.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.SECURE_SSL_REDIRECT
            and request.path.startswith(MACHINE_DOORS)
            and not request.is_secure()
        ):
            return HttpResponse("Call by HTTPS.", content_type="text/plain; charset=utf-8", status=403)
        return self.get_response(request)


class PrivateResponseMiddleware:
    """Mark every answer but a static file as not to be stored, unless its view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", UNUSED_POWERS)
        return response


class CompressionMiddleware(GZipMiddleware):
    """Compress text for browsers that take it: a page of the worklist is a tenth of its size on the wire.

    PDF and XLSX are compressed by nature and go as they are. Django adds random bytes to every answer, so
    that its length tells nothing of what it holds (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith(TEXT):
            return super().process_response(request, response)
        return response
