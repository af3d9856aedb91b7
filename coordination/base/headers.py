"""Headers that keep pages out of caches, shared workstations and other sites."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

UNUSED_POWERS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class PrivateResponseMiddleware:
    """Mark every answer but a static file as not to be stored, unless its view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", UNUSED_POWERS)
        return response
