"""Who saw what: one row for each page or call, naming every patient it showed.

A view says `request.audit.saw(patients)`, `.changed(patient)` or `.exported(patients)`; the middleware
writes the row after the view, within the same request. A row that cannot be written fails the request:
nothing is shown that is not recorded. And nothing is done: what a request changes is committed with its
row, and where it ends in an error of ours, neither stays.

coordination/base/audit_seals.py chains the rows afterwards, so that nobody rewrites them unseen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from coordination.base.models import ApiClient, AuditEvent, User
from coordination.base.models.audit import AuditEventKind as Kind

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
WEIGHT = {Kind.VIEW: 1, Kind.CHANGE: 2, Kind.EXPORT: 3}


class HasPublicId(Protocol):
    """A patient, to this module."""

    @property
    def public_id(self) -> UUID: ...


@dataclass(slots=True)
class AuditTrail:
    """What one request has shown and done so far."""

    patients: dict[UUID, None] = field(default_factory=dict)  # in the order shown, each once
    kind: Kind | None = None
    detail: dict[str, Any] = field(default_factory=dict)  # ids, codes and counts; never a name or a value
    client: ApiClient | None = None

    def saw(self, patients: HasPublicId | UUID | Iterable[HasPublicId | UUID], **detail: Any) -> None:
        """Note that the answer shows these patients."""
        self._note(Kind.VIEW, patients, detail)

    def changed(self, patients: HasPublicId | UUID | Iterable[HasPublicId | UUID], **detail: Any) -> None:
        """Note that something of these patients was changed."""
        self._note(Kind.CHANGE, patients, detail)

    def exported(self, patients: HasPublicId | UUID | Iterable[HasPublicId | UUID], **detail: Any) -> None:
        """Note that data of these patients leaves as a file."""
        self._note(Kind.EXPORT, patients, detail)

    def _note(
        self,
        kind: Kind,
        patients: HasPublicId | UUID | Iterable[HasPublicId | UUID],
        detail: dict[str, Any],
    ) -> None:
        for patient in patients if isinstance(patients, Iterable) else [patients]:
            self.patients[patient if isinstance(patient, UUID) else patient.public_id] = None
        if self.kind is None or WEIGHT[kind] > WEIGHT[self.kind]:
            self.kind = kind
        self.detail |= detail


class AuditMiddleware:
    """Give each request its trail, and write it down before the answer leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            return self._recorded(request)
        with transaction.atomic():
            response = self._recorded(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _recorded(self, request: HttpRequest) -> HttpResponse:
        trail = AuditTrail()
        request.audit = trail  # type: ignore[attr-defined]
        response = self.get_response(request)
        if refused := _refused(request, response):
            add_event(request, Kind.REFUSED, status=response.status_code, **refused)
        elif trail.kind is not None:
            add_event(
                request,
                Kind.API if trail.client else trail.kind,
                status=response.status_code,
                patients=list(trail.patients),
                detail=trail.detail,
            )
        return response


def _refused(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Return what to write of a person or machine that asked for what is not theirs; else nothing."""
    out_of_reach = request.scope.out_of_reach  # type: ignore[attr-defined]
    if out_of_reach:
        return {
            "patients": [patient for _, patient in out_of_reach if patient],
            "detail": {"asked_for": sorted({label for label, _ in out_of_reach})},
        }
    if response.status_code == 403 and (request.user.is_authenticated or _client(request)):
        return {"detail": {"asked_for": "a page of another role"}}
    return {}


def add_event(
    request: HttpRequest,
    kind: Kind,
    *,
    user: User | None = None,
    status: int | None = None,
    patients: list[UUID] | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write one row about this request. `user` is given where the session does not know them (yet)."""
    client = _client(request)
    person = user or _person(request)
    if client:
        person = None
    return AuditEvent.objects.create(
        kind=kind,
        user=person,
        client=client,
        actor_name=client.name if client else person.full_name if person else "",
        role=person.role if person else "",
        view=request.resolver_match.view_name if request.resolver_match else "",
        method=request.method or "",
        status=status,
        patients=patients or [],
        detail=detail or {},
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        address=address_of_request(request),
    )


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) and request.user.is_authenticated else None


def _client(request: HttpRequest) -> ApiClient | None:
    trail: AuditTrail | None = getattr(request, "audit", None)
    return trail.client if trail else None


def address_of_request(request: HttpRequest) -> str | None:
    """Return the caller's address, or None where there is none (a Unix socket)."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
