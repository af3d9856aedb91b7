"""Make the stored conflicts of a course equal to the answer, with those that only the product can see.

A conflict keeps its row while it lasts; one that is gone stays with the moment it went. Its digest is over
code, cycle, text and legal days: a named person's override answers this conflict, not the next.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from scheduling import due_items
from scheduling.models import Course, CourseConflict, Cycle
from scheduling.protocols import get_protocol
from scheduling.rules.answer import Assessment, Conflict
from scheduling.rules.care_conflicts import (
    Booking,
    PlannedInjection,
    double_injections,
    first_scan_after_treatment,
    over_capacity,
    owner_missing,
)
from scheduling.stored import Stored, stored_of


def all_conflicts(course: Course, assessment: Assessment) -> list[Conflict]:
    """Those of the answer, and those of owners, practices, scans and capacity as they are stored."""
    stored = stored_of(course)
    return _found(course, assessment, stored, due_items.without_owner(stored))


def reconcile(
    course: Course, assessment: Assessment, stored: Stored, *, without_owner: Sequence[str], now: datetime
) -> None:
    """Write what came and what went; `without_owner` are the due items that nobody sees to."""
    known = {row.digest: row.id for row in stored.conflicts}
    found = {digest_of(conflict): conflict for conflict in _found(course, assessment, stored, without_owner)}
    if gone := [key for digest, key in known.items() if digest not in found]:
        CourseConflict.objects.filter(pk__in=gone).update(gone_at=now)
    if new := [digest for digest in found if digest not in known]:
        CourseConflict.objects.bulk_create(_row(course, digest, found[digest], now) for digest in new)


def _row(course: Course, digest: str, conflict: Conflict, now: datetime) -> CourseConflict:
    return CourseConflict(
        course=course,
        code=conflict.code,
        cycle_number=conflict.cycle,
        severity=conflict.severity.value,
        text=conflict.text,
        legal=list(conflict.legal),
        flags=list(conflict.flags),
        digest=digest,
        found_at=now,
    )


def _found(
    course: Course, assessment: Assessment, stored: Stored, without_owner: Sequence[str]
) -> list[Conflict]:
    protocol = get_protocol(course.protocol_key)
    return [
        *assessment.conflicts,
        *([] if course.patient.referred_by_id else owner_missing(without_owner)),
        *double_injections(
            (PlannedInjection(row.planned_on, row.practice__name or "") for row in stored.planned_injections),
            monthly_days=protocol.somatostatin.maintenance_days,
        ),
        *first_scan_after_treatment(call.on for call in stored.first_scan_calls),
        *_over_capacity(course, stored),
    ]


def digest_of(conflict: Conflict) -> str:
    about = [conflict.code, conflict.cycle, conflict.text, [str(day) for day in conflict.legal]]
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()


def _over_capacity(course: Course, stored: Stored) -> list[Conflict]:
    """Only where the site has set a limit: most have not, and then nothing is asked."""
    licensed = stored.site_choices.licensed_gbq_per_day
    if licensed is None:
        return []
    full = get_protocol(course.protocol_key).doses.full_gbq
    planned = Cycle.objects.to_come().filter(
        course__ended_at=None, course__patient__site=course.patient.site_id, planned_on__isnull=False
    )
    bookings = [
        Booking(str(course_id), number, on, full, starts_at)
        for course_id, number, on, starts_at in planned.values_list(
            "course_id", "number", "planned_on", "planned_start_at"
        )
        if on
    ]
    return [
        conflict
        for booking in bookings
        if booking.course == str(course.pk)
        for conflict in over_capacity(booking, bookings, licensed_gbq=licensed)
    ]
