"""Whether the newest baseline results and the evidence allow the first dose, criterion by criterion.

Read at every assessment, once the baseline panel is there. Source: RULES.md section 10, First dose; the
thresholds are settings of the protocol [IMP; H22 t1, t3].
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from msgspec import Struct

from labs.rules.analytes import Analyte
from labs.rules.numbers import negated
from labs.rules.reading import Reading, Rejection, at_least, at_most_high
from scheduling.rules.answer import CriterionState, FirstDoseCriterion
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.panel import gate_opens
from scheduling.rules.protocol import FirstDose
from scheduling.rules.row_findings import IntervalFacts
from scheduling.rules.rows.hepatic import HEPATIC_ANALYTES, read_albumin
from scheduling.rules.timeline import Timeline

ELIGIBILITY_UNMET = "eligibility-unmet"
ELIGIBILITY_UNSURE = "eligibility-unsure"


class _CriterionByResults(Struct, frozen=True):
    """A criterion that results answer; `states` are those that one result can stand for."""

    name: str
    analyte: Analyte
    threshold: str
    states: Callable[[ObservedResult], Iterable[bool | None]]


def criteria_of(timeline: Timeline) -> tuple[FirstDoseCriterion, ...]:
    """The criteria that results decide, then those that the evidence names; needs the whole panel."""
    unmet, unsure = timeline.facts.eligibility_unmet, timeline.facts.eligibility_unsure
    decided = tuple(_criterion(timeline, asked) for asked in _asked(timeline))
    known = {criterion.criterion for criterion in decided}
    named = dict.fromkeys(unsure, CriterionState.CANNOT_TELL) | dict.fromkeys(unmet, CriterionState.NOT_MET)
    in_order = dict.fromkeys((*unmet, *unsure))
    return decided + tuple(FirstDoseCriterion(name, named[name]) for name in in_order if name not in known)


def notes_of(timeline: Timeline, criteria: Iterable[FirstDoseCriterion]) -> Iterator[str]:
    """The reasons for a prescriber's review; none where nothing speaks against the first dose."""
    states = {criterion.state for criterion in criteria}
    if CriterionState.NOT_MET in states:
        yield ELIGIBILITY_UNMET
    if CriterionState.CANNOT_TELL in states or timeline.facts.eligibility_unsure:
        yield ELIGIBILITY_UNSURE


def _asked(timeline: Timeline) -> Iterator[_CriterionByResults]:
    """The criteria for which the protocol has a threshold."""
    limits = timeline.protocol.first_dose or FirstDose()
    for name, analyte, bound in (
        ("hemoglobin", Analyte.HEMOGLOBIN, limits.hemoglobin_g_dl),
        ("platelets", Analyte.PLATELETS, limits.platelets),
        ("wbc", Analyte.WBC, limits.wbc),
        ("neutrophils", Analyte.NEUTROPHILS, limits.neutrophils),
    ):
        if bound is not None:
            yield _count(name, analyte, bound)
    if limits.crcl_ml_min is not None:
        yield _clearance(timeline, limits.crcl_ml_min)
    if limits.bilirubin_over_uln is not None:
        yield _bilirubin(limits.bilirubin_over_uln)
    if limits.albumin is not None:
        yield _albumin(timeline, limits.albumin)


def _count(name: str, analyte: Analyte, bound: Decimal) -> _CriterionByResults:
    def states(result: ObservedResult) -> Iterable[bool | None]:
        return [at_least(result.reading, bound) if result.reading else None]

    return _CriterionByResults(name, analyte, f">= {bound}", states)


def _clearance(timeline: Timeline, bound: Decimal) -> _CriterionByResults:
    def states(result: ObservedResult) -> Iterable[bool | None]:
        return _clearance_states(timeline, result, bound)

    return _CriterionByResults("crcl", Analyte.CREATININE, f">= {bound}", states)


def _bilirubin(times: Decimal) -> _CriterionByResults:
    def states(result: ObservedResult) -> Iterable[bool | None]:
        return [at_most_high(result.reading, times) if result.reading else None]

    return _CriterionByResults("bilirubin", Analyte.BILIRUBIN, f"<= {times} x ULN", states)


def _albumin(timeline: Timeline, bound: Decimal) -> _CriterionByResults:
    """Whether the albumin is high enough, or its coagulation arm does not fire."""
    interval_facts = IntervalFacts(
        timeline, 0, {name: timeline.in_interval(name, 0) for name in HEPATIC_ANALYTES}, []
    )

    def states(result: ObservedResult) -> Iterable[bool | None]:
        return [negated(read_albumin(interval_facts, result, bound).fires)]

    return _CriterionByResults("albumin", Analyte.ALBUMIN, f">= {bound}", states)


def _clearance_states(timeline: Timeline, result: ObservedResult, bound: Decimal) -> list[bool | None]:
    return [negated(one.below(bound)) for one in timeline.clearances_of(result)]


def _criterion(timeline: Timeline, asked: _CriterionByResults) -> FirstDoseCriterion:
    """One criterion; named as unmet or unsure by the evidence, it is so whatever a result says."""
    results = [r for r in timeline.of(asked.analyte) if r.on >= gate_opens(timeline)]
    state = _state(timeline, asked, results)
    if asked.name in timeline.facts.eligibility_unmet:
        state = CriterionState.NOT_MET
    elif asked.name in timeline.facts.eligibility_unsure and state is CriterionState.MET:
        state = CriterionState.CANNOT_TELL
    return FirstDoseCriterion(asked.name, state, _value(timeline, asked, results), asked.threshold)


def _state(timeline: Timeline, asked: _CriterionByResults, results: list[ObservedResult]) -> CriterionState:
    if not results:
        return CriterionState.CANNOT_TELL
    newest = results[-1]
    states = {state for result in results if result.on == newest.on for state in asked.states(result)}
    if len(states) != 1 or None in states or _is_in_doubt(timeline, asked, newest, states):
        return CriterionState.CANNOT_TELL
    return CriterionState.MET if states.pop() else CriterionState.NOT_MET


def _is_in_doubt(
    timeline: Timeline, asked: _CriterionByResults, newest: ObservedResult, states: set[bool | None]
) -> bool:
    """Whether a newer preliminary result would change the state, or a newer result cannot be used."""
    return any(
        result.analyte is asked.analyte and result.at > newest.at and set(asked.states(result)) != states
        for result in timeline.preliminary
    ) or any(
        result.analyte is asked.analyte and result.at > newest.at and result.rejection is not Rejection.STATUS
        for result in timeline.rejected
    )


def _value(timeline: Timeline, asked: _CriterionByResults, results: list[ObservedResult]) -> str | None:
    reading: Reading | None = results[-1].reading if results else None
    if reading is None:
        return None
    if asked.name != "crcl":
        return reading.shown
    clearances = timeline.clearances_of(results[-1])
    lowest = clearances[0].display if clearances else None
    return None if lowest is None else format(lowest, "f")
