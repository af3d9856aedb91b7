"""What practices looked at, for the navigators: read from the audit, which every view is in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from coordination.base.choices import Role
from coordination.base.models import AuditEvent, User
from coordination.wording.clinical import listed
from patients.models import Patient

# What the pages of the portal are called.
PAGES = {
    "portal": "the list of patients",
    "portal-calendar": "the calendar",
    "portal-patient": "the patient's page",
    "portal-results": "the released results",
    "portal-document": "a document",
    "practice-calendar-feed": "the calendar, by a program",
}


@dataclass(frozen=True, slots=True)
class DayOfViews:
    """All that one person looked at on one day, as components/timeline.html reads it."""

    at: datetime  # the last time
    words: str
    by: str


def views_of(patient: Patient, *, most: int = 1000) -> list[DayOfViews]:
    """Who of a practice saw this patient, a line for each person and day, newest first."""
    events = AuditEvent.objects.about(patient.public_id).filter(role=Role.REFERRER)
    days: dict[tuple[date, str], list[AuditEvent]] = {}
    for event in events[:most]:
        days.setdefault((timezone.localdate(event.at), event.actor_name), []).append(event)
    return [DayOfViews(found[0].at, _said(found), name) for (_, name), found in days.items()]


def _said(events: Iterable[AuditEvent]) -> str:
    """ "The list of patients (twice), a document"."""
    counts = Counter(
        "was refused" if event.kind == event.Kind.REFUSED else PAGES.get(event.view, event.view)
        for event in events
    )
    return listed(words if count == 1 else f"{words} ({count} times)" for words, count in counts.items())


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody of a practice opened a version."""

    at: datetime
    by: str


def openings_of(patient: Patient) -> dict[UUID, list[Opening]]:
    """Who opened the patient's documents in the portal, by the version; of each person the last time."""
    rows = AuditEvent.objects.about(patient.public_id).filter(view="portal-document", status=200)
    found: dict[UUID, dict[str, Opening]] = {}
    for document, name, at in rows.values_list("detail__document", "actor_name", "at"):
        found.setdefault(UUID(document), {}).setdefault(name, Opening(at, name))
    return {version: list(openings.values()) for version, openings in found.items()}


def last_seen(accounts: Iterable[User]) -> dict[int, datetime]:
    """When each account last looked at anything."""
    rows = AuditEvent.objects.filter(user__in=accounts).order_by("user", "-at").distinct("user")
    return {user: at for user, at in rows.values_list("user", "at") if user}
