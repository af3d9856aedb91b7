"""Where the dates of a course, given or planned, break a rule; each with the nearest legal date.

Projected dates never conflict. A planned infusion no longer does once the course is stopped or the patient
has died. Severity block: a plan needs a named person's reason, a fact an answer before the next act.
Source: docs/clinical/conflicts.md, which has the table and our reading of it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

from labs.rules.numbers import EXACT
from scheduling.rules.answer import Conflict, Severity
from scheduling.rules.conflict_inputs import ConflictInputs
from scheduling.rules.days import add_months
from scheduling.rules.facts import InfusionFact
from scheduling.rules.formatting import capitalized, day_words
from scheduling.rules.lab_conflicts import (
    confirm_labs_missing,
    labs_after_free_cancel,
    labs_expired,
    pregnancy_positive,
    pregnancy_status_missing,
)
from scheduling.rules.ssa_conflicts import (
    lar_outside_window,
    lar_window_closed_day,
    lar_within_washout,
    short_acting_within_24h,
)
from scheduling.rules.timeline import Timeline
from scheduling.rules.workdays import is_closed, nearest_open


def find_conflicts(timeline: Timeline) -> tuple[Conflict, ...]:
    """Every conflict that the facts of a course can show, in the order of the table."""
    course = ConflictInputs(timeline)
    return tuple(conflict for check in CONFLICT_CHECKS for conflict in check(course))


def _routine_draws(course: ConflictInputs) -> Iterator[Conflict]:
    """No routine draw on D(n) (after the start) to D(n)+7 [H22 t2]; urgent draws are never blocked."""
    draws = [draw for draw in course.timeline.facts.draws if not draw.urgent]
    if not draws or course.timeline.died_on:
        return
    days = course.protocol.panel.first_day
    for infusion in course.infusions:
        legal = infusion.on + timedelta(days)
        for draw in draws:
            on = course.timeline.local_day(draw.at)
            is_after = on > infusion.on or (infusion.started_at is not None and draw.at > infusion.started_at)
            if infusion.on <= on < legal and is_after:
                yield Conflict(
                    "routine-draw-in-precautions",
                    Severity.BLOCK,
                    infusion.cycle,
                    f"Routine blood draw on {day_words(on)} is within {days - 1} days after {infusion.name}. "
                    f"Draw on {day_words(legal)} or later, or mark it urgent.",
                    (legal,),
                )


def _intervals(course: ConflictInputs) -> Iterator[Conflict]:
    interval = course.protocol.interval
    for before, infusion in zip(course.infusions, course.infusions[1:], strict=False):
        if infusion.cycle != before.cycle + 1:
            continue
        days = (infusion.on - before.on).days
        said = (
            f"{capitalized(infusion.name)} is {days} days after infusion {before.cycle} "
            f"({day_words(before.on)})"
        )
        if days < interval.earliest:
            legal = before.on + timedelta(interval.earliest)
            text = f"{said}. Minimum is {interval.earliest} days: {day_words(legal)} or later."
            yield Conflict("interval-short", Severity.BLOCK, infusion.cycle, text, (legal,))
        if days > interval.latest:
            legal = before.on + timedelta(interval.latest)
            allowed = f"The {course.protocol.authority} allows {interval.latest} days"
            text = f"{said}. {allowed}, to {day_words(legal)}."
            yield Conflict("interval-long", Severity.WARN, infusion.cycle, text, (legal,))
        if interval.is_past_limit(days):
            legal = before.on + timedelta(interval.last_allowed)
            text = f"{said}, past the {interval.limit_name}. The last allowed day is {day_words(legal)}."
            yield Conflict("interval-beyond-limit", Severity.BLOCK, infusion.cycle, text, (legal,))


def _sstr_pet_expired(course: ConflictInputs) -> Iterator[Conflict]:
    """Receptor imaging within 6 calendar months before the first infusion; a booked scan counts [H22]."""
    first, asked = course.infusion(1), course.protocol.scans
    if first is None or course.timeline.died_on:  # cancelled items never conflict
        return
    if asked is None or not course.protocol.asks_for("sstr-pet"):
        return
    opens = add_months(first.on, -asked.sstr_within_months)
    scans = course.timeline.facts.scans
    if not any(scan.kind == "sstr-pet" and opens <= scan.on <= first.on for scan in scans):
        yield Conflict(
            "sstr-pet-expired",
            Severity.BLOCK,
            1,
            f"No SSTR imaging done or booked from {day_words(opens)} to {day_words(first.on)} for "
            f"{first.name}. Book one before the infusion.",
        )


def _too_many_doses(course: ConflictInputs) -> Iterator[Conflict]:
    most = course.protocol.doses.infusions
    for infusion in course.infusions:
        if infusion.cycle > most:
            yield Conflict(
                "too-many-doses",
                Severity.BLOCK,
                infusion.cycle,
                f"The protocol has {most} infusions; {infusion.name} is one too many. Cancel it, or change "
                f"the protocol with a reason.",
            )


def _calibration_day_closed(course: ConflictInputs) -> Iterator[Conflict]:
    closed_days = course.timeline.facts.closed_days
    for infusion in course.infusions:
        if not infusion.is_given and is_closed(infusion.on, closed_days):
            nearest = nearest_open(infusion.on, closed_days)
            yield Conflict(
                "calibration-day-closed",
                Severity.WARN,
                infusion.cycle,
                f"{capitalized(infusion.name)} falls on a weekend or closed day, when no dose is calibrated. "
                f"The nearest open day is {day_words(nearest)}.",
            )


def _activity_mismatch(course: ConflictInputs) -> Iterator[Conflict]:
    """More than 10 % off the signed activity; from 20 % it is flagged for medical-event review.

    What was given is what was measured less what was left in the vial and the line.
    """
    for infusion in _with_activity(course):
        given, signed = administered_gbq(infusion), infusion.signed_gbq
        if given is None or signed is None or infusion.elsewhere:
            continue
        hundredfold = EXACT.multiply(EXACT.abs(EXACT.subtract(given, signed)), Decimal(100))
        limits = course.protocol.conflicts
        if hundredfold <= EXACT.multiply(signed, Decimal(limits.activity_tolerance_percent)):
            continue
        is_event = hundredfold >= EXACT.multiply(signed, Decimal(limits.medical_event_percent))
        yield Conflict(
            "activity-mismatch",
            Severity.BLOCK,
            infusion.cycle,
            f"Infusion {infusion.cycle}: {given} GBq {'given' if infusion.started_at else 'ordered'}, "
            f"{signed} GBq signed, more than {limits.activity_tolerance_percent}% apart. "
            f"Prescriber review needed{', also as a possible medical event' if is_event else ''}.",
            (),
            ("medical-event",) if is_event else (),
        )


def administered_gbq(infusion: InfusionFact) -> Decimal | None:
    """The activity in GBq that went in: measured before, less what was left; planned: the ordered one."""
    measured, residual = infusion.activity_gbq, infusion.residual_gbq
    if measured is None or residual is None or infusion.started_at is None:
        return measured
    return EXACT.subtract(measured, residual)


_DECIDED = {
    "hold": "while on hold",
    "stop": "after treatment was discontinued",
    "none": "without a signed decision",
}


def _given_without_decision(course: ConflictInputs) -> Iterator[Conflict]:
    """An infusion that no standing signature said to give when it started."""
    for infusion in course.timeline.given:
        if infusion.decision not in _DECIDED or infusion.elsewhere:
            continue
        yield Conflict(
            "given-without-decision",
            Severity.BLOCK,
            infusion.cycle,
            f"Infusion {infusion.cycle} was given {_DECIDED[infusion.decision]}. Prescriber review needed.",
        )


def _with_activity(course: ConflictInputs) -> list[InfusionFact]:
    timeline = course.timeline
    return timeline.given if course.has_stopped else [*timeline.given, *timeline.waiting]


def _amino_acids(course: ConflictInputs) -> Iterator[Conflict]:
    """Amino acids 30 min before, during and 3 h after; the antiemetic before them [PI24, H22]."""
    limits, drug = course.protocol.conflicts, course.protocol.product.name
    minutes, hours = limits.amino_acids_lead_minutes, limits.amino_acids_hours_after
    if minutes is None or hours is None:
        return
    for infusion in (*course.timeline.given, *course.timeline.waiting):
        cycle, began = infusion.cycle, infusion.amino_acids_started_at
        if began is None:
            continue
        name = f"Amino acids for infusion {cycle}"
        if infusion.started_at and began > infusion.started_at - timedelta(minutes=minutes):
            text = f"{name} started less than {minutes} min before {drug}. Prescriber review needed."
            yield Conflict("amino-acids-late", Severity.BLOCK, cycle, text)
        ended = infusion.amino_acids_ended_at
        if ended and infusion.ended_at and ended < infusion.ended_at + timedelta(hours=hours):
            text = f"{name} ended less than {hours} h after {drug}."
            yield Conflict("amino-acids-short", Severity.WARN, cycle, text)
        if infusion.antiemetic_at and infusion.antiemetic_at > began:
            text = f"Antiemetic for infusion {cycle} was given after the amino acids started."
            yield Conflict("antiemetic-late", Severity.WARN, cycle, text)


def _response_pet_early(course: ConflictInputs) -> Iterator[Conflict]:
    """Not sooner than 3 months after the last infusion [H22]; the day of the infusion is not after it."""
    last_on, scans = course.last_on, course.protocol.scans
    if last_on is None or scans is None or not course.protocol.asks_for("response-sstr-pet"):
        return
    months = scans.response_after_months
    legal = add_months(last_on, months)
    for scan in course.timeline.facts.scans:
        is_void = course.timeline.died_on is not None and scan.on > course.today
        if scan.kind == "sstr-pet" and last_on < scan.on < legal and not is_void:
            yield Conflict(
                "response-pet-early",
                Severity.WARN,
                None,
                f"SSTR PET on {day_words(scan.on)} is less than {months} months after the last infusion "
                f"({day_words(last_on)}). Scan on {day_words(legal)} or later.",
                (legal,),
            )


def _authorization_expires(course: ConflictInputs) -> Iterator[Conflict]:
    authorizations = course.timeline.facts.authorizations
    for infusion in course.infusions:
        if infusion.is_given or any(a.start <= infusion.on <= a.end for a in authorizations):
            continue
        ended = [a.end for a in authorizations if a.end < infusion.on]
        if ended:
            yield Conflict(
                "authorization-expires",
                Severity.WARN,
                infusion.cycle,
                f"Prior authorization ends on {day_words(max(ended))} and no other covers {infusion.name}. "
                f"Ask the payer to extend it.",
            )


def _liver_directed_overlap(course: ConflictInputs) -> Iterator[Conflict]:
    """Less than 84 d before D(1), or from D(1) to D(4): fatal liver failure has been described [SZE]."""
    first = course.infusion(1)
    therapies = course.timeline.facts.liver_directed
    if first is None or not therapies:
        return
    days = course.protocol.conflicts.liver_directed_days
    last_on = course.last_on
    for therapy in therapies:
        is_void = course.timeline.died_on is not None and therapy.on > course.today
        is_too_near = (first.on - therapy.on).days < days and (last_on is None or therapy.on <= last_on)
        if is_too_near and not is_void:
            until = day_words(last_on) if last_on else "the last infusion"
            yield Conflict(
                "liver-directed-overlap",
                Severity.WARN,
                None,
                f"{therapy.kind} on {day_words(therapy.on)} is less than {days} days before, or during, the "
                f"course ({day_words(first.on)} to {until}). Fatal liver failure has been reported after "
                f"both: move it, or take it to the tumor board.",
            )


CONFLICT_CHECKS: tuple[Callable[[ConflictInputs], Iterator[Conflict]], ...] = (
    lar_within_washout,
    short_acting_within_24h,
    lar_outside_window,
    lar_window_closed_day,
    _routine_draws,
    _intervals,
    _sstr_pet_expired,
    labs_expired,
    labs_after_free_cancel,
    pregnancy_status_missing,
    pregnancy_positive,
    confirm_labs_missing,
    _too_many_doses,
    _calibration_day_closed,
    _activity_mismatch,
    _given_without_decision,
    _amino_acids,
    _response_pet_early,
    _authorization_expires,
    _liver_directed_overlap,
)
