"""What changed at the sites of a scope since a moment: the page behind the digest, and its counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from coordination.base import clock
from coordination.base.access import Scope
from coordination.models import MessageDelivery, Reminder
from labs.models import ReviewItem
from patients.models import Patient, Referral
from scheduling.models import Action, Course, DueItem, Proposal, Signature

MOST_OF_A_KIND = 200


@dataclass(frozen=True, slots=True)
class ChangeRow:
    patient: Patient | None  # None: nobody knows yet whose it is
    words: str
    at: datetime | date


@dataclass(frozen=True, slots=True)
class Change:
    heading: str
    icon: str
    rows: list[ChangeRow] = field(default_factory=list)


def changes_since(scope: Scope, *, since: datetime, now: datetime) -> list[Change]:
    """Kinds of change that have rows, the gravest first."""
    found = [
        Change(heading, icon, read(scope, since, now)[:MOST_OF_A_KIND]) for heading, icon, read in _SOURCES
    ]
    return [change for change in found if change.rows]


def _deaths(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    rows = scope.of(Patient).filter(died_recorded_at__range=(since, now))
    return [ChangeRow(row, "Death recorded", row.died_recorded_at or now) for row in rows]


def _withdrawn(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    rows = (
        scope.of(Signature)
        .filter(withdrawn_at__range=(since, now))
        .select_related("proposal__course__patient", "signed_by")
        .defer("document", "proposal__document", "proposal__facts")
    )
    return [
        ChangeRow(
            row.proposal.course.patient,
            f"Signature of {row.signed_by.full_name} withdrawn by new facts",
            row.withdrawn_at or now,
        )
        for row in rows
    ]


def _proposals(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    rows = (
        scope.of(Proposal)
        .filter(
            made_at__range=(since, now),
            superseded_at=None,
            action__in=[Action.HOLD, Action.STOP, Action.REVIEW],
        )
        .select_related("course__patient")
        .defer("document", "facts")
    )
    return [ChangeRow(row.course.patient, row.text, row.made_at) for row in rows]


def _courses(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    held = scope.of(Course).filter(held_since__range=(since, now)).select_related("patient")
    ended = scope.of(Course).filter(ended_at__range=(since, now)).select_related("patient")
    return [
        *(ChangeRow(row.patient, f"On hold: {row.held_reason}", row.held_since or now) for row in held),
        *(
            ChangeRow(
                row.patient,
                f"Stopped: {row.stopped_reason}" if row.stopped_on else "Completed",
                row.ended_at or now,
            )
            for row in ended
        ),
    ]


def _late(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    rows: list[ChangeRow] = []
    for site in scope.sites:
        first, today = clock.day_at(site, since), clock.day_at(site, now)
        items = (
            scope.of(DueItem)
            .filter(
                course__patient__site=site, course__patient__died_on=None, closes_on__range=(first, today)
            )
            .filter(closes_on__lt=today, waits=False)
            .filter(done=False, cancelled_because="", not_done_at=None, marked_done_at=None)
            .exclude(item__in=("lar-last-before", "short-acting-stop", "radiation-precautions"))
            .select_related("course__patient")
        )
        rows += [
            ChangeRow(item.course.patient, f"{item.get_item_display()} is late", item.closes_on or today)
            for item in items
        ]
    return rows


def _reviews(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    rows = scope.of(ReviewItem).filter(opened_at__range=(since, now), resolved_at=None)
    return [
        ChangeRow(row.patient, f"Result: {row.get_kind_display().lower()}", row.opened_at)
        for row in rows.select_related("patient")
    ]


def _messages(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    undecided = MessageDelivery.objects.to_decide(now).filter(made_at__gte=since)
    reminded = scope.of(Reminder).filter(delivery__in=undecided).select_related("patient", "delivery")
    found: dict[int, tuple[Patient | None, MessageDelivery]] = {
        row.delivery_id: (row.patient, row.delivery) for row in reminded
    }
    of_documents = scope.of(MessageDelivery).filter(pk__in=undecided, purpose="document")
    found |= {row.pk: (row.patient, row) for row in of_documents.select_related("patient")}
    return [
        ChangeRow(patient, f"Message: {delivery.get_state_display().lower()}", delivery.made_at)
        for patient, delivery in found.values()
    ]


def _referrals(scope: Scope, since: datetime, now: datetime) -> list[ChangeRow]:
    first = clock.day_at(scope.sites[0], since) if scope.sites else since.date()
    rows = scope.of(Referral).filter(received_on__gt=first).select_related("patient")
    return [ChangeRow(row.patient, "Referral received", row.received_on) for row in rows]


_SOURCES: tuple[tuple[str, str, Callable[[Scope, datetime, datetime], list[ChangeRow]]], ...] = (
    ("Deaths", "moon", _deaths),
    ("Signatures withdrawn", "arrow-back-up", _withdrawn),
    ("New decisions: hold, stop, review", "signature", _proposals),
    ("Courses held or ended", "player-pause", _courses),
    ("Late since yesterday", "alert-triangle", _late),
    ("Results nobody can use", "zoom-question", _reviews),
    ("Messages to decide", "mail", _messages),
    ("Referrals", "user-plus", _referrals),
)
