"""Logs without patients: which code ran for whom and how long, never what it saw.

An error is logged by its type and the places it passed, not by its message: a database error, for
one, quotes the row. Paths carry opaque ids and are logged by their pattern; query strings never.
"""

import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.types import EventDict, WrappedLogger

log = structlog.stdlib.get_logger("fourfold.request")
OPAQUE_ID = re.compile(r"[0-9A-Za-z_-]{16,64}")
NOT_LOGGED = ("/health/", "/static/")


class OnlyErrors(logging.Filter):
    """Pass what carries an error: a mere status is in the request log already."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is not None


def errors_without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an error by its type and the places it passed."""
    given = event.pop("exc_info", None)
    record: logging.LogRecord | None = event.get("_record")
    if not given and record is not None:
        given = record.exc_info
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    if record is not None:
        record.exc_info = record.exc_text = None
    return event


def foreign_events_by_template(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Log a failed task by its name: Celery's own sentence quotes the error and the arguments."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and record.name == "celery.app.trace":
        data = getattr(record, "data", None)
        event["task"] = data.get("name") if isinstance(data, dict) else None
        event["event"] = "task failed" if record.levelno >= logging.ERROR else "task retried"
    if record is not None and record.name == "django.request":
        event["event"] = "request failed"
    return event


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """Return the formatter of every log line, ours and the libraries'."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            foreign_events_by_template,
        ],
        processors=[
            errors_without_values,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )


class RequestLogMiddleware:
    """One line a request: method, route, status, milliseconds, user id, request id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id
            if not request.path.startswith(NOT_LOGGED):
                log.info("request", **_facts(request, response, begun))
        return response


def _request_id(request: HttpRequest) -> str:
    """Take over the caller's own id, so that both logs tell of one call; a short one could be a patient's."""
    sent = request.headers.get("X-Request-Id", "")
    return sent if OPAQUE_ID.fullmatch(sent) else uuid.uuid4().hex


def _facts(request: HttpRequest, response: HttpResponse, begun: float) -> dict[str, Any]:
    match = request.resolver_match
    user = getattr(request, "user", None)
    return {
        "method": request.method,
        "route": match.route if match else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - begun) * 1000, 1),
        "user": user.pk if user is not None else None,
    }
