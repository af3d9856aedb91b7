"""Bilirubin above 3 x ULN, or low albumin with abnormal coagulation; back at the ULN or the baseline.

Source: H22 table 3, PI18 (prothrombin activity), PI24 (INR); 10 % off the baseline is a setting.
"""

from decimal import Decimal

from labs.rules.analytes import Analyte
from labs.rules.numbers import all_of, any_of
from labs.rules.reading import Reading, above, at_most_base, at_most_high, below, over_high
from scheduling.rules.formatting import day_words
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.protocol import required_section
from scheduling.rules.row_findings import (
    NO_FINDING,
    IntervalFacts,
    Point,
    ResultFinding,
    points_by_day,
    unusable_finding,
    value_words,
)
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline

HEPATIC_ANALYTES = (Analyte.BILIRUBIN, Analyte.ALBUMIN, Analyte.INR, Analyte.PROTHROMBIN_ACTIVITY)


def read_points(interval_facts: IntervalFacts) -> list[Point]:
    timeline = interval_facts.timeline
    base = timeline.baseline(Analyte.BILIRUBIN)
    base_reading = base.reading if base else None
    bilirubin = points_by_day(
        interval_facts.of(Analyte.BILIRUBIN),
        lambda result: (
            unusable_finding(result)
            if result.reading is None
            else _read_bilirubin(timeline, result, result.reading, base_reading)
        ),
    )
    albumin = points_by_day(
        interval_facts.of(Analyte.ALBUMIN),
        lambda result: read_albumin(
            interval_facts, result, required_section(timeline.protocol.hepatic).albumin_below
        ),
    )
    return [*bilirubin, *albumin]


def _read_bilirubin(
    timeline: Timeline, result: ObservedResult, reading: Reading, base: Reading | None
) -> ResultFinding:
    limits = required_section(timeline.protocol.hepatic)
    fires = over_high(reading, limits.bilirubin_over_uln)
    back = any_of(
        at_most_high(reading),
        at_most_base(reading, base, limits.bilirubin_back_within) if base else None,
    )
    if fires is False:
        return ResultFinding(False, bool(back))
    said = f"{value_words(result)} on {day_words(result.on)}"
    if fires and base and base.high is not None and over_high(base) is not False:
        return ResultFinding(None, bool(back), doubt=f"{said}, but baseline was already above normal")
    if fires is None:
        why = "upper limit of normal" if reading.high is None else "exact value"
        return ResultFinding(None, bool(back), doubt=f"{said} has no {why}")
    worth = f"bilirubin {{}}above {limits.bilirubin_over_uln} × ULN"
    return ResultFinding(True, bool(back), words=said, worth=worth)


def read_albumin(interval_facts: IntervalFacts, result: ObservedResult, bound: Decimal) -> ResultFinding:
    """Albumin below the bound (g/L) counts only together with the coagulation test nearest to it."""
    low = below(result.reading, bound) if result.reading else None
    if low is False:
        return NO_FINDING
    test, clots_badly, doubt = _coagulation_near(interval_facts, result)
    fires = all_of(low, clots_badly)
    said = f"{value_words(result)} on {day_words(result.on)}"
    if test:
        said += f" with {value_words(test)}"
    if fires is None and not doubt:
        doubt = f"{said} has no exact value" if result.reading else unusable_finding(result).doubt
    return ResultFinding(
        fires,
        also=(test.id,) if test else (),
        words=said,
        doubt=doubt if fires is None else "",
        worth="albumin {}low with abnormal coagulation",
    )


def _coagulation_near(
    interval_facts: IntervalFacts, albumin: ObservedResult
) -> tuple[ObservedResult | None, bool | None, str]:
    """The protocol's own test within 7 days of the albumin; the other one where that is absent."""
    timeline = interval_facts.timeline
    limits = required_section(timeline.protocol.hepatic)
    own = Analyte(limits.coagulation)
    other = Analyte.PROTHROMBIN_ACTIVITY if own is Analyte.INR else Analyte.INR
    days = limits.coagulation_within_days
    for analyte in (own, other):
        near = [test for test in interval_facts.everywhere(analyte) if _is_near(test, albumin, days)]
        if near:
            nearest = min(near, key=lambda test: (abs(test.at - albumin.at), -test.at.timestamp()))
            return _judge_coagulation(interval_facts, nearest, near)
    return (
        None,
        None,
        f"low albumin on {day_words(albumin.on)} and no coagulation test within {days} days",
    )


def _is_near(test: ObservedResult, albumin: ObservedResult, days: int) -> bool:
    return abs((test.on - albumin.on).days) <= days


def _judge_coagulation(
    interval_facts: IntervalFacts, nearest: ObservedResult, near: list[ObservedResult]
) -> tuple[ObservedResult, bool | None, str]:
    timeline = interval_facts.timeline
    same_day = (
        [test for test in near if test.on == nearest.on and test.interval == nearest.interval]
        if nearest.interval == interval_facts.interval
        else [nearest]
    )
    if any(test.reading is None for test in same_day):
        return nearest, None, f"coagulation test on {day_words(nearest.on)} is not usable"
    if nearest.analyte is Analyte.INR and timeline.facts.patient.anticoagulated:
        return nearest, None, "INR does not reflect liver function on anticoagulation"
    answers = {_clots_badly(timeline, test) for test in same_day}
    if len(answers) > 1:
        return nearest, None, f"conflicting coagulation tests on {day_words(nearest.on)}"
    return nearest, answers.pop(), ""


def _clots_badly(timeline: Timeline, test: ObservedResult) -> bool | None:
    limits = required_section(timeline.protocol.hepatic)
    if test.reading is None:
        return None
    if test.analyte is Analyte.INR:
        return above(test.reading, limits.inr_above)
    return below(test.reading, limits.prothrombin_below)


RULE = RowRule(
    name="hepatic",
    title="Liver",
    words="liver function",
    source="H22 table 3; PI18; PI24",
    section="hepatic",
    analytes=HEPATIC_ANALYTES,
    read_points=read_points,
)
