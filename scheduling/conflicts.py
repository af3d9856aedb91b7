"""Make the stored conflicts of a course equal to the answer, with those that only the product can see.

A conflict keeps its row while it lasts; one that is gone stays with the moment it went. Its digest is over
code, cycle, text and legal days: a named person's override answers this conflict, not the next.
"""

import hashlib
from datetime import datetime

import msgspec

from coordination.base.models import SiteSettings
from patients.models import ResponseAssessment
from scheduling.models import Course, CourseConflict, Cycle, DueItem, Injection
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


def all_conflicts(course: Course, assessment: Assessment) -> list[Conflict]:
    """Those of the answer, and those of owners, practices, scans and capacity."""
    return [
        *assessment.conflicts,
        *_owner_missing(course),
        *_double_injections(course),
        *first_scan_after_treatment(
            ResponseAssessment.objects.known()
            .filter(
                patient=course.patient_id,
                outcome=ResponseAssessment.Outcome.PROGRESSION,
                first_scan_only=True,
            )
            .values_list("on", flat=True)
        ),
        *_over_capacity(course),
    ]


def reconcile(course: Course, assessment: Assessment, *, now: datetime) -> None:
    """Call it after the due items: owners are read from them."""
    stored = {row.digest: row for row in CourseConflict.objects.standing().filter(course=course)}
    found = {digest_of(conflict): conflict for conflict in all_conflicts(course, assessment)}
    CourseConflict.objects.filter(
        pk__in=[row.pk for digest, row in stored.items() if digest not in found]
    ).update(gone_at=now)
    CourseConflict.objects.bulk_create(
        CourseConflict(
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
        for digest, conflict in found.items()
        if digest not in stored
    )


def digest_of(conflict: Conflict) -> str:
    about = [conflict.code, conflict.cycle, conflict.text, [str(day) for day in conflict.legal]]
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()


def _owner_missing(course: Course) -> list[Conflict]:
    if course.patient.referred_by_id:
        return []
    practice = DueItem.objects.filter(course=course).unsettled().without_owner()
    return owner_missing(list(practice.values_list("item", flat=True)))


def _double_injections(course: Course) -> list[Conflict]:
    planned = (
        Injection.objects.known()
        .long_acting()
        .filter(patient=course.patient_id, given_at=None, planned_on__isnull=False)
        .values_list("planned_on", "practice__name")
    )
    days = get_protocol(course.protocol_key).somatostatin.maintenance_days
    return double_injections(
        (PlannedInjection(on, practice or "") for on, practice in planned if on), monthly_days=days
    )


def _over_capacity(course: Course) -> list[Conflict]:
    """Only where the site has set a limit: most have not, and then nothing is asked."""
    settings = SiteSettings.objects.filter(site=course.patient.site_id).first()
    if settings is None or settings.licensed_gbq_per_day is None:
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
        for conflict in over_capacity(booking, bookings, licensed_gbq=settings.licensed_gbq_per_day)
    ]
