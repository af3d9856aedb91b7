"""Is the house in order? Asked by load balancers, by the demo, and by whoever is on call."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from celery import current_app
from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from coordination.base import clock
from coordination.base.database_rights import APPLICATION, owns_the_tables
from coordination.base.models import AuditEvent, AuditSeal, Heartbeat

LONGEST_SILENCE = timedelta(seconds=60)
LONGEST_UNSEALED = timedelta(minutes=15)

Check = Callable[[], str | None]
_checks: dict[str, Check] = {}


def health_check(name: str) -> Callable[[Check], Check]:
    """Register a check: it returns None when all is well, else one sentence without patient data."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"live": True})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when every check passes, else 503; both say what each check found."""
    found: dict[str, Any] = {name: _outcome(function) for name, function in _checks.items()}
    well = all(outcome == "ok" for outcome in found.values())
    return JsonResponse({"ready": well, "checks": found}, status=200 if well else 503)


class ProbeMiddleware:
    """Answer probes before anything asks for the host: they come by address, not by name."""

    probes: ClassVar = {"/health/live": live, "/health/ready": ready}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.probes.get(request.path, self.get_response)
        return answer(request)


def _outcome(function: Check) -> str:
    try:
        return function() or "ok"
    except Error as error:
        return type(error.__cause__ or error).__name__


@health_check("database")
def database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


# Sorted with less memory than it needs, half a megabyte goes through the server's disk and is gone again.
_WRITE_A_LITTLE = """
    SELECT count(*) FROM (
        SELECT line
        FROM (SELECT repeat(md5(number::text), 16) AS line FROM generate_series(1, 1000) AS number) AS lines
        ORDER BY line COLLATE "C" OFFSET 0
    ) AS sorted
"""


@health_check("disk")
def disk() -> str | None:
    """The database's disk takes a file."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(_WRITE_A_LITTLE)
    return None


@health_check("role")
def role() -> str | None:
    """The product runs as a role that can take off no promise. The demo has no real patients to lose."""
    if settings.FOURFOLD_DEMO or not owns_the_tables():
        return None
    return f"the database user owns the tables: run as {APPLICATION}"


@health_check("audit")
def audit() -> str | None:
    """No row of the audit waits long for its seal."""
    sealed = AuditSeal.objects.aggregate(last=Max("last_id"))["last"] or 0
    late = AuditEvent.objects.filter(pk__gt=sealed, at__lt=clock.now() - LONGEST_UNSEALED)
    return f"rows wait more than {LONGEST_UNSEALED.seconds // 60} min for a seal" if late.exists() else None


@health_check("broker")
def broker() -> str | None:
    with current_app.connection_for_write() as link:
        try:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        except OperationalError:
            return "does not answer"
    return None


@health_check("heartbeats")
def heartbeats() -> str | None:
    """The worker has shown itself, and no loop that ever did has fallen silent."""
    earliest = clock.now() - LONGEST_SILENCE
    silent = set(Heartbeat.objects.filter(at__lt=earliest).values_list("name", flat=True))
    if not Heartbeat.objects.filter(name="worker").exists():
        silent.add("worker")
    return f"silent: {', '.join(sorted(silent))}" if silent else None
