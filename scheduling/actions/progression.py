"""How the tumor answered. Where it grew, maintenance ends with that day, its own included.

A call that rests only on the first scan after treatment may be pseudoprogression [H22]: it is recorded and
shown as a conflict, and changes nothing until a person calls it progression on more than that.
"""

from datetime import date, datetime

from coordination.base.errors import CareError
from coordination.base.models import User
from patients.actions import assess_response
from patients.models import Patient, ResponseAssessment
from scheduling.actions.recording import record_in_error
from scheduling.models import Course


def record_response(
    patient: Patient,
    *,
    on: date,
    outcome: str,
    by: User,
    now: datetime,
    basis: str = "",
    first_scan_only: bool = False,
) -> ResponseAssessment:
    """Record it; a progression ends what is given until progression."""
    assessment = assess_response(
        patient, on=on, outcome=outcome, by=by, now=now, basis=basis, first_scan_only=first_scan_only
    )
    if assessment.is_progression:
        for course in Course.objects.lock().filter(patient=patient, started_at__date__lte=on):
            note_progression(course, on=on, by=by, because=basis or "progression")
    return assessment


def take_back_response(assessment: ResponseAssessment, *, by: User, because: str, now: datetime) -> None:
    """Recorded in error; a progression that rested on it goes, or is that of the next assessment."""
    record_in_error(assessment, by=by, because=because, now=now)
    courses = Course.objects.lock().filter(patient=assessment.patient, progressed_on=assessment.on)
    standing = ResponseAssessment.objects.progressions().filter(patient=assessment.patient)
    for course in courses:
        take_back_progression(course, by=by, because=because)
        if next_one := standing.filter(on__gte=course.started_at.date()).order_by("on").first():
            note_progression(course, on=next_one.on, by=by, because=next_one.basis or "progression")


def note_progression(course: Course, *, on: date, by: User, because: str) -> None:
    """The first day of progression holds; a later one adds nothing."""
    if not because.strip():
        raise CareError("Say on what it rests.", "because")
    if course.progressed_on and course.progressed_on <= on:
        return
    course.progressed_on = on
    course.save_by(by, because=because)


def take_back_progression(course: Course, *, by: User, because: str) -> None:
    """It was not progression after all, such as pseudoprogression on the first scan [H22]."""
    if not because.strip():
        raise CareError("Say why.", "because")
    if course.progressed_on is None:
        raise CareError("No progression is recorded.")
    course.progressed_on = None
    course.save_by(by, because=because)
