"""The body of a call: JSON, 2 MB at most, never compressed."""

import hashlib
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from coordination.api.problems import Problem
from coordination.base.strict_json import StrictJsonError, read_strict_json

MOST_BYTES = 2 * 1024 * 1024
READABLE = ("application/json", "application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class JsonBody:
    text: str
    document: Any
    digest: str  # SHA-256 of the bytes


def read_body(request: Request) -> JsonBody:
    """Read a JSON body strictly. Raises a Problem: 400 unreadable, 413 too large, 415 not JSON."""
    _refuse_other_media(request)
    raw = _bytes_of(request)
    if not raw.strip():
        raise Problem(400, "body-missing", "The call needs a JSON body.")
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


def _bytes_of(request: Request) -> bytes:
    """Never read more than the limit, whatever the length was said to be."""
    raw: bytes = request._request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Problem(413, "too-large", f"A body may have {MOST_BYTES} bytes at most.")
    return raw
