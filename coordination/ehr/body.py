"""The body of a call: JSON, 2 MB at most, never compressed; with its length or in chunks."""

import hashlib
from dataclasses import dataclass
from typing import Any

from gunicorn.http.errors import ParseException
from rest_framework.request import Request

from coordination.base.strict_json import StrictJsonError, read_strict_json
from coordination.ehr.problems import Problem

MOST_BYTES = 2 * 1024 * 1024
READABLE = ("application/json", "application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class JsonBody:
    text: str
    document: Any
    digest: str  # SHA-256 of the bytes


def receive_body(request: Request) -> bytes:
    """Return the bytes that were sent, one more than the limit at most, whatever their length was said to be.

    Raises a Problem: 400 for none or for a part only, 411 where the server cannot tell where they end.
    """
    try:
        raw: bytes = _stream_of(request).read(MOST_BYTES + 1)
    except (OSError, ParseException):  # the connection broke, or its chunks are none
        raise _incomplete() from None
    if len(raw) < min(_length_of(request), MOST_BYTES):
        raise _incomplete()
    if not raw.strip():
        raise Problem(400, "body-missing", "The call needs a JSON body.")
    return raw


def _stream_of(request: Request) -> Any:
    """Django reads no body without a length; a server that ends the stream itself knows where it ends."""
    if request.META.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" not in request.META:
        return request._request
    if not request.META.get("wsgi.input_terminated"):
        raise Problem(411, "length-required", "This server takes no chunks: send a Content-Length.")
    return request.META["wsgi.input"]


def _length_of(request: Request) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0


def _incomplete() -> Problem:
    return Problem(400, "body-incomplete", "The body broke off before its end.")


def read_body(request: Request, raw: bytes) -> JsonBody:
    """Read a JSON body strictly. Raises a Problem: 400 unreadable, 413 too large, 415 not JSON."""
    _refuse_other_media(request)
    if len(raw) > MOST_BYTES:
        raise Problem(413, "too-large", f"A body may have {MOST_BYTES} bytes at most.")
    try:
        document = read_strict_json(raw)
    except StrictJsonError as error:
        raise Problem(400, "body-unreadable", str(error)) from None
    return JsonBody(raw.decode(), document, hashlib.sha256(raw).hexdigest())


def _refuse_other_media(request: Request) -> None:
    sent = request.META.get("CONTENT_TYPE", "")
    if sent.lower().replace('"', "") not in READABLE and sent.partition(";")[0].strip() != READABLE[0]:
        raise Problem(415, "not-json", "Send Content-Type: application/json.")
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise Problem(415, "compressed", "Send the body as it is: compressed ones are not accepted.")
