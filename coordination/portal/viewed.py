"""What practices looked at, for the navigators: read from the audit, which every view is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from coordination.base.choices import Role
from coordination.base.models import AuditEvent, User
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
class View:
    """As components/timeline.html reads it."""

    at: datetime
    words: str
    by: str
    is_export: bool


def views_of(patient: Patient, *, most: int = 100) -> list[View]:
    """Who of a practice saw this patient, newest first."""
    events = AuditEvent.objects.about(patient.public_id).filter(role=Role.REFERRER)
    return [
        View(
            event.at,
            PAGES.get(event.view, event.view) + (" (refused)" if event.kind == event.Kind.REFUSED else ""),
            event.actor_name,
            event.kind == event.Kind.EXPORT,
        )
        for event in events[:most]
    ]


def last_seen(accounts: Iterable[User]) -> dict[int, datetime]:
    """When each account last looked at anything."""
    rows = AuditEvent.objects.filter(user__in=accounts).order_by("user", "-at").distinct("user")
    return {user: at for user, at in rows.values_list("user", "at") if user}
