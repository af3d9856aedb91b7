"""What a fact that a person records sets in motion.

record it -> assess the patient's courses -> the page answers with what changed. One transaction: the nurse
who typed it sees what follows from it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.flows.lab_result import Receipt, lock_patient, mark_courses, store_typed_results
from coordination.flows.reassess import reassess
from labs.incoming import IncomingReport
from patients.models import Patient
from scheduling import actions
from scheduling.answers import answer_of, signed_digest
from scheduling.models import Course, Cycle, InfusionGiven, Signature
from scheduling.models.infusion import InfusionDecision

T = TypeVar("T")
A_MINUTE = timedelta(seconds=59, microseconds=999_999)


@transaction.atomic
def record_fact(patient: Patient, act: Callable[[], T], *, now: datetime) -> T:
    """Do `act` for a patient (an action that stores one change), then assess."""
    lock_patient(patient)
    done = act()
    assess_all(mark_courses(patient, now=now), now=now)
    return done


@transaction.atomic
def record_given_infusion(cycle: Cycle, *, by: User, now: datetime, **given: Any) -> InfusionGiven:
    """Record what was given, whatever was decided, with what stood signed when it started.

    All that is known is assessed first; unlike an act of ours, what was given is never refused for it.
    """

    def act() -> InfusionGiven:
        reassess(cycle.course_id, now=now)
        fresh = _afresh(cycle)
        signed = stood_signed(fresh, at=_by(given["started_at"], latest=now))
        return actions.record_infusion(fresh, **given, by=by, now=now, signed=signed)

    return record_fact(cycle.course.patient, act, now=now)


@transaction.atomic
def correct_given_infusion(
    wrong: InfusionGiven, *, changes: Mapping[str, Any], because: str, by: User, now: datetime
) -> InfusionGiven:
    """Record it again as it was; what stood signed is asked again where the start or the place changed."""
    cycle = wrong.cycle

    def act() -> InfusionGiven:
        reassess(cycle.course_id, now=now)
        same = InfusionGiven.objects.select_related("cycle").get(
            pk=wrong.pk
        )  # now that the patient is locked
        signed = None
        if "elsewhere" in changes or ("started_at" in changes and same.decision):
            before = same.recorded_at - timedelta(microseconds=1)
            started_at = changes.get("started_at", same.started_at)
            signed = stood_signed(_afresh(cycle), at=_by(started_at, latest=before))
        return actions.correct_infusion(same, changes=changes, because=because, by=by, now=now, signed=signed)

    return record_fact(cycle.course.patient, act, now=now)


def _afresh(cycle: Cycle) -> Cycle:
    """As it is now that its course is ours: the course may have been held or stopped meanwhile."""
    return Cycle.objects.select_related("course__patient__site").get(pk=cycle.pk)


def _by(started_at: datetime, *, latest: datetime) -> datetime:
    """The moment by which it must have been signed: a time typed to the minute means all of that minute."""
    if started_at.second or started_at.microsecond:
        return min(started_at, latest)
    return min(started_at + A_MINUTE, latest)


def stood_signed(cycle: Cycle, *, at: datetime) -> actions.StoodSigned:
    """What a prescriber's standing signature said of this dose at a moment.

    A signature that new facts had overtaken by then does not stand, whether or not a worker had come to them.
    """
    course = cycle.course
    if course.stopped_on and course.ended_at and course.ended_at <= at:
        return actions.StoodSigned(InfusionDecision.STOP, None)
    if course.held_since and course.held_since <= at:
        return actions.StoodSigned(InfusionDecision.HOLD, None)
    signature = _signed_at(cycle, at)
    if signature is None or _is_overtaken(signature, course, at):
        return actions.StoodSigned(InfusionDecision.NONE, None)
    to_give = signature if signature.action == InfusionDecision.GIVE else None
    return actions.StoodSigned(signature.action, to_give)


def _signed_at(cycle: Cycle, at: datetime) -> Signature | None:
    """The signature for this dose that had not been withdrawn by then."""
    not_withdrawn = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    current = Q(proposal__superseded_at=None) | Q(proposal__superseded_at__gt=at)
    return (
        Signature.objects.filter(
            not_withdrawn,
            current,
            signed_at__lte=at,
            proposal__course=cycle.course,
            proposal__cycle_number=cycle.number,
        )
        .select_related("proposal")
        .defer("document", "proposal__document", "proposal__facts")
        .first()
    )


def _is_overtaken(signature: Signature, course: Course, at: datetime) -> bool:
    _, assessment = answer_of(course, as_of=at)
    return signed_digest(assessment) != signature.proposal.digest


@transaction.atomic
def type_results(incoming: IncomingReport, *, patient: Patient, by: User, now: datetime) -> Receipt:
    """Results typed by a person are assessed before the page answers."""
    receipt = store_typed_results(incoming, patient=patient, by=by, now=now)
    assess_all(receipt.courses, now=now)
    return receipt


@transaction.atomic
def record_death(patient: Patient, *, died_on: date, by: User, now: datetime) -> None:
    """Every open item is cancelled, nothing is planned, nobody is reminded."""
    lock_patient(patient)
    if patient.died_on:
        raise CareError(f"The death on {patient.died_on} is already recorded.")
    patient.died_on = died_on
    patient.died_recorded_at = now
    patient.died_recorded_by = by
    patient.save_by(by, because="death recorded")
    assess_all(mark_courses(patient, now=now), now=now)


def assess_all(courses: Iterable[int], *, now: datetime) -> None:
    for course_id in courses:
        reassess(course_id, now=now)
