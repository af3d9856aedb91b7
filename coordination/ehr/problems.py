"""Refusals as RFC 9457 `application/problem+json`: a code for the machine, a sentence for the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from rest_framework import exceptions

from coordination.base.errors import CareError, NotPermitted, OutOfDate

CONTENT_TYPE = "application/problem+json"
TITLES = {
    207: "Stored in part",
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    411: "Length required",
    413: "Too large",
    415: "Unsupported media type",
    422: "Cannot be accepted",
    429: "Too many requests",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with a body: where (a JSON pointer), a word for it, and a sentence."""

    pointer: str
    code: str
    detail: str

    def document(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


class Problem(Exception):
    """Raise it anywhere in a machine view. `code` names the kind of problem and is part of the contract."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def document(self, request: HttpRequest) -> dict[str, Any]:
        written: dict[str, Any] = {
            "type": problem_url(self.code, request),
            "title": TITLES.get(self.status, "Cannot be done"),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "instance": f"/req/{structlog.contextvars.get_contextvars().get('request_id', '')}",
        }
        if self.errors:
            written["errors"] = [error.document() for error in self.errors]
        return written


def problem_url(code: str, request: HttpRequest) -> str:
    """Return the address of the page that says what a code means."""
    return request.build_absolute_uri(reverse("problem", kwargs={"code": code}))


def json_response(body: Any, *, status: int = 200) -> HttpResponse:
    """Return a JSON answer; a status that refuses, all or a part, goes out as a problem."""
    content_type = CONTENT_TYPE if status == 207 or status >= 400 else "application/json"
    return HttpResponse(msgspec.json.encode(body), status=status, content_type=content_type)


def handle_error(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Turn what a view raised into a problem; None for a bug, which fails as one (named in the settings)."""
    problem = _problem_of(error)
    if problem is None:
        return None
    request = context["request"]._request
    answer = json_response(problem.document(request), status=problem.status)
    for name, value in problem.headers.items():
        answer.headers[name] = value
    return answer


def _problem_of(error: Exception) -> Problem | None:
    match error:
        case Problem():
            return error
        case Http404() | exceptions.NotFound():
            return Problem(404, "not-found", "There is no such thing here, or it is not yours to see.")
        case PermissionDenied() | exceptions.PermissionDenied() | NotPermitted():
            return Problem(403, "not-allowed", "This token may not do this.")
        case OutOfDate():
            return Problem(409, "out-of-date", error.message)
        case CareError():
            where = [FieldError(f"/{error.field}", "refused", error.message)] if error.field else []
            return Problem(422, "refused", error.message, errors=where)
        case exceptions.APIException():
            return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    header = getattr(error, "auth_header", None)
    codes = error.get_codes()
    code = codes.replace("_", "-") if isinstance(codes, str) else "refused"
    headers = {"WWW-Authenticate": header} if header else {}
    return Problem(error.status_code, code, str(error.detail), headers=headers)
