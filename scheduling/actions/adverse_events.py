"""Record adverse events, how they go on, and that somebody asked for them."""

from collections.abc import Sequence
from datetime import date, datetime

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from patients.models import Patient
from scheduling.actions.recording import save_fact
from scheduling.models import AdverseEvent, AdverseEventInquiry, Cycle


def record_adverse_event(
    patient: Patient,
    *,
    term: str,
    on: date,
    grade: int,
    by: User | None,
    now: datetime,
    hematologic: bool = False,
    hypersensitivity: bool = False,
    resolved_on: date | None = None,
    grade_now: int | None = None,
    note: str = "",
) -> AdverseEvent:
    if not term.strip():
        raise CareError("Name the event.", "term")
    if resolved_on and resolved_on < on:
        raise CareError("It cannot have resolved before its first day.", "resolved_on")
    return save_fact(
        AdverseEvent(
            patient=patient,
            term=term,
            on=on,
            grade=grade,
            hematologic=hematologic,
            hypersensitivity=hypersensitivity,
            resolved_on=resolved_on,
            grade_now=grade_now,
            note=note,
        ),
        by=by,
        now=now,
    )


def follow_up_adverse_event(
    event: AdverseEvent,
    *,
    grade_now: int,
    resolved_on: date | None,
    by: User,
    now: datetime,
    note: str = "",
) -> AdverseEvent:
    """Record an event again, as it is now: gone (grade 0, with the day), better, the same or worse.

    The earlier record stays as it was. Raises OutOfDate where somebody has followed it up meanwhile.
    """
    if event.recorded_in_error_at:
        raise OutOfDate(event.changed_meanwhile("this event"))
    if newer := AdverseEvent.objects.known().filter(earlier=event).first():
        who = newer.recorded_by or "A report"
        raise OutOfDate(f"{who} has recorded meanwhile how it is: look at the newest record.")
    if not event.is_going_on:
        raise CareError("It has resolved. What came after is an event of its own.")
    is_gone = grade_now == 0
    if is_gone and resolved_on is None:
        raise CareError("Say on which day it was gone.", "resolved_on")
    if not is_gone and resolved_on is not None:
        raise CareError("It has a day only when it is gone.", "resolved_on")
    if resolved_on and resolved_on < event.on:
        raise CareError("It cannot have resolved before its first day.", "resolved_on")
    # What nobody graded stays so: that it is better now does not say how bad it was.
    worst = None if event.grade is None else max(grade_now, event.grade)
    return save_fact(
        AdverseEvent(
            patient=event.patient,
            term=event.term,
            on=event.on,
            grade=worst,
            grade_now=None if is_gone or grade_now == worst else grade_now,
            resolved_on=resolved_on,
            ctcae=event.ctcae,
            hematologic=event.hematologic,
            hypersensitivity=event.hypersensitivity,
            serious=event.serious,
            told_by=event.told_by,
            note=note,
            earlier=event,
        ),
        by=by,
        now=now,
    )


def record_inquiry(
    cycle: Cycle,
    *,
    asked: str,
    asked_on: date,
    answer: str,
    by: User,
    now: datetime,
    events: Sequence[AdverseEvent] = (),
    note: str = "",
) -> AdverseEventInquiry:
    """Somebody asked what happened since the last infusion; *none* is an answer too."""
    inquiry = save_fact(
        AdverseEventInquiry(
            cycle=cycle, asked=asked, asked_on=asked_on, asked_by=by, answer=answer, note=note
        ),
        by=by,
        now=now,
    )
    inquiry.events.set(events)
    return inquiry
