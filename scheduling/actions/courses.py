"""Start, hold, resume, stop and complete a course. Anyone on the staff holds; the rest is a prescriber's."""

from datetime import date, datetime

from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted
from coordination.base.models import Site, SiteSettings, User
from patients.models import Patient, Referral
from scheduling.models import Course, Cycle
from scheduling.protocols import DEFAULT_PROTOCOL, get_protocol


def start_course(
    patient: Patient,
    *,
    first_on: date | None,
    by: User,
    now: datetime,
    protocol_key: str = "",
    referral: Referral | None = None,
    anyway_because: str = "",
) -> Course:
    """Pin the protocol as it is today, and plan the first infusion where its day is known.

    `referral` is the accepted one; without it `anyway_because` says why the course begins.
    """
    if referral is None and not anyway_because.strip():
        raise CareError("No accepted referral: enter a reason.", "anyway_because")
    if Course.objects.current().filter(patient=patient).exists():
        raise CareError("This patient already has a course that goes on.")
    if patient.died_on:
        raise CareError("This patient has died.")
    protocol = get_protocol(protocol_key or default_protocol_of(patient.site))
    course = Course(
        patient=patient,
        referral=referral,
        started_anyway_because=anyway_because,
        protocol_key=protocol.key,
        protocol_version=protocol.version,
        protocol_digest=protocol.digest,
        started_at=now,
        started_by=by,
    )
    course.save_by(by, because=anyway_because or "course started")
    for number in range(1, protocol.doses.infusions + 1):
        cycle = Cycle(course=course, number=number, planned_on=first_on if number == 1 else None)
        cycle.save_by(by, because="course started")
    return course


def default_protocol_of(site: Site) -> str:
    """The key of the protocol that a site treats by."""
    settings = SiteSettings.objects.filter(site=site).first()
    return settings.default_protocol if settings else DEFAULT_PROTOCOL


def hold_course(course: Course, *, by: User, because: str, now: datetime) -> None:
    _still_current(course)
    _needs_reason(because)
    if course.held_since:
        who = f" by {course.held_by}" if course.held_by else ""
        raise CareError(f"The course is already on hold{who}: {course.held_reason}")
    course.held_since, course.held_by, course.held_reason = now, by, because
    course.save_by(by, because=because)


def resume_course(course: Course, *, by: User, because: str) -> None:
    _a_prescriber(by, "resume a course")
    _still_current(course)
    _needs_reason(because)
    if not course.held_since:
        raise CareError(f"The course is not on hold. {course.changed_meanwhile('the course')}")
    course.held_since, course.held_by, course.held_reason = None, None, ""
    course.save_by(by, because=because)


def stop_course(course: Course, *, by: User, because: str, on: date, now: datetime) -> None:
    """No further infusion. What was planned stays as it was written; the schedule cancels what hung on it."""
    _a_prescriber(by, "stop a course")
    _still_current(course)
    _needs_reason(because)
    course.stopped_on, course.stopped_by, course.stopped_reason = on, by, because
    course.ended_at = now
    course.held_since, course.held_by, course.held_reason = None, None, ""
    course.save_by(by, because=because)


def complete_course(course: Course, *, by: User, on: date, now: datetime) -> None:
    """All infusions are given and the patient goes back to the referring physician."""
    _still_current(course)
    course.completed_on, course.completed_by = on, by
    course.handed_back_on = on
    course.ended_at = now
    course.save_by(by, because="course completed and handed back")


def hand_back_course(course: Course, *, by: User, on: date) -> None:
    """A stopped course: the patient goes back to the referring physician, follow-up goes on."""
    if course.is_current:
        raise CareError("The course goes on: complete or stop it first.")
    if course.handed_back_on:
        raise CareError(f"The patient was handed back on {course.handed_back_on}.")
    course.handed_back_on = on
    course.save_by(by, because="handed back")


def _still_current(course: Course) -> None:
    if course.ended_at:
        word = "stopped" if course.stopped_on else "completed"
        who = course.stopped_by or course.completed_by
        by = f" by {who}" if who else ""
        raise CareError(f"The course was {word} on {course.stopped_on or course.completed_on}{by}.")


def _needs_reason(because: str) -> None:
    if not because.strip():
        raise CareError("Say why.", "because")


def _a_prescriber(by: User, act: str) -> None:
    if by.role != Role.PRESCRIBER:
        raise NotPermitted(f"Only a prescriber may {act}.")
