"""The one function of the product: from the facts of a course to what follows from them.

Pure: no clock (the facts carry `as_of`), no database, no I/O. The page, the API, the letters, the reminders
and `manage.py assess` all read this answer. Source: RULES.md section 4, "Proposal for the next cycle".
"""

from collections.abc import Iterator
from decimal import Decimal, localcontext

from labs.rules.analytes import CANONICAL_UNIT, Analyte
from labs.rules.numbers import EXACT, read_decimal
from scheduling.rules.answer import (
    Assessment,
    CriterionState,
    DoseAction,
    FirstDoseCriterion,
    GradedResult,
    NextDose,
    RejectedResult,
    RowState,
)
from scheduling.rules.build_timeline import build_timeline
from scheduling.rules.conflicts import find_conflicts
from scheduling.rules.days import add_days
from scheduling.rules.dose_table import JudgedRow, read_rows
from scheduling.rules.facts import CourseFacts, InfusionFact
from scheduling.rules.first_dose import criteria_of, notes_of
from scheduling.rules.formatting import (
    activity_words,
    analyte_words,
    day_words,
    decapitalized,
    figure_words,
    join_with_and,
)
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.order_clock import order_clocks
from scheduling.rules.panel import missing_for_next_dose
from scheduling.rules.planner import plan_items
from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.row_carried_events import carried_events
from scheduling.rules.row_text import NEEDS_REVIEW
from scheduling.rules.settings import with_settings
from scheduling.rules.timeline import Timeline

LIMITS_REJECTED = "limits"
PREGNANCY_POSITIVE = "pregnancy-positive"
NADIR_ONLY = "nadir-only"
STILL_SEVERE = "event-still-severe"  # an event of an earlier interval that is still grade 3
EARLIER_UNSURE = "earlier-episode-unsure"


def assess(facts: CourseFacts, protocol: Protocol) -> Assessment:
    """What the rules say of a course as it was known at `facts.as_of`.

    Raises ProtocolError where `protocol` is not, to the byte, what the course was started on.
    """
    if facts.protocol_digest and facts.protocol_digest != protocol.digest:
        version = f"{protocol.key}, version {protocol.version}"
        raise ProtocolError(f"{version}: the protocol's file is not the one that the course was started on")
    with localcontext(EXACT):
        others = facts.settings.others
        timeline = build_timeline(facts, with_settings(protocol, others) if others else protocol)
        return Assessment(
            id=facts.id,
            as_of=facts.as_of,
            protocol=protocol.key,
            ctcae=timeline.settings.ctcae or "",
            next_dose=propose(timeline),
            grades=tuple(map(_graded, _graded_results(timeline))),
            rejected=tuple(RejectedResult(r.id, str(r.rejection)) for r in timeline.rejected),
            due=plan_items(timeline),
            conflicts=find_conflicts(timeline),
            order=order_clocks(timeline),
            limits_rejected=tuple(_with_failed_limits(timeline)),
        )


def _with_failed_limits(timeline: Timeline) -> Iterator[RejectedResult]:
    for kept in (timeline.accepted, timeline.preliminary):
        for result in kept:
            if result.reading is not None and result.reading.limits_failed:
                yield RejectedResult(result.id, LIMITS_REJECTED)


# --- the proposal ----------------------------------------------------------------------------------


def propose(timeline: Timeline) -> NextDose:
    rows = read_rows(timeline)
    ended = timeline.has_ended
    missing = () if ended else missing_for_next_dose(timeline)
    is_first = not (ended or timeline.given or missing)
    criteria = criteria_of(timeline) if is_first else ()
    action, activity, text = _decide(timeline, rows, missing, criteria)
    notes = _notes(timeline, rows, action)
    if is_first:
        notes += tuple(notes_of(timeline, criteria))
    return NextDose(
        cycle=None if action is DoseAction.NONE else timeline.next_cycle,
        action=action,
        activity_gbq=activity,
        rows=tuple(row.answer for row in rows),
        missing=missing,
        notes=notes,
        days_since_last_infusion=timeline.days_since_last,
        last_allowed_on=timeline.last_allowed_on,
        crcl_ml_min=_newest_clearance(timeline),
        text=text,
        criteria=criteria,
    )


ProposedDose = tuple[DoseAction, Decimal | None, str]


def _decide(
    timeline: Timeline,
    rows: tuple[JudgedRow, ...],
    missing: tuple[str, ...],
    criteria: tuple[FirstDoseCriterion, ...],
) -> ProposedDose:
    """Apply the ten rules, of which the first match wins; the first cycle has rules of its own."""
    if timeline.has_ended:
        return DoseAction.NONE, None, _why_none(timeline)
    if not timeline.given:
        return _decide_first(timeline, missing, criteria)
    return (
        _stop_or_hold(timeline, rows)
        or _ask_for_review(timeline, rows)
        or _wait(timeline, missing)
        or _give(timeline, rows)
    )


def _why_none(timeline: Timeline) -> str:
    if timeline.died_on:
        return f"Patient died on {day_words(timeline.died_on)}. No further doses."
    if timeline.stopped_on:
        return f"Treatment discontinued on {day_words(timeline.stopped_on)}. No further doses."
    return f"All {timeline.protocol.doses.infusions} infusions have been given."


def _decide_first(
    timeline: Timeline, missing: tuple[str, ...], criteria: tuple[FirstDoseCriterion, ...]
) -> ProposedDose:
    full = timeline.protocol.doses.full_gbq
    if missing:
        return DoseAction.PENDING, None, f"Waiting for baseline labs: {_analytes(missing)}."
    if against := [one for one in criteria if one.state is not CriterionState.MET]:
        return DoseAction.REVIEW, None, _why_not_eligible(against)
    if has_pregnancy_doubt(timeline):
        return DoseAction.REVIEW, None, _PREGNANCY
    return DoseAction.GIVE, full, f"Give {activity_words(full)}: first dose, criteria met."


def _why_not_eligible(against: list[FirstDoseCriterion]) -> str:
    """Every criterion that is not met or cannot be told, with its value and its threshold."""
    said = [_criterion_words(one) for one in against]
    return f"Prescriber review before the first dose: {'; '.join(said)}."


def _criterion_words(one: FirstDoseCriterion) -> str:
    name = analyte_words(one.criterion)
    is_unmet = one.state is CriterionState.NOT_MET
    if one.threshold is None:
        return f"{name} not met" if is_unmet else f"no current evidence for {name}"
    value = "" if one.value is None else f" {_value_words(one, is_unmet=is_unmet)}"
    need = one.threshold.replace(">=", "≥").replace("<=", "≤").replace(" x ", " × ")
    return f"{name}{value} (need {need})" if is_unmet else f"{name}{value} not conclusive (need {need})"


def _value_words(one: FirstDoseCriterion, *, is_unmet: bool) -> str:
    """A clearance of 39.97, which shows as 40.0, is "just under 40": else it would seem to be enough."""
    if one.criterion != "crcl":
        return figure_words(one.value or "", CANONICAL_UNIT[Analyte(one.criterion)])
    bound = (one.threshold or "").removeprefix(">= ")
    rounds_up = is_unmet and read_decimal(one.value or "") == read_decimal(bound)
    return f"just under {bound} mL/min" if rounds_up else f"{one.value} mL/min"


def _stop_or_hold(timeline: Timeline, rows: tuple[JudgedRow, ...]) -> ProposedDose | None:
    """Rules 2 to 5: stop, review or hold because a row is open or recurrent."""
    is_open = _in_state(rows, RowState.OPEN)
    if ending := [row for row in is_open if row.rule.ends_treatment]:
        return DoseAction.STOP, None, f"Stop: {decapitalized(ending[0].answer.text)}"
    if recurrent := _in_state(rows, RowState.RECURRENT):
        return DoseAction.STOP, None, f"Stop: {_names(recurrent)} came back. {recurrent[0].answer.text}"
    if unshared := [row for row in rows if row.is_unshared_recurrence]:
        return DoseAction.REVIEW, None, _review_words(unshared)
    if is_open and timeline.is_past_limit:
        days, limit = timeline.days_since_last, timeline.protocol.interval.last_allowed
        said = f"{_names(is_open)} not resolved {days} days after the last infusion (limit {limit})"
        if timeline.protocol.interval.past_limit_open == "review":
            return DoseAction.REVIEW, None, f"Prescriber review: {said}."
        return DoseAction.STOP, None, f"Stop: {said}."
    if is_open:
        return DoseAction.HOLD, None, f"Hold: {decapitalized(is_open[0].answer.text)}"
    return None


def _ask_for_review(timeline: Timeline, rows: tuple[JudgedRow, ...]) -> ProposedDose | None:
    """Rules 6 and 7: past the limit of the interval, a row that cannot be told, or a pregnancy test."""
    interval = timeline.protocol.interval
    if timeline.is_past_limit and interval.past_limit_clear != "go-on":
        said = f"{timeline.days_since_last} days since the last infusion (limit {interval.last_allowed})"
        if interval.past_limit_clear == "stop":
            return DoseAction.STOP, None, f"Stop: {said}."
        return DoseAction.REVIEW, None, f"Prescriber review: {said}."
    if unclear := _in_state(rows, RowState.CANNOT_TELL):
        return DoseAction.REVIEW, None, _review_words(unclear)
    if has_pregnancy_doubt(timeline):
        return DoseAction.REVIEW, None, _PREGNANCY
    return None


def _review_words(rows: list[JudgedRow]) -> str:
    """The sentence that asks for a review: the names of the rows, and the reason of the first."""
    why = rows[0].answer.text.removeprefix(NEEDS_REVIEW)
    return f"Prescriber review of {_names(rows)}: {why}"


def _wait(timeline: Timeline, missing: tuple[str, ...]) -> ProposedDose | None:
    """Rule 8: pending until the window of the pre-dose panel closes, then a prescriber's review."""
    planned = timeline.day(timeline.next_cycle)
    if not missing or planned is None:
        return None
    closes = add_days(planned, -timeline.protocol.panel.closes_days_before)
    if timeline.today <= closes:
        return DoseAction.PENDING, None, f"Waiting for {_analytes(missing)}, due {day_words(closes)}."
    said = f"Pre-dose labs were due {day_words(closes)}. Missing: {_analytes(missing)}."
    return DoseAction.REVIEW, None, said


def _give(timeline: Timeline, rows: tuple[JudgedRow, ...]) -> ProposedDose:
    """Rules 9 and 10: give the reduced or the full activity."""
    doses = timeline.protocol.doses
    if resolved := _in_state(rows, RowState.RESOLVED):
        why = decapitalized(resolved[0].answer.text)
        return DoseAction.GIVE, doses.reduced_gbq, f"Give {activity_words(doses.reduced_gbq)}: {why}"
    if doses.re_escalation == "never" and any(map(doses.is_reduced, map(activity_level_of, timeline.given))):
        reduced = f"Give {activity_words(doses.reduced_gbq)}"
        return DoseAction.GIVE, doses.reduced_gbq, f"{reduced}: once reduced, the dose stays reduced."
    last, full = timeline.last, f"Give {activity_words(doses.full_gbq)}"
    if last and last.activity_gbq is not None and last.activity_gbq < doses.full_gbq:
        return DoseAction.GIVE, doses.full_gbq, f"{full}: reduced dose tolerated."
    return DoseAction.GIVE, doses.full_gbq, f"{full}: no dose change needed."


def activity_level_of(infusion: InfusionFact) -> Decimal | None:
    """The activity in GBq that was decided, or, where that is not known, the one that was measured."""
    return infusion.signed_gbq if infusion.signed_gbq is not None else infusion.activity_gbq


_PREGNANCY = "Prescriber review: the latest pregnancy test is not negative."


def has_pregnancy_doubt(timeline: Timeline) -> bool:
    """Whether any pregnancy test of the newest day of testing is not negative."""
    known = timeline.pregnancy_tests
    newest = max((test.on for test in known), default=None)
    return any(test.on == newest and test.result != "negative" for test in known)


def _notes(timeline: Timeline, rows: tuple[JudgedRow, ...], action: DoseAction) -> tuple[str, ...]:
    notes = [note for row in rows for note in row.rule.notes(timeline)]
    if any(row.is_nadir_only for row in rows):
        notes.append(NADIR_ONLY)
    if action is not DoseAction.NONE and has_pregnancy_doubt(timeline):
        notes.append(PREGNANCY_POSITIVE)
    if action is not DoseAction.NONE and carried_events(timeline):
        notes.append(STILL_SEVERE)
    if action is not DoseAction.NONE and any(row.is_earlier_unsure for row in rows):
        notes.append(EARLIER_UNSURE)
    return tuple(notes)


def _newest_clearance(timeline: Timeline) -> Decimal | None:
    results = timeline.in_interval(Analyte.CREATININE, timeline.current_interval)
    clearances = timeline.clearances_of(results[-1]) if results else ()
    return clearances[0].display if clearances else None


def _in_state(rows: tuple[JudgedRow, ...], state: RowState) -> list[JudgedRow]:
    return [row for row in rows if row.answer.state is state]


def _names(rows: list[JudgedRow]) -> str:
    return join_with_and(row.rule.words for row in rows)


def _analytes(names: tuple[str, ...]) -> str:
    return join_with_and(analyte_words(name) for name in names)


# --- grades ----------------------------------------------------------------------------------------


def _graded_results(timeline: Timeline) -> list[ObservedResult]:
    derived = [result for result in timeline.of(Analyte.NEUTROPHILS) if result.derived]
    return timeline.accepted + derived


def _graded(result: ObservedResult) -> GradedResult:
    reading, grades = result.reading, result.grades
    if reading is None:
        raise ValueError(f"result {result.id} was rejected and has no grade")
    grade = grades.grade if grades else None
    return GradedResult(result.id, reading.analyte, reading.shown, reading.unit, grade, result.derived)
