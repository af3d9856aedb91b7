"""Make the stored conflicts of a course equal to the answer, with those that only the product can see.

A conflict keeps its row while it lasts; one that is gone stays with the moment it went. Its digest is over
code, cycle, text and legal days: a named person's override answers this conflict, not the next.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

import msgspec
from django.db.models import FilteredRelation, Q

from coordination.base.choices import Role
from coordination.base.models import SiteSettings, User
from scheduling import due_items
from scheduling.models import ConflictNotice, Course, CourseConflict, Cycle
from scheduling.models.conflict import PRESCRIBER_ANSWERS
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


class Move(NamedTuple):
    """An infusion as if it were planned for another day, where it has neither a start nor a chair yet."""

    number: int
    to: date


def conflicts_with(
    course: Course, assessment: Assessment, stored: Stored, *, move: Move | None = None
) -> list[Conflict]:
    """What `reconcile` would store for this answer, after this move; stores nothing."""
    without_owner = due_items.unowned(course, assessment, stored)
    return _found(course, assessment, stored, without_owner, move)


def reconcile(
    course: Course, assessment: Assessment, stored: Stored, *, without_owner: Sequence[str], now: datetime
) -> None:
    """Write what came and what went; `without_owner` are the due items that nobody sees to."""
    known = {row.digest: row.id for row in stored.conflicts}
    found = {digest_of(conflict): conflict for conflict in _found(course, assessment, stored, without_owner)}
    if gone := [key for digest, key in known.items() if digest not in found]:
        CourseConflict.objects.filter(pk__in=gone).update(gone_at=now)
    if new := [digest for digest in found if digest not in known]:
        rows = CourseConflict.objects.bulk_create(_row(course, digest, found[digest], now) for digest in new)
        _tell([row for row in rows if row.code in PRESCRIBER_ANSWERS], course, now=now)


def _tell(conflicts: Sequence[CourseConflict], course: Course, *, now: datetime) -> None:
    """Keep who was told: it stands on the Today of the site's prescribers and navigators from now on."""
    if not conflicts:
        return
    has_access = Q(access_ends_on=None) | Q(access_ends_on__gte=now.date())
    people = User.objects.filter(
        has_access,
        sites=course.patient.site_id,
        is_active=True,
        role__in=(Role.PRESCRIBER, Role.NAVIGATOR),
    )
    ConflictNotice.objects.bulk_create(
        ConflictNotice(conflict=conflict, user=user, told_at=now)
        for conflict in conflicts
        for user in people.distinct()
    )


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
    course: Course,
    assessment: Assessment,
    stored: Stored,
    without_owner: Sequence[str],
    move: Move | None = None,
) -> list[Conflict]:
    ssa = course.protocol.somatostatin
    return [
        *assessment.conflicts,
        *([] if course.patient.referred_by_id else owner_missing(without_owner)),
        *(_double_injections(stored, monthly_days=ssa.maintenance_days) if ssa else ()),
        *first_scan_after_treatment(call.on for call in stored.first_scan_calls),
        *_over_capacity(course, stored, move),
    ]


def _double_injections(stored: Stored, *, monthly_days: int) -> list[Conflict]:
    planned = (
        PlannedInjection(row.planned_on, row.practice__name or "") for row in stored.planned_injections
    )
    return double_injections(planned, monthly_days=monthly_days)


def digest_of(conflict: Conflict) -> str:
    about = [conflict.code, conflict.cycle, conflict.text, [str(day) for day in conflict.legal]]
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()


def _over_capacity(course: Course, stored: Stored, move: Move | None) -> list[Conflict]:
    """Only where the site has set a limit or something is booked: else nothing is asked."""
    licensed = stored.site_choices.licensed_gbq_per_day
    booked = [cycle for cycle in stored.booked if move is None or cycle.number != move.number]
    if licensed is None and not booked:
        return []
    bookings = _bookings_beside(course, move)
    return [
        conflict
        for booking in bookings
        if booking.course == str(course.pk)
        for conflict in over_capacity(booking, bookings, licensed_gbq=licensed)
    ]


def capacity_conflicts(
    cycle: Cycle, *, starts_at: datetime, ends_at: datetime, uses: Iterable[str]
) -> list[Conflict]:
    """What would be exceeded if the infusion were booked like this, each said once; stores nothing."""
    course = cycle.course
    settings = SiteSettings.objects.filter(site=course.patient.site_id).first()
    bookings = _bookings_beside(course)
    own = [each for each in bookings if (each.course, each.cycle) == (str(course.pk), cycle.number)]
    if not own:
        return []
    wanted = replace(own[0], starts_at=starts_at, lasts=ends_at - starts_at, uses=frozenset(uses))
    licensed = settings.licensed_gbq_per_day if settings else None
    found = over_capacity(wanted, bookings, licensed_gbq=licensed)
    return list({digest_of(conflict): conflict for conflict in found}.values())


def _bookings_beside(course: Course, move: Move | None = None) -> list[Booking]:
    """The infusions planned at the site on the days of this course's own, with what is booked for them."""
    own_days = Cycle.objects.filter(course=course, planned_on__isnull=False).values("planned_on")
    on_own_days = Q(planned_on__in=own_days)
    if move:
        on_own_days = (on_own_days | Q(planned_on=move.to)) & ~Q(course=course, number=move.number)
    planned = (
        Cycle.objects.to_come()
        .filter(on_own_days, course__ended_at=None, course__patient__site=course.patient.site_id)
        .annotate(booked=FilteredRelation("bookings", condition=Q(bookings__cancelled_at=None)))
        .values_list(
            *("course_id", "number", "planned_on", "planned_start_at"),
            *("booked__ends_at", "booked__chair", "booked__people"),
        )
    )
    full = course.protocol.doses.full_gbq
    moved = [Booking(str(course.pk), move.number, move.to, full)] if move and course.is_current else []
    return moved + [
        _booking(Booking(str(course_id), number, on, full, starts_at), ends_at, chair, people)
        for course_id, number, on, starts_at, ends_at, chair, people in planned
    ]


def _booking(planned: Booking, ends_at: datetime | None, chair: str, people: list[str]) -> Booking:
    if planned.starts_at is None or ends_at is None:
        return planned
    return replace(planned, lasts=ends_at - planned.starts_at, uses=frozenset({chair, *people}))
