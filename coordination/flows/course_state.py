"""What holding, resuming or stopping a course sets in motion: the course is changed, then assessed."""

from datetime import date, datetime

from coordination.base.models import User
from coordination.flows.record import record_fact
from scheduling import actions
from scheduling.models import Course


def hold(course: Course, *, because: str, by: User, now: datetime) -> None:
    """Anyone on the staff holds. Raises CareError where it is held already or no reason is given."""
    act = actions.hold_course
    record_fact(course.patient, lambda: act(_afresh(course), by=by, because=because, now=now), now=now)


def resume(course: Course, *, because: str, by: User, now: datetime) -> None:
    """A prescriber lifts a hold. Raises CareError."""
    act = actions.resume_course
    record_fact(course.patient, lambda: act(_afresh(course), by=by, because=because), now=now)


def stop(course: Course, *, because: str, on: date, by: User, now: datetime) -> None:
    """A prescriber ends the course before its last infusion. Raises CareError."""
    act = actions.stop_course
    record_fact(course.patient, lambda: act(_afresh(course), by=by, because=because, on=on, now=now), now=now)


def _afresh(course: Course) -> Course:
    """As it is now that the patient is locked."""
    return Course.objects.select_related("patient__site").get(pk=course.pk)
