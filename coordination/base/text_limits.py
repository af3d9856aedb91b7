"""Text that no person or machine means: the zero character, and numbers of a thousand digits and more.

PostgreSQL cannot store the one, and Python refuses to read the other. Wherever they stand in an address, a
form, a header or a cookie, the answer is 400. The machines' door takes no forms: its JSON bodies are read by
base/strict_json.py, and the field of a long number is named.
"""

import re
from collections.abc import Callable, Iterator

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

MOST_DIGITS = 1000
_DIGITS = re.compile(rf"\d{{{MOST_DIGITS + 1}}}")


class PlainTextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not all(map(is_plain, _texts(request))):
            raise BadRequest("not plain text")
        return self.get_response(request)


def is_plain(text: str) -> bool:
    return "\x00" not in text and (len(text) <= MOST_DIGITS or _DIGITS.search(text) is None)


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path
    yield from request.COOKIES.values()
    yield from (value for name, value in request.META.items() if name.startswith("HTTP_"))
    forms = () if request.path.startswith("/api/") else (request.POST,)
    for sent in (request.GET, *forms):
        for name, values in sent.lists():
            yield name
            yield from values
