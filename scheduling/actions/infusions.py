"""Record and correct what was given; what breaks a rule is stored all the same, its conflict shown after."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

from coordination.base import clock
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from scheduling.actions.recording import check_end, check_is_past, record_in_error, save_fact
from scheduling.models import Cycle, InfusionGiven, Signature
from scheduling.rules.formatting import day_words

MOMENTS_OF_AN_INFUSION = (
    "started_at",
    "ended_at",
    "antiemetic_at",
    "amino_acids_started_at",
    "amino_acids_ended_at",
)


class StoodSigned(NamedTuple):
    """What stood signed when an infusion started; the signature where it says to give the dose."""

    decision: str | None
    signature: Signature | None


def record_infusion(
    cycle: Cycle,
    *,
    started_at: datetime,
    ended_at: datetime | None,
    activity_gbq: Decimal | None,
    by: User,
    now: datetime,
    residual_gbq: Decimal | None = None,
    antiemetic_at: datetime | None = None,
    amino_acids_started_at: datetime | None = None,
    amino_acids_ended_at: datetime | None = None,
    elsewhere: bool = False,
    note: str = "",
    signed: StoodSigned | None = None,
) -> InfusionGiven:
    """What was given, whatever was decided. `signed` is what stood signed when it started.

    Not handed in, the decision is not known (an import): only the activity that stands signed now is kept.
    """
    if cycle.infusion:
        raise CareError(f"Infusion {cycle.number} is already recorded. Correct that record instead.")
    infusion = InfusionGiven(
        cycle=cycle,
        started_at=started_at,
        ended_at=ended_at,
        activity_gbq=activity_gbq,
        residual_gbq=residual_gbq,
        antiemetic_at=antiemetic_at,
        amino_acids_started_at=amino_acids_started_at,
        amino_acids_ended_at=amino_acids_ended_at,
        elsewhere=elsewhere,
        note=note,
    )
    _can_be(infusion, now=now)
    if not elsewhere:
        _stood_signed(infusion, signed or _unknown_decision(cycle))
    return save_fact(infusion, by=by, now=now)


def correct_infusion(
    wrong: InfusionGiven,
    *,
    changes: Mapping[str, Any],
    because: str,
    by: User,
    now: datetime,
    signed: StoodSigned | None = None,
) -> InfusionGiven:
    """The record again with `changes`, keeping everything else; the wrong one stays, recorded in error.

    `signed` is what stood signed at its start, where the start or the place has changed.
    Raises OutOfDate where somebody has corrected or taken it back meanwhile.
    """
    if wrong.recorded_in_error_at:
        raise OutOfDate(wrong.changed_meanwhile("this infusion"))
    if not changes:
        raise CareError("Nothing was changed.")
    right = InfusionGiven.objects.get(pk=wrong.pk)
    right.pk, right.public_id = None, uuid4()
    right._state.adding = True
    for name, value in changes.items():
        setattr(right, name, value)
    _can_be(right, now=now)
    if right.elsewhere:
        right.decision, right.signature, right.signed_gbq = None, None, None
    elif signed:
        _stood_signed(right, signed)
    record_in_error(wrong, by=by, because=because, now=now)
    return save_fact(right, by=by, now=now, because=because)


def _can_be(infusion: InfusionGiven, *, now: datetime) -> None:
    """Refuse what cannot have happened; what breaks a rule is stored."""
    for name in MOMENTS_OF_AN_INFUSION:
        check_is_past(getattr(infusion, name), name, now=now)
    check_end(infusion.started_at, infusion.ended_at, "ended_at")
    check_end(infusion.amino_acids_started_at, infusion.amino_acids_ended_at, "amino_acids_ended_at")
    if infusion.activity_gbq is not None and infusion.activity_gbq <= 0:
        raise CareError("The activity must be above zero.", "activity_gbq")
    _left_over(infusion)
    _fits_in(infusion)


def _fits_in(infusion: InfusionGiven) -> None:
    """A mistyped year: before birth, out of the order of the cycles, medicines of another day."""
    cycle, started_at = infusion.cycle, infusion.started_at
    patient = cycle.course.patient
    if patient.birth_date and clock.day_at(patient.site, started_at) < patient.birth_date:
        raise CareError("The patient was not born yet. Check the year.", "started_at")
    others = InfusionGiven.objects.known().filter(cycle__course=cycle.course).exclude(cycle=cycle)
    for number, other_at in others.values_list("cycle__number", "started_at"):
        if (number < cycle.number) != (other_at < started_at):
            side = "after" if number < cycle.number else "before"
            said = day_words(clock.day_at(patient.site, other_at))
            raise CareError(f"Infusion {number} was on {said}. Enter a time {side} it.", "started_at")
    for name in ("antiemetic_at", "amino_acids_started_at", "amino_acids_ended_at"):
        at = getattr(infusion, name)
        if at is not None and abs(at - started_at) > timedelta(days=1):
            raise CareError("This is more than a day from the infusion. Check the date.", name)


def _left_over(infusion: InfusionGiven) -> None:
    if infusion.residual_gbq is None:
        return
    if infusion.residual_gbq < 0:
        raise CareError("The activity left over can't be below zero.", "residual_gbq")
    if infusion.activity_gbq is None:
        raise CareError("Enter the activity measured before the infusion too.", "activity_gbq")
    if infusion.residual_gbq > infusion.activity_gbq:
        raise CareError("More is left over than was measured before the infusion.", "residual_gbq")


def _stood_signed(infusion: InfusionGiven, signed: StoodSigned) -> None:
    infusion.decision = signed.decision
    infusion.signature = signed.signature
    infusion.signed_gbq = signed.signature.activity_gbq if signed.signature else None


def _unknown_decision(cycle: Cycle) -> StoodSigned:
    return StoodSigned(None, Signature.objects.to_give(cycle.course, cycle.number).first())
