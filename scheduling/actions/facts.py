"""Record what happened. A fact that breaks a rule is stored all the same; the conflict is shown after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from coordination.base import clock
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import Fact, Practice, User
from coordination.base.models.recorded import CancellableFact
from labs.models import LabResult
from labs.rules.hcg import NEGATIVE, POSITIVE, pregnancy_of
from labs.rules.reading import Rejection
from patients.models import Patient
from scheduling.models import (
    AdverseEvent,
    AdverseEventInquiry,
    Cycle,
    Draw,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Scan,
    Signature,
    Transfusion,
    Weight,
)
from scheduling.models.weight import weight_words
from scheduling.rules.words import day_words
from scheduling.weights import HEAVIEST_KG, LIGHTEST_KG, is_a_weight

LONGEST_SKEW = timedelta(minutes=10)

MOMENTS_OF_AN_INFUSION = (
    "started_at",
    "ended_at",
    "antiemetic_at",
    "amino_acids_started_at",
    "amino_acids_ended_at",
)

F = TypeVar("F", bound=Fact)


class StoodSigned(NamedTuple):
    """What stood signed when an infusion started; the signature where it says to give the dose."""

    decision: str | None
    signature: Signature | None


def _record(fact: F, *, by: User | None, now: datetime, because: str = "") -> F:
    fact.recorded_by = by
    fact.recorded_at = now
    fact.save_by(by, because=because or "recorded")
    return fact


def _has_happened(at: datetime | None, field: str, *, now: datetime) -> None:
    if at is not None and at > now + LONGEST_SKEW:
        raise CareError("This lies in the future: record it when it has happened.", field)


def _in_order(first: datetime | None, second: datetime | None, field: str) -> None:
    if first and second and second < first:
        raise CareError("The end lies before the start.", field)


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
    return _record(infusion, by=by, now=now)


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
    return _record(right, by=by, now=now, because=because)


def _can_be(infusion: InfusionGiven, *, now: datetime) -> None:
    """Refuse what cannot have happened; what breaks a rule is stored."""
    for name in MOMENTS_OF_AN_INFUSION:
        _has_happened(getattr(infusion, name), name, now=now)
    _in_order(infusion.started_at, infusion.ended_at, "ended_at")
    _in_order(infusion.amino_acids_started_at, infusion.amino_acids_ended_at, "amino_acids_ended_at")
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


def record_injection(
    patient: Patient,
    *,
    drug: str,
    by: User | None,
    now: datetime,
    given_at: datetime | None = None,
    planned_on: date | None = None,
    dose_mg: Decimal | None = None,
    practice: Practice | None = None,
    note: str = "",
    plan: Injection | None = None,
) -> Injection:
    """Given, or planned. A `plan` that is now given is the same injection: its row gets the time.

    Raises OutOfDate where the plan was given or called off meanwhile.
    """
    _has_happened(given_at, "given_at", now=now)
    if plan:
        return _given_as_planned(
            plan, drug=drug, given_at=given_at, dose_mg=dose_mg, practice=practice, note=note, by=by
        )
    if given_at is None and planned_on is None:
        raise CareError("Say when it was given, or for which day it is planned.", "given_at")
    return _record(
        Injection(
            patient=patient,
            drug=drug,
            dose_mg=dose_mg,
            planned_on=planned_on,
            given_at=given_at,
            practice=practice,
            note=note,
        ),
        by=by,
        now=now,
    )


def _given_as_planned(
    plan: Injection,
    *,
    drug: str,
    given_at: datetime | None,
    dose_mg: Decimal | None,
    practice: Practice | None,
    note: str,
    by: User | None,
) -> Injection:
    if given_at is None:
        raise CareError("Say when it was given. To move a plan, call it off and plan it anew.", "given_at")
    if not Injection.objects.planned().filter(pk=plan.pk).exists():
        raise OutOfDate("This plan was given, called off or taken back meanwhile.", "plan")
    plan.drug, plan.given_at, plan.dose_mg, plan.practice = drug, given_at, dose_mg, practice
    plan.note = note or plan.note
    plan.save_by(by, because="given")
    return plan


def record_scan(
    patient: Patient,
    *,
    kind: str,
    on: date,
    by: User | None,
    now: datetime,
    modality: str = "",
    uptake: str | None = None,
    report: str = "",
) -> Scan:
    """Done, or booked for a day to come; `uptake` as the reader of an SSTR scan states it."""
    scan = Scan(patient=patient, kind=kind, on=on, modality=modality, uptake=uptake, report=report)
    return _record(scan, by=by, now=now)


def record_weight(
    patient: Patient,
    *,
    kg: Decimal,
    on: date,
    by: User | None,
    now: datetime,
    typed: tuple[Decimal, str] | None = None,
    confirmed: bool = False,
) -> Weight:
    """A weight in exact kilograms; `typed` is the figure and unit it came in.

    `confirmed`: the person has looked at a jump from the weight before and says that it is right.
    """
    if not is_a_weight(kg):
        raise CareError(
            f"{weight_words(kg)} is outside {LIGHTEST_KG} to {HEAVIEST_KG} kg. Check the unit.", "weight"
        )
    value, unit = typed or (None, "")
    weight = Weight(patient=patient, kg=kg, on=on, typed_value=value, typed_unit=unit)
    if confirmed:
        weight.confirmed_at, weight.confirmed_by = now, by
    return _record(weight, by=by, now=now, because="recorded and confirmed" if confirmed else "")


def confirm_weight(weight: Weight, *, by: User, now: datetime) -> None:
    """A jump is right. Raises OutOfDate where the weight was confirmed or taken back meanwhile."""
    _still_known(weight)
    if weight.confirmed_at:
        raise OutOfDate(weight.changed_meanwhile("this weight"))
    weight.confirmed_at, weight.confirmed_by = now, by
    weight.save_by(by, because="confirmed")


def take_back_confirmation(weight: Weight, *, by: User, because: str) -> None:
    """The jump is in doubt again."""
    _still_known(weight)
    if not because.strip():
        raise CareError("Say why it is in doubt.", "because")
    if not weight.confirmed_at:
        raise OutOfDate(weight.changed_meanwhile("this weight"))
    weight.confirmed_at, weight.confirmed_by = None, None
    weight.save_by(by, because=because)


def _still_known(weight: Weight) -> None:
    if weight.recorded_in_error_at:
        raise OutOfDate(weight.changed_meanwhile("this weight"))


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
    return _record(
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
    return _record(
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
    inquiry = _record(
        AdverseEventInquiry(
            cycle=cycle, asked=asked, asked_on=asked_on, asked_by=by, answer=answer, note=note
        ),
        by=by,
        now=now,
    )
    inquiry.events.set(events)
    return inquiry


def record_transfusion(
    patient: Patient, *, product: str, on: date, by: User | None, now: datetime, units: int | None = None
) -> Transfusion:
    return _record(Transfusion(patient=patient, product=product, on=on, units=units), by=by, now=now)


def record_pregnancy_test(
    patient: Patient, *, on: date, result: str, by: User | None, now: datetime, method: str = ""
) -> PregnancyTest:
    return _record(PregnancyTest(patient=patient, on=on, result=result, method=method), by=by, now=now)


def plan_draw(
    patient: Patient,
    *,
    at: datetime,
    by: User,
    now: datetime,
    urgent: bool = False,
    practice: Practice | None = None,
) -> Draw:
    return _record(Draw(patient=patient, at=at, urgent=urgent, practice=practice), by=by, now=now)


# --- taken from results ----------------------------------------------------------------------------


def take_weight(result: LabResult, patient: Patient, *, now: datetime) -> None:
    """A usable weight that arrived as a result; a version that was withdrawn takes its weight along."""
    _take_back(
        Weight.objects.known().filter(
            result__source=result.source, result__source_id=result.source_id, patient=patient
        ),
        result,
        now=now,
    )
    if result.usable and result.used_value is not None and result.collected_at and not result.used_comparator:
        on = _local_day(result.collected_at, patient)
        _record(
            Weight(patient=patient, kg=result.used_value, on=on, result=result),
            by=None,
            now=now,
        )


_SAID = {NEGATIVE: PregnancyTest.Result.NEGATIVE, POSITIVE: PregnancyTest.Result.POSITIVE}


def take_pregnancy_test(result: LabResult, patient: Patient, *, now: datetime) -> None:
    """A word or a figure for hCG is a test, as the rules read it; in a man it is a tumor marker."""
    _take_back(
        PregnancyTest.objects.known().filter(
            lab_result__source=result.source, lab_result__source_id=result.source_id, patient=patient
        ),
        result,
        now=now,
    )
    reading = result.read()
    is_marker = patient.sex == "male" and not patient.pregnancy_possible
    if not result.usable or not result.collected_at or isinstance(reading, Rejection) or is_marker:
        return
    said = _SAID.get(pregnancy_of(reading), PregnancyTest.Result.UNCLEAR)
    on = _local_day(result.collected_at, patient)
    _record(PregnancyTest(patient=patient, on=on, result=said, lab_result=result), by=None, now=now)


def _take_back(facts: Iterable[Fact], result: LabResult, *, now: datetime) -> None:
    for fact in facts:
        fact.recorded_in_error_at = now
        fact.recorded_in_error_by = None
        fact.recorded_in_error_because = f"its result was replaced by version {result.version}"
        fact.save_by(None, because=fact.recorded_in_error_because)


def _local_day(at: datetime, patient: Patient) -> date:
    return clock.day_at(patient.site, at)


# --- taking back -----------------------------------------------------------------------------------


def record_in_error(fact: Fact, *, by: User, because: str, now: datetime) -> None:
    """Nothing is deleted: the fact stays, and says who took it back and why."""
    if not because.strip():
        raise CareError("Say why it was recorded in error.", "because")
    if fact.recorded_in_error_at:
        raise CareError("This was already taken back.")
    fact.recorded_in_error_at = now
    fact.recorded_in_error_by = by
    fact.recorded_in_error_because = because
    fact.save_by(by, because=because)


def cancel_plan(plan: CancellableFact, *, by: User, because: str, now: datetime) -> None:
    """Call off what has not happened. Raises OutOfDate where somebody did so meanwhile."""
    if not because.strip():
        raise CareError("Say why it is called off.", "because")
    if plan.cancelled_at or plan.recorded_in_error_at:
        raise OutOfDate("This was called off or taken back meanwhile.")
    if isinstance(plan, Injection) and plan.given_at:
        raise CareError("It was given. What is wrong is recorded in error, not called off.")
    plan.cancelled_at = now
    plan.cancelled_by = by
    plan.cancelled_because = because
    plan.save_by(by, because=because)
