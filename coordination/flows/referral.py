"""What a referral sets in motion.

receive -> is it complete? -> ask for exactly what is missing, or put it before the tumor board -> accept
(the course begins, with the protocol pinned) or decline. From then on it stands where its course stands.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import Practice, User
from coordination.flows.lab_result import lock_patient
from coordination.flows.reassess import reassess
from coordination.flows.start_course import start_course
from patients import actions
from patients.models import (
    Patient,
    Referral,
    ReferralPaper,
    TumorBoardDecision,
)
from patients.rules.referral import (
    Requirement,
)
from scheduling.models import Course
from scheduling.referral_facts import missing_from

Paper = ReferralPaper.Kind


@transaction.atomic
def receive_referral(
    patient: Patient, *, practice: Practice | None, received_on: date, by: User | None, **details: Any
) -> Referral:
    """A practice refers a patient who is registered; `details` as `receive_referral` takes them."""
    lock_patient(patient)
    return actions.receive_referral(patient, practice=practice, received_on=received_on, by=by, **details)


@transaction.atomic
def check_referral(referral: Referral, *, by: User) -> tuple[Requirement, ...]:
    """Is it complete? If so it goes to the board, else the practice is asked for what is missing."""
    referral = _locked(referral)
    missing = missing_from(referral)
    if missing:
        actions.ask_for_information(referral, by=by, because=_asked_for(missing))
    else:
        actions.send_to_board(referral, by=by, because="complete")
    return missing


@transaction.atomic
def accept_referral(
    referral: Referral,
    *,
    by: User,
    now: datetime,
    first_on: date | None = None,
    protocol_key: str = "",
    in_spite_of: str = "",
) -> Course:
    """Take the patient on: the course begins, its first infusion planned where the day is known.

    Raises CareError where something is missing or the board did not offer treatment, unless
    `in_spite_of` says why all the same.
    """
    referral = _locked(referral)
    if not in_spite_of.strip():
        _ready_to_accept(referral)
    actions.accept_referral(referral, by=by, now=now, because=in_spite_of)
    if begun := Course.objects.current().filter(patient=referral.patient, referral=None).first():
        return _accepted_after_the_start(begun, referral, first_on=first_on, by=by, now=now)
    return start_course(referral.patient, first_on=first_on, by=by, now=now, protocol_key=protocol_key)


def _accepted_after_the_start(
    course: Course, referral: Referral, *, first_on: date | None, by: User, now: datetime
) -> Course:
    """A course that began without an acceptance now has one; why it began without stays with it."""
    if first_on:
        raise CareError("The course has begun already: move its first infusion instead.", "first_on")
    course.referral = referral
    course.save_by(by, because="referral accepted")
    reassess(course.pk, now=now)
    return course


@transaction.atomic
def decline_referral(referral: Referral, *, by: User, now: datetime, because: str) -> None:
    actions.decline_referral(_locked(referral), by=by, now=now, because=because)


def _locked(referral: Referral) -> Referral:
    """The referral as it is once it is ours: of two who decide, the second finds it decided."""
    lock_patient(referral.patient)
    return Referral.objects.select_related("patient__site", "practice", "decided_by").get(pk=referral.pk)


def _ready_to_accept(referral: Referral) -> None:
    if missing := missing_from(referral):
        raise CareError(f"Still missing: {_asked_for(missing)}. Say why it is accepted all the same.")
    decision = TumorBoardDecision.objects.known().filter(referral=referral).first()
    if decision is None:
        raise CareError("The tumor board has not met on it. Say why it is accepted all the same.")
    if decision.outcome != TumorBoardDecision.Outcome.OFFER:
        raise CareError(
            f"The tumor board of {decision.met_on} said: {decision.get_outcome_display()}. "
            "Say why it is accepted all the same."
        )


def _asked_for(missing: tuple[Requirement, ...]) -> str:
    return "; ".join(requirement.words for requirement in missing)
